"""Places for the nodes of a directed acyclic graph: in columns, with few crossing edges."""

from dataclasses import dataclass
from statistics import mean

import networkx as nx

Point = tuple[float, float]
DETOUR_HEIGHT = 0.5  # vertical room for an edge that passes a column, boxes take 1
PORT = 0.3  # how far apart operands of one node wish to lie, the first one highest
SWEEPS = 12


@dataclass(frozen=True)
class LayeredLayout:
    """Where the nodes lie, and the points that each edge runs through, its ends included."""

    positions: dict[int, Point]
    routes: dict[tuple, list[Point]]

    def vertical_extent(self) -> tuple[float, float]:
        """Least and largest height."""
        heights = [y for _, y in self.positions.values()]
        heights += [y for route in self.routes.values() for _, y in route]
        return min(heights), max(heights)


def layered_layout(graph: nx.MultiDiGraph) -> LayeredLayout:
    """Columns by the longest way from an input; edges over several columns get room of their own.

    Edges of the graph carry their place among the operands of their end as `operand`.

    Source: Sugiyama, Tagawa and Toda, IEEE Trans. Systems, Man, Cybernetics 11 (1981) 109.
    """
    column = _columns(graph)
    chains, links = {}, nx.DiGraph()
    links.add_nodes_from(graph)
    for *edge, operand in graph.edges(keys=True, data="operand"):
        start, end, _ = edge
        stops = [(*edge, k) for k in range(column[start] + 1, column[end])]
        column.update({stop: stop[-1] for stop in stops})
        chains[tuple(edge)] = chain = [start, *stops, end]
        nx.add_path(links, chain, above=0.0)
        links.edges[chain[-2], end]["above"] = PORT * ((graph.in_degree(end) - 1) / 2 - operand)
    height = _heights(links, column)
    place = {node: (float(column[node]), height[node]) for node in links}
    return LayeredLayout(
        {node: place[node] for node in graph},
        {edge: [place[stop] for stop in chain] for edge, chain in chains.items()},
    )


def _columns(graph: nx.MultiDiGraph) -> dict:
    """Longest way from an input; the inputs themselves stand just before their first use."""
    column: dict = {}
    for node in nx.topological_sort(graph):
        column[node] = max((column[p] + 1 for p in graph.predecessors(node)), default=0)
    for node in graph:
        if graph.in_degree(node) == 0 and graph.out_degree(node) > 0:
            column[node] = min(column[s] for s in graph.successors(node)) - 1
    return column


def _heights(links: nx.DiGraph, column: dict) -> dict:
    """Draw every node towards its neighbours' mean height, column by column, to and fro."""
    columns: list[list] = [[] for _ in range(max(column.values()) + 1)]
    for node in links:
        columns[column[node]].append(node)
    height: dict = {}
    for nodes in columns:
        height.update(_stack(nodes, {node: -float(i) for i, node in enumerate(nodes)}))
    for sweep in range(SWEEPS):
        forward, settling = sweep % 2 == 0, sweep >= SWEEPS // 2
        for nodes in columns if forward else reversed(columns):
            wish = {}
            for node in nodes:
                sources = links.in_edges(node, data="above") if forward or settling else []
                targets = links.out_edges(node, data="above") if settling or not forward else []
                near = [height[source] - above for source, _, above in sources]
                near += [height[target] + above for _, target, above in targets]
                wish[node] = mean(near or [height[node]])
            height.update(_stack(nodes, wish))
    return height


def _stack(nodes: list, wish: dict) -> dict:
    """Heights as near to the wished ones as the nodes' sizes allow, in the wished order."""
    placed: dict = {}
    edge = -float("inf")
    for node in sorted(nodes, key=lambda n: wish[n]):
        room = DETOUR_HEIGHT if isinstance(node, tuple) else 1.0
        placed[node] = max(wish[node], edge + room / 2)
        edge = placed[node] + room / 2
    shift = mean(wish[node] - placed[node] for node in nodes)
    return {node: height + shift for node, height in placed.items()}
