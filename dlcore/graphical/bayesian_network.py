"""Bayesian networks: a directed acyclic graph and, at each node, a table given its parents."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import networkx as nx
import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.graphical.factors import Evidence, Factor
from dlcore.graphical.variable_elimination import variable_elimination

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class BayesianNetwork:
    r"""The distribution $p(\mathbf x) = \prod_i p(x_i \mid \mathrm{Pa}(x_i))$.

    Args:
        parents: of each variable, in the order that the columns of samples will have.
        tables: of each variable the conditional probabilities, shape (states of its first parent,
            …, states of its last parent, its own states); the last axis sums to 1.

    Attributes:
        variables: the names, in the order of parents.
        parents: as given, with tuples.
        tables: as given.
        cardinality: how many states each variable has.
        graph: the directed graph, a networkx.DiGraph.

    Raises:
        ValueError: a cycle, a parent or table that is missing, shapes that do not fit, or rows
            that are no distributions.

    Equation: :eq:`eq-bayesian-network`.
    Section: :ref:`sec-bayesian-networks`.

    Source: Pearl (1988), Probabilistic Reasoning in Intelligent Systems.

    Example:
        >>> network = BayesianNetwork(
        ...     {"rain": [], "wet": ["rain"]},
        ...     {"rain": torch.tensor([0.8, 0.2]), "wet": torch.tensor([[0.9, 0.1], [0.2, 0.8]])},
        ... )
        >>> network.query("rain", evidence={"wet": 1}).table
        tensor([0.3333, 0.6667])

    In production: pgmpy.models.DiscreteBayesianNetwork, pyAgrum.
    """

    def __init__(
        self,
        parents: Mapping[Any, Sequence[Hashable]],
        tables: Mapping[Any, Float[Tensor, "..."]],
    ) -> None:
        self.variables = tuple(parents)
        self.parents = {v: tuple(p) for v, p in parents.items()}
        if set(tables) != set(parents) or not {u for p in parents.values() for u in p} <= {
            *parents
        }:
            raise ValueError("every variable and every parent needs an entry in parents and tables")
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(parents)
        self.graph.add_edges_from((u, v) for v, p in self.parents.items() for u in p)
        if not nx.is_directed_acyclic_graph(self.graph):
            raise ValueError(f"the arrows form a cycle: {nx.find_cycle(self.graph)}")
        self.tables = {v: tables[v] for v in parents}
        self.cardinality = {v: table.shape[-1] for v, table in self.tables.items()}
        for v, table in self.tables.items():
            shape = tuple(self.cardinality[u] for u in (*self.parents[v], v))
            sums = table.sum(-1)
            if tuple(table.shape) != shape:
                raise ValueError(f"the table of {v!r} must be {shape}, got {tuple(table.shape)}")
            if bool((table < 0).any()) or not torch.allclose(
                sums, torch.ones_like(sums), atol=1e-5
            ):
                raise ValueError(f"rows of the table of {v!r} must be distributions")

    def factors(self) -> list[Factor]:
        """One factor a variable: of its parents and itself."""
        return [Factor.from_table((*self.parents[v], v), self.tables[v]) for v in self.variables]

    @property
    def num_parameters(self) -> int:
        """Free numbers in all tables, k - 1 for a row of k probabilities."""
        return sum(t.numel() // t.shape[-1] * (t.shape[-1] - 1) for t in self.tables.values())

    def log_prob(self, X: Int[Tensor, "n v"]) -> Float[Tensor, " n"]:
        """The logarithm of the probability of each row of states.

        Args:
            X: one column a variable, in the order of `variables`.

        Raises:
            ValueError: another number of columns, or a state that a variable does not have.
        """
        states = check_states(X, self.cardinality)
        return torch.stack([factor.log_score(states) for factor in self.factors()]).sum(0)

    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Int[Tensor, "n v"]:
        """Draw n joint states, each variable after its parents.

        Args:
            n: how many.
            generator: source of randomness.

        Returns:
            One column a variable, in the order of `variables`.
        """
        states: dict[Hashable, Tensor] = {}
        for v in nx.topological_sort(self.graph):
            rows = self.tables[v][tuple(states[u] for u in self.parents[v])]
            p = rows.expand(n, -1)
            source = generator.device if generator else p.device
            drawn = torch.multinomial(p.to(source), 1, generator=generator)[:, 0] if n else p[:, 0]
            states[v] = drawn.to(p.device, torch.long)
        return torch.stack([states[v] for v in self.variables], 1)

    def query(self, *variables: Hashable, evidence: Evidence = None) -> Factor:
        """The joint distribution of some variables given the states of others.

        Args:
            variables: what is asked for.
            evidence: states of variables that were seen.

        Returns:
            A normalized factor, its axes in the order of the question.

        Raises:
            ValueError: unknown variables, or evidence of probability 0.
        """
        return variable_elimination(self.factors(), variables, evidence=evidence).normalize()

    def intervene(self, actions: Mapping[Any, int]) -> "BayesianNetwork":
        """The network after variables were set, whatever their causes would have made of them.

        Unlike evidence, this cuts the arrows into them; it means something only if the arrows are
        causes.

        Args:
            actions: the state each variable is set to.

        Raises:
            ValueError: an unknown variable, or a state it does not have.
        """
        parents, tables = dict(self.parents), dict(self.tables)
        for v, state in actions.items():
            if v not in tables or not 0 <= state < self.cardinality[v]:
                raise ValueError(f"cannot set {v!r} to {state}")
            parents[v] = ()
            tables[v] = torch.eye(self.cardinality[v]).to(tables[v])[state]
        return BayesianNetwork(parents, tables)

    def draw(
        self,
        *,
        observed: Sequence[Hashable] = (),
        positions: Mapping[Any, Sequence[float]] | None = None,
        ax: "Axes | None" = None,
    ) -> "Axes":
        """Draw the graph, see `dlcore.plot.plot_graph`; the observed variables are shaded."""
        from dlcore.plot import plot_graph

        return plot_graph(self.graph, observed=observed, positions=positions, ax=ax)


def check_states(X: Tensor, cardinality: Mapping[Any, int]) -> dict[Hashable, Tensor]:
    """The columns of X by variable, once its shape and states are seen to fit."""
    if X.ndim != 2 or X.shape[1] != len(cardinality):
        raise ValueError(f"expected (n, {len(cardinality)}) states, got {tuple(X.shape)}")
    sizes = torch.tensor(list(cardinality.values()), device=X.device)
    if bool((X < 0).any()) or bool((sizes <= X).any()):
        raise ValueError(f"states must lie in 0..k-1 for k = {sizes.tolist()}")
    return dict(zip(cardinality, X.long().T, strict=True))


def count_states(X: Tensor, sizes: Sequence[int]) -> Tensor:
    """How often each joint state of the columns of X occurs, shape sizes."""
    index = torch.zeros(len(X), dtype=torch.long, device=X.device)
    total = 1
    for column, k in zip(X.T, sizes, strict=True):
        index, total = index * k + column, total * k
    return torch.bincount(index, minlength=total).reshape(tuple(sizes))


def fit_cpts(
    graph: nx.DiGraph,
    X: Int[Tensor, "n v"],
    cardinality: Mapping[Any, int] | None = None,
    *,
    pseudo_count: float = 0.0,
) -> BayesianNetwork:
    """Fit the tables of a Bayesian network with a given graph: shares of counts.

    Args:
        graph: directed and acyclic.
        X: one row of states an example, columns in the order of the graph's nodes.
        cardinality: states of each variable; by default one more than the largest seen.
        pseudo_count: added to every count, a Dirichlet prior with this parameter + 1 at its mode;
            0 is maximum likelihood.

    Returns:
        The network, tables in float64. Parents that never occur together get a uniform row.

    Raises:
        ValueError: shapes or states that do not fit, a negative pseudo count, or a cycle.

    Equation: :eq:`eq-cpt-counts`.
    Section: :ref:`sec-parameter-learning`.

    Source: Koller, Friedman (2009), Probabilistic Graphical Models, chapter 17.

    Example:
        >>> X = torch.tensor([[0, 0], [0, 0], [0, 1], [1, 1]])
        >>> fit_cpts(nx.DiGraph([("rain", "wet")]), X).tables["wet"]
        tensor([[0.6667, 0.3333],
                [0.0000, 1.0000]], dtype=torch.float64)

    In production: pgmpy.estimators.
    """
    if pseudo_count < 0:
        raise ValueError(f"pseudo_count must not be negative, got {pseudo_count}")
    if cardinality is None:
        if not len(X):
            raise ValueError("without examples the cardinality must be given")
        cardinality = dict(zip(graph, (X.max(0).values + 1).tolist(), strict=True))
    states = check_states(X, {v: cardinality[v] for v in graph})
    parents = {v: list(graph.predecessors(v)) for v in graph}
    tables = {}
    for v in graph:
        family = [*parents[v], v]
        columns = torch.stack([states[u] for u in family], 1)
        counts = count_states(columns, [cardinality[u] for u in family]).double() + pseudo_count
        sums = counts.sum(-1, keepdim=True)
        tables[v] = torch.where(sums > 0, counts / sums.clamp(min=1e-300), 1 / cardinality[v])
    return BayesianNetwork(parents, tables)
