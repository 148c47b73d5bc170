"""Explorable: sum-product messages on a tree, one after the other, and what echoes do to them."""

import math
from collections.abc import Mapping, Sequence

import networkx as nx
import torch
from jaxtyping import Float64
from torch import Tensor

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within

SCRIPTS = ("tree_messages",)
HEIGHT, RADIUS, SQUARE, ABOVE, BESIDE = 330, 15, 5, 0.62, 4
MOST_VARIABLES, MOST_SPOKEN, LONGEST = 8, 3, 8
LEAST, MOST, LEAST_AGREEMENT = 0.05, 0.95, 0.5
QUESTION = (
    "A node tells its neighbour what all others have told it. Why not simply everything it knows, "
    "including what that neighbour has said itself?"
)
PREDICTION = "It does no harm: what is repeated is true."

Vector = Float64[Tensor, "2"]
Messages = dict[tuple[int, int], Vector]


class Tree:
    """Variables 0 to n - 1, then factors: of the pairs, and of single variables that have evidence.

    `scopes` are the variables of each factor, `order` the messages (source, target): from the
    leaves to the root, then back.
    """

    def __init__(
        self, pairs: Sequence[tuple[str, str]], evidence: Mapping[str, float], root: str
    ) -> None:
        self.names = list(dict.fromkeys(v for pair in pairs for v in pair))
        index = {v: n for n, v in enumerate(self.names)}
        self.scopes = [
            tuple(index[v] for v in each) for each in (*pairs, *((v,) for v in evidence))
        ]
        graph = nx.Graph((len(index) + k, v) for k, scope in enumerate(self.scopes) for v in scope)
        down = list(nx.bfs_edges(graph, index[root]))
        self.order = [(b, a) for a, b in reversed(down)] + down

    def tables(self, agreement: float, evidence: Sequence[float]) -> list[Tensor]:
        """One for each factor: equal neighbours have probability `agreement`."""
        pair = torch.tensor(
            [[agreement, 1 - agreement], [1 - agreement, agreement]], dtype=torch.float64
        )
        single = [torch.tensor([1 - p, p], dtype=torch.float64) for p in evidence]
        return [pair] * (len(self.scopes) - len(single)) + single

    def around(self, node: int) -> list[int]:
        """The neighbours: of a variable factors, of a factor variables."""
        n = len(self.names)
        if node >= n:
            return list(self.scopes[node - n])
        return [n + k for k, scope in enumerate(self.scopes) if node in scope]

    def word(self, node: int) -> str:
        """What a node is called."""
        if node < len(self.names):
            return self.names[node]
        names = [self.names[v] for v in self.scopes[node - len(self.names)]]
        return (
            f"the factor of {' and '.join(names)}" if len(names) > 1 else f"{names[0]}'s evidence"
        )


def messages(tree: Tree, tables: Sequence[Tensor], *, echo: bool = False) -> Messages:
    """All messages, each with sum 1; an echo also tells the neighbour what it said itself."""
    sent: Messages = {}
    for source, target in tree.order:
        told = {
            u: sent[u, source]
            for u in tree.around(source)
            if (u, source) in sent and (echo or u != target)
        }
        if source < len(tree.names):
            message = math.prod(told.values(), start=torch.ones(2, dtype=torch.float64))
        else:
            message = tables[source - len(tree.names)]
            for v in tree.around(source):
                if v != target:
                    message = message @ told[v]
            message = message * told.get(target, 1.0)
        sent[source, target] = message / message.sum()
    return sent


def beliefs(tree: Tree, sent: Messages) -> list[float]:
    """The probability of state 1 of each variable by the messages that it got."""
    found = []
    for v in range(len(tree.names)):
        told = [sent[u, v] for u in tree.around(v) if (u, v) in sent]
        product = math.prod(told, start=torch.ones(2, dtype=torch.float64))
        found.append((product[1] / product.sum()).item())
    return found


def ring(x: float, y: float, share: float) -> str:
    """A share of the circle around a place of the picture, clockwise from the top."""
    share = min(share, 0.99)
    a = 2 * math.pi * share
    end = f"{x + RADIUS * math.sin(a):.1f},{y - RADIUS * math.cos(a):.1f}"
    return f"M{x:.1f},{y - RADIUS:.1f}A{RADIUS},{RADIUS} 0 {int(share > 0.5)} 1 {end}"


def _spots(
    panel: Panel, tree: Tree, places: Mapping[str, tuple[float, float]]
) -> list[tuple[float, float]]:
    """Where each node stands in the picture, a factor of one variable above it."""
    spots = [(panel.X(places[v][0]), panel.Y(places[v][1])) for v in tree.names]
    for scope in tree.scopes:
        if len(scope) == 1:
            x, y = places[tree.names[scope[0]]]
            spots.append((panel.X(x), panel.Y(y + ABOVE)))
        else:
            (x0, y0), (x1, y1) = (spots[v] for v in scope)
            spots.append(((x0 + x1) / 2, (y0 + y1) / 2))
    return [(round(x, 1), round(y, 1)) for x, y in spots]


def arrow(source: tuple[float, float], target: tuple[float, float], ends: tuple[int, int]) -> str:
    """An arrow on the right of the line between two nodes, of the given radii."""
    dx, dy = target[0] - source[0], target[1] - source[1]
    length = math.hypot(dx, dy)
    u, v = dx / length, dy / length
    x0, y0 = source[0] + (ends[0] + 2) * u - BESIDE * v, source[1] + (ends[0] + 2) * v + BESIDE * u
    x1, y1 = target[0] - (ends[1] + 2) * u - BESIDE * v, target[1] - (ends[1] + 2) * v + BESIDE * u
    tips = [(x1 - 5 * u + s * 4 * v, y1 - 5 * v - s * 4 * u) for s in (1, -1)]
    points = ((x0, y0), (x1, y1), tips[0], (x1, y1), tips[1])
    return "".join(f"{c}{x:.1f},{y:.1f}" for c, (x, y) in zip("MLMLL", points, strict=True))


def _graph(
    tree: Tree, places: Mapping[str, tuple[float, float]], held: Sequence[float]
) -> tuple[Panel, list[tuple[float, float]]]:
    xs, ys = zip(*(places[v] for v in tree.names), strict=True)
    panel = Panel(
        f"All {len(tree.order)} messages",
        (min(xs) - 0.4, max(xs) + 0.4),
        (min(ys) - 0.4, max(ys) + 1),
        height=HEIGHT,
        frame=False,
    ).legend(red=("→", "this message"), teal=("→", "sent before"), blue=("◔", "belief in 1"))
    spots, n = _spots(panel, tree, places), len(tree.names)
    pairs = [(spots[n + k], spots[v]) for k, scope in enumerate(tree.scopes) for v in scope]
    lines = "".join(
        f"M{x0},{y0}L{x1 + (x0 - x1) * cut:.1f},{y1 + (y0 - y1) * cut:.1f}"
        for (x0, y0), (x1, y1) in pairs
        for cut in [RADIUS / math.hypot(x0 - x1, y0 - y1)]
    )
    panel.path("edges", lines, "gray", width=1)
    half = f"a{RADIUS},{RADIUS} 0 1 1"
    circles = "".join(
        f"M{x - RADIUS:.1f},{y}{half} {2 * RADIUS},0{half} {-2 * RADIUS},0" for x, y in spots[:n]
    )
    panel.path("nodes", circles, "gray", width=1.2)
    squares = "".join(
        f"M{x - SQUARE:.1f},{y - SQUARE:.1f}h{2 * SQUARE}v{2 * SQUARE}h{-2 * SQUARE}z"
        for x, y in spots[n:]
    )
    panel.path("factors", squares, "black", opacity=1)
    sizes = [RADIUS] * n + [SQUARE] * len(tree.scopes)
    arrows = [arrow(spots[s], spots[t], (sizes[s], sizes[t])) for s, t in tree.order]
    panel.path("sent", "".join(arrows[:-1]), "teal", width=1.3)
    panel.path("now", arrows[-1], "red", width=2.6)
    wedges = "".join(ring(x, y, p) for (x, y), p in zip(spots[:n], held, strict=True))
    panel.path("beliefs", wedges, "blue", width=4)
    for name in tree.names:
        panel.label(f"name-{name}", *places[name], name, "black")
    return panel, spots


def _bars(tree: Tree, held: Sequence[float], exact: Sequence[float]) -> Panel:
    n = len(tree.names)
    panel = Panel(
        "Probability of state 1",
        (-0.5, n - 0.5),
        (0, 1),
        xticks=dict(enumerate(tree.names)),
        yticks={0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1: "1"},
        height=HEIGHT,
    ).legend(blue=("●", "by the messages so far"), black=("—", "exact"))
    panel.path("exact", marks(panel, exact), "black", width=2)
    dots = "".join(f"M{spot}h0" for spot in panel.points(range(n), held))
    return panel.path("held", dots, "blue", width=10)


def marks(panel: Panel, heights: Sequence[float]) -> str:
    """A short line at each variable's height."""
    return "".join(f"M{panel.X(k) - 12:.1f},{panel.Y(p):.1f}h24" for k, p in enumerate(heights))


def _finding(tree: Tree, tables: Sequence[Tensor], root: str) -> str:
    exact = beliefs(tree, messages(tree, tables))
    echoed = beliefs(tree, messages(tree, tables, echo=True))
    k = max(range(len(exact)), key=lambda v: abs(echoed[v] - exact[v]))
    edges = len(tree.order) // 2
    return (
        f"It counts evidence twice. By the rule, {len(tree.order)} messages, one each way along "
        f"each of the {edges} edges, make all beliefs exact: first towards {root}, then back. With "
        f"echoes the belief in state 1 at {tree.names[k]} becomes {echoed[k]:.2f} in place of "
        f"{exact[k]:.2f}: the neighbour takes its own words for news. Half way, when {edges} "
        f"messages have gone, only {root} has heard from everyone; its belief is exact and has no "
        "echo in it yet, for on the way to the root nobody has been told anything by the next one."
    )


def tree_messages(
    pairs: Sequence[tuple[str, str]],
    places: Mapping[str, tuple[float, float]],
    evidence: Mapping[str, float],
    agreement: float = 0.8,
    root: str | None = None,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    """Messages on a tree of yes-or-no variables, step by step, with evidence that can be moved.

    The reader steps through the messages, first to the root, then back, changes the evidence and
    how strongly neighbours agree, and may break the rule that a node does not send back what it was
    told.

    Args:
        pairs: of variables that have a factor together; a tree of up to 8 variables.
        places: of each variable in the picture, neighbours at about distance 1.
        evidence: what a factor of a single variable says for state 1, 0.05 to 0.95, for one to
            three variables.
        agreement: the pair factors' value for equal states, 0.5 to 0.95; the rest is for
            unequal ones.
        root: the variable that messages go to first; by default the first one.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: no tree, a variable without a place, or a number out of range.

    Equations: :eq:`eq-message-to-factor`, :eq:`eq-message-to-variable`, :eq:`eq-belief`
    Section: :ref:`sec-sum-product`

    Source: Kschischang, Frey, Loeliger (2001), Factor graphs and the sum-product algorithm,
    doi:10.1109/18.910572.

    Example:
        >>> places = {"x": (0, 0), "y": (1, 0)}
        >>> len(tree_messages([("x", "y")], places, {"x": 0.9}).state["order"])
        6

    In production: pgmpy.inference.BeliefPropagation, whose messages are not shown.
    """
    graph = nx.Graph(list(pairs))
    if not pairs or not nx.is_tree(graph) or graph.number_of_edges() != len(pairs):
        raise ValueError("pairs must make a tree, each pair once")
    if len(graph) > MOST_VARIABLES or any(len(v) > LONGEST for v in graph):
        raise ValueError(
            f"there may be {MOST_VARIABLES} variables of up to {LONGEST} letters, got "
            f"{', '.join(graph)}"
        )
    root = next(iter(graph)) if root is None else root
    for what, given in (
        ("places", {*graph} - {*places}),
        ("the tree", {*evidence, root} - {*graph}),
    ):
        if given:
            raise ValueError(f"not in {what}: {', '.join(sorted(given))}")
    if not 1 <= len(evidence) <= MOST_SPOKEN:
        raise ValueError(f"evidence must be of 1 to {MOST_SPOKEN} variables, got {len(evidence)}")
    require_within(LEAST_AGREEMENT, MOST, agreement=agreement)
    for v, p in evidence.items():
        require_within(LEAST, MOST, **{f"evidence of {v}": p})
    tree = Tree(pairs, evidence, root)
    tables = tree.tables(agreement, list(evidence.values()))
    exact = beliefs(tree, messages(tree, tables))
    picture, spots = _graph(tree, places, exact)
    words = ", ".join(f"{v} {p:.2f}" for v, p in zip(tree.names, exact, strict=True))
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding or _finding(tree, tables, root),
        f"Left, a tree of {len(graph)} variables, circles, and {len(tree.scopes)} factors, "
        f"squares, with all {len(tree.order)} messages as arrows. Right, the probability of state "
        f"1 of each variable: {words}.",
        [picture, _bars(tree, exact, exact)],
        {
            "names": tree.names,
            "scopes": [list(scope) for scope in tree.scopes],
            "order": [list(edge) for edge in tree.order],
            "words": [tree.word(k) for k in range(len(tree.names) + len(tree.scopes))],
            "spoken": list(evidence),
            "evidence": list(evidence.values()),
            "agreement": agreement,
            "limits": [LEAST, MOST, LEAST_AGREEMENT],
            "spots": [list(spot) for spot in spots],
            "sizes": [RADIUS, SQUARE, BESIDE],
        },
    )
