"""The computational graph of a value, as a networkx graph and as a picture."""

from itertools import pairwise
from statistics import mean
from typing import TYPE_CHECKING, cast

import networkx as nx
import torch
from torch import Tensor

from dlcore.autograd.layout import LayeredLayout, Point, layered_layout
from dlcore.autograd.value import Value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import FancyBboxPatch
    from matplotlib.text import Text

SYMBOLS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "matmul": "@"}
FRAMES = {"input": "C0", "output": "C1"}  # colours; others take the colour of text
COLUMN_GAP, ROW_GAP, BORDER = 0.55, 0.2, 0.12  # inches between boxes, and around the drawing
CLEAR = 0.1  # inches that an arrow runs level beside the widest box of a column
PORT_SPREAD = 0.13  # inches between arrows that end at the same box


def computation_graph(value: Value) -> nx.MultiDiGraph:
    r"""The operations that a value was computed by, as a directed graph.

    Args:
        value: the result.

    Returns:
        A graph with an edge from every operand to its result (two edges where a value is used
        twice); `operand` is its place among the operands. Nodes are numbered in topological
        order and carry `kind` ("input", "constant", "intermediate" or "output"), `label`,
        `operation`, `shape` and, unless constant, `value`.

    Section: :ref:`sec-computational-graph`

    Example:
        >>> x = Value(2.0, name="x")
        >>> graph = computation_graph(x * x + 1)
        >>> [graph.nodes[n]["label"] for n in graph]
        ['x\n2', '×\n4', '1', '+\n5']

    In production: torchviz, or torch.fx.
    """
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    numbers: dict[int, int] = {}
    for node in value.topological_order():
        operands = node.step.operands if node.step else ()
        sources = [
            numbers[id(operand)] if isinstance(operand, Value) else _add_constant(graph, operand)
            for operand in operands
        ]
        numbers[id(node)] = number = len(graph)
        kind = "output" if node is value else "intermediate" if node.step else "input"
        graph.add_node(
            number,
            kind=kind,
            label=_label(node),
            operation=node.step.operation if node.step else "",
            shape=tuple(node.shape),
            value=node,
        )
        for place, source in enumerate(sources):
            graph.add_edge(source, number, operand=place)
    return graph


def _add_constant(graph: nx.MultiDiGraph, numbers: Tensor) -> int:
    number = len(graph)
    graph.add_node(
        number,
        kind="constant",
        label=_numbers(numbers),
        operation="",
        shape=tuple(numbers.shape),
    )
    return number


def _label(node: Value) -> str:
    """Name, operation, numbers or shape, gradient: one line each."""
    lines = [node.name] if node.name else []
    if node.step:
        options = node.step.options
        name = SYMBOLS.get(node.step.operation, node.step.operation)
        name += f" {options['exponent']}" if "exponent" in options else ""
        name += f" dim {options['dim']}" if options.get("dim") is not None else ""
        lines.append(name)
    lines.append(_numbers(node.data))
    if node.grad is not None:
        few = node.grad.ndim <= 1 and node.grad.numel() <= 3
        norm = torch.linalg.vector_norm(node.grad).item()
        lines.append(f"grad {_numbers(node.grad)}" if few else f"‖grad‖ {norm:.3g}")
    return "\n".join(lines)


def _numbers(tensor: Tensor) -> str:
    """The numbers themselves if they are few, else the shape."""
    if tensor.ndim > 1 or tensor.numel() > 3:
        return "×".join(str(n) for n in tensor.shape)
    digits = 4 if tensor.ndim == 0 else 3
    entries = [f"{entry:.{digits}g}".replace("-", "−") for entry in tensor.flatten().tolist()]
    return entries[0] if tensor.ndim == 0 else f"({', '.join(entries)})"


def draw_graph(value: Value, ax: "Axes | None" = None) -> "Axes":
    """Draw the computational graph of a value, from its inputs at the left to the value itself.

    A box shows name or operation, the numbers (the shape, if there are more than three) and,
    after `backward`, the gradient (its norm). Constants are dashed. The operands of a box arrive
    from top to bottom in their order.

    Args:
        value: the result.
        ax: axes to draw in; default a new figure that fits the graph. In given axes the text
            shrinks until the boxes do not touch.

    Returns:
        The axes.

    Section: :ref:`sec-computational-graph`

    Example:
        >>> x = Value(2.0, name="x")
        >>> ax = draw_graph((x**2 + 1) ** 3)
        >>> len(ax.texts)
        5

    In production: torchviz.
    """
    import matplotlib.pyplot as plt

    graph = computation_graph(value)
    figure = plt.figure(figsize=(1, 1), layout="none") if ax is None else None
    ax = figure.add_axes((0, 0, 1, 1)) if figure else ax
    assert ax is not None
    ax.axis("off")
    texts = _draw_labels(ax, graph)
    ax.figure.canvas.figure.draw_without_rendering()
    sizes = {node: _box_in_inches(ax, text) for node, text in texts.items()}
    positions, routes, extent = _in_inches(layered_layout(graph), sizes)
    if figure is not None:
        figure.set_size_inches(extent)
    shrink = _fit(ax, extent)
    for node, text in texts.items():
        text.set_position(positions[node])
        text.set_fontsize(shrink * float(text.get_fontsize()))
    _draw_arrows(ax, graph, positions, routes, sizes, shrink)
    return ax


def _draw_labels(ax: "Axes", graph: nx.MultiDiGraph) -> dict[int, "Text"]:
    """A framed text for every node, not yet in its place."""
    import matplotlib as mpl

    texts = {}
    for node, data in graph.nodes(data=True):
        frame = {
            "boxstyle": "round,pad=0.4",
            "facecolor": mpl.rcParams["axes.facecolor"],
            "edgecolor": FRAMES.get(data["kind"], mpl.rcParams["text.color"]),
            "linewidth": 2.0 if data["kind"] in FRAMES else 1.0,
            "linestyle": "--" if data["kind"] == "constant" else "-",
        }
        text = ax.text(0, 0, data["label"], ha="center", va="center", fontsize=10, bbox=frame)
        text.set(linespacing=1.25, zorder=3)
        texts[node] = text
    return texts


def _box_in_inches(ax: "Axes", text: "Text") -> Point:
    """Width and height of the frame of a text that has been laid out."""
    box = cast("FancyBboxPatch", text.get_bbox_patch()).get_window_extent()
    return box.width / ax.figure.dpi, box.height / ax.figure.dpi


def _in_inches(
    layout: LayeredLayout, sizes: dict[int, Point]
) -> tuple[dict[int, Point], dict[tuple, list[Point]], Point]:
    """Positions, routes, width and height of the drawing.

    Columns are as wide as their widest box; routes run level through them and turn between.
    """
    row = max(height for _, height in sizes.values()) + ROW_GAP
    widest: dict[float, float] = {}
    for node, (column, _) in layout.positions.items():
        widest[column] = max(widest.get(column, 0), sizes[node][0])
    edges, x = {}, BORDER - COLUMN_GAP / 2
    for column in sorted(widest):
        edges[column] = (x + COLUMN_GAP / 2 - CLEAR, x + COLUMN_GAP / 2 + widest[column] + CLEAR)
        x += COLUMN_GAP + widest[column]
    bottom, top = layout.vertical_extent()

    def y(height: float) -> float:
        return (height - bottom + 0.5) * row + BORDER

    positions = {node: (mean(edges[c]), y(h)) for node, (c, h) in layout.positions.items()}
    routes = {
        edge: [(x, y(h)) for c, h in route for x in edges[c]][1:-1]
        for edge, route in layout.routes.items()
    }
    return positions, routes, (x - COLUMN_GAP / 2 + BORDER, y(top + 0.5) + BORDER)


def _fit(ax: "Axes", extent: Point) -> float:
    """Set limits so that the drawing is centred and one unit is one inch, or less if it must."""
    ax.figure.canvas.draw()  # settles the size of axes in a figure with a layout of its own
    box = ax.get_window_extent()
    room = box.width / ax.figure.dpi, box.height / ax.figure.dpi
    shrink = min(1.0, room[0] / extent[0], room[1] / extent[1])
    spare = [(have / shrink - need) / 2 for have, need in zip(room, extent, strict=True)]
    ax.set_xlim(-spare[0], extent[0] + spare[0])
    ax.set_ylim(-spare[1], extent[1] + spare[1])
    return shrink


def _draw_arrows(
    ax: "Axes",
    graph: nx.MultiDiGraph,
    positions: dict[int, Point],
    routes: dict[tuple, list[Point]],
    sizes: dict[int, Point],
    shrink: float,
) -> None:
    import matplotlib as mpl
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    for *ends, operand in graph.edges(keys=True, data="operand"):
        edge, node = tuple(ends), ends[1]
        *turns, (x, y) = routes[edge]
        y += PORT_SPREAD * ((graph.in_degree(node) - 1) / 2 - operand)
        start = (positions[edge[0]][0] + sizes[edge[0]][0] / 2, positions[edge[0]][1])
        points = [start, *turns, (x, y), (positions[node][0] - sizes[node][0] / 2, y)]
        path = Path(_smooth(points), [Path.MOVETO] + ([Path.CURVE4] * 3) * (len(points) - 1))
        arrow = FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=9 * shrink)
        arrow.set(color=mpl.rcParams["text.color"], linewidth=shrink)
        ax.add_patch(arrow)


def _smooth(points: list[Point]) -> list[Point]:
    """Control points of a curve through the points, level at each of them."""
    path = points[:1]
    for (x, y), (x_next, y_next) in pairwise(points):
        middle = (x + x_next) / 2
        path += [(middle, y), (middle, y_next), (x_next, y_next)]
    return path
