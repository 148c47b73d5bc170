"""The fused matrix product against torch's: values, gradients, layouts, precision, transforms."""

from functools import partial
from importlib import import_module

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

operators = import_module("dlcore.kernels.matmul")
ACTIVATIONS = {
    None: nn.Identity(),
    "relu": F.relu,
    "silu": F.silu,
    "gelu": F.gelu,
    "gelu_tanh": partial(F.gelu, approximate="tanh"),
}
SHAPES = [
    ((37, 41), 43),  # more than one block each way
    ((1, 1), 1),
    ((1, 67), 3),
    ((2, 3, 5), 7),
    ((5,), 3),
    ((0, 5), 3),
    ((3, 0), 5),
    ((3, 5), 0),
]


def arguments(shape, n, generator, device, dtype=torch.float32):
    """Rows, a matrix and a bias, all of which gradients are taken by."""
    sizes = (shape, (shape[-1], n), (n,))
    values = [torch.randn(size, generator=generator, dtype=dtype) for size in sizes]
    return [v.to(device).requires_grad_() for v in values]


def reference(a, b, bias=None, activation=None):
    """Torch's own operations, one after the other."""
    z = torch.matmul(a, b)
    return ACTIVATIONS[activation](z if bias is None else z + bias)


@pytest.mark.reference("torch.matmul", of="dlcore.kernels.matmul")
@pytest.mark.parametrize(("shape", "n"), SHAPES, ids=str)
def test_errs_little_more_than_torch(shape, n, device, assert_ran, generator):
    a, b, bias = arguments(shape, n, generator, device)
    terms = max(*shape, n)
    assert_within_error_model(kernels.matmul, torch.matmul, a, b, terms=terms)
    assert_within_error_model(kernels.matmul, reference, a, b, bias, terms=terms)
    assert_ran("matmul")


@pytest.mark.parametrize("activation", list(ACTIVATIONS)[1:])
def test_activations(activation, device, assert_ran, generator):
    given = arguments((17, 13), 19, generator, device)
    assert_within_error_model(kernels.matmul, reference, *given, activation, terms=19)
    assert_within_error_model(kernels.matmul, reference, *given[:2], None, activation, terms=19)
    assert_ran("matmul", "bias_activation_backward")


def test_layouts_are_read_where_they_are(device, generator):
    x = torch.randn(6, 20, generator=generator, dtype=torch.float64).to(device)
    w = torch.randn(20, 10, generator=generator, dtype=torch.float64).to(device)
    pairs = [
        (x, w[:, ::3]),
        (x[::2, ::2], w[::2]),
        (x[:, :6].T, w[:6].flip(1)),
        (x[:1].expand(5, 20), w[:, :1].expand(20, 3)),
        (x.T[None].expand(2, 20, 6), w[:6]),
        (x[:, :10], w.T[:, :7].T[:7].T),
    ]
    for a, b in pairs:
        before = a.clone(), b.clone()
        assert_close(kernels.matmul(a, b), torch.matmul(a, b))
        assert torch.equal(a, before[0])
        assert torch.equal(b, before[1])


def test_gradients_of_any_layout(device, generator):
    a, b, bias = arguments((2, 5, 7), 6, generator, device, torch.float64)
    grads = torch.randn(6, 10, 2, generator=generator, dtype=torch.float64).to(device)
    for grad in (grads[:, ::2].transpose(0, 2), grads[:1, :1, :1].expand(2, 5, 6)):
        for activation in (None, "relu"):
            actual, expected = (
                torch.autograd.grad(f(a, b, bias, activation), (a, b, bias), grad)
                for f in (kernels.matmul, reference)
            )
            for x, y in zip(actual, expected, strict=True):
                assert_close(x, y)


def test_offsets_beyond_32_bits(device, far_rows, generator):
    a = far_rows(5, device, generator)
    b = torch.randn(5, 3, generator=generator).to(device, torch.bfloat16)
    assert_close(kernels.matmul(a, b).double(), a.double() @ b.double(), rtol=2**-7, atol=2**-8)
    x = torch.randn(3, 2, generator=generator).to(device, torch.bfloat16)
    assert_close(kernels.matmul(x, a).double(), x.double() @ a.double(), rtol=2**-7, atol=2**-8)


def test_infinities_and_nan_reach_only_their_row(device, generator):
    a, b, bias = (v.detach() for v in arguments((19, 7), 17, generator, device))
    a[3, 2], a[18, 0] = torch.inf, torch.nan
    for activation in (None, "relu"):
        actual, expected = (f(a, b, bias, activation) for f in (kernels.matmul, reference))
        assert_close(actual, expected, rtol=1e-5, atol=1e-5)


def test_what_torch_expects_of_an_operator(device, generator):
    a, b, bias = arguments((3, 5), 4, generator, device, torch.float64)
    contracts.assert_derivatives(kernels.matmul, a, b)
    f = partial(kernels.matmul, activation="gelu")
    contracts.assert_derivatives(f, a, b, bias)
    contracts.assert_no_graph_without_gradients(f, a, b, bias)
    contracts.assert_compiles(f, a, b, bias)
    contracts.assert_transforms(f, a, b, bias)
    for activation, keep in ((None, False), ("gelu", False), ("gelu", True)):
        contracts.assert_schema(operators._matmul, a, b, bias, activation, keep)


def test_what_was_not_kept_is_computed_again(device, generator):
    given = arguments((3, 5), 4, generator, device, torch.float64)
    y, z = operators._matmul(*given, "silu", False)
    assert z.numel() == 0
    actual, expected = (torch.autograd.grad(x.sum(), given) for x in (y, reference(*given, "silu")))
    for x, expected_x in zip(actual, expected, strict=True):
        assert_close(x, expected_x)


def test_each_example_with_its_own_matrix(device, generator):
    a = torch.randn(3, 5, 7, generator=generator, dtype=torch.float64).to(device)
    b = torch.randn(7, 4, 3, generator=generator, dtype=torch.float64).to(device)
    actual = torch.func.vmap(kernels.matmul, in_dims=(0, 2))(a, b)
    assert_close(actual, torch.bmm(a, b.movedim(2, 0)))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_computes_in_its_type(dtype, device, generator):
    a, b, bias = arguments((3, 5), 4, generator, device)
    with torch.autocast(device, dtype):
        y = kernels.matmul(a, b, bias, "relu")
        assert kernels.matmul(a.double(), b.double()).dtype == torch.float64
    assert y.dtype == dtype
    rounded = [x.to(dtype).double() for x in (a, b, bias)]
    assert_close(y.double(), reference(*rounded, "relu"), rtol=torch.finfo(dtype).eps, atol=1e-6)
    (gradient,) = torch.autograd.grad(y.sum(), a)
    assert gradient.dtype == torch.float32


def test_torch_says_which_bits_of_float32_count(monkeypatch):
    x = torch.zeros(1)
    assert operators.precision(x) == "ieee"
    torch.set_float32_matmul_precision("high")
    try:
        assert operators.precision(x) == "tf32"
        assert operators.precision(x.double()) == "ieee"
    finally:
        torch.set_float32_matmul_precision("highest")
    assert operators.precision(x) == "ieee"


@pytest.mark.parametrize("group", [1, 2, 5])
def test_every_block_is_computed_whatever_the_order(group, device, monkeypatch, generator):
    monkeypatch.setitem(operators.BLOCKS, "GROUP", group)
    a, b, _ = arguments((97, 3), 53, generator, device, torch.float64)
    assert_close(kernels.matmul(a, b), a @ b)


def test_blocks_that_fit_and_can_be_filled():
    for dtype in (torch.bfloat16, torch.float32, torch.float64):
        for m in (1, 64, 8192):
            given = {"a": torch.empty(0, dtype=dtype), "m": m}
            choices = [c for c in operators.CHOICES if operators._fits(c, given)]
            assert choices
            assert all(c["BLOCK_M"] in range(16, max(2 * m, 17)) for c in choices)
    half = {"a": torch.empty(0, dtype=torch.float16), "m": 8192}
    assert all(operators._fits(c, half) for c in operators.CHOICES)


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    a, b = torch.zeros(3, 5), torch.zeros(5, 2)
    with pytest.raises(ValueError, match=r"a has shape \(3, 5\), b \(3, 5\): expected"):
        kernels.matmul(a, a)
    with pytest.raises(ValueError, match=r"expected bias \(2,\), got \(5,\)"):
        kernels.matmul(a, b, a[0])
    with pytest.raises(ValueError, match="activation is 'tanh', expected one of gelu"):
        kernels.matmul(a, b, None, "tanh")
    with pytest.raises(TypeError, match=r"must be floating, this is torch\.int64"):
        kernels.matmul(a.long(), b.long())
    with pytest.raises(TypeError, match=r"a is torch\.float32, b torch\.float64"):
        kernels.matmul(a, b.double())
