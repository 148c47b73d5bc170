"""Bayesian linear regression with unknown noise, by Gibbs sampling and in closed form."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import cholesky
from dlcore.montecarlo.chains import Chains, normal
from dlcore.montecarlo.gibbs import block_gibbs


class NormalInverseGamma(NamedTuple):
    r"""Noise $\sigma^2 \sim IG(a, b)$ and weights $w \sim \mathcal N(m, \sigma^2\Lambda^{-1})$.

    Attributes:
        mean: m, shape (d,).
        precision: $\Lambda$, shape (d, d), in units of $1/\sigma^2$.
        shape: a.
        rate: b, in the squared units of y.

    Equation: :eq:`eq-normal-inverse-gamma`.
    Section: :ref:`sec-conjugate-gibbs`.

    Source: Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., chapter 14.

    Example:
        >>> two = torch.tensor(2.0)
        >>> NormalInverseGamma(torch.zeros(1), torch.eye(1), two, two).noise_variance
        tensor(2.)

    In production: scipy.stats.normal_inverse_gamma (one weight), scipy.stats.invgamma.
    """

    mean: Float[Tensor, " d"]
    precision: Float[Tensor, "d d"]
    shape: Float[Tensor, ""]
    rate: Float[Tensor, ""]

    @property
    def noise_variance(self) -> Float[Tensor, ""]:
        r"""The mean of $\sigma^2$, which is infinite for $a \le 1$."""
        return torch.where(self.shape > 1, self.rate / (self.shape - 1), torch.inf)

    @property
    def covariance(self) -> Float[Tensor, "d d"]:
        r"""The covariance of w, whose distribution is a Student t with 2a degrees of freedom."""
        return self.noise_variance * torch.cholesky_inverse(cholesky(self.precision))


class BayesianLinearRegressionGibbs:
    r"""Linear regression whose weights and noise are drawn in turn from their conditionals.

    With $\sigma^2 \sim IG(a, b)$, $w \sim \mathcal N(0, \sigma^2 \tau^{-1} I)$ and
    $y \sim \mathcal N(Xw, \sigma^2 I)$ the weights given the noise are normal, the noise given the
    weights is inverse gamma. Their joint posterior has a closed form too, which shows that the
    sampler is right; with other priors, such as independent ones, only the sampler remains.

    Args:
        prior_precision: $\tau > 0$.
        shape: a > 0.
        rate: b > 0, in the squared units of y.

    Attributes:
        posterior_: the closed form.
        chains_: the draws; the columns are the d weights, then $\sigma^2$.

    Raises:
        ValueError: a parameter that is not positive, or data of shapes that do not fit.

    Equation: :eq:`eq-normal-inverse-gamma`.
    Section: :ref:`sec-conjugate-gibbs`.

    Source: Gelfand, Smith (1990), doi:10.1080/01621459.1990.10476213; Gelman et al. (2013),
        Bayesian Data Analysis, 3rd ed., chapter 14.

    Example:
        >>> X, y = torch.ones(50, 1), torch.linspace(2, 4, 50)
        >>> walk = torch.Generator().manual_seed(0)
        >>> model = BayesianLinearRegressionGibbs().fit(X, y, generator=walk)
        >>> round(model.posterior_.mean.item(), 2), round(model.chains_.flat[:, 0].mean().item(), 1)
        (2.94, 2.9)

    In production: sklearn.linear_model.BayesianRidge; PyMC or Stan for other priors.
    """

    posterior_: NormalInverseGamma
    chains_: Chains

    def __init__(self, prior_precision: float = 1.0, shape: float = 1.0, rate: float = 1.0) -> None:
        if not (prior_precision > 0 and shape > 0 and rate > 0):
            raise ValueError(
                f"prior_precision, shape and rate must be positive, got {prior_precision}, {shape} "
                f"and {rate}"
            )
        self.prior_precision, self.shape, self.rate = prior_precision, shape, rate

    def fit(
        self,
        X: Float[Tensor, "n d"],
        y: Float[Tensor, " n"],
        *,
        draws: int = 1000,
        chains: int = 4,
        burn_in: int = 100,
        generator: torch.Generator | None = None,
    ) -> "BayesianLinearRegressionGibbs":
        """Compute the posterior, and sample it by chains that begin at weights 0 and noise 1."""
        if X.ndim != 2 or y.shape != X.shape[:1]:
            raise ValueError(
                f"fit needs X (n, d) and y (n,), got {tuple(X.shape)}, {tuple(y.shape)}"
            )
        if chains < 1:
            raise ValueError(f"at least 1 chain is needed, got {chains}")
        n, d = X.shape
        precision = self.prior_precision * torch.eye(d, dtype=X.dtype, device=X.device) + X.mT @ X
        L = cholesky(precision)
        mean = torch.cholesky_solve((X.mT @ y)[:, None], L)[:, 0]
        misfit = (y @ y - mean @ precision @ mean) / 2
        self.posterior_ = NormalInverseGamma(
            mean, precision, y.new_tensor(self.shape + n / 2), self.rate + misfit
        )

        def weights(x: Tensor, g: torch.Generator | None) -> Tensor:
            z = normal(x[:, :d], g)
            away = torch.linalg.solve_triangular(L.mT, z.mT, upper=True).mT
            return mean + x[:, d:].sqrt() * away

        def noise(x: Tensor, g: torch.Generator | None) -> Tensor:
            w = x[:, :d]
            squares = (y - w @ X.mT).square().sum(1) + self.prior_precision * w.square().sum(1)
            shape = torch.full_like(squares, self.shape + (n + d) / 2)
            return ((self.rate + squares / 2) / standard_gamma(shape, g))[:, None]

        self.chains_ = block_gibbs(
            {tuple(range(d)): weights, d: noise},
            torch.cat([X.new_zeros(chains, d), X.new_ones(chains, 1)], 1),
            draws,
            burn_in=burn_in,
            generator=generator,
        )
        return self

    def sample_predictive(
        self, X: Float[Tensor, "n d"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "draws n"]:
        """One new y at each row for each draw of weights and noise."""
        if not hasattr(self, "chains_"):
            raise ValueError("BayesianLinearRegressionGibbs: call fit before sample_predictive")
        w, variance = self.chains_.flat[:, :-1], self.chains_.flat[:, -1:]
        mean = w @ X.mT
        return mean + variance.sqrt() * normal(mean, generator)


def standard_gamma(shape: Tensor, generator: torch.Generator | None) -> Tensor:
    """Gamma numbers of rate 1, drawn on the generator's device."""
    device = generator.device if generator else shape.device
    return torch._standard_gamma(shape.to(device), generator=generator).to(shape)
