"""A drawn network has the units, edges and counts of the real one."""

from itertools import pairwise

import matplotlib.pyplot as plt
import pytest
import torch
from matplotlib.colors import to_rgba
from matplotlib.patches import Circle
from torch import nn

from dlcore.plot import COLORS, DIVERGING, plot_network


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def circles(ax):
    return [p for p in ax.patches if isinstance(p, Circle)]


@pytest.mark.reference("torch.nn.Linear.parameters", of="dlcore.plot.plot_network")
@pytest.mark.parametrize("sizes", [(2, 3, 1), (5, 7, 3, 2), (64, 32, 10)])
def test_units_edges_and_parameters_are_counted_right(sizes):
    ax = plot_network(sizes, most_units=7)
    drawn = [min(size, 7) for size in sizes]
    assert len(circles(ax)) == sum(drawn)
    edges = [len(c.get_segments()) for c in ax.collections]
    assert edges == [a * b for a, b in pairwise(drawn)]
    layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
    counts = [sum(p.numel() for p in layer.parameters()) for layer in layers]
    written = [t.get_text() for t in ax.texts if "parameters" in t.get_text()]
    assert [int(t.split()[0].replace(",", "")) for t in written] == counts


def test_edges_carry_the_sign_and_size_of_their_weights():
    W = torch.tensor([[1.0, -2.0], [0.0, 0.5], [-0.5, 2.0]])
    ax = plot_network([2, 3], [W])
    edges = ax.collections[0]
    for segment, color, width in zip(
        edges.get_segments(), edges.get_colors(), edges.get_linewidths(), strict=True
    ):
        i, j = round(1 - segment[1][1]), round(0.5 - segment[0][1])
        w = W[i, j].item()
        assert tuple(color) == to_rgba(COLORS["blue" if w < 0 else "brown"])
        assert width == pytest.approx(0.2 + 1.6 * abs(w) / 2)


def test_few_units_beside_many_spread():
    units = circles(plot_network([16, 4, 1], most_units=16))
    inputs, hidden = ([u.center[1] for u in part] for part in (units[:16], units[16:20]))
    assert inputs[0] - inputs[1] == pytest.approx(1)
    assert hidden[0] - hidden[1] == pytest.approx(0.6 * 15 / 3)
    assert hidden[0] == -hidden[-1]
    assert units[20].center[1] == 0


def test_units_are_filled_by_their_activations():
    ax = plot_network([2, 1], activations=[torch.tensor([0.0, 4.0]), torch.tensor([-1.0])])
    zero, four, negative = (c.get_facecolor()[:3] for c in circles(ax))
    assert zero == pytest.approx((1, 1, 1), abs=0.02)
    assert four == pytest.approx(to_rgba(COLORS["brown"])[:3], abs=0.02)
    assert negative == pytest.approx(to_rgba(COLORS["blue"])[:3], abs=0.02)


def test_the_darkest_activation_can_be_given():
    h = [torch.tensor([0.5, 2.0]), torch.tensor([0.0])]
    half, full, empty = (
        c.get_facecolor() for c in circles(plot_network([2, 1], activations=h, darkest=[1, 1]))
    )
    assert half == pytest.approx(DIVERGING(0.75))
    assert full == pytest.approx(DIVERGING(1.0))
    assert empty == pytest.approx(DIVERGING(0.5))


def test_hidden_units_of_large_layers_keep_their_own_weights():
    W = torch.zeros(1, 20)
    W[0, 19] = -1.0
    ax = plot_network([20, 1], [W], most_units=4)
    widths = ax.collections[0].get_linewidths()
    assert [round(float(w), 1) for w in widths] == [0.2, 0.2, 0.2, 1.8]
    assert "⋮" in [t.get_text() for t in ax.texts]


def test_many_edges_are_rasterized():
    assert plot_network([30, 30], most_units=30).collections[0].get_rasterized()
    assert not plot_network([3, 3]).collections[0].get_rasterized()


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"at least two layers of at least one unit, got \[3\]"):
        plot_network([3])
    with pytest.raises(ValueError, match=r"darkest must be 2 positive numbers, got \[1\]"):
        plot_network([3, 2], darkest=[1])
    with pytest.raises(ValueError, match=r"got \[3, 0\]"):
        plot_network([3, 0])
    with pytest.raises(ValueError, match=r"shapes \[\(3, 2\)\], got \[\(2, 3\)\]"):
        plot_network([2, 3], [torch.zeros(2, 3)])
    with pytest.raises(ValueError, match=r"activations must have the shapes \[\(2,\), \(3,\)\]"):
        plot_network([2, 3], activations=[torch.zeros(2)])
    with pytest.raises(ValueError, match="2 layers, 1 names"):
        plot_network([2, 3], names=["a"])
