"""Expectations under one density from draws of another, each weighted by the ratio of the two."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import LogProb
from dlcore.montecarlo.estimators import (
    Integrand,
    MonteCarloEstimate,
    evaluate,
    finite,
    from_values,
    require_draws,
)
from dlcore.montecarlo.importance_weights import importance_ess, log_mean_weight, require_weights
from dlcore.probability import Distribution


@dataclass(frozen=True)
class ImportanceEstimate(MonteCarloEstimate):
    r"""An estimate from weighted draws.

    Attributes:
        log_weights: $\log p(x) - \log q(x)$ of each draw, shape (n,).

    Equations: :eq:`eq-importance`, :eq:`eq-self-normalized`
    Section: :ref:`sec-importance-sampling`

    Example:
        >>> weights = torch.tensor([0.0, 0.0])
        >>> ImportanceEstimate(torch.tensor(1.0), torch.tensor(0.1), 2, log_weights=weights).ess
        tensor(2.)

    In production: pyro.infer.Importance.
    """

    log_weights: Float[Tensor, " n"] | None = None

    def _weights(self) -> Tensor:
        if self.log_weights is None:
            raise ValueError("this estimate was made without its weights")
        return self.log_weights

    @property
    def ess(self) -> Float[Tensor, ""]:
        """How many draws of the target the weighted ones are worth."""
        return importance_ess(self._weights())

    @property
    def log_normalizer(self) -> Float[Tensor, ""]:
        r"""The log of the mean weight, $\log Z$ of an unnormalized target if q is normalized."""
        return log_mean_weight(self._weights())[0]


@torch.no_grad()
def importance_sampling(
    f: Integrand,
    log_prob: LogProb,
    proposal: Distribution,
    n: int,
    *,
    generator: torch.Generator | None = None,
) -> ImportanceEstimate:
    r"""Estimate $\mathbb E_p f$ by the mean of $w(x) f(x)$ with $w = p / q$ and x drawn from q.

    Unbiased if q is positive wherever p f is not 0; its variance is finite only if $w^2 f^2$ has an
    expectation under q, so q must have the heavier tails.

    Args:
        f: from draws, shape (n, ...), to one value each, shape (n, ...); booleans count as 0 and 1.
        log_prob: $\log p$, normalized, from (n, ...) to (n,).
        proposal: q, whose `sample` and `log_prob` are used.
        n: how many draws, at least 2.
        generator: source of randomness.

    Returns:
        The estimate, its standard error and the log-weights. An error that was estimated from
        weights without a second moment says nothing: see `psis_khat`.

    Raises:
        ValueError: fewer than two draws, no weight that is finite and positive, or f or log_prob
            give another shape.
        ArithmeticError: a value of f that is infinite or NaN where its weight is not 0, or a weight
            that overflows.

    Equation: :eq:`eq-importance`
    Section: :ref:`sec-importance-sampling`
    Source: Kahn, Marshall (1953), Methods of reducing sample size in Monte Carlo computations,
        doi:10.1287/opre.1.5.263.

    Example:
        >>> from dlcore.probability import Normal
        >>> seeded = torch.Generator().manual_seed(0)
        >>> found = importance_sampling(
        ...     lambda x: x > 4, Normal(0.0, 1.0).log_prob, Normal(4.0, 1.0), 5000, generator=seeded
        ... )
        >>> bool((found.estimate / 3.167e-5 - 1).abs() < 0.1)
        True

    In production: pyro.infer.Importance.
    """
    log_weights, values = _weigh("importance_sampling", f, log_prob, proposal, n, generator)
    # a weight of 0 leaves nothing of its value, whatever that is
    weights = _beside(log_weights.exp(), values)
    found = from_values(torch.where(weights > 0, weights * values, 0))
    return ImportanceEstimate(found.estimate, found.standard_error, n, n - 1, log_weights)


@torch.no_grad()
def self_normalized_importance_sampling(
    f: Integrand,
    log_prob: LogProb,
    proposal: Distribution,
    n: int,
    *,
    generator: torch.Generator | None = None,
) -> ImportanceEstimate:
    r"""Estimate $\mathbb E_p f$ by $\sum_i \bar w_i f(x_i)$, with weights that add up to 1.

    Constants of p and q cancel, at the price of a bias of order 1/n.

    Args:
        f: from draws, shape (n, ...), to one value each, shape (n, ...); booleans count as 0 and 1.
        log_prob: $\log p$ up to a constant, from (n, ...) to (n,).
        proposal: q, positive wherever p is; its `sample` and `log_prob` are used.
        n: how many draws, at least 2.
        generator: source of randomness.

    Returns:
        The estimate, its standard error by the delta method, and the log-weights, whose mean
        estimates the constant of p.

    Raises:
        ValueError: fewer than two draws, no weight that is finite and positive, or f or log_prob
            give another shape.
        ArithmeticError: a value of f that is infinite or NaN where its weight is not 0, or a weight
            that overflows.

    Equation: :eq:`eq-self-normalized`
    Section: :ref:`sec-self-normalized-importance`
    Source: Owen (2013), Monte Carlo theory, methods and examples, section 9.2.

    Example:
        >>> from dlcore.probability import Normal
        >>> seeded = torch.Generator().manual_seed(0)
        >>> found = self_normalized_importance_sampling(
        ...     torch.square, lambda x: 7 - x.square() / 2, Normal(0.0, 2.0), 5000, generator=seeded
        ... )
        >>> low, high = found.interval(0.9999)
        >>> bool(low < 1 < high)
        True

    In production: pyro.infer.Importance, with arviz.psislw for the weights.
    """
    name = "self_normalized_importance_sampling"
    log_weights, values = _weigh(name, f, log_prob, proposal, n, generator)
    weights = _beside(log_weights.softmax(0), values)
    values = torch.where(weights > 0, values, 0)
    estimate = finite((weights * values).sum(0))
    spread = (weights * (values - estimate)).square().sum(0)
    error = (spread * n / (n - 1)).sqrt()
    return ImportanceEstimate(estimate, error, n, n - 1, log_weights)


def _weigh(
    name: str,
    f: Integrand,
    log_prob: LogProb,
    proposal: Distribution,
    n: int,
    generator: torch.Generator | None,
) -> tuple[Tensor, Tensor]:
    """The log-weights of n draws of the proposal, and what f makes of them."""
    require_draws(name, n)
    x = proposal.sample((n,), generator=generator)
    log_weights = log_prob(x) - proposal.log_prob(x)
    if log_weights.shape != (n,):
        raise ValueError(
            f"{name}: the densities must give ({n},) for draws {tuple(x.shape)}, got "
            f"{tuple(log_weights.shape)}"
        )
    require_weights(name, log_weights)
    return log_weights, evaluate(name, f, x)


def _beside(weights: Tensor, values: Tensor) -> Tensor:
    return weights.reshape(-1, *[1] * (values.ndim - 1))
