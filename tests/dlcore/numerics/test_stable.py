"""The stable functions against SciPy and torch, in the tails, at ties and at infinity."""

import math

import numpy as np
import pytest
import scipy.special
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.numerics import (
    log_softmax,
    logsigmoid,
    logsumexp,
    naive_softmax,
    sigmoid,
    softmax,
    softplus,
)
from tests.parity import assert_close, assert_parity, edge_grid, layouts

INF = math.inf


def torch_softplus(z):
    """Torch replaces softplus(z) by z above a threshold, by default as low as 20."""
    return torch.nn.functional.softplus(z, threshold=40)


ELEMENTWISE = {
    sigmoid: (torch.sigmoid, scipy.special.expit),
    softplus: (torch_softplus, lambda z: np.logaddexp(0, z)),
    logsigmoid: (torch.nn.functional.logsigmoid, scipy.special.log_expit),
}
ALONG_A_DIMENSION = {
    softmax: (torch.softmax, scipy.special.softmax),
    log_softmax: (torch.log_softmax, scipy.special.log_softmax),
    logsumexp: (torch.logsumexp, scipy.special.logsumexp),
}
SMOOTH = [*ELEMENTWISE, *ALONG_A_DIMENSION]


@pytest.fixture
def z(generator):
    return 10 * torch.randn(7, 5, generator=generator, dtype=torch.float64)


@pytest.mark.reference("scipy.special.expit", of="dlcore.numerics.sigmoid")
@pytest.mark.reference("numpy.logaddexp", of="dlcore.numerics.softplus")
@pytest.mark.reference("scipy.special.log_expit", of="dlcore.numerics.logsigmoid")
@pytest.mark.parametrize("ours", ELEMENTWISE)
def test_elementwise_parity(ours, z):
    theirs, numpy_function = ELEMENTWISE[ours]
    assert_parity(ours, theirs, z)
    grid = edge_grid(infinities=True)
    assert_close(ours(grid), numpy_function(grid.numpy()), rtol=1e-14, atol=0)
    assert_parity(ours, theirs, edge_grid(infinities=True), gradient=ours is not sigmoid)


@pytest.mark.parametrize("ours", ELEMENTWISE)
def test_the_tails_keep_their_relative_accuracy(ours):
    z = torch.linspace(-700, 700, 1401, dtype=torch.float64)
    assert_close(ours(z), ELEMENTWISE[ours][1](z.numpy()), rtol=1e-15 * 8, atol=0)


@pytest.mark.reference("scipy.special.softmax", of="dlcore.numerics.softmax")
@pytest.mark.reference("scipy.special.log_softmax", of="dlcore.numerics.log_softmax")
@pytest.mark.reference("scipy.special.logsumexp", of="dlcore.numerics.logsumexp")
@pytest.mark.parametrize("dim", [0, 1, -1])
@pytest.mark.parametrize("ours", ALONG_A_DIMENSION)
def test_parity_along_a_dimension(ours, dim, z):
    theirs, scipy_function = ALONG_A_DIMENSION[ours]
    for part in layouts(z).values():
        if part.shape[dim]:
            assert_parity(ours, theirs, part, dim=dim)
    assert_close(ours(z, dim), scipy_function(z.numpy(), axis=dim), rtol=1e-12)


@pytest.mark.reference("scipy.special.softmax", of="dlcore.numerics.naive_softmax")
def test_the_naive_softmax_is_right_until_it_is_nan(z):
    assert_close(naive_softmax(z, 1), scipy.special.softmax(z.numpy(), axis=1), rtol=1e-12)
    for shift in (1000.0, -1000.0):
        row = torch.tensor([0.0, 1.0, 2.0], dtype=torch.float64) + shift
        assert naive_softmax(row).isnan().all()
        assert_close(softmax(row), scipy.special.softmax(row.numpy()), rtol=1e-12)


@pytest.mark.parametrize(
    "row", [[0.0, 0.0, 0.0], [1e30, -1e30, 0.0], [1000.0, 999.0, -1000.0], [0.0, -INF, 1.0]]
)
@pytest.mark.parametrize("ours", ALONG_A_DIMENSION)
def test_extreme_rows_have_right_values_and_gradients(ours, row):
    z = torch.tensor([row], dtype=torch.float64)
    assert_parity(ours, ALONG_A_DIMENSION[ours][0], z, dim=1)


@pytest.mark.parametrize("ours", ALONG_A_DIMENSION)
def test_undefined_rows_are_nan_where_torch_says_nan(ours):
    z = torch.tensor([[-INF, -INF], [INF, 0.0], [INF, -INF], [math.nan, 0.0]], dtype=torch.float64)
    assert_parity(ours, ALONG_A_DIMENSION[ours][0], z, dim=1, gradient=False)


def test_log_softmax_is_finite_where_the_probability_underflows():
    z = torch.tensor([0.0, 1000.0])
    assert log_softmax(z).tolist() == [-1000.0, 0.0]
    assert softmax(z).tolist() == [0.0, 1.0]


def test_log_softmax_keeps_small_differences_of_large_logits():
    z = torch.tensor([1e8, 1e8 + 1], dtype=torch.float64)
    assert_close(log_softmax(z), log_softmax(z - 1e8), rtol=1e-15)


def test_a_number_without_dimensions_is_one_class():
    z = torch.tensor(3.0)
    assert softmax(z).item() == 1
    assert log_softmax(z).item() == 0
    assert logsumexp(z).item() == 3


def test_all_derivatives_of_the_sigmoid_at_0():
    z = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    y, values = sigmoid(z), []
    for _ in range(4):
        values.append(y.item())
        (y,) = torch.autograd.grad(y.sum(), z, create_graph=True)
    assert values == [1 / 2, 1 / 4, 0, -1 / 8]


@pytest.mark.parametrize("f", SMOOTH)
def test_first_and_second_derivatives(f):
    z = torch.tensor([0.0, 0.0, -0.0, 2.0, -3.0, 30.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(f, z)
    assert torch.autograd.gradgradcheck(f, z)


@pytest.mark.parametrize("f", SMOOTH)
def test_gradients_are_finite_for_huge_numbers(f):
    z = torch.tensor([3e38, -3e38, 1e4, -1e4, 0.0], requires_grad=True)
    (gradient,) = torch.autograd.grad(f(z).sum(), z)
    assert gradient.isfinite().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("f", SMOOTH)
def test_half_precision_errs_by_a_few_units_in_the_last_place(f, dtype):
    z = torch.linspace(-14, 14, 113).to(dtype).reshape(1, -1)
    actual, truth = f(z), f(z.double())
    assert actual.dtype == dtype
    resolution = (
        torch.finfo(dtype).eps * truth.abs() + 2 * torch.finfo(dtype).smallest_normal / 1024
    )
    assert ((actual.double() - truth).abs() <= 3 * resolution).all()


def test_the_sum_over_many_classes_does_not_overflow_in_float16():
    z = torch.zeros(70_001, dtype=torch.float16)
    assert_close(logsumexp(z).double(), math.log(70_001), rtol=1e-3)
    assert_close(log_softmax(z)[0].double(), -math.log(70_001), rtol=1e-3)
    assert softmax(z).min() > 1e-5


@given(
    st.lists(st.floats(-50, 50), min_size=1, max_size=11),
    st.floats(-1e3, 1e3),
)
def test_softmax_is_a_distribution_that_a_shift_does_not_change(z, c):
    z = torch.tensor(z, dtype=torch.float64)
    p = softmax(z)
    assert_close(p.sum(), 1.0, rtol=1e-14)
    assert (p > 0).all()
    assert_close(softmax(z + c), p, rtol=1e-11)
    assert_close(logsumexp(z + c), logsumexp(z) + c, rtol=1e-12, atol=1e-11)


@given(st.floats(-500, 500))
def test_symmetries(z):
    z = torch.tensor(z, dtype=torch.float64)
    assert_close(sigmoid(z) + sigmoid(-z), 1.0, rtol=1e-15)
    assert_close(softplus(z) - softplus(-z), z, rtol=1e-13)
    assert_close(logsumexp(torch.stack([torch.zeros_like(z), z])), softplus(z), rtol=1e-13)


@pytest.mark.parametrize("f", SMOOTH)
def test_works_under_vmap_and_grad(f, z):
    gradients = torch.func.vmap(torch.func.grad(lambda row: f(row).sum()))(z)
    x = z.clone().requires_grad_()
    rows = f(x) if f in ELEMENTWISE else f(x, 1)
    assert_close(gradients, torch.autograd.grad(rows.sum(), x)[0])


@pytest.mark.bad_input
@pytest.mark.parametrize("f", ALONG_A_DIMENSION)
def test_no_entries(f):
    with pytest.raises(ValueError, match=r"dimension 1 has no entries: the shape is \(3, 0\)"):
        f(torch.zeros(3, 0), 1)
