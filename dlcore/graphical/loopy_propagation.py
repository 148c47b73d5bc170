"""The messages of a tree, passed around on a graph with cycles until they settle, if they do."""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical.belief_propagation import message_to_factor, message_to_variable, weigh
from dlcore.graphical.factors import Evidence, Factor, cardinalities, condition


class LoopyBeliefs(NamedTuple):
    """What the messages add up to when passing stops.

    Attributes:
        marginals: approximate probabilities of each variable that was not seen, shape (k,).
        factor_marginals: for each factor the same of its variables.
        log_partition: Bethe's approximation of the logarithm of the normalizer.
        converged: whether the last round changed no message by more than the tolerance.
        changes: the largest change of a message's probabilities in each round.

    Section: :ref:`sec-approximate-inference`.

    Example:
        >>> loopy_belief_propagation([Factor(["x"], torch.zeros(2))]).converged
        True

    In production: pgmax.
    """

    marginals: dict[Hashable, Tensor]
    factor_marginals: list[Factor]
    log_partition: Float[Tensor, ""]
    converged: bool
    changes: list[float]


def _log_normalized(message: Tensor) -> Tensor:
    total = message.logsumexp(0)
    if not bool(total.isfinite()):
        raise ValueError("a message is 0 everywhere: the factors contradict each other")
    return message - total


def _expected(weights: Tensor, values: Tensor) -> Tensor:
    """The sum of weights times values, where weight 0 lets no infinity through."""
    return torch.where(weights > 0, weights * values, 0).sum()


def loopy_belief_propagation(
    factors: Iterable[Factor],
    *,
    evidence: Evidence = None,
    steps: int = 100,
    damping: float = 0.0,
    tol: float = 1e-6,
) -> LoopyBeliefs:
    """Approximate marginals on a graph with cycles: all messages at once, round after round.

    On a tree the result is exact. On a cycle evidence comes back to where it started and is
    counted again: beliefs are often too sure, and the rounds need not settle.

    Args:
        factors: any number of variables each.
        evidence: states of variables that were seen.
        steps: the most rounds.
        damping: the share, in [0, 1), of the old logarithm that a new message keeps.
        tol: rounds end when no message's probabilities change by more.

    Returns:
        Approximate marginals, Bethe's log partition, and whether the rounds settled.

    Raises:
        ValueError: no round, damping outside [0, 1), or factors that contradict each other.

    Equations: :eq:`eq-message-to-factor`, :eq:`eq-message-to-variable`, :eq:`eq-bethe`.
    Section: :ref:`sec-approximate-inference`.

    Source: Murphy, Weiss, Jordan (1999), Loopy belief propagation for approximate inference;
        Yedidia, Freeman, Weiss (2005), Constructing free-energy approximations and generalized
        belief propagation algorithms, doi:10.1109/TIT.2005.850085.

    Example:
        >>> from dlcore.graphical import IsingModel
        >>> triangle = IsingModel(1.0 - torch.eye(3), torch.tensor([0.3, 0.0, 0.0]))
        >>> loopy = loopy_belief_propagation(triangle.factors)
        >>> round(loopy.marginals[0][1].item(), 2), round(triangle.query(0).table[1].item(), 2)
        (0.81, 0.65)

    In production: pgmax.
    """
    if steps < 1 or not 0 <= damping < 1:
        raise ValueError(f"expected steps >= 1 and damping in [0, 1), got {steps} and {damping}")
    factors = condition(factors, evidence)
    sizes = cardinalities(factors)
    edges = [(i, v) for i, factor in enumerate(factors) for v in factor.variables]
    at: dict[Hashable, list[int]] = {v: [i for i, u in edges if u == v] for v in sizes}
    messages = {(i, v): _log_normalized(factors[i].log_table.new_zeros(sizes[v])) for i, v in edges}

    def told(i: int) -> dict[Hashable, Tensor]:
        """What the variables of factor i tell it."""
        return {
            v: message_to_factor((messages[j, v] for j in at[v] if j != i), messages[i, v])
            for v in factors[i].variables
        }

    changes: list[float] = []
    for _ in range(steps):
        new = {}
        for i, factor in enumerate(factors):
            incoming = told(i)
            for v in factor.variables:
                message = _log_normalized(message_to_variable(factor, v, incoming))
                if damping:
                    kept = (1 - damping) * message + damping * messages[i, v]
                    message = _log_normalized(kept)
                new[i, v] = message
        moved = [float((new[e].exp() - messages[e].exp()).abs().max()) for e in edges]
        messages = new
        changes.append(max(moved, default=0.0))
        if changes[-1] <= tol:
            break
    variables = {
        v: _log_normalized(
            message_to_factor((messages[i, v] for i in at[v]), messages[at[v][0], v])
        )
        for v in sizes
    }
    joints = [weigh(factor, told(i)).normalize() for i, factor in enumerate(factors)]
    energy = sum(
        _expected(b.table, f.log_table - b.log_table) for b, f in zip(joints, factors, strict=True)
    )
    counted = sum((len(at[v]) - 1) * _expected(b.exp(), b) for v, b in variables.items())
    log_partition = torch.as_tensor(energy + counted)
    marginals = {v: b.exp() for v, b in variables.items()}
    return LoopyBeliefs(marginals, joints, log_partition, changes[-1] <= tol, changes)
