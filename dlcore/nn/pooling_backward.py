"""Gradients of pooling, written out: to the winner, in equal parts, in proportion."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.im2col import Geometry, fold_columns, unfold_columns
from dlcore.nn.padding import Borders, Sizes, pad_last_axes
from dlcore.nn.pooling import (
    avg_pool2d_divisor,
    lp_pool2d,
    max_pool2d_with_indices,
    pooling_windows,
)


def _check_gradient(grad: Tensor, outputs: tuple[int, ...]) -> None:
    if tuple(grad.shape) != tuple(outputs):
        raise ValueError(
            f"the gradient needs the shape of the outputs, {tuple(outputs)}; "
            f"got {tuple(grad.shape)}"
        )


def _outputs(x: Tensor, moves: Geometry, border: Borders) -> tuple[int, ...]:
    padded = [n + sum(widths) for n, widths in zip(x.shape[-2:], border, strict=True)]
    return (*x.shape[:-2], *moves.output_size(padded))


def _add_up(columns: Tensor, x: Tensor, moves: Geometry, border: Borders) -> Tensor:
    """Parts of windows, shape (n, c, kh, kw, h', w'), added to the pixels that they belong to."""
    (top, bottom), (left, right) = border
    h, w = x.shape[-2:]
    padded = fold_columns(columns, (top + h + bottom, left + w + right), moves)
    return padded[..., top : top + h, left : left + w].reshape(x.shape)


def max_pool2d_backward(
    grad: Float[Tensor, "*n c out_h out_w"],
    x: Float[Tensor, "*n c h w"],
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Float[Tensor, "*n c h w"]:
    """The gradient of max pooling: all of it goes to the pixel that won.

    Args:
        grad: gradient of the loss in the outputs, shape (n, c, h', w').
        x: images of the forward pass, shape (n, c, h, w) or (c, h, w).
        kernel_size: the window, as in `max_pool2d`; so are the others.
        stride: the step between two windows; None for the window's size.
        padding: the border on each side.
        dilation: the step between two pixels of a window.
        ceil_mode: whether a last window may reach over the border.

    Returns:
        The gradient in x. A pixel that won two windows gets both parts, of equal values the first
        gets all.

    Raises:
        ValueError: a gradient of other shape, a number out of range, or no images.

    Equation: :eq:`eq-max-pooling-backward`.
    Section: :ref:`sec-pooling-backward`.

    Source: Boureau, Ponce, LeCun (2010), A theoretical analysis of feature pooling in visual
    recognition, Proceedings of ICML.

    Example:
        >>> x = torch.tensor([[[1.0, 5.0, 2.0]]])
        >>> max_pool2d_backward(torch.ones(1, 1, 2), x, kernel_size=(1, 2), stride=1)
        tensor([[[0., 2., 0.]]])

    In production: autograd through torch.nn.functional.max_pool2d.
    """
    options = (kernel_size, stride, padding, dilation, ceil_mode)
    _, winners = max_pool2d_with_indices(x, *options)
    _check_gradient(grad, winners.shape)
    pixels = torch.zeros_like(x).flatten(-2)
    return pixels.scatter_add(-1, winners.flatten(-2), grad.flatten(-2)).reshape(x.shape)


def avg_pool2d_backward(
    grad: Float[Tensor, "*n c out_h out_w"],
    x: Float[Tensor, "*n c h w"],
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Float[Tensor, "*n c h w"]:
    """The gradient of average pooling: each pixel of a window gets an equal part.

    Args:
        grad: gradient of the loss in the outputs, shape (n, c, h', w').
        x: images of the forward pass, shape (n, c, h, w) or (c, h, w); only their shape matters.
        kernel_size: the window, as in `avg_pool2d`; so are the others.
        stride: the step between two windows; None for the window's size.
        padding: the border on each side; what falls on it is lost.
        ceil_mode: whether a last window may reach over the border.
        count_include_pad: whether zeros of the border count as pixels.
        divisor_override: what to divide by in place of the number of pixels.

    Returns:
        The gradient in x; where windows overlap, the parts add up.

    Raises:
        ValueError: a gradient of other shape, a number out of range, or no images.

    Equation: :eq:`eq-average-pooling-backward`.
    Section: :ref:`sec-pooling-backward`.

    Source: Boureau, Ponce, LeCun (2010), A theoretical analysis of feature pooling in visual
    recognition, Proceedings of ICML.

    Example:
        >>> x = torch.tensor([[[1.0, 5.0, 2.0]]])
        >>> avg_pool2d_backward(torch.ones(1, 1, 2), x, kernel_size=(1, 2), stride=1)
        tensor([[[0.5000, 1.0000, 0.5000]]])

    In production: autograd through torch.nn.functional.avg_pool2d.
    """
    moves, border = pooling_windows(
        "avg_pool2d_backward", x, kernel_size, stride, padding, ceil_mode=ceil_mode
    )
    outputs = _outputs(x, moves, border)
    _check_gradient(grad, outputs)
    divisor = avg_pool2d_divisor(
        x, moves, padding, outputs[-2:], count_include_pad, divisor_override
    )
    parts = (grad / divisor).reshape(-1, x.shape[-3], 1, 1, *outputs[-2:])
    return _add_up(parts.expand(-1, -1, *moves.kernel, -1, -1), x, moves, border)


def lp_pool2d_backward(
    grad: Float[Tensor, "*n c out_h out_w"],
    x: Float[Tensor, "*n c h w"],
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
) -> Float[Tensor, "*n c h w"]:
    r"""The gradient of pooling by a p-norm: $x_i \lvert x_i\rvert^{p-2} / \lVert x\rVert^{p-1}$.

    Args:
        grad: gradient of the loss in the outputs, shape (n, c, h', w').
        x: images of the forward pass, shape (n, c, h, w) or (c, h, w).
        norm_type: p, at least 1; the larger, the more goes to the largest. At infinity the winner
            gets all, with its sign.
        kernel_size: the window, as in `lp_pool2d`.
        stride: the step between two windows; None for the window's size.

    Returns:
        The gradient in x, 0 from windows of zeros.

    Raises:
        ValueError: a gradient of other shape, a number out of range, or no images.

    Equation: :eq:`eq-lp-pooling-backward`.
    Section: :ref:`sec-pooling-backward`.

    Source: Sermanet, Chintala, LeCun (2012), Convolutional neural networks applied to house numbers
    digit classification, arXiv:1204.3968.

    Example:
        >>> x = torch.tensor([[[3.0, -4.0]]])
        >>> lp_pool2d_backward(torch.ones(1, 1, 1), x, 2.0, kernel_size=(1, 2))
        tensor([[[ 0.6000, -0.8000]]])

    In production: autograd through torch.nn.functional.lp_pool2d.
    """
    if not norm_type >= 1:
        raise ValueError(f"norm_type must be at least 1, got {norm_type}")
    if math.isinf(norm_type):
        return max_pool2d_backward(grad, x.abs(), kernel_size, stride) * x.sign()
    moves, border = pooling_windows("lp_pool2d_backward", x, kernel_size, stride)
    norms = lp_pool2d(x, norm_type, kernel_size, stride)
    _check_gradient(grad, norms.shape)
    batch = x.reshape(-1, *x.shape[-3:])
    columns = unfold_columns(pad_last_axes(batch, border), moves)
    scale = torch.where(norms > 0, norms, 1).reshape(-1, x.shape[-3], 1, 1, *norms.shape[-2:])
    shares = columns.sign() * (columns.abs() / scale) ** (norm_type - 1)
    return _add_up(shares * grad.reshape(scale.shape), x, moves, border)
