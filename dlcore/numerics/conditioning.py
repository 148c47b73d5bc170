"""How a problem amplifies errors, and what can be done about it before it is solved."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import back_substitution, forward_substitution, lu
from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import require_matrix, require_square
from dlcore.numerics.differentiation import require_floating


def error_amplification(
    A: Float[Tensor, "n n"], b: Float[Tensor, " n"], delta: Float[Tensor, "*batch n"]
) -> Float[Tensor, "*batch"]:
    r"""How much larger, relatively, the change of x is than the change of b, for $Ax = b$.

    The factor $\frac{\|\delta x\|/\|x\|}{\|\delta b\|/\|b\|}$ is at most the condition number.

    Args:
        A: invertible, shape (n, n).
        b: right-hand side, not zero, shape (n,).
        delta: changes of b, not zero, shape (..., n).

    Returns:
        One factor for each change, shape (...).

    Raises:
        ValueError: shapes that do not fit, or a change or b is zero.
        torch.linalg.LinAlgError: A is singular.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-perturbation-bound`
    Section: :ref:`sec-error-amplification`
    Source: Golub, Van Loan (2013), Matrix Computations, 4th ed., section 2.6.

    Example:
        >>> A = torch.tensor([[1.0, 0.99], [0.99, 1.0]], dtype=torch.float64)
        >>> delta = torch.tensor([1e-3, -1e-3], dtype=torch.float64)
        >>> error_amplification(A, torch.ones(2, dtype=torch.float64), delta).round()
        tensor(199., dtype=torch.float64)

    In production: torch.linalg.cond for the largest factor.
    """
    require_square("error_amplification", A)
    require_floating("error_amplification", delta)
    if A.ndim != 2 or b.shape != A.shape[:1] or delta.shape[-1:] != b.shape:
        raise ValueError(
            f"error_amplification needs A (n, n), b (n,) and delta (..., n), got {tuple(A.shape)}, "
            f"{tuple(b.shape)} and {tuple(delta.shape)}"
        )
    sizes = delta.norm(dim=-1)
    if not b.any() or (sizes == 0).any():
        raise ValueError("error_amplification: a relative change needs b and delta other than zero")
    x = torch.linalg.solve(A, b)
    change = torch.linalg.solve(A, delta[..., None])[..., 0]
    return (change.norm(dim=-1) / x.norm()) / (sizes / b.norm())


def worst_perturbation(A: Float[Tensor, "n n"]) -> tuple[Float[Tensor, " n"], Float[Tensor, " n"]]:
    r"""The right-hand side and its change for which the amplification is the condition number.

    They are the left singular vectors of the largest and of the smallest singular value.

    Args:
        A: shape (n, n).

    Returns:
        b and the change, both of length 1, shape (n,).

    Raises:
        ValueError: A is no square matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-perturbation-bound`
    Section: :ref:`sec-error-amplification`
    Source: Golub, Van Loan (2013), Matrix Computations, 4th ed., section 2.6.

    Example:
        >>> b, delta = worst_perturbation(torch.diag(torch.tensor([1.0, 5.0])))
        >>> b.abs(), delta.abs()
        (tensor([0., 1.]), tensor([1., 0.]))

    In production: the first and last column of U from torch.linalg.svd.
    """
    require_square("worst_perturbation", A)
    U = torch.linalg.svd(A).U
    return U[:, 0], U[:, -1]


def jacobi_preconditioner(A: Float[Tensor, "n n"]) -> Float[Tensor, " n"]:
    r"""The scaling $D^{-1/2}$ that makes the diagonal of $D^{-1/2} A D^{-1/2}$ one.

    Among all diagonal scalings of a positive definite matrix it is, for the condition number, at
    worst n times away from the best.

    Args:
        A: a positive diagonal, shape (n, n).

    Returns:
        The diagonal of the scaling, shape (n,).

    Raises:
        ValueError: A is not square, or a diagonal entry is not positive.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-jacobi-scaling`
    Section: :ref:`sec-preconditioning`
    Source: van der Sluis (1969), Condition numbers and equilibration of matrices,
        doi:10.1007/BF02165096.

    Example:
        >>> A = torch.tensor([[1.0, 10.0], [10.0, 400.0]])
        >>> d = jacobi_preconditioner(A)
        >>> d[:, None] * A * d
        tensor([[1.0000, 0.5000],
                [0.5000, 1.0000]])

    In production: incomplete factorizations, scipy.sparse.linalg.spilu.
    """
    require_square("jacobi_preconditioner", A)
    diagonal = A.diagonal()
    if not (diagonal > 0).all():
        smallest = diagonal.min().item()
        raise ValueError(f"the diagonal must be positive, its smallest entry is {smallest:.3g}")
    return diagonal.rsqrt()


class Standardized(NamedTuple):
    """Features on one scale.

    Attributes:
        X: the standardized examples, shape (n, d).
        mean: what was subtracted, shape (d,).
        scale: what was divided by, shape (d,).
    """

    X: Tensor
    mean: Tensor
    scale: Tensor


def standardize(X: Float[Tensor, "n d"]) -> Standardized:
    """Features with mean 0 and standard deviation 1: Jacobi's preconditioner for least squares.

    Args:
        X: n examples as rows, shape (n, d), at least one.

    Returns:
        The examples, and mean and scale for others; a feature that never varies keeps scale 1.

    Raises:
        ValueError: X is no matrix or has no rows.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-standardize`
    Section: :ref:`sec-preconditioning`
    Source: LeCun, Bottou, Orr, Müller (1998), Efficient BackProp, doi:10.1007/3-540-49430-8_2.

    Example:
        >>> standardize(torch.tensor([[1.0, 5.0], [3.0, 5.0]])).X
        tensor([[-1.,  0.],
                [ 1.,  0.]])

    In production: sklearn.preprocessing.StandardScaler.
    """
    require_matrix("standardize", X)
    if X.ndim != 2 or not len(X):
        raise ValueError(f"standardize needs examples (n, d), got shape {tuple(X.shape)}")
    mean, scale = X.mean(0), X.std(0, correction=0)
    still = scale <= 10 * torch.finfo(X.dtype).eps * X.abs().amax(0)
    scale = torch.where(still, 1, scale)
    return Standardized((X - mean) / scale, mean, scale)


class Refinement(NamedTuple):
    """A solution improved step by step.

    Attributes:
        x: the solution, in the dtype of A.
        residuals: relative residual of each approximation, the first one included.
        converged: whether the last is at most the tolerance.
    """

    x: Tensor
    residuals: list[float]
    converged: bool


def iterative_refinement(
    A: Float[Tensor, "n n"],
    b: Float[Tensor, " n"],
    *,
    dtype: torch.dtype = torch.float32,
    rtol: float | None = None,
    max_steps: int = 30,
) -> Refinement:
    r"""Solve in low precision, then correct by the residual, which alone is computed in high.

    One factorization in `dtype`, of cost $\tfrac23 n^3$, serves all steps; a step costs $n^2$. It
    converges if $\kappa u$ is below about 1, with u the unit roundoff of `dtype`.

    Args:
        A: invertible, shape (n, n).
        b: right-hand side, shape (n,).
        dtype: the low precision.
        rtol: stop when $\|b - Ax\| / \|b\|$ is at most this; default n times the machine epsilon of
            A's dtype.
        max_steps: the most corrections.

    Returns:
        The solution in A's dtype, with the residuals.

    Raises:
        ValueError: shapes that do not fit.
        SingularMatrixError: A is singular in the low precision.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: the residual is still too large.

    Equation: :eq:`eq-refinement`
    Section: :ref:`sec-preconditioning`
    Source: Carson, Higham (2018), Accelerating the solution of linear systems by iterative
        refinement in three precisions, doi:10.1137/17M1140819.

    Example:
        >>> A = torch.tensor([[4.0, 1.0], [1.0, 3.0]], dtype=torch.float64)
        >>> iterative_refinement(A, torch.ones(2, dtype=torch.float64)).converged
        True

    In production: LAPACK's dsgesv.
    """
    require_square("iterative_refinement", A)
    if A.ndim != 2 or b.shape != A.shape[:1]:
        raise ValueError(
            f"iterative_refinement needs A (n, n) and b (n,), got {tuple(A.shape)} and "
            f"{tuple(b.shape)}"
        )
    goal = len(A) * torch.finfo(A.dtype).eps if rtol is None else rtol
    P, L, U = lu(A.to(dtype))
    x, residuals = torch.zeros_like(b), []
    size = b.norm().item() or 1.0
    while True:
        r = b - A @ x
        residuals.append(r.norm().item() / size)
        if not residuals[-1] > goal or len(residuals) > max_steps + 1:
            break
        scale = r.abs().max()
        y = forward_substitution(L, P.T @ (r / scale).to(dtype), unit_diagonal=True)
        x = x + scale * back_substitution(U, y).to(A.dtype)
    converged = residuals[-1] <= goal
    if not converged:
        warn_not_converged("iterative_refinement", len(residuals) - 1, residuals[-1], goal)
    return Refinement(x, residuals[1:] or residuals, converged)
