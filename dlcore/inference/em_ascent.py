"""Expectation maximization seen half a step at a time: each half climbs the same bound."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.probability import MultivariateNormal, kmeans_plus_plus


class EMAscent(NamedTuple):
    r"""The course of expectation maximization on a Gaussian mixture.

    Attributes:
        bounds: the bound on the log-likelihood of all data, two for each round: after the E step,
            where it touches the log-likelihood, and after the M step, where it lies below.
        log_likelihoods: of all data, before the first round and after each.
        weights: at the end, shape (k,).
        means: shape (k, d).
        covariances: shape (k, d, d).

    Equation: :eq:`eq-em-ascent`.
    Section: :ref:`sec-em-as-ascent`.

    Example:
        >>> ascent = em_ascent(torch.tensor([[0.0], [0.2], [5.0], [5.2]]), 2, rounds=3)
        >>> ascent.bounds.shape, ascent.log_likelihoods.shape
        (torch.Size([6]), torch.Size([4]))

    In production: the lower_bound_ of sklearn.mixture.GaussianMixture.
    """

    bounds: Float[Tensor, " two_rounds"]
    log_likelihoods: Float[Tensor, " points"]
    weights: Float[Tensor, " k"]
    means: Float[Tensor, "k d"]
    covariances: Float[Tensor, "k d d"]


def em_ascent(
    X: Float[Tensor, "n d"],
    n_components: int,
    *,
    rounds: int = 20,
    reg_covar: float = 1e-6,
    means: Float[Tensor, "k d"] | None = None,
    generator: torch.Generator | None = None,
) -> EMAscent:
    r"""Fit a Gaussian mixture by climbing $\mathcal L(q, \theta)$, in q and in $\theta$ by turns.

    The E step sets q to the posterior of the components, which closes the gap; the M step moves
    $\theta$ to the top of the bound for this q, which lifts the log-likelihood at least as much.

    Args:
        X: examples, shape (n, d).
        n_components: k.
        rounds: how many E and M steps.
        reg_covar: added to the diagonals of the covariances. It moves the M step a little beside
            the top.
        means: of the components at first, shape (k, d); by default k-means++'s choice.
        generator: source of randomness of that choice.

    Returns:
        The bounds after each half step, the log-likelihoods, and the mixture.

    Raises:
        ValueError: no round, fewer examples than components, means of another shape.
        NotPositiveDefiniteError: a component has shrunk to a point and `reg_covar` is too small.

    Equations: :eq:`eq-em`, :eq:`eq-em-ascent`.
    Section: :ref:`sec-em-as-ascent`.

    Source: Neal, Hinton (1998), A view of the EM algorithm that justifies incremental, sparse, and
        other variants, doi:10.1007/978-94-011-5014-9_12.

    Example:
        >>> X = torch.tensor([[0.0], [0.2], [5.0], [5.2]], dtype=torch.float64)
        >>> ascent = em_ascent(X, 2, means=torch.tensor([[1.0], [3.0]], dtype=torch.float64))
        >>> bool((ascent.bounds.diff() > -1e-9).all())
        True

    In production: `dlcore.probability.GaussianMixture`, sklearn.mixture.GaussianMixture.
    """
    n, d = X.shape
    if rounds < 1 or not 1 <= n_components <= n:
        raise ValueError(
            f"em_ascent needs rounds >= 1 and 1 <= n_components <= {n}, got {rounds} and "
            f"{n_components}"
        )
    first = kmeans_plus_plus(X, n_components, generator=generator) if means is None else means
    if first.shape != (n_components, d):
        raise ValueError(f"expected means ({n_components}, {d}), got {tuple(first.shape)}")
    ridge = reg_covar * torch.eye(d, dtype=X.dtype, device=X.device)
    means, weights = first, X.new_full((n_components,), 1 / n_components)
    centred = X - X.mean(0)
    covariances = (centred.mT @ centred / n + ridge).expand(n_components, d, d)
    score = _log_joint(X, weights, means, covariances)
    bounds, log_likelihoods = [], [score.logsumexp(1).sum()]
    for _ in range(rounds):
        q = score.softmax(1)
        entropy = torch.special.entr(q).sum()
        bounds.append((q * score).sum() + entropy)
        counts = q.sum(0)
        weights, means = counts / n, q.mT @ X / counts[:, None]
        away = X - means[:, None]
        covariances = (q.mT[..., None] * away).mT @ away / counts[:, None, None] + ridge
        score = _log_joint(X, weights, means, covariances)
        bounds.append((q * score).sum() + entropy)
        log_likelihoods.append(score.logsumexp(1).sum())
    return EMAscent(torch.stack(bounds), torch.stack(log_likelihoods), weights, means, covariances)


def _log_joint(X: Tensor, weights: Tensor, means: Tensor, covariances: Tensor) -> Tensor:
    """Log weight plus log density of each component at each example, shape (n, k)."""
    return MultivariateNormal(means, covariances).log_prob(X[:, None]) + weights.log()
