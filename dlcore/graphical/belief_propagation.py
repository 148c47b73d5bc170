"""Messages on a factor graph that is a tree: all marginals, or the best states, in two sweeps."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import networkx as nx
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical.factors import Evidence, Factor, cardinalities, condition, factor_graph

Messages = dict[tuple[Hashable, Hashable], Tensor]


class Beliefs(NamedTuple):
    """What the messages add up to.

    Attributes:
        marginals: probabilities of each variable that was not seen, shape (k,).
        factor_marginals: for each factor the joint distribution of its variables.
        log_partition: the logarithm of the normalizer: of the evidence for a Bayesian network.
        messages: their logarithms by (source, target), in the order in which they were sent; the
            source or target ("factor", i) is a factor.

    Section: :ref:`sec-sum-product`.

    Example:
        >>> beliefs = sum_product([Factor(["x"], torch.zeros(2))])
        >>> beliefs.marginals["x"]
        tensor([0.5000, 0.5000])

    In production: pgmpy.inference.BeliefPropagation.
    """

    marginals: dict[Hashable, Tensor]
    factor_marginals: list[Factor]
    log_partition: Float[Tensor, ""]
    messages: Messages


class MostProbable(NamedTuple):
    """The joint state with the largest product of factors.

    Attributes:
        states: of each variable, the evidence among them.
        log_score: the logarithm of the product of factors there.

    Section: :ref:`sec-max-product`.

    Example:
        >>> max_product([Factor(["x"], torch.tensor([0.0, 2.0]))])
        MostProbable(states={'x': 1}, log_score=2.0)

    In production: pgmpy's map_query.
    """

    states: dict[Hashable, int]
    log_score: float


def message_to_factor(incoming: Iterable[Tensor], like: Tensor) -> Tensor:
    """What a variable tells a factor: the product of what the others told it."""
    return sum(incoming, torch.zeros_like(like))


def message_to_variable(
    factor: Factor, target: Hashable, incoming: Mapping[Any, Tensor], how=torch.logsumexp
) -> Tensor:
    """What a factor tells a variable: its table, weighted by what the others told it, summed."""
    table = weigh(factor, {u: m for u, m in incoming.items() if u != target}).log_table
    others = [axis for axis, u in enumerate(factor.variables) if u != target]
    return how(table, others) if others else table


def weigh(factor: Factor, incoming: Mapping[Any, Tensor]) -> Factor:
    """The factor times messages from some of its variables."""
    table = factor.log_table
    for axis, u in enumerate(factor.variables):
        if u in incoming:
            shape = [1] * table.ndim
            shape[axis] = -1
            table = table + incoming[u].reshape(shape)
    return Factor(factor.variables, table)


class _Sweeps:
    """The factor graph, rooted, and the messages sent on it so far."""

    def __init__(self, factors: list[Factor], root: Hashable | None) -> None:
        self.factors, self.graph, self.messages = factors, factor_graph(factors), Messages()
        if self.graph and not nx.is_forest(self.graph):
            raise ValueError(
                f"the factor graph has a cycle, {nx.find_cycle(self.graph)}: use junction_tree"
            )
        if root is not None and self.graph.nodes.get(root, {}).get("kind") != "variable":
            raise ValueError(f"the root must be a variable that was not seen, got {root!r}")
        self.zeros = {
            v: next(f for f in factors if v in f.variables).log_table.new_zeros(k)
            for v, k in cardinalities(factors).items()
        }
        self.roots = []
        self.edges: list[tuple] = []
        for part in nx.connected_components(self.graph):
            first = root if root in part else next(node for node in self.graph if node in part)
            self.roots.append(first)
            self.edges += nx.bfs_edges(self.graph, first)

    def received(self, node: Hashable, but: Hashable | None = None) -> dict[Hashable, Tensor]:
        """The messages that reached a node, from all neighbours but one."""
        at = self.graph[node]
        return {u: self.messages[u, node] for u in at if u != but and (u, node) in self.messages}

    def send(self, source: Any, target: Any, how) -> None:
        incoming = self.received(source, but=target)
        if self.graph.nodes[source]["kind"] == "variable":
            message = message_to_factor(incoming.values(), self.zeros[source])
        else:
            message = message_to_variable(self.factors[source[1]], target, incoming, how)
        self.messages[source, target] = message

    def gather(self, how) -> None:
        """From the leaves to the roots."""
        for parent, child in reversed(self.edges):
            self.send(child, parent, how)

    def spread(self, how) -> None:
        """From the roots to the leaves."""
        for parent, child in self.edges:
            self.send(parent, child, how)

    def belief(self, node: Any) -> Factor:
        """A variable's, or a factor's, product of all it knows."""
        if self.graph.nodes[node]["kind"] == "factor":
            return weigh(self.factors[node[1]], self.received(node))
        return Factor([node], message_to_factor(self.received(node).values(), self.zeros[node]))


def sum_product(
    factors: Iterable[Factor], *, evidence: Evidence = None, root: Hashable | None = None
) -> Beliefs:
    """All marginals of a factor graph without cycles, by one message each way along each edge.

    Args:
        factors: their graph must be a tree, or several, once the evidence is put in.
        evidence: states of variables that were seen.
        root: the variable that messages go to first; any gives the same beliefs.

    Returns:
        Marginals, the factors' marginals, the logarithm of the normalizer, and the messages.

    Raises:
        ValueError: a cycle, a root that is no free variable, or evidence of probability 0.

    Equations: :eq:`eq-message-to-factor`, :eq:`eq-message-to-variable`, :eq:`eq-belief`.
    Section: :ref:`sec-sum-product`.

    Source: Pearl (1982), Reverend Bayes on inference engines; Kschischang, Frey, Loeliger (2001),
        Factor graphs and the sum-product algorithm, doi:10.1109/18.910572.

    Example:
        >>> rain = Factor.from_table(["rain"], torch.tensor([0.8, 0.2]))
        >>> wet = Factor.from_table(["rain", "wet"], torch.tensor([[0.9, 0.1], [0.2, 0.8]]))
        >>> sum_product([rain, wet]).marginals["wet"]
        tensor([0.7600, 0.2400])

    In production: pgmpy.inference.BeliefPropagation; pgmax on accelerators.
    """
    sweeps = _Sweeps(condition(factors, evidence), root)
    sweeps.gather(torch.logsumexp)
    parts = [sweeps.belief(root).log_partition() for root in sweeps.roots]
    log_partition = torch.stack(parts).sum() if parts else torch.zeros(())
    if not bool(log_partition.isfinite()):
        raise ValueError("the product is 0 everywhere: the evidence has probability 0")
    sweeps.spread(torch.logsumexp)
    nodes = [("factor", i) for i in range(len(sweeps.factors))]
    return Beliefs(
        {v: sweeps.belief(v).normalize().table for v in sweeps.zeros},
        [sweeps.belief(node).normalize() for node in nodes],
        log_partition,
        sweeps.messages,
    )


def best_states(factor: Factor) -> dict[Hashable, int]:
    """Where the table is largest; the first place if several are."""
    places = torch.unravel_index(factor.log_table.argmax(), factor.log_table.shape)
    return dict(zip(factor.variables, map(int, places), strict=True))


def max_product(
    factors: Iterable[Factor], *, evidence: Evidence = None, root: Hashable | None = None
) -> MostProbable:
    """The most probable joint state of a factor graph without cycles.

    The sweep to the root keeps maxima instead of sums; on the way back each variable takes the
    state that reached the maximum, given those already taken, so that ties do no harm.

    Args:
        factors: as for `sum_product`.
        evidence: states of variables that were seen.
        root: the variable that messages go to first.

    Returns:
        The states, the evidence among them, and the logarithm of the product there.

    Raises:
        ValueError: a cycle, a root that is no free variable, or evidence of probability 0.

    Equation: :eq:`eq-max-product`.
    Section: :ref:`sec-max-product`.

    Source: Kschischang, Frey, Loeliger (2001), Factor graphs and the sum-product algorithm,
        doi:10.1109/18.910572; for chains Viterbi (1967), doi:10.1109/TIT.1967.1054010.

    Example:
        >>> rain = Factor.from_table(["rain"], torch.tensor([0.8, 0.2]))
        >>> wet = Factor.from_table(["rain", "wet"], torch.tensor([[0.9, 0.1], [0.2, 0.8]]))
        >>> max_product([rain, wet], evidence={"wet": 1}).states
        {'wet': 1, 'rain': 1}

    In production: pgmpy's map_query; for chains `viterbi_decode`.
    """
    sweeps = _Sweeps(condition(factors, evidence), root)
    sweeps.gather(torch.amax)
    states = dict(evidence or {})
    log_score = 0.0
    for start in sweeps.roots:
        belief = sweeps.belief(start)
        log_score += float(belief.log_table.max())
        states.update(best_states(belief))
    if log_score == -torch.inf:
        raise ValueError("the product is 0 everywhere: the evidence has probability 0")
    for _, node in sweeps.edges:
        if sweeps.graph.nodes[node]["kind"] == "factor":
            states.update(best_states(sweeps.belief(node).reduce(states)))
    return MostProbable(states, log_score)
