"""Convolution by the implicit product against torch's: values, all gradients, strides, layouts."""

from importlib import import_module

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from dlcore import kernels
from tests.dlcore.kernels import contracts
from tests.dlcore.kernels.error_model import assert_within_error_model
from tests.parity import assert_close

operators = import_module("dlcore.kernels.conv2d")
implicit = import_module("dlcore.kernels._implicit_product")
RAN = ("conv2d", "conv2d_by_input", "conv2d_by_weight")
MOVES = {  # images, outputs, kernel, groups and stride, padding, dilation
    "plain": ((2, 3, 7, 5), 5, (3, 3), 1, (1, 0, 1)),
    "one pixel": ((1, 1, 1, 1), 1, (1, 1), 1, (1, 0, 1)),
    "one image of one row": ((1, 3, 1, 11), 2, (1, 3), 1, (1, (0, 1), 1)),
    "strides larger than the kernel": ((2, 3, 11, 7), 2, (1, 2), 1, (3, 0, 1)),
    "uneven strides and dilations": ((2, 4, 11, 13), 6, (3, 2), 2, ((2, 3), (1, 2), (2, 1))),
    "stride and dilation share a factor": ((2, 2, 13, 11), 3, (3, 3), 1, ((4, 2), 2, (2, 4))),
    "depthwise": ((2, 3, 3, 5), 6, (3, 3), 3, (1, 1, 1)),
    "no image": ((0, 3, 5, 5), 2, (3, 3), 1, (2, 1, 1)),
}


def example(name, generator, device, dtype=torch.float32):
    """Images, kernels and bias, all of which gradients are taken by, and how kernels move."""
    shape, c_out, kernel, groups, moves = MOVES[name]
    sizes = (shape, (c_out, shape[1] // groups, *kernel), (c_out,))
    values = [torch.randn(s, generator=generator, dtype=dtype).to(device) for s in sizes]
    return [v.requires_grad_() for v in values], (*moves, groups)


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.kernels.conv2d")
@pytest.mark.parametrize("name", MOVES)
def test_errs_little_more_than_torch(name, device, assert_ran, generator):
    values, moves = example(name, generator, device)
    terms = values[1][0].numel() + values[0].numel()
    assert_within_error_model(kernels.conv2d, F.conv2d, *values, *moves, terms=terms)
    assert_ran(*RAN)


def test_many_blocks_along_every_side(device, monkeypatch, generator):
    monkeypatch.setattr(implicit, "LARGEST", dict.fromkeys((2, 4, 8), (16, 16)))
    for channels in (16, 7):  # a block of channels has one tap, or several
        x = torch.randn(1, channels, 7, 5, generator=generator).to(device).requires_grad_()
        w = torch.randn(19, channels, 3, 2, generator=generator).to(device).requires_grad_()
        assert_within_error_model(
            lambda x, w: kernels.conv2d(x, w, stride=2, padding=1),
            lambda x, w: F.conv2d(x, w, stride=2, padding=1),
            x, w, dtypes=[torch.float32], terms=150,
        )  # fmt: skip


def test_blocks_are_powers_of_two_and_one_tap_is_whole():
    for channels in (1, 3, 16, 32, 48, 96, 100, 512):
        for bytes_each, (side, most) in implicit.LARGEST.items():
            b = implicit.blocks(1000, 3, channels, 9 * channels, bytes_each)
            assert all(v & (v - 1) == 0 and v >= 16 for v in b[:3])
            assert b.rows == side
            assert b.columns == 16
            assert b.depth <= most
            assert not b.is_one_tap or channels % b.depth == 0


@settings(max_examples=30)
@given(*[st.integers(low, 7) for low in (1, 1, 0, 1)])
def test_sublattices_hold_each_pair_of_pixel_and_tap_once(taps, stride, padding, dilation):
    size = 12
    pairs = []
    for s in implicit.sublattices(taps, stride, padding, dilation):
        for i, h in enumerate(range(size)[s.pixels]):
            for t, r in enumerate(range(taps)[s.taps]):
                pairs.append((h, r))
                assert (i + s.offset + t * s.step) * stride == h + padding - r * dilation
    assert sorted(pairs) == [
        (h, r)
        for h in range(size)
        for r in range(taps)
        if (h + padding - r * dilation) % stride == 0
    ]


def test_any_layout(device, generator):
    (x, w, _), _ = example("plain", generator, device, torch.float64)
    wide = torch.randn(2, 6, 7, 10, generator=generator, dtype=torch.float64).to(device)
    last = x.detach().contiguous(memory_format=torch.channels_last)
    for view in (wide[:, ::2, :, ::2], x.detach().transpose(2, 3), last, last[:, :, 1:]):
        for weight in (w, w.detach().contiguous(memory_format=torch.channels_last)):
            view, weight = view.detach().requires_grad_(), weight.detach().requires_grad_()
            y, expected = (f(view, weight, padding=1) for f in (kernels.conv2d, F.conv2d))
            assert_close(y, expected)
            g = torch.randn(y.shape[::-1], generator=generator).to(y).permute(3, 2, 1, 0)
            actual, truth = (torch.autograd.grad(v, (view, weight), g) for v in (y, expected))
            for a, b in zip(actual, truth, strict=True):
                assert_close(a, b)
    assert kernels.conv2d(last, w).is_contiguous(memory_format=torch.channels_last)
    one = x.detach()[0]
    assert_close(kernels.conv2d(one, w), F.conv2d(one, w))


def test_infinities_stay_where_windows_hold_them(device, generator):
    (x, w, b), _ = example("plain", generator, device, torch.float64)
    x = x.detach()
    x[0, 1, 2, 3], x[1, 0, 0, 0], x[1, 2, 6, 4] = torch.inf, -torch.inf, torch.nan
    y, expected = (f(x, w, b, 1, 1) for f in (kernels.conv2d, F.conv2d))
    assert torch.equal(y.isnan(), expected.isnan())
    assert_close(y, expected)
    assert kernels.conv2d(torch.zeros_like(x), w, padding=1).eq(0).all()


def test_offsets_beyond_32_bits(device, far_rows, generator):
    x = far_rows(37, device, generator)[:, None, None, :]
    w = torch.randn(1, 1, 1, 3, generator=generator).to(device, torch.bfloat16)
    y = kernels.conv2d(x, w)
    assert_close(y.double(), F.conv2d(x.double(), w.double()), rtol=2**-8)


def test_the_same_bits_again(device, generator):
    values, moves = example("uneven strides and dilations", generator, device)
    runs = [
        torch.autograd.grad(kernels.conv2d(*values, *moves).square().sum(), values)
        for _ in range(2)
    ]
    assert all(torch.equal(a, b) for a, b in zip(*runs, strict=True))


@pytest.mark.parametrize("moves", [(2, 1, 1, 1), (1, 0, (1, 2), 2)], ids=str)
def test_what_torch_expects_of_an_operator(moves, device, generator):
    groups = moves[-1]
    shapes = ((2, 2, 4, 3), (2, 2 // groups, 2, 2), (2,))
    x, w, b = (
        torch.randn(s, generator=generator, dtype=torch.float64).to(device).requires_grad_()
        for s in shapes
    )

    def f(x, w, b):
        return kernels.conv2d(x, w, b, *moves)

    contracts.assert_derivatives(f, x, w, b)
    contracts.assert_no_graph_without_gradients(f, x, w, b)
    contracts.assert_compiles(f, x, w, b)
    contracts.assert_transforms(f, x, w, b)
    *pairs, groups = (*(operators.pair(v, "", 0) for v in moves[:3]), groups)
    g = f(x, w, b).detach().requires_grad_()
    contracts.assert_schema(operators._conv2d, x, w, b, *pairs, groups)
    contracts.assert_schema(operators._by_input, g, w, [4, 3], *pairs, groups)
    contracts.assert_schema(operators._by_weight, g, x, [2, 2], *pairs, groups)


def test_derivatives_of_derivatives_run_on_the_same_kernel(device, assert_ran, generator):
    (x, w, _), _ = example("plain", generator, device, torch.float64)
    found = []
    for f in (kernels.conv2d, F.conv2d):
        gradients = torch.autograd.grad(f(x, w).square().sum(), (x, w), create_graph=True)
        found.append(torch.autograd.grad(sum(v.square().sum() for v in gradients), (x, w)))
    assert_ran(*RAN)
    for a, b in zip(*found, strict=True):
        assert_close(a, b)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_multiplies_in_half_precision(dtype, device, generator):
    (x, w, b), _ = example("plain", generator, device)
    with torch.autocast(device, dtype):
        y = kernels.conv2d(x, w, b)
        assert kernels.conv2d(x.double(), w.double()).dtype == torch.float64
    assert y.dtype == dtype
    expected = F.conv2d(*(v.to(dtype).double() for v in (x, w, b)))
    assert_close(y.double(), expected, rtol=torch.finfo(dtype).eps, atol=torch.finfo(dtype).eps)
    assert torch.autograd.grad(y.sum(), x)[0].dtype == torch.float32


@pytest.mark.bad_input
def test_what_does_not_fit_is_refused():
    x, w = torch.zeros(2, 4, 5, 5), torch.zeros(6, 2, 3, 3)
    with pytest.raises(ValueError, match=r"got \(5,\) and \(6, 2, 3, 3\)"):
        kernels.conv2d(x[0, 0, 0], w)
    with pytest.raises(ValueError, match="in 1 groups need 2 channels and outputs in equal groups"):
        kernels.conv2d(x, w)
    with pytest.raises(ValueError, match="in 4 groups need 8 channels"):
        kernels.conv2d(x, w, groups=4)
    with pytest.raises(ValueError, match=r"bias has shape \(5,\), expected \(6,\)"):
        kernels.conv2d(x, w, torch.zeros(5), groups=2)
    with pytest.raises(ValueError, match=r"\(3, 3\) with dilation \(3, 1\) does not fit into .*5"):
        kernels.conv2d(x, w, dilation=(3, 1), groups=2)
    with pytest.raises(
        ValueError, match="stride must be one or two numbers of at least 1, it is 0"
    ):
        kernels.conv2d(x, w, stride=0, groups=2)
    with pytest.raises(TypeError, match=r"must be floating, this is torch\.int64"):
        kernels.conv2d(x.long(), w)
    with pytest.raises(TypeError, match="must be of one type"):
        kernels.conv2d(x, w.double(), groups=2)
