"""How long a vector is, how large a matrix is, and how much it can magnify an error."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_floating, require_matrix, require_square


def lp_norm(
    x: Float[Tensor, "*shape"], p: float = 2, dim: int = -1, *, keepdim: bool = False
) -> Float[Tensor, "*reduced"]:
    r"""The length of vectors in the sense of $L^p$.

    Entries are divided by the largest before they are raised to a power, so that nothing overflows.

    Args:
        x: vectors, any shape.
        p: at least 1, or infinity for the largest magnitude.
        dim: the dimension along which the entries of one vector lie.
        keepdim: keep that dimension with size 1.

    Returns:
        The norms, without `dim`; 0 for a vector without entries.

    Raises:
        ValueError: p below 1, for which the triangle inequality fails.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-lp-norm`
    Section: :ref:`sec-lp-norms`

    Example:
        >>> x = torch.tensor([3.0, -4.0, 2.0])
        >>> [round(lp_norm(x, p).item(), 4) for p in (1, 2, math.inf)]
        [9.0, 5.3852, 4.0]

    In production: torch.linalg.vector_norm.
    """
    require_floating("lp_norm", x)
    if not p >= 1:
        raise ValueError(f"p must be at least 1, got {p}: below 1 it is no norm")
    if not x.shape[dim]:
        return x.sum(dim, keepdim=keepdim)
    magnitudes = x.abs()
    if p == math.inf:
        return magnitudes.amax(dim, keepdim=keepdim)
    if p == 1:
        return magnitudes.sum(dim, keepdim=keepdim)
    scale = magnitudes.detach().amax(dim, keepdim=True)
    scale = torch.where((scale > 0) & scale.isfinite(), scale, 1)
    sums = (magnitudes / scale).pow(p).sum(dim, keepdim=True)
    is_zero = sums == 0  # where the root has no slope
    norms = scale * torch.where(is_zero, 0, torch.where(is_zero, 1, sums) ** (1 / p))
    return norms if keepdim else norms.squeeze(dim)


def frobenius_norm(A: Float[Tensor, "*batch m n"]) -> Float[Tensor, "*batch"]:
    """The length of a matrix read as one long vector.

    Args:
        A: matrices, shape (..., m, n).

    Returns:
        One number a matrix, shape (...).

    Raises:
        ValueError: A is no matrix.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-frobenius-norm`
    Section: :ref:`sec-matrix-norms`

    Example:
        >>> frobenius_norm(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor(5.4772)

    In production: torch.linalg.matrix_norm.
    """
    require_matrix("frobenius_norm", A)
    return lp_norm(A.flatten(-2))


def spectral_norm(A: Float[Tensor, "*batch m n"]) -> Float[Tensor, "*batch"]:
    """The factor by which a matrix stretches at most: its largest singular value.

    Args:
        A: matrices, shape (..., m, n), with at least one entry.

    Returns:
        One number a matrix, shape (...).

    Raises:
        ValueError: A is no matrix, or has no entries.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-spectral-norm`
    Section: :ref:`sec-matrix-norms`

    Example:
        >>> spectral_norm(torch.tensor([[0.0, 5.0], [0.0, 0.0]]))
        tensor(5.)

    In production: torch.linalg.matrix_norm(A, ord=2).
    """
    return _singular_values("spectral_norm", A)[..., 0]


def nuclear_norm(A: Float[Tensor, "*batch m n"]) -> Float[Tensor, "*batch"]:
    """The sum of the singular values, which is to the rank what L1 is to the number of nonzeros.

    Args:
        A: matrices, shape (..., m, n), with at least one entry.

    Returns:
        One number a matrix, shape (...).

    Raises:
        ValueError: A is no matrix, or has no entries.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-nuclear-norm`
    Section: :ref:`sec-matrix-norms`

    Example:
        >>> nuclear_norm(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor(5.8310)

    In production: torch.linalg.matrix_norm(A, ord="nuc").
    """
    return _singular_values("nuclear_norm", A).sum(-1)


def cond(A: Float[Tensor, "*batch m n"], p: float | str = 2) -> Float[Tensor, "*batch"]:
    r"""The condition number: how much a relative error can grow in solving a system.

    For p = 2 it is the ratio of the largest to the smallest singular value, otherwise
    $\|A\|_p \|A^{-1}\|_p$.

    Args:
        A: matrices, shape (..., m, n), with at least one entry; square unless p is 2.
        p: in which norm errors are measured: 1, 2, infinity, or "fro".

    Returns:
        Numbers of at least 1, shape (...); infinity for a singular matrix.

    Raises:
        ValueError: A is no matrix, has no entries, or is not square where it must be; or p is none
            of the four.
        TypeError: A is no floating-point tensor.

    Equation: :eq:`eq-condition-number`
    Section: :ref:`sec-condition-number`

    Example:
        >>> cond(torch.tensor([[1.0, 2.0], [0.5, -1.0]]))
        tensor(2.7631)

    In production: torch.linalg.cond.
    """
    if p != 2:
        return _cond_by_inverse(A, p)
    S = _singular_values("cond", A)
    smallest = S[..., -1]
    ratio = S[..., 0] / torch.where(smallest > 0, smallest, 1)
    return torch.where(smallest > 0, ratio, math.inf)


def _cond_by_inverse(A: Tensor, p: float | str) -> Tensor:
    norms = {
        1: lambda A: A.abs().sum(-2).amax(-1),
        math.inf: lambda A: A.abs().sum(-1).amax(-1),
        "fro": frobenius_norm,
    }
    if p not in norms:
        raise ValueError(f"p must be 1, 2, infinity or 'fro', got {p!r}")
    require_square("cond", A)
    if not A.shape[-1]:
        raise ValueError(f"cond needs a matrix with entries, got shape {tuple(A.shape)}")
    identity = torch.eye(A.shape[-1], dtype=A.dtype, device=A.device).expand_as(A)
    inverse, info = torch.linalg.solve_ex(A, identity)
    return torch.where(info == 0, norms[p](A) * norms[p](inverse), math.inf)


def _singular_values(name: str, A: Tensor) -> Tensor:
    require_matrix(name, A)
    if not min(A.shape[-2:]):
        raise ValueError(f"{name} needs a matrix with entries, got shape {tuple(A.shape)}")
    return torch.linalg.svdvals(A)


def normalize(
    x: Float[Tensor, "*shape"], p: float = 2, dim: int = -1, eps: float = 1e-12
) -> Float[Tensor, "*shape"]:
    """Vectors of length 1 in the same directions; a zero vector stays zero.

    Args:
        x: vectors, any shape.
        p: which norm, at least 1.
        dim: the dimension along which the entries of one vector lie.
        eps: the smallest length that is divided by.

    Returns:
        The unit vectors, of the shape of x.

    Raises:
        ValueError: p below 1.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-unit-vector`
    Section: :ref:`sec-unit-vectors`

    Example:
        >>> normalize(torch.tensor([3.0, 4.0]))
        tensor([0.6000, 0.8000])

    In production: torch.nn.functional.normalize.
    """
    return x / lp_norm(x, p, dim, keepdim=True).clamp(min=eps)
