"""Three ways to orthonormal columns against torch, and what rounding does to them."""

import pytest
import torch

from dlcore.linalg import SingularMatrixError, gram_schmidt, qr_givens, qr_householder
from tests.dlcore.linalg.matrices import gaussian, hilbert
from tests.parity import assert_close, assert_parity


def torch_qr(A):
    """The factorization of torch with a diagonal that is not negative."""
    Q, R = torch.linalg.qr(A)
    sign = torch.where(R.diagonal(dim1=-2, dim2=-1) < 0, -1.0, 1.0).to(A)
    return Q * sign[..., None, :], R * sign[..., :, None]


@pytest.mark.reference("torch.linalg.qr", of="dlcore.linalg.gram_schmidt")
@pytest.mark.reference("torch.linalg.qr", of="dlcore.linalg.qr_householder")
@pytest.mark.parametrize("ours", [gram_schmidt, qr_householder])
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (5, 5), (2, 3, 7, 4)])
def test_parity(ours, shape):
    A = gaussian(*shape)
    assert_parity(lambda A: ours(A).Q, lambda A: torch_qr(A)[0], A, factor=20)
    assert_parity(lambda A: ours(A).R, lambda A: torch_qr(A)[1], A, factor=20)


@pytest.mark.reference("torch.linalg.qr", of="dlcore.linalg.qr_givens")
@pytest.mark.reference("torch.linalg.qr", of="dlcore.linalg.QR")
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (5, 5), (3, 7), (2, 3, 7, 4)])
@pytest.mark.parametrize("ours", [qr_givens, qr_householder])
def test_values_of_tall_and_wide_matrices(ours, shape):
    A = gaussian(*shape)
    for mine, theirs in zip(ours(A), torch_qr(A), strict=True):
        assert_close(mine, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("ours", [qr_givens, qr_householder])
@pytest.mark.parametrize(
    "A",
    [
        torch.zeros(5, 3),
        torch.ones(5, 3),
        torch.eye(3),
        1e30 * torch.ones(3, 3),
        hilbert(10).float(),
    ],
)
def test_dependent_columns_keep_q_orthogonal(ours, A):
    Q, R = ours(A)
    assert_close(Q.T @ Q, torch.eye(A.shape[1]), atol=1e-5)
    assert_close(Q @ R / A.abs().max().clamp(min=1), A / A.abs().max().clamp(min=1), atol=1e-5)
    assert (R.diagonal() >= 0).all()
    assert torch.equal(R, R.triu())


def loss_of_orthogonality(Q):
    return (Q.T @ Q - torch.eye(Q.shape[1])).norm().item()


def test_loss_of_orthogonality_on_a_hilbert_matrix():
    A = hilbert(10)
    classical = loss_of_orthogonality(gram_schmidt(A, modified=False).Q)
    modified = loss_of_orthogonality(gram_schmidt(A).Q)
    assert 1 < classical < 6
    assert 1e-6 < modified < 1e-2
    assert loss_of_orthogonality(qr_householder(A).Q) < 1e-14
    assert loss_of_orthogonality(qr_givens(A).Q) < 1e-14


@pytest.mark.parametrize("modified", [True, False])
def test_both_methods_agree_on_a_good_matrix(modified):
    A = gaussian(7, 5)
    assert_close(gram_schmidt(A, modified=modified).Q, torch_qr(A)[0], rtol=1e-10)


@pytest.mark.parametrize("ours", [gram_schmidt, qr_givens, qr_householder])
def test_no_columns(ours):
    Q, R = ours(torch.zeros(5, 0))
    assert Q.shape == (5, 0)
    assert R.shape == (0, 0)


def test_gradient_of_a_column_that_is_an_axis():
    A = torch.eye(3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda A: tuple(qr_householder(A)), A)


def test_dependent_columns_are_reported():
    A = torch.stack([torch.eye(3), torch.ones(3, 3)])
    with pytest.raises(SingularMatrixError, match="column 2 of the matrix 1 of the batch depends"):
        gram_schmidt(A)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="3 columns of 2 entries can't be independent"):
        gram_schmidt(torch.ones(2, 3))
    for f in (gram_schmidt, qr_householder, qr_givens):
        with pytest.raises(ValueError, match=r"needs a matrix of shape \(..., m, n\), got shape"):
            f(torch.ones(3))
        with pytest.raises(TypeError, match="needs floating-point tensors, got list"):
            f([[1.0]])
