"""Why averaging helps: the error of a majority vote, and bias and variance by simulation."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


def majority_vote_error(
    p: float, n_models: int, *, correlation: float = 0.0, ties: float = 0.5
) -> float:
    r"""How often a majority of B models that err with probability p is wrong.

    Independent errors make the number of wrong models binomial, and for p < ½ the majority's error
    falls at least as fast as Hoeffding's $e^{-2B(1/2 - p)^2}$. Correlated errors are modelled by a
    chance of error that itself varies, a beta distribution around p: the number is beta-binomial,
    and the majority's error does not fall to 0.

    Args:
        p: each model's error, from 0 to 1.
        n_models: B.
        correlation: $\rho$ between the errors of two models, from 0 up to but not including 1.
        ties: the share of ties that counts as wrong, for even B: 0, ½ (a coin) or 1.

    Returns:
        The probability.

    Raises:
        ValueError: a probability or share outside of [0, 1], B below 1, or a correlation outside of
            [0, 1).

    Equation: :eq:`eq-majority-vote-error`
    Section: :ref:`sec-random-forests`
    Source: Condorcet (1785), Essai sur l'application de l'analyse; Ladha (1992), The Condorcet jury
        theorem, free speech, and correlated votes, doi:10.2307/2111584.

    Example:
        >>> [round(majority_vote_error(0.4, B), 4) for B in (1, 5, 25)]
        [0.4, 0.3174, 0.1538]

    In production: scipy.stats.binom.sf.
    """
    if not (0 <= p <= 1 and 0 <= ties <= 1 and n_models >= 1 and 0 <= correlation < 1):
        raise ValueError(
            "majority_vote_error needs p and ties in [0, 1], n_models of at least 1 and a "
            f"correlation in [0, 1), got {p}, {ties}, {n_models} and {correlation}"
        )
    if p in (0, 1):
        return float(p)
    wrong = torch.arange(n_models + 1, dtype=torch.float64)
    right = n_models - wrong
    log_choose = _log_factorial(torch.tensor(n_models)) - _log_factorial(wrong)
    log_choose = log_choose - _log_factorial(right)
    if correlation:
        total = 1 / correlation - 1
        a, b = p * total, (1 - p) * total
        log_share = _log_beta(wrong + a, right + b) - _log_beta(wrong.new_tensor(a), b)
    else:
        log_share = torch.xlogy(wrong, wrong.new_tensor(p)) + torch.xlogy(
            right, wrong.new_tensor(1 - p)
        )
    counts = (wrong > right).double() + ties * (wrong == right)
    return float((counts * (log_choose + log_share).exp()).sum())


class BiasVariance(NamedTuple):
    """The expected squared error, taken apart.

    Attributes:
        bias_squared: the squared distance of the mean prediction from the truth.
        variance: how much predictions vary over training sets.
        noise: the variance of the targets around the truth.
        error: the expected squared error on new targets, the sum of the three.
    """

    bias_squared: float
    variance: float
    noise: float
    error: float


def bias_variance(
    fit_predict: Callable[[Tensor, Tensor, Tensor], Tensor],
    draw: Callable[[torch.Generator], tuple[Tensor, Tensor]],
    X: Float[Tensor, "m d"],
    truth: Float[Tensor, " m"],
    *,
    noise: float = 0.0,
    repetitions: int = 50,
    generator: torch.Generator | None = None,
) -> BiasVariance:
    r"""Bias and variance of a learner, by training it on many training sets.

    At each test point $\mathbb E(y - \hat f)^2 = (f - \bar f)^2 + \mathrm{Var}(\hat f) + \sigma^2$,
    where the variance is over training sets, not over test points; all are averaged over the test
    points. The variance is estimated with R - 1, and the bias freed of the part $\mathrm{Var}/R$
    that a mean of R predictions still has of it.

    Args:
        fit_predict: from training inputs, training targets and test inputs to predictions (m,).
        draw: from a generator to a fresh training set, inputs and targets.
        X: test inputs, shape (m, d).
        truth: f at the test inputs, without noise, shape (m,).
        noise: the standard deviation $\sigma$ of the targets around f.
        repetitions: R, how many training sets.
        generator: source of the training sets; by default one seeded with 0.

    Returns:
        The four parts; the squared bias, an unbiased estimate, may come out just below 0.

    Raises:
        ValueError: fewer than two repetitions, a negative noise, or predictions of another shape.

    Equation: :eq:`eq-bias-variance`
    Section: :ref:`sec-bias-variance`
    Source: Geman, Bienenstock, Doursat (1992), Neural networks and the bias/variance dilemma,
        doi:10.1162/neco.1992.4.1.1.

    Example:
        >>> def draw(generator):
        ...     y = torch.randn(4, generator=generator, dtype=torch.float64)
        ...     return torch.zeros(4, 1), y
        >>> mean = lambda X, y, new: y.mean().expand(len(new))
        >>> point, truth = torch.zeros(1, 1), torch.zeros(1, dtype=torch.float64)
        >>> parts = bias_variance(mean, draw, point, truth, noise=1.0, repetitions=4000)
        >>> abs(parts.variance - 1 / 4) < 0.05
        True

    In production: mlxtend.evaluate.bias_variance_decomp.
    """
    if repetitions < 2 or noise < 0:
        raise ValueError(
            f"bias_variance needs 2 repetitions and a noise of at least 0, got {repetitions} and "
            f"{noise}"
        )
    generator = generator or torch.Generator().manual_seed(0)
    rounds = []
    for _ in range(repetitions):
        prediction = torch.as_tensor(fit_predict(*draw(generator), X))
        if prediction.shape != truth.shape:
            raise ValueError(
                f"fit_predict must give shape {tuple(truth.shape)}, got {tuple(prediction.shape)}"
            )
        rounds.append(prediction.double())
    predictions = torch.stack(rounds)
    variance = predictions.var(0)
    bias = (predictions.mean(0) - truth).square() - variance / repetitions
    parts = float(bias.mean()), float(variance.mean()), noise**2
    return BiasVariance(*parts, error=sum(parts))


def _log_factorial(n: Tensor) -> Tensor:
    return torch.lgamma(n.double() + 1)


def _log_beta(a: Tensor, b: Tensor | float) -> Tensor:
    b = torch.as_tensor(b, dtype=torch.float64)
    return torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
