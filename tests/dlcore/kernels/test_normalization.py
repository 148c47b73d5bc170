"""Layer norm and RMS norm against torch's: values, gradients by all arguments, shapes."""

import pytest
import torch
from torch.nn import functional as F

from dlcore import kernels
from dlcore.kernels import _rows, normalization
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

BOTH = [(kernels.layer_norm, F.layer_norm, 2), (kernels.rms_norm, F.rms_norm, 1)]
both = pytest.mark.parametrize(
    ("ours", "reference", "parameters"), BOTH, ids=["layer_norm", "rms_norm"]
)
SHAPES = [(7, 13), (1, 257), (0, 5), (3, 0), (5, 3, 11), (1025, 2), (13,)]


def arguments(shape, normalized, parameters, generator, device, dtype=torch.float32):
    """Inputs away from mean 0, and parameters, all of which gradients are taken by."""
    x = 1 + 3 * torch.randn(shape, generator=generator, dtype=dtype)
    rest = [torch.randn(normalized, generator=generator, dtype=dtype) for _ in range(parameters)]
    x, *rest = (v.to(device).requires_grad_() for v in (x, *rest))
    return [x, normalized, *rest]


@pytest.mark.reference("torch.nn.functional.layer_norm", of="dlcore.kernels.layer_norm")
@pytest.mark.reference("torch.nn.functional.rms_norm", of="dlcore.kernels.rms_norm")
@both
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_errs_little_more_than_torch(
    ours, reference, parameters, shape, device, assert_ran, generator
):
    given = arguments(shape, shape[-1:], parameters, generator, device)
    assert_within_error_model(ours, reference, *given, terms=sum(shape))
    assert_ran(ours.__name__, f"{ours.__name__}_backward")


@both
@pytest.mark.parametrize("has", [0, 1])
def test_without_parameters(ours, reference, parameters, has, device, generator):
    given = arguments((5, 7, 3), (7, 3), parameters, generator, device, torch.float64)
    given = given[: 2 + min(has, parameters)]
    assert_within_error_model(ours, reference, *given, dtypes=[torch.float32], terms=21)


def test_a_shift_without_a_scale(device, generator):
    x, shape, _, bias = arguments((5, 7), (7,), 2, generator, device)
    assert_within_error_model(
        kernels.layer_norm, F.layer_norm, x, shape, None, bias, dtypes=[torch.float32], terms=7
    )


@both
def test_long_rows(ours, reference, parameters, device, monkeypatch, generator):
    monkeypatch.setattr(_rows, "LARGEST_ROW", 256)
    monkeypatch.setattr(_rows, "LOOP_BLOCK", 64)
    given = arguments((7, 301), (301,), parameters, generator, device)
    assert_within_error_model(ours, reference, *given, terms=301)
    for n in (1, 2, 7):
        plain = [v.detach() if isinstance(v, torch.Tensor) else v for v in given]
        assert_close(ours(plain[0][:n], *plain[1:]), reference(plain[0][:n], *plain[1:]), rtol=1e-4)


@both
def test_constant_and_infinite_rows(ours, reference, parameters, device, generator):
    given = arguments((6, 5), (5,), parameters, generator, device, torch.float64)
    x = given[0].detach()
    x[0], x[1], x[2, 3], x[3, 0] = 0.0, 2.5, torch.inf, torch.nan
    x[4] *= 1e-30
    y, expected = ours(x, *given[1:]), reference(x, *given[1:])
    assert torch.equal(y.isnan(), expected.isnan())
    assert_close(y.nan_to_num(0), expected.nan_to_num(0), atol=1e-9)


@both
def test_epsilon(ours, reference, parameters, device, generator):
    given = arguments((3, 5), (5,), parameters, generator, device, torch.float64)
    for eps in (0.0, 1e-3, 1.0):
        assert_close(ours(*given, eps=eps), reference(*given, eps=eps))
    for dtype in (torch.bfloat16, torch.float32, torch.float64):
        x = (1e-4 * torch.randn(3, 50, generator=generator)).to(device, dtype)
        assert_close(ours(x, [50]), reference(x, [50]), rtol=4 * torch.finfo(dtype).eps, atol=1e-7)


@both
def test_any_layout(ours, reference, parameters, device, generator):
    x = torch.randn(5, 8, 6, generator=generator, dtype=torch.float64).to(device)
    for view in (x.transpose(0, 2), x[:, ::2], x[..., ::3], x[..., :4], x[:, :1].expand(5, 3, 6)):
        shape = view.shape[-1:]
        rest = [torch.randn(2 * shape[0], generator=generator)[::2].to(x)] * parameters
        view = view.detach().requires_grad_()
        grad = torch.randn(view.shape[::-1], generator=generator).to(x).permute(2, 1, 0)
        actual, expected = (f(view, shape, *rest) for f in (ours, reference))
        assert_close(actual, expected)
        for a, b in zip(
            torch.autograd.grad(actual, view, grad),
            torch.autograd.grad(expected, view, grad),
            strict=True,
        ):
            assert_close(a, b)


@both
def test_offsets_beyond_32_bits(ours, reference, parameters, device, far_rows, generator):
    x = far_rows(37, device, generator)
    assert_close(ours(x, [37]).double(), reference(x.double(), [37]), rtol=2**-8)


@both
def test_the_same_bits_again(ours, reference, parameters, device, generator):
    given = arguments((301, 5), (5,), parameters, generator, device)
    wrt = [given[0], *given[2:]]
    runs = [torch.autograd.grad(ours(*given).square().sum(), wrt) for _ in range(3)]
    assert all(torch.equal(a, b) for run in runs for a, b in zip(run, runs[0], strict=True))


@both
def test_what_torch_expects_of_an_operator(ours, reference, parameters, device, generator):
    given = arguments((3, 5), (5,), parameters, generator, device, torch.float64)

    def f(x, *rest):
        return ours(x, (5,), *rest)

    values = (given[0], *given[2:])
    contracts.assert_derivatives(f, *values)
    contracts.assert_no_graph_without_gradients(f, *values)
    contracts.assert_compiles(f, *values)
    contracts.assert_transforms(f, *values)
    x = given[0].detach()
    forward = getattr(normalization, f"_{ours.__name__}")
    backward = getattr(normalization, f"_{ours.__name__}_backward")
    contracts.assert_schema(forward, *values, 1e-5)
    for has in (True, False):
        contracts.assert_schema(backward, x, x, given[2].detach() if has else None, 1e-5, has)


@both
def test_autocast_computes_in_float32(ours, reference, parameters, device, generator):
    x = torch.randn(3, 5, generator=generator).to(device, torch.bfloat16)
    with torch.autocast(device, torch.bfloat16):
        assert ours(x, [5]).dtype == torch.float32


@pytest.mark.bad_input
@both
def test_what_does_not_fit_is_refused(ours, reference, parameters):
    x = torch.zeros(3, 5)
    with pytest.raises(ValueError, match=r"shape \(3, 5\), which does not end in .* \(4,\)"):
        ours(x, [4])
    with pytest.raises(ValueError, match=r"weight has shape \(4,\), expected .* \(5,\)"):
        ours(x, [5], torch.ones(4))
    with pytest.raises(ValueError, match="eps must not be negative"):
        ours(x, [5], eps=-1.0)
    with pytest.raises(TypeError, match=r"must be floating, this is torch\.int64"):
        ours(torch.arange(3), [3])
