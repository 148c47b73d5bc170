"""Bayesian regression beyond the conjugate case: unknown noise, and labels instead of numbers."""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from dlcore.inference.gauss_hermite import gauss_hermite
from dlcore.linalg import cholesky
from dlcore.linalg.errors import warn_not_converged
from dlcore.probability import Normal

LOG_2PI = math.log(2 * math.pi)


class VariationalLinearRegression:
    r"""Linear regression that also learns how noisy the data and how large the weights are.

    $y \sim \mathcal N(Xw, \tau^{-1} I)$, $w \sim \mathcal N(0, \alpha^{-1} I)$, and Gamma priors of
    $\alpha$ and $\tau$; the posterior is taken to be $q(w)\,q(\alpha)\,q(\tau)$.

    Args:
        shape: a of both Gamma priors, positive.
        rate: b of both, positive.
        tol: rounds end when the bound gains no more.
        max_iter: the most rounds.

    Attributes:
        mean_: of the weights, shape (d,).
        covariance_: of the weights, shape (d, d).
        prior_precision_: shape and rate of $q(\alpha)$.
        noise_precision_: shape and rate of $q(\tau)$.
        elbos_: the bound on the log evidence after each round, in nats.

    Raises:
        ValueError: a parameter that is not positive, or data of shapes that do not fit.

    Equation: :eq:`eq-variational-linear`.
    Section: :ref:`sec-variational-regression`.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 10.3; MacKay (1995),
        Developments in probabilistic modelling with neural networks: ensemble learning.

    Example:
        >>> X = torch.linspace(-1, 1, 50, dtype=torch.float64)[:, None]
        >>> fit = VariationalLinearRegression().fit(X, 3 * X[:, 0] + 0.1 * (20 * X[:, 0]).sin())
        >>> round(fit.mean_.item(), 1)
        3.0

    In production: sklearn.linear_model.BayesianRidge, which sets both scales to one best value.
    """

    mean_: Tensor
    covariance_: Tensor
    prior_precision_: tuple[float, float]
    noise_precision_: tuple[float, float]
    elbos_: list[float]

    def __init__(
        self, shape: float = 1e-2, rate: float = 1e-2, *, tol: float = 1e-9, max_iter: int = 500
    ) -> None:
        if not (shape > 0 and rate > 0) or max_iter < 1:
            raise ValueError(
                f"shape and rate must be positive, max_iter >= 1, got {shape}, {rate}, {max_iter}"
            )
        self.shape, self.rate, self.tol, self.max_iter = shape, rate, tol, max_iter

    def fit(self, X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> "VariationalLinearRegression":
        """Iterate from scales of 1, with examples as rows and without an intercept."""
        _check_data(X, y)
        n, d = X.shape
        eye = torch.eye(d).to(X)
        gram, moment = X.mT @ X, X.mT @ y
        shapes = self.shape + d / 2, self.shape + n / 2
        alpha = tau = 1.0
        self.elbos_ = []
        gained = math.inf
        for _ in range(self.max_iter):
            L = cholesky(alpha * eye + tau * gram)
            self.covariance_ = torch.cholesky_inverse(L)
            self.mean_ = tau * self.covariance_ @ moment
            size = float(self.mean_ @ self.mean_ + self.covariance_.trace())
            misfit = float((y - X @ self.mean_).square().sum() + (gram * self.covariance_).sum())
            rates = self.rate + size / 2, self.rate + misfit / 2
            alpha, tau = shapes[0] / rates[0], shapes[1] / rates[1]
            log_det = -2 * float(L.diagonal().log().sum())
            entropy = (log_det + d) / 2 - n / 2 * LOG_2PI
            scales = [_log_gamma_mass(a, b) for a, b in zip(shapes, rates, strict=True)]
            prior = 2 * _log_gamma_mass(self.shape, self.rate)
            self.elbos_.append(entropy + sum(scales) - prior)
            gained = self.elbos_[-1] - self.elbos_[-2] if len(self.elbos_) > 1 else math.inf
            if gained <= self.tol:
                break
        else:
            warn_not_converged("VariationalLinearRegression", self.max_iter, gained, self.tol)
        self.prior_precision_ = shapes[0], rates[0]
        self.noise_precision_ = shapes[1], rates[1]
        return self

    def predict(self, X: Float[Tensor, "n d"]) -> Normal:
        """The predictive distribution of y at each row, with the noise at its mean precision."""
        if not hasattr(self, "mean_"):
            raise ValueError("VariationalLinearRegression: call fit before predict")
        shape, rate = self.noise_precision_
        spread = (X @ self.covariance_ * X).sum(1)
        return Normal(X @ self.mean_, (rate / shape + spread).sqrt())


class VariationalLogisticRegression:
    r"""Logistic regression with a Gaussian posterior, from Jaakkola and Jordan's quadratic bound.

    Each label's likelihood is bounded from below by a Gaussian in w that touches it at
    $x_i^\top w = \pm\xi_i$; the posterior of the bound is Gaussian, and the best $\xi_i$ given it
    are the root mean squares of $x_i^\top w$.

    Args:
        prior_precision: $\alpha$ of $w \sim \mathcal N(0, \alpha^{-1} I)$, positive.
        tol: rounds end when the bound gains no more.
        max_iter: the most rounds.

    Attributes:
        mean_: shape (d,).
        covariance_: shape (d, d).
        xi_: where the bounds touch, shape (n,).
        elbos_: the bound on the log evidence after each round, in nats.

    Raises:
        ValueError: a parameter that is not positive, labels other than 0 and 1, or shapes that do
            not fit.

    Equation: :eq:`eq-jaakkola-jordan`.
    Section: :ref:`sec-variational-regression`.

    Source: Jaakkola, Jordan (2000), Bayesian parameter estimation via variational methods,
        doi:10.1023/A:1008932416310.

    Example:
        >>> X = torch.tensor([[1.0], [2.0], [-1.0]], dtype=torch.float64)
        >>> fit = VariationalLogisticRegression().fit(X, torch.tensor([1, 1, 0]))
        >>> fit.predict_proba(X)[:, 1].round(decimals=2)
        tensor([0.7000, 0.8000, 0.3000], dtype=torch.float64)

    In production: Pyro, NumPyro; sklearn.linear_model.LogisticRegression for the mode alone.
    """

    mean_: Tensor
    covariance_: Tensor
    xi_: Tensor
    elbos_: list[float]

    def __init__(
        self, prior_precision: float = 1.0, *, tol: float = 1e-10, max_iter: int = 500
    ) -> None:
        if not prior_precision > 0 or max_iter < 1:
            raise ValueError(
                f"prior_precision must be positive, max_iter >= 1, got {prior_precision}, "
                f"{max_iter}"
            )
        self.prior_precision, self.tol, self.max_iter = prior_precision, tol, max_iter

    def fit(self, X: Float[Tensor, "n d"], y: Tensor) -> "VariationalLogisticRegression":
        """Iterate from the prior's spread, with labels 0 and 1 and without an intercept."""
        _check_data(X, y)
        if not bool(((y == 0) | (y == 1)).all()):
            raise ValueError("labels must be 0 and 1")
        d = X.shape[1]
        eye = self.prior_precision * torch.eye(d).to(X)
        pull = (y.to(X) - 0.5) @ X
        xi = (X.square().sum(1) / self.prior_precision).sqrt()
        self.elbos_ = []
        gained = math.inf
        for _ in range(self.max_iter):
            curvature = _jaakkola_curvature(xi)
            L = cholesky(eye + 2 * (X.mT * curvature) @ X)
            self.covariance_ = torch.cholesky_inverse(L)
            self.mean_ = self.covariance_ @ pull
            volume = d / 2 * math.log(self.prior_precision) - L.diagonal().log().sum()
            touch = (logsigmoid(xi) - xi / 2 + curvature * xi.square()).sum()
            self.elbos_.append(float(volume + self.mean_ @ pull / 2 + touch))
            self.xi_ = xi
            gained = self.elbos_[-1] - self.elbos_[-2] if len(self.elbos_) > 1 else math.inf
            if gained <= self.tol:
                break
            xi = ((X @ self.covariance_ * X).sum(1) + (X @ self.mean_).square()).sqrt()
        else:
            warn_not_converged("VariationalLogisticRegression", self.max_iter, gained, self.tol)
        return self

    def predict_proba(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n two"]:
        """The probabilities of labels 0 and 1, averaged over the weights by quadrature."""
        if not hasattr(self, "mean_"):
            raise ValueError("VariationalLogisticRegression: call fit before predict_proba")
        nodes, log_weights = gauss_hermite(64, X)
        spread = (X @ self.covariance_ * X).sum(1).sqrt()
        logits = (X @ self.mean_)[:, None] + spread[:, None] * nodes
        p = logits.sigmoid() @ log_weights.exp()
        return torch.stack([1 - p, p], 1)


def _jaakkola_curvature(xi: Tensor) -> Tensor:
    r"""$\lambda(\xi) = \tanh(\xi/2)/(4\xi)$, which is 1/8 at 0."""
    small = xi < 1e-4
    safe = xi.where(~small, 1.0)
    return ((safe / 2).tanh() / (4 * safe)).where(~small, 0.125)


def _log_gamma_mass(shape: float, rate: float) -> float:
    """The log of the integral of a Gamma density without its constant."""
    return math.lgamma(shape) - shape * math.log(rate)


def _check_data(X: Tensor, y: Tensor) -> None:
    if X.ndim != 2 or y.shape != X.shape[:1] or not len(X):
        raise ValueError(f"fit needs X (n, d) and y (n,), got {tuple(X.shape)}, {tuple(y.shape)}")
