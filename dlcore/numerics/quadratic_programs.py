"""Quadratic functions under linear constraints."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import SingularMatrixError, warn_not_converged
from dlcore.linalg.shapes import require_symmetric


class QPSolution(NamedTuple):
    r"""A minimum with its multipliers.

    Attributes:
        x: the point, shape (n,).
        lam: multipliers of the equations, shape (p,).
        mu: multipliers of the inequalities, at least 0, shape (m,).
        gaps: the duality gap $\mu^\top s / m$ before each step of the interior-point method.
    """

    x: Tensor
    lam: Tensor
    mu: Tensor
    gaps: list[float]


def solve_equality_qp(
    Q: Float[Tensor, "n n"],
    c: Float[Tensor, " n"],
    A: Float[Tensor, "p n"],
    b: Float[Tensor, " p"],
) -> QPSolution:
    r"""Minimize $\tfrac12 x^\top Qx + c^\top x$ subject to $Ax = b$: one linear system.

    Args:
        Q: symmetric, positive definite where $Ax = 0$, shape (n, n).
        c: shape (n,).
        A: linearly independent rows, shape (p, n).
        b: shape (p,).

    Returns:
        The point and the multipliers.

    Raises:
        SingularMatrixError: rows of A depend on each other, or the minimum is not unique.
        ValueError: shapes that do not fit, or Q is not symmetric.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-kkt-system`
    Section: :ref:`sec-quadratic-programs`
    Source: Nocedal, Wright (2006), Numerical Optimization, 2nd ed., section 16.1.

    Example:
        >>> solution = solve_equality_qp(
        ...     torch.eye(2), torch.zeros(2), torch.tensor([[1.0, 1.0]]), torch.tensor([1.0])
        ... )
        >>> solution.x, solution.lam
        (tensor([0.5000, 0.5000]), tensor([-0.5000]))

    In production: qpsolvers.solve_qp.
    """
    _require_fitting("solve_equality_qp", Q, c, A, b)
    solution, info = torch.linalg.solve_ex(
        torch.cat([torch.cat([Q, A.T], 1), torch.cat([A, A.new_zeros(len(A), len(A))], 1)]),
        torch.cat([-c, b]),
    )
    if info.item() or not solution.isfinite().all():
        raise SingularMatrixError(
            "solve_equality_qp: the system is singular: rows of A depend on each other, or the "
            "minimum is not unique"
        )
    return QPSolution(solution[: len(c)], solution[len(c) :], c.new_zeros(0), [])


def _require_fitting(name: str, Q: Tensor, c: Tensor, A: Tensor, b: Tensor) -> None:
    require_symmetric(name, Q)
    n = len(Q)
    if Q.ndim != 2 or c.shape != (n,) or A.shape != (len(b), n) or b.ndim != 1:
        shapes = [tuple(t.shape) for t in (Q, c, A, b)]
        raise ValueError(f"{name} needs shapes (n, n), (n,), (m, n) and (m,), got {shapes}")


def solve_qp(
    Q: Float[Tensor, "n n"],
    c: Float[Tensor, " n"],
    G: Float[Tensor, "m n"],
    h: Float[Tensor, " m"],
    A: Float[Tensor, "p n"] | None = None,
    b: Float[Tensor, " p"] | None = None,
    *,
    tol: float = 1e-9,
    max_steps: int = 60,
) -> QPSolution:
    r"""Minimize $\tfrac12 x^\top Qx + c^\top x$ subject to $Gx \le h$ and $Ax = b$, from inside.

    A primal-dual interior-point method: Newton's method on the KKT conditions, with slackness
    $\mu_i s_i = 0$ relaxed to $\mu_i s_i = \sigma\tau$, where $\tau$ is the present mean and
    $\sigma$ follows from how far a pure step ($\sigma = 0$) would get (Mehrotra's rule).

    Args:
        Q: symmetric positive semidefinite, shape (n, n).
        c: shape (n,).
        G: shape (m, n), with at least one row.
        h: shape (m,).
        A: linearly independent rows, shape (p, n); default no equations.
        b: shape (p,).
        tol: the largest residual and gap, relative to the size of the data.
        max_steps: the most steps.

    Returns:
        The point, the multipliers, and the gap of each step.

    Raises:
        ValueError: shapes that do not fit, or Q is not symmetric.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: no point fulfils the constraints, there is no minimum, or the steps were
            not enough.

    Equation: :eq:`eq-central-path`
    Section: :ref:`sec-quadratic-programs`
    Source: Mehrotra (1992), On the implementation of a primal-dual interior point method,
        doi:10.1137/0802028; Nocedal, Wright (2006), section 16.6.

    Example:
        >>> Q, c = 2 * torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
        >>> G, h = -torch.ones(1, 2, dtype=torch.float64), -torch.ones(1, dtype=torch.float64)
        >>> solve_qp(Q, c, G, h).x.round(decimals=4)
        tensor([0.5000, 0.5000], dtype=torch.float64)

    In production: qpsolvers.solve_qp.
    """
    A = Q.new_zeros(0, len(Q)) if A is None else A
    b = Q.new_zeros(0) if b is None else b
    _require_fitting("solve_qp", Q, c, G, h)
    _require_fitting("solve_qp", Q, c, A, b)
    if not len(h):
        raise ValueError("solve_qp needs at least one inequality; else call solve_equality_qp")
    p = len(b)
    x, lam = torch.zeros_like(c), torch.zeros_like(b)
    s = (h - G @ x).clamp(min=1.0)
    mu = torch.ones_like(s)
    scale = 1 + max(t.abs().max().item() for t in (Q, c, G, h, A, b) if t.numel())
    gaps: list[float] = []
    residual = float("inf")
    while len(gaps) < max_steps:
        r_x = Q @ x + c + G.T @ mu + A.T @ lam
        r_s, r_b, tau = G @ x + s - h, A @ x - b, mu @ s / len(s)
        gaps.append(tau.item())
        residual = max(t.abs().max().item() for t in (r_x, r_s, r_b, tau) if t.numel())
        if residual <= tol * scale:
            return QPSolution(x, lam, mu, gaps)
        H = Q + G.T @ ((mu / s)[:, None] * G)
        system = torch.cat([torch.cat([H, A.T], 1), torch.cat([A, A.new_zeros(p, p)], 1)])
        factors, pivots, info = torch.linalg.lu_factor_ex(system)
        if info.item():
            break
        state = ((factors, pivots), G, s, mu, r_x, r_s, r_b)
        _, _, d_s, d_mu = _newton_step(*state, products=mu * s)
        reach = _reach(s, d_s, mu, d_mu)
        sigma = ((s + reach * d_s) @ (mu + reach * d_mu) / len(s) / tau) ** 3
        products = mu * s + d_s * d_mu - sigma * tau
        d_x, d_lam, d_s, d_mu = _newton_step(*state, products=products)
        reach = 0.99 * _reach(s, d_s, mu, d_mu)
        x, lam, s, mu = x + reach * d_x, lam + reach * d_lam, s + reach * d_s, mu + reach * d_mu
    warn_not_converged("solve_qp", len(gaps), residual, tol * scale)
    return QPSolution(x, lam, mu, gaps)


def _reach(s: Tensor, d_s: Tensor, mu: Tensor, d_mu: Tensor) -> float:
    """The longest step, at most 1, that keeps slacks and multipliers at or above 0."""
    values, changes = torch.cat([s, mu]), torch.cat([d_s, d_mu])
    falling = changes < 0
    if not falling.any():
        return 1.0
    return min(1.0, (-values[falling] / changes[falling]).min().item())


def _newton_step(
    lu: tuple[Tensor, Tensor],
    G: Tensor,
    s: Tensor,
    mu: Tensor,
    r_x: Tensor,
    r_s: Tensor,
    r_b: Tensor,
    *,
    products: Tensor,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Changes of x, lam, s and mu that make the residuals zero and take `products` from mu s."""
    n = len(r_x)
    right = torch.cat([-r_x - G.T @ ((mu * r_s - products) / s), -r_b])
    both = torch.linalg.lu_solve(*lu, right[:, None])[:, 0]
    d_s = -r_s - G @ both[:n]
    return both[:n], both[n:], d_s, -(products + mu * d_s) / s
