"""Greedy sparse codes: the atom most like what is left, again and again."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_one_matrix


def orthogonal_matching_pursuit(
    X: Float[Tensor, "n d"],
    D: Float[Tensor, "d k"],
    n_nonzero: int | None = None,
    *,
    tol: float | None = None,
) -> Float[Tensor, "n k"]:
    r"""Codes with at most so many atoms each, chosen one by one.

    The next atom is the one with the largest $\lvert d_j^\top r\rvert / \|d_j\|$, where r is the
    residual; then all codes so far are fitted anew by least squares, so that r is orthogonal to
    the chosen atoms and none is chosen twice. All examples go through each step together.

    Args:
        X: examples as rows, shape (n, d).
        D: dictionary, atoms as columns of any length, shape (d, k).
        n_nonzero: the most atoms for an example, at most d and k; default as many as `tol` asks
            for.
        tol: an example is done when its $\|r\|^2$ is at most this; default 0.

    Returns:
        Codes, shape (n, k).

    Raises:
        ValueError: neither `n_nonzero` nor `tol`, a number out of range, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-matching-pursuit`
    Section: :ref:`sec-sparse-coding`
    Source: Pati, Rezaiifar, Krishnaprasad (1993), Orthogonal matching pursuit: recursive function
        approximation with applications to wavelet decomposition, doi:10.1109/ACSSC.1993.342465.

    Example:
        >>> D = torch.tensor([[1.0, 0.0, 0.5**0.5], [0.0, 1.0, 0.5**0.5]])
        >>> orthogonal_matching_pursuit(torch.tensor([[2.0, 1.0]]), D, 1).round(decimals=4)
        tensor([[0.0000, 0.0000, 2.1213]])

    In production: sklearn.linear_model.orthogonal_mp.
    """
    require_one_matrix("orthogonal_matching_pursuit", X)
    require_one_matrix("orthogonal_matching_pursuit", D)
    (n, d), k = X.shape, D.shape[1]
    if len(D) != d:
        raise ValueError(
            f"orthogonal_matching_pursuit: atoms have {len(D)} entries, examples {d}: D must have "
            f"the shape (d, k)"
        )
    if n_nonzero is None and tol is None:
        raise ValueError("orthogonal_matching_pursuit needs n_nonzero, tol, or both")
    most = min(d, k) if n_nonzero is None else n_nonzero
    if not 1 <= most <= min(d, k) or not (tol is None or tol >= 0):
        raise ValueError(
            f"orthogonal_matching_pursuit needs n_nonzero from 1 to {min(d, k)} and tol >= 0, got "
            f"{n_nonzero} and {tol}"
        )
    lengths = D.norm(dim=0)
    units = torch.where(lengths > 0, D / lengths, 0)
    rounding = 4 * torch.finfo(X.dtype).eps
    enough = (rounding * X.norm(dim=1)).square().clamp(min=tol or 0.0)
    residual, active = X, X.new_ones(n, dtype=torch.bool)
    chosen = torch.zeros(n, most, dtype=torch.long, device=X.device)
    Q = X.new_zeros(n, d, most)  # an orthonormal basis of each example's atoms
    R = torch.eye(most).to(X).repeat(n, 1, 1)
    fit = X.new_zeros(n, most, 1)
    for step in range(most):
        similarity = (residual @ units).abs().scatter(1, chosen[:, :step], -1.0)
        chosen[:, step] = similarity.argmax(1)
        atoms = units.T[chosen[:, step]]
        overlap = torch.einsum("nds,nd->ns", Q, atoms)
        new = atoms - torch.einsum("nds,ns->nd", Q, overlap)
        length = new.norm(dim=1)
        active = active & (residual.square().sum(1) > enough) & (length > rounding * d)
        if not active.any():
            break
        Q[active, :, step] = new[active] / length[active, None]
        overlap[:, step] = length
        R[active, :, step] = overlap[active]
        fit[:, step, 0] = (Q[:, :, step] * residual).sum(1)
        residual = residual - fit[:, step] * Q[:, :, step]
    codes = torch.linalg.solve_triangular(R, fit, upper=True)[..., 0]
    Z = X.new_zeros(n, k).scatter_add(1, chosen, codes)
    return torch.where(lengths > 0, Z / lengths, 0)
