"""Which arrows? A tree of largest mutual information, or a graph that scores well."""

import math
from collections.abc import Hashable, Mapping, Sequence
from itertools import permutations
from typing import Any, NamedTuple

import networkx as nx
import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.graphical.bayesian_network import check_states, count_states
from dlcore.probability import mutual_information


class StructureFit(NamedTuple):
    """A graph that was found.

    Attributes:
        graph: directed and acyclic.
        scores: of the graph at the start and after each change; they rise.

    Section: :ref:`sec-structure-learning`.

    Example:
        >>> hill_climb(torch.tensor([[0, 0], [1, 1]] * 20)).graph.number_of_edges()
        1

    In production: pgmpy.estimators.HillClimbSearch.
    """

    graph: nx.DiGraph
    scores: list[float]


def _sizes(
    X: Tensor, names: Sequence[Hashable] | None, cardinality: Mapping[Any, int] | None
) -> dict[Hashable, int]:
    """The states of each column of X, by name; by default one more than the largest seen."""
    if X.ndim != 2 or not len(X):
        raise ValueError(f"expected states of shape (n, v) with n >= 1, got {tuple(X.shape)}")
    names = list(range(X.shape[1])) if names is None else list(names)
    if len(set(names)) != X.shape[1]:
        raise ValueError(f"expected {X.shape[1]} different names, got {names}")
    largest = (X.max(0).values + 1).tolist()
    sizes = dict(zip(names, largest, strict=True)) if cardinality is None else {}
    sizes |= {name: cardinality[name] for name in names} if cardinality else {}
    check_states(X, sizes)
    return sizes


def pairwise_mutual_information(
    X: Int[Tensor, "n v"], cardinality: Sequence[int] | None = None
) -> Float[Tensor, "v v"]:
    """How much each variable tells of each other, in nats, from counts.

    Args:
        X: one row of states an example.
        cardinality: states of each column; by default one more than the largest seen.

    Returns:
        A symmetric matrix in float64 with diagonal 0.

    Raises:
        ValueError: no example, or states that do not fit.

    Equation: :eq:`eq-chow-liu`.
    Section: :ref:`sec-structure-learning`.

    Source: Chow, Liu (1968), Approximating discrete probability distributions with dependence
        trees, doi:10.1109/TIT.1968.1054142.

    Example:
        >>> pairwise_mutual_information(torch.tensor([[0, 0], [1, 1]]))[0, 1]
        tensor(0.6931, dtype=torch.float64)

    In production: sklearn.metrics.mutual_info_score.
    """
    given = None if cardinality is None else dict(enumerate(cardinality))
    sizes = list(_sizes(X, None, given).values())
    v = len(sizes)
    table = torch.zeros(v, v, dtype=torch.float64)
    for i in range(v):
        for j in range(i):
            counts = count_states(X[:, [i, j]], [sizes[i], sizes[j]]).double()
            table[i, j] = table[j, i] = mutual_information(counts / len(X))
    return table


def chow_liu_tree(
    X: Int[Tensor, "n v"],
    *,
    names: Sequence[Hashable] | None = None,
    cardinality: Mapping[Any, int] | None = None,
    root: Hashable | None = None,
) -> nx.DiGraph:
    """The tree under which the data are most likely: the one of largest mutual information.

    Args:
        X: one row of states an example.
        names: of the columns; by default 0, 1, ….
        cardinality: states of each variable; by default one more than the largest seen.
        root: where the arrows start; by default the first variable. All roots fit equally well.

    Returns:
        Arrows away from the root, nodes in the order of the columns, for `fit_cpts`.

    Raises:
        ValueError: no example, names or states that do not fit, or an unknown root.

    Equation: :eq:`eq-chow-liu`.
    Section: :ref:`sec-structure-learning`.

    Source: Chow, Liu (1968), Approximating discrete probability distributions with dependence
        trees, doi:10.1109/TIT.1968.1054142.

    Example:
        >>> X = torch.tensor([[0, 0, 0], [0, 0, 0], [0, 1, 1], [1, 1, 0], [1, 1, 1]])
        >>> list(chow_liu_tree(X, names="abc", root="b").edges)
        [('b', 'a'), ('b', 'c')]

    In production: pgmpy.estimators.TreeSearch.
    """
    sizes = _sizes(X, names, cardinality)
    nodes = list(sizes)
    root = nodes[0] if root is None else root
    if root not in nodes:
        raise ValueError(f"the root must be one of {nodes}, got {root!r}")
    information = pairwise_mutual_information(X, list(sizes.values()))
    graph = nx.Graph()
    graph.add_nodes_from(nodes)
    for i in range(len(nodes)):
        for j in range(i + 1, len(nodes)):
            graph.add_edge(nodes[i], nodes[j], weight=float(information[i, j]))
    tree = nx.DiGraph()
    tree.add_nodes_from(nodes)
    tree.add_edges_from(nx.bfs_edges(nx.maximum_spanning_tree(graph), root))
    return tree


class _Scorer:
    """BIC of one variable given its parents, remembered."""

    def __init__(self, X: Tensor, sizes: Mapping[Any, int]) -> None:
        self.sizes, self.n = sizes, len(X)
        self.columns = check_states(X, sizes)
        self.known: dict[tuple, float] = {}

    def __call__(self, v: Hashable, parents: frozenset) -> float:
        if (v, parents) not in self.known:
            family = [*parents, v]
            sizes = [self.sizes[u] for u in family]
            columns = torch.stack([self.columns[u] for u in family], 1)
            counts = count_states(columns, sizes).double()
            log_likelihood = torch.xlogy(counts, counts).sum()
            log_likelihood -= torch.xlogy(counts.sum(-1), counts.sum(-1)).sum()
            free = math.prod(sizes[:-1]) * (sizes[-1] - 1)
            self.known[v, parents] = float(log_likelihood) - 0.5 * math.log(self.n) * free
        return self.known[v, parents]


def bic_score(
    graph: nx.DiGraph, X: Int[Tensor, "n v"], cardinality: Mapping[Any, int] | None = None
) -> float:
    r"""The Bayesian information criterion of a graph: $\log \hat L - \frac12 k \log n$.

    Args:
        graph: directed and acyclic.
        X: one row of states an example, columns in the order of the graph's nodes.
        cardinality: states of each variable; by default one more than the largest seen.

    Returns:
        The largest log likelihood that tables on this graph reach, in nats, less half a log n for
        each of their k free numbers. Higher is better; equivalent graphs score the same.

    Raises:
        ValueError: a cycle, no example, or states that do not fit.

    Equation: :eq:`eq-bic-network`.
    Section: :ref:`sec-structure-learning`.

    Source: Schwarz (1978), Estimating the dimension of a model, doi:10.1214/aos/1176344136.

    Example:
        >>> X = torch.tensor([[0, 0], [1, 1]] * 50)
        >>> there, back = nx.DiGraph([(0, 1)]), nx.DiGraph()
        >>> back.add_nodes_from([0, 1]); back.add_edge(1, 0)
        >>> round(bic_score(there, X), 3), round(bic_score(back, X), 3)
        (-76.222, -76.222)

    In production: pgmpy.estimators.BIC.
    """
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError("expected a directed acyclic graph")
    score = _Scorer(X, _sizes(X, list(graph), cardinality))
    return sum(score(v, frozenset(graph.predecessors(v))) for v in graph)


def hill_climb(
    X: Int[Tensor, "n v"],
    *,
    names: Sequence[Hashable] | None = None,
    cardinality: Mapping[Any, int] | None = None,
    max_parents: int = 3,
) -> StructureFit:
    """Search a graph by the change of one arrow that raises BIC most, until none does.

    Args:
        X: one row of states an example.
        names: of the columns; by default 0, 1, ….
        cardinality: states of each variable; by default one more than the largest seen.
        max_parents: the most parents of a variable.

    Returns:
        The graph, nodes in the order of the columns, and the scores on the way. A local maximum;
        which way an arrow points is often arbitrary, see `bic_score`.

    Raises:
        ValueError: no example, or names or states that do not fit.

    Equation: :eq:`eq-bic-network`.
    Section: :ref:`sec-structure-learning`.

    Source: Heckerman, Geiger, Chickering (1995), Learning Bayesian networks,
        doi:10.1007/BF00994016.

    Example:
        >>> X = torch.tensor([[0, 0, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1]] * 25)
        >>> fit = hill_climb(X, names="abc")
        >>> list(fit.graph.edges), len(fit.scores)
        ([('a', 'b')], 2)

    In production: pgmpy.estimators.HillClimbSearch, causal-learn.
    """
    sizes = _sizes(X, names, cardinality)
    score = _Scorer(X, sizes)
    graph = nx.DiGraph()
    graph.add_nodes_from(sizes)
    scores = [sum(score(v, frozenset()) for v in graph)]

    def parents(v: Hashable) -> frozenset:
        return frozenset(graph.predecessors(v))

    def gains() -> list[tuple[float, nx.DiGraph]]:
        """What each allowed change of one arrow gains, with the changed graph."""
        found = []
        for u, v in permutations(sizes, 2):
            if graph.has_edge(u, v):
                lost = score(v, parents(v) - {u}) - score(v, parents(v))
                turned = lost + score(u, parents(u) | {v}) - score(u, parents(u))
                changes = [(lost, [(u, v)], []), (turned, [(u, v)], [(v, u)])]
            else:
                changes = [(score(v, parents(v) | {u}) - score(v, parents(v)), [], [(u, v)])]
            for gain, removed, added in changes:
                if gain > 1e-9:
                    changed = graph.copy()
                    changed.remove_edges_from(removed)
                    changed.add_edges_from(added)
                    few = all(changed.in_degree(w) <= max_parents for w in (u, v))
                    if few and nx.is_directed_acyclic_graph(changed):
                        found.append((gain, changed))
        return found

    while found := gains():
        gain, graph = max(found, key=lambda change: change[0])
        scores.append(scores[-1] + gain)
    return StructureFit(graph, scores)
