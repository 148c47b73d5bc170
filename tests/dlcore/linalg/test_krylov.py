"""Arnoldi, GMRES and Lanczos against SciPy and their defining equations."""

import pytest
import scipy.sparse.linalg
import torch

from dlcore.linalg import ConvergenceWarning, CSRMatrix, arnoldi, gmres, lanczos
from tests.dlcore.linalg.matrices import gaussian, symmetric
from tests.parity import assert_close

A, B = gaussian(31, 31), gaussian(31, seed=1)
S = symmetric(31, 31)


@pytest.mark.reference("A V_m = V_{m+1} H", of="dlcore.linalg.arnoldi")
@pytest.mark.reference("A V_m = V_{m+1} H", of="dlcore.linalg.Arnoldi")
@pytest.mark.parametrize("m", [1, 7, 30])
def test_arnoldi_relation(m):
    V, H = arnoldi(A, B, m)
    assert V.shape == (31, m + 1)
    assert H.shape == (m + 1, m)
    assert_close(A @ V[:, :-1], V @ H, rtol=1e-10, atol=1e-10)
    assert_close(V.T @ V, torch.eye(m + 1), atol=1e-13)
    assert torch.equal(H, H.triu(-1))
    power = torch.linalg.matrix_power(A, m) @ B
    assert_close(V @ (V.T @ power), power, atol=1e-9 * power.abs().max().item())


def test_the_full_arnoldi_matrix_has_the_eigenvalues():
    _, H = arnoldi(A, B, 40)
    assert H.shape == (31, 31)
    ours, theirs = torch.linalg.eigvals(H), torch.linalg.eigvals(A)
    assert_close((ours[:, None] - theirs).abs().amin(1), torch.zeros(31), atol=1e-9)


def test_an_invariant_subspace_ends_the_process():
    D = torch.diag(torch.tensor([1.0, 1.0, 2.0, 2.0, 3.0]))
    V, H = arnoldi(D, torch.ones(5), 5)
    assert V.shape == (5, 3)
    assert H.shape == (3, 3)
    assert lanczos(D, torch.ones(5), 5).V.shape == (5, 3)
    assert_close(torch.linalg.eigvalsh(lanczos(D, torch.ones(5), 5).T), [1.0, 2.0, 3.0], rtol=1e-5)
    assert arnoldi(torch.zeros(3, 3), torch.ones(3), 2).H.tolist() == [[0.0]]


@pytest.mark.reference("scipy.sparse.linalg.gmres", of="dlcore.linalg.gmres")
@pytest.mark.parametrize("restart", [None, 5])
def test_gmres_has_the_residuals_of_scipy(restart):
    M = A + 8 * torch.eye(31, dtype=torch.float64)
    norms = []
    theirs, info = scipy.sparse.linalg.gmres(
        M.numpy(),
        B.numpy(),
        rtol=1e-9,
        restart=restart or 31,
        maxiter=100,
        callback=norms.append,
        callback_type="pr_norm",
    )
    assert info == 0
    ours = gmres(M, B, rtol=1e-9, restart=restart)
    assert ours.converged
    assert_close(ours.x, theirs, rtol=1e-6)
    relative = [r / ours.residuals[0] for r in ours.residuals[1:12]]
    assert_close(relative, norms[:11], rtol=1e-6)
    assert ours.residuals == sorted(ours.residuals, reverse=True)


def test_gmres_of_a_shift_needs_all_steps():
    shift = torch.eye(7).roll(1, 0)
    e = torch.eye(7)[0]
    solution = gmres(shift, e)
    assert solution.iterations == 7
    assert_close(solution.residuals[:7], torch.ones(7), rtol=1e-6)
    assert_close(solution.x, shift.T @ e, atol=1e-6)


def test_gmres_of_a_singular_matrix():
    D = torch.diag(torch.tensor([1.0, 2.0, 0.0]))
    assert_close(gmres(D, torch.tensor([1.0, 2.0, 0.0])).x, [1.0, 1.0, 0.0], atol=1e-6)
    with pytest.warns(ConvergenceWarning, match=r"gmres: no convergence .* residual 1"):
        solution = gmres(D, torch.tensor([1.0, 2.0, 1.0]))
    assert solution.x.isfinite().all()


def test_gmres_stops_at_its_limit():
    with pytest.warns(ConvergenceWarning, match="after 3 steps"):
        assert gmres(A, B, max_iterations=3).iterations == 3


@pytest.mark.reference("scipy.sparse.linalg.eigsh", of="dlcore.linalg.lanczos")
def test_lanczos_finds_the_extreme_eigenvalues():
    ritz = torch.linalg.eigvalsh(lanczos(S, B, 25).T)
    theirs = scipy.sparse.linalg.eigsh(S.numpy(), k=2, which="BE", return_eigenvectors=False)
    assert_close(ritz[[0, -1]], sorted(theirs), rtol=1e-6)


@pytest.mark.reference("A V = V T + beta v e^T", of="dlcore.linalg.Lanczos")
@pytest.mark.parametrize("operator", [S, CSRMatrix.from_dense(S), lambda v: S @ v])
def test_lanczos_relation(operator):
    result = lanczos(operator, B, 7)
    V, rest = result.V, S @ result.V - result.V @ result.T
    assert_close(V.T @ V, torch.eye(7), atol=1e-13)
    assert_close(rest[:, :-1], torch.zeros(31, 6), atol=1e-12)
    assert_close(rest[:, -1].norm(), result.beta[-1], rtol=1e-10)


def test_without_reorthogonalization_copies_of_eigenvalues_appear():
    values = torch.cat([torch.linspace(0, 1, 50), torch.tensor([3.0])]).double()
    D, b = values.diag(), torch.ones(51, dtype=torch.float64)
    loose = lanczos(D, b, 45, reorthogonalize=False)
    assert (loose.V.T @ loose.V - torch.eye(45)).abs().max() > 0.5
    assert (torch.linalg.eigvalsh(loose.T) > 2.999).sum() >= 2
    tight = lanczos(D, b, 45)
    assert (tight.V.T @ tight.V - torch.eye(45)).abs().max() < 1e-12
    assert (torch.linalg.eigvalsh(tight.T) > 2.999).sum() == 1


@pytest.mark.bad_input
@pytest.mark.parametrize("f", [arnoldi, lanczos])
def test_bad_input(f):
    with pytest.raises(ValueError, match="m of at least 1 and b other than 0, got m = 0"):
        f(torch.eye(3), torch.ones(3), 0)
    with pytest.raises(ValueError, match="b other than 0"):
        f(torch.eye(3), torch.zeros(3), 2)
    with pytest.raises(ValueError, match=r"matrix of shape \(3, 3\) .* got \(2, 2\)"):
        f(torch.eye(2), torch.ones(3), 2)


@pytest.mark.bad_input
def test_bad_restart():
    with pytest.raises(ValueError, match="restart must be at least 1, got 0"):
        gmres(torch.eye(3), torch.ones(3), restart=0)
