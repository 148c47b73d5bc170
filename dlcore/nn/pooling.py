"""Pooling: a neighbourhood summarized by its largest value, its mean or its norm."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.convolution_arithmetic import conv_output_size
from dlcore.nn.im2col import Geometry, geometry, windows
from dlcore.nn.padding import Borders, Sizes, pad_last_axes, per_axis


def check_images(name: str, x: Tensor) -> None:
    """Raise ValueError unless x is an image or a batch of them."""
    if x.ndim not in (3, 4):
        raise ValueError(f"{name} needs shape (n, c, h, w) or (c, h, w), got {tuple(x.shape)}")


def pooling_windows(
    name: str,
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> tuple[Geometry, Borders]:
    """How the window moves, and the border with which all windows lie inside.

    Rounded up, the last windows may need a wider border, or none of the last pixels.
    """
    check_images(name, x)
    kernel = per_axis("kernel_size", kernel_size, 2)
    moves = geometry(2, kernel, kernel if stride is None else stride, dilation)
    p = per_axis("padding", padding, 2, least=0)
    if any(2 * w > d * (k - 1) + 1 for w, k, d in zip(p, kernel, moves.dilation, strict=True)):
        raise ValueError(f"padding may be half of the kernel at most, got {padding}, {kernel_size}")
    size = tuple(x.shape[-2:])
    outputs = conv_output_size(size, kernel, moves.stride, p, dilation, ceil_mode)
    reach = [s * (m - 1) + d * (k - 1) + 1 for m, k, s, d in zip(outputs, *moves, strict=True)]
    return moves, [(w, max(r - w - n, w)) for w, r, n in zip(p, reach, size, strict=True)]


def window_places(moves: Geometry, axis: int, outputs: int, before: int) -> Tensor:
    """The places of one axis that each window sees, shape (outputs, k); outside below 0 or over."""
    k, s, d = (numbers[axis] for numbers in moves)
    return s * torch.arange(outputs)[:, None] - before + d * torch.arange(k)


def largest(x: Tensor, view: Tensor, rows: Tensor, columns: Tensor) -> tuple[Tensor, Tensor]:
    """The largest value of each window, and its place in the image read row by row.

    Args:
        x: images, shape (..., h, w).
        view: their windows, shape (..., h', w', kh, kw).
        rows: the rows that the windows see, shape (h', kh).
        columns: the columns, shape (w', kw).
    """
    with torch.no_grad():
        first = view.flatten(-2).argmax(dim=-1)
        flat = rows[:, None, :, None] * x.shape[-1] + columns[None, :, None, :]
        flat = flat.to(x.device).flatten(-2).expand(*first.shape, -1)
        indices = flat.gather(-1, first.unsqueeze(-1)).squeeze(-1)
    values = x.flatten(-2).gather(-1, indices.flatten(-2)).reshape(indices.shape)
    return values, indices


def max_pool2d_with_indices(
    x: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest value of each window and where it stands."""
    moves, border = pooling_windows(
        "max_pool2d", x, kernel_size, stride, padding, dilation, ceil_mode
    )
    view = windows(pad_last_axes(x.detach(), border, value=-math.inf), moves)
    rows, columns = (
        window_places(moves, axis, view.shape[axis - 4], border[axis][0]) for axis in (0, 1)
    )
    for places, n in ((rows, x.shape[-2]), (columns, x.shape[-1])):
        if not ((places >= 0) & (places < n)).any(dim=1).all():
            raise ValueError(f"a dilated window sees only the border of images {tuple(x.shape)}")
    return largest(x, view, rows, columns)


def max_pool2d(
    x: Float[Tensor, "*n c h w"],
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Float[Tensor, "*n c out_h out_w"] | tuple[Tensor, Tensor]:
    """The largest value in each window: whether a pattern was found, not where.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).
        kernel_size: (kh, kw) of the window, or one number for both; so are the others.
        stride: the step between two windows; None for the window's size.
        padding: the border on each side, which never wins (it holds minus infinity).
        dilation: the step between two pixels of a window.
        ceil_mode: whether a last window may reach over the border.
        return_indices: also return where the largest values stand.

    Returns:
        Shape (n, c, h', w'), and with return_indices the places of the winners in each channel
        read row by row, int64. Of equal values the first wins.

    Raises:
        ValueError: a number out of range, a window larger than the image, or no images.

    Equation: :eq:`eq-max-pooling`.
    Section: :ref:`sec-max-pooling`.

    Source: Riesenhuber, Poggio (1999), Hierarchical models of object recognition in cortex,
    doi:10.1038/14819.

    Example:
        >>> x = torch.tensor([[[1.0, 3, 2, 0], [4, 2, 1, 1], [0, 1, 5, 6], [2, 2, 7, 8]]])
        >>> max_pool2d(x, kernel_size=2)
        tensor([[[4., 2.],
                 [2., 8.]]])

    In production: torch.nn.functional.max_pool2d.
    """
    options = (kernel_size, stride, padding, dilation, ceil_mode)
    values, indices = max_pool2d_with_indices(x, *options)
    return (values, indices) if return_indices else values


def avg_pool2d_divisor(
    x: Tensor,
    moves: Geometry,
    padding: Sizes,
    outputs: tuple[int, ...],
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    """What the sum of each window is divided by, shape (h', w')."""
    if divisor_override is not None:
        if divisor_override == 0:
            raise ValueError("divisor_override must not be 0")
        return x.new_full(outputs, divisor_override)
    counts = []
    for axis, p in enumerate(per_axis("padding", padding, 2, least=0)):
        places = window_places(moves, axis, outputs[axis], p)
        border = p if count_include_pad else 0
        seen = (places >= -border) & (places < x.shape[axis - 2] + border)
        counts.append(seen.sum(dim=1))
    return torch.outer(*counts).to(x)


def avg_pool2d(
    x: Float[Tensor, "*n c h w"],
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Float[Tensor, "*n c out_h out_w"]:
    """The mean of each window: how strong a pattern is there on the whole.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).
        kernel_size: (kh, kw) of the window, or one number for both; so are the others.
        stride: the step between two windows; None for the window's size.
        padding: the border of zeros on each side.
        ceil_mode: whether a last window may reach over the border.
        count_include_pad: whether zeros of the border count as pixels.
        divisor_override: what to divide by in place of the number of pixels.

    Returns:
        Shape (n, c, h', w').

    Raises:
        ValueError: a number out of range, a window larger than the image, or no images.

    Equation: :eq:`eq-average-pooling`.
    Section: :ref:`sec-average-pooling`.

    Source: LeCun et al. (1989), Backpropagation applied to handwritten zip code recognition,
    doi:10.1162/neco.1989.1.4.541.

    Example:
        >>> x = torch.tensor([[[1.0, 3, 2, 0], [4, 2, 1, 1], [0, 1, 5, 6], [2, 2, 7, 8]]])
        >>> avg_pool2d(x, kernel_size=2)
        tensor([[[2.5000, 1.0000],
                 [1.2500, 6.5000]]])

    In production: torch.nn.functional.avg_pool2d.
    """
    moves, border = pooling_windows(
        "avg_pool2d", x, kernel_size, stride, padding, ceil_mode=ceil_mode
    )
    sums = windows(pad_last_axes(x, border), moves).sum(dim=(-2, -1))
    outputs = tuple(sums.shape[-2:])
    return sums / avg_pool2d_divisor(
        x, moves, padding, outputs, count_include_pad, divisor_override
    )


def lp_pool2d(
    x: Float[Tensor, "*n c h w"],
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Float[Tensor, "*n c out_h out_w"]:
    """The p-norm of each window, (sum of |x|^p)^(1/p): between the sum and the maximum.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).
        norm_type: p, positive; 1 sums absolute values, infinity takes the largest of them.
        kernel_size: (kh, kw) of the window, or one number for both.
        stride: the step between two windows; None for the window's size.
        ceil_mode: whether a last window may reach over the border; it then counts as if the part
            outside were like the part inside, on average.

    Returns:
        Shape (n, c, h', w'). At a window of zeros the gradient is 0.

    Raises:
        ValueError: a number out of range, a window larger than the image, or no images.

    Equation: :eq:`eq-lp-pooling`.
    Section: :ref:`sec-pooling`.

    Source: Sermanet, Chintala, LeCun (2012), Convolutional neural networks applied to house numbers
    digit classification, arXiv:1204.3968.

    Example:
        >>> lp_pool2d(torch.tensor([[[3.0, -4.0]]]), 2.0, kernel_size=(1, 2))
        tensor([[[5.]]])

    In production: torch.nn.functional.lp_pool2d, which raises x itself to the power p and is no
    norm where p is odd and x negative.
    """
    if not norm_type > 0:
        raise ValueError(f"norm_type must be positive, got {norm_type}")
    if math.isinf(norm_type):
        return max_pool2d_with_indices(x.abs(), kernel_size, stride, ceil_mode=ceil_mode)[0]
    pixels = math.prod(per_axis("kernel_size", kernel_size, 2))
    means = avg_pool2d(x.abs() ** norm_type, kernel_size, stride, ceil_mode=ceil_mode)
    positive = means > 0
    roots = (pixels * torch.where(positive, means, 1)) ** (1 / norm_type)
    return torch.where(positive, roots, 0)
