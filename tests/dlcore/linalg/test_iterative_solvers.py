"""Jacobi, Gauss-Seidel and conjugate gradients against SciPy, direct solutions and their theory."""

import math

import numpy as np
import pytest
import scipy.sparse.linalg
import sklearn.exceptions
import torch

from dlcore.linalg import (
    ConvergenceWarning,
    CSRMatrix,
    NotPositiveDefiniteError,
    SingularMatrixError,
    conjugate_gradient,
    gauss_seidel,
    gmres,
    jacobi_solve,
)
from tests.dlcore.linalg.matrices import gaussian, positive_definite
from tests.parity import assert_close

DOMINANT = gaussian(7, 7) + 20 * torch.eye(7, dtype=torch.float64)
B = gaussian(7, seed=1)
ALL = [jacobi_solve, gauss_seidel, conjugate_gradient, gmres]


@pytest.mark.reference("torch.linalg.solve", of="dlcore.linalg.jacobi_solve")
@pytest.mark.reference("torch.linalg.solve", of="dlcore.linalg.gauss_seidel")
@pytest.mark.reference("torch.linalg.solve", of="dlcore.linalg.IterativeSolution")
@pytest.mark.parametrize("f", [jacobi_solve, gauss_seidel])
def test_stationary_methods_converge(f):
    solution = f(DOMINANT, B, rtol=1e-12)
    assert solution.converged
    assert solution.iterations == len(solution.residuals) - 1 > 3
    assert_close(solution.x, torch.linalg.solve(DOMINANT, B), rtol=1e-10)
    assert_close(solution.residuals[-1], (B - DOMINANT @ solution.x).norm(), rtol=1e-9)


def splitting(f):
    """The matrix that maps the error of one step to that of the next."""
    M = DOMINANT.diagonal().diag() if f is jacobi_solve else DOMINANT.tril()
    return torch.eye(7, dtype=torch.float64) - torch.linalg.solve(M, DOMINANT)


@pytest.mark.parametrize("f", [jacobi_solve, gauss_seidel])
def test_one_step_is_the_splitting(f):
    x = gaussian(7, seed=2)
    truth = torch.linalg.solve(DOMINANT, B)
    with pytest.warns(ConvergenceWarning):
        after = f(DOMINANT, B, x, rtol=0, max_iterations=1).x
    assert_close(after - truth, splitting(f) @ (x - truth), atol=1e-13)


def test_gauss_seidel_is_faster_here():
    steps = [f(DOMINANT, B, rtol=1e-10).iterations for f in (jacobi_solve, gauss_seidel)]
    assert steps[1] < steps[0]


@pytest.mark.parametrize("f", [jacobi_solve, gauss_seidel])
def test_divergence_is_reported(f):
    A = torch.tensor([[1.0, 3.0], [3.0, 1.0]])
    with pytest.warns(ConvergenceWarning, match=rf"{f.__name__}: no convergence after \d+ steps"):
        solution = f(A, torch.ones(2))
    assert not solution.converged
    assert not math.isfinite(solution.residuals[-1])


@pytest.mark.reference("scipy.sparse.linalg.cg", of="dlcore.linalg.conjugate_gradient")
@pytest.mark.parametrize("rtol", [1e-3, 1e-8])
def test_conjugate_gradient_takes_the_steps_of_scipy(rtol):
    A, b = positive_definite(31, 31), gaussian(31, seed=1)
    iterates = []
    theirs, _ = scipy.sparse.linalg.cg(
        A.numpy(), b.numpy(), rtol=rtol, callback=lambda x: iterates.append(x)
    )
    ours = conjugate_gradient(A, b, rtol=rtol)
    assert ours.iterations == len(iterates)
    assert_close(ours.x, theirs, rtol=0, atol=1e-5 * np.abs(theirs).max())


def test_conjugate_gradient_ends_after_one_step_an_eigenvalue():
    Q = torch.linalg.qr(gaussian(11, 11)).Q
    values = torch.tensor([1.0, 4.0, 9.0], dtype=torch.float64).repeat(4)[:11]
    assert conjugate_gradient(Q @ values.diag() @ Q.T, gaussian(11), rtol=1e-10).iterations == 3


def test_conjugate_gradient_keeps_its_bound():
    A, b = positive_definite(31, 31), gaussian(31, seed=1)
    truth, kappa = torch.linalg.solve(A, b), torch.linalg.cond(A).item()
    rate = (math.sqrt(kappa) - 1) / (math.sqrt(kappa) + 1)

    def error(x):
        return ((x - truth) @ A @ (x - truth)).sqrt().item()

    previous = error(torch.zeros_like(b))
    for k in (1, 2, 3, 5, 8, 13):
        with pytest.warns(ConvergenceWarning):
            now = error(conjugate_gradient(A, b, rtol=0, max_iterations=k).x)
        assert now <= 2 * rate**k * error(torch.zeros_like(b))
        assert now < previous
        previous = now


@pytest.mark.parametrize("f", [conjugate_gradient, gmres])
def test_the_matrix_may_be_sparse_or_a_function(f):
    A = positive_definite(7, 7)
    expected = torch.linalg.solve(A, B)
    for operator in (A, CSRMatrix.from_dense(A), CSRMatrix.from_dense(A).to_coo(), lambda v: A @ v):
        assert_close(f(operator, B, rtol=1e-12).x, expected, rtol=1e-9)


@pytest.mark.parametrize("f", ALL)
def test_a_right_hand_side_of_zero(f):
    solution = f(positive_definite(7, 7), torch.zeros(7, dtype=torch.float64))
    assert solution.iterations == 0
    assert solution.converged
    assert not solution.x.any()


@pytest.mark.parametrize("f", ALL)
def test_a_good_start_is_used_and_not_changed(f):
    x = torch.linalg.solve(DOMINANT @ DOMINANT.T, B)
    start = x.clone()
    assert f(DOMINANT @ DOMINANT.T, B, start).iterations == 0
    assert torch.equal(start, x)


def test_conjugate_gradient_refuses_an_indefinite_matrix():
    A = torch.diag(torch.tensor([1.0, -1.0]))
    with pytest.raises(NotPositiveDefiniteError, match=r"p\^T A p = -3 at step 1"):
        conjugate_gradient(A, torch.tensor([1.0, 2.0]))


@pytest.mark.reference(
    "sklearn.exceptions.ConvergenceWarning", of="dlcore.linalg.ConvergenceWarning"
)
def test_the_warning_holds_the_residual():
    assert sklearn.exceptions.ConvergenceWarning.__name__ == ConvergenceWarning.__name__
    A, b = positive_definite(31, 31), gaussian(31, seed=1)
    with pytest.warns(ConvergenceWarning) as caught:
        solution = conjugate_gradient(A, b, max_iterations=3)
    residual = solution.residuals[-1]
    assert f"no convergence after 3 steps, residual {residual:.3g}" in str(caught[0].message)
    assert np.isclose(residual, (b - A @ solution.x).norm(), rtol=1e-9)


@pytest.mark.parametrize("f", [jacobi_solve, gauss_seidel])
def test_a_zero_on_the_diagonal(f):
    with pytest.raises(SingularMatrixError, match="divides by the diagonal"):
        f(torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.ones(2))


@pytest.mark.bad_input
@pytest.mark.parametrize("f", ALL)
def test_bad_input(f):
    with pytest.raises(ValueError, match=r"of shape"):
        f(torch.ones(2, 3), torch.ones(2))
    with pytest.raises(ValueError, match=r"one right-hand side of shape \(n,\), got \(3, 2\)"):
        f(torch.eye(3), torch.ones(3, 2))
    with pytest.raises(TypeError, match=r"got torch.int64"):
        f(torch.eye(3), torch.ones(3, dtype=torch.long))
