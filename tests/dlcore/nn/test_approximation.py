"""Networks made by hand against numpy.interp and an exhaustive count of slopes."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore import nn
from tests.parity import assert_close


def count_slopes(y, x):
    """Pieces of a zigzag whose kinks all lie on the grid x."""
    slopes = np.diff(y) / np.diff(x)
    return 1 + int((np.abs(np.diff(slopes)) > 1e-6 * np.abs(slopes).max()).sum())


@pytest.mark.reference("numpy.interp", of="dlcore.nn.relu_interpolant")
@given(
    st.lists(st.floats(0.01, 2), min_size=1, max_size=12),
    st.floats(-3, 3),
    st.integers(0, 999),
)
def test_joins_the_points_by_straight_lines(gaps, start, seed):
    knots = start + np.concatenate([[0], np.cumsum(gaps)])
    values = np.random.default_rng(seed).normal(size=len(knots))
    network = nn.relu_interpolant(torch.from_numpy(knots), torch.from_numpy(values))
    x = np.concatenate([knots, np.linspace(knots[0], knots[-1], 101)])
    actual = network(torch.from_numpy(x)[:, None])[:, 0]
    assert_close(actual, np.interp(x, knots, values), rtol=1e-9, atol=1e-9 * abs(values).max() / min(gaps))  # noqa: E501  # fmt: skip
    assert network.sizes == (1, len(gaps), 1)


def test_outside_the_knots_it_is_constant_on_the_left_and_goes_on_on_the_right():
    network = nn.relu_interpolant(torch.tensor([0.0, 1.0, 3.0]), torch.tensor([2.0, 0.0, 1.0]))
    assert network(torch.tensor([[-5.0], [5.0]])).flatten().tolist() == [2, 2]


def test_the_error_for_the_sine_and_its_bound():
    x = torch.linspace(0, 2 * math.pi, 20_001, dtype=torch.float64)
    errors = []
    for m in (4, 8, 16, 32, 64):
        knots = torch.linspace(0, 2 * math.pi, m + 1, dtype=torch.float64)
        network = nn.relu_interpolant(knots, knots.sin())
        errors.append((network(x[:, None])[:, 0] - x.sin()).abs().max().item())
        assert errors[-1] <= (2 * math.pi / m) ** 2 / 8
    assert errors == pytest.approx([0.2105, 0.0704, 0.0188, 0.00479, 0.00120], rel=5e-3)
    order = math.log2(errors[-2] / errors[-1])
    assert order == pytest.approx(2, abs=0.02)


@pytest.mark.reference("closed form: 1 - |2x - 1| composed", of="dlcore.nn.tent_map_network")
@pytest.mark.parametrize("k", range(1, 8))
def test_the_tent_map_composed(k):
    x = torch.linspace(0, 1, 2**9 + 1)
    expected = x
    for _ in range(k):
        expected = 1 - (2 * expected - 1).abs()
    network = nn.tent_map_network(k)
    assert torch.equal(network(x[:, None])[:, 0], expected)
    assert network.sizes == (1, *[2] * k, 1)


@pytest.mark.reference("exhaustive slope count", of="dlcore.nn.count_linear_regions_1d")
@pytest.mark.parametrize("k", range(1, 8))
def test_the_tent_map_has_2_to_the_k_pieces(k):
    network = nn.tent_map_network(k)
    x = np.linspace(0, 1, 2**9 + 1)
    y = network(torch.from_numpy(x).float()[:, None])[:, 0].detach().double().numpy()
    assert nn.count_linear_regions_1d(network, 0, 1) == count_slopes(y, x) == 2**k


@given(st.integers(1, 9), st.integers(0, 999))
def test_an_interpolant_has_as_many_pieces_as_hidden_units(m, seed):
    knots = torch.arange(m + 1, dtype=torch.float64)
    values = torch.from_numpy(np.random.default_rng(seed).normal(size=m + 1))
    network = nn.relu_interpolant(knots, values)
    assert nn.count_linear_regions_1d(network, 0, m) == m
    assert nn.count_linear_regions_1d(network, -1, m) == m + 1


@pytest.mark.parametrize("seed", range(5))
def test_a_random_deep_network_against_a_fine_grid(seed):
    """A kink inside a cell of the grid shows as two changes of slope next to each other."""
    torch.manual_seed(seed)
    network = nn.initialize_(nn.MLP([1, 7, 7, 2]), "kaiming_normal").double()
    for layer in network.linear_layers:
        torch.nn.init.normal_(layer.bias)
    x = torch.linspace(-3, 3, 60_001, dtype=torch.float64)
    slopes = network(x[:, None]).diff(dim=0) / x.diff()[:, None]
    bends = (slopes.diff(dim=0).abs().amax(dim=1) > 1e-6 * slopes.abs().max()).tolist()
    groups = sum(bend and not before for before, bend in zip([False, *bends], bends, strict=False))
    assert nn.count_linear_regions_1d(network, -3, 3) == 1 + groups


def test_torchs_layers_a_line_and_a_constant():
    network = torch.nn.Sequential(torch.nn.Linear(1, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    assert 1 <= nn.count_linear_regions_1d(network, -9, 9) <= 4
    assert next(network.parameters()).dtype == torch.float32
    assert nn.count_linear_regions_1d(nn.MLP([1, 1]), 0, 1) == 1
    assert nn.count_linear_regions_1d(nn.initialize_(nn.MLP([1, 5, 1]), "zeros"), 0, 1) == 1


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: nn.relu_interpolant(torch.zeros(1), torch.zeros(1)),
            r"two or more: got shapes \(1,\) and \(1,\)",
        ),
        (
            lambda: nn.relu_interpolant(torch.arange(3.0), torch.zeros(2)),
            r"got shapes \(3,\) and \(2,\)",
        ),
        (
            lambda: nn.relu_interpolant(torch.tensor([0.0, 1.0, 1.0]), torch.zeros(3)),
            "knots must increase",
        ),
        (lambda: nn.tent_map_network(0), "k must be at least 1, got 0"),
        (
            lambda: nn.count_linear_regions_1d(nn.tent_map_network(1), 1, 1),
            "low must be less than high, got 1 and 1",
        ),
        (
            lambda: nn.count_linear_regions_1d(nn.MLP([1, 3, 1], "tanh"), 0, 1),
            "only Linear and ReLU layers are piecewise affine here, got Tanh",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
