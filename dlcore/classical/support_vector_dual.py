"""Sequential minimal optimization: the dual problem of support vectors, two weights at a time."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged

WHOLE = 500  # up to here one working set holds all examples
WORKING_SET = 256


class SMO(NamedTuple):
    r"""The solution of the dual problem, see `smo`.

    Section: :ref:`sec-support-vector-dual`

    Example:
        >>> SMO(torch.zeros(2), 0.0, 0.0, 1).iterations
        1

    In production: nothing to import.
    """

    beta: Float[Tensor, " n"]
    r"""The signed multipliers $\beta_i = \alpha_i y_i$, shape (n,); they sum to zero."""
    b: float
    """The intercept."""
    gap: float
    """By how much the optimality conditions are violated."""
    iterations: int
    """How many pairs were moved."""


def smo(
    K: Float[Tensor, "n n"],
    targets: Float[Tensor, " n"],
    lower: Float[Tensor, " n"],
    upper: Float[Tensor, " n"],
    *,
    tol: float = 1e-3,
    max_iter: int = 10_000_000,
) -> SMO:
    r"""Maximize $t^\top\beta - \tfrac12\beta^\top K\beta$ with $\sum_i\beta_i = 0$ in a box.

    With $\beta_i = \alpha_i y_i$, targets y and the box from 0 to $C y_i$ that is the dual of the
    soft margin. Of two multipliers one goes up and the other down by as much, so the sum stays.
    With the errors $e = t - K\beta$ the first has the largest $e_i$ of those that may go up; the
    second is the one with which the step gains most.

    Args:
        K: Gram matrix, shape (n, n).
        targets: t, shape (n,).
        lower: the box, shape (n,), at most 0.
        upper: the box, shape (n,), at least 0.
        tol: stop when no error that may go up exceeds one that may go down by more than this.
        max_iter: the most pairs.

    Returns:
        The multipliers $\beta$, the intercept, the remaining violation and the number of pairs.

    Raises:
        ValueError: shapes that do not fit, or a box without 0.

    Warns:
        ConvergenceWarning: `max_iter` pairs were not enough.

    Equations: :eq:`eq-support-vector-dual`, :eq:`eq-smo-step`
    Section: :ref:`sec-support-vector-dual`
    Source: Platt (1998), Sequential minimal optimization, MSR-TR-98-14; the choice of the second:
        Fan, Chen, Lin (2005), Working set selection using second order information, JMLR 6.

    Example:
        >>> X, y = torch.tensor([[1.0, 1.0], [-1.0, -1.0]]), torch.tensor([1.0, -1.0])
        >>> solution = smo(X @ X.T, y, lower=(10 * y).clamp(max=0), upper=(10 * y).clamp(min=0))
        >>> solution.beta, abs(solution.b)
        (tensor([ 0.2500, -0.2500]), 0.0)

    In production: sklearn.svm.SVC(kernel="precomputed").
    """
    n = len(targets)
    if K.shape != (n, n) or not targets.shape == lower.shape == upper.shape == (n,):
        raise ValueError(
            f"smo needs K (n, n) and targets, lower, upper (n,), got {tuple(K.shape)}, "
            f"{tuple(targets.shape)}, {tuple(lower.shape)} and {tuple(upper.shape)}"
        )
    if not ((lower <= 0) & (upper >= 0)).all():
        raise ValueError("smo: the box must contain 0")
    return solve_dual(lambda i: K[i], targets, lower, upper, tol, max_iter)


def solve_dual(
    rows: Callable[[Tensor], Tensor],
    targets: Tensor,
    lower: Tensor,
    upper: Tensor,
    tol: float,
    max_iter: int,
) -> SMO:
    """The dual problem with rows of the Gram matrix made as needed.

    Pairs are chosen within a working set of the worst violators, whose small Gram matrix is in the
    processor's cache; then all errors follow in a single matrix product.
    """
    n = len(targets)
    beta, errors = torch.zeros_like(targets), targets.clone()
    size = n if n <= WHOLE else WORKING_SET
    taken, gap, working = 0, torch.inf, torch.arange(0)
    while taken < max_iter:
        up = errors.where(beta < upper, -torch.inf)
        down = errors.where(beta > lower, torch.inf)
        gap = (up.max() - down.min()).item()
        if gap <= tol:
            break
        working = _working_set(up, down, working.to(up.device), size)
        K = rows(working)
        parts = (K[:, working], errors[working], beta[working], lower[working], upper[working])
        inner = max(tol, 0.1 * gap) if size < n else tol
        moved, pairs = _move_pairs([_array(part) for part in parts], inner, max_iter - taken)
        after = torch.from_numpy(moved).to(beta)
        errors = errors - (after - beta[working]) @ K
        beta[working] = after
        taken += pairs
    if gap > tol:
        warn_not_converged("smo", taken, gap, tol)
    return SMO(beta, _intercept(errors, beta, lower, upper), gap, taken)


def _array(values: Tensor) -> np.ndarray:
    return values.double().cpu().numpy()


def _working_set(up: Tensor, down: Tensor, previous: Tensor, size: int) -> Tensor:
    """The worst violators of either side, half of them new, and what was there before."""
    if size == len(up):
        return torch.arange(size, device=up.device)
    quarter = size // 4
    new = torch.cat([up.topk(quarter).indices, down.topk(quarter, largest=False).indices])
    kept = previous[~torch.isin(previous, new)][-(size - 2 * quarter) :]
    return torch.cat([kept, new.unique()])


def _move_pairs(problem: list[np.ndarray], tol: float, max_iter: int) -> tuple[np.ndarray, int]:
    """Move pair after pair until none violates the conditions by more than `tol`."""
    K, e, beta, lower, upper = problem
    e, beta, diagonal = e.copy(), beta.copy(), K.diagonal()
    closed_up = np.where(beta < upper, 0.0, -np.inf)
    closed_down = np.where(beta > lower, 0.0, np.inf)
    for pairs in range(max_iter):
        up, down = e + closed_up, e + closed_down
        i = int(up.argmax())
        violation = up[i] - down
        if not violation.max() > tol:
            return beta, pairs
        curvature = np.maximum(diagonal[i] + diagonal - 2 * K[i], 1e-12)
        j = int((np.maximum(violation, 0) ** 2 / curvature).argmax())
        step = min(violation[j] / curvature[j], upper[i] - beta[i], beta[j] - lower[j])
        beta[i] = upper[i] if step == upper[i] - beta[i] else beta[i] + step
        beta[j] = lower[j] if step == beta[j] - lower[j] else beta[j] - step
        e -= step * (K[i] - K[j])
        for k in (i, j):
            closed_up[k] = 0.0 if beta[k] < upper[k] else -np.inf
            closed_down[k] = 0.0 if beta[k] > lower[k] else np.inf
    return beta, max_iter


def _intercept(errors: Tensor, beta: Tensor, lower: Tensor, upper: Tensor) -> float:
    """The mean error of the free multipliers; without any, the middle of what is possible."""
    free = (beta > lower) & (beta < upper)
    if free.any():
        return errors[free].mean().item()
    least = errors.where(beta < upper, -torch.inf).max().item()
    most = errors.where(beta > lower, torch.inf).min().item()
    return (least + most) / 2
