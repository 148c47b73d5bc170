"""Factor analysis: few common factors, and a noise variance of its own for each feature."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical.estimator import like, recall
from dlcore.factor.choosing_factors import fa_n_parameters
from dlcore.factor.linear_gaussian import (
    FactorPosterior,
    centred,
    latent_posterior,
    log_density,
    require_noise,
)
from dlcore.factor.ppca import require_components
from dlcore.factor.ppca_em import require_steps
from dlcore.factor.probabilistic_pca import LinearGaussian, principal_axes
from dlcore.factor.rotations import varimax
from dlcore.linalg.errors import warn_not_converged


class FAParameters(NamedTuple):
    """Loadings (d, k) and the noise variance of each feature (d,)."""

    W: Tensor
    psi: Tensor


def fa_log_likelihood(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    psi: Float[Tensor, " d"],
    mean: Float[Tensor, " d"],
) -> Float[Tensor, ""]:
    r"""The log-likelihood of all rows under factor analysis, $\mathcal N(\mu, WW^\top + \Psi)$.

    Args:
        X: data, rows are examples, shape (n, d).
        W: the loadings, shape (d, k).
        psi: the noise variance of each feature, positive, shape (d,).
        mean: $\mu$, shape (d,).

    Returns:
        The sum over the rows, in nats.

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-fa-log-likelihood`
    Section: :ref:`sec-factor-analysis`
    Source: Rubin, Thayer (1982), EM algorithms for ML factor analysis, doi:10.1007/BF02293851.

    Example:
        >>> X, W = torch.tensor([[3.0, 1.0]]), torch.tensor([[2.0], [1.0]])
        >>> fa_log_likelihood(X, W, torch.ones(2), torch.zeros(2)).round(decimals=4)
        tensor(-3.6504)

    In production: torch.distributions.LowRankMultivariateNormal.
    """
    A = centred("fa_log_likelihood", X, W, mean)
    return log_density(A, W, require_noise("fa_log_likelihood", psi, X, X.shape[1])).sum()


def factor_posterior(
    X: Float[Tensor, "n d"],
    W: Float[Tensor, "d k"],
    psi: Float[Tensor, " d"],
    mean: Float[Tensor, " d"],
) -> FactorPosterior:
    r"""What each example tells about its factors: $\mathcal N(GW^\top\Psi^{-1}(x-\mu), G)$.

    $G = (I + W^\top\Psi^{-1}W)^{-1}$: features with little noise count more.

    Args:
        X: data, rows are examples, shape (n, d).
        W: the loadings, shape (d, k).
        psi: the noise variance of each feature, positive, shape (d,).
        mean: $\mu$, shape (d,).

    Returns:
        The posterior means, shape (n, k), and the covariance all examples share, shape (k, k).

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-factor-posterior`
    Section: :ref:`sec-factor-analysis`
    Source: Rubin, Thayer (1982), EM algorithms for ML factor analysis, doi:10.1007/BF02293851.

    Example:
        >>> X, W = torch.tensor([[3.0, 1.0]]), torch.tensor([[1.0], [1.0]])
        >>> factor_posterior(X, W, torch.tensor([1.0, 0.1]), torch.zeros(2)).mean.round(decimals=4)
        tensor([[1.0833]])

    In production: the `transform` of sklearn.decomposition.FactorAnalysis.
    """
    A = centred("factor_posterior", X, W, mean)
    return latent_posterior(A, W, require_noise("factor_posterior", psi, X, X.shape[1]))[0]


def fa_em_step(
    S: Float[Tensor, "d d"], W: Float[Tensor, "d k"], psi: Float[Tensor, " d"]
) -> FAParameters:
    r"""One step of EM for factor analysis; the data enter by their covariance alone.

    E-step: $B = GW^\top\Psi^{-1}$ gives the factors $B(x - \mu)$ with covariance G around them.
    M-step: $W \leftarrow SB^\top(G + BSB^\top)^{-1}$, then $\Psi \leftarrow$ the diagonal of
    $S - WBS$.

    Args:
        S: the covariance of the data with divisor N, shape (d, d).
        W: the loadings, shape (d, k).
        psi: the noise variance of each feature, positive, shape (d,).

    Returns:
        The new W and psi, computed with the new W.

    Raises:
        ValueError: shapes that do not fit, or noise that is not positive.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-fa-em`
    Section: :ref:`sec-factor-analysis`
    Source: Rubin, Thayer (1982), EM algorithms for ML factor analysis, doi:10.1007/BF02293851.

    Example:
        >>> S = torch.tensor([[5.0, 1.0], [1.0, 1.0]])
        >>> W, psi = fa_em_step(S, torch.ones(2, 1), torch.ones(2))
        >>> W.T.round(decimals=4), psi.round(decimals=4)
        (tensor([[1.6364, 0.5455]]), tensor([1.7273, 0.6364]))

    In production: sklearn.decomposition.FactorAnalysis.
    """
    d = len(S)
    centred("fa_em_step", S, W, S.new_zeros(S.shape[-1]))
    if S.shape != (d, d):
        raise ValueError(f"fa_em_step: S must have shape (d, d), got {tuple(S.shape)}")
    psi = require_noise("fa_em_step", psi, S, d)
    BS, G = latent_posterior(S, W, psi)[0]
    BS = BS.T
    BSB = BS @ (W / psi[:, None]) @ G
    W = torch.linalg.solve(G + BSB, BS).T
    return FAParameters(W, S.diagonal() - (W * BS.T).sum(1))


class FactorAnalysis(LinearGaussian):
    r"""Few common factors, and noise of its own in each feature: $\mathcal N(\mu, WW^\top + \Psi)$.

    Fitted by EM, which starts from probabilistic PCA of the standardized data, so that the units of
    the features do not matter. It computes in float64 and answers in the type of the data.

    Args:
        n_components: how many factors, from 1 to d - 1; above `ledermann_bound(d)` the noise is not
            determined by the data.
        rotation: None for orthogonal columns of $\Psi^{-1/2}W$, the longest first, or "varimax".
        max_iter: the most steps of EM.
        tol: EM stops when a step gains less than this in the log-likelihood of an example, in nats.
        min_noise: the least noise variance of a feature, as a share of its variance; at 0 the
            likelihood could be infinite (a Heywood case).

    Attributes:
        loadings_: W, shape (d, k).
        noise_variance_: $\psi$, shape (d,).
        mean_: $\mu$, shape (d,).
        log_likelihoods_: the mean log-likelihood of an example before and after each step.
        n_iter_: the steps made.
        n_features_in_: the number d of features.

    Raises:
        ValueError: an option out of range, X that is no finite matrix, or another number of
            features than in `fit`.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equations: :eq:`eq-fa-log-likelihood`, :eq:`eq-factor-posterior`, :eq:`eq-fa-em`
    Section: :ref:`sec-factor-analysis`
    Source: Rubin, Thayer (1982), EM algorithms for ML factor analysis, doi:10.1007/BF02293851.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> z = torch.randn(500, 1, generator=generator, dtype=torch.float64)
        >>> noise = torch.randn(500, 4, generator=generator, dtype=torch.float64)
        >>> X = 2 * z + noise * torch.tensor([0.5, 0.5, 0.5, 3.0])
        >>> FactorAnalysis(1).fit(X).noise_variance_.argmax()
        tensor(3)

    In production: sklearn.decomposition.FactorAnalysis.
    """

    def __init__(
        self, n_components=1, *, rotation=None, max_iter=1000, tol=1e-5, min_noise=1e-6
    ) -> None:
        self.n_components = n_components
        self.rotation = rotation
        self.max_iter = max_iter
        self.tol = tol
        self.min_noise = min_noise

    def fit(self, X, y=None) -> "FactorAnalysis":
        """Find loadings, noise and mean of data of shape (n, d)."""
        if self.rotation not in (None, "varimax"):
            raise ValueError(f"rotation must be None or 'varimax', got {self.rotation!r}")
        if not 0 < self.min_noise < 1:
            raise ValueError(f"min_noise must be in (0, 1), got {self.min_noise}")
        numbers = self._inputs(X, reset=True)
        require_components("FactorAnalysis", numbers, self.n_components)
        require_steps("FactorAnalysis", self.max_iter)
        mean = numbers.double().mean(0)
        A = numbers.double() - mean
        W, psi = self._em(A.T @ A / len(A))
        root = psi.sqrt()[:, None]
        W = varimax(W).loadings if self.rotation else root * principal_axes(W / root)
        learned = {"loadings_": W, "noise_variance_": psi, "mean_": mean}
        self._learn(X, **{name: value.to(numbers) for name, value in learned.items()})
        return self

    def _em(self, S: Tensor) -> FAParameters:
        variance = torch.where(S.diagonal() > 0, S.diagonal(), 1)
        scale = variance.sqrt()[:, None]
        least = self.min_noise * variance
        W, sigma2 = _best_isotropic(S / (scale * scale.T), self.n_components)
        W, psi = scale * W, (sigma2 * variance).clamp(min=least)
        history = [_mean_log_likelihood(S, W, psi)]
        for _ in range(self.max_iter):
            W, psi = fa_em_step(S, W, psi)
            psi = psi.clamp(min=least)
            history.append(_mean_log_likelihood(S, W, psi))
            if history[-1] - history[-2] < self.tol:
                break
        else:
            warn_not_converged("FactorAnalysis", self.max_iter, history[-1] - history[-2], self.tol)
        self.log_likelihoods_, self.n_iter_ = history, len(history) - 1
        return FAParameters(W, psi)

    def transform(self, X):
        """The posterior means of the factors of data (n, d), shape (n, k)."""
        A = self._inputs(X)
        return like(X, factor_posterior(A, *self._parts(A)).mean)

    def score_samples(self, X):
        """The log-likelihood of each row of data (n, d), in nats, shape (n,)."""
        A = self._inputs(X)
        W, psi, mean = self._parts(A)
        return like(X, log_density(A - mean, W, psi))

    def _parts(self, A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return recall(self.loadings_, A), self._noise(A), recall(self.mean_, A)

    def _parameters(self) -> int:
        return fa_n_parameters(*self.loadings_.shape)


def _best_isotropic(S: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Loadings and noise of probabilistic PCA, from the covariance."""
    values, vectors = torch.linalg.eigh(S)
    sigma2 = values[:-k].mean().clamp(min=0)
    return vectors[:, -k:] * (values[-k:] - sigma2).clamp(min=0).sqrt(), sigma2


def _mean_log_likelihood(S: Tensor, W: Tensor, psi: Tensor) -> float:
    r"""$-\frac12 (d \ln 2\pi + \ln\det C + \mathrm{tr}\, C^{-1}S)$."""
    (BS, _), log_det = latent_posterior(S, W, psi)
    trace = (S.diagonal() / psi).sum() - (BS * (W / psi[:, None])).sum()
    constant = len(S) * math.log(2 * math.pi)
    return -0.5 * float(constant + psi.log().sum() + log_det + trace)
