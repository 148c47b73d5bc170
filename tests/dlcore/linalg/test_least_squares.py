"""Least squares, projections, pseudo-inverses and ridge against torch and scikit-learn."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge

from dlcore.linalg import (
    NotPositiveDefiniteError,
    SingularMatrixError,
    lstsq,
    pinv,
    project,
    ridge_solve,
)
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity


def torch_lstsq(A, B):
    return torch.linalg.lstsq(A, B).solution


@pytest.mark.reference("torch.linalg.lstsq", of="dlcore.linalg.lstsq")
@pytest.mark.parametrize("method", ["qr", "svd"])
@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (2, 3, 7, 5)])
def test_lstsq(method, shape):
    A, B = gaussian(*shape), gaussian(*shape[:-1], 3, seed=1)
    assert_parity(lambda A, B: lstsq(A, B, method), torch_lstsq, A, B, factor=20)


@pytest.mark.parametrize("method", ["qr", "svd"])
def test_the_residual_is_orthogonal_to_the_columns(method):
    A, b = gaussian(11, 3), gaussian(11, seed=1)
    x = lstsq(A, b, method)
    assert x.shape == (3,)
    assert_close(A.T @ (b - A @ x), torch.zeros(3), atol=1e-13)


@pytest.mark.parametrize("shape", [(3, 7), (7, 5)])
def test_the_shortest_of_several_solutions(shape):
    A, b = gaussian(*shape), gaussian(shape[0], seed=1)
    A[:, -1] = A[:, 0]
    theirs = torch.linalg.lstsq(A, b[:, None], driver="gelsd").solution[:, 0]
    assert_close(lstsq(A, b, "svd"), theirs)
    with pytest.raises(SingularMatrixError, match=r"lstsq: the columns .* are dependent"):
        lstsq(A, b)


def torch_projection(b, A):
    return A @ torch_lstsq(A, b)


@pytest.mark.reference("A @ torch.linalg.lstsq(A, B).solution", of="dlcore.linalg.project")
@pytest.mark.parametrize("shape", [(7, 3), (2, 7, 5)])
def test_project(shape):
    A, B = gaussian(*shape), gaussian(*shape[:-1], 2, seed=1)
    assert_parity(project, torch_projection, B, A, factor=20)
    assert_close(project(project(B, A), A), project(B, A))


@pytest.mark.reference("torch.linalg.pinv", of="dlcore.linalg.pinv")
@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (2, 3, 7, 5)])
def test_pinv(shape):
    assert_parity(pinv, torch.linalg.pinv, gaussian(*shape), factor=20)


@given(st.integers(1, 7), st.integers(1, 7), st.integers(1, 7), st.integers(0, 99))
def test_the_four_conditions_of_penrose(m, n, rank, seed):
    A = gaussian(m, rank, seed=seed) @ gaussian(rank, n, seed=seed + 1)
    B = pinv(A, rtol=1e-10)
    for left, right in ((A @ B @ A, A), (B @ A @ B, B), (A @ B, (A @ B).T), (B @ A, (B @ A).T)):
        assert_close(left, right, rtol=1e-7, atol=1e-7 * right.abs().max().item())


def test_pinv_of_singular_matrices():
    assert_close(
        pinv(torch.tensor([[1.0, 2.0], [2.0, 4.0]])), [[0.04, 0.08], [0.08, 0.16]], rtol=1e-6
    )
    assert torch.equal(pinv(torch.zeros(3, 5)), torch.zeros(5, 3))
    assert pinv(torch.zeros(0, 5)).shape == (5, 0)
    A = torch.diag(torch.tensor([1.0, 1e-3]))
    assert pinv(A, rtol=1e-2)[1, 1] == 0
    assert_close(pinv(A)[1, 1], 1e3, rtol=1e-6)


@pytest.mark.reference(
    "sklearn.linear_model.Ridge(fit_intercept=False)", of="dlcore.linalg.ridge_solve"
)
@pytest.mark.parametrize("lam", [1e-3, 1.0, 100.0])
@pytest.mark.parametrize("shape", [(11, 3), (3, 7)])
def test_ridge(lam, shape):
    A, b = gaussian(*shape), gaussian(shape[0], seed=1)
    theirs = Ridge(alpha=lam, fit_intercept=False).fit(A.numpy(), b.numpy()).coef_
    assert_close(ridge_solve(A, b, lam), theirs)
    batch = ridge_solve(torch.stack([A, 2 * A]), torch.stack([b, b])[..., None], lam)
    assert_close(batch[0, :, 0], theirs)


def augmented(A, b):
    """Ridge as ordinary least squares with extra rows, penalty 0.5."""
    extra = 0.5**0.5 * torch.eye(A.shape[1], dtype=A.dtype)
    b = torch.cat([b, b.new_zeros(A.shape[1])])[:, None]
    return torch.linalg.lstsq(torch.cat([A, extra]), b).solution[:, 0]


def test_gradient_of_ridge():
    def ours(A, b):
        return ridge_solve(A, b, 0.5)

    assert_parity(ours, augmented, gaussian(7, 3), gaussian(7, seed=1), factor=20)


def test_the_penalty_shrinks():
    A, b = gaussian(11, 3), gaussian(11, seed=1)
    lengths = [ridge_solve(A, b, lam).norm().item() for lam in (1e-9, 0.1, 1.0, 10.0)]
    assert lengths == sorted(lengths, reverse=True)
    assert_close(lengths[0], lstsq(A, b).norm(), rtol=1e-7)


def test_a_penalty_below_rounding_is_reported():
    A = torch.full((4, 2), 4096.0)  # the entries of its Gram matrix are 2^26
    with pytest.raises(NotPositiveDefiniteError):
        ridge_solve(A, torch.ones(4), 1e-3)


@pytest.mark.bad_input
def test_bad_input():
    A, b = torch.ones(3, 2), torch.ones(3)
    with pytest.raises(ValueError, match="method must be 'qr' or 'svd', got 'lu'"):
        lstsq(A, b, "lu")
    with pytest.raises(ValueError, match="lam must be positive, got 0"):
        ridge_solve(A, b, 0.0)
    for f in (lstsq, lambda A, b: project(b, A), lambda A, b: ridge_solve(A, b, 1.0)):
        with pytest.raises(ValueError, match=r"b must have shape \(3,\) .* got \(2,\)"):
            f(A, torch.ones(2))
    with pytest.raises(ValueError, match=r"got shape \(3,\)"):
        pinv(b)
