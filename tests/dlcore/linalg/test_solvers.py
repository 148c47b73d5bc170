"""Substitution, elimination and inverse against torch; what singular matrices do."""

import numpy as np
import pytest
import scipy.linalg
import torch

from dlcore.linalg import (
    IllConditionedWarning,
    SingularMatrixError,
    back_substitution,
    forward_substitution,
    inverse,
    solve,
)
from tests.dlcore.linalg.matrices import gaussian, hilbert
from tests.parity import assert_close, assert_parity


def well_conditioned(*shape, seed=0):
    return gaussian(*shape, seed=seed) + 5 * torch.eye(shape[-1], dtype=torch.float64)


@pytest.mark.reference("torch.linalg.solve_triangular", of="dlcore.linalg.forward_substitution")
@pytest.mark.reference("torch.linalg.solve_triangular", of="dlcore.linalg.back_substitution")
@pytest.mark.parametrize("shape", [(7, 7), (2, 3, 5, 5)])
@pytest.mark.parametrize("upper", [False, True])
def test_substitution(shape, upper):
    ours = back_substitution if upper else forward_substitution
    T, B = well_conditioned(*shape), gaussian(*shape[:-1], 3, seed=1)

    def reference(T, B):
        return torch.linalg.solve_triangular(T, B, upper=upper)

    assert_parity(ours, reference, T.triu() if upper else T.tril(), B, factor=10)
    assert_close(ours(T, B), reference(T, B))


def test_a_unit_diagonal_is_not_read():
    L = well_conditioned(7, 7).tril(-1) / 5
    b = gaussian(7, seed=1)
    L[range(7), range(7)] = torch.nan
    reference = torch.linalg.solve_triangular(L, b[:, None], upper=False, unitriangular=True)
    assert_close(forward_substitution(L, b, unit_diagonal=True), reference[:, 0])


@pytest.mark.reference("torch.linalg.solve", of="dlcore.linalg.solve")
@pytest.mark.parametrize("shape", [(1, 1), (7, 7), (2, 3, 5, 5)])
def test_solve(shape):
    A, B = well_conditioned(*shape), gaussian(*shape[:-1], 3, seed=1)
    assert_parity(solve, torch.linalg.solve, A, B, factor=10)
    if len(shape) == 2:
        assert_parity(solve, torch.linalg.solve, A, B[:, 0], factor=10)


@pytest.mark.reference("torch.linalg.inv", of="dlcore.linalg.inverse")
@pytest.mark.parametrize("shape", [(1, 1), (7, 7), (2, 3, 5, 5), (3, 0, 0)])
def test_inverse(shape):
    assert_parity(inverse, torch.linalg.inv, well_conditioned(*shape), factor=10)


@pytest.mark.parametrize("n", [5, 8, 10])
def test_solving_is_backward_stable_on_hilbert_matrices(n):
    A, x = hilbert(n), torch.ones(n, dtype=torch.float64)
    found = solve(A, A @ x)
    assert (A @ found - A @ x).abs().max() < 1e-15 * n
    theirs = np.linalg.solve(A.numpy(), (A @ x).numpy())
    error = np.abs(theirs - 1).max()
    assert (found - x).abs().max() < 100 * error
    by_inverse = inverse(A) @ (A @ x)
    assert (A @ by_inverse - A @ x).abs().max() > 10 * (A @ found - A @ x).abs().max()


def test_without_pivoting_this_would_be_all_wrong():
    A = torch.tensor([[1e-20, 1.0], [1.0, 1.0]], dtype=torch.float64)
    b = torch.tensor([1.0, 2.0], dtype=torch.float64)
    assert_close(solve(A, b), torch.ones(2), rtol=1e-15)
    assert_close(inverse(A) @ b, torch.ones(2), rtol=1e-15)


@pytest.mark.reference("torch.linalg.LinAlgError", of="dlcore.linalg.SingularMatrixError")
@pytest.mark.parametrize("f", [lambda A: solve(A, torch.ones(2)), inverse])
def test_singular_matrices_are_refused(f):
    singular = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
    with pytest.raises(torch.linalg.LinAlgError):
        torch.linalg.inv(singular)
    with pytest.raises(torch.linalg.LinAlgError, match="is singular, pivot 2 of 2 is zero"):
        f(singular)
    with pytest.raises(SingularMatrixError, match="pivot 1 of 2"):
        f(torch.full((2, 2), torch.nan))


def test_the_message_names_the_matrix_of_the_batch():
    A = torch.eye(2).repeat(2, 3, 1, 1)
    A[1, 2] = 0
    with pytest.raises(SingularMatrixError, match=r"the matrix \(1, 2\) of the batch is singular"):
        inverse(A)
    with pytest.raises(SingularMatrixError, match=r"the matrix \(1, 2\) of the batch"):
        solve(A, torch.ones(2, 3, 2, 1))
    with pytest.raises(SingularMatrixError, match=r"pivot 1 of 2"):
        back_substitution(A, torch.ones(2, 3, 2, 1))


@pytest.mark.reference("scipy.linalg.LinAlgWarning", of="dlcore.linalg.IllConditionedWarning")
def test_a_matrix_that_is_singular_but_for_rounding_gives_a_warning():
    A = torch.from_numpy(scipy.linalg.hilbert(15))
    b = torch.ones(15, dtype=torch.float64)
    with pytest.warns(scipy.linalg.LinAlgWarning):
        scipy.linalg.solve(A.numpy(), b.numpy())
    with pytest.warns(IllConditionedWarning, match="solve: pivots differ by a factor"):
        solve(A, b)
    with pytest.warns(IllConditionedWarning, match="inverse: pivots differ by a factor"):
        inverse(A)


@pytest.mark.bad_input
@pytest.mark.parametrize("f", [solve, forward_substitution, back_substitution])
def test_bad_input(f):
    with pytest.raises(ValueError, match=r"square matrix of shape \(..., n, n\), got shape \(2, 3"):
        f(torch.ones(2, 3), torch.ones(2))
    with pytest.raises(
        ValueError, match=r"b must have shape \(2,\) or \(..., 2, k\) .* got \(3,\)"
    ):
        f(torch.eye(2), torch.ones(3))
    with pytest.raises(TypeError, match=r"got torch\.int64"):
        f(torch.eye(2), torch.ones(2, dtype=torch.long))
