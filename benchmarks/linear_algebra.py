"""Chapter 2 beside NumPy, SciPy and torch.linalg, in float64 and at equal accuracy.

Both calls of a pair return the same tensors: factors with their signs made unique, solutions, or
spectra in the same order.
"""

from collections.abc import Callable

import numpy as np
import scipy.linalg
import scipy.sparse
import scipy.sparse.linalg
import torch
from torch import Tensor

import dlcore.linalg as ours

Pair = tuple[Callable[[], object], Callable[[], object]]
Make = Callable[[torch.device], Pair]


def _random(device: torch.device, *shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64, device=device)


def _definite(device: torch.device, n: int) -> Tensor:
    """A symmetric positive definite matrix whose condition number is about 5."""
    A = _random(device, n, 2 * n)
    gram = A @ A.mT / (2 * n)
    return (gram + gram.mT) / 2 + 0.5 * torch.eye(n, dtype=A.dtype, device=device)


def _tensors(*arrays: np.ndarray) -> tuple[Tensor, ...]:
    return tuple(torch.from_numpy(np.ascontiguousarray(a)) for a in arrays)


def _unique(Q: Tensor, R: Tensor) -> tuple[Tensor, Tensor]:
    """The factors with a positive diagonal in R."""
    signs = R.diagonal().sign()
    return Q * signs, R * signs[:, None]


def _lu(device: torch.device) -> Pair:
    A = _random(device, 128, 128)
    a = A.cpu().numpy()

    def mine() -> object:
        factors = ours.lu(A)
        return factors.L, factors.U

    return mine, lambda: _tensors(*scipy.linalg.lu(a)[1:])


def _solve(*batch: int, n: int) -> Make:
    def make(device: torch.device) -> Pair:
        A, b = _random(device, *batch, n, n), _random(device, *batch, n, 1)
        return lambda: (ours.solve(A, b),), lambda: (torch.linalg.solve(A, b),)

    return make


def _cholesky(device: torch.device) -> Pair:
    A = _definite(device, 128)
    return lambda: (ours.cholesky(A),), lambda: (torch.linalg.cholesky(A),)


def _qr(device: torch.device) -> Pair:
    A = _random(device, 200, 100)
    a = A.cpu().numpy()
    return lambda: _unique(*ours.qr_householder(A)), lambda: _unique(*_tensors(*np.linalg.qr(a)))


def _lstsq(device: torch.device) -> Pair:
    A, b = _random(device, 400, 50), _random(device, 400, 1)
    return lambda: (ours.lstsq(A, b),), lambda: (torch.linalg.lstsq(A, b).solution,)


def _svd(device: torch.device) -> Pair:
    A = _random(device, 128, 64)
    return lambda: (ours.svd(A).S,), lambda: (torch.linalg.svd(A, full_matrices=False).S,)


def _jacobi(device: torch.device) -> Pair:
    A = _definite(device, 64)
    a = A.cpu().numpy()
    return (
        lambda: (ours.jacobi_eigh(A).eigenvalues,),
        lambda: _tensors(np.linalg.eigh(a)[0]),
    )


def _eigenvalues(device: torch.device) -> Pair:
    A = _definite(device, 32)
    a = A.cpu().numpy()

    def mine() -> object:
        return (ours.qr_algorithm(A).eigenvalues.sort().values,)

    return mine, lambda: _tensors(np.sort(scipy.linalg.eigvals(a).real))


def _randomized(device: torch.device) -> Pair:
    decay = 2.0 ** -torch.arange(40, dtype=torch.float64, device=device)
    left, right = _random(device, 1000, 40), _random(device, 40, 300)
    A = left * decay @ right
    return (
        lambda: (ours.randomized_svd(A, 10, oversampling=10, power_iterations=4).S,),
        lambda: (torch.svd_lowrank(A, q=20, niter=4)[1][:10],),
    )


def _laplacian(n: int) -> scipy.sparse.csr_matrix:
    """The five-point Laplacian on an n by n grid."""
    line = scipy.sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(n, n))
    return scipy.sparse.csr_matrix(scipy.sparse.kronsum(line, line))


def _csr(A: scipy.sparse.csr_matrix, device: torch.device) -> ours.CSRMatrix:
    values, indices, indptr = (
        torch.as_tensor(part).to(device) for part in (A.data, A.indices, A.indptr)
    )
    return ours.CSRMatrix(values, indices.long(), indptr.long(), A.shape)


def _sparse_product(device: torch.device) -> Pair:
    A = _laplacian(200)
    mine, x = _csr(A, device), _random(device, 200 * 200)
    array = x.cpu().numpy()
    return lambda: (mine @ x,), lambda: _tensors(A @ array)


def _conjugate_gradient(device: torch.device) -> Pair:
    A = _laplacian(64)
    mine, b = _csr(A, device), _random(device, 64 * 64)
    array = b.cpu().numpy()
    return (
        lambda: (ours.conjugate_gradient(mine, b, rtol=1e-12, max_iterations=1000).x,),
        lambda: _tensors(scipy.sparse.linalg.cg(A, array, rtol=1e-12, maxiter=1000)[0]),
    )


LINEAR_ALGEBRA: dict[str, tuple[str, Make]] = {
    "LU, 128 by 128": ("scipy.linalg.lu", _lu),
    "linear system, 128 unknowns": ("torch.linalg.solve", _solve(n=128)),
    "256 linear systems, 16 unknowns": ("torch.linalg.solve", _solve(256, n=16)),
    "Cholesky, 128 by 128": ("torch.linalg.cholesky", _cholesky),
    "Householder QR, 200 by 100": ("numpy.linalg.qr", _qr),
    "least squares, 400 by 50": ("torch.linalg.lstsq", _lstsq),
    "one-sided Jacobi SVD, 128 by 64": ("torch.linalg.svd", _svd),
    "Jacobi eigenvalues, 64 by 64": ("numpy.linalg.eigh", _jacobi),
    "QR algorithm, 32 by 32": ("scipy.linalg.eigvals", _eigenvalues),
    "randomized SVD, 1000 by 300": ("torch.svd_lowrank", _randomized),
    "sparse product, 40,000 rows": ("scipy.sparse", _sparse_product),
    "conjugate gradients, 4,096 rows": ("scipy.sparse.linalg.cg", _conjugate_gradient),
}
