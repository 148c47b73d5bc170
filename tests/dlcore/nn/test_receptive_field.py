"""Receptive fields against the support of gradients, and against closed forms."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close


def support(layers, n=200, unit=0):
    """First and last input that reaches a unit, by torch's gradient, and the number of units."""
    x = torch.zeros(1, 1, n, dtype=torch.float64, requires_grad=True)
    y = x
    for k, s, p, d in layers:
        y = F.conv1d(y, torch.ones(1, 1, k, dtype=torch.float64), None, s, p, d)
    (gradient,) = torch.autograd.grad(y[0, 0, unit], x)
    places = gradient[0, 0].nonzero().flatten()
    return int(places.min()), int(places.max())


numbers = st.tuples(st.integers(1, 4), st.integers(1, 2), st.just(0), st.integers(1, 3))


@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.receptive_field")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.receptive_fields")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.ReceptiveField")
@given(st.lists(numbers, min_size=1, max_size=4))
def test_they_reach_as_far_as_gradients(layers):
    fields = nn.receptive_fields(layers)
    assert fields[-1] == nn.receptive_field(layers)
    for depth, field in enumerate(fields, start=1):
        low, high = support(layers[:depth])
        assert field.size == high - low + 1
        assert field.start == (low + high) / 2
        assert support(layers[:depth], unit=1)[0] - low == field.jump


def test_padding_moves_the_first_field():
    layers = [(3, 2, 1, 1), (5, 1, 2, 2), (3, 2, 1, 1)]
    low, high = support(layers, unit=6)
    size, jump, start = nn.receptive_field(layers)
    assert (size, start + 6 * jump) == (high - low + 1, (low + high) / 2)


def test_published_and_worked_numbers():
    def size(*layers):
        return nn.receptive_field(layers).size

    assert size(3, 3) == size(5) == 5
    assert size(3, 3, 3) == 7
    assert size((7, 2, 3), (3, 2), (3, 1, 1)) == 19
    assert size(*((3, 1, d, d) for d in (1, 2, 4, 8))) == 31
    assert size(*((5, 1, 0, d) for d in (1, 2, 4, 8))) == 61
    assert size(*((2, 1, 0, d) for d in (1, 2, 4, 8))) == 16
    assert size(*((3, 1, 0, 2) for _ in range(3))) == 13
    blocks = (2, 2, 3, 3, 3)
    vgg16 = [layer for b in blocks for layer in [(3, 1, 1)] * b + [(2, 2)]]
    assert [field.size for field in nn.receptive_fields(vgg16)][-2:] == [196, 212]


@pytest.mark.parametrize("lib", [nn, torch.nn], ids=["ours", "torch's"])
def test_modules_say_it_themselves(lib):
    model = torch.nn.Sequential(
        lib.Conv2d(3, 8, 7, stride=2, padding=3),
        lib.BatchNorm2d(8),
        lib.ReLU(),
        lib.MaxPool2d(3, stride=2),
        torch.nn.Sequential(lib.Conv2d(8, 8, 3, padding="same", dilation=2), lib.Dropout(0.5)),
        lib.AvgPool2d(2),
    )
    expected = [(7, 2, 3), (3, 2), (3, 1, 2, 2), (2, 2)]
    assert nn.receptive_fields(model) == nn.receptive_fields(expected)
    assert nn.receptive_fields(list(model)) == nn.receptive_fields(expected)
    assert nn.receptive_field(lib.Conv1d(1, 1, 5, stride=3)) == nn.receptive_field([(5, 3)])
    assert nn.receptive_field([nn.BlurPool2d()]).size == 3


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.effective_receptive_field")
def test_mean_filters_see_a_bell():
    def network(x):
        for _ in range(15):
            x = F.avg_pool2d(x, 3, 1)
        return x

    x = torch.zeros(2, 1, 41, 41, dtype=torch.float64)
    seen = nn.effective_receptive_field(network, x)
    row = torch.ones(3, dtype=torch.float64) / 3
    bell = row
    for _ in range(14):
        bell = F.conv1d(bell[None, None], row[None, None], padding=2)[0, 0]
    assert_close(seen[5:36, 5:36], torch.outer(bell, bell))
    places = torch.arange(41, dtype=torch.float64) - 20
    assert_close((seen.sum(dim=0) * places**2).sum(), 10.0)
    assert nn.receptive_field([3] * 15).size == 31


def test_gradients_are_averaged_over_images_and_need_no_gradient_mode():
    x = torch.tensor([1.0, -3.0]).reshape(2, 1, 1, 1).expand(2, 1, 3, 3).clone()
    weight = torch.tensor([[0.0, 0, 0], [1, 2, 0], [0, 0, 0]])[None, None]
    with torch.no_grad():
        seen = nn.effective_receptive_field(lambda x: F.conv2d(x**2, weight), x)
    assert_close(seen, weight[0, 0] / 3, rtol=1e-6)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="no layer of convolution"):
        nn.receptive_field([])
    with pytest.raises(
        ValueError, match=r"\(kernel, stride, padding, dilation\), got \(3, 1, 1, 1"
    ):
        nn.receptive_field([(3, 1, 1, 1, 1)])
    with pytest.raises(ValueError, match="count from 1"):
        nn.receptive_field([(3, 0)])
    for module in (nn.Linear(3, 2), nn.AdaptiveAvgPool2d(1), nn.ResidualBlock(nn.Linear(3, 3))):
        with pytest.raises(ValueError, match=f"known of {type(module).__name__}"):
            nn.receptive_field(module)
    with pytest.raises(ValueError, match="transposed convolutions enlarge"):
        nn.receptive_field(nn.ConvTranspose2d(1, 1, 3))
    with pytest.raises(ValueError, match="differs between axes"):
        nn.receptive_field(nn.Conv2d(1, 1, (3, 5)))
    with pytest.raises(ValueError, match=r"got \(3, 4\)"):
        nn.effective_receptive_field(lambda x: x, torch.ones(3, 4))
    with pytest.raises(ValueError, match="outputs of shape"):
        nn.effective_receptive_field(lambda x: x.flatten(1), torch.ones(1, 1, 3, 4))
    with pytest.raises(ValueError, match="all its gradients are 0"):
        nn.effective_receptive_field(lambda x: 0 * x, torch.ones(1, 1, 3, 4))
