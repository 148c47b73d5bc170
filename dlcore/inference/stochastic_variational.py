"""Variational inference by mini-batches: steps along the natural gradient."""

from typing import TypeVar

import torch
from torch import Tensor

from dlcore.classical.estimator import as_generator
from dlcore.inference.mixture_posterior import MixturePosterior
from dlcore.inference.variational_mixture import VariationalGMM

Natural = TypeVar("Natural", bound=tuple)


def robbins_monro(t: int, tau: float = 1.0, kappa: float = 0.7) -> float:
    r"""The step size $\rho_t = (t + \tau)^{-\kappa}$, which forgets at the right speed.

    For $\kappa \in (\frac12, 1]$ the steps add up to infinity and their squares do not, so that any
    start is forgotten and the noise of mini-batches dies out.

    Args:
        t: number of the step, from 0.
        tau: delay, at least 1 for the first step not to overshoot; larger ones slow the beginning.
        kappa: forgetting rate, in (1/2, 1].

    Returns:
        A step size in (0, 1].

    Raises:
        ValueError: a negative t, tau below 1, or kappa outside (1/2, 1].

    Equations: :eq:`eq-forgetting-rate`, :eq:`eq-robbins-monro`.
    Section: :ref:`sec-stochastic-variational`.

    Source: Robbins, Monro (1951), A stochastic approximation method, doi:10.1214/aoms/1177729586;
        Hoffman et al. (2013), Stochastic variational inference, arXiv:1206.7051.

    Example:
        >>> [round(robbins_monro(t, kappa=1.0), 2) for t in range(4)]
        [1.0, 0.5, 0.33, 0.25]

    In production: torch.optim.lr_scheduler.LambdaLR.
    """
    if t < 0 or tau < 1 or not 0.5 < kappa <= 1:
        raise ValueError(
            f"expected t >= 0, tau >= 1 and kappa in (1/2, 1], got {t}, {tau} and {kappa}"
        )
    return (t + tau) ** -kappa


def natural_gradient_step(
    natural: Natural, prior: Natural, statistics: Natural, *, scale: float, rho: float
) -> Natural:
    r"""One step towards what coordinate ascent would choose if a mini-batch stood for all data.

    $\lambda \leftarrow (1 - \rho)\lambda + \rho\,(\lambda_0 + \frac NB \sum_i \mathbb E_q t(x_i))$;
    the bracket minus $\lambda$ is the natural gradient of the bound, estimated without bias.

    Args:
        natural: coordinates of the belief, a named tuple of tensors.
        prior: those of the prior.
        statistics: expected sufficient statistics of the mini-batch.
        scale: N / B, how many examples one of the batch stands for.
        rho: step size in (0, 1]; with the whole data, 1 is a step of coordinate ascent.

    Returns:
        The new coordinates.

    Raises:
        ValueError: a scale below 1, or rho outside (0, 1].

    Equation: :eq:`eq-natural-step`.
    Section: :ref:`sec-stochastic-variational`.

    Source: Hoffman et al. (2013), Stochastic variational inference, arXiv:1206.7051; Amari (1998),
        Natural gradient works efficiently in learning, doi:10.1162/089976698300017746.

    Example:
        >>> from dlcore.inference import NaturalMixture
        >>> one = NaturalMixture(*[torch.ones(1)] * 5)
        >>> natural_gradient_step(one, one, one, scale=10, rho=0.5).counts
        tensor([6.])

    In production: the SVI of bayespy and gensim's LdaModel.
    """
    if scale < 1 or not 0 < rho <= 1:
        raise ValueError(f"expected scale >= 1 and rho in (0, 1], got {scale} and {rho}")
    parts = zip(natural, prior, statistics, strict=True)
    moved = [(1 - rho) * a + rho * (b + scale * c) for a, b, c in parts]
    return type(natural)(*moved)


class StochasticVI:
    """Fit a variational mixture by natural gradients from mini-batches.

    Args:
        model: a `VariationalGMM`; its priors and number of components are used.
        batch_size: B.
        epochs: how often all data are seen.
        tau: delay of the step sizes, see `robbins_monro`.
        kappa: their forgetting rate.
        random_state: int, torch.Generator or None: seeds the start and the order of the data.

    Attributes:
        model_: the model, fitted.
        bounds_: the bound of all data as estimated from each mini-batch before its step.
        steps_: how many steps were made.

    Raises:
        ValueError: a batch size or number of epochs below 1; in `fit`, what the model rejects.

    Equations: :eq:`eq-natural-step`, :eq:`eq-forgetting-rate`.
    Section: :ref:`sec-stochastic-variational`.

    Source: Hoffman, Blei, Wang, Paisley (2013), Stochastic variational inference, arXiv:1206.7051.

    Example:
        >>> X = torch.cat([torch.linspace(-1, 1, 200), torch.linspace(9, 11, 200)])[:, None]
        >>> fit = StochasticVI(VariationalGMM(2), batch_size=50, epochs=5, random_state=0).fit(X)
        >>> fit.model_.means_[:, 0].sort().values.round().abs()
        tensor([ 0., 10.])

    In production: numpyro.infer.SVI, whose gradients are not natural ones.
    """

    model_: VariationalGMM
    bounds_: list[float]
    steps_: int

    def __init__(
        self,
        model: VariationalGMM,
        *,
        batch_size: int = 100,
        epochs: int = 10,
        tau: float = 1.0,
        kappa: float = 0.7,
        random_state: int | torch.Generator | None = None,
    ) -> None:
        if batch_size < 1 or epochs < 1:
            raise ValueError(f"batch_size and epochs must be >= 1, got {batch_size} and {epochs}")
        robbins_monro(0, tau, kappa)
        self.model, self.batch_size, self.epochs = model, batch_size, epochs
        self.tau, self.kappa, self.random_state = tau, kappa, random_state

    def fit(self, X: Tensor) -> "StochasticVI":
        """Walk through the data in random order; the start is k-means++'s on one mini-batch."""
        model = self.model
        numbers = model._inputs(X, reset=True, min_samples=2)
        generator = as_generator(self.random_state)
        size = min(self.batch_size, len(numbers))
        if size < model.n_components:
            raise ValueError(f"{model.n_components} components need as many examples, got {size}")
        model.prior_ = model.make_prior(numbers)
        prior = model.prior_.natural
        order = torch.randperm(len(numbers), generator=generator)
        first = numbers[order[:size]]
        start = model.prior_.statistics(first, model.first_shares(first, generator))
        scale = len(numbers) / size
        natural = natural_gradient_step(prior, prior, start, scale=scale, rho=1.0)
        self.bounds_ = []
        for _ in range(self.epochs):
            order = torch.randperm(len(numbers), generator=generator)
            for which in order.split(size):
                batch, scale = numbers[which], len(numbers) / len(which)
                posterior = MixturePosterior.from_natural(natural)
                scores = posterior.log_responsibilities(batch)
                gap = posterior.divergence(model.prior_)
                self.bounds_.append(float(scale * scores.logsumexp(1).sum() - gap))
                data = posterior.statistics(batch, scores.softmax(1))
                rho = robbins_monro(len(self.bounds_) - 1, self.tau, self.kappa)
                natural = natural_gradient_step(natural, prior, data, scale=scale, rho=rho)
        self.steps_ = len(self.bounds_)
        self.model_ = model.set_posterior(MixturePosterior.from_natural(natural), X)
        return self
