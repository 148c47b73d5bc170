"""Bethe's free energy: what belief propagation optimizes without knowing it."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.graphical import Factor


def bethe_log_partition(
    factors: Iterable[Factor],
    marginals: Mapping[Any, Tensor],
    factor_marginals: Sequence[Factor],
) -> Float[Tensor, ""]:
    r"""Bethe's estimate of $\log Z$ at any beliefs that agree with each other.

    $\sum_c \mathbb E_{b_c}[\log\psi_c - \log b_c] + \sum_i (d_i - 1)\,\mathbb E_{b_i}\log b_i$,
    where variable i is read by $d_i$ factors and its uncertainty would be counted so often.
    Stationary points under the constraint of agreement are fixed points of belief propagation.

    Args:
        factors: of the model.
        marginals: beliefs of each variable, shape (k,).
        factor_marginals: for each factor beliefs of its variables, in any order of axes.

    Returns:
        A scalar, differentiable in the beliefs; exact on trees at the true marginals, and neither
        a lower nor an upper bound otherwise.

    Raises:
        ValueError: another number of beliefs than of factors, unknown variables, or beliefs that
            contradict each other by more than 1e-3.

    Equation: :eq:`eq-bethe-free-energy`.
    Section: :ref:`sec-double-counting`.

    Source: Yedidia, Freeman, Weiss (2005), Constructing free-energy approximations and generalized
        belief propagation algorithms, doi:10.1109/TIT.2005.850085.

    Example:
        >>> from dlcore.graphical import IsingModel, sum_product
        >>> chain = IsingModel.chain(3, 0.5)
        >>> exact = sum_product(chain.factors)
        >>> found = bethe_log_partition(chain.factors, exact.marginals, exact.factor_marginals)
        >>> bool((found - chain.log_partition()).abs() < 1e-9)
        True

    In production: the log_partition of `dlcore.graphical.loopy_belief_propagation`.
    """
    factors = list(factors)
    if len(factors) != len(factor_marginals):
        raise ValueError(f"{len(factors)} factors, but {len(factor_marginals)} joint beliefs")
    readers: dict[Hashable, int] = {}
    terms = []
    for factor, belief in zip(factors, factor_marginals, strict=True):
        if set(factor.variables) != set(belief.variables):
            raise ValueError(f"beliefs of {belief.variables} for a factor of {factor.variables}")
        belief = belief.permute(*factor.variables)
        for v in factor.variables:
            readers[v] = readers.get(v, 0) + 1
            others = [u for u in factor.variables if u != v]
            told = belief.marginalize(*others).table
            if v not in marginals or not torch.allclose(told, marginals[v].to(told), atol=1e-3):
                raise ValueError(f"the beliefs of {v!r} and of {factor.variables} do not agree")
        terms.append(_expected(belief.table, factor.log_table - belief.log_table))
    for v, count in readers.items():
        terms.append((1 - count) * torch.special.entr(marginals[v]).sum())
    return torch.stack(terms).sum() if terms else torch.zeros(())


def _expected(weights: Tensor, values: Tensor) -> Tensor:
    """The sum of weights times values, where weight 0 lets no infinity through."""
    return (weights * values.where(weights > 0, 0.0)).sum()
