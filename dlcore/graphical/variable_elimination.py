"""Summing a product of factors over most of its variables, one variable after the other."""

from collections.abc import Hashable, Iterable, Sequence

from dlcore.graphical.elimination_orders import min_fill_order
from dlcore.graphical.factors import (
    Evidence,
    Factor,
    cardinalities,
    condition,
    interaction_graph,
    multiply_factors,
)


def variable_elimination(
    factors: Iterable[Factor],
    query: Sequence[Hashable] = (),
    *,
    evidence: Evidence = None,
    order: Sequence[Hashable] | None = None,
) -> Factor:
    r"""Sum all variables but the query out of a product of factors.

    Args:
        factors: their product is the distribution, normalized or not.
        query: variables to keep.
        evidence: states of variables that were seen.
        order: the other variables in the order to sum them out; by default `min_fill_order`.

    Returns:
        A factor of the query, not normalized: its sum is the probability of the evidence for a
        Bayesian network, the partition function for a random field without evidence. Its
        `normalize()` is the conditional distribution of the query.

    Raises:
        ValueError: unknown variables, a query on evidence, or an order of other variables.

    Equation: :eq:`eq-variable-elimination`.
    Section: :ref:`sec-variable-elimination`.

    Source: Zhang, Poole (1994), A simple approach to Bayesian network computations; Dechter
        (1999), Bucket elimination, doi:10.1016/S0004-3702(99)00059-4.

    Example:
        >>> import torch
        >>> rain = Factor.from_table(["rain"], torch.tensor([0.8, 0.2]))
        >>> wet = Factor.from_table(["rain", "wet"], torch.tensor([[0.9, 0.1], [0.2, 0.8]]))
        >>> variable_elimination([rain, wet], ["rain"], evidence={"wet": 1}).normalize().table
        tensor([0.3333, 0.6667])

    In production: pgmpy.inference.VariableElimination, or opt_einsum.
    """
    factors = condition(factors, evidence)
    names = cardinalities(factors)
    unknown = [v for v in query if v not in names]
    if unknown:
        raise ValueError(f"cannot ask for {unknown}: unknown, or among the evidence")
    hidden = [v for v in names if v not in query]
    if order is None:
        graph = interaction_graph(factors)
        graph.remove_nodes_from(query)
        order = min_fill_order(graph)
    if sorted(map(repr, order)) != sorted(map(repr, hidden)):
        raise ValueError(f"expected an order of {hidden}, got {list(order)}")
    for v in order:
        touched = [factor for factor in factors if v in factor.variables]
        factors = [factor for factor in factors if v not in factor.variables]
        factors.append(multiply_factors(touched).marginalize(v))
    return multiply_factors(factors).permute(*query)
