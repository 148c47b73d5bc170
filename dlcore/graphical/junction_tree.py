"""Exact inference on any graph: its variables gathered into cliques that form a tree."""

from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations

import networkx as nx
import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical.belief_propagation import MostProbable, best_states
from dlcore.graphical.elimination_orders import elimination_cliques, min_fill_order
from dlcore.graphical.factors import (
    Evidence,
    Factor,
    cardinalities,
    condition,
    interaction_graph,
    multiply_factors,
)


class JunctionTree:
    """A calibrated junction tree: the distribution of every clique, from two sweeps of messages.

    Args:
        factors: their product is the distribution, normalized or not.
        evidence: states of variables that were seen.
        order: the other variables in the order of elimination; by default `min_fill_order`.

    Attributes:
        cliques: sets of variables, the maximal ones that elimination meets.
        tree: a networkx.Graph on their indices; the attribute separator of an edge is the set of
            variables that both have. A variable's cliques are connected in it.
        log_partition: the logarithm of the normalizer.

    Raises:
        ValueError: unknown evidence, an order of other variables, or a product that is 0.

    Section: :ref:`sec-junction-tree`.

    Source: Lauritzen, Spiegelhalter (1988), doi:10.1111/j.2517-6161.1988.tb01721.x; Shafer, Shenoy
        (1990), Probability propagation, doi:10.1007/BF01531015.

    Example:
        >>> from dlcore.graphical import IsingModel
        >>> tree = JunctionTree(IsingModel.grid(3, 3, 0.5).factors)
        >>> max(map(len, tree.cliques)), round(float(tree.log_partition), 4)
        (4, 7.8915)

    In production: pgmpy.inference.BeliefPropagation, pyAgrum.LazyPropagation.
    """

    def __init__(
        self,
        factors: Iterable[Factor],
        *,
        evidence: Evidence = None,
        order: Sequence[Hashable] | None = None,
    ) -> None:
        factors, self._evidence = condition(factors, evidence), dict(evidence or {})
        graph = interaction_graph(factors)
        found = elimination_cliques(graph, min_fill_order(graph) if order is None else order)
        maximal = [c for i, c in enumerate(found) if not any(c <= d for d in found[:i])]
        self.cliques = [frozenset(clique) for clique in maximal or [set()]]
        self.tree = self._spanning_tree()
        self._potentials = self._assign(factors)
        beliefs = self._calibrate()
        self.log_partition: Float[Tensor, ""] = beliefs[0].log_partition()
        if not bool(self.log_partition.isfinite()):
            raise ValueError("the product is 0 everywhere: the evidence has probability 0")
        self._beliefs = beliefs

    def _spanning_tree(self) -> nx.Graph:
        """The tree whose separators are largest in sum: it keeps each variable connected."""
        joined = nx.Graph()
        joined.add_nodes_from(range(len(self.cliques)))
        for i, j in combinations(range(len(self.cliques)), 2):
            shared = self.cliques[i] & self.cliques[j]
            joined.add_edge(i, j, weight=len(shared), separator=shared)
        return nx.maximum_spanning_tree(joined)

    def _assign(self, factors: list[Factor]) -> list[Factor]:
        """Each factor multiplied into one clique that holds its variables."""
        sizes = cardinalities(factors)
        like = factors[0].log_table if factors else torch.zeros(())
        groups = [
            [Factor(v := [u for u in sizes if u in clique], like.new_zeros([sizes[u] for u in v]))]
            for clique in self.cliques
        ]
        for factor in factors:
            holder = next(i for i, c in enumerate(self.cliques) if c.issuperset(factor.variables))
            groups[holder].append(factor)
        return [multiply_factors(group) for group in groups]

    def _calibrate(self) -> list[Factor]:
        edges = list(nx.bfs_edges(self.tree, 0))
        messages: dict[tuple[int, int], Factor] = {}

        def gathered(i: int, but: int | None = None) -> Factor:
            known = [messages[j, i] for j in self.tree[i] if j != but and (j, i) in messages]
            return multiply_factors([self._potentials[i], *known])

        def send(i: int, j: int) -> None:
            rest = self.cliques[i] - self.cliques[j]
            messages[i, j] = gathered(i, but=j).marginalize(*rest)

        for parent, child in reversed(edges):
            send(child, parent)
        for parent, child in edges:
            send(parent, child)
        return [gathered(i) for i in self.tree]

    def marginal(self, *variables: Hashable) -> Factor:
        """The joint distribution of variables that share a clique.

        Raises:
            ValueError: variables that no clique holds together; ask `variable_elimination`.
        """
        for clique, belief in zip(self.cliques, self._beliefs, strict=True):
            if clique.issuperset(variables):
                rest = [v for v in belief.variables if v not in variables]
                return belief.marginalize(*rest).permute(*variables).normalize()
        raise ValueError(f"no clique holds {list(variables)} together")

    def most_probable(self) -> MostProbable:
        """The joint state with the largest product of factors, the evidence among it."""
        best = list(self._potentials)
        edges = list(nx.bfs_edges(self.tree, 0))
        for parent, child in reversed(edges):
            rest = [v for v in best[child].variables if v not in best[parent].variables]
            best[parent] = best[parent] * best[child].maximize(*rest)
        states = dict(self._evidence)
        for i in [0, *(child for _, child in edges)]:
            states.update(best_states(best[i].reduce(states)))
        return MostProbable(states, float(best[0].log_table.max()))


def junction_tree(
    factors: Iterable[Factor],
    *,
    evidence: Evidence = None,
    order: Sequence[Hashable] | None = None,
) -> JunctionTree:
    """All marginals of any discrete model: triangulate, join the cliques to a tree, pass messages.

    Args:
        factors: their product is the distribution, normalized or not.
        evidence: states of variables that were seen.
        order: the other variables in the order of elimination; by default `min_fill_order`.

    Returns:
        The calibrated tree. Its cost is exponential in its largest clique.

    Raises:
        ValueError: unknown evidence, an order of other variables, or a product that is 0.

    Section: :ref:`sec-junction-tree`.

    Source: Lauritzen, Spiegelhalter (1988), Local computations with probabilities on graphical
        structures, doi:10.1111/j.2517-6161.1988.tb01721.x.

    Example:
        >>> from dlcore.graphical import asia_network
        >>> tree = junction_tree(asia_network().factors(), evidence={"dysp": 1})
        >>> round(tree.marginal("bronc").table[1].item(), 4)
        0.834

    In production: pgmpy.inference.BeliefPropagation, pyAgrum.LazyPropagation.
    """
    return JunctionTree(factors, evidence=evidence, order=order)
