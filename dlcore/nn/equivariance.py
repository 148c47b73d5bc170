"""Whether moving the image moves the features alike."""

from collections.abc import Callable

import torch
from torch import Tensor


def equivariance_error(
    f: Callable[[Tensor], Tensor],
    x: Tensor,
    transform: Callable[[Tensor], Tensor],
    output_transform: Callable[[Tensor], Tensor] | None = None,
    margin: int = 0,
) -> float:
    r"""The largest difference between f of the moved input and the moved output of f.

    Args:
        f: a layer or network.
        x: its input.
        transform: T, what is done to the input, for example lambda x: x.roll(1, dims=-1), or
            `dlcore.regularization.translate`, which brings in zeros.
        output_transform: T', what should then have happened to the output; None for T. The
            identity asks for invariance; after a stride of 2 it is a shift by half.
        margin: how many values along each side of the last two axes are left out, where a border
            has its say.

    Returns:
        $\max \lvert f(T x) - T' f(x) \rvert$; 0 if f is equivariant.

    Raises:
        ValueError: the two outputs differ in shape, or nothing is left within the margin.

    Equation: :eq:`eq-equivariance`.
    Section: :ref:`sec-equivariance`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.2.

    Example:
        >>> from dlcore.nn import Conv2d
        >>> layer, x = Conv2d(1, 2, 3, padding=1, padding_mode="circular"), torch.randn(1, 1, 6, 6)
        >>> equivariance_error(layer, x, lambda image: image.roll(1, dims=-1)) < 1e-6
        True

    In production: e2cnn and escnn test their layers like this.
    """
    expected_transform = transform if output_transform is None else output_transform
    with torch.no_grad():
        moved_first, moved_last = f(transform(x)), expected_transform(f(x))
    if moved_first.shape != moved_last.shape:
        raise ValueError(
            "the transforms lead to outputs of different shapes, "
            f"{tuple(moved_first.shape)} and {tuple(moved_last.shape)}"
        )
    difference = (moved_first - moved_last).abs()
    if margin:
        difference = difference[..., margin:-margin, margin:-margin]
    if margin < 0 or not difference.numel():
        raise ValueError(f"margin {margin} leaves nothing of outputs {tuple(moved_first.shape)}")
    return difference.max().item()
