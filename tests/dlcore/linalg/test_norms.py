"""Norms and condition numbers against torch and NumPy."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.linalg import (
    cond,
    frobenius_norm,
    lp_norm,
    normalize,
    nuclear_norm,
    spectral_norm,
)
from tests.dlcore.linalg.matrices import gaussian, hilbert
from tests.parity import assert_close, assert_parity, layouts

P = [1, 1.5, 2, 3, 10, math.inf]


@pytest.mark.reference("torch.linalg.vector_norm", of="dlcore.linalg.lp_norm")
@pytest.mark.parametrize("p", P)
@pytest.mark.parametrize("dim", [0, 1])
def test_lp_norm(p, dim):
    for x in layouts(gaussian(5, 7)).values():
        if x.shape[dim]:
            assert_parity(
                lambda x: lp_norm(x, p, dim),
                lambda x: torch.linalg.vector_norm(x, p, dim),
                x,
                factor=10,
            )
    assert lp_norm(torch.zeros(3, 0)).tolist() == [0, 0, 0]


def test_examples():
    x = torch.tensor([3.0, -4.0, 2.0], dtype=torch.float64)
    values = [9, 6.3561, 5.3852, 4.6261, 4.0223, 4]
    assert_close([lp_norm(x, p).item() for p in P], values, rtol=1e-4)


@pytest.mark.parametrize("p", P)
def test_nothing_overflows_or_underflows(p):
    for size in (1e-300, 1e300):
        x = size * torch.tensor([3.0, 4.0], dtype=torch.float64)
        assert_close(lp_norm(x, p) / size, lp_norm(x / size, p))
    assert lp_norm(torch.tensor([1.0, math.inf]), p) == math.inf
    assert lp_norm(torch.tensor([1.0, math.nan]), p).isnan()


@pytest.mark.parametrize("p", P)
def test_the_gradient_at_zero_is_zero(p):
    x = torch.zeros(3, requires_grad=True)
    (gradient,) = torch.autograd.grad(lp_norm(x, p), x)
    assert gradient.tolist() == [0, 0, 0]


VECTORS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1, max_size=7)


@given(VECTORS, st.floats(1, 20), st.floats(-10, 10))
def test_axioms_of_a_norm(pairs, p, a):
    x, y = torch.tensor(pairs, dtype=torch.float64).T
    assert (lp_norm(x, p) == 0) == (not x.any())
    assert_close(lp_norm(a * x, p), abs(a) * lp_norm(x, p), rtol=1e-12, atol=1e-300)
    assert lp_norm(x + y, p) <= (lp_norm(x, p) + lp_norm(y, p)) * (1 + 1e-12)
    assert lp_norm(x, math.inf) <= lp_norm(x, p) * (1 + 1e-12)
    assert lp_norm(x, p) <= lp_norm(x, 1) * (1 + 1e-12)


MATRIX_NORMS = {frobenius_norm: "fro", spectral_norm: 2, nuclear_norm: "nuc"}


@pytest.mark.reference("torch.linalg.matrix_norm", of="dlcore.linalg.frobenius_norm")
@pytest.mark.reference("torch.linalg.matrix_norm", of="dlcore.linalg.spectral_norm")
@pytest.mark.reference("torch.linalg.matrix_norm", of="dlcore.linalg.nuclear_norm")
@pytest.mark.parametrize("ours", MATRIX_NORMS)
@pytest.mark.parametrize("shape", [(5, 7), (2, 3, 7, 5)])
def test_matrix_norms(ours, shape):
    order = MATRIX_NORMS[ours]
    A = gaussian(*shape)
    assert_parity(ours, lambda A: torch.linalg.matrix_norm(A, order), A, factor=10)
    assert ours(torch.zeros(3, 5)) == 0


def test_matrix_norms_of_the_example():
    A = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    assert_close([f(A).item() for f in MATRIX_NORMS], [5.4772, 5.4650, 5.8310], rtol=1e-4)
    shift = torch.tensor([[0.0, 5.0], [0.0, 0.0]])
    assert spectral_norm(shift) == 5
    assert not torch.linalg.eigvals(shift).any()


@pytest.mark.reference("numpy.linalg.cond", of="dlcore.linalg.cond")
def test_cond():
    for A in (gaussian(5, 7), gaussian(2, 7, 5), hilbert(5)):
        assert_close(cond(A), np.linalg.cond(A.numpy()))
    assert_parity(cond, torch.linalg.cond, gaussian(5, 5), factor=10)
    assert cond(torch.zeros(3, 3)) == math.inf
    examples = torch.tensor([[[1, 2], [0.5, -1]], [[1, 2], [0.5, 1.01]]], dtype=torch.float64)
    assert_close(cond(examples), [2.7631, 627.0], rtol=1e-4)


@pytest.mark.parametrize("p", [1, math.inf, "fro"])
def test_cond_in_other_norms(p):
    A = gaussian(2, 5, 5)
    assert_close(cond(A, p), np.linalg.cond(A.numpy(), p if p != math.inf else np.inf))
    assert_parity(
        lambda A: cond(A, p),
        lambda A: torch.linalg.norm(A, p) * torch.linalg.norm(torch.linalg.inv(A), p),
        gaussian(7, 7),
        factor=10,
    )
    assert cond(torch.zeros(3, 3), p) == math.inf


@pytest.mark.bad_input
def test_condition_numbers_that_do_not_exist():
    with pytest.raises(ValueError, match="p must be 1, 2, infinity or 'fro', got 3"):
        cond(torch.eye(3), 3)
    with pytest.raises(ValueError, match=r"cond needs a square matrix .* got shape \(3, 5\)"):
        cond(torch.ones(3, 5), 1)
    with pytest.raises(ValueError, match="matrix with entries"):
        cond(torch.ones(0, 0), 1)


@pytest.mark.reference("torch.nn.functional.normalize", of="dlcore.linalg.normalize")
@pytest.mark.parametrize("p", P)
def test_normalize(p):
    x = gaussian(5, 7)
    assert_parity(
        lambda x: normalize(x, p),
        lambda x: torch.nn.functional.normalize(x, p),
        x,
        factor=10,
    )
    x[2] = 0
    assert_close(normalize(x, p, dim=0), torch.nn.functional.normalize(x, p, dim=0))
    assert not normalize(x, p)[2].any()


@pytest.mark.bad_input
def test_bad_input():
    for f in (lp_norm, normalize):
        with pytest.raises(ValueError, match=r"p must be at least 1, got 0\.5"):
            f(torch.ones(3), 0.5)
        with pytest.raises(TypeError, match=r"got torch\.int64"):
            f(torch.ones(3, dtype=torch.long))
    for f in (spectral_norm, nuclear_norm, cond):
        with pytest.raises(ValueError, match=r"needs a matrix with entries, got shape \(0, 3\)"):
            f(torch.zeros(0, 3))
