"""One eigenpair at a time: power iteration, deflation, inverse iteration."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.decompositions import lu
from dlcore.linalg.errors import require_nonzero, warn_not_converged
from dlcore.linalg.iterative_solvers import Operator, as_product
from dlcore.linalg.shapes import require_one_matrix, require_same_shape, require_square
from dlcore.linalg.solvers import back_substitution, forward_substitution
from dlcore.linalg.sparse import COOMatrix, CSRMatrix


class EigenPair(NamedTuple):
    r"""An eigenvalue with its eigenvector, and how the iteration came there.

    Attributes:
        value: the Rayleigh quotient of the last vector, shape ().
        vector: of length 1, shape (n,).
        values: the Rayleigh quotient at the start and after each step.
        residuals: the length of $Av - \lambda v$ at the start and after each step.
        converged: whether the last residual is at most the tolerance times $|\lambda|$.
    """

    value: Tensor
    vector: Tensor
    values: list[float]
    residuals: list[float]
    converged: bool


def rayleigh_quotient(
    A: Float[Tensor, "n n"], v: Float[Tensor, " n"] | Float[Tensor, "n k"]
) -> Float[Tensor, ""] | Float[Tensor, " k"]:
    r"""The number $\lambda$ for which $\lambda v$ is nearest to $Av$.

    For a symmetric A it lies between the smallest and the largest eigenvalue, and errs by the
    square of the error of v.

    Args:
        A: square matrix, shape (n, n).
        v: a vector other than 0, shape (n,), or several as columns, shape (n, k).

    Returns:
        The quotient, shape () or (k,).

    Raises:
        ValueError: a vector is zero, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-rayleigh-quotient`
    Section: :ref:`sec-power-iteration`

    Example:
        >>> rayleigh_quotient(torch.tensor([[2.0, 1.0], [1.0, 2.0]]), torch.tensor([2.0, 1.0]))
        tensor(2.8000)

    In production: v @ A @ v / (v @ v).
    """
    require_one_matrix("rayleigh_quotient", A)
    require_square("rayleigh_quotient", A)
    if v.ndim not in (1, 2) or v.shape[0] != len(A):
        raise ValueError(f"v must have shape ({len(A)},) or ({len(A)}, k), got {tuple(v.shape)}")
    squares = v.square().sum(0)
    if not squares.all():
        raise ValueError("rayleigh_quotient: a zero vector has no direction")
    return (v * (A @ v)).sum(0) / squares


def power_iteration(
    A: Operator,
    v0: Float[Tensor, " n"] | None = None,
    *,
    rtol: float = 1e-6,
    max_iterations: int = 1000,
    generator: torch.Generator | None = None,
) -> EigenPair:
    r"""The eigenvalue of largest magnitude, by multiplying a vector by A over and over.

    The error of the vector shrinks by $|\lambda_2/\lambda_1|$ a step, that of the value, if A is
    symmetric, by the square of it. With $|\lambda_2| = |\lambda_1|$ there is no convergence.

    Args:
        A: the matrix, shape (n, n), dense or sparse, or a function that multiplies by it (which
            needs `v0`).
        v0: the start, shape (n,); default normal random numbers.
        rtol: stop when $\|Av - \lambda v\|$ is at most this times $|\lambda|$.
        max_iterations: stop after so many steps in any case.
        generator: for the default start.

    Returns:
        The eigenpair with the values and residuals of all steps.

    Raises:
        ValueError: `v0` is zero or missing, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: the residual is still too large.

    Equations: :eq:`eq-power-iteration`, :eq:`eq-eigenpair`
    Section: :ref:`sec-power-iteration`
    Source: von Mises, Pollaczek-Geiringer (1929), Praktische Verfahren der Gleichungsauflösung,
        doi:10.1002/zamm.19290090206.

    Example:
        >>> pair = power_iteration(torch.tensor([[2.0, 1.0], [1.0, 2.0]]), torch.tensor([1.0, 0.0]))
        >>> [round(value, 4) for value in pair.values[1:4]]
        [2.8, 2.9756, 2.9973]

    In production: scipy.sparse.linalg.eigs(A, k=1).
    """
    v = _start("power_iteration", A, v0, generator)
    product = as_product("power_iteration", A, v)
    return _iterate("power_iteration", product, product, v, rtol, max_iterations)


def _start(name: str, A: Operator, v0: Tensor | None, generator: torch.Generator | None) -> Tensor:
    if v0 is None:
        if not isinstance(A, Tensor | CSRMatrix | COOMatrix):
            raise ValueError(f"{name} needs v0 when A is a function")
        v0 = torch.randn(A.shape[-1], generator=generator, dtype=A.dtype, device=A.device)
    if not v0.any():
        raise ValueError(f"{name} needs a start other than 0")
    return v0 / v0.norm()


def _iterate(name: str, product, step, v: Tensor, rtol: float, max_iterations: int) -> EigenPair:
    """Apply a step and normalize, until v is an eigenvector of the product."""
    values, residuals = [], []
    while True:
        Av = product(v)
        value = v @ Av
        values.append(value.item())
        residuals.append((Av - value * v).norm().item())
        goal = rtol * abs(values[-1])
        if residuals[-1] <= goal or len(residuals) > max_iterations:
            break
        w = step(v)
        v = w / w.norm()
    converged = residuals[-1] <= goal
    if not converged:
        warn_not_converged(name, len(residuals) - 1, residuals[-1], goal)
    return EigenPair(value, v, values, residuals, converged)


def deflate(
    A: Float[Tensor, "n n"], value: Float[Tensor, ""], vector: Float[Tensor, " n"]
) -> Float[Tensor, "n n"]:
    r"""The matrix $A - \lambda vv^\top/v^\top v$: a symmetric A with this eigenvalue moved to zero.

    Power iteration on the result finds the eigenvalue of next largest magnitude.

    Args:
        A: symmetric matrix, shape (n, n).
        value: the eigenvalue, shape ().
        vector: its eigenvector, shape (n,).

    Returns:
        The deflated matrix, shape (n, n).

    Raises:
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-deflation`
    Section: :ref:`sec-power-iteration`

    Example:
        >>> A = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
        >>> deflate(A, torch.tensor(3.0), torch.tensor([1.0, 1.0]))
        tensor([[ 0.5000, -0.5000],
                [-0.5000,  0.5000]])

    In production: scipy.sparse.linalg.eigsh(A, k), which finds several at once.
    """
    require_one_matrix("deflate", A)
    require_square("deflate", A)
    require_same_shape("deflate", A[0], vector)
    return A - value * torch.outer(vector, vector) / (vector @ vector)


def inverse_iteration(
    A: Float[Tensor, "n n"],
    shift: float,
    v0: Float[Tensor, " n"] | None = None,
    *,
    rtol: float = 1e-6,
    max_iterations: int = 100,
    generator: torch.Generator | None = None,
) -> EigenPair:
    r"""The eigenvalue nearest to a shift: power iteration with $(A - \mu I)^{-1}$.

    The factorization of $A - \mu I$ is made once. The error shrinks by
    $|\lambda_1 - \mu|/|\lambda_2 - \mu|$ a step, where these are the nearest and next eigenvalue.

    Args:
        A: square matrix, shape (n, n).
        shift: $\mu$, near the eigenvalue that is wanted but not equal to it.
        v0: the start, shape (n,); default normal random numbers.
        rtol: stop when $\|Av - \lambda v\|$ is at most this times $|\lambda|$.
        max_iterations: stop after so many steps in any case.
        generator: for the default start.

    Returns:
        The eigenpair with the values and residuals of all steps.

    Raises:
        SingularMatrixError: the shift is an eigenvalue, to the last digit.
        ValueError: `v0` is zero, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: the residual is still too large.

    Equation: :eq:`eq-inverse-iteration`
    Section: :ref:`sec-power-iteration`
    Source: Ipsen (1997), Computing an eigenvector with inverse iteration,
        doi:10.1137/S0036144596300773.

    Example:
        >>> A = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
        >>> inverse_iteration(A, shift=0.5, v0=torch.tensor([1.0, 0.0])).value.round(decimals=4)
        tensor(1.)

    In production: scipy.sparse.linalg.eigsh(A, k=1, sigma=shift).
    """
    require_one_matrix("inverse_iteration", A)
    require_square("inverse_iteration", A)
    v = _start("inverse_iteration", A, v0, generator)
    product = as_product("inverse_iteration", A, v)
    P, L, U = lu(A - shift * torch.eye(len(A), dtype=A.dtype, device=A.device))
    require_nonzero("inverse_iteration", U.diagonal())

    def step(v: Tensor) -> Tensor:
        return back_substitution(U, forward_substitution(L, P.T @ v, unit_diagonal=True))

    return _iterate("inverse_iteration", product, step, v, rtol, max_iterations)
