"""Laying one space of vectors on another."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from dlcore.factor import procrustes_rotation
from dlcore.linalg.shapes import require_one_matrix, require_same_shape


class ProcrustesMap(NamedTuple):
    """A rotation or reflection, with a scale and a shift: X goes to scale * X @ rotation + shift.

    Attributes:
        rotation: orthogonal, shape (d, d).
        scale: 1 unless asked for.
        shift: shape (d,); 0 without centring.

    Section: :ref:`sec-cross-lingual`
    """

    rotation: Float[Tensor, "d d"]
    scale: float
    shift: Float[Tensor, " d"]

    def apply(self, X: Float[Tensor, "m d"]) -> Float[Tensor, "m d"]:
        """The images of points as rows, shape (m, d)."""
        return self.scale * X @ self.rotation + self.shift


def procrustes_align(
    A: Float[Tensor, "n d"], B: Float[Tensor, "n d"], *, center: bool = True, scale: bool = False
) -> ProcrustesMap:
    r"""The rotation or reflection that lays one set of vectors on another, row by row.

    Distances within a set stay. So word vectors of two languages, learned apart, are joined by a
    short list of translations; the map then holds for all other words.

    Args:
        A: vectors to be moved, shape (n, d).
        B: where each belongs, shape (n, d).
        center: whether the sets may be shifted.
        scale: whether A may be stretched as a whole.

    Returns:
        The map from the space of A to that of B, with the least sum of squared distances.

    Raises:
        ValueError: no two matrices of the same shape, or an A without extent that is to be scaled.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-procrustes`
    Section: :ref:`sec-cross-lingual`
    Source: Schönemann (1966), A generalized solution of the orthogonal Procrustes problem,
        doi:10.1007/BF02289451; for languages: Smith, Turban, Hamblin, Hammerla (2017), Offline
        bilingual word vectors, orthogonal transformations and the inverted softmax,
        arXiv:1702.03859.

    Example:
        >>> import torch
        >>> A = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
        >>> found = procrustes_align(A, A.flip(1) + 3)
        >>> found.apply(torch.tensor([[5.0, 0.0]])).round(decimals=3)
        tensor([[3., 8.]])

    In production: scipy.linalg.orthogonal_procrustes.
    """
    require_one_matrix("procrustes_align", A)
    require_same_shape("procrustes_align", A, B)
    zero = A.new_zeros(A.shape[1])
    mean_a, mean_b = (A.mean(0), B.mean(0)) if center else (zero, zero)
    R = procrustes_rotation(A - mean_a, B - mean_b)
    factor = 1.0
    if scale:
        extent = (A - mean_a).square().sum()
        if not extent > 0:
            raise ValueError("procrustes_align: the vectors of A have no extent to be scaled")
        factor = float((((A - mean_a) @ R) * (B - mean_b)).sum() / extent)
    return ProcrustesMap(R, factor, mean_b - factor * mean_a @ R)
