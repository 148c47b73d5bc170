"""How far mass must be carried: exactly on a line, with some blur anywhere."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


def wasserstein_1d(x: Float[Tensor, " n"], y: Float[Tensor, " m"]) -> Float[Tensor, ""]:
    r"""$W_1 = \int\lvert F_x - F_y\rvert$ of two samples on a line.

    With as many points in both it is the mean distance of the sorted points, pair by pair.

    Args:
        x: points, shape (n,).
        y: points, shape (m,).

    Returns:
        A number with gradients to the points.

    Raises:
        ValueError: no points, or more than one dimension.

    Equation: :eq:`eq-wasserstein-1d`
    Section: :ref:`sec-optimal-transport`
    Source: Peyré, Cuturi (2019), Computational optimal transport, arXiv:1803.00567, remark 2.30.

    Example:
        >>> wasserstein_1d(torch.tensor([3.0, 0.0]), torch.tensor([1.0, 4.0, 1.0, 4.0]))
        tensor(1.)

    In production: scipy.stats.wasserstein_distance.
    """
    if x.ndim != 1 or y.ndim != 1 or len(x) == 0 or len(y) == 0:
        raise ValueError(
            f"wasserstein_1d needs points (n,) and (m,), got {tuple(x.shape)}, {tuple(y.shape)}"
        )
    x, y = x.sort().values, y.sort().values
    points = torch.cat([x, y]).sort().values
    F_x, F_y = (
        torch.searchsorted(s.detach(), points[:-1].detach(), right=True).to(s.dtype) / len(s)
        for s in (x, y)
    )
    return ((F_x - F_y).abs() * points.diff()).sum()


class TransportPlan(NamedTuple):
    """How mass goes from n places to m.

    Attributes:
        plan: mass from each place to each, shape (n, m), rows summing to a, columns to b.
        cost: mean cost of the plan, without the entropy.
        iterations: passes that were made.

    Section: :ref:`sec-optimal-transport`

    Example:
        >>> sinkhorn(1 - torch.eye(2), epsilon=0.01).plan.round(decimals=4)
        tensor([[0.5000, 0.0000],
                [0.0000, 0.5000]])

    In production: what ot.sinkhorn returns.
    """

    plan: Float[Tensor, "n m"]
    cost: Float[Tensor, ""]
    iterations: int


def sinkhorn(
    cost: Float[Tensor, "n m"],
    a: Float[Tensor, " n"] | None = None,
    b: Float[Tensor, " m"] | None = None,
    *,
    epsilon: float = 0.1,
    tolerance: float = 1e-6,
    max_iterations: int = 10_000,
) -> TransportPlan:
    r"""The plan of least $\langle P, C\rangle - \epsilon H(P)$: rows and columns scaled in turn.

    $P_{ij} = e^{(f_i + g_j - C_{ij})/\epsilon}$; all is done with logarithms, so small $\epsilon$
    do not underflow. Its cost lies above the least one and nears it as $\epsilon \to 0$, while the
    number of passes grows.

    Args:
        cost: C, of carrying from i to j, shape (n, m).
        a: mass at the sources, positive with sum 1; default equal.
        b: mass at the targets, likewise.
        epsilon: weight of the entropy, in units of the cost, positive.
        tolerance: stop when no row's mass is off by more.
        max_iterations: passes at most.

    Returns:
        The plan with its cost.

    Raises:
        ValueError: shapes that do not fit, masses that are not positive with sum 1, or numbers out
            of range.
        RuntimeError: the rows are still off after the last pass.

    Equation: :eq:`eq-sinkhorn`
    Section: :ref:`sec-optimal-transport`
    Source: Cuturi (2013), Sinkhorn distances: lightspeed computation of optimal transport,
        arXiv:1306.0895.

    Example:
        >>> x = torch.tensor([0.0, 1.0, 2.0])
        >>> C = (x[:, None] - x - 5).abs()
        >>> round(sinkhorn(C, epsilon=0.05).cost.item(), 4)
        5.0

    In production: ot.sinkhorn; exactly ot.emd.
    """
    if cost.ndim != 2 or cost.numel() == 0 or not epsilon > 0 or max_iterations < 1:
        raise ValueError(
            f"sinkhorn needs a cost (n, m), epsilon > 0 and max_iterations >= 1, got "
            f"{tuple(cost.shape)}, {epsilon}, {max_iterations}"
        )
    n, m = cost.shape
    log_a = _log_mass("a", cost.new_full((n,), 1 / n) if a is None else a, n)
    log_b = _log_mass("b", cost.new_full((m,), 1 / m) if b is None else b, m)
    K = -cost / epsilon
    g = torch.zeros_like(log_b)
    for done in range(1, max_iterations + 1):
        f = log_a - (K + g).logsumexp(1)
        g = log_b - (K + f[:, None]).logsumexp(0)
        P = (K + f[:, None] + g).exp()
        off = (P.sum(1) - log_a.exp()).abs().max().item()
        if off <= tolerance:
            return TransportPlan(P, (P * cost).sum(), done)
    raise RuntimeError(f"sinkhorn: rows still off by {off:.3g} after {max_iterations} passes")


def _log_mass(name: str, mass: Tensor, n: int) -> Tensor:
    if mass.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), got {tuple(mass.shape)}")
    if not (mass > 0).all() or abs(mass.sum().item() - 1) > 1e-4:
        raise ValueError(f"{name} must be positive with sum 1, got sum {mass.sum():.6g}")
    return mass.log()
