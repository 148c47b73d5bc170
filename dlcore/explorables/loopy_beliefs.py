"""Explorable: messages that go round and round in a graph with cycles."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_known, require_within

SCRIPTS = ("loopy_beliefs",)
HEIGHT, RADIUS, SWEEPS, SETTLED, LOWEST = 260, 13, 150, 1e-6, -8.0
MOST_NODES, MOST_COUPLING, MOST_DAMPING, X_REACH, Y_REACH = 9, 2.0, 0.9, (-0.5, 4.5), (-0.5, 2.5)
NAMES = {"tree": "Tree", "triangle": "Triangle", "grid": "3 × 3 grid", "complete": "All of four"}
QUESTION = (
    "Belief propagation is exact on trees. Run it on a graph with cycles all the same: does it "
    "settle, and when it does, is it right?"
)
PREDICTION = "It settles once the news has been everywhere, and is about right then."
FINDING = (
    "On the tree it is exact after 4 sweeps: one for the fields, and one for each edge of the "
    "longest path. On a cycle a "
    "message comes back to the node that sent it and is taken for news: the triangle with J = 1 "
    "settles, but node 0 believes 0.809 where 0.646 is right, and with J = 2 0.992. The exact "
    "0.646 is the same for every J, for only node 0 has a field. The beliefs are further from one "
    "half than they should be, the more so the stronger the coupling. On the grid the middle one "
    "is 0.608 in place of 0.607 with J = 0.2, but 0.999 in place of 0.849 with J = 1. Four nodes "
    "that all want to differ, J = −1, never settle: the messages jump between two states. With "
    "damping 0.5 they come to rest after 60 sweeps, at 0.512, where 0.550 is right: damping makes "
    "them settle, not right."
)
Edges = Sequence[tuple[int, int]]


class Graph(NamedTuple):
    """Where the nodes stand, which ones are coupled, and the field of each."""

    places: Sequence[tuple[float, float]]
    edges: Edges
    fields: Sequence[float]


_GRID = [(i, i + 1) for i in range(9) if i % 3 < 2] + [(i, i + 3) for i in range(6)]
GRAPHS = {
    "tree": Graph(
        [(0.5, 2), (1.5, 1), (0.5, 0), (2.5, 1), (3.5, 1)],
        [(0, 1), (1, 2), (1, 3), (3, 4)],
        [0.3, -0.2, 0.5, 0.0, -0.4],
    ),
    "triangle": Graph([(2, 1.9), (1, 0.2), (3, 0.2)], [(0, 1), (0, 2), (1, 2)], [0.3, 0.0, 0.0]),
    "grid": Graph([(1 + k % 3, 2 - k // 3) for k in range(9)], _GRID, [0.1] * 9),
    "complete": Graph(
        [(2, 0.75), (2, 2.1), (0.8, 0.1), (3.2, 0.1)],
        [(i, j) for i in range(4) for j in range(i + 1, 4)],
        [0.1, 0.0, 0.0, 0.0],
    ),
}


class Course(NamedTuple):
    """What came of each sweep, the state before the first one included.

    Attributes:
        beliefs: in +1, of every node.
        changes: the largest change of a message's probability, from the first sweep on.
        log_z: Bethe's estimate after the last one.
    """

    beliefs: list[list[float]]
    changes: list[float]
    log_z: float


def logistic(x: float) -> float:
    """The probability of +1 for fields that add up to half of x."""
    return 1 / (1 + math.exp(-x))


def propagate(graph: Graph, coupling: float, damping: float, sweeps: int = SWEEPS) -> Course:
    """All messages at once, sweep after sweep; each is a field, what a node is told of its field.

    A node's own field comes as a message, too, as from a factor of one variable.
    """
    n = len(graph.fields)
    ways = [*graph.edges, *((j, i) for i, j in graph.edges)]
    own, told = [0.0] * n, dict.fromkeys(ways, 0.0)

    def total(i: int) -> float:
        return own[i] + sum(told[way] for way in ways if way[1] == i)

    beliefs, changes = [[0.5] * n], []
    for _ in range(sweeps):
        fresh = {
            (i, j): math.atanh(math.tanh(coupling) * math.tanh(total(i) - told[j, i]))
            for i, j in ways
        }
        after = {way: (1 - damping) * fresh[way] + damping * told[way] for way in ways}
        mine = [(1 - damping) * h + damping * old for h, old in zip(graph.fields, own, strict=True)]
        pairs = [*zip(mine, own, strict=True), *((after[w], told[w]) for w in ways)]
        changes.append(max(abs(logistic(2 * a) - logistic(2 * b)) for a, b in pairs))
        own, told = mine, after
        beliefs.append([logistic(2 * total(i)) for i in range(n)])
    cavities = [(total(i) - told[j, i], total(j) - told[i, j]) for i, j in graph.edges]
    degree = [sum(i in edge for edge in graph.edges) for i in range(n)]
    log_z = sum(_log_pairs(coupling, *cavity) for cavity in cavities) + sum(
        (1 - degree[i]) * math.log(2 * math.cosh(total(i))) for i in range(n)
    )
    return Course(beliefs, changes, log_z)


def _log_pairs(coupling: float, a: float, b: float) -> float:
    """The logarithm of the sum over both spins of a pair that feel fields a and b."""
    terms = [coupling * s * t + a * s + b * t for s in (-1, 1) for t in (-1, 1)]
    most = max(terms)
    return most + math.log(sum(math.exp(v - most) for v in terms))


def enumerated(graph: Graph, coupling: float) -> tuple[list[float], float]:
    """The probability of +1 of every node, and log Z, by summing over all states."""
    n = len(graph.fields)
    spins = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    scores = spins @ np.array(graph.fields)
    for i, j in graph.edges:
        scores = scores + coupling * spins[:, i] * spins[:, j]
    weights = np.exp(scores - scores.max())
    exact: list[float] = (weights @ (spins > 0) / weights.sum()).tolist()
    return exact, float(scores.max() + math.log(weights.sum()))


def settled(changes: Sequence[float]) -> int | None:
    """The first sweep that changed no message by more than a millionth."""
    return next((k for k, change in enumerate(changes, 1) if change <= SETTLED), None)


def ring(x: float, y: float, share: float) -> str:
    """A share of a circle, clockwise from the top."""
    a = 2 * math.pi * min(share, 0.99)
    end = f"{x + RADIUS * math.sin(a):.1f},{y - RADIUS * math.cos(a):.1f}"
    return f"M{x:.1f},{y - RADIUS:.1f}A{RADIUS},{RADIUS} 0 {int(share > 0.5)} 1 {end}"


def _picture(name: str, held: Sequence[float]) -> Panel:
    graph = GRAPHS[name]
    panel = Panel(NAMES[name], X_REACH, Y_REACH, height=HEIGHT, frame=False).legend(
        blue=("◔", "belief in +1"), gray=("—", "coupled by J")
    )
    spots = [(panel.X(x), panel.Y(y)) for x, y in graph.places]
    lines = ""
    for (x0, y0), (x1, y1) in ((spots[i], spots[j]) for i, j in graph.edges):
        u, v = (RADIUS / math.hypot(x1 - x0, y1 - y0) * d for d in (x1 - x0, y1 - y0))
        lines += f"M{x0 + u:.1f},{y0 + v:.1f}L{x1 - u:.1f},{y1 - v:.1f}"
    panel.path("edges", lines, "gray", width=1.5)
    panel.path("nodes", "".join(ring(x, y, 0.99) for x, y in spots), "gray", width=1.2)
    rings = "".join(ring(x, y, p) for (x, y), p in zip(spots, held, strict=True))
    panel.path("beliefs", rings, "blue", width=4)
    return _labelled(panel, graph.places)


def _labelled(panel: Panel, places: Sequence[tuple[float, float]]) -> Panel:
    """The numbers of the nodes; labels for the largest graph are there, the rest is empty."""
    for k in range(MOST_NODES):
        x, y = places[k] if k < len(places) else (0, 0)
        panel.label(f"name{k}", x, y, str(k) if k < len(places) else "", "black")
    return panel


def _bars(held: Sequence[float], exact: Sequence[float]) -> Panel:
    panel = Panel(
        "Probability of +1 of each node",
        (0, 1),
        (-0.12, 1),
        yticks={0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1: "1"},
        height=HEIGHT,
    ).legend(blue=("●", "belief"), black=("—", "exact"))
    across = [(k + 0.5) / len(held) for k in range(len(held))]
    short = (
        f"M{panel.X(x) - 10:.1f},{panel.Y(p):.1f}h20" for x, p in zip(across, exact, strict=True)
    )
    panel.path("exact", "".join(short), "black", width=2)
    dots = "".join(f"M{spot}h0" for spot in panel.points(across, held))
    panel.path("held", dots, "blue", width=9)
    return _labelled(panel, [(x, -0.06) for x in across])


def _belief_course(course: Course, exact: Sequence[float]) -> Panel:
    panel = Panel(
        "Belief in node 0",
        (0, SWEEPS),
        (0, 1),
        xticks={v: str(v) for v in (0, 50, 100, 150)},
        yticks={0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1: "1"},
        xlabel="sweeps",
        height=HEIGHT,
    ).legend(blue=("—", "belief"), black=("- -", "exact"))
    panel.line("aim", [0, SWEEPS], [exact[0]] * 2, "black", width=1.5, dash="5 4")
    first = [each[0] for each in course.beliefs]
    panel.line("course", range(len(first)), first, "blue", width=1.5)
    return panel.dot("course-now", SWEEPS, first[-1], "blue", width=9)


def _changes(course: Course) -> Panel:
    panel = Panel(
        "Largest change of a message",
        (0, SWEEPS),
        (LOWEST, 0),
        xticks={v: str(v) for v in (0, 50, 100, 150)},
        yticks={0: "1", -2: "0.01", -4: "10⁻⁴", -6: "10⁻⁶", -8: "10⁻⁸"},
        xlabel="sweeps",
        height=HEIGHT,
    ).legend(red=("—", "change"), gray=("··", "settled below"))
    panel.line("limit", [0, SWEEPS], [math.log10(SETTLED)] * 2, "gray", width=1.5, dash="2 4")
    heights = [math.log10(max(change, 1e-12)) for change in course.changes]
    panel.line("changes", range(1, SWEEPS + 1), heights, "red", width=1.5)
    return panel.dot("changes-now", SWEEPS, max(heights[-1], LOWEST), "red", width=9)


def loopy_beliefs(
    graph: str = "triangle",
    coupling: float = 1.0,
    damping: float = 0.0,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """Belief propagation on small graphs of spins, sweep by sweep, beside the exact marginals.

    The reader chooses the graph, changes the coupling of all edges and the damping, and steps or
    plays through 150 sweeps in which all messages are sent at once. The exact probabilities come
    from summing over all states. "Settled" is the first sweep that changes no message's
    probability by more than a millionth.

    Args:
        graph: shown first: "tree", five nodes with fields of both signs; "triangle", with field
            0.3 at node 0; "grid", 3 by 3 with field 0.1 everywhere; "complete", four nodes, all
            coupled, with field 0.1 at node 0.
        coupling: J of every edge, −2 to 2.
        damping: the share, 0 to 0.9, of the old logarithm that a new message keeps.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: an unknown graph, or a number out of range.

    Equation: :eq:`eq-bethe`
    Section: :ref:`sec-double-counting`

    Source: Murphy, Weiss, Jordan (1999), Loopy belief propagation for approximate inference: an
    empirical study.

    Example:
        >>> loopy_beliefs("complete", coupling=-1.0, damping=0.5).state["damping"]
        0.5

    In production: pgmax.
    """
    require_known(NAMES, graph=graph)
    require_within(-MOST_COUPLING, MOST_COUPLING, coupling=coupling)
    require_within(0, MOST_DAMPING, damping=damping)
    shown = GRAPHS[graph]
    exact, _ = enumerated(shown, coupling)
    course = propagate(shown, coupling, damping)
    held, last = course.beliefs[-1], settled(course.changes)
    end = f"settles after {last} sweeps" if last else f"does not settle in {SWEEPS} sweeps"
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"First, a graph ({NAMES[graph].lower()}) of {len(held)} spins with coupling {coupling:g}; "
        "next, its beliefs beside the exact probabilities. Below, the belief in node 0 over the "
        f"sweeps, and the largest change of a message. With damping {damping:g} it {end}; node 0 "
        f"believes {held[0]:.3f}, exact is {exact[0]:.3f}.",
        [
            _picture(graph, held),
            _bars(held, exact),
            _belief_course(course, exact),
            _changes(course),
        ],
        {
            "names": NAMES,
            "graphs": {
                name: {
                    "places": [[round(v, 2) for v in place] for place in each.places],
                    "edges": [list(edge) for edge in each.edges],
                    "fields": list(each.fields),
                }
                for name, each in GRAPHS.items()
            },
            "graph": graph,
            "coupling": coupling,
            "damping": damping,
            "limits": [MOST_COUPLING, MOST_DAMPING],
            "sweeps": SWEEPS,
            "settled": SETTLED,
            "lowest": LOWEST,
            "radius": RADIUS,
            "most": MOST_NODES,
        },
    )
