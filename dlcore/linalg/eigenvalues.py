"""All eigenvalues at once: Hessenberg form, the QR algorithm, Jacobi's rotations."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged
from dlcore.linalg.orthogonalization import mirror
from dlcore.linalg.shapes import require_one_matrix, require_square, require_symmetric


class Hessenberg(NamedTuple):
    """A matrix as Q H Q^T.

    Attributes:
        Q: orthogonal, shape (..., n, n).
        H: zero below the first subdiagonal, shape (..., n, n); tridiagonal if A is symmetric.
    """

    Q: Tensor
    H: Tensor


def hessenberg(A: Float[Tensor, "*batch n n"]) -> Hessenberg:
    r"""Reflections from both sides that make A zero below its subdiagonal, in $O(n^3)$, once.

    A step of the QR algorithm then takes $O(n^2)$ instead of $O(n^3)$. No gradient is recorded.

    Args:
        A: square matrices, shape (..., n, n).

    Returns:
        Q and H.

    Raises:
        ValueError: A is not square.
        TypeError: A is no floating-point tensor.

    Section: :ref:`sec-qr-algorithm`
    Source: Golub, Van Loan (2013), Matrix Computations, 4th ed., section 7.4.

    Example:
        >>> A = torch.tensor([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0], [4.0, 5.0, 6.0]])
        >>> hessenberg(A).H[:, 0].round(decimals=4)
        tensor([1., 5., 0.])

    In production: scipy.linalg.hessenberg.
    """
    require_square("hessenberg", A)
    n = A.shape[-1]
    H, Q = A.detach(), torch.eye(n, dtype=A.dtype, device=A.device).expand_as(A)
    for k in range(n - 2):
        v = torch.nn.functional.pad(mirror(H[..., k + 1 :, k]), (k + 1, 0))[..., None]
        H = H - 2 * v @ (v.mT @ H)
        H = H - 2 * (H @ v) @ v.mT
        Q = Q - 2 * (Q @ v) @ v.mT
    sign = torch.where(H.diagonal(-1, -2, -1) < 0, -1.0, 1.0).to(A).cumprod(-1)
    sign = torch.nn.functional.pad(sign, (1, 0), value=1.0)[..., :n]
    H = sign[..., :, None] * H * sign[..., None, :]
    return Hessenberg(Q * sign[..., None, :], H.triu(-1))


class Schur(NamedTuple):
    """A matrix as Q T Q^H with the eigenvalues on the diagonal of T.

    Attributes:
        eigenvalues: the diagonal of T, shape (n,): real if A is symmetric, else complex.
        Q: orthogonal or unitary, shape (n, n).
        T: diagonal if A is symmetric, else upper triangular, shape (n, n).
        residuals: the entry that is to vanish next, in magnitude, after each step.
    """

    eigenvalues: Tensor
    Q: Tensor
    T: Tensor
    residuals: list[float]

    @property
    def iterations(self) -> int:
        """Number of QR steps taken."""
        return len(self.residuals)


def qr_algorithm(
    A: Float[Tensor, "n n"], *, shift: bool = True, max_iterations: int | None = None
) -> Schur:
    r"""All eigenvalues by factoring $A_k - \mu I = Q_kR_k$ and multiplying in the other order.

    Each $A_{k+1} = R_kQ_k + \mu I = Q_k^\top A_kQ_k$ has the same eigenvalues. Wilkinson's shift
    $\mu$, the eigenvalue of the last 2 by 2 block nearest to the last entry, makes the last
    subdiagonal entry vanish in two or three steps; then the matrix is one smaller. A matrix that is
    not symmetric is treated in complex arithmetic. No gradient is recorded.

    Args:
        A: square matrix, shape (n, n).
        shift: whether to shift; without, entry i + 1, i shrinks by
            $|\lambda_{i+1}/\lambda_i|$ a step, and not at all for a complex pair.
        max_iterations: stop after so many steps; default 30 n with shifts, 1000 n without.

    Returns:
        Eigenvalues in the order of T, with Q, T and the residuals.

    Raises:
        ValueError: A is not one square matrix.
        TypeError: A is no floating-point tensor.

    Warns:
        ConvergenceWarning: a subdiagonal entry has not vanished.

    Equation: :eq:`eq-qr-algorithm`
    Section: :ref:`sec-qr-algorithm`
    Source: Francis (1961), The QR transformation, doi:10.1093/comjnl/4.3.265.

    Example:
        >>> qr_algorithm(torch.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues.round(decimals=4)
        tensor([3., 1.])

    In production: torch.linalg.eigvals, torch.linalg.eigh; scipy.linalg.schur.
    """
    require_one_matrix("qr_algorithm", A)
    require_square("qr_algorithm", A)
    symmetric = torch.equal(A, A.T)
    Q, H = hessenberg(A)
    if not symmetric:
        Q, H = Q + 0j, H + 0j
    else:
        H = H.tril(1)
    eps = torch.finfo(A.dtype).eps
    limit = (30 if shift else 1000) * len(A) if max_iterations is None else max_iterations
    residuals: list[float] = []
    end = len(A)
    while end > 1:
        diagonal, below = H.diagonal().abs(), H.diagonal(-1)
        small = below.abs() <= eps * (diagonal[:-1] + diagonal[1:])
        below[small] = 0
        if small[end - 2]:
            end -= 1
            continue
        if len(residuals) >= limit:
            tolerance = (eps * (diagonal[end - 2] + diagonal[end - 1])).item()
            warn_not_converged("qr_algorithm", limit, below[end - 2].abs().item(), tolerance)
            break
        splits = small[: end - 1].nonzero()
        start = int(splits[-1]) + 1 if len(splits) else 0
        _qr_step(H, Q, start, end, shift, exceptional=len(residuals) % 11 == 10)
        residuals.append(H[end - 1, end - 2].abs().item())
    T = H.diagonal().diag() if symmetric and end <= 1 else H
    return Schur(H.diagonal().clone(), Q, T, residuals)


def _qr_step(H: Tensor, Q: Tensor, start: int, end: int, shift: bool, exceptional: bool) -> None:
    """One step on the block start:end of a Hessenberg matrix, by Givens rotations, in place."""
    mu = _wilkinson_shift(H[end - 2 : end, end - 2 : end]) if shift else H.new_zeros(())
    if shift and exceptional:  # breaks the cycles that a few matrices fall into
        mu = mu + H[end - 1, end - 2].abs()
    diagonal = H.diagonal()
    diagonal[start:end] -= mu
    rotations = []
    for k in range(start, end - 1):
        G = _complex_givens(H[k, k], H[k + 1, k])
        H[k : k + 2, k:] = G @ H[k : k + 2, k:]
        rotations.append(G.mH)
    for k, G in zip(range(start, end - 1), rotations, strict=True):
        H[: k + 2, k : k + 2] = H[: k + 2, k : k + 2] @ G
        Q[:, k : k + 2] = Q[:, k : k + 2] @ G
    diagonal[start:end] += mu


def _wilkinson_shift(B: Tensor) -> Tensor:
    """The eigenvalue of a 2 by 2 matrix that is nearest to its last entry."""
    half = (B[0, 0] - B[1, 1]) / 2
    product = B[0, 1] * B[1, 0]
    root = (half * half + product).sqrt()
    if B.is_complex():
        root = torch.where((half.conj() * root).real < 0, -root, root)
    else:
        root = torch.where(half < 0, -root, root)
    divisor = half + root
    return B[1, 1] - torch.where(divisor == 0, 0, product / torch.where(divisor == 0, 1, divisor))


def _complex_givens(a: Tensor, b: Tensor) -> Tensor:
    """The unitary matrix that sends (a, b) to (length, 0)."""
    length = torch.hypot(a.abs(), b.abs())
    if length == 0:
        return torch.eye(2, dtype=a.dtype, device=a.device)
    c, s = a / length, b / length
    return torch.stack([torch.stack([c.conj(), s.conj()]), torch.stack([-s, c])])


class Eigh(NamedTuple):
    """The eigenvalues of a symmetric matrix and an orthonormal basis of eigenvectors.

    Attributes:
        eigenvalues: in ascending order, shape (..., n).
        eigenvectors: as columns, shape (..., n, n).
    """

    eigenvalues: Tensor
    eigenvectors: Tensor


def jacobi_eigh(A: Float[Tensor, "*batch n n"], *, max_sweeps: int = 30) -> Eigh:
    r"""The spectral decomposition of a symmetric matrix, by plane rotations.

    Each rotation makes one entry beside the diagonal zero, and its mirror image with it; the
    squares of the other ones keep their sum. A sweep goes through all pairs of rows, n/2 disjoint
    pairs at a time. Slower than the QR algorithm, as accurate or more so, and batched. No gradient
    is recorded.

    Args:
        A: symmetric matrices, shape (..., n, n).
        max_sweeps: stop after so many sweeps in any case; 6 to 10 are usual.

    Returns:
        Eigenvalues and eigenvectors, as torch.linalg.eigh orders them.

    Raises:
        ValueError: A is not square or not symmetric.
        TypeError: A is no floating-point tensor.

    Warns:
        ConvergenceWarning: entries beside the diagonal are still too large.

    Equations: :eq:`eq-jacobi-rotation`, :eq:`eq-spectral-theorem`
    Section: :ref:`sec-symmetric-matrices`
    Source: Jacobi (1846), Über ein leichtes Verfahren, die in der Theorie der Säcularstörungen
        vorkommenden Gleichungen numerisch aufzulösen, doi:10.1515/crll.1846.30.51.

    Example:
        >>> jacobi_eigh(torch.tensor([[2.0, 1.0], [1.0, 2.0]])).eigenvalues.round(decimals=4)
        tensor([1., 3.])

    In production: torch.linalg.eigh.
    """
    require_symmetric("jacobi_eigh", A)
    n = A.shape[-1]
    A = A.detach()
    scale = A.abs().amax((-2, -1), keepdim=True) if n else A.new_ones(())
    # Scaled, so that squares don't overflow.
    S = (A + A.mT) / 2 / torch.where(scale > 0, scale, 1)
    V = torch.eye(n, dtype=A.dtype, device=A.device).expand_as(A).clone()
    goal = n * torch.finfo(A.dtype).eps
    for sweep in range(max_sweeps + 1):
        beside = S - S.diagonal(dim1=-2, dim2=-1).diag_embed()
        share = beside.norm(dim=(-2, -1)) / S.norm(dim=(-2, -1)).clamp(min=1)
        off = share.amax().item() if A.numel() else 0.0
        if off <= goal:
            break
        if sweep == max_sweeps:
            warn_not_converged("jacobi_eigh", sweep, off, goal)
            break
        for p, q in tournament(n):
            c, s = rotation(S[..., p, p], S[..., q, q], S[..., p, q])
            for M in (S, V):
                M[..., :, p], M[..., :, q] = rotated(M[..., :, p], M[..., :, q], c, s)
            rows = rotated(S[..., p, :], S[..., q, :], c[..., None], s[..., None], dim=-2)
            S[..., p, :], S[..., q, :] = rows
    eigenvalues, order = (S * scale).diagonal(dim1=-2, dim2=-1).sort(-1)
    return Eigh(eigenvalues, V.take_along_dim(order[..., None, :], -1))


def tournament(n: int) -> list[tuple[list[int], list[int]]]:
    """All pairs of n players in rounds, in each of which no one plays twice."""
    players = list(range(n + n % 2))
    rounds = []
    for _ in range(len(players) - 1):
        half = len(players) // 2
        pairs = zip(players[:half], reversed(players[half:]), strict=True)
        kept = [(min(a, b), max(a, b)) for a, b in pairs if max(a, b) < n]
        if kept:
            rounds.append(([a for a, _ in kept], [b for _, b in kept]))
        players = [players[0], players[-1], *players[1:-1]]
    return rounds


def rotation(app: Tensor, aqq: Tensor, apq: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the smaller angle that makes entry p, q vanish."""
    is_zero = apq == 0
    theta = (aqq - app) / torch.where(is_zero, 1, 2 * apq)
    sign = torch.where(theta < 0, -1.0, 1.0).to(theta)
    t = torch.where(is_zero, 0, sign / (theta.abs() + torch.hypot(theta, torch.ones_like(theta))))
    c = 1 / torch.hypot(t, torch.ones_like(t))
    return c, t * c


def rotated(x: Tensor, y: Tensor, c: Tensor, s: Tensor, dim: int = -1) -> tuple[Tensor, Tensor]:
    """Pairs of columns (or rows, dim = -2) turned by angles, one angle a pair."""
    if dim == -1:
        c, s = c[..., None, :], s[..., None, :]
    return c * x - s * y, s * x + c * y
