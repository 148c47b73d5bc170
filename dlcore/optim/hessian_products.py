"""The Hessian as something to multiply by."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics.curvature import ScalarFunction
from dlcore.numerics.differentiation import pull_back, record


def hessian_operator(f: ScalarFunction, x: Float[Tensor, "*x"]) -> Callable[[Tensor], Tensor]:
    r"""The map $v \mapsto Hv$ at one point, for many products.

    Forward pass and gradient are recorded once, a product is one more backward pass;
    `dlcore.numerics.hvp` records anew for each.

    Args:
        f: function of torch operations, differentiable twice, to a single number.
        x: where, any shape.

    Returns:
        A function of a vector of x's shape.

    Raises:
        ValueError: f returns several numbers.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-hvp`
    Section: :ref:`sec-hessian`
    Source: Pearlmutter (1994), Fast exact multiplication by the Hessian,
        doi:10.1162/neco.1994.6.1.147.

    Example:
        >>> H = hessian_operator(lambda x: x[0] ** 2 * x[1], torch.tensor([1.0, 2.0]))
        >>> H(torch.tensor([1.0, 0.0])), H(torch.tensor([0.0, 1.0]))
        (tensor([4., 2.]), tensor([2., 0.]))

    In production: torch.func.vmap of torch.func.jvp over torch.func.grad.
    """
    start, y = record("hessian_operator", f, x)
    if y.numel() != 1:
        raise ValueError(f"hessian_operator: f must return a single number, got {tuple(y.shape)}")
    with torch.enable_grad():
        gradient = pull_back(y, start, torch.ones_like(y), differentiable=True)
    return lambda v: pull_back(gradient, start, v.to(x), keep_graph=True).detach()
