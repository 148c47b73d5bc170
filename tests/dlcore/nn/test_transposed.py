"""Transposed convolution against torch, and as the adjoint of convolution."""

import itertools

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.nn.functional.conv_transpose2d", of="dlcore.nn.conv_transpose2d")
@pytest.mark.parametrize(
    ("stride", "padding", "extra", "groups", "dilation"),
    list(itertools.product((2, (3, 2)), (0, (1, 2)), (0, (1, 0)), (1, 2), (1, (2, 1)))),
)
def test_every_option_as_in_torch(stride, padding, extra, groups, dilation, generator):
    x, bias = draw(generator, 2, 4, 5, 6), draw(generator, 6)
    weight = draw(generator, 4, 6 // groups, 3, 4)
    options = (stride, padding, extra, groups, dilation)
    assert_parity(nn.conv_transpose2d, F.conv_transpose2d, x, weight, bias, *options)


def test_one_example_and_an_empty_batch(generator):
    x, weight = draw(generator, 2, 4, 5, 6), draw(generator, 4, 3, 2, 2)
    assert_close(nn.conv_transpose2d(x[0], weight), F.conv_transpose2d(x[0], weight))
    assert nn.conv_transpose2d(x[:0], weight, stride=2).shape == (0, 3, 10, 12)


@pytest.mark.parametrize(("stride", "padding", "groups"), [(1, 0, 1), (2, 1, 2), (3, 1, 1)])
def test_it_is_the_adjoint_and_not_the_inverse(stride, padding, groups, generator):
    x, weight = draw(generator, 1, 4, 10, 10), draw(generator, 6, 4 // groups, 3, 3)
    Ax = F.conv2d(x, weight, None, stride, padding, 1, groups)
    y = draw(generator, *Ax.shape)
    extra = (10 + 2 * padding - 3) % stride
    back = nn.conv_transpose2d(y, weight, None, stride, padding, extra, groups)
    assert_close((Ax * y).sum(), (x * back).sum(), atol=1e-9)
    assert (nn.conv_transpose2d(Ax, weight, None, stride, padding, extra, groups) - x).norm() > 1


@pytest.mark.reference(
    "torch.nn.functional.conv_transpose2d", of="dlcore.nn.conv_transpose_output_size"
)
def test_sizes_are_those_of_torch():
    for n, k, s, p, d in itertools.product((1, 4, 7), (1, 2, 3), (1, 2, 3), (0, 1), (1, 2)):
        for extra in range(max(s, d)):
            x, weight = torch.zeros(1, 1, n, 1), torch.zeros(1, 1, k, 1)
            options = ((s, 1), (p, 0), (extra, 0), 1, (d, 1))
            try:
                expected = F.conv_transpose2d(x, weight, None, *options).shape[2]
            except RuntimeError:
                with pytest.raises(ValueError, match="leaves nothing"):
                    nn.conv_transpose_output_size(n, k, s, p, extra, d)
                continue
            assert nn.conv_transpose_output_size(n, k, s, p, extra, d) == expected
            if expected + 2 * p > d * (k - 1):
                assert nn.conv_output_size(expected, k, s, p, d) == n + extra // s


CASES = {
    "plain": ((4, 6, 3), {}),
    "doubling": ((4, 6, 2, 2), {"bias": False}),
    "all": ((4, 6, 3, 2, 1, 1), {"groups": 2, "dilation": 2}),
}


@pytest.mark.reference("torch.nn.ConvTranspose2d", of="dlcore.nn.ConvTranspose2d")
@pytest.mark.parametrize("case", CASES)
def test_layers_as_in_torch(case, generator):
    sizes, options = CASES[case]
    torch.manual_seed(3)
    ours = nn.ConvTranspose2d(*sizes, **options, dtype=torch.float64)
    torch.manual_seed(3)
    theirs = torch.nn.ConvTranspose2d(*sizes, **options, dtype=torch.float64)
    assert repr(ours) == repr(theirs)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(p, q)
    theirs.load_state_dict(ours.state_dict())
    x = draw(generator, 2, 4, 5, 6)
    assert_close(ours(x), theirs(x))
    size = [n + (ours.stride[0] > 1 and case == "doubling") for n in ours(x).shape[2:]]
    assert_close(ours(x, size), theirs(x, size))


def test_gradcheck(generator):
    x, weight = draw(generator, 1, 2, 3, 3), draw(generator, 2, 1, 2, 3)
    f = lambda x, w: nn.conv_transpose2d(x, w, None, 2, 1, 1, 2) ** 2  # noqa: E731
    assert torch.autograd.gradcheck(f, (x.requires_grad_(), weight.requires_grad_()))
    assert torch.autograd.gradgradcheck(f, (x, weight))


@pytest.mark.bad_input
def test_bad_input():
    x, weight = torch.ones(2, 4, 5, 6), torch.ones(4, 3, 3, 3)
    with pytest.raises(ValueError, match=r"expected images .* got"):
        nn.conv_transpose2d(x[0, 0], weight)
    with pytest.raises(ValueError, match="in 1 groups need 4 input channels"):
        nn.conv_transpose2d(x[:, :3], weight)
    with pytest.raises(ValueError, match="in 3 groups need 4 input channels in equal groups"):
        nn.conv_transpose2d(x, weight, groups=3)
    with pytest.raises(ValueError, match=r"6 outputs need as many biases, got \(3,\)"):
        nn.conv_transpose2d(x, weight, torch.ones(3), groups=2)
    with pytest.raises(ValueError, match="smaller than stride 2 or dilation 1, got 2"):
        nn.conv_transpose2d(x, weight, stride=2, output_padding=2)
    with pytest.raises(ValueError, match="padding 2 leaves nothing of 3 values"):
        nn.conv_transpose_output_size(1, 3, padding=2)
    with pytest.raises(ValueError, match="n must be at least 1"):
        nn.conv_transpose_output_size(0, 3)
    for options in ({"padding": "same"}, {"padding_mode": "reflect"}):
        with pytest.raises(ValueError, match="cuts off a number of pixels"):
            nn.ConvTranspose2d(4, 6, 3, **options)
    with pytest.raises(ValueError, match="minus the least possible must be at least 0"):
        nn.ConvTranspose2d(4, 6, 3)(x, (6, 8))
    with pytest.raises(ValueError, match="with 4 channels"):
        nn.ConvTranspose2d(4, 6, 3)(x[:, :3])
