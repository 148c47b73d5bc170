"""A normal with unknown mean and precision: the factorized posterior beside the exact one."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.errors import warn_not_converged


class NormalGamma(NamedTuple):
    r"""Precision $\tau \sim \mathrm{Gamma}(a, b)$, mean $\mu \sim \mathcal N(m, 1/(\lambda\tau))$.

    Attributes:
        mean: m.
        strength: $\lambda$, the prior's weight in observations.
        shape: a.
        rate: b, in the squared units of the data.

    Equation: :eq:`eq-normal-gamma-model`.
    Section: :ref:`sec-normal-gamma-ascent`.

    Source: Murphy (2007), Conjugate Bayesian analysis of the Gaussian distribution.

    Example:
        >>> NormalGamma(0.0, 2.0, 3.0, 4.0).mean_variance
        1.0

    In production: scipy.stats.normal_inverse_gamma.
    """

    mean: float
    strength: float
    shape: float
    rate: float

    @property
    def mean_variance(self) -> float:
        r"""The variance of $\mu$, a Student t with 2a degrees of freedom: infinite up to a = 1."""
        return self.rate / (self.strength * (self.shape - 1)) if self.shape > 1 else math.inf

    def update(self, x: Float[Tensor, " n"]) -> "NormalGamma":
        """The exact posterior given more data."""
        n = len(x)
        total, strength = float(x.double().sum()), self.strength + n
        mean = (self.strength * self.mean + total) / strength
        squares = float(x.double().square().sum()) + self.strength * self.mean**2
        rate = self.rate + (squares - strength * mean**2) / 2
        return NormalGamma(mean, strength, self.shape + n / 2, rate)


class VariationalNormalGamma:
    r"""Coordinate ascent for $q(\mu)\,q(\tau)$, where the exact posterior is known to compare.

    $q(\mu) = \mathcal N(\mu_N, 1/\lambda_N)$ and $q(\tau) = \mathrm{Gamma}(a_N, b_N)$; each update
    uses the other's mean, $\mathbb E\tau = a_N/b_N$ or $\mathbb E\mu^2 = \mu_N^2 + 1/\lambda_N$.

    Args:
        mu0: prior mean.
        lambda0: its weight in observations, positive.
        a0: shape of the prior of the precision, positive.
        b0: its rate, positive, in the squared units of the data.
        tol: rounds end when the bound gains no more.
        max_iter: the most rounds.

    Attributes:
        mu_: $\mu_N$.
        lambda_: $\lambda_N$, the precision of $\mu$ under q (not a weight in observations).
        a_: $a_N = a_0 + (N + 1) / 2$.
        b_: $b_N$.
        elbos_: the bound after each half round.
        exact_: the exact posterior, a `NormalGamma`.
        log_evidence_: $\log p(x)$, which bounds all of `elbos_`.

    Raises:
        ValueError: a prior that is not positive, no data, no round.

    Equations: :eq:`eq-normal-gamma-model`, :eq:`eq-normal-gamma-cavi`.
    Section: :ref:`sec-normal-gamma-ascent`.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 10.1.3; MacKay (2003),
        Information Theory, Inference, and Learning Algorithms, section 33.5.

    Example:
        >>> fit = VariationalNormalGamma().fit(torch.tensor([1.2, 0.7, 2.1, 1.5, 0.9]))
        >>> round(fit.mu_, 4), round(fit.lambda_, 4), fit.a_, round(fit.b_, 4)
        (1.0667, 9.1837, 4.0, 2.6133)

    In production: the exact posterior, `NormalGamma.update`.
    """

    mu_: float
    lambda_: float
    a_: float
    b_: float
    elbos_: list[float]
    exact_: NormalGamma
    log_evidence_: float

    def __init__(
        self,
        mu0: float = 0.0,
        lambda0: float = 1.0,
        a0: float = 1.0,
        b0: float = 1.0,
        *,
        tol: float = 1e-12,
        max_iter: int = 200,
    ) -> None:
        if not (lambda0 > 0 and a0 > 0 and b0 > 0) or max_iter < 1:
            raise ValueError(
                "lambda0, a0, b0 must be positive and max_iter at least 1, got "
                f"{lambda0}, {a0}, {b0}, {max_iter}"
            )
        self.mu0, self.lambda0, self.a0, self.b0 = mu0, lambda0, a0, b0
        self.tol, self.max_iter = tol, max_iter

    def fit(self, x: Float[Tensor, " n"]) -> "VariationalNormalGamma":
        """Iterate from the prior's precision, shape (n,)."""
        if x.ndim != 1 or len(x) == 0 or not bool(x.isfinite().all()):
            raise ValueError(f"fit needs finite numbers of shape (n,), got {tuple(x.shape)}")
        n, total, squares = len(x), float(x.double().sum()), float(x.double().square().sum())
        strength = self.lambda0 + n
        prior = NormalGamma(self.mu0, self.lambda0, self.a0, self.b0)
        self.exact_ = prior.update(x)
        self.log_evidence_ = _log_constant(self.exact_) - _log_constant(prior) - n / 2 * LOG_2PI
        self.mu_ = (self.lambda0 * self.mu0 + total) / strength
        self.a_, self.b_ = self.a0 + (n + 1) / 2, self.b0 * (self.a0 + (n + 1) / 2) / self.a0
        self.elbos_ = []
        gained = math.inf
        for _ in range(self.max_iter):
            self.lambda_ = strength * self.a_ / self.b_
            misfit = self._misfit(n, total, squares)
            self.elbos_.append(self._elbo(n, misfit))
            self.b_ = self.b0 + misfit / 2
            self.elbos_.append(self._elbo(n, misfit))
            gained = self.elbos_[-1] - self.elbos_[-3] if len(self.elbos_) > 2 else math.inf
            if gained <= self.tol:
                break
        else:
            warn_not_converged("VariationalNormalGamma", self.max_iter, gained, self.tol)
        return self

    @property
    def expected_precision_(self) -> float:
        r"""The mean of $\tau$ under q."""
        return self.a_ / self.b_

    def _misfit(self, n: int, total: float, squares: float) -> float:
        """The mean under q of the squares about the mean, the prior's among them."""
        second = self.mu_**2 + 1 / self.lambda_
        data = squares - 2 * total * self.mu_ + n * second
        return data + self.lambda0 * (second - 2 * self.mu0 * self.mu_ + self.mu0**2)

    def _elbo(self, n: int, misfit: float) -> float:
        precision = self.a_ / self.b_
        log_precision = float(torch.special.digamma(torch.tensor(self.a_).double()))
        log_precision -= math.log(self.b_)
        likelihood = (n + 1) / 2 * log_precision - n / 2 * LOG_2PI - precision * misfit / 2
        mean = (math.log(self.lambda0) - math.log(self.lambda_) + 1) / 2
        prior = self.a0 * math.log(self.b0) - math.lgamma(self.a0)
        prior += (self.a0 - 1) * log_precision - self.b0 * precision
        entropy = self.a_ + math.lgamma(self.a_) - self.a_ * math.log(self.b_)
        entropy += (1 - self.a_) * (log_precision + math.log(self.b_)) + (self.a_ - 1) * math.log(
            self.b_
        )
        return likelihood + mean + prior + entropy


LOG_2PI = math.log(2 * math.pi)


def _log_constant(belief: NormalGamma) -> float:
    _, strength, shape, rate = belief
    return math.lgamma(shape) - shape * math.log(rate) - math.log(strength) / 2
