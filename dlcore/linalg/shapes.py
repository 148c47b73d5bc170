"""Checks of what the functions of this package are given."""

from torch import Tensor


def require_floating(name: str, *tensors: Tensor) -> None:
    """Refuse what is no tensor of floating-point numbers."""
    for A in tensors:
        if not isinstance(A, Tensor) or not A.is_floating_point():
            kind = A.dtype if isinstance(A, Tensor) else type(A).__name__
            raise TypeError(f"{name} needs floating-point tensors, got {kind}: use A.double()")


def require_matrix(name: str, A: Tensor) -> None:
    """Refuse what has fewer than two dimensions."""
    require_floating(name, A)
    if A.ndim < 2:
        raise ValueError(f"{name} needs a matrix of shape (..., m, n), got shape {tuple(A.shape)}")


def require_square(name: str, A: Tensor) -> None:
    """Refuse what is no square matrix or batch of them."""
    require_floating(name, A)
    if A.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise ValueError(
            f"{name} needs a square matrix of shape (..., n, n), got shape {tuple(A.shape)}"
        )


def require_one_matrix(name: str, A: Tensor) -> None:
    """Refuse batches."""
    require_floating(name, A)
    if A.ndim != 2:
        raise ValueError(f"{name} needs one matrix of shape (m, n), got shape {tuple(A.shape)}")


def require_symmetric(name: str, A: Tensor) -> None:
    """Refuse matrices that differ from their transpose by more than rounding."""
    require_square(name, A)
    gap = (A - A.mT).abs().amax().item() if A.numel() else 0.0
    if gap > 1e-4 * A.abs().amax().item() if A.numel() else False:
        raise ValueError(f"{name} needs a symmetric matrix, entries differ by {gap:.3g}")


def as_columns(name: str, A: Tensor, b: Tensor) -> Tensor:
    """The right-hand side as a matrix (..., m, k); a vector becomes one column."""
    require_floating(name, b)
    columns = b.unsqueeze(-1) if b.ndim == 1 else b
    if b.ndim == 0 or columns.shape[-2] != A.shape[-2] or columns.ndim not in (2, A.ndim):
        m = A.shape[-2]
        raise ValueError(
            f"{name}: b must have shape ({m},) or (..., {m}, k) for a matrix of shape "
            f"{tuple(A.shape)}, got {tuple(b.shape)}"
        )
    return columns


def require_same_shape(name: str, x: Tensor, y: Tensor) -> None:
    """Refuse two tensors of different shapes."""
    require_floating(name, x, y)
    if x.shape != y.shape:
        raise ValueError(f"{name} needs equal shapes, got {tuple(x.shape)} and {tuple(y.shape)}")
