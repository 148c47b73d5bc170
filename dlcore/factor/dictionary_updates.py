"""A dictionary for given codes: one step of the alternation that learns it."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.factor.sparse_codes import require_dictionary


def dictionary_update(
    X: Float[Tensor, "n d"],
    Z: Float[Tensor, "n k"],
    D: Float[Tensor, "d k"],
    *,
    method: str = "blocks",
) -> Float[Tensor, "d k"]:
    r"""Atoms no longer than 1 that reconstruct the examples better from the same codes.

    "blocks" moves each atom in turn to the best place within the unit ball, so that the squared
    error never rises. "mod" solves for all atoms at once, $X^\top Z(Z^\top Z)^{-1}$, and then cuts
    those that are too long, which may raise it. Atoms that no code uses stay as they are.

    Args:
        X: examples as rows, shape (n, d).
        Z: their codes, shape (n, k).
        D: dictionary so far, atoms as columns no longer than 1, shape (d, k).
        method: "blocks" or "mod".

    Returns:
        The new dictionary, shape (d, k).

    Raises:
        ValueError: an unknown method, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-dictionary-update`
    Section: :ref:`sec-dictionary-learning`
    Source: Mairal, Bach, Ponce, Sapiro (2010), Online learning for matrix factorization and sparse
        coding, JMLR 11; Engan, Aase, Husøy (1999), Method of optimal directions for frame design,
        doi:10.1109/ICASSP.1999.760624.

    Example:
        >>> X, Z = torch.tensor([[2.0, 0.0], [0.0, 0.5]]), torch.eye(2)
        >>> dictionary_update(X, Z, torch.eye(2))
        tensor([[1.0000, 0.0000],
                [0.0000, 0.5000]])

    In production: sklearn.decomposition.DictionaryLearning.
    """
    require_dictionary("dictionary_update", X, D, 0.0, Z)
    if method not in ("blocks", "mod"):
        raise ValueError(f"dictionary_update: method must be 'blocks' or 'mod', got {method!r}")
    A, B = Z.T @ Z, X.T @ Z
    if method == "blocks":
        return move_atoms(A, B, D)
    moved = B @ torch.linalg.pinv(A, hermitian=True)
    return torch.where(A.diagonal() > 0, moved / moved.norm(dim=0).clamp(min=1), D)


def move_atoms(A: Tensor, B: Tensor, D: Tensor) -> Tensor:
    r"""Each atom moved to its best place in the unit ball, from $A = Z^\top Z$, $B = X^\top Z$."""
    D = D.clone()
    for j, used in enumerate(A.diagonal().tolist()):
        if used > 0:
            atom = D[:, j] + (B[:, j] - D @ A[:, j]) / used
            D[:, j] = atom / atom.norm().clamp(min=1)
    return D


def ksvd_update(
    X: Float[Tensor, "n d"], Z: Float[Tensor, "n k"], D: Float[Tensor, "d k"]
) -> tuple[Float[Tensor, "d k"], Float[Tensor, "n k"]]:
    r"""Each atom together with its codes replaced by the best pair, $E_j \approx zd^\top$.

    $E_j$ is what the examples that use atom j are without it; the best approximation of rank 1
    comes from its singular value decomposition. Codes that are zero stay zero, and the error never
    rises.

    Args:
        X: examples as rows, shape (n, d).
        Z: sparse codes, shape (n, k).
        D: dictionary, atoms as columns, shape (d, k).

    Returns:
        The new dictionary, whose atoms in use have length 1, and the new codes.

    Raises:
        ValueError: shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-ksvd`
    Section: :ref:`sec-dictionary-learning`
    Source: Aharon, Elad, Bruckstein (2006), K-SVD: an algorithm for designing overcomplete
        dictionaries for sparse representation, doi:10.1109/TSP.2006.881199.

    Example:
        >>> X = torch.tensor([[3.0, 4.0], [6.0, 8.0]])
        >>> D, Z = ksvd_update(X, torch.ones(2, 1), torch.tensor([[1.0], [0.0]]))
        >>> D.T.round(decimals=4), Z.T.round(decimals=4)
        (tensor([[0.6000, 0.8000]]), tensor([[ 5., 10.]]))

    In production: sklearn.decomposition.DictionaryLearning, which shrinks codes instead.
    """
    require_dictionary("ksvd_update", X, D, 0.0, Z)
    D, Z = D.clone(), Z.clone()
    residual = X - Z @ D.T
    for j in range(D.shape[1]):
        users = Z[:, j].nonzero()[:, 0]
        if len(users) == 0:
            continue
        E = residual[users] + Z[users, j, None] * D[:, j]
        atom = torch.linalg.eigh(E.T @ E).eigenvectors[:, -1]
        D[:, j] = torch.where(atom @ D[:, j] < 0, -atom, atom)
        Z[users, j] = E @ D[:, j]
        residual[users] = E - Z[users, j, None] * D[:, j]
    return D, Z
