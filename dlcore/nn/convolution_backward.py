"""The gradients of a convolution, which are convolutions themselves."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.convolution import borders, check_shapes, conv2d
from dlcore.nn.im2col import Geometry, geometry, unfold_columns
from dlcore.nn.padding import Sizes, pad_last_axes


def spread(x: Tensor, stride: tuple[int, ...]) -> Tensor:
    """Images with stride - 1 zeros between any two pixels."""
    first = x.ndim - len(stride)
    sizes = [s * (n - 1) + 1 for n, s in zip(x.shape[first:], stride, strict=True)]
    wide = x.new_zeros((*x.shape[:first], *sizes))
    kept: list[Any] = [slice(None, None, s) for s in stride]
    wide[(..., *kept)] = x
    return wide


def rotate_180(weight: Tensor, groups: int) -> Tensor:
    """Kernels turned by 180 degrees, input and output channels exchanged within each group."""
    parts = weight.flip(-2, -1).unflatten(0, (groups, -1))
    return parts.transpose(1, 2).flatten(0, 1)


def _input_gradient(grad: Tensor, weight: Tensor, moves: Geometry, groups: int) -> Tensor:
    """The gradient on all pixels that a kernel has seen, those of the border included."""
    full = [(d * (k - 1),) * 2 for k, d in zip(moves.kernel, moves.dilation, strict=True)]
    upstream = pad_last_axes(spread(grad, moves.stride), full)
    return conv2d(upstream, rotate_180(weight, groups), dilation=moves.dilation, groups=groups)


def _weight_gradient(grad: Tensor, padded: Tensor, moves: Geometry, groups: int) -> Tensor:
    """For each weight the sum of upstream gradients times the pixels that the weight met."""
    columns = unfold_columns(padded, moves)
    n, c_in, c_out = len(grad), padded.shape[1], grad.shape[1]
    X = columns.reshape(n, groups, -1, grad.shape[2] * grad.shape[3])
    G = grad.reshape(n, groups, c_out // groups, -1)
    return (G @ X.mT).sum(dim=0).reshape(c_out, c_in // groups, *moves.kernel)


def conv2d_backward(
    grad: Float[Tensor, "*n c_out out_h out_w"],
    x: Float[Tensor, "*n c_in h w"],
    weight: Float[Tensor, "c_out c_group kh kw"],
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> tuple[
    Float[Tensor, "*n c_in h w"], Float[Tensor, "c_out c_group kh kw"], Float[Tensor, " c_out"]
]:
    """The gradients of `conv2d`, each a cross-correlation.

    In the weights, the padded input is correlated with the upstream gradient. In the input, the
    upstream gradient, with zeros between its values where the stride skipped pixels, is correlated
    with the kernels turned by 180 degrees, over every place where they overlap; what falls on the
    border is cut off. In the bias it is summed.

    Args:
        grad: upstream gradient, that of the loss in the outputs, shape (n, c_out, h', w').
        x: images of the forward pass, shape (n, c_in, h, w) or (c_in, h, w).
        weight: kernels, shape (c_out, c_in / groups, kh, kw).
        stride: as in the forward pass; so are the others.
        padding: the border of zeros on each side, "same" or "valid".
        dilation: the step between two pixels under the kernel.
        groups: parts of the channels that do not mix.

    Returns:
        The gradients in x, in weight and in bias, the last of shape (c_out,).

    Raises:
        ValueError: shapes that do not fit, or a number out of range.

    Equation: :eq:`eq-conv-backward`.
    Section: :ref:`sec-convolution-backward`.

    Source: LeCun et al. (1989), Backpropagation applied to handwritten zip code recognition,
    doi:10.1162/neco.1989.1.4.541; Dumoulin, Visin (2016), arXiv:1603.07285, chapter 4.

    Example:
        >>> x, weight = torch.arange(1.0, 10).reshape(1, 1, 3, 3), torch.ones(1, 1, 2, 2)
        >>> grad_x, grad_weight, grad_bias = conv2d_backward(torch.ones(1, 1, 2, 2), x, weight)
        >>> grad_weight, grad_bias
        (tensor([[[[12., 16.],
                  [24., 28.]]]]), tensor([4.]))

    In production: autograd through torch.nn.functional.conv2d.
    """
    check_shapes(x, weight, None, groups, axes=2)
    moves = geometry(2, tuple(weight.shape[2:]), stride, dilation)
    border = borders(padding, moves)
    padded = pad_last_axes(x.reshape(-1, *x.shape[-3:]), border)
    outputs = (*x.shape[:-3], len(weight), *moves.output_size(padded.shape[2:]))
    if grad.shape != outputs:
        raise ValueError(
            f"the gradient needs the shape of the outputs, {outputs}; got {tuple(grad.shape)}"
        )
    upstream = grad.reshape(-1, *grad.shape[-3:])
    seen = _input_gradient(upstream, weight, moves, groups)
    grad_padded = torch.zeros_like(padded)
    grad_padded[..., : seen.shape[-2], : seen.shape[-1]] = seen
    (top, _), (left, _) = border
    grad_x = grad_padded[..., top : top + x.shape[-2], left : left + x.shape[-1]].reshape(x.shape)
    return grad_x, _weight_gradient(upstream, padded, moves, groups), upstream.sum(dim=(0, 2, 3))
