r"""Sparse codes: few atoms of a dictionary, weighted, for each example.

Codes Z and a dictionary D give the examples as $X \approx ZD^\top$: atoms are the columns of D.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from dlcore.classical.proximal import proximal_gradient
from dlcore.factor.matching_pursuit import orthogonal_matching_pursuit
from dlcore.linalg import soft_threshold
from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.shapes import require_one_matrix

METHODS = ("fista", "ista", "cd", "omp")


class Shrinkage(NamedTuple):
    """What repeated shrinkage found, and how it got there.

    Attributes:
        codes: shape (n, k).
        objectives: the mean over the examples, at the start and after each step, shape
            (steps + 1,).

    Equation: :eq:`eq-sparse-coding`
    Section: :ref:`sec-sparse-coding`
    """

    codes: Float[Tensor, "n k"]
    objectives: Float[Tensor, " steps"]


def sparse_coding_objective(
    X: Float[Tensor, "n d"], D: Float[Tensor, "d k"], Z: Float[Tensor, "n k"], lam: float
) -> Float[Tensor, " n"]:
    r"""What sparse codes minimize, $\|x - Dz\|^2 + \lambda\|z\|_1$, without a factor of one half.

    Args:
        X: examples as rows, shape (n, d).
        D: dictionary, atoms as columns, shape (d, k).
        Z: codes, shape (n, k).
        lam: $\lambda$, at least 0.

    Returns:
        One number for each example, shape (n,).

    Raises:
        ValueError: shapes that do not fit, or `lam` is negative.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-sparse-coding`
    Section: :ref:`sec-sparse-coding`
    Source: Olshausen, Field (1996), Emergence of simple-cell receptive field properties by learning
        a sparse code for natural images, doi:10.1038/381607a0.

    Example:
        >>> D = torch.tensor([[1.0, 0.0, 0.5**0.5], [0.0, 1.0, 0.5**0.5]])
        >>> Z = torch.tensor([[0.5, 0.5, 0.5**0.5], [0.0, 0.0, 2**0.5 - 0.25]])
        >>> sparse_coding_objective(torch.ones(2, 2), D, Z, lam=0.5).round(decimals=4)
        tensor([0.8536, 0.6446])

    In production: the formula.
    """
    require_dictionary("sparse_coding_objective", X, D, lam, Z)
    return (X - Z @ D.T).square().sum(1) + lam * Z.abs().sum(1)


def fista(
    X: Float[Tensor, "n d"],
    D: Float[Tensor, "d k"],
    lam: float,
    *,
    accelerate: bool = True,
    start: Float[Tensor, "n k"] | None = None,
    tol: float = 1e-9,
    max_iter: int = 10_000,
) -> Shrinkage:
    r"""Sparse codes by gradient steps and soft thresholds, $z \leftarrow S_{\lambda/L}(u)$.

    With $L = 2\|D\|_2^2$, the gradient step is $u = z + \tfrac2L D^\top(x - Dz)$. Without
    acceleration that is ISTA. FISTA takes the step not from z but from a point ahead of it, further
    along the last move; where that leads away from the minimum, it starts its momentum afresh.

    Args:
        X: examples as rows, shape (n, d).
        D: dictionary, atoms as columns, shape (d, k).
        lam: $\lambda$, at least 0.
        accelerate: whether to look ahead.
        start: codes to begin with, shape (n, k); default zeros.
        tol: stop when no code moves by more than this share of the largest.
        max_iter: the most steps.

    Returns:
        The codes, and the objective after each step.

    Raises:
        ValueError: shapes that do not fit, a negative `lam`, or a dictionary of zeros.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equations: :eq:`eq-ista`, :eq:`eq-fista`
    Section: :ref:`sec-sparse-coding`
    Source: Daubechies, Defrise, De Mol (2004), An iterative thresholding algorithm for linear
        inverse problems with a sparsity constraint, doi:10.1002/cpa.20042; Beck, Teboulle (2009),
        A fast iterative shrinkage-thresholding algorithm, doi:10.1137/080716542; O'Donoghue, Candès
        (2015), Adaptive restart for accelerated gradient schemes, doi:10.1007/s10208-013-9150-3.

    Example:
        >>> D = torch.tensor([[1.0, 0.0, 0.5**0.5], [0.0, 1.0, 0.5**0.5]])
        >>> fista(torch.ones(1, 2), D, lam=0.5, tol=1e-6).codes.round(decimals=4)
        tensor([[0.0000, 0.0000, 1.1642]])

    In production: sklearn.linear_model.Lasso(alpha=lam / (2 * d), fit_intercept=False), with
    examples as targets and D as the features.
    """
    require_dictionary("fista", X, D, lam, start)
    Z = X.new_zeros(len(X), D.shape[1]) if start is None else start
    L = 2 * torch.linalg.matrix_norm(D, 2).square().item()
    if not L > 0:
        raise ValueError("fista: the dictionary is all zero")
    objectives = [sparse_coding_objective(X, D, Z, lam).mean()]

    def shrink(V: Tensor) -> Tensor:
        Z = soft_threshold(V, lam / L)
        objectives.append(sparse_coding_objective(X, D, Z, lam).mean())
        return Z

    codes, _ = proximal_gradient(
        lambda Z: 2 * (Z @ D.T - X) @ D,
        shrink,
        Z,
        1 / L,
        accelerate=accelerate,
        tol=tol,
        max_iter=max_iter,
    )
    return Shrinkage(codes, torch.stack(objectives))


def sparse_encode(
    X: Float[Tensor, "n d"],
    D: Float[Tensor, "d k"],
    lam: float | None = None,
    *,
    method: str = "fista",
    n_nonzero: int | None = None,
    start: Float[Tensor, "n k"] | None = None,
    tol: float = 1e-7,
    max_iter: int = 10_000,
) -> Float[Tensor, "n k"]:
    r"""The sparse codes of examples, by any of four methods.

    Three find the minimum of $\|x - Dz\|^2 + \lambda\|z\|_1$: "fista", "ista", and "cd", coordinate
    descent, which sets one atom's code to its best value after another, for all examples at once.
    "omp" picks `n_nonzero` atoms greedily.

    Args:
        X: examples as rows, shape (n, d).
        D: dictionary, atoms as columns, shape (d, k).
        lam: $\lambda$, at least 0; needed unless the method is "omp".
        method: "fista", "ista", "cd" or "omp".
        n_nonzero: the most atoms for an example, for "omp".
        start: codes to begin with, shape (n, k); default zeros; not for "omp".
        tol: stop when no code moves by more than this share of the largest.
        max_iter: the most steps, or rounds over all atoms.

    Returns:
        Codes, shape (n, k).

    Raises:
        ValueError: an unknown method, no `lam` or `n_nonzero` where it is needed, or as `fista`.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: `max_iter` was not enough.

    Equation: :eq:`eq-sparse-coding`
    Section: :ref:`sec-sparse-coding`
    Source: Friedman, Hastie, Tibshirani (2010), Regularization paths for generalized linear models
        via coordinate descent, doi:10.18637/jss.v033.i01.

    Example:
        >>> D = torch.tensor([[1.0, 0.0, 0.5**0.5], [0.0, 1.0, 0.5**0.5]])
        >>> sparse_encode(torch.ones(1, 2), D, 0.5, method="cd").round(decimals=4)
        tensor([[0.0000, 0.0000, 1.1642]])

    In production: sklearn.decomposition.sparse_encode, whose objective has the half; with
    method "lasso_lars" it follows the whole path in $\lambda$.
    """
    if method not in METHODS:
        raise ValueError(f"sparse_encode: method must be one of {METHODS}, got {method!r}")
    if method == "omp":
        return orthogonal_matching_pursuit(X, D, n_nonzero)
    if lam is None:
        raise ValueError(f"sparse_encode: method {method!r} needs lam")
    if method != "cd":
        return fista(
            X, D, lam, accelerate=method == "fista", start=start, tol=tol, max_iter=max_iter
        ).codes
    require_dictionary("sparse_encode", X, D, lam, start)
    Z = X.new_zeros(len(X), D.shape[1]) if start is None else start
    Z, move = coordinate_rounds(X, D, lam, Z, tol, max_iter)
    if move > tol:
        warn_not_converged("sparse_encode", max_iter, move, tol)
    return Z


def coordinate_rounds(
    X: Tensor, D: Tensor, lam: float, Z: Tensor, tol: float, max_iter: int
) -> tuple[Tensor, float]:
    """Each atom's codes set to their best values in turn; with the last round's largest move.

    The move is relative to the largest code. No step raises the objective of any example.
    """
    G, codes = D.T @ D, Z.T.clone()
    correlation = D.T @ X.T - G @ codes  # of atoms with residuals, (k, n)
    atoms = [(j, g) for j, g in enumerate(G.diagonal().tolist()) if g > 0]
    move = torch.inf
    tol = max(tol, 4 * torch.finfo(X.dtype).eps)
    for _ in range(max_iter):
        before = codes.clone()
        for j, g in atoms:
            new = F.softshrink(correlation[j] + g * codes[j], lam / 2) / g
            correlation.addr_(G[j], new - codes[j], alpha=-1)
            codes[j] = new
        largest = codes.abs().max().item()
        move = (codes - before).abs().max().item() / largest if largest > 0 else 0.0
        if move <= tol:
            return codes.T, 0.0
    return codes.T, move


def require_dictionary(
    name: str, X: Tensor, D: Tensor, lam: float, Z: Tensor | None = None
) -> None:
    """Refuse examples, atoms and codes that do not fit together, and a negative penalty."""
    for matrix in (X, D) if Z is None else (X, D, Z):
        require_one_matrix(name, matrix)
    expected = (len(X), D.shape[1])
    if X.shape[1] != len(D) or (Z is not None and Z.shape != expected):
        codes = "" if Z is None else f" and codes {tuple(Z.shape)}"
        raise ValueError(
            f"{name} needs X of shape (n, d), D of shape (d, k) and codes of shape (n, k), got "
            f"{tuple(X.shape)}, {tuple(D.shape)}{codes}"
        )
    if not lam >= 0:
        raise ValueError(f"{name}: lam must be at least 0, got {lam}")
