"""What is believed of a Gaussian mixture: a Dirichlet and, for each component, a Normal-Wishart."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import cholesky

LOG_2PI = math.log(2 * math.pi)


class NaturalMixture(NamedTuple):
    """The same belief in coordinates in which data simply add up.

    Attributes:
        counts: of the Dirichlet, shape (k,).
        strengths: of the means, shape (k,).
        sums: strength times mean, shape (k, d).
        degrees: of freedom, shape (k,).
        squares: inverse scale plus strength times the mean's outer product, shape (k, d, d).

    Equation: :eq:`eq-natural-step`.
    Section: :ref:`sec-stochastic-variational`.

    Example:
        >>> NaturalMixture(*[torch.zeros(1)] * 5).counts
        tensor([0.])

    In production: the sufficient statistics of bayespy.
    """

    counts: Float[Tensor, " k"]
    strengths: Float[Tensor, " k"]
    sums: Float[Tensor, "k d"]
    degrees: Float[Tensor, " k"]
    squares: Float[Tensor, "k d d"]


class MixturePosterior(NamedTuple):
    r"""Weights $\mathrm{Dir}(\alpha)$, means and precisions $\mathcal{NW}(m, \beta, W, \nu)$.

    Attributes:
        alpha: shape (k,).
        beta: the weight of each mean in observations, shape (k,).
        means: shape (k, d).
        nu: degrees of freedom, above d - 1, shape (k,).
        inverse_scale: $W^{-1}$, shape (k, d, d).

    Equation: :eq:`eq-variational-mixture`.
    Section: :ref:`sec-variational-mixture`.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 10.2.

    Example:
        >>> one = torch.ones(1, dtype=torch.float64)
        >>> belief = MixturePosterior(one, one, one[:, None], 2 * one, one[:, None, None])
        >>> belief.natural.squares
        tensor([[[2.]]], dtype=torch.float64)

    In production: the attributes of sklearn.mixture.BayesianGaussianMixture.
    """

    alpha: Float[Tensor, " k"]
    beta: Float[Tensor, " k"]
    means: Float[Tensor, "k d"]
    nu: Float[Tensor, " k"]
    inverse_scale: Float[Tensor, "k d d"]

    @property
    def natural(self) -> NaturalMixture:
        """The belief in natural coordinates."""
        outer = self.means[:, :, None] * self.means[:, None]
        squares = self.inverse_scale + self.beta[:, None, None] * outer
        return NaturalMixture(
            self.alpha, self.beta, self.beta[:, None] * self.means, self.nu, squares
        )

    @classmethod
    def from_natural(cls, natural: NaturalMixture) -> "MixturePosterior":
        """The belief with these natural coordinates."""
        alpha, beta, sums, nu, squares = natural
        means = sums / beta[:, None]
        inverse_scale = squares - sums[:, :, None] * means[:, None]
        return cls(alpha, beta, means, nu, (inverse_scale + inverse_scale.mT) / 2)

    @property
    def covariances(self) -> Float[Tensor, "k d d"]:
        r"""The inverse of the mean precision, $W^{-1} / \nu$."""
        return self.inverse_scale / self.nu[:, None, None]

    def log_responsibilities(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n k"]:
        r"""$\log\rho_{nj}$: expected log weight plus expected log density, not normalized."""
        d = X.shape[1]
        log_weights = self.alpha.digamma() - self.alpha.sum().digamma()
        L = cholesky(self.inverse_scale)
        z = torch.linalg.solve_triangular(L, (X - self.means[:, None]).mT, upper=False)
        away = self.nu[:, None] * z.square().sum(1) + d / self.beta[:, None]
        constant = log_weights + (self._expected_log_det(L) - d * LOG_2PI) / 2
        return constant - away.mT / 2

    def statistics(self, X: Float[Tensor, "n d"], shares: Float[Tensor, "n k"]) -> NaturalMixture:
        """What examples add to natural coordinates when components own these shares of them."""
        counts = shares.sum(0)
        squares = torch.einsum("nk,ni,nj->kij", shares, X, X)
        return NaturalMixture(counts, counts, shares.mT @ X, counts, squares)

    def divergence(self, prior: "MixturePosterior") -> Float[Tensor, ""]:
        """From this belief to another, in nats: of the weights and of all components."""
        d = self.means.shape[1]
        expected_log = self.alpha.digamma() - self.alpha.sum().digamma()
        weights = (
            self.alpha.sum().lgamma()
            - prior.alpha.sum().lgamma()
            - (self.alpha.lgamma() - prior.alpha.lgamma()).sum()
            + ((self.alpha - prior.alpha) * expected_log).sum()
        )
        L, L0 = cholesky(self.inverse_scale), cholesky(prior.inverse_scale)
        away = torch.linalg.solve_triangular(L, (self.means - prior.means)[..., None], upper=False)
        ratio = prior.beta / self.beta
        means = d * (ratio - 1 - ratio.log()) + prior.beta * self.nu * away.square().sum((1, 2))
        trace = torch.linalg.solve_triangular(L, L0, upper=False).square().sum((1, 2))
        wishart = (
            _log_wishart_constant(L, self.nu)
            - _log_wishart_constant(L0, prior.nu)
            + (self.nu - prior.nu) / 2 * self._expected_log_det(L)
            + self.nu / 2 * (trace - d)
        )
        return weights + (means / 2 + wishart).sum()

    def _expected_log_det(self, L: Tensor) -> Tensor:
        r"""$\mathbb E\log\lvert\Lambda\rvert$ of each component."""
        d = L.shape[-1]
        halves = (self.nu[:, None] - torch.arange(d).to(self.nu)) / 2
        return halves.digamma().sum(1) + d * math.log(2) - _log_det(L)


def _log_det(L: Tensor) -> Tensor:
    return 2 * L.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _log_wishart_constant(L: Tensor, nu: Tensor) -> Tensor:
    """The log of the constant of a Wishart density whose inverse scale has the factor L."""
    d = L.shape[-1]
    return nu / 2 * _log_det(L) - nu * d / 2 * math.log(2) - torch.mvlgamma(nu / 2, d)
