"""One eigenpair at a time against torch and SciPy, and the rates that theory promises."""

import pytest
import scipy.sparse.linalg
import torch

from dlcore.linalg import (
    ConvergenceWarning,
    CSRMatrix,
    SingularMatrixError,
    deflate,
    inverse_iteration,
    power_iteration,
    rayleigh_quotient,
)
from tests.dlcore.linalg.matrices import gaussian, positive_definite, symmetric
from tests.parity import assert_close, assert_parity

A = positive_definite(7, 7)
VALUES, VECTORS = torch.linalg.eigh(A)


@pytest.mark.reference("torch.linalg.eigh", of="dlcore.linalg.rayleigh_quotient")
def test_rayleigh_quotient():
    assert_close(rayleigh_quotient(A, 3 * VECTORS), VALUES)
    v = gaussian(7, 11)
    q = rayleigh_quotient(A, v)
    assert (q >= VALUES[0]).all()
    assert (q <= VALUES[-1]).all()
    assert_parity(rayleigh_quotient, lambda A, v: v @ A @ v / (v @ v), A, v[:, 0], factor=10)


@pytest.mark.reference("torch.linalg.eigh", of="dlcore.linalg.power_iteration")
@pytest.mark.reference("torch.linalg.eigh", of="dlcore.linalg.EigenPair")
@pytest.mark.parametrize(
    "operator", [A, CSRMatrix.from_dense(A), CSRMatrix.from_dense(A).to_coo(), lambda v: A @ v]
)
def test_power_iteration(operator):
    pair = power_iteration(operator, gaussian(7), rtol=1e-9)
    assert pair.converged
    assert_close(pair.value, VALUES[-1])
    assert_close((pair.vector @ VECTORS[:, -1]).abs(), 1.0)
    assert_close(pair.values[-1], pair.value)


def test_the_rate_is_the_ratio_of_the_largest_eigenvalues():
    pair = power_iteration(torch.tensor([[2.0, 1.0], [1.0, 2.0]]), torch.tensor([1.0, 0.0]))
    assert_close(pair.values[1:5], [2.8, 2.9756, 2.9973, 2.9997], rtol=1e-4)
    pair = power_iteration(A, gaussian(7), rtol=1e-9)
    assert_close(pair.residuals[-1] / pair.residuals[-2], VALUES[-2] / VALUES[-1], rtol=1e-3)


def test_the_start_is_random_but_repeatable():
    g = torch.Generator()
    first, second = (power_iteration(A, generator=g.manual_seed(3)) for _ in range(2))
    assert torch.equal(first.vector, second.vector)
    assert_close(first.value, VALUES[-1], rtol=1e-9)


def test_two_eigenvalues_of_equal_magnitude_do_not_converge():
    with pytest.warns(ConvergenceWarning, match="power_iteration: no convergence after 50 steps"):
        pair = power_iteration(
            torch.tensor([[1.0, 0.0], [0.0, -1.0]]), torch.ones(2), max_iterations=50
        )
    assert not pair.converged


def test_the_zero_matrix():
    assert power_iteration(torch.zeros(3, 3), torch.ones(3)).value == 0


@pytest.mark.reference("torch.linalg.eigh", of="dlcore.linalg.deflate")
def test_deflation_finds_all_eigenvalues():
    M, found = A, []
    for seed in range(7):
        pair = power_iteration(M, gaussian(7, seed=seed), rtol=1e-10, max_iterations=20_000)
        found.append(pair.value)
        M = deflate(M, pair.value, 2 * pair.vector)
    assert_close(torch.stack(found).flip(0), VALUES, rtol=1e-7)
    assert_close(M, torch.zeros(7, 7), atol=1e-6)


@pytest.mark.reference("scipy.sparse.linalg.eigsh", of="dlcore.linalg.inverse_iteration")
@pytest.mark.parametrize("i", [0, 3, 6])
def test_inverse_iteration(i):
    shift = VALUES[i].item() + 0.1
    theirs = scipy.sparse.linalg.eigsh(A.numpy(), k=1, sigma=shift, return_eigenvectors=False)
    pair = inverse_iteration(A, shift, gaussian(7), rtol=1e-10)
    assert_close(pair.value, theirs[0])
    assert_close((pair.vector @ VECTORS[:, i]).abs(), 1.0)


def test_inverse_iteration_of_a_matrix_that_is_not_symmetric():
    M = symmetric(5, 5).triu()
    pair = inverse_iteration(M, M[2, 2].item() + 1e-3, gaussian(5))
    assert_close(pair.value, M[2, 2], rtol=1e-6)


def test_a_shift_that_is_an_eigenvalue():
    with pytest.raises(SingularMatrixError, match="inverse_iteration: the matrix is singular"):
        inverse_iteration(torch.diag(torch.tensor([1.0, 2.0])), 2.0)


@pytest.mark.bad_input
def test_bad_input():
    for f in (power_iteration, lambda A, v: inverse_iteration(A, 0.0, v)):
        with pytest.raises(ValueError, match="needs a start other than 0"):
            f(torch.eye(3), torch.zeros(3))
        with pytest.raises(ValueError, match=r"matrix of shape \(2, 2\) .* got \(3, 3\)"):
            f(torch.eye(3), torch.ones(2))
    with pytest.raises(ValueError, match="needs v0 when A is a function"):
        power_iteration(lambda v: v)
    with pytest.raises(ValueError, match="a zero vector has no direction"):
        rayleigh_quotient(torch.eye(3), torch.zeros(3))
    with pytest.raises(ValueError, match=r"v must have shape \(3,\) or \(3, k\), got \(2,\)"):
        rayleigh_quotient(torch.eye(3), torch.ones(2))
    with pytest.raises(ValueError, match="needs equal shapes"):
        deflate(torch.eye(3), torch.tensor(1.0), torch.ones(2))
