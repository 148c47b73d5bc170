"""Sums against math.fsum, and their errors against the theory."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.numerics import kahan_sum, pairwise_sum, sequential_sum
from tests.parity import assert_close

ALL = [sequential_sum, pairwise_sum, kahan_sum]


@pytest.mark.reference("numpy.cumsum", of="dlcore.numerics.sequential_sum")
@pytest.mark.reference("math.fsum", of="dlcore.numerics.pairwise_sum")
@pytest.mark.reference("math.fsum", of="dlcore.numerics.kahan_sum")
@given(st.lists(st.floats(-1e6, 1e6), max_size=23))
def test_against_fsum(numbers):
    x = torch.tensor(numbers, dtype=torch.float64)
    size = sum(abs(v) for v in numbers)
    for f in ALL:
        assert abs(f(x).item() - math.fsum(numbers)) <= 23 * 2.3e-16 * size


def test_in_order_is_what_numpy_accumulates(generator):
    x = torch.rand(997, generator=generator)
    assert sequential_sum(x).item() == np.cumsum(x.numpy())[-1]


def test_errors_grow_as_the_theory_says(generator):
    x = torch.rand(3, 4096, generator=generator)
    exact = torch.tensor([math.fsum(row) for row in x.double().tolist()], dtype=torch.float64)
    u = torch.finfo(torch.float32).eps / 2
    errors = {f: ((f(x).double() - exact).abs() / exact).max().item() for f in ALL}
    assert errors[pairwise_sum] <= 12 * u
    assert errors[kahan_sum] <= 2 * u
    assert errors[sequential_sum] > 12 * u


def test_small_terms_are_not_lost():
    x = torch.cat([torch.ones(1), torch.full((1000,), 2.0**-25)])
    assert sequential_sum(x) == 1
    assert_close(kahan_sum(x), torch.tensor(1 + 1000 * 2.0**-25), rtol=2e-7)


@pytest.mark.parametrize("f", ALL)
def test_shapes_and_gradients(f):
    x = torch.arange(30.0, dtype=torch.float64).reshape(2, 3, 5).requires_grad_()
    assert_close(f(x), x.sum(-1))
    assert_close(torch.autograd.grad(f(x).sum(), x)[0], torch.ones_like(x))
    assert f(torch.zeros(3, 0)).tolist() == [0, 0, 0]
    assert f(x.bfloat16()).dtype == torch.bfloat16


@pytest.mark.bad_input
@pytest.mark.parametrize("f", ALL)
def test_bad_input(f):
    with pytest.raises(ValueError, match="got a single number"):
        f(torch.tensor(1.0))
    with pytest.raises(TypeError, match=r"got torch\.int64"):
        f(torch.arange(3))
