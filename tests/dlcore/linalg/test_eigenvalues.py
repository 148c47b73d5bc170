"""All eigenvalues at once, against torch and SciPy."""

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.linalg import ConvergenceWarning, hessenberg, jacobi_eigh, qr_algorithm
from tests.dlcore.linalg.matrices import gaussian, hilbert, symmetric
from tests.parity import assert_close


def sorted_complex(values):
    return np.sort_complex(np.round(np.asarray(values), 9))


@pytest.mark.reference("scipy.linalg.hessenberg", of="dlcore.linalg.hessenberg")
@pytest.mark.reference("scipy.linalg.hessenberg", of="dlcore.linalg.Hessenberg")
@pytest.mark.parametrize("n", [0, 1, 2, 3, 7])
def test_hessenberg(n):
    A = gaussian(n, n)
    Q, H = hessenberg(A)
    assert_close(Q @ H @ Q.T, A, atol=1e-13)
    assert_close(Q.T @ Q, torch.eye(n), atol=1e-14)
    assert torch.equal(H, H.triu(-1))
    if n:
        assert_close(H.abs(), np.abs(scipy.linalg.hessenberg(A.numpy())), rtol=1e-8, atol=1e-11)
    assert (H.diagonal(-1)[: max(n - 1, 0)] >= 0).all()


def test_hessenberg_of_batches_and_symmetric_matrices():
    A = symmetric(2, 3, 5, 5)
    Q, H = hessenberg(A)
    assert_close(Q @ H @ Q.mT, A, atol=1e-13)
    assert_close(H.triu(2), torch.zeros_like(A), atol=1e-13)


@pytest.mark.reference("torch.linalg.eigvals", of="dlcore.linalg.qr_algorithm")
@pytest.mark.reference("scipy.linalg.schur", of="dlcore.linalg.Schur")
@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 31])
def test_qr_algorithm(n):
    A = gaussian(n, n)
    values, Q, T, _ = qr_algorithm(A)
    expected = torch.linalg.eigvals(A)
    assert_close(sorted_complex(values), sorted_complex(expected), rtol=1e-7, atol=1e-8)
    assert_close(Q @ T @ Q.mH + 0j, A + 0j, atol=1e-12)
    assert_close(Q.mH @ Q, torch.eye(n, dtype=Q.dtype), atol=1e-12)
    assert torch.equal(T, T.triu())
    if n > 1:
        scipy_T, _ = scipy.linalg.schur(A.numpy(), output="complex")
        assert_close(T.norm(), np.linalg.norm(scipy_T))


@pytest.mark.parametrize("n", [1, 2, 7, 31])
def test_qr_algorithm_of_symmetric_matrices(n):
    A = symmetric(n, n)
    schur = qr_algorithm(A)
    assert schur.T.dtype == torch.float64
    assert_close(schur.eigenvalues.sort().values, torch.linalg.eigvalsh(A), atol=1e-12)
    assert_close(schur.Q @ schur.T @ schur.Q.T, A, atol=1e-12)
    assert torch.equal(schur.T, schur.eigenvalues.diag())
    assert schur.iterations <= 4 * n


@pytest.mark.parametrize(
    "A",
    [
        torch.zeros(5, 5),
        torch.eye(5),
        torch.ones(5, 5),
        torch.eye(7).roll(1, 0),  # unshifted steps leave it as it is
        torch.eye(4).roll(1, 0),
        torch.diag(torch.ones(4), 1),  # one eigenvector only
        torch.tensor([[0.0, 1.0], [-1.0, 0.0]]),
        torch.tensor([[0.0, 1.0], [1.0, 0.0]]),
        torch.tensor([[1.0, 1e-30], [1e30, 1.0]]),
    ],
)
def test_matrices_that_are_hard_for_the_qr_algorithm(A):
    A = A.double()
    values = qr_algorithm(A).eigenvalues + 0j
    expected = torch.linalg.eigvals(A)
    distance = (values[:, None] - expected).abs()
    assert distance.amin(0).max() < 1e-3
    assert distance.amin(1).max() < 1e-3
    assert_close(values.sum(), A.trace() + 0j, atol=1e-9)


def test_float32():
    A = gaussian(7, 7).float()
    schur = qr_algorithm(A)
    assert schur.eigenvalues.dtype == torch.complex64
    assert_close(schur.Q @ schur.T @ schur.Q.mH, A + 0j, rtol=0, atol=1e-4)


def test_shifts_save_steps():
    A = symmetric(7, 7)
    plain, shifted = qr_algorithm(A, shift=False), qr_algorithm(A)
    assert_close(plain.eigenvalues.sort().values, shifted.eigenvalues.sort().values, atol=1e-8)
    assert plain.iterations > 10 * shifted.iterations


def test_the_rate_without_shifts_is_the_ratio_of_eigenvalues():
    Q = torch.linalg.qr(gaussian(2, 2)).Q
    A = Q @ torch.diag(torch.tensor([2.0, 1.0], dtype=torch.float64)) @ Q.T
    residuals = qr_algorithm((A + A.T) / 2, shift=False).residuals
    assert_close(residuals[20] / residuals[19], 0.5, rtol=1e-6)


def test_a_stall_is_reported():
    rotation = torch.tensor([[0.0, 1.0], [-1.0, 0.0]])
    with pytest.warns(ConvergenceWarning, match="qr_algorithm: no convergence after 50 steps"):
        schur = qr_algorithm(rotation, shift=False, max_iterations=50)
    assert schur.residuals[-1] == 1


@pytest.mark.reference("torch.linalg.eigh", of="dlcore.linalg.jacobi_eigh")
@pytest.mark.reference("torch.linalg.eigh", of="dlcore.linalg.Eigh")
@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (2, 2), (7, 7), (2, 3, 5, 5), (31, 31)])
def test_jacobi_eigh(shape):
    A = symmetric(*shape)
    values, V = jacobi_eigh(A)
    theirs = torch.linalg.eigh(A)
    assert_close(values, theirs.eigenvalues, rtol=1e-10, atol=1e-12)
    assert_close(V * values[..., None, :] @ V.mT, A, atol=1e-12)
    assert_close((V.mT @ theirs.eigenvectors).abs(), torch.eye(shape[-1]).expand(shape), atol=1e-9)


@pytest.mark.parametrize(
    "A", [torch.zeros(5, 5), torch.eye(5), torch.ones(5, 5), 1e30 * torch.ones(3, 3)]
)
def test_jacobi_eigh_of_repeated_eigenvalues(A):
    values, V = jacobi_eigh(A)
    assert_close(V.T @ V, torch.eye(len(A)), atol=1e-6)
    assert_close(values, torch.linalg.eigvalsh(A), rtol=1e-5, atol=1e-5 * A.max().item())


def test_jacobi_finds_small_eigenvalues_of_a_hilbert_matrix():
    A = hilbert(7)
    exact = [3.493898605991216e-09, 4.856763361740126e-07]
    assert_close(jacobi_eigh(A).eigenvalues[:2], exact, rtol=1e-6)


def test_jacobi_reports_that_it_was_stopped():
    with pytest.warns(ConvergenceWarning, match="jacobi_eigh: no convergence after 1 steps"):
        jacobi_eigh(symmetric(7, 7), max_sweeps=1)


@given(st.integers(1, 6), st.integers(0, 99))
def test_trace_and_determinant(n, seed):
    A = gaussian(n, n, seed=seed)
    values = qr_algorithm(A).eigenvalues + 0j
    assert_close(values.sum(), A.trace() + 0j, atol=1e-9)
    assert_close(values.prod(), torch.linalg.det(A) + 0j, rtol=1e-6, atol=1e-9)


@pytest.mark.bad_input
def test_bad_input():
    for f in (hessenberg, qr_algorithm, jacobi_eigh):
        with pytest.raises(ValueError, match=r"needs a square matrix .* got shape \(2, 3\)"):
            f(torch.ones(2, 3))
    with pytest.raises(ValueError, match="needs one matrix"):
        qr_algorithm(torch.ones(2, 3, 3))
    with pytest.raises(ValueError, match="needs a symmetric matrix, entries differ by 1"):
        jacobi_eigh(torch.tensor([[1.0, 1.0], [0.0, 1.0]]))


def test_no_gradient_is_recorded():
    A = symmetric(3, 3).requires_grad_()
    results = [*jacobi_eigh(A), *hessenberg(A), *qr_algorithm(A)[:3]]
    assert not any(result.requires_grad for result in results)
