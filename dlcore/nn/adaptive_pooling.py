"""Pooling to a given size, whatever the size of the image; the whole image is one window."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.pooling import check_images, largest

OutputSize = int | Sequence[int | None]


def _output_size(output_size: OutputSize, x: Tensor) -> list[int]:
    sizes = [output_size] * 2 if isinstance(output_size, int) else list(output_size)
    if len(sizes) != 2:
        raise ValueError(f"output_size needs one number or 2, got {output_size}")
    wanted = [n if m is None else m for m, n in zip(sizes, x.shape[-2:], strict=True)]
    if min(wanted) < 1 or min(x.shape[-2:]) < 1:
        raise ValueError(f"cannot pool images {tuple(x.shape)} to {tuple(wanted)}")
    return wanted


def _bins(n: int, m: int) -> tuple[Tensor, Tensor]:
    """Where m windows that cover n pixels begin, and where they end."""
    edges = torch.arange(m + 1) * n
    return edges[:-1].div(m, rounding_mode="floor"), -(-edges[1:]).div(m, rounding_mode="floor")


def _averaging(n: int, m: int, like: Tensor) -> Tensor:
    """The matrix, shape (m, n), whose rows average over the windows."""
    starts, ends = _bins(n, m)
    places = torch.arange(n)
    inside = (places >= starts[:, None]) & (places < ends[:, None])
    return (inside / (ends - starts)[:, None].to(torch.float64)).to(like)


def adaptive_avg_pool2d(
    x: Float[Tensor, "*n c h w"], output_size: OutputSize
) -> Float[Tensor, "*n c out_h out_w"]:
    """The means of a fixed number of windows that cover the image.

    Window i of m begins at floor(i n / m) and ends before ceil((i + 1) n / m), so windows differ in
    size by one pixel at most or overlap by one. On each axis it is a product with a matrix.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).
        output_size: (h', w'), or one number for both; None keeps the size.

    Returns:
        Shape (n, c, h', w').

    Raises:
        ValueError: a size below 1, or no images.

    Equation: :eq:`eq-average-pooling`.
    Section: :ref:`sec-global-pooling`.

    Source: He, Zhang, Ren, Sun (2014), Spatial pyramid pooling in deep convolutional networks for
    visual recognition, arXiv:1406.4729.

    Example:
        >>> adaptive_avg_pool2d(torch.tensor([[[1.0, 2.0, 6.0]]]), (1, 2))
        tensor([[[1.5000, 4.0000]]])

    In production: torch.nn.functional.adaptive_avg_pool2d.
    """
    check_images("adaptive_avg_pool2d", x)
    sizes = zip(x.shape[-2:], _output_size(output_size, x), strict=True)
    A, B = (_averaging(n, m, x) for n, m in sizes)
    return A @ x @ B.T


def _window_places(n: int, m: int) -> Tensor:
    """The places each of m windows sees, shape (m, longest); a shorter one repeats its last."""
    starts, ends = _bins(n, m)
    reach = torch.arange(int((ends - starts).max()))
    return torch.minimum(starts[:, None] + reach, ends[:, None] - 1)


def adaptive_max_pool2d(
    x: Float[Tensor, "*n c h w"], output_size: OutputSize, return_indices: bool = False
) -> Float[Tensor, "*n c out_h out_w"] | tuple[Tensor, Tensor]:
    """The largest values of a fixed number of windows that cover the image.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).
        output_size: (h', w'), or one number for both; None keeps the size.
        return_indices: also return where the largest values stand.

    Returns:
        Shape (n, c, h', w'), and with return_indices the places of the winners in each channel
        read row by row, int64. Windows are those of `adaptive_avg_pool2d`.

    Raises:
        ValueError: a size below 1, or no images.

    Equation: :eq:`eq-max-pooling`.
    Section: :ref:`sec-global-pooling`.

    Source: He, Zhang, Ren, Sun (2014), Spatial pyramid pooling in deep convolutional networks for
    visual recognition, arXiv:1406.4729.

    Example:
        >>> adaptive_max_pool2d(torch.tensor([[[1.0, 2.0, 6.0]]]), (1, 2))
        tensor([[[2., 6.]]])

    In production: torch.nn.functional.adaptive_max_pool2d.
    """
    check_images("adaptive_max_pool2d", x)
    sizes = zip(x.shape[-2:], _output_size(output_size, x), strict=True)
    rows, columns = (_window_places(n, m) for n, m in sizes)
    view = x.detach()[..., rows[:, None, :, None], columns[None, :, None, :]]
    values, indices = largest(x, view, rows, columns)
    return (values, indices) if return_indices else values


def global_avg_pool2d(x: Float[Tensor, "*n c h w"]) -> Float[Tensor, "*n c"]:
    """One number a channel, its mean over the image, in place of a large dense layer.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).

    Returns:
        Shape (n, c).

    Raises:
        ValueError: no images, or images without pixels.

    Equation: :eq:`eq-average-pooling`.
    Section: :ref:`sec-global-pooling`.

    Source: Lin, Chen, Yan (2013), Network in network, arXiv:1312.4400.

    Example:
        >>> global_avg_pool2d(torch.tensor([[[1.0, 2.0], [3.0, 6.0]]]))
        tensor([3.])

    In production: x.mean(dim=(-2, -1)).
    """
    check_images("global_avg_pool2d", x)
    _output_size(1, x)
    return x.mean(dim=(-2, -1))


def global_max_pool2d(x: Float[Tensor, "*n c h w"]) -> Float[Tensor, "*n c"]:
    """One number a channel, its largest over the image.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).

    Returns:
        Shape (n, c). Of equal values the first gets the gradient.

    Raises:
        ValueError: no images, or images without pixels.

    Equation: :eq:`eq-max-pooling`.
    Section: :ref:`sec-global-pooling`.

    Source: Oquab, Bottou, Laptev, Sivic (2015), Is object localization for free?,
    doi:10.1109/CVPR.2015.7298668.

    Example:
        >>> global_max_pool2d(torch.tensor([[[1.0, 2.0], [3.0, 6.0]]]))
        tensor([6.])

    In production: x.amax(dim=(-2, -1)), which shares the gradient among equal values.
    """
    check_images("global_max_pool2d", x)
    _output_size(1, x)
    return x.flatten(-2).max(dim=-1).values
