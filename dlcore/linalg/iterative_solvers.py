"""Linear systems by iteration: Jacobi, Gauss-Seidel, conjugate gradients."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import NotPositiveDefiniteError, SingularMatrixError, warn_not_converged
from dlcore.linalg.shapes import require_floating, require_one_matrix, require_square
from dlcore.linalg.sparse import COOMatrix, CSRMatrix

Operator: TypeAlias = Tensor | CSRMatrix | COOMatrix | Callable[[Tensor], Tensor]


class IterativeSolution(NamedTuple):
    """What an iterative solver found.

    Attributes:
        x: the last iterate.
        residuals: the length of $b - Ax$ at the start and after each step.
        converged: whether the last residual is at most the tolerance times the length of b.
    """

    x: Tensor
    residuals: list[float]
    converged: bool

    @property
    def iterations(self) -> int:
        """Number of steps taken."""
        return len(self.residuals) - 1


def as_product(name: str, A: Operator, b: Tensor) -> Callable[[Tensor], Tensor]:
    """The map v -> A v, after a look at the shapes."""
    require_floating(name, b)
    if b.ndim != 1:
        raise ValueError(f"{name} needs one right-hand side of shape (n,), got {tuple(b.shape)}")
    if isinstance(A, Tensor | CSRMatrix | COOMatrix):
        if isinstance(A, Tensor):
            require_one_matrix(name, A)
        if tuple(A.shape) != (len(b), len(b)):
            raise ValueError(
                f"{name} needs a matrix of shape ({len(b)}, {len(b)}) for b of shape "
                f"({len(b)},), got {tuple(A.shape)}"
            )
        return lambda v: A @ v
    return A


def _stationary(
    name: str, A: Tensor, b: Tensor, x0: Tensor | None, rtol: float, max_iterations: int, step
) -> IterativeSolution:
    """Repeat a step that maps x to the next x until the residual is small."""
    require_square(name, A)
    product = as_product(name, A, b)
    if (A.diagonal() == 0).any():
        raise SingularMatrixError(f"{name} divides by the diagonal, which has a zero")
    x = torch.zeros_like(b) if x0 is None else x0.clone()
    goal = rtol * b.norm().item()
    residuals = [(b - product(x)).norm().item()]
    while not residuals[-1] <= goal and len(residuals) <= max_iterations:
        x = step(x)
        residuals.append((b - product(x)).norm().item())
        if not residuals[-1] < torch.inf:
            break
    return IterativeSolution(x, residuals, residuals[-1] <= goal)


def jacobi_solve(
    A: Float[Tensor, "n n"],
    b: Float[Tensor, " n"],
    x0: Float[Tensor, " n"] | None = None,
    *,
    rtol: float = 1e-6,
    max_iterations: int = 1000,
) -> IterativeSolution:
    r"""Solve $Ax = b$ by solving each equation for its own unknown, all at the same time.

    Converges for every start if and only if the spectral radius of $I - D^{-1}A$ is below 1; it is
    when each diagonal entry exceeds the sum of the others in its row.

    Args:
        A: square matrix, shape (n, n).
        b: right-hand side, shape (n,).
        x0: the start, default 0.
        rtol: stop when $\|b - Ax\|$ is at most this times $\|b\|$.
        max_iterations: stop after so many steps in any case.

    Returns:
        The solution, the residual of each step, and whether it converged.

    Raises:
        SingularMatrixError: a zero on the diagonal.
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: the residual is still too large, or has overflowed.

    Equation: :eq:`eq-jacobi-solve`
    Section: :ref:`sec-iterative-solvers`
    Source: Saad (2003), Iterative Methods for Sparse Linear Systems, 2nd ed., section 4.1.

    Example:
        >>> A = torch.tensor([[4.0, 1.0], [1.0, 3.0]])
        >>> jacobi_solve(A, torch.tensor([5.0, 4.0])).x.round(decimals=4)
        tensor([1., 1.])

    In production: scipy.sparse.linalg.cg or gmres, which converge faster.
    """
    d = A.diagonal() if A.ndim == 2 else A

    def step(x: Tensor) -> Tensor:
        return x + (b - A @ x) / d

    solution = _stationary("jacobi_solve", A, b, x0, rtol, max_iterations, step)
    if not solution.converged:
        goal = rtol * b.norm().item()
        warn_not_converged("jacobi_solve", solution.iterations, solution.residuals[-1], goal)
    return solution


def gauss_seidel(
    A: Float[Tensor, "n n"],
    b: Float[Tensor, " n"],
    x0: Float[Tensor, " n"] | None = None,
    *,
    rtol: float = 1e-6,
    max_iterations: int = 1000,
) -> IterativeSolution:
    r"""Solve $Ax = b$ by solving each equation for its own unknown, with the newest values at once.

    Converges for symmetric positive definite and for diagonally dominant matrices.

    Args:
        A: square matrix, shape (n, n).
        b: right-hand side, shape (n,).
        x0: the start, default 0.
        rtol: stop when $\|b - Ax\|$ is at most this times $\|b\|$.
        max_iterations: stop after so many steps in any case.

    Returns:
        The solution, the residual of each step, and whether it converged.

    Raises:
        SingularMatrixError: a zero on the diagonal.
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: the residual is still too large, or has overflowed.

    Equation: :eq:`eq-gauss-seidel`
    Section: :ref:`sec-iterative-solvers`
    Source: Saad (2003), Iterative Methods for Sparse Linear Systems, 2nd ed., section 4.1.

    Example:
        >>> A = torch.tensor([[4.0, 1.0], [1.0, 3.0]])
        >>> gauss_seidel(A, torch.tensor([5.0, 4.0])).x.round(decimals=4)
        tensor([1., 1.])

    In production: scipy.sparse.linalg.cg or gmres, which converge faster.
    """

    def step(x: Tensor) -> Tensor:
        x = x.clone()
        for i in range(len(b)):
            x[i] += (b[i] - A[i] @ x) / A[i, i]
        return x

    solution = _stationary("gauss_seidel", A, b, x0, rtol, max_iterations, step)
    if not solution.converged:
        goal = rtol * b.norm().item()
        warn_not_converged("gauss_seidel", solution.iterations, solution.residuals[-1], goal)
    return solution


def conjugate_gradient(
    A: Operator,
    b: Float[Tensor, " n"],
    x0: Float[Tensor, " n"] | None = None,
    *,
    rtol: float = 1e-6,
    max_iterations: int | None = None,
) -> IterativeSolution:
    r"""Solve $Ax = b$ for a symmetric positive definite A, one product with A a step.

    The error in the norm $\|e\|_A = \sqrt{e^\top Ae}$ is the smallest that any combination of
    $b, Ab, \dots, A^{k-1}b$ can reach; without rounding $n$ steps are enough.

    Args:
        A: the matrix, shape (n, n), dense or sparse, or a function that multiplies by it.
        b: right-hand side, shape (n,).
        x0: the start, default 0.
        rtol: stop when $\|b - Ax\|$ is at most this times $\|b\|$.
        max_iterations: stop after so many steps in any case; default 10 n.

    Returns:
        The solution, the residual of each step (as the recursion carries it), and whether it
        converged.

    Raises:
        NotPositiveDefiniteError: a direction p has $p^\top Ap \le 0$.
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: the residual is still too large.

    Equations: :eq:`eq-conjugate-gradient`, :eq:`eq-cg-bound`
    Section: :ref:`sec-krylov`
    Source: Hestenes, Stiefel (1952), Methods of conjugate gradients for solving linear systems,
        doi:10.6028/jres.049.044.

    Example:
        >>> A = torch.tensor([[4.0, 1.0], [1.0, 3.0]])
        >>> conjugate_gradient(A, torch.tensor([5.0, 4.0])).iterations
        2

    In production: scipy.sparse.linalg.cg.
    """
    product = as_product("conjugate_gradient", A, b)
    steps = 10 * len(b) if max_iterations is None else max_iterations
    x = torch.zeros_like(b) if x0 is None else x0
    r = b - product(x)
    p = r
    goal = rtol * b.norm().item()
    residuals = [r.norm().item()]
    while not residuals[-1] <= goal and len(residuals) <= steps:
        Ap = product(p)
        curvature = p @ Ap
        if not curvature > 0:
            found = f"p^T A p = {curvature.item():.3g} at step {len(residuals)}"
            raise NotPositiveDefiniteError(f"conjugate_gradient: {found}")
        alpha = (r @ r) / curvature
        x, r_before, r = x + alpha * p, r, r - alpha * Ap
        p = r + (r @ r) / (r_before @ r_before) * p
        residuals.append(r.norm().item())
    if residuals[-1] > goal:
        warn_not_converged("conjugate_gradient", len(residuals) - 1, residuals[-1], goal)
    return IterativeSolution(x, residuals, residuals[-1] <= goal)
