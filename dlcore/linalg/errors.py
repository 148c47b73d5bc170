"""What can go wrong with numbers though the shapes are right."""

import warnings

from torch import Tensor, finfo
from torch.linalg import LinAlgError


class SingularMatrixError(LinAlgError):
    """A matrix that must be inverted has a zero pivot.

    A `torch.linalg.LinAlgError`, so that code written for torch catches it.

    Section: :ref:`sec-singular-matrices`

    Example:
        >>> import torch
        >>> from dlcore.linalg import solve
        >>> try:
        ...     solve(torch.tensor([[1.0, 2.0], [2.0, 4.0]]), torch.ones(2))
        ... except SingularMatrixError as error:
        ...     print(error)
        solve: the matrix is singular, pivot 2 of 2 is zero

    In production: torch.linalg.LinAlgError.
    """


class NotPositiveDefiniteError(LinAlgError):
    """A matrix that must be positive definite has a pivot that is not positive.

    A `torch.linalg.LinAlgError`, so that code written for torch catches it.

    Section: :ref:`sec-positive-definite`

    Example:
        >>> import torch
        >>> from dlcore.linalg import cholesky
        >>> try:
        ...     cholesky(torch.tensor([[1.0, 2.0], [2.0, 1.0]]))
        ... except NotPositiveDefiniteError as error:
        ...     print(error)
        cholesky: the matrix is not positive definite, pivot 2 of 2 is -3

    In production: torch.linalg.LinAlgError.
    """


class IllConditionedWarning(RuntimeWarning):
    """A matrix is so nearly singular that rounding alone may have decided the result.

    Section: :ref:`sec-condition-number`

    Example:
        >>> issubclass(IllConditionedWarning, RuntimeWarning)
        True

    In production: scipy.linalg.LinAlgWarning.
    """


class ConvergenceWarning(RuntimeWarning):
    """An iteration stopped before it reached its tolerance; the message holds the residual.

    Section: :ref:`sec-iterative-solvers`

    Example:
        >>> issubclass(ConvergenceWarning, RuntimeWarning)
        True

    In production: sklearn.exceptions.ConvergenceWarning.
    """


def warn_not_converged(name: str, steps: int, residual: float, tolerance: float) -> None:
    """Say that the caller of a public function gets an unfinished result."""
    message = f"{name}: no convergence after {steps} steps, residual {residual:.3g}"
    warnings.warn(f"{message}, tolerance {tolerance:.3g}", ConvergenceWarning, stacklevel=3)


def require_nonzero(name: str, pivots: Tensor) -> None:
    """Refuse a matrix with a zero pivot or NaN; the pivots have the shape (..., n)."""
    zero = ~(pivots.detach().abs() > 0)
    if zero.any():
        which = zero.any(-1)
        step = int(zero[which][0].nonzero()[0]) + 1
        raise SingularMatrixError(
            f"{name}: the matrix{first(which)} is singular, "
            f"pivot {step} of {pivots.shape[-1]} is zero"
        )


def require_pivots(name: str, pivots: Tensor) -> None:
    """Refuse a matrix with a zero pivot; warn of one that is nothing but rounding."""
    require_nonzero(name, pivots)
    if pivots.numel():
        sizes = pivots.detach().abs()
        smallest = (sizes.amin(-1) / sizes.amax(-1)).min().item()
        if smallest < pivots.shape[-1] * finfo(pivots.dtype).eps:
            message = f"{name}: pivots differ by a factor {smallest:.2g}, the result may be wrong"
            warnings.warn(message, IllConditionedWarning, stacklevel=3)


def first(flags: Tensor) -> str:
    """Where in a batch the first flag is set: "" for a single matrix, " 2 of the batch" or so."""
    if flags.ndim == 0:
        return ""
    index = tuple(flags.nonzero()[0].tolist())
    return f" {index[0] if len(index) == 1 else index} of the batch"
