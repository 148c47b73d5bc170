"""Markov random fields: a product of factors over an undirected graph, and its normalizer."""

import math
from collections.abc import Hashable, Iterable

import networkx as nx
import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.graphical.bayesian_network import check_states
from dlcore.graphical.factors import (
    Evidence,
    Factor,
    cardinalities,
    interaction_graph,
    multiply_factors,
)
from dlcore.graphical.variable_elimination import variable_elimination

MOST_STATES = 2**24


class MarkovRandomField:
    r"""The distribution $p(\mathbf x) = \frac1Z \prod_c \psi_c(\mathbf x_c)$.

    Args:
        factors: the potentials, of any number of variables each.

    Attributes:
        factors: as given, as a list.
        cardinality: how many states each variable has.
        variables: the names, in the order of their appearance.
        graph: an undirected networkx.Graph that joins variables with a common factor.

    Raises:
        ValueError: no variable, or one with different numbers of states.

    Equation: :eq:`eq-random-field`.
    Section: :ref:`sec-random-fields`.

    Source: Hammersley, Clifford (1971), Markov fields on finite graphs and lattices; Besag (1974),
        doi:10.1111/j.2517-6161.1974.tb00999.x.

    Example:
        >>> agree = torch.tensor([[2.0, 1.0], [1.0, 2.0]])
        >>> field = MarkovRandomField([Factor.from_table(edge, agree) for edge in ("ab", "bc")])
        >>> field.query("a", "c").table
        tensor([[0.2778, 0.2222],
                [0.2222, 0.2778]])

    In production: pgmpy.models.DiscreteMarkovNetwork.
    """

    def __init__(self, factors: Iterable[Factor]) -> None:
        self.factors = list(factors)
        self.cardinality = cardinalities(self.factors)
        if not self.cardinality:
            raise ValueError("a field needs at least one variable")
        self.variables = tuple(self.cardinality)
        self.graph: nx.Graph = interaction_graph(self.factors)

    def log_score(self, X: Int[Tensor, "n v"]) -> Float[Tensor, " n"]:
        """The logarithm of the product of factors for each row of states: no normalizer.

        Args:
            X: one column a variable, in the order of `variables`.

        Raises:
            ValueError: another number of columns, or a state that a variable does not have.
        """
        states = check_states(X, self.cardinality)
        return torch.stack(
            [factor.log_score(states).expand(len(X)) for factor in self.factors]
        ).sum(0)

    def log_partition(self) -> Float[Tensor, ""]:
        """The logarithm of Z, by variable elimination: exponential in the tree-width."""
        return variable_elimination(self.factors).log_table

    def log_prob(self, X: Int[Tensor, "n v"]) -> Float[Tensor, " n"]:
        """The logarithm of the probability of each row of states, see `log_score`."""
        return self.log_score(X) - self.log_partition()

    def query(self, *variables: Hashable, evidence: Evidence = None) -> Factor:
        """The joint distribution of some variables given the states of others.

        Raises:
            ValueError: unknown variables, or evidence of probability 0.
        """
        return variable_elimination(self.factors, variables, evidence=evidence).normalize()


class IsingModel(MarkovRandomField):
    r"""Spins $s_i = \pm 1$ with $\log \tilde p = \sum_{i<j} J_{ij} s_i s_j + \sum_i h_i s_i$.

    Args:
        J: couplings, symmetric with diagonal 0, shape (n, n); positive ones make spins agree.
        h: field on each spin, shape (n,); by default 0.

    Attributes:
        J: as given.
        h: as given.

    Variables are 0, …, n - 1; state 1 is spin +1, state 0 is spin -1.

    Raises:
        ValueError: shapes that do not fit, or couplings that are not symmetric with diagonal 0.

    Equation: :eq:`eq-ising`.
    Section: :ref:`sec-random-fields`.

    Source: Ising (1925), Beitrag zur Theorie des Ferromagnetismus, doi:10.1007/BF02980577.

    Example:
        >>> round(IsingModel.chain(5, 0.7).log_partition().exp().item(), 4)
        79.4253

    In production: for large lattices a cluster sampler.
    """

    def __init__(self, J: Float[Tensor, "n n"], h: Float[Tensor, " n"] | None = None) -> None:
        h = J.new_zeros(len(J)) if h is None else h
        if J.ndim != 2 or J.shape[0] != J.shape[1] or h.shape != J.shape[:1]:
            raise ValueError(f"expected (n, n) and (n,), got {tuple(J.shape)}, {tuple(h.shape)}")
        if not torch.equal(J, J.T) or bool(J.diagonal().any()):
            raise ValueError("couplings must be symmetric with diagonal 0")
        self.J, self.h = J, h
        sign = torch.tensor([-1.0, 1.0]).to(J)
        edges = J.detach().triu().nonzero().tolist()
        super().__init__(
            [Factor([i], h[i] * sign) for i in range(len(h))]
            + [Factor([i, j], J[i, j] * torch.outer(sign, sign)) for i, j in edges]
        )

    @classmethod
    def grid(cls, rows: int, columns: int, J: float, h: float = 0.0) -> "IsingModel":
        """A lattice with free boundary, in float64; spin (r, c) is number r * columns + c."""
        lattice = nx.grid_2d_graph(rows, columns)
        order = [(r, c) for r in range(rows) for c in range(columns)]
        A = torch.as_tensor(nx.to_numpy_array(lattice, nodelist=order))
        return cls(J * A, torch.full((len(A),), h, dtype=A.dtype))

    @classmethod
    def chain(cls, n: int, J: float, h: float = 0.0) -> "IsingModel":
        """Spins in a row, each coupled to the next, in float64."""
        return cls.grid(1, n, J, h)

    def spins(self, X: Int[Tensor, "n v"]) -> Float[Tensor, "n v"]:
        """States 0 and 1 as spins -1 and +1."""
        return (2 * X - 1).to(self.J)

    def log_score(self, X: Int[Tensor, "n v"]) -> Float[Tensor, " n"]:
        """As for any field, in one matrix product."""
        check_states(X, self.cardinality)
        s = self.spins(X)
        return (s @ self.J * s).sum(1) / 2 + s @ self.h

    def magnetization(self) -> Float[Tensor, " n"]:
        """The mean of each spin, which is the gradient of log Z with respect to its field."""
        h = self.h.detach().clone().requires_grad_()
        with torch.enable_grad():
            log_Z = IsingModel(self.J.detach(), h).log_partition()
        return torch.autograd.grad(log_Z, h)[0]


def _joint(factors: Iterable[Factor]) -> Factor:
    factors = list(factors)
    states = math.prod(cardinalities(factors).values())
    if states > MOST_STATES:
        raise ValueError(f"{states} joint states are too many to enumerate")
    return multiply_factors(factors)


def log_partition_bruteforce(factors: Iterable[Factor]) -> Float[Tensor, ""]:
    r"""$\log Z$ as the logsumexp over all joint states.

    Args:
        factors: of all variables together at most 2^24 joint states.

    Returns:
        The logarithm of the sum of their product.

    Raises:
        ValueError: more joint states.

    Equation: :eq:`eq-random-field`.
    Section: :ref:`sec-partition-function`.

    Source: the definition.

    Example:
        >>> round(log_partition_bruteforce(IsingModel.grid(3, 3, 0.5).factors).item(), 4)
        7.8915

    In production: `variable_elimination`, which sums one variable after the other.
    """
    return _joint(factors).log_partition()


def marginals_bruteforce(factors: Iterable[Factor]) -> dict[Hashable, Tensor]:
    """The distribution of each variable, from the table of all joint states.

    Args:
        factors: of all variables together at most 2^24 joint states.

    Returns:
        For each variable its probabilities, shape (k,).

    Raises:
        ValueError: more joint states, or a product that is 0 everywhere.

    Equation: :eq:`eq-random-field`.
    Section: :ref:`sec-partition-function`.

    Source: the definition.

    Example:
        >>> marginals_bruteforce(IsingModel.chain(2, 1.0).factors)[0]
        tensor([0.5000, 0.5000], dtype=torch.float64)

    In production: `sum_product` on trees, `junction_tree` otherwise.
    """
    joint = _joint(factors).normalize()
    variables = joint.variables
    return {v: joint.marginalize(*(u for u in variables if u != v)).table for v in variables}
