"""Momentum on a quadratic: two roots that say whether, and how fast, it converges."""

from typing import NamedTuple

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from dlcore.linalg.shapes import require_square
from dlcore.optim.multi_tensor import require_not_negative


def momentum_roots(
    lr: float, curvature: Float[Tensor, "*h"], momentum: float, *, nesterov: bool = False
) -> Complex[Tensor, "*h 2"]:
    r"""The roots of $r^2 - (1 + \beta - \eta h) r + \beta$, momentum's step as a recurrence.

    On $\frac12 h\theta^2$ each place is a combination of the last two, and grows or decays with
    powers of these roots; complex ones oscillate. For Nesterov: $r^2 - (1 + \beta)(1 - \eta h) r +
    \beta(1 - \eta h)$.

    Args:
        lr: learning rate $\eta$.
        curvature: h, any shape.
        momentum: $\beta$.
        nesterov: whether the gradient is taken at the look-ahead.

    Returns:
        Both roots for each h, shape (..., 2).

    Raises:
        ValueError: a negative rate or momentum.

    Section: :ref:`sec-momentum`
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods,
        doi:10.1016/0041-5553(64)90137-5.

    Example:
        >>> momentum_roots(0.5, torch.tensor(0.5), 0.25).real
        tensor([0.5000, 0.5000])

    In production: numpy.roots.
    """
    require_not_negative(lr=lr, momentum=momentum)
    kept = 1 - lr * curvature
    if nesterov:
        half, product = (1 + momentum) * kept / 2, momentum * kept
    else:
        half, product = (momentum + kept) / 2, momentum * torch.ones_like(kept)
    spread = (half**2 - product + 0j).sqrt()
    return torch.stack([half + spread, half - spread], -1)


def momentum_contraction_factor(
    lr: float, curvature: Float[Tensor, "*h"], momentum: float, *, nesterov: bool = False
) -> Float[Tensor, "*h"]:
    r"""What a step of momentum multiplies the distance to the minimum by in the long run.

    Below 1 it converges. Where the roots are complex it is $\sqrt\beta$, whatever the curvature.

    Args:
        lr: learning rate $\eta$.
        curvature: h, any shape: the eigenvalues of the Hessian.
        momentum: $\beta$; 0 gives $|1 - \eta h|$.
        nesterov: whether the gradient is taken at the look-ahead.

    Returns:
        The larger modulus of the two roots, for each h.

    Raises:
        ValueError: a negative rate or momentum.

    Section: :ref:`sec-momentum`
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods,
        doi:10.1016/0041-5553(64)90137-5.

    Example:
        >>> momentum_contraction_factor(0.01, torch.tensor([2.0, 200.0]), 0.81)
        tensor([0.9000, 0.9000])

    In production: measure it.
    """
    return momentum_roots(lr, curvature, momentum, nesterov=nesterov).abs().amax(-1)


class BestMomentum(NamedTuple):
    """The settings of momentum that suit a quadratic best.

    Attributes:
        lr: learning rate.
        momentum: its momentum.
        factor: what a step multiplies the distance by in the long run.
    """

    lr: float
    momentum: float
    factor: float


def best_momentum(H: Float[Tensor, "n n"]) -> BestMomentum:
    r"""The heavy ball's best settings: the factor $\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}$.

    $\eta = 4/(\sqrt{\lambda_{\max}} + \sqrt{\lambda_{\min}})^2$, and $\beta$ is the square of the
    factor. Without momentum the best is $\frac{\kappa - 1}{\kappa + 1}$.

    Args:
        H: the Hessian, symmetric positive definite, shape (n, n).

    Returns:
        Learning rate, momentum and factor.

    Raises:
        ValueError: H is not square or not positive definite.

    Section: :ref:`sec-momentum`
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods,
        doi:10.1016/0041-5553(64)90137-5.

    Example:
        >>> [round(x, 4) for x in best_momentum(torch.diag(torch.tensor([200.0, 2.0])))]
        [0.0165, 0.6694, 0.8182]

    In production: momentum 0.9 and a search over learning rates.
    """
    require_square("best_momentum", H)
    values = torch.linalg.eigvalsh(H)
    if not values[0] > 0:
        raise ValueError(f"H must be positive definite, its smallest eigenvalue is {values[0]:.3g}")
    low, high = values[0].sqrt().item(), values[-1].sqrt().item()
    factor = (high - low) / (high + low)
    return BestMomentum(4 / (high + low) ** 2, factor**2, factor)
