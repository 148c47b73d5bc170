"""Gradients cut off entry by entry; `dlcore.numerics.clip_grad_norm_` shortens them as a whole."""

from collections.abc import Iterable

from torch import Tensor


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Bring every entry of the gradients, in place, between -clip_value and clip_value.

    The direction of the gradient changes, unlike with `clip_grad_norm_`.

    Args:
        parameters: a tensor or several, with gradients in `.grad`; those without are left out.
        clip_value: the largest size of an entry.

    Raises:
        ValueError: clip_value is negative.

    Equation: :eq:`eq-clip-by-value`.
    Section: :ref:`sec-clipping`.

    Source: Mikolov (2012), Statistical language models based on neural networks, thesis, Brno.

    Example:
        >>> import torch
        >>> w = torch.zeros(2, requires_grad=True)
        >>> (w @ torch.tensor([3.0, -0.5])).backward()
        >>> clip_grad_value_(w, 1.0)
        >>> w.grad
        tensor([ 1.0000, -0.5000])

    In production: torch.nn.utils.clip_grad_value_.
    """
    if not clip_value >= 0:
        raise ValueError(f"clip_value must be at least 0, got {clip_value}")
    for parameter in [parameters] if isinstance(parameters, Tensor) else parameters:
        if parameter.grad is not None:
            parameter.grad.detach().clamp_(-clip_value, clip_value)
