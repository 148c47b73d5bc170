"""Sparse matrices against SciPy."""

import numpy as np
import pytest
import scipy.sparse
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from dlcore.linalg import COOMatrix, CSRMatrix
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close


def random_entries(m, n, count, seed=0):
    """Entries in random places, some of them in the same."""
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randint(m, (count,), generator=generator)
    columns = torch.randint(n, (count,), generator=generator)
    return gaussian(count, seed=seed), rows, columns


SIZES = st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(0, 23), st.integers(0, 999))


@pytest.mark.reference("scipy.sparse.coo_array", of="dlcore.linalg.COOMatrix")
@pytest.mark.reference("scipy.sparse.csr_array", of="dlcore.linalg.CSRMatrix")
@given(SIZES)
def test_formats(sizes):
    m, n, count, seed = sizes
    values, rows, columns = random_entries(m, n, count, seed)
    ours = COOMatrix(values, rows, columns, (m, n))
    theirs = scipy.sparse.coo_array((values, (rows, columns)), (m, n))
    dense, csr, reference = theirs.toarray(), ours.to_csr(), theirs.tocsr()
    reference.sort_indices()
    reference.sum_duplicates()
    assert_close(ours.to_dense(), dense)
    assert_close(csr.values, reference.data)
    assert csr.indices.tolist() == reference.indices.tolist()
    assert csr.indptr.tolist() == reference.indptr.tolist()
    assert csr.nnz == reference.nnz
    for matrix in (ours, csr):
        assert matrix.shape == (m, n)
        assert_close(matrix.to_dense(), dense)
        assert_close(matrix.T.to_dense(), dense.T.copy())
    assert_close(csr.to_coo().to_dense(), dense)


@given(SIZES)
def test_products(sizes):
    m, n, count, seed = sizes
    values, rows, columns = random_entries(m, n, count, seed)
    coo = COOMatrix(values, rows, columns, (m, n))
    csr, dense = coo.to_csr(), coo.to_dense()
    x, X = gaussian(n, seed=seed), gaussian(n, 3, seed=seed)
    for matrix in (coo, csr):
        assert_close(matrix @ x, dense @ x, atol=1e-12)
        assert_close(matrix @ X, dense @ X, atol=1e-12)
    other = COOMatrix(*random_entries(n, 5, count, seed + 1), (n, 5)).to_csr()
    product = csr @ other
    theirs = scipy.sparse.csr_array(dense.numpy()) @ other.to_dense().numpy()
    assert_close(product.to_dense(), theirs, atol=1e-12)
    assert product.nnz <= sum(csr.indptr.diff()[i] * other.indptr.diff().amax() for i in range(m))


def test_example():
    A = CSRMatrix.from_dense(torch.tensor([[0.0, 0, 5], [0, 0, 0], [3, 0, 1]]))
    assert A.indptr.tolist() == [0, 1, 1, 3]
    assert A.indices.tolist() == [2, 0, 2]
    assert A.values.tolist() == [5, 3, 1]
    assert repr(A) == "CSRMatrix(shape=(3, 3), nnz=3, dtype=torch.float32)"
    assert repr(A.to_coo()) == "COOMatrix(shape=(3, 3), nnz=3, dtype=torch.float32)"


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_no_entries(shape):
    A = CSRMatrix.from_dense(torch.zeros(shape))
    assert A.nnz == 0
    assert A.T.shape == shape[::-1]
    assert torch.equal(A @ torch.ones(shape[1]), torch.zeros(shape[0]))
    assert torch.equal(A.to_dense(), torch.zeros(shape))


def test_gradient_reaches_entries_and_vector():
    values, rows, columns = random_entries(5, 7, 11)
    x = gaussian(7)

    def product(values, x):
        return COOMatrix(values, rows, columns, (5, 7)).to_csr() @ x

    assert torch.autograd.gradcheck(product, (values.requires_grad_(), x.requires_grad_()))


def test_the_product_touches_only_stored_entries():
    n = 100_003
    values, rows, columns = random_entries(n, n, 997)
    A = COOMatrix(values, rows, columns, (n, n)).to_csr()
    with FlopCounterMode(display=False) as counter:
        y = A @ torch.ones(n, dtype=torch.float64)
    assert counter.get_total_flops() == 0  # no dense product
    theirs = scipy.sparse.coo_array((values, (rows, columns)), (n, n)) @ np.ones(n)
    assert_close(y, theirs)


@pytest.mark.bad_input
def test_bad_coo():
    v, i = torch.ones(2), torch.tensor([0, 1])
    with pytest.raises(ValueError, match="rows must be from 0 to 0, got 0 to 1"):
        COOMatrix(v, i, i, (1, 2))
    with pytest.raises(ValueError, match="columns must be from 0 to 1, got -1 to 0"):
        COOMatrix(v, i, i - 1, (2, 2))
    with pytest.raises(
        ValueError, match=r"rows must be as many as the values, .* \(1,\) and \(2,\)"
    ):
        COOMatrix(v, i[:1], i, (2, 2))
    with pytest.raises(TypeError, match=r"rows must be integers, got torch\.float32"):
        COOMatrix(v, v, i, (2, 2))
    with pytest.raises(TypeError, match=r"got torch\.int64"):
        COOMatrix(i, i, i, (2, 2))


@pytest.mark.bad_input
def test_bad_csr():
    v, i = torch.ones(2), torch.tensor([0, 1])
    for indptr in ([0, 2], [0, 1, 2, 2]):
        with pytest.raises(ValueError, match="needs as many indices as values and 3 row pointers"):
            CSRMatrix(v, i, torch.tensor(indptr), (2, 2))
    for indptr in ([0, 2, 1], [1, 1, 2], [0, 1, 1]):
        with pytest.raises(ValueError, match="indptr must rise from 0 to 2"):
            CSRMatrix(v, i, torch.tensor(indptr), (2, 2))
    A = CSRMatrix(v, i, torch.tensor([0, 1, 2]), (2, 2))
    with pytest.raises(ValueError, match=r"factor of shape \(2,\) or \(2, k\), got \(3,\)"):
        A @ torch.ones(3)
    with pytest.raises(ValueError, match=r"sizes do not fit: \(2, 2\) times \(3, 3\)"):
        A @ CSRMatrix.from_dense(torch.eye(3))
