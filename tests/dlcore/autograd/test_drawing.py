"""The computational graph: its nodes and edges, and a picture in which nothing collides."""

from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import networkx as nx
import pytest
import torch
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from dlcore.autograd import Value, computation_graph, draw_graph
from dlcore.autograd.layout import layered_layout
from tests.dlcore.autograd.same_text import random


@pytest.fixture(autouse=True)
def without_screen():
    with mpl.rc_context({"backend": "agg"}):
        yield
    plt.close("all")


def small():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    f = x * x - x / y
    f.name = "f"
    return f


def network():
    """Two layers, squared error and weight decay: 24 boxes with reuse and constants."""
    W1, b1 = Value(random(3, 2), "W1"), Value(torch.zeros(3), "b1")
    W2, b2 = Value(random(1, 3, seed=1), "W2"), Value(0.1, "b2")
    y = (random(5, 2, seed=2) @ W1.T + b1).tanh() @ W2.T + b2
    cost = ((y - random(5, 1, seed=3)) ** 2).mean() + 0.01 * ((W1**2).sum() + (W2**2).sum())
    cost.backward()
    return cost


def long_way():
    x = Value(1.0, "input")
    return ((x.sin().exp() * x).tanh() + x).amax(dim=0) * x


@pytest.mark.reference("networkx.is_directed_acyclic_graph", of="dlcore.autograd.computation_graph")
def test_graph():
    f = small()
    graph = computation_graph(f)
    labels = nx.get_node_attributes(graph, "label")
    kinds = nx.get_node_attributes(graph, "kind")
    assert sorted(labels.values()) == sorted(["x\n2", "y\n3", "×\n4", "÷\n0.6667", "f\n−\n3.333"])
    name = {node: label.split("\n")[0] for node, label in labels.items()}
    edges = [(name[a], name[b], place) for a, b, place in graph.edges(data="operand")]
    assert sorted(edges) == sorted(
        [("x", "×", 0), ("x", "×", 1), ("x", "÷", 0), ("y", "÷", 1), ("×", "f", 0), ("÷", "f", 1)]
    )
    assert [kinds[n] for n in graph if name[n] == "f"] == ["output"]
    assert [kinds[n] for n in graph if name[n] in "xy"] == ["input", "input"]
    assert nx.is_directed_acyclic_graph(graph)
    assert all(a < b for a, b in graph.edges())


def test_labels():
    x = Value([1.0, -2.0], "x")
    y = (x**2).sum(dim=0) * 3
    labels = lambda: list(nx.get_node_attributes(computation_graph(y), "label").values())  # noqa: E731
    assert labels() == ["x\n(1, −2)", "power 2\n(1, 4)", "sum dim 0\n5", "3", "×\n15"]
    y.backward()
    assert labels()[0] == "x\n(1, −2)\ngrad (6, −12)"
    assert labels()[3] == "3"
    W = Value(torch.ones(3, 4), "W")
    W.sum().backward()
    assert computation_graph(W).nodes[0]["label"] == "W\n3×4\n‖grad‖ 3.46"
    kinds = list(nx.get_node_attributes(computation_graph(y), "kind").values())
    assert kinds == ["input", "intermediate", "intermediate", "constant", "output"]


@pytest.mark.parametrize("value", [small, network, long_way, lambda: Value(1.0)])
def test_layout(value):
    graph = computation_graph(value())
    layout = layered_layout(graph)
    assert set(layout.positions) == set(graph)
    assert set(layout.routes) == set(graph.edges(keys=True))
    for (a, b, _), route in layout.routes.items():
        assert (route[0], route[-1]) == (layout.positions[a], layout.positions[b])
        columns = [x for x, _ in route]
        assert columns == list(range(int(columns[0]), int(columns[-1]) + 1))
    for (x1, y1), (x2, y2) in combinations(layout.positions.values(), 2):
        assert x1 != x2 or abs(y1 - y2) >= 1 - 1e-9
    for route in layout.routes.values():
        for x, y in route[1:-1]:
            assert all(
                x != x_box or abs(y - y_box) >= 0.75 - 1e-9
                for x_box, y_box in layout.positions.values()
            )


@pytest.mark.reference("matplotlib.text.Text.get_window_extent", of="dlcore.autograd.draw_graph")
@pytest.mark.parametrize("value", [small, network, long_way, lambda: Value(1.0)])
@pytest.mark.parametrize("given", [False, True])
def test_boxes_lie_inside_and_apart(value, given):
    value = value()
    ax = draw_graph(value, plt.subplots(figsize=(7, 3))[1] if given else None)
    figure, graph = ax.figure, computation_graph(value)
    figure.canvas.draw()
    assert sorted(t.get_text() for t in ax.texts) == sorted(
        nx.get_node_attributes(graph, "label").values()
    )
    boxes = [t.get_bbox_patch().get_window_extent() for t in ax.texts]
    frame = ax.get_window_extent().padded(0.5)
    for box in boxes:
        assert frame.x0 <= box.x0
        assert frame.y0 <= box.y0
        assert box.x1 <= frame.x1
        assert box.y1 <= frame.y1
    assert not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == graph.number_of_edges()


def test_arrows_touch_no_box_on_their_way():
    ax = draw_graph(network())
    ax.figure.canvas.draw()
    boxes = [t.get_bbox_patch().get_window_extent().padded(-2) for t in ax.texts]
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    for arrow in arrows:
        (line,) = ax.transData.transform_path(arrow._path_original).to_polygons(closed_only=False)
        points = Path(line).interpolated(20).vertices
        assert len(points) > 100
        assert not any(box.contains(*point) for box in boxes for point in points)


def test_the_operands_of_a_box_arrive_in_their_order():
    x, y = Value(2.0, "x"), Value(3.0, "y")
    ax = draw_graph(y - x)
    height = {t.get_text().split("\n")[0]: t.get_position()[1] for t in ax.texts}
    assert height["y"] > height["x"]


def test_drawing_leaves_the_rest_alone():
    ax = plt.subplots(1, 2, layout="constrained")[1][1]
    assert draw_graph(small(), ax) is ax
    assert len(plt.get_fignums()) == 1
