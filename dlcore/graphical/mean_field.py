"""The closest distribution without any edge: each variable in the mean field of its neighbours."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

from dlcore.graphical.factors import Evidence, Factor, cardinalities, condition


class MeanField(NamedTuple):
    r"""A product of independent distributions and how close it came.

    Attributes:
        marginals: the probabilities of each variable that was not seen, shape (k,).
        bounds: after each sweep a lower bound of $\log Z$; they never fall.
        converged: whether the last sweep gained no more than the tolerance.

    Section: :ref:`sec-approximate-inference`.

    Example:
        >>> mean_field([Factor(["x"], torch.zeros(2))]).marginals["x"]
        tensor([0.5000, 0.5000])

    In production: the variational families of Pyro and NumPyro.
    """

    marginals: dict[Hashable, Tensor]
    bounds: list[float]
    converged: bool


def positive_factors(factors: Iterable[Factor], evidence: Evidence) -> list[Factor]:
    """The factors with the evidence put in, none of them 0 anywhere."""
    factors = condition(factors, evidence)
    if not all(bool(factor.log_table.isfinite().all()) for factor in factors):
        raise ValueError("every factor must be positive everywhere")
    return factors


def _expected(factor: Factor, q: Mapping[Any, Tensor], but: Hashable | None = None) -> Tensor:
    """The mean of the factor's logarithm, for each state of one variable or over all."""
    table = factor.log_table
    for axis, v in reversed(list(enumerate(factor.variables))):
        if v != but:
            table = torch.tensordot(table, q[v], dims=([axis], [0]))
    return table


def mean_field(
    factors: Iterable[Factor],
    *,
    evidence: Evidence = None,
    steps: int = 100,
    tol: float = 1e-6,
    generator: torch.Generator | None = None,
) -> MeanField:
    r"""Minimize $D_{KL}(q \Vert p)$ over products $q = \prod_v q_v$, one variable after the other.

    Args:
        factors: positive everywhere.
        evidence: states of variables that were seen.
        steps: the most sweeps over all variables.
        tol: sweeps end when the bound gains no more.
        generator: if given, the start is drawn at random; by default it is uniform, which may be
            a saddle point of a symmetric model.

    Returns:
        The distributions and the bounds. It ends in a maximum near the start, and is too sure.

    Raises:
        ValueError: no sweep, or a factor that is 0 somewhere.

    Equation: :eq:`eq-mean-field-update`.
    Section: :ref:`sec-approximate-inference`.

    Source: Peterson, Anderson (1987), A mean field theory learning algorithm for neural networks;
        Wainwright, Jordan (2008), doi:10.1561/2200000001.

    Example:
        >>> from dlcore.graphical import IsingModel
        >>> model = IsingModel.grid(3, 3, 0.3, 0.1)
        >>> fit = mean_field(model.factors)
        >>> fit.bounds[-1] < float(model.log_partition())
        True

    In production: Pyro, NumPyro for models beyond tables.
    """
    if steps < 1:
        raise ValueError(f"expected steps >= 1, got {steps}")
    factors = positive_factors(factors, evidence)
    at = {v: [f for f in factors if v in f.variables] for v in cardinalities(factors)}
    q: dict[Hashable, Tensor] = {}
    for v, around in at.items():
        start = around[0].log_table.new_zeros(around[0].cardinality[v])
        if generator is not None:
            noise = torch.randn(start.shape, generator=generator, device=generator.device)
            start = start + noise.to(start)
        q[v] = start.softmax(0)
    bounds: list[float] = []
    converged = False
    for _ in range(steps):
        for v, around in at.items():
            q[v] = torch.stack([_expected(f, q, but=v) for f in around]).sum(0).softmax(0)
        entropy = sum(float(torch.special.entr(p).sum()) for p in q.values())
        bounds.append(sum(float(_expected(f, q)) for f in factors) + entropy)
        converged = len(bounds) > 1 and bounds[-1] - bounds[-2] <= tol
        if converged:
            break
    return MeanField(q, bounds, converged)
