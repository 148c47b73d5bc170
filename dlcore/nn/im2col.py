"""Windows of an image as columns of a matrix (im2col), and columns added back into an image."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.convolution_arithmetic import conv_output_size
from dlcore.nn.padding import Sizes, pad_last_axes, per_axis


class Geometry(NamedTuple):
    """How a kernel moves over an image, a number for each axis."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]

    def output_size(self, size: Sequence[int]) -> tuple[int, ...]:
        """How many windows lie along each axis of an image, its border included."""
        return conv_output_size(tuple(size), self.kernel, self.stride, 0, self.dilation)


def geometry(axes: int, kernel_size: Sizes, stride: Sizes = 1, dilation: Sizes = 1) -> Geometry:
    """A kernel's numbers for each axis; ValueError for one below 1 or another count."""
    return Geometry(
        per_axis("kernel_size", kernel_size, axes),
        per_axis("stride", stride, axes),
        per_axis("dilation", dilation, axes),
    )


def windows(x: Tensor, moves: Geometry) -> Tensor:
    """A view of all windows on the last axes of x, shape (..., *outputs, *kernel); no copy."""
    axes = len(moves.kernel)
    moves.output_size(x.shape[-axes:])
    for axis, (k, s, d) in enumerate(zip(*moves, strict=True), start=x.ndim - axes):
        x = x.unfold(axis, d * (k - 1) + 1, s)[..., ::d]
    return x


def unfold_columns(x: Tensor, moves: Geometry) -> Tensor:
    """The windows of x, shape (n, c, *size), with the kernel first: (n, c, *kernel, *outputs)."""
    axes = len(moves.kernel)
    order = (0, 1, *range(2 + axes, 2 + 2 * axes), *range(2, 2 + axes))
    return windows(x, moves).permute(order)


def fold_columns(columns: Tensor, size: Sequence[int], moves: Geometry) -> Tensor:
    """The adjoint of `unfold_columns`: every value is added to the pixel it was taken from."""
    axes = len(moves.kernel)
    outputs = columns.shape[-axes:]
    x = columns.new_zeros((*columns.shape[:2], *size))
    for offset in itertools.product(*map(range, moves.kernel)):
        places: list[Any] = [
            slice(d * m, d * m + s * (n - 1) + 1, s)
            for m, n, s, d in zip(offset, outputs, moves.stride, moves.dilation, strict=True)
        ]
        under: list[Any] = [slice(None), slice(None), *offset]
        x[(..., *places)] += columns[tuple(under)]
    return x


def im2col(
    x: Float[Tensor, "n c h w"],
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Float[Tensor, "n features positions"]:
    """Write what a kernel sees at each place as a column, so that a convolution is a product.

    Args:
        x: images, shape (n, c, h, w).
        kernel_size: (kh, kw), or one number for both; so are the others.
        dilation: the step between two values under the kernel.
        padding: the border of zeros on each side.
        stride: the step between two places.

    Returns:
        Shape (n, c kh kw, h' w'). A pixel stands in as many columns as windows that see it.

    Raises:
        ValueError: the kernel does not fit, a number out of range, or no images.

    Section: :ref:`sec-convolution-algorithms`.

    Source: Chellapilla, Puri, Simard (2006), High performance convolutional neural networks for
    document processing, inria-00112631.

    Example:
        >>> im2col(torch.arange(6.0).reshape(1, 1, 2, 3), kernel_size=2)
        tensor([[[0., 1.],
                 [1., 2.],
                 [3., 4.],
                 [4., 5.]]])

    In production: torch.nn.functional.unfold.
    """
    if x.ndim != 4:
        raise ValueError(f"expected images of shape (n, c, h, w), got {tuple(x.shape)}")
    border = [(p, p) for p in per_axis("padding", padding, 2, least=0)]
    moves = geometry(2, kernel_size, stride, dilation)
    columns = unfold_columns(pad_last_axes(x, border), moves)
    return torch.flatten(columns.flatten(4, 5), 1, 3)


def col2im(
    columns: Float[Tensor, "n features positions"],
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Float[Tensor, "n c h w"]:
    """Add columns into images: the adjoint of `im2col`, which backpropagation needs.

    Args:
        columns: shape (n, c kh kw, h' w').
        output_size: (h, w) of the images, or one number for both.
        kernel_size: (kh, kw), or one number for both; so are the others.
        dilation: the step between two values under the kernel.
        padding: the border on each side; what falls on it is dropped.
        stride: the step between two places.

    Returns:
        Images, shape (n, c, h, w), each pixel the sum over all columns that it stands in.

    Raises:
        ValueError: a number out of range, or columns of another number or length.

    Section: :ref:`sec-convolution-backward`.

    Source: Chellapilla, Puri, Simard (2006), High performance convolutional neural networks for
    document processing, inria-00112631.

    Example:
        >>> col2im(torch.ones(1, 4, 2), output_size=(2, 3), kernel_size=2)
        tensor([[[[1., 2., 1.],
                  [1., 2., 1.]]]])

    In production: torch.nn.functional.fold.
    """
    size = per_axis("output_size", output_size, 2)
    border = per_axis("padding", padding, 2, least=0)
    moves = geometry(2, kernel_size, stride, dilation)
    padded = [n + 2 * p for n, p in zip(size, border, strict=True)]
    outputs = moves.output_size(padded)
    features = math.prod(moves.kernel)
    fits = columns.ndim == 3 and columns.shape[2] == math.prod(outputs)
    if not fits or columns.shape[1] % features:
        raise ValueError(
            f"expected columns of shape (n, c x {features}, {math.prod(outputs)}), "
            f"got {tuple(columns.shape)}"
        )
    parts = columns.unflatten(2, outputs).unflatten(1, (-1, *moves.kernel))
    return crop(fold_columns(parts, padded, moves), border)


def crop(x: Tensor, border: Sequence[int]) -> Tensor:
    """The last axes without a border on both sides."""
    inside: list[Any] = [
        slice(p, n - p) for p, n in zip(border, x.shape[x.ndim - len(border) :], strict=True)
    ]
    return x[(..., *inside)]
