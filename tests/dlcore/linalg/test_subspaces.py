"""Echelon form, rank and bases against SymPy, SciPy and torch."""

import pytest
import scipy.linalg
import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.linalg import column_space, is_linearly_independent, matrix_rank, null_space, rref
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

EXERCISE = torch.tensor([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 1.0, 2.0]])


def of_rank(m, n, rank, seed=0):
    return gaussian(m, rank, seed=seed) @ gaussian(rank, n, seed=seed + 1)


@pytest.mark.reference("sympy.Matrix.rref", of="dlcore.linalg.rref")
@pytest.mark.reference("sympy.Matrix.rref", of="dlcore.linalg.RowEchelon")
@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 10**6))
def test_rref(m, n, seed):
    generator = torch.Generator().manual_seed(seed)
    A = torch.randint(-2, 3, (m, n), generator=generator).double()
    R, pivots = rref(A)
    theirs, columns = sympy.Matrix(A.long().tolist()).rref()
    assert pivots == list(columns)
    assert_close(R, [[float(x) for x in theirs.row(i)] for i in range(m)], atol=1e-9)


def test_rref_by_hand():
    assert rref(EXERCISE).R.tolist() == [[1, 0, 1], [0, 1, 1], [0, 0, 0]]
    assert rref(torch.zeros(2, 3)).pivots == []
    assert rref(torch.zeros(0, 3)).R.shape == (0, 3)


@pytest.mark.reference("torch.linalg.matrix_rank", of="dlcore.linalg.matrix_rank")
@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (5, 3, 7)])
def test_matrix_rank(shape):
    A = gaussian(*shape)
    A[..., -1] = A[..., 0]
    assert torch.equal(matrix_rank(A), torch.linalg.matrix_rank(A))
    assert matrix_rank(EXERCISE) == 2
    assert matrix_rank(torch.zeros(3, 5)) == 0
    assert matrix_rank(torch.zeros(0, 5)) == 0


def test_the_tolerance_decides():
    A = torch.diag(torch.tensor([1.0, 1e-5], dtype=torch.float64))
    assert matrix_rank(A) == 2
    assert matrix_rank(A, rtol=1e-4) == 1


def test_rank_of_a_gram_matrix_with_more_features_than_examples():
    X = gaussian(11, 31)
    assert matrix_rank(X) == 11
    assert matrix_rank(X.T @ X) == 11


@pytest.mark.reference("scipy.linalg.orth", of="dlcore.linalg.column_space")
@pytest.mark.reference("scipy.linalg.null_space", of="dlcore.linalg.null_space")
@pytest.mark.parametrize("sizes", [(5, 5, 3), (7, 3, 2), (3, 7, 2), (5, 5, 5), (3, 7, 3)])
def test_bases_span_the_same_spaces(sizes):
    m, n, rank = sizes
    A = of_rank(m, n, rank)
    bases = {scipy.linalg.orth: column_space(A), scipy.linalg.null_space: null_space(A)}
    for theirs, ours in bases.items():
        Q = torch.from_numpy(theirs(A.numpy()))
        assert ours.shape == Q.shape
        assert_close(ours.T @ ours, torch.eye(ours.shape[1]), atol=1e-13)
        assert_close(ours @ ours.T, Q @ Q.T, atol=1e-12)
    assert_close(A @ null_space(A), torch.zeros(m, n - rank), atol=1e-13)


def test_spaces_of_the_zero_matrix():
    assert column_space(torch.zeros(3, 5)).shape == (3, 0)
    assert null_space(torch.zeros(3, 5)).shape == (5, 5)


@pytest.mark.reference("torch.linalg.matrix_rank", of="dlcore.linalg.is_linearly_independent")
@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([[1.0, 0, 1], [0, 1, 0], [1, 1, 1]], False),  # pairwise independent
        ([[1.0, 2], [2, 4]], False),
        ([[1.0, 0], [0, 1]], True),
        ([[1.0, 0], [0, 1], [1, 1]], False),  # more than the dimension
        ([[0.0, 0]], False),
        ([[0.1, 0.3], [0.3, 0.9]], False),  # the determinant is not exactly zero
    ],
)
def test_is_linearly_independent(columns, expected):
    V = torch.tensor(columns, dtype=torch.float64).T
    assert is_linearly_independent(V) == expected
    assert (torch.linalg.matrix_rank(V) == V.shape[1]) == expected


@pytest.mark.bad_input
def test_bad_input():
    for f in (rref, column_space, null_space):
        with pytest.raises(ValueError, match=r"needs one matrix of shape \(m, n\), got shape"):
            f(torch.ones(2, 3, 4))
    for f in (matrix_rank, is_linearly_independent):
        with pytest.raises(ValueError, match=r"needs a matrix of shape \(..., m, n\)"):
            f(torch.ones(2))
