"""Krylov subspaces: orthonormal bases of b, Ab, A²b, … and what is solved in them."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.iterative_solvers import IterativeSolution, Operator, as_product
from dlcore.linalg.orthogonalization import givens_rotation


class Arnoldi(NamedTuple):
    """A basis of a Krylov subspace, and the matrix seen from it.

    Attributes:
        V: orthonormal columns, shape (n, m + 1); (n, m) if the subspace is invariant.
        H: upper Hessenberg matrix with A V[:, :m] = V H, shape (m + 1, m) or (m, m).
    """

    V: Tensor
    H: Tensor


def arnoldi(A: Operator, b: Float[Tensor, " n"], m: int) -> Arnoldi:
    r"""Orthonormal basis of the span of $b, Ab, \dots, A^m b$, by modified Gram-Schmidt done twice.

    The eigenvalues of the leading (m, m) part of H approximate outer eigenvalues of A.

    Args:
        A: the matrix, shape (n, n), dense or sparse, or a function that multiplies by it.
        b: the start, shape (n,), not zero.
        m: number of products with A; fewer if the subspace becomes invariant.

    Returns:
        V and H.

    Raises:
        ValueError: b is zero, m is below 1, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-arnoldi`
    Section: :ref:`sec-krylov`
    Source: Arnoldi (1951), The principle of minimized iterations in the solution of the matrix
        eigenvalue problem, doi:10.1090/qam/42792.

    Example:
        >>> V, H = arnoldi(torch.diag(torch.tensor([1.0, 2.0, 3.0])), torch.ones(3), m=2)
        >>> V.shape, H.shape
        (torch.Size([3, 3]), torch.Size([3, 2]))

    In production: scipy.sparse.linalg.eigs.
    """
    product = as_product("arnoldi", A, b)
    _require_start("arnoldi", b, m)
    V = (b / b.norm())[:, None]
    columns: list[Tensor] = []
    for _ in range(min(m, len(b))):
        v, h = next_basis_vector(V, product(V[:, -1]))
        columns.append(h)
        if v is None:
            break
        V = torch.cat([V, v[:, None]], 1)
    rows = V.shape[1]
    H = [torch.nn.functional.pad(h[:rows], (0, rows - len(h[:rows]))) for h in columns]
    return Arnoldi(V, torch.stack(H, 1))


def next_basis_vector(V: Tensor, w: Tensor) -> tuple[Tensor | None, Tensor]:
    """What is new in w as a unit vector, None if nothing; and the coordinates of w.

    Orthogonalized twice, because once leaves an error where w lies almost in the span of V.
    """
    size = w.norm()
    h = V.T @ w
    w = w - V @ h
    correction = V.T @ w
    w = w - V @ correction
    length = w.norm()
    if not length > V.shape[0] * torch.finfo(w.dtype).eps * size:
        return None, torch.cat([h + correction, torch.zeros_like(length)[None]])
    return w / length, torch.cat([h + correction, length[None]])


def _require_start(name: str, b: Tensor, m: int) -> None:
    if m < 1 or not b.any():
        raise ValueError(f"{name} needs m of at least 1 and b other than 0, got m = {m}, b = {b}")


def gmres(
    A: Operator,
    b: Float[Tensor, " n"],
    x0: Float[Tensor, " n"] | None = None,
    *,
    rtol: float = 1e-6,
    max_iterations: int | None = None,
    restart: int | None = None,
) -> IterativeSolution:
    r"""Solve $Ax = b$ by the smallest residual in the Krylov subspace, for any square matrix.

    The small least-squares problem is kept triangular by one rotation a step, so that the residual
    is known without x.

    Args:
        A: the matrix, shape (n, n), dense or sparse, or a function that multiplies by it.
        b: right-hand side, shape (n,).
        x0: the start, default 0.
        rtol: stop when $\|b - Ax\|$ is at most this times $\|b\|$.
        max_iterations: products with A in all, without those at restarts; default 10 n.
        restart: size of the subspace at which it is thrown away and begun anew, to save memory;
            default never.

    Returns:
        The solution, the residual of each step, and whether it converged.

    Raises:
        ValueError: shapes that do not fit, or a restart below 1.
        TypeError: no floating-point tensors.

    Warns:
        ConvergenceWarning: the residual is still too large.

    Equation: :eq:`eq-gmres`
    Section: :ref:`sec-krylov`
    Source: Saad, Schultz (1986), GMRES: a generalized minimal residual algorithm for solving
        nonsymmetric linear systems, doi:10.1137/0907058.

    Example:
        >>> A = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])
        >>> gmres(A, torch.tensor([1.0, 2.0])).x.round(decimals=4)
        tensor([-2.,  1.])

    In production: scipy.sparse.linalg.gmres.
    """
    product = as_product("gmres", A, b)
    if restart is not None and restart < 1:
        raise ValueError(f"restart must be at least 1, got {restart}")
    size = len(b) if restart is None else restart
    left = 10 * len(b) if max_iterations is None else max_iterations
    x = torch.zeros_like(b) if x0 is None else x0
    goal = rtol * b.norm().item()
    residuals = [(b - product(x)).norm().item()]
    while not residuals[-1] <= goal and left > 0:
        start = residuals[-1]
        x, estimates = _cycle(product, x, b - product(x), min(size, left), goal)
        residuals += estimates
        residuals[-1] = (b - product(x)).norm().item()
        left -= len(estimates)
        if restart is None and residuals[-1] >= 0.5 * start:
            break  # a full basis did not help: A is singular
    if not residuals[-1] <= goal:
        warn_not_converged("gmres", len(residuals) - 1, residuals[-1], goal)
    return IterativeSolution(x, residuals, residuals[-1] <= goal)


def _cycle(product, x: Tensor, r: Tensor, m: int, goal: float) -> tuple[Tensor, list[float]]:
    """Up to m steps from x with residual r; the better x, and the residual of each step."""
    beta = r.norm()
    V, R = (r / beta)[:, None], r.new_zeros(m, m)
    g = torch.cat([beta[None], r.new_zeros(m)])
    rotations: list[Tensor] = []
    estimates: list[float] = []
    for k in range(m):
        v, h = next_basis_vector(V, product(V[:, k]))
        for i, G in enumerate(rotations):
            h[i : i + 2] = G @ h[i : i + 2]
        rotations.append(givens_rotation(h[k], h[k + 1]))
        h[k : k + 2] = rotations[k] @ h[k : k + 2]
        g[k : k + 2] = rotations[k] @ g[k : k + 2]
        R[: k + 1, k] = h[: k + 1]
        estimates.append(abs(g[k + 1].item()))
        if v is None or estimates[-1] <= goal:
            break
        V = torch.cat([V, v[:, None]], 1)
    k = len(estimates)
    y = torch.linalg.pinv(R[:k, :k]) @ g[:k]  # R is singular if A is
    return x + V[:, :k] @ y, estimates


class Lanczos(NamedTuple):
    """A basis of a Krylov subspace of a symmetric matrix, which is tridiagonal seen from it.

    Attributes:
        V: orthonormal columns, shape (n, m).
        alpha: diagonal of the tridiagonal matrix $T$, shape (m,).
        beta: what couples one column to the next, shape (m,): the first m - 1 stand beside the
            diagonal, the last is the length of what does not fit into the subspace.
    """

    V: Tensor
    alpha: Tensor
    beta: Tensor

    @property
    def T(self) -> Tensor:
        """The tridiagonal matrix, shape (m, m); its eigenvalues are the Ritz values."""
        inner = self.beta[:-1]
        return self.alpha.diag() + inner.diag(1) + inner.diag(-1)


def lanczos(
    A: Operator, b: Float[Tensor, " n"], m: int, *, reorthogonalize: bool = True
) -> Lanczos:
    r"""Orthonormal basis of the Krylov subspace of a symmetric matrix, by a three-term recursion.

    On paper each product needs to be made orthogonal to the last two vectors only. With rounding
    the others creep back as soon as an eigenvalue has converged, and copies of it appear among
    the Ritz values.

    Args:
        A: symmetric matrix, shape (n, n), dense or sparse, or a function that multiplies by it.
        b: the start, shape (n,), not zero.
        m: number of products with A; fewer if the subspace becomes invariant.
        reorthogonalize: make each vector orthogonal to all before it.

    Returns:
        V, alpha and beta; the property T is the tridiagonal matrix.

    Raises:
        ValueError: b is zero, m is below 1, or shapes that do not fit.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-lanczos`
    Section: :ref:`sec-krylov`
    Source: Lanczos (1950), An iteration method for the solution of the eigenvalue problem of linear
        differential and integral operators, doi:10.6028/jres.045.026.

    Example:
        >>> lanczos(torch.diag(torch.tensor([1.0, 2.0, 3.0])), torch.ones(3), m=2).T
        tensor([[2.0000, 0.8165],
                [0.8165, 2.0000]])

    In production: scipy.sparse.linalg.eigsh.
    """
    product = as_product("lanczos", A, b)
    _require_start("lanczos", b, m)
    V = [b / b.norm()]
    alpha: list[Tensor] = []
    beta: list[Tensor] = []
    while len(alpha) < m:
        w = product(V[-1])
        size = w.norm()
        alpha.append(V[-1] @ w)
        w = w - alpha[-1] * V[-1] - (beta[-1] * V[-2] if beta else 0)
        if reorthogonalize:
            basis = torch.stack(V, 1)
            w = w - basis @ (basis.T @ w)
        beta.append(w.norm())
        if not beta[-1] > len(b) * torch.finfo(b.dtype).eps * size:
            break
        V.append(w / beta[-1])
    return Lanczos(torch.stack(V[: len(alpha)], 1), torch.stack(alpha), torch.stack(beta))
