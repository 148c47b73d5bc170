"""What a kernel sees beyond the border: how much of it, and which values."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

Sizes = int | Sequence[int]
Borders = list[tuple[int, int]]
PADDING_MODES = ("constant", "reflect", "replicate", "circular")


def per_axis(name: str, value: Sizes, axes: int, least: int = 1) -> tuple[int, ...]:
    """One number for each axis; ValueError for another count, or a number that is too small."""
    sizes = (value,) * axes if isinstance(value, int) else tuple(value)
    if len(sizes) != axes:
        raise ValueError(f"{name} needs one number or {axes}, got {value!r}")
    if min(sizes) < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return sizes


def axes_of(*values: Sizes) -> int:
    """The number of axes that a mixture of single numbers and sequences speaks of."""
    return max([1, *(len(value) for value in values if not isinstance(value, int))])


def same_padding(kernel_size: Sizes, dilation: Sizes = 1) -> Borders:
    """The border with which a convolution of stride 1 keeps the size.

    Args:
        kernel_size: k, one number or one for each axis.
        dilation: d, likewise.

    Returns:
        For each axis the numbers of values before and after, which add up to d (k - 1). If that is
        odd, as for an even kernel, the larger half comes after.

    Raises:
        ValueError: a number below 1, or different counts of them.

    Equation: :eq:`eq-same-padding`.
    Section: :ref:`sec-convolution-hyperparameters`.

    Source: Dumoulin, Visin (2016), A guide to convolution arithmetic for deep learning,
    arXiv:1603.07285.

    Example:
        >>> same_padding((3, 4))
        [(1, 1), (1, 2)]

    In production: torch.nn.Conv2d with padding="same".
    """
    axes = axes_of(kernel_size, dilation)
    k = per_axis("kernel_size", kernel_size, axes)
    d = per_axis("dilation", dilation, axes)
    totals = [dilation * (size - 1) for size, dilation in zip(k, d, strict=True)]
    return [(total // 2, total - total // 2) for total in totals]


def _sources(size: int, before: int, after: int, mode: str, device: torch.device) -> Tensor:
    """For each place of the padded axis the place of the axis that its value is taken from."""
    if mode == "reflect" and max(before, after) >= size:
        raise ValueError(f"reflect: a border of {(before, after)} needs more than {size} values")
    if mode == "circular" and max(before, after) > size:
        raise ValueError(f"circular: a border of {(before, after)} exceeds {size} values")
    if size == 0:
        raise ValueError(f"{mode}: no values to take a border from")
    places = torch.arange(-before, size + after, device=device)
    if mode == "circular":
        return places % size
    if mode == "replicate":
        return places.clamp(0, size - 1)
    mirrored = places.abs()
    return torch.where(mirrored < size, mirrored, 2 * (size - 1) - mirrored)


def pad_last_axes(
    x: Tensor, borders: Sequence[tuple[int, int]], mode: str = "constant", value: float = 0.0
) -> Tensor:
    """Values put before and after the last axes, one pair of counts for each of them."""
    if mode not in PADDING_MODES:
        raise ValueError(f"mode must be one of {', '.join(PADDING_MODES)}; got {mode!r}")
    first = x.ndim - len(borders)
    if not any(map(any, borders)):
        return x
    if mode == "constant":
        sizes = [n + sum(border) for n, border in zip(x.shape[first:], borders, strict=True)]
        inside: list[Any] = [
            slice(before, before + n)
            for n, (before, _) in zip(x.shape[first:], borders, strict=True)
        ]
        padded = x.new_full((*x.shape[:first], *sizes), value)
        padded[(..., *inside)] = x
        return padded
    for axis, (before, after) in enumerate(borders, start=first):
        if before or after:
            x = x.index_select(axis, _sources(x.shape[axis], before, after, mode, x.device))
    return x


def pad2d(
    x: Float[Tensor, "*batch h w"],
    padding: Sizes,
    mode: str = "constant",
    value: float = 0.0,
) -> Float[Tensor, "*batch new_h new_w"]:
    """Put a border around images.

    Args:
        x: images, shape (..., h, w).
        padding: its width, one number, or (left, right, top, bottom).
        mode: "constant"; "reflect" mirrors at the outermost value, which is not repeated;
            "replicate" repeats it; "circular" continues on the opposite side.
        value: what a constant border holds.

    Returns:
        Shape (..., top + h + bottom, left + w + right).

    Raises:
        ValueError: a negative width, another mode, or a border wider than the image can fill.

    Section: :ref:`sec-convolution-hyperparameters`.

    Source: Dumoulin, Visin (2016), A guide to convolution arithmetic for deep learning,
    arXiv:1603.07285.

    Example:
        >>> pad2d(torch.tensor([[1.0, 2.0, 3.0]]), (2, 1, 0, 0), mode="reflect")
        tensor([[3., 2., 1., 2., 3., 2.]])

    In production: torch.nn.functional.pad.
    """
    if x.ndim < 2:
        raise ValueError(f"expected images of shape (..., h, w), got {tuple(x.shape)}")
    left, right, top, bottom = per_axis("padding", padding, 4, least=0)
    return pad_last_axes(x, [(top, bottom), (left, right)], mode, value)
