"""From data to parameters: maximum likelihood, maximum a posteriori, posteriors, model choice."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import cholesky
from dlcore.probability.continuous import Beta, Normal


class GaussianEstimate(NamedTuple):
    """The Gaussian under which data are most probable.

    Attributes:
        mean: shape (d,).
        covariance: with divisor n, too small by the factor (n - 1) / n on average; shape (d, d).
    """

    mean: Tensor
    covariance: Tensor


def gaussian_mle(X: Float[Tensor, "n d"]) -> GaussianEstimate:
    r"""Maximum likelihood: $\bar x$ and $\frac1n \sum_i (x_i-\bar x)(x_i-\bar x)^\top$.

    Args:
        X: n examples as rows, shape (n, d).

    Returns:
        Mean and covariance (divisor n).

    Raises:
        ValueError: there is no example, or X is no matrix.

    Equation: :eq:`eq-gaussian-mle`
    Section: :ref:`sec-maximum-likelihood`
    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 2.3.4.

    Example:
        >>> gaussian_mle(torch.tensor([[1.0], [3.0]]))
        GaussianEstimate(mean=tensor([2.]), covariance=tensor([[1.]]))

    In production: sklearn.covariance.EmpiricalCovariance.
    """
    if X.ndim != 2 or len(X) == 0:
        raise ValueError(f"gaussian_mle needs examples as rows, (n, d), got {tuple(X.shape)}")
    mean = X.mean(0)
    return GaussianEstimate(mean, (X - mean).mT @ (X - mean) / len(X))


def map_estimate(
    log_posterior: Callable[[Tensor], Tensor], start: Float[Tensor, " d"], *, max_iter: int = 200
) -> Float[Tensor, " d"]:
    r"""The most probable parameters, those that maximize $p(\mathcal D \mid \theta)\, p(\theta)$.

    A Gaussian prior adds a multiple of $\lVert\theta\rVert_2^2$ to the loss (ridge), a Laplace
    prior one of $\lVert\theta\rVert_1$ (lasso), a flat prior nothing (maximum likelihood).

    Args:
        log_posterior: up to a constant, from parameters (d,) to a scalar, differentiable by torch.
        start: where the search begins, shape (d,).
        max_iter: the most steps of the quasi-Newton method (L-BFGS with a line search).

    Returns:
        The parameters of the highest posterior density found; of several peaks, the one uphill from
        the start.

    Raises:
        ValueError: the log-posterior is no scalar, or not finite at the start.

    Equation: :eq:`eq-map`
    Section: :ref:`sec-bayesian-estimation`
    Source: Murphy (2022), Probabilistic Machine Learning, section 4.5.

    Example:
        >>> map_estimate(lambda t: -((t - 3) ** 2).sum() - (t**2).sum(), torch.zeros(1))
        tensor([1.5000])

    In production: scipy.optimize.minimize, pymc.find_MAP.
    """
    theta = start.detach().clone().requires_grad_()
    value = log_posterior(theta)
    if value.ndim or not value.isfinite():
        raise ValueError(
            f"map_estimate needs a finite scalar at the start, got {value.detach().tolist()}"
        )
    optimizer = torch.optim.LBFGS(
        [theta],
        max_iter=max_iter,
        tolerance_grad=1e-12 if theta.dtype == torch.float64 else 1e-6,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = -log_posterior(theta)
        loss.backward()
        return loss

    optimizer.step(closure)
    return theta.detach()


class BetaBinomial:
    r"""Belief about a probability: Beta before and, since the two are conjugate, Beta after tosses.

    Args:
        alpha: the prior's weight of success, as if $\alpha - 1$ had been seen at the mode.
        beta: the prior's weight of failure.

    Attributes:
        posterior: the current belief, a `Beta`.

    Raises:
        ValueError: a weight that is not positive and finite.

    Equation: :eq:`eq-beta-update`
    Section: :ref:`sec-bayesian-estimation`
    Source: Bayes (1763), An essay towards solving a problem in the doctrine of chances,
        doi:10.1098/rstl.1763.0053.

    Example:
        >>> belief = BetaBinomial(2.0, 2.0).update(successes=7, failures=3)
        >>> belief.posterior.mean, belief.posterior.mode
        (tensor(0.6429), tensor(0.6667))

    In production: scipy.stats.beta.
    """

    def __init__(self, alpha: float | Tensor, beta: float | Tensor) -> None:
        self.posterior = Beta(alpha, beta)

    def update(self, successes: int, failures: int) -> "BetaBinomial":
        """The belief after more tosses; this one stays as it was."""
        if successes < 0 or failures < 0:
            raise ValueError(f"numbers of tosses are never negative: {successes}, {failures}")
        return BetaBinomial(
            self.posterior.concentration1 + successes, self.posterior.concentration0 + failures
        )

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The central credible interval: it leaves out equal probability on both sides."""
        if not 0 < level < 1:
            raise ValueError(f"the level of an interval lies in (0, 1), got {level}")
        ends = torch.tensor([(1 - level) / 2, (1 + level) / 2], dtype=torch.float64)
        exact = Beta(self.posterior.concentration1.double(), self.posterior.concentration0.double())
        low, high = exact.icdf(ends).tolist()
        return low, high


class BayesianLinearRegression:
    r"""Linear regression with a posterior of the weights instead of one estimate.

    With prior $w \sim \mathcal N(0, \tau^{-1} I)$ and noise $\mathcal N(0, \sigma^2)$ the
    posterior is $\mathcal N(m, S)$ with $S = (\tau I + \sigma^{-2} X^\top X)^{-1}$ and
    $m = \sigma^{-2} S X^\top y$; m is the ridge solution.

    Args:
        prior_precision: $\tau > 0$.
        noise_std: $\sigma > 0$, in the units of y.

    Attributes:
        mean_: m, shape (d,).
        covariance_: S, shape (d, d).

    Raises:
        ValueError: a parameter that is not positive, or data of shapes that do not fit.

    Equation: :eq:`eq-bayesian-regression`
    Section: :ref:`sec-bayesian-estimation`
    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 3.3.

    Example:
        >>> model = BayesianLinearRegression(prior_precision=1.0, noise_std=1.0)
        >>> model.fit(torch.tensor([[1.0]]), torch.tensor([2.0])).mean_
        tensor([1.0000])

    In production: sklearn.linear_model.BayesianRidge.
    """

    mean_: Tensor
    covariance_: Tensor

    def __init__(self, prior_precision: float = 1.0, noise_std: float = 1.0) -> None:
        if not (prior_precision > 0 and noise_std > 0):
            raise ValueError(
                f"prior_precision and noise_std must be positive, got {prior_precision} and "
                f"{noise_std}"
            )
        self.prior_precision, self.noise_std = prior_precision, noise_std

    def fit(self, X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> "BayesianLinearRegression":
        """Compute the posterior from n examples as rows; no example leaves the prior."""
        if X.ndim != 2 or y.shape != X.shape[:1]:
            raise ValueError(
                f"fit needs X (n, d) and y (n,), got {tuple(X.shape)}, {tuple(y.shape)}"
            )
        eye = torch.eye(X.shape[1], dtype=X.dtype, device=X.device)
        L = cholesky(self.prior_precision * eye + X.mT @ X / self.noise_std**2)
        self.covariance_ = torch.cholesky_inverse(L)
        self.mean_ = self.covariance_ @ (X.mT @ y) / self.noise_std**2
        return self

    def predict(self, X: Float[Tensor, "n d"]) -> Normal:
        r"""The predictive distribution of y at each row: variance $\sigma^2 + x^\top S x$."""
        if not hasattr(self, "mean_"):
            raise ValueError("BayesianLinearRegression: call fit before predict")
        spread = ((X @ self.covariance_) * X).sum(1)
        return Normal(X @ self.mean_, (self.noise_std**2 + spread).sqrt())


def aic(log_likelihood: float, parameters: int) -> float:
    r"""Akaike's criterion, $2k - 2\log\hat L$: of models for the same data the least is preferred.

    Args:
        log_likelihood: the maximal log-likelihood $\log\hat L$ of all data, in nats.
        parameters: k, how many numbers were fitted.

    Returns:
        An estimate, up to a constant, of twice n times the divergence from truth to model.

    Raises:
        ValueError: a negative number of parameters.

    Equation: :eq:`eq-aic`
    Section: :ref:`sec-information-criteria`
    Source: Akaike (1974), A new look at the statistical model identification,
        doi:10.1109/TAC.1974.1100705.

    Example:
        >>> aic(-10.0, 2)
        24.0

    In production: the `aic` method of sklearn.mixture.GaussianMixture, statsmodels results.
    """
    _check_parameters(parameters)
    return 2 * parameters - 2 * log_likelihood


def bic(log_likelihood: float, parameters: int, n: int) -> float:
    r"""Schwarz's criterion, $k\log n - 2\log\hat L$: an approximation of the evidence.

    Args:
        log_likelihood: the maximal log-likelihood $\log\hat L$ of all data, in nats.
        parameters: k, how many numbers were fitted.
        n: the number of examples.

    Returns:
        Up to terms that stay bounded in n, -2 times the log evidence of the model.

    Raises:
        ValueError: a negative number of parameters, or no example.

    Equation: :eq:`eq-bic`
    Section: :ref:`sec-information-criteria`
    Source: Schwarz (1978), Estimating the dimension of a model, doi:10.1214/aos/1176344136.

    Example:
        >>> round(bic(-10.0, 2, 100), 4)
        29.2103

    In production: the `bic` method of sklearn.mixture.GaussianMixture, statsmodels results.
    """
    _check_parameters(parameters)
    if n < 1:
        raise ValueError(f"bic needs at least one example, got n = {n}")
    return parameters * torch.tensor(n, dtype=torch.float64).log().item() - 2 * log_likelihood


def _check_parameters(parameters: int) -> None:
    if parameters < 0:
        raise ValueError(f"the number of parameters is never negative, got {parameters}")
