"""Canonical correlation: the linear features that two kinds of data share."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_one_matrix


class CanonicalCorrelation(NamedTuple):
    """Pairs of projections that go together, most first.

    Attributes:
        correlations: of each pair, shape (k,).
        a: weights for X as columns, shape (d, k).
        b: weights for Y as columns, shape (p, k).
        mean_x: shape (d,).
        mean_y: shape (p,).

    Section: :ref:`sec-cross-modal`
    """

    correlations: Float[Tensor, " k"]
    a: Float[Tensor, "d k"]
    b: Float[Tensor, "p k"]
    mean_x: Float[Tensor, " d"]
    mean_y: Float[Tensor, " p"]

    def project(
        self, X: Float[Tensor, "m d"], Y: Float[Tensor, "l p"]
    ) -> tuple[Float[Tensor, "m k"], Float[Tensor, "l k"]]:
        """Both kinds in the shared space, shapes (m, k) and (l, k)."""
        return (X - self.mean_x) @ self.a, (Y - self.mean_y) @ self.b


def canonical_correlation(
    X: Float[Tensor, "n d"], Y: Float[Tensor, "n p"], k: int, *, reg: float = 0.0
) -> CanonicalCorrelation:
    r"""Projections of two kinds of data with the largest correlations.

    After whitening both, they are the singular vectors of the covariance between them:
    $C_{xx}^{-1/2} C_{xy} C_{yy}^{-1/2} = U \, \mathrm{diag}(\rho) \, V^\top$. It computes in
    float64 and answers in the type of X.

    Args:
        X: the one kind, shape (n, d).
        Y: the other, row i belongs to row i of X, shape (n, p).
        k: how many pairs, at most min(d, p).
        reg: added to the diagonals of both covariances, as a share of their mean; needed where
            features depend on each other or examples are few.

    Returns:
        Correlations and weights; the projections have variance 1 and are uncorrelated (with `reg`,
        nearly). The weight of largest magnitude of each column of `a` is positive.

    Raises:
        ValueError: shapes that do not fit, k out of range, a negative reg, or a covariance that is
            singular.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-canonical-correlation`
    Section: :ref:`sec-cross-modal`
    Source: Hotelling (1936), Relations between two sets of variates,
        doi:10.1093/biomet/28.3-4.321.

    Example:
        >>> t = torch.linspace(-1, 1, 21)
        >>> X, Y = torch.stack([t, t.abs()], 1), torch.stack([(9 * t).sin(), 5 - 2 * t], 1)
        >>> canonical_correlation(X, Y, 1).correlations.round(decimals=3)
        tensor([1.])

    In production: sklearn.cross_decomposition.CCA.
    """
    for A in (X, Y):
        require_one_matrix("canonical_correlation", A)
    if len(X) != len(Y) or len(X) < 2 or not 1 <= k <= min(X.shape[1], Y.shape[1]):
        raise ValueError(
            "canonical_correlation needs shapes (n, d) and (n, p) and k from 1 to min(d, p), got "
            f"{tuple(X.shape)}, {tuple(Y.shape)} and {k}"
        )
    if not reg >= 0:
        raise ValueError(f"canonical_correlation: reg must be at least 0, got {reg}")
    A, B = X.detach().double(), Y.detach().double()
    mean_x, mean_y = A.mean(0), B.mean(0)
    A, B = A - mean_x, B - mean_y
    to_x, to_y = _whitener("X", A, reg), _whitener("Y", B, reg)
    U, correlations, Vh = torch.linalg.svd(to_x @ (A.T @ B / (len(A) - 1)) @ to_y)
    a, b = to_x @ U[:, :k], to_y @ Vh[:k].T
    signs = a.gather(0, a.abs().argmax(0, keepdim=True)).sign()
    parts = (correlations[:k], a * signs, b * signs, mean_x, mean_y)
    return CanonicalCorrelation(*(part.to(X.dtype) for part in parts))


def _whitener(name: str, A: Tensor, reg: float) -> Tensor:
    """The symmetric inverse root of the covariance of centred data."""
    C = A.T @ A / (len(A) - 1)
    values, V = torch.linalg.eigh(C)
    values = values + reg * C.diagonal().mean()
    if not values[0] > len(C) * torch.finfo(C.dtype).eps * values[-1]:
        raise ValueError(
            f"canonical_correlation: the covariance of {name} is singular: raise reg, now {reg}"
        )
    return V * values.rsqrt() @ V.T
