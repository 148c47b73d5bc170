"""The drawing of a graph against the graph."""

import networkx as nx
import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from dlcore import graphical
from dlcore.plot import COLORS, plot_graph


def circles(ax):
    return next(c for c in ax.collections if isinstance(c, PathCollection))


@pytest.mark.reference("the graph itself", of="dlcore.plot.plot_graph")
def test_directed():
    graph = nx.DiGraph([("rain", "wet"), ("hose", "wet"), ("wet", "cold")])
    ax = plot_graph(graph, observed=["wet"], highlighted=["rain", "wet"])
    where = {text.get_text(): text.get_position() for text in ax.texts}
    assert set(where) == set(graph)
    assert all(where[a][1] > where[b][1] for a, b in graph.edges)
    arrows = [p for p in ax.patches if isinstance(p, FancyArrowPatch)]
    assert len(arrows) == 3
    assert [to_hex(a.get_edgecolor()) == COLORS["red"] for a in arrows] == [True, False, False]
    fills = {v: to_hex(c) for v, c in zip(graph, circles(ax).get_facecolor(), strict=True)}
    assert fills == {"rain": "#ffffff", "wet": "#cccccc", "hose": "#ffffff", "cold": "#ffffff"}


def test_factor_graph_and_positions():
    factors = [graphical.Factor("ab", torch.zeros(2, 2)), graphical.Factor("b", torch.zeros(2))]
    graph = graphical.factor_graph(factors)
    where = {node: (i, i % 2) for i, node in enumerate(graph)}
    ax = plot_graph(graph, positions=where, labels={"a": "$a$", ("factor", 0): "f"})
    nodes = [c for c in ax.collections if isinstance(c, PathCollection)]
    assert [len(c.get_offsets()) for c in nodes] == [2, 2]
    np.testing.assert_array_equal(circles(ax).get_offsets(), [where["a"], where["b"]])
    lines = next(c for c in ax.collections if isinstance(c, LineCollection))
    assert len(lines.get_segments()) == 3
    assert {text.get_text() for text in ax.texts} == {"$a$", "f"}
    assert nodes[1].get_sizes()[0] < nodes[0].get_sizes()[0]


def test_network_draws_itself():
    ax = graphical.sprinkler_network().draw(observed=["wet"])
    assert {text.get_text() for text in ax.texts} == {"cloudy", "sprinkler", "rain", "wet"}


@pytest.mark.bad_input
def test_bad_input():
    graph = nx.path_graph(2)
    with pytest.raises(ValueError, match=r"not in the graph: \['7'\]"):
        plot_graph(graph, observed=[7])
    with pytest.raises(ValueError, match=r"no position for \['1'\]"):
        plot_graph(graph, positions={0: (0, 0)})
