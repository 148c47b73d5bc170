"""LU and Cholesky against SciPy and torch."""

import pytest
import scipy.linalg
import torch

from dlcore.linalg import LU, NotPositiveDefiniteError, cholesky, is_positive_definite, lu
from tests.dlcore.linalg.matrices import gaussian, hilbert, positive_definite, symmetric
from tests.parity import assert_close, assert_parity


@pytest.mark.reference("scipy.linalg.lu", of="dlcore.linalg.lu")
@pytest.mark.reference("scipy.linalg.lu", of="dlcore.linalg.LU")
@pytest.mark.parametrize("n", [1, 2, 7, 31])
def test_lu_is_that_of_scipy(n):
    A = gaussian(n, n)
    for ours, theirs in zip(lu(A), scipy.linalg.lu(A.numpy()), strict=True):
        assert_close(ours, theirs, rtol=1e-9, atol=1e-11)


def test_lu_of_a_batch():
    A = gaussian(2, 3, 7, 7)
    for ours, theirs in zip(lu(A), torch.linalg.lu(A), strict=True):
        assert_close(ours, theirs, rtol=1e-9, atol=1e-11)


def test_gradient_of_the_factors():
    A = gaussian(5, 5)
    assert_parity(lambda A: lu(A).L, lambda A: torch.linalg.lu(A).L, A, factor=10)
    assert_parity(lambda A: lu(A).U, lambda A: torch.linalg.lu(A).U, A, factor=10)


@pytest.mark.parametrize(
    "A",
    [
        [[0.0, 1.0], [1.0, 0.0]],
        [[1.0, 2.0], [2.0, 4.0]],
        [[0.0, 0.0], [0.0, 0.0]],
        [[1e-20, 1.0], [1.0, 1.0]],
        [[0.0, 2.0, 1.0], [0.0, 0.0, 3.0], [0.0, 0.0, 5.0]],
    ],
)
def test_zero_pivots_and_singular_matrices(A):
    A = torch.tensor(A, dtype=torch.float64)
    P, L, U = lu(A)
    assert_close(P @ L @ U, A, atol=1e-15)
    assert torch.equal(P.sum(0), torch.ones(len(A), dtype=A.dtype))
    assert torch.equal(L.diagonal(), torch.ones(len(A), dtype=A.dtype))
    assert L.abs().max() <= 1
    assert torch.equal(U, U.triu())


@pytest.mark.parametrize("shape", [(0, 0), (3, 0, 0), (0, 5, 5)])
def test_no_entries(shape):
    A = torch.zeros(shape)
    assert [part.shape for part in lu(A)] == [shape] * 3
    assert cholesky(A).shape == shape
    assert is_positive_definite(A).shape == shape[:-2]


@pytest.mark.reference("torch.linalg.cholesky", of="dlcore.linalg.cholesky")
@pytest.mark.parametrize("shape", [(1, 1), (7, 7), (2, 3, 5, 5)])
def test_cholesky(shape):
    assert_parity(
        lambda M: cholesky(M @ M.mT + torch.eye(shape[-1], dtype=M.dtype)),
        lambda M: torch.linalg.cholesky(M @ M.mT + torch.eye(shape[-1], dtype=M.dtype)),
        gaussian(*shape),
        factor=10,
    )


@pytest.mark.reference("torch.linalg.LinAlgError", of="dlcore.linalg.NotPositiveDefiniteError")
@pytest.mark.parametrize("theirs", [torch.linalg.LinAlgError, NotPositiveDefiniteError])
def test_cholesky_refuses_what_torch_refuses(theirs):
    A = torch.stack([torch.eye(2), torch.tensor([[1.0, 2.0], [2.0, 1.0]])])
    with pytest.raises(torch.linalg.LinAlgError):
        torch.linalg.cholesky(A)
    with pytest.raises(theirs, match=r"matrix 1 of the batch is not .* pivot 2 of 2 is -3"):
        cholesky(A)


@pytest.mark.reference("torch.linalg.eigvalsh", of="dlcore.linalg.is_positive_definite")
def test_is_positive_definite():
    A = torch.cat([positive_definite(3, 5, 5), symmetric(11, 5, 5), -positive_definite(2, 5, 5)])
    expected = (torch.linalg.eigvalsh(A) > 0).all(-1)
    assert expected.any()
    assert not expected.all()
    assert torch.equal(is_positive_definite(A), expected)
    assert is_positive_definite(hilbert(8))
    assert not is_positive_definite(torch.ones(3, 3) / 3)
    assert not is_positive_definite(torch.zeros(3, 3))
    assert not is_positive_definite(torch.full((2, 2), torch.nan))


def test_only_the_symmetric_part_counts():
    assert is_positive_definite(torch.tensor([[1.0, 5.0], [-5.0, 1.0]]))
    assert not is_positive_definite(torch.tensor([[1.0, 5.0], [-4.0, 0.2]]))


@pytest.mark.bad_input
@pytest.mark.parametrize("f", [lu, cholesky, is_positive_definite])
def test_bad_input(f):
    with pytest.raises(ValueError, match=r"square matrix of shape \(..., n, n\), got shape \(2, 3"):
        f(torch.ones(2, 3))
    with pytest.raises(TypeError, match=r"got torch\.int64: use A\.double"):
        f(torch.ones(2, 2, dtype=torch.long))


@pytest.mark.bad_input
def test_cholesky_needs_a_symmetric_matrix():
    with pytest.raises(ValueError, match="needs a symmetric matrix, entries differ by 1"):
        cholesky(torch.tensor([[2.0, 1.0], [0.0, 2.0]]))


def test_lu_is_a_named_tuple():
    assert LU._fields == ("P", "L", "U")
