"""Graphs of variables: directed, undirected, and factor graphs with squares for factors."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import networkx as nx
from matplotlib.axes import Axes

from dlcore.plot.style import COLORS

SIZE, SQUARE, FITTING = 900, 160, 5


def _layout(graph: nx.Graph) -> dict:
    """Parents above children; without arrows, distances on the page like those in the graph."""
    if not graph.is_directed() or not nx.is_directed_acyclic_graph(graph):
        return nx.kamada_kawai_layout(graph) if len(graph) > 1 else nx.circular_layout(graph)
    rows = [list(row) for row in nx.topological_generations(graph)]
    return {
        node: ((i + 0.5) / len(row) * 2 - 1, -depth)
        for depth, row in enumerate(rows)
        for i, node in enumerate(row)
    }


def plot_graph(
    graph: nx.Graph,
    *,
    positions: Mapping[Any, Sequence[float]] | None = None,
    observed: Iterable[Hashable] = (),
    highlighted: Iterable[Hashable] = (),
    labels: Mapping[Any, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a graphical model: circles for variables, shaded if seen, small squares for factors.

    Args:
        graph: directed or not; nodes with the attribute kind="factor" are squares.
        positions: where each node goes; by default parents above their children, or an undirected
            graph stretched out.
        observed: nodes that are shaded.
        highlighted: nodes with a coloured rim; edges between two of them are coloured too.
        labels: what is written in the nodes; by default their names, and nothing in squares.
        ax: where to draw; by default in a new figure.

    Returns:
        The axes, to be annotated further.

    Raises:
        ValueError: observed, highlighted or labelled nodes that the graph lacks, or missing
            positions.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, chapter 8.

    Example:
        >>> ax = plot_graph(nx.DiGraph([("rain", "wet")]), observed=["wet"])
        >>> sorted(text.get_text() for text in ax.texts)
        ['rain', 'wet']

    In production: networkx.draw, daft, graphviz.
    """
    observed, highlighted = set(observed), set(highlighted)
    unknown = (observed | highlighted | set(labels or {})) - set(graph)
    if unknown:
        raise ValueError(f"not in the graph: {sorted(map(str, unknown))}")
    if positions is not None and not set(graph) <= set(positions):
        raise ValueError(f"no position for {sorted(map(str, set(graph) - set(positions)))}")
    ax = ax or plt.figure().add_subplot()
    where = _layout(graph) if positions is None else dict(positions)
    squares = [node for node in graph if graph.nodes[node].get("kind") == "factor"]
    circles = [node for node in graph if node not in squares]
    names = {node: str(node) for node in circles} if labels is None else dict(labels)
    longest = max((len(names.get(node, "")) for node in circles), default=0)
    size = SIZE * max(1, longest / FITTING) ** 2
    sizes = [SQUARE if node in squares else size for node in graph]

    def rim(node: Hashable) -> str:
        return COLORS["red"] if node in highlighted else COLORS["black"]

    bold = [highlighted.issuperset(edge) for edge in graph.edges]
    arrows = {"arrows": True, "arrowsize": 14} if graph.is_directed() else {"arrows": False}
    nx.draw_networkx_edges(
        graph,
        where,
        ax=ax,
        node_size=sizes,
        nodelist=list(graph),
        edge_color=[COLORS["red"] if b else COLORS["black"] for b in bold],
        width=[2.4 if b else 1.2 for b in bold],
        **arrows,
    )
    fills = {node: "0.8" if node in observed else "white" for node in circles}
    fills |= dict.fromkeys(squares, COLORS["black"])
    for nodes, shape, area in ((circles, "o", size), (squares, "s", SQUARE)):
        if nodes:
            nx.draw_networkx_nodes(
                graph,
                where,
                nodelist=nodes,
                node_shape=shape,
                node_size=area,
                node_color=[fills[node] for node in nodes],
                edgecolors=[rim(node) for node in nodes],
                linewidths=[2.4 if node in highlighted else 1.2 for node in nodes],
                ax=ax,
            )
    nx.draw_networkx_labels(graph, where, names, font_size=9, ax=ax)
    ax.set_axis_off()
    ax.margins(0.15)
    return ax
