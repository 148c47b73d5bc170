"""Bias with activation, and SwiGLU, against torch's functions one after another."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import kernels
from dlcore.kernels import activations
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model, error, roundings
from tests.parity import assert_close, edge_grid

REFERENCES = {
    "gelu": F.gelu,
    "gelu_tanh": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    "relu": F.relu,
}
each = pytest.mark.parametrize("name", REFERENCES)


def eager(name):
    """Bias and activation one after another."""
    return lambda x, bias=None: REFERENCES[name](x if bias is None else x + bias)


def ours(name):
    return lambda x, bias=None: kernels.bias_activation(x, bias, name)


def gated(x, gate):
    return F.silu(gate) * x


def values(shape, generator, device, dtype=torch.float32):
    x = 2 * torch.randn(shape, generator=generator, dtype=dtype)
    return x.to(device).requires_grad_()


@pytest.mark.reference("torch.nn.functional.gelu", of="dlcore.kernels.bias_activation")
@each
@pytest.mark.parametrize("shape", [(7, 13), (1, 1), (0, 5), (3, 0), (5, 3, 11), (2, 1031)], ids=str)
def test_errs_little_more_than_torch(name, shape, device, assert_ran, generator):
    x, bias = values(shape, generator, device), values(shape[-1], generator, device)
    assert_within_error_model(ours(name), eager(name), x, bias, terms=max(math.prod(shape[:-1]), 1))
    assert_within_error_model(ours(name), eager(name), x, terms=1)
    assert_ran("bias_activation", "bias_activation_backward")


@pytest.mark.reference("torch.nn.functional.silu", of="dlcore.kernels.swiglu")
@pytest.mark.parametrize("shape", [(7, 13), (1,), (0, 5), (5, 3, 11), (2, 1031)], ids=str)
def test_swiglu_errs_little_more_than_torch(shape, device, assert_ran, generator):
    x, gate = values(shape, generator, device), values(shape, generator, device)
    assert_within_error_model(kernels.swiglu, gated, x, gate, terms=1)
    assert_ran("swiglu", "swiglu_backward")


@each
def test_edges(name, device):
    x = edge_grid(infinities=True).to(device)
    assert_close(ours(name)(x), eager(name)(x))
    finite = edge_grid().to(device).requires_grad_()
    found, expected = (
        torch.autograd.grad(f(finite).sum(), finite)[0] for f in (ours(name), eager(name))
    )
    ordinary = finite.abs() < 1e5  # torch's own slopes overflow beyond
    assert_close(found[ordinary], expected[ordinary], atol=1e-11)
    nan = torch.full((3,), torch.nan, device=device)
    assert ours(name)(nan).isnan().all()
    if name == "silu":
        assert_close(kernels.swiglu(torch.ones_like(x), x), eager(name)(x))


def test_offsets_beyond_32_bits(device, backend, far_end, generator):
    if backend == "torch":
        return
    x = far_end.make(torch.randn(37, generator=generator), device)
    one, two = (far_end.make(torch.zeros(37), device) for _ in range(2))
    n, wide = len(x), activations.tl.float32
    end = x[-37:].double().requires_grad_()
    silu = F.silu(end)
    (slope,) = torch.autograd.grad(silu.sum(), end)
    for kernel, arguments, expected in (
        (activations._forward_kernel, (x, None, one, n, 1, "silu"), [silu]),
        (activations._backward_kernel, (x, x, None, one, n, 1, "silu"), [end * slope]),
        (activations._swiglu_kernel, (x, x, one, n), [silu * end]),
        (
            activations._swiglu_backward_kernel,
            (x, x, x, one, two, n),
            [end * silu, end * end * slope],
        ),
    ):
        far_end.launch(kernel, activations.BLOCK, *arguments, wide)
        for y, truth in zip((one, two), expected, strict=False):
            assert_close(y[-37:].double(), truth, rtol=2**-8)


@pytest.mark.parametrize("name", ["gelu_tanh", "silu"])
def test_slopes_lose_nothing_where_the_sigmoid_is_near_1(name, device):
    x = torch.linspace(-8, 8, 2001, device=device).requires_grad_()
    wide = x.detach().double().requires_grad_()
    truth, found, torch_s = (
        torch.autograd.grad(f(v).sum(), v)[0]
        for f, v in ((eager(name), wide), (ours(name), x), (eager(name), x))
    )
    assert 0 < error(found, truth) <= error(torch_s, truth) / 2


@each
def test_a_number_alone(name, device):
    x = torch.tensor(-0.5, device=device, dtype=torch.float64, requires_grad=True)
    found, expected = ours(name)(x), eager(name)(x)
    assert_close(found, expected)
    assert_close(torch.autograd.grad(found, x)[0], torch.autograd.grad(expected, x)[0])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_leaves_the_type_as_it_came(dtype, device, generator):
    x, bias = values((3, 5), generator, device, dtype), values(5, generator, device)
    with torch.autocast(device, dtype):
        y, z = kernels.bias_activation(x, bias), kernels.swiglu(x, x.flip(0))
    y.sum().backward()
    assert y.dtype == z.dtype == x.grad.dtype == dtype
    assert bias.grad.dtype == torch.float32
    truth = F.gelu(x.double() + bias)
    assert error(y, truth) <= roundings(dtype, 1) * truth.abs().max()


@each
def test_any_layout(name, device, generator):
    x = values((5, 8, 6), generator, device, torch.float64).detach()
    for view in (x.transpose(0, 2), x[:, ::2], x[..., :4], x[:, :1].expand(5, 3, 6)):
        bias = values(2 * view.shape[-1], generator, device, torch.float64).detach()[::2]
        assert_close(ours(name)(view, bias), eager(name)(view, bias))
        assert_close(kernels.swiglu(view, view.flip(0)), gated(view, view.flip(0)))
        leaf = view.detach().requires_grad_()
        grad = torch.ones((), device=device, dtype=torch.float64).expand(view.shape)
        found, expected = (
            torch.autograd.grad(f(leaf, bias), leaf, grad)[0] for f in (ours(name), eager(name))
        )
        assert_close(found, expected)


@each
def test_what_torch_expects_of_an_operator(name, device, generator):
    x = values((3, 5), generator, device, torch.float64)
    bias = values(5, generator, device, torch.float64)
    contracts.assert_derivatives(ours(name), x, bias)
    contracts.assert_no_graph_without_gradients(ours(name), x, bias)
    contracts.assert_transforms(ours(name), x, bias)
    if name == "gelu":
        contracts.assert_compiles(ours(name), x, bias)
        contracts.assert_schema(activations._bias_activation, x, bias, name)
        x = x.detach()
        contracts.assert_schema(activations._bias_activation_backward, x, x.clone(), None, name)


def test_swiglu_as_torch_expects_of_an_operator(device, generator):
    x, gate = (values((3, 5), generator, device, torch.float64) for _ in range(2))
    contracts.assert_derivatives(kernels.swiglu, x, gate)
    contracts.assert_no_graph_without_gradients(kernels.swiglu, x, gate)
    contracts.assert_compiles(kernels.swiglu, x, gate)
    contracts.assert_transforms(kernels.swiglu, x, gate)
    contracts.assert_schema(activations._swiglu, x, gate)
    x, gate = x.detach(), gate.detach()
    contracts.assert_schema(activations._swiglu_backward, x.clone(), x, gate)


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    x = torch.zeros(3, 5)
    with pytest.raises(ValueError, match="activation is 'elu', expected one of gelu, gelu_tanh"):
        kernels.bias_activation(x, activation="elu")
    with pytest.raises(ValueError, match=r"expected bias \(5,\), got \(4,\)"):
        kernels.bias_activation(x, torch.zeros(4))
    with pytest.raises(ValueError, match=r"expected bias \(\), got \(\)"):
        kernels.bias_activation(x[0, 0], torch.zeros(()))
    with pytest.raises(TypeError, match=r"must be floating, this is torch\.int64"):
        kernels.bias_activation(x.long())
    with pytest.raises(ValueError, match=r"x is \(3, 5\) torch\.float32, gate \(3, 4\)"):
        kernels.swiglu(x, x[:, :4])
    with pytest.raises(TypeError, match=r"must be floating, this is torch\.int64"):
        kernels.swiglu(x.long(), x.long())
