"""Explorable: which paths of a network are open once some of its variables are seen."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import networkx as nx
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel

SCRIPTS = ("handles", "d_separation")
HEIGHT, RADIUS, HEAD = 330, 20, 7
MOST_NODES, MOST_ARROWS, LONGEST = 9, 12, 7
PREDICTION = "No: what is seen can only cut a connection."

Place = tuple[float, float]


def paths(graph: nx.DiGraph, x: str, y: str) -> list[list[str]]:
    """All ways from x to y that visit no node twice, the shortest first."""
    return sorted(nx.all_simple_paths(graph.to_undirected(), x, y), key=len)


def blockers(graph: nx.DiGraph, path: Sequence[str], seen: Iterable[str]) -> list[str]:
    """The nodes at which a path is blocked, in its order."""
    seen = set(seen)
    opens = seen.union(*(nx.ancestors(graph, z) for z in seen))
    found = []
    for before, node, after in zip(path, path[1:], path[2:], strict=False):
        collider = graph.has_edge(before, node) and graph.has_edge(after, node)
        if (node not in opens) if collider else (node in seen):
            found.append(node)
    return found


def written(graph: nx.DiGraph, path: Sequence[str]) -> str:
    """A path with its arrows."""
    steps = (f" {'→' if graph.has_edge(a, b) else '←'} {b}" for a, b in pairwise(path))
    return path[0] + "".join(steps)


class Network:
    """A graph of variables and the joint table of their states, an axis for each, 1 being yes."""

    def __init__(self, parents: Mapping[str, Sequence[str]], tables: Mapping[str, Tensor]) -> None:
        self.names = list(parents)
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(parents)
        self.graph.add_edges_from((u, v) for v, above in parents.items() for u in above)
        axes = {v: k for k, v in enumerate(parents)}
        operands: list = []
        for v, above in parents.items():
            operands += [tables[v].detach().double().cpu(), [axes[u] for u in (*above, v)]]
        self.joint = torch.einsum(*operands, list(axes.values()))

    def chance(self, y: str, given: Mapping[str, int]) -> float:
        """The probability that y is yes, given states of others."""
        where = tuple(given[v] if v in given else slice(None) for v in self.names)
        left = [v for v in self.names if v not in given]
        away = [k for k, v in enumerate(left) if v != y]
        p = self.joint[where].sum(away) if away else self.joint[where]
        return (p[1] / p.sum()).item()

    def chances(self, x: str, y: str, seen: Iterable[str]) -> list[float]:
        """The same if x is no, and if x is yes, what is seen being yes."""
        return [self.chance(y, dict.fromkeys(seen, 1) | {x: k}) for k in (0, 1)]


def _line(panel: Panel, start: Place, end: Place, *, head: bool) -> str:
    """From node to node, in the picture's units, with or without an arrow head."""
    (x0, y0), (x1, y1) = ((panel.X(x), panel.Y(y)) for x, y in (start, end))
    length = math.hypot(x1 - x0, y1 - y0)
    u, v = (x1 - x0) / length, (y1 - y0) / length
    x0, y0, x1, y1 = x0 + RADIUS * u, y0 + RADIUS * v, x1 - RADIUS * u, y1 - RADIUS * v
    d = f"M{x0:.1f},{y0:.1f}L{x1:.1f},{y1:.1f}"
    if head:
        sides = [(x1 - HEAD * u + s * 4 * v, y1 - HEAD * v - s * 4 * u) for s in (1, -1)]
        (ax, ay), (bx, by) = sides
        d += f"M{ax:.1f},{ay:.1f}L{x1:.1f},{y1:.1f}L{bx:.1f},{by:.1f}"
    return d


def _circles(panel: Panel, places: Iterable[Place]) -> str:
    half = f"a{RADIUS},{RADIUS} 0 1 1"
    return "".join(
        f"M{panel.X(x) - RADIUS:.1f},{panel.Y(y):.1f}{half} {2 * RADIUS},0{half} {-2 * RADIUS},0"
        for x, y in places
    )


def _crosses(panel: Panel, places: Iterable[Place]) -> str:
    return "".join(
        f"M{panel.X(x) + 10:.1f},{panel.Y(y) - 22:.1f}l12,12m0,-12l-12,12" for x, y in places
    )


def _graph(
    graph: nx.DiGraph, places: Mapping[str, Place], x: str, y: str, seen: Sequence[str]
) -> Panel:
    xs, ys = zip(*(places[v] for v in graph), strict=True)
    panel = Panel(
        f"{x} and {y}",
        (min(xs) - 0.5, max(xs) + 0.5),
        (min(ys) - 0.4, max(ys) + 0.4),
        height=HEIGHT,
        frame=False,
    ).legend(
        blue=("○", "asked about"), gold=("●", "seen"), red=("—", "open"), black=("×", "blocked")
    )
    known = paths(graph, x, y)
    closed = [blockers(graph, path, seen) for path in known]
    open_path = next((p for p, b in zip(known, closed, strict=True) if not b), [])
    arrows = "".join(_line(panel, places[u], places[v], head=True) for u, v in graph.edges)
    way = "".join(_line(panel, places[u], places[v], head=False) for u, v in pairwise(open_path))
    crossed = [] if open_path else sorted({b[0] for b in closed})
    panel.path("way", way, "red", width=6)
    panel.path("arrows", arrows, "gray", width=1.4)
    panel.path("seen", _circles(panel, [places[v] for v in seen]), "gold", opacity=0.55)
    panel.path("nodes", _circles(panel, [places[v] for v in graph]), "gray", width=1.2)
    panel.path("ends", _circles(panel, [places[x], places[y]]), "blue", width=3.5)
    for v in graph:
        panel.label(f"name-{v}", *places[v], v, "black")
    return panel.path("crosses", _crosses(panel, [places[v] for v in crossed]), "black", width=3)


def _bars(network: Network, x: str, y: str, seen: Sequence[str]) -> Panel:
    panel = Panel(
        f"Probability that {y} is yes",
        (-0.5, 1.5),
        (0, 1),
        xticks={0: "no", 1: "yes"},
        yticks={0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1: "1"},
        xlabel="the first one asked about",
        height=HEIGHT,
    ).legend(gray=("- -", "not knowing it"))
    bars = "".join(
        f"M{panel.X(k - 0.3):.1f},{panel.Y(0):.1f}V{panel.Y(p):.1f}H{panel.X(k + 0.3):.1f}"
        f"V{panel.Y(0):.1f}z"
        for k, p in enumerate(network.chances(x, y, seen))
    )
    panel.path("bars", bars, "blue", opacity=0.8)
    alone = network.chance(y, dict.fromkeys(seen, 1))
    return panel.line("alone", [-0.5, 1.5], [alone] * 2, "gray", dash="6 4")


def _verdict(network: Network, x: str, y: str, seen: Sequence[str]) -> str:
    graph = network.graph
    low, high = network.chances(x, y, seen)
    numbers = f"if {x} is no, {y} has probability {low:.3f}, if yes, {high:.3f}"
    for path in paths(graph, x, y):
        if not blockers(graph, path, seen):
            return f"the path {written(graph, path)} is open: {numbers}"
    return f"every path between them is blocked: {numbers}"


def d_separation(
    parents: Mapping[str, Sequence[str]],
    tables: Mapping[str, Float[Tensor, "..."]],
    places: Mapping[str, Place],
    x: str,
    y: str,
    seen: Sequence[str] = (),
    *,
    question: str = "",
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Which paths between two variables of a network are open, and what one tells of the other.

    The reader clicks variables to see them, or not, and chooses two to ask about. An open path is
    drawn, or crosses show where each path is blocked; bars give the probability of the second
    variable for both states of the first, computed in the page from the network's tables.

    Args:
        parents: of each of up to 9 variables with names of up to 7 letters; up to 12 arrows.
        tables: by variable, its probability of no and yes along the last axis, one axis before it
            for each parent.
        places: of each variable in the picture, neighbours at about distance 1.
        x: variable asked about first.
        y: the other one.
        seen: variables that are seen first; what is seen is yes.
        question: what the reader can find out; by default about x and y.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: another kind of network, or variables that it lacks or that are named twice.

    Section: :ref:`sec-d-separation`

    Source: Pearl (1988), Probabilistic Reasoning in Intelligent Systems, section 3.3; the picture
    follows Shachter (1998), Bayes-ball.

    Example:
        >>> parents = {"rain": [], "tap": [], "wet": ["rain", "tap"]}
        >>> half = torch.tensor([0.5, 0.5])
        >>> tables = {"rain": half, "tap": half, "wet": half.repeat(2, 2, 1)}
        >>> places = {"rain": (0, 1), "tap": (2, 1), "wet": (1, 0)}
        >>> d_separation(parents, tables, places, "rain", "tap", ["wet"]).state["seen"]
        ['wet']

    In production: networkx.is_d_separator; DAGitty draws open paths.
    """
    names = list(parents)
    if not all(isinstance(v, str) and len(v) <= LONGEST for v in names):
        raise ValueError(f"variables must have names of up to {LONGEST} letters, got {names}")
    if len(names) > MOST_NODES or sum(map(len, parents.values())) > MOST_ARROWS:
        raise ValueError(f"there may be {MOST_NODES} variables and {MOST_ARROWS} arrows")
    for v, above in parents.items():
        if v not in tables or tuple(tables[v].shape) != (2,) * (len(above) + 1):
            raise ValueError(f"the table of {v} must have an axis of two states for each parent")
    asked = [x, y, *seen]
    if len(set(asked)) < len(asked):
        raise ValueError(f"x, y and seen must be different variables, got {asked}")
    for what, missing in (("the network", {*asked} - {*names}), ("places", {*names} - {*places})):
        if missing:
            raise ValueError(f"not in {what}: {', '.join(sorted(missing))}")
    network = Network(parents, tables)
    if not nx.is_directed_acyclic_graph(network.graph):
        raise ValueError("the arrows form a cycle")
    shut = all(blockers(network.graph, path, seen) for path in paths(network.graph, x, y))
    given = " and ".join(seen)
    verdict = _verdict(network, x, y, seen)
    story = f"{verdict[0].upper()}{verdict[1:]}."
    if seen:
        bare = _verdict(network, x, y, ())
        story = f"While nothing is seen, {bare}. With {given} seen, {verdict}."
    rule = (
        "A chain or a fork is blocked by seeing its middle; at a collider, where two arrows meet, "
        "it is the other way round: it is open only when it is seen or something that it leads to."
    )
    return Explorable(
        SCRIPTS,
        question
        or f"{'Nothing is known' if not seen else f'Only {given} has been seen'}. Does news of {x} "
        f"then tell anything of {y}?",
        prediction,
        finding or f"{'No' if shut else 'Yes'}. {story} {rule}",
        f"Left, a graph of {len(names)} variables; asked about are {x} and {y}, "
        f"{f'{given} is seen' if seen else 'nothing is seen'}: {verdict}. Right, these "
        "probabilities as bars.",
        [_graph(network.graph, places, x, y, list(seen)), _bars(network, x, y, seen)],
        {
            "names": names,
            "parents": [[names.index(u) for u in parents[v]] for v in names],
            "yes": [[round(p, 6) for p in tables[v][..., 1].flatten().tolist()] for v in names],
            "places": [list(places[v]) for v in names],
            "x": x,
            "y": y,
            "seen": list(seen),
            "radius": RADIUS,
        },
    )
