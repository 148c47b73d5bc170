"""Unfolding and CP against NumPy, SciPy, einsum and tensors of known rank."""

from itertools import pairwise

import numpy as np
import pytest
import scipy.linalg
import torch

from dlcore.linalg import ConvergenceWarning, cp_als, cp_to_tensor, fold, khatri_rao, unfold
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close, assert_parity

SHAPE = (3, 5, 7)
FACTORS = [gaussian(n, 2, seed=n) for n in SHAPE]


@pytest.mark.reference("numpy.moveaxis", of="dlcore.linalg.unfold")
@pytest.mark.reference("numpy.moveaxis", of="dlcore.linalg.fold")
@pytest.mark.parametrize("shape", [(3,), (3, 5), SHAPE, (2, 3, 5, 7)])
def test_unfold(shape):
    T = gaussian(*shape)
    for mode in range(len(shape)):
        M = unfold(T, mode)
        assert_close(M, np.moveaxis(T.numpy(), mode, 0).reshape(shape[mode], -1))
        assert torch.equal(fold(M, mode, shape), T)


@pytest.mark.reference("scipy.linalg.khatri_rao", of="dlcore.linalg.khatri_rao")
def test_khatri_rao():
    A, B = gaussian(5, 3), gaussian(7, 3, seed=1)
    assert_close(khatri_rao(A, B), scipy.linalg.khatri_rao(A.numpy(), B.numpy()))
    gram = (A.T @ A) * (B.T @ B)
    assert_close(khatri_rao(A, B).T @ khatri_rao(A, B), gram)


@pytest.mark.reference("torch.einsum", of="dlcore.linalg.cp_to_tensor")
def test_cp_to_tensor():
    weights = torch.tensor([2.0, -3.0], dtype=torch.float64)

    def einsum(a, b, c, w):
        return torch.einsum("ir,jr,kr,r->ijk", a, b, c, w)

    assert_parity(lambda *f: cp_to_tensor(f[:3], f[3]), einsum, *FACTORS, weights, factor=10)


@pytest.mark.parametrize("mode", range(3))
def test_unfolding_and_khatri_rao_run_in_the_same_order(mode):
    others = [factor for i, factor in enumerate(FACTORS) if i != mode]
    expected = FACTORS[mode] @ khatri_rao(*others).T
    assert_close(unfold(cp_to_tensor(FACTORS), mode), expected)


@pytest.mark.reference("a tensor of known rank", of="dlcore.linalg.cp_als")
@pytest.mark.reference("a tensor of known rank", of="dlcore.linalg.CP")
def test_cp_als_finds_the_factors(generator):
    T = cp_to_tensor(FACTORS)
    weights, factors, errors = cp_als(T, 2, rtol=1e-12, max_iterations=2000, generator=generator)
    assert errors[-1] < 1e-6
    assert_close(cp_to_tensor(factors, weights), T, atol=1e-5)
    assert (weights.diff() <= 0).all()
    sizes = torch.stack([f.norm(dim=0) for f in FACTORS]).prod(0).sort(descending=True)
    assert_close(weights, sizes.values, rtol=1e-4)
    for found, truth in zip(factors, FACTORS, strict=True):
        assert_close(found.norm(dim=0), torch.ones(2))
        unit = truth[:, sizes.indices] / truth[:, sizes.indices].norm(dim=0)
        assert_close((found * unit).sum(0).abs(), torch.ones(2), rtol=1e-5)


def test_the_error_never_rises(generator):
    T = gaussian(5, 5, 5)
    with pytest.warns(ConvergenceWarning, match="cp_als: no convergence after 30 steps"):
        errors = cp_als(T, 3, rtol=0, max_iterations=30, generator=generator).errors
    assert all(after <= before + 1e-12 for before, after in pairwise(errors))
    assert_close(len(errors), 30)


def test_of_a_matrix_it_is_the_best_approximation(generator):
    A = gaussian(7, 5)
    cp = cp_als(A, 2, rtol=1e-13, max_iterations=5000, generator=generator)
    S = torch.linalg.svdvals(A)
    assert_close(cp.errors[-1], S[2:].norm() / S.norm(), rtol=1e-6)


def test_more_terms_than_the_rank_and_the_zero_tensor(generator):
    T = cp_to_tensor([f[:, :1] for f in FACTORS])
    assert cp_als(T, 3, generator=generator).errors[-1] < 1e-7
    cp = cp_als(torch.zeros(3, 4, 5), 2, generator=generator)
    assert not cp.weights.any()
    assert cp.factors[0].isfinite().all()


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="unfold: mode must be from 0 to 1, got 2"):
        unfold(torch.ones(2, 3), 2)
    with pytest.raises(ValueError, match=r"matrix of shape \(2, 6\) can't fold to \(2, 3, 5\)"):
        fold(torch.ones(2, 6), 0, (2, 3, 5))
    with pytest.raises(ValueError, match=r"equally many columns, got \(2, 3\) and \(3, 2\)"):
        khatri_rao(torch.ones(2, 3), torch.ones(3, 2))
    with pytest.raises(ValueError, match="needs at least one factor"):
        cp_to_tensor([])
    with pytest.raises(ValueError, match="needs two axes and a rank of 1, got 1 and 2"):
        cp_als(torch.ones(3), 2)
