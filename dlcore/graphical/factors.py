"""A factor: what some variables say about each other, as a table of logarithms."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import networkx as nx
import torch
from jaxtyping import Float
from torch import Tensor

Evidence = Mapping[Any, int] | None


class Factor:
    r"""A non-negative function $\psi(\mathbf x)$ of discrete variables, kept as its logarithm.

    Args:
        variables: names, one an axis of the table; any hashable objects.
        log_table: $\log\psi$ at each joint state, shape (k_1, …, k_m); minus infinity for 0.

    Attributes:
        variables: as given, as a tuple.
        log_table: as given.

    Raises:
        ValueError: another number of axes than of variables, a variable twice, or NaN.

    Equation: :eq:`eq-factor-graph`.
    Section: :ref:`sec-factor-graphs`.

    Source: Koller, Friedman (2009), Probabilistic Graphical Models, chapter 4.

    Example:
        >>> rain = Factor.from_table(["rain"], torch.tensor([0.8, 0.2]))
        >>> wet = Factor.from_table(["rain", "wet"], torch.tensor([[0.9, 0.1], [0.2, 0.8]]))
        >>> (rain * wet).marginalize("rain").table
        tensor([0.7600, 0.2400])

    In production: pgmpy.factors.discrete.DiscreteFactor.
    """

    def __init__(self, variables: Sequence[Hashable], log_table: Float[Tensor, "..."]) -> None:
        if log_table.ndim != len(variables) or len(set(variables)) != len(variables):
            raise ValueError(
                f"expected one axis for each of the different variables {list(variables)}, "
                f"got a table of shape {tuple(log_table.shape)}"
            )
        if bool(log_table.isnan().any()):
            raise ValueError("the table has NaN")
        self.variables, self.log_table = tuple(variables), log_table

    @classmethod
    def from_table(cls, variables: Sequence[Hashable], table: Float[Tensor, "..."]) -> "Factor":
        """The factor with these values, which must not be negative."""
        if bool((table < 0).any()):
            raise ValueError("a factor has no negative values")
        return cls(variables, table.log())

    @property
    def table(self) -> Float[Tensor, "..."]:
        """The values themselves, shape (k_1, …, k_m)."""
        return self.log_table.exp()

    @property
    def cardinality(self) -> dict[Hashable, int]:
        """How many states each variable has."""
        return dict(zip(self.variables, self.log_table.shape, strict=True))

    def __repr__(self) -> str:
        return f"Factor({list(self.variables)}, shape {tuple(self.log_table.shape)})"

    def _axes(self, variables: Iterable[Hashable]) -> list[int]:
        absent = [v for v in variables if v not in self.variables]
        if absent:
            raise ValueError(f"{absent} not among the variables {list(self.variables)}")
        return [self.variables.index(v) for v in variables]

    def permute(self, *variables: Hashable) -> "Factor":
        """The same factor with its axes in this order."""
        if len(variables) != len(self.variables):
            raise ValueError(f"expected an order of {list(self.variables)}, got {list(variables)}")
        return Factor(variables, self.log_table.permute(self._axes(variables)))

    def __mul__(self, other: "Factor") -> "Factor":
        """The product, a factor of the variables of both."""
        return multiply_factors([self, other])

    def _rest(self, variables: Sequence[Hashable]) -> list[Hashable]:
        return [v for v in self.variables if v not in variables]

    def marginalize(self, *variables: Hashable) -> "Factor":
        """Sum these variables out."""
        axes = self._axes(variables)
        return Factor(self._rest(variables), _reduce(self.log_table, axes, torch.logsumexp))

    def maximize(self, *variables: Hashable) -> "Factor":
        """Keep the largest value over these variables."""
        axes = self._axes(variables)
        return Factor(self._rest(variables), _reduce(self.log_table, axes, torch.amax))

    def reduce(self, evidence: Mapping[Any, int]) -> "Factor":
        """The factor of the other variables once these are seen; names it lacks are ignored.

        Raises:
            ValueError: a state that the variable does not have.
        """
        seen: list[int | slice] = []
        for v, k in self.cardinality.items():
            if v in evidence and not 0 <= evidence[v] < k:
                raise ValueError(f"{v!r} has states 0..{k - 1}, got {evidence[v]}")
            seen.append(evidence.get(v, slice(None)))
        return Factor([v for v in self.variables if v not in evidence], self.log_table[tuple(seen)])

    def log_partition(self) -> Float[Tensor, ""]:
        """The logarithm of the sum of all values."""
        return _reduce(self.log_table, list(range(self.log_table.ndim)), torch.logsumexp)

    def normalize(self) -> "Factor":
        """The same factor scaled to sum 1.

        Raises:
            ValueError: all values are 0, as after evidence that is impossible.
        """
        total = self.log_partition()
        if not bool(total.isfinite()):
            raise ValueError("all values are 0: the evidence has probability 0")
        return Factor(self.variables, self.log_table - total)

    def log_score(self, states: Mapping[Any, Tensor]) -> Float[Tensor, "..."]:
        """The logarithm of the value at many joint states.

        Args:
            states: of each variable of the factor an integer tensor, all of one shape.
        """
        return self.log_table[tuple(states[v] for v in self.variables)]


def _reduce(log_table: Tensor, axes: list[int], how) -> Tensor:
    """The sum or the maximum over these axes, of which there may be none."""
    return how(log_table, axes) if axes else log_table


def multiply_factors(factors: Iterable[Factor]) -> Factor:
    """The product of factors, one factor of all their variables; 1 for none.

    Args:
        factors: in any order; a variable has the same number of states in all.

    Returns:
        A factor whose table has one axis for each variable, in the order of their appearance.

    Raises:
        ValueError: a variable with different numbers of states.

    Equation: :eq:`eq-factor-graph`.
    Section: :ref:`sec-factor-graphs`.

    Source: Koller, Friedman (2009), Probabilistic Graphical Models, definition 4.2.

    Example:
        >>> a = Factor(["x", "y"], torch.zeros(2, 3))
        >>> multiply_factors([a, Factor(["y", "z"], torch.zeros(3, 5))])
        Factor(['x', 'y', 'z'], shape (2, 3, 5))

    In production: numpy.einsum, opt_einsum.
    """
    factors = list(factors)
    places = {v: i for i, v in enumerate(cardinalities(factors))}
    total = torch.zeros(()) if not factors else factors[0].log_table.new_zeros(())
    for factor in factors:
        order = sorted(factor.variables, key=places.__getitem__)
        aligned = factor.permute(*order).log_table
        index = [slice(None) if v in factor.variables else None for v in places]
        total = total + aligned[tuple(index)]
    return Factor(list(places), total)


def cardinalities(factors: Iterable[Factor]) -> dict[Hashable, int]:
    """How many states each variable has, in the order of appearance."""
    found: dict[Hashable, int] = {}
    for factor in factors:
        for v, k in factor.cardinality.items():
            if found.setdefault(v, k) != k:
                raise ValueError(f"{v!r} has {found[v]} states in one factor and {k} in another")
    return found


def condition(factors: Iterable[Factor], evidence: Evidence) -> list[Factor]:
    """All factors with the evidence put in.

    Raises:
        ValueError: evidence on a variable that no factor has, or a state it does not have.
    """
    factors = list(factors)
    absent = set(evidence or {}) - set(cardinalities(factors))
    if absent:
        raise ValueError(f"evidence on unknown variables {sorted(map(str, absent))}")
    return [factor.reduce(evidence or {}) for factor in factors]


def factor_graph(factors: Iterable[Factor]) -> nx.Graph:
    """The bipartite graph of factors and the variables they read.

    Args:
        factors: the factor with number i becomes the node ("factor", i).

    Returns:
        A graph whose nodes have the attribute kind, "variable" or "factor".

    Equation: :eq:`eq-factor-graph`.
    Section: :ref:`sec-factor-graphs`.

    Source: Kschischang, Frey, Loeliger (2001), Factor graphs and the sum-product algorithm,
        doi:10.1109/18.910572.

    Example:
        >>> list(factor_graph([Factor(["x", "y"], torch.zeros(2, 2))]).edges)
        [('x', ('factor', 0)), ('y', ('factor', 0))]

    In production: pgmpy.models.FactorGraph.
    """
    factors = list(factors)
    graph = nx.Graph()
    graph.add_nodes_from(cardinalities(factors), kind="variable")
    for i, factor in enumerate(factors):
        graph.add_node(("factor", i), kind="factor")
        graph.add_edges_from((v, ("factor", i)) for v in factor.variables)
    return graph


def interaction_graph(factors: Iterable[Factor]) -> nx.Graph:
    """The graph that joins two variables when a factor reads both.

    Args:
        factors: those of the model.

    Returns:
        An undirected graph of the variables.

    Equation: :eq:`eq-random-field`.
    Section: :ref:`sec-random-fields`.

    Source: Koller, Friedman (2009), Probabilistic Graphical Models, definition 4.4.

    Example:
        >>> graph = interaction_graph([Factor(["x", "y", "z"], torch.zeros(2, 2, 2))])
        >>> graph.number_of_edges()
        3

    In production: pgmpy.models.FactorGraph.to_markov_model.
    """
    factors = list(factors)
    graph = nx.Graph()
    graph.add_nodes_from(cardinalities(factors))
    for factor in factors:
        graph.update(nx.complete_graph(factor.variables))
    return graph
