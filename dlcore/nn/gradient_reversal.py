"""A layer that lets values through and turns gradients round."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn


class _Reversal(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward(x: Tensor, weight: float) -> Tensor:
        return x.view_as(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, float], output: Tensor) -> None:
        ctx.weight = inputs[1]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return -ctx.weight * gradient, None


def reverse_gradient(x: Float[Tensor, "*n"], weight: float = 1.0) -> Float[Tensor, "*n"]:
    r"""The input itself, with a gradient that comes back as $-\lambda$ times what arrived.

    What stands before it is trained against what stands after it: the one raises the loss that the
    other lowers.

    Args:
        x: any shape.
        weight: $\lambda$, at least 0.

    Returns:
        x, shape and dtype kept.

    Raises:
        ValueError: a negative weight.

    Equation: :eq:`eq-gradient-reversal`.
    Section: :ref:`sec-fairness-mitigation`.

    Source: Ganin, Lempitsky (2015), Unsupervised domain adaptation by backpropagation,
        arXiv:1409.7495.

    Example:
        >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
        >>> reverse_gradient(x, 0.5).square().sum().backward()
        >>> x.grad
        tensor([-1., -2.])

    In production: the same lines; torch has none.
    """
    if weight < 0:
        raise ValueError(f"weight must be at least 0, got {weight}")
    return _Reversal.apply(x, weight)


class GradientReversal(nn.Module):
    r"""`reverse_gradient` as a layer: the identity forward, $-\lambda$ times the gradient backward.

    Args:
        weight: $\lambda$, at least 0; the attribute may be raised during training.

    Raises:
        ValueError: a negative weight.

    Equation: :eq:`eq-gradient-reversal`.
    Section: :ref:`sec-fairness-mitigation`.

    Source: Ganin, Lempitsky (2015), Unsupervised domain adaptation by backpropagation,
        arXiv:1409.7495.

    Example:
        >>> GradientReversal(0.1)(torch.tensor([3.0]))
        tensor([3.])

    In production: the same lines; torch has none.
    """

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        if weight < 0:
            raise ValueError(f"weight must be at least 0, got {weight}")
        self.weight = weight

    def forward(self, x: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
        """The input, unchanged."""
        return reverse_gradient(x, self.weight)

    def extra_repr(self) -> str:
        """The weight, for printing."""
        return f"weight={self.weight}"
