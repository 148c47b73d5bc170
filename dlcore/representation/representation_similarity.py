"""Do two networks see the same? Comparing features that have no common axes."""

import torch
from jaxtyping import Float
from torch import Tensor


def linear_cka(A: Float[Tensor, "n p"], B: Float[Tensor, "n q"]) -> Float[Tensor, ""]:
    r"""Centred kernel alignment: how alike two sets of features arrange the same examples.

    $\lVert A^\top B \rVert_F^2 / (\lVert A^\top A \rVert_F \lVert B^\top B \rVert_F)$ of the
    centred features. Rotating or scaling either set changes nothing, another linear map does.

    Args:
        A: features of n examples, shape (n, p).
        B: other features of the same examples, shape (n, q).

    Returns:
        A number in [0, 1]; 1 if one is the other rotated, scaled and shifted.

    Raises:
        ValueError: different numbers of examples, or features that are the same for all.

    Equation: :eq:`eq-linear-cka`.
    Section: :ref:`sec-comparing-representations`.

    Source: Kornblith, Norouzi, Lee, Hinton (2019), Similarity of neural network representations
        revisited, arXiv:1905.00414.

    Example:
        >>> A = torch.tensor([[0.0, 1.0], [2.0, 0.0], [1.0, 5.0]])
        >>> round(linear_cka(A, 3 * A.flip(1)).item(), 4)
        1.0

    In production: torchmetrics or the package ckatorch.
    """
    if A.ndim != 2 or B.ndim != 2 or len(A) != len(B) or len(A) < 2:
        raise ValueError(
            f"expected features (n, p) and (n, q) with n at least 2, got {tuple(A.shape)} and "
            f"{tuple(B.shape)}"
        )
    A, B = A - A.mean(dim=0), B - B.mean(dim=0)
    A, B = (Z / Z.abs().max().clamp(min=torch.finfo(Z.dtype).tiny) for Z in (A, B))
    size = torch.linalg.matrix_norm(A.T @ A) * torch.linalg.matrix_norm(B.T @ B)
    if not size > 0:
        raise ValueError("linear_cka: features that are the same for all examples arrange nothing")
    return torch.linalg.matrix_norm(A.T @ B).square() / size
