"""The singular value decomposition against torch."""

import pytest
import torch

from dlcore.linalg import ConvergenceWarning, svd
from tests.dlcore.linalg.matrices import gaussian, hilbert
from tests.parity import assert_close

SHAPES = [(1, 1), (5, 5), (7, 3), (3, 7), (2, 3, 7, 5), (31, 13), (5, 0)]


@pytest.mark.reference("torch.linalg.svd", of="dlcore.linalg.svd")
@pytest.mark.reference("torch.linalg.svd", of="dlcore.linalg.SVD")
@pytest.mark.parametrize("method", ["jacobi", "gram"])
@pytest.mark.parametrize("shape", SHAPES)
def test_svd(method, shape):
    A = gaussian(*shape)
    ours, theirs = svd(A, method), torch.linalg.svd(A, full_matrices=False)
    assert_close(ours.S, theirs.S, rtol=1e-10)
    assert_close(ours.U * ours.S[..., None, :] @ ours.Vh, A, atol=1e-12)
    identity = torch.eye(ours.S.shape[-1]).expand(*shape[:-2], -1, -1)
    for mine, other in ((ours.U.mT, theirs.U), (ours.Vh, theirs.Vh.mT)):
        assert_close(mine @ mine.mT, identity, atol=1e-12)
        assert_close((mine @ other).abs(), identity, atol=1e-8)


@pytest.mark.parametrize("method", ["jacobi", "gram"])
@pytest.mark.parametrize(
    "A",
    [
        torch.zeros(5, 3),
        torch.ones(5, 3),
        torch.ones(3, 5),
        torch.eye(3),
        torch.tensor([[1.0, 2.0], [2.0, 4.0]]),
        torch.diag(torch.tensor([1.0, 0.0, 2.0])),
    ],
)
def test_dependent_columns(method, A):
    U, S, Vh = svd(A.double(), method)
    assert_close(S, torch.linalg.svdvals(A.double()), atol=1e-7)
    assert_close((U * S) @ Vh, A, atol=1e-7)
    assert_close(U.T @ U, torch.eye(len(S)), atol=1e-12)
    assert_close(Vh @ Vh.T, torch.eye(len(S)), atol=1e-12)


def test_the_gram_matrix_loses_what_is_below_the_root_of_rounding():
    exact = torch.tensor([1.0, 1e-4, 1e-10, 1e-13], dtype=torch.float64)
    U, V = torch.linalg.qr(gaussian(7, 4)).Q, torch.linalg.qr(gaussian(4, 4, seed=1)).Q
    A = U * exact @ V.T
    assert_close(svd(A).S[:3], exact[:3], rtol=1e-5)
    assert_close(svd(A, "gram").S[:2], exact[:2], rtol=1e-6)
    assert (svd(A, "gram").S[2:] / exact[2:] - 1).abs().min() > 0.5


def test_jacobi_is_accurate_where_columns_differ_in_scale():
    A = gaussian(7, 3) * torch.tensor([1.0, 1e-12, 1e-24])
    exact = torch.linalg.svdvals(gaussian(7, 3))
    S = svd(A).S
    assert_close(S[0], torch.linalg.svdvals(A)[0])
    assert 1e-26 < S[2] < 1e-22
    assert_close(S.prod(), exact.prod() * 1e-36, rtol=1e-9)


@pytest.mark.parametrize("size", [1e-150, 1e150])
def test_size_does_not_matter(size):
    A = gaussian(5, 3)
    assert_close(svd(size * A).S / size, torch.linalg.svdvals(A))


def test_hilbert():
    A = hilbert(8)
    assert_close(svd(A).S, torch.linalg.svdvals(A), rtol=1e-4)


def test_stopping_early_is_reported():
    with pytest.warns(ConvergenceWarning, match="svd: no convergence after 1 steps"):
        svd(gaussian(7, 7), max_sweeps=1)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="method must be 'jacobi' or 'gram', got 'lanczos'"):
        svd(torch.ones(2, 3), "lanczos")
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        svd(torch.ones(3))
