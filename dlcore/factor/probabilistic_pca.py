"""Probabilistic PCA as an estimator: closed form, or EM, which also takes data with gaps."""

import math
from abc import ABC, abstractmethod

import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from dlcore.classical.estimator import ARRAYS, Estimator, as_generator, like, recall
from dlcore.factor.choosing_factors import ppca_n_parameters
from dlcore.factor.missing_values import ObservedPosterior, observed_posterior, ppca_em_missing
from dlcore.factor.ppca import ppca_maximum_likelihood
from dlcore.factor.ppca_em import PPCAFit, ppca_em
from dlcore.probability import aic, bic


class LinearGaussian(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Estimator, ABC):
    """What PPCA and factor analysis share, given `loadings_`, `mean_` and `noise_variance_`."""

    def inverse_transform(self, X):
        """The expected examples Wz + mean of latent coordinates z of shape (n, k), shape (n, d)."""
        check_is_fitted(self)
        z = torch.as_tensor(X)
        z = z if z.is_floating_point() else z.to(torch.get_default_dtype())
        return like(X, z @ recall(self.loadings_, z).T + recall(self.mean_, z))

    def sample(self, n_samples=1, *, generator=None):
        """Draw z and noise and mix them: examples of shape (n_samples, d).

        Args:
            n_samples: how many, at least 1.
            generator: for the draws, on the CPU; default torch's global one.
        """
        check_is_fitted(self)
        if n_samples < 1:
            raise ValueError(f"n_samples must be at least 1, got {n_samples}")
        W, mean = torch.as_tensor(self.loadings_), torch.as_tensor(self.mean_)
        d, k = W.shape
        z, noise = (
            torch.randn(n_samples, size, generator=generator, dtype=torch.float64).to(W)
            for size in (k, d)
        )
        return like(self.mean_, mean + z @ W.T + noise * self._noise(mean).sqrt())

    def get_covariance(self):
        """The covariance of the model, signal and noise, shape (d, d)."""
        check_is_fitted(self)
        W = torch.as_tensor(self.loadings_)
        return like(self.mean_, W @ W.T + self._noise(W).expand(len(W)).diag())

    def score(self, X, y=None) -> float:
        """The mean log-likelihood of an example, in nats."""
        return float(self.score_samples(X).mean())

    def aic(self, X) -> float:
        """Akaike's criterion on data (n, d), the less the better."""
        return aic(self._total(X), self._parameters())

    def bic(self, X) -> float:
        """Schwarz's criterion on data (n, d), the less the better."""
        return bic(self._total(X), self._parameters(), len(X))

    def _total(self, X) -> float:
        return float(self.score_samples(X).sum())

    def _noise(self, A: Tensor) -> Tensor:
        return torch.as_tensor(self.noise_variance_, dtype=A.dtype, device=A.device)

    @abstractmethod
    def score_samples(self, X):
        """The log-likelihood of each example, shape (n,)."""

    @abstractmethod
    def _parameters(self) -> int:
        """How many numbers were fitted."""

    @property
    def _n_features_out(self) -> int:
        return self.loadings_.shape[1]


class ProbabilisticPCA(LinearGaussian):
    r"""Few directions of signal and equal noise: $\mathcal N(\mu, WW^\top + \sigma^2 I)$.

    Missing entries (NaN) are allowed with method "em", and in `impute` always.

    Args:
        n_components: k, from 1 to d - 1.
        method: "ml" for the closed form, "em" for expectation maximization.
        max_iter: the most steps of EM.
        tol: EM stops when a step gains less than this in the log-likelihood of an example, in nats.
        random_state: seed of the first loadings of EM.

    Attributes:
        loadings_: W, shape (d, k); the columns are orthogonal, the longest first, the entry of
            largest magnitude of each positive (any other rotation has the same likelihood).
        noise_variance_: $\sigma^2$, a float.
        mean_: $\mu$, shape (d,).
        log_likelihoods_: the mean log-likelihood of an example before and after each step of EM.
        n_iter_: the steps made, 1 for the closed form.
        n_features_in_: the number d of features.

    Raises:
        ValueError: an option out of range, missing entries with method "ml", no noise is left, or
            another number of features than in `fit`.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equations: :eq:`eq-ppca-log-likelihood`, :eq:`eq-ppca-posterior`, :eq:`eq-ppca-ml`
    Section: :ref:`sec-probabilistic-pca`
    Source: Tipping, Bishop (1999), Probabilistic principal component analysis,
        doi:10.1111/1467-9868.00196.

    Example:
        >>> X = torch.tensor([[3.0, 1.0], [-3.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])
        >>> model = ProbabilisticPCA(1).fit(X)
        >>> round(model.noise_variance_, 4), round(model.score(X), 3)
        (0.7639, -3.531)
        >>> model.impute(torch.tensor([[3.0, float("nan")]])).round(decimals=3)
        tensor([[3.0000, 0.6000]])

    In production: sklearn.decomposition.PCA, whose `score_samples` is this model's if n exceeds d.
    """

    def __init__(
        self, n_components=1, *, method="ml", max_iter=1000, tol=1e-7, random_state=None
    ) -> None:
        self.n_components = n_components
        self.method = method
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y=None) -> "ProbabilisticPCA":
        """Find loadings, noise and mean of data of shape (n, d)."""
        if self.method not in ("ml", "em"):
            raise ValueError(f"method must be 'ml' or 'em', got {self.method!r}")
        A = self._with_gaps(X, reset=True, allowed=self.method == "em")
        W, sigma2, mean, history = self._fitted(A)
        self._learn(X, loadings_=principal_axes(W), mean_=mean)
        self.noise_variance_ = float(sigma2)
        self.log_likelihoods_ = [total / len(A) for total in history]
        self.n_iter_ = max(1, len(history) - 1)
        return self

    def transform(self, X):
        """The posterior means of the latent coordinates of data (n, d), shape (n, k)."""
        return like(X, self._posterior(X, self.method == "em")[1].mean)

    def score_samples(self, X):
        """The log-likelihood of what is there of each row of data (n, d), in nats, shape (n,)."""
        return like(X, self._posterior(X, self.method == "em")[1].log_density)

    def impute(self, X):
        """Data (n, d) with each NaN replaced by its expectation given the rest of its row."""
        A, posterior = self._posterior(X, True)
        expected = posterior.mean @ recall(self.loadings_, A).T + recall(self.mean_, A)
        return like(X, torch.where(A.isnan(), expected, A))

    def _fitted(self, A: Tensor) -> PPCAFit:
        if self.method == "ml":
            return PPCAFit(*ppca_maximum_likelihood(A, self.n_components), [])
        fit = ppca_em_missing if A.isnan().any() else ppca_em
        generator = as_generator(self.random_state)
        return fit(A, self.n_components, max_iter=self.max_iter, tol=self.tol, generator=generator)

    def _posterior(self, X, gaps: bool) -> tuple[Tensor, ObservedPosterior]:
        A = self._with_gaps(X, allowed=gaps)
        W, mean = recall(self.loadings_, A), recall(self.mean_, A)
        return A, observed_posterior(A, W, self._noise(A), mean)

    def _with_gaps(self, X, *, reset: bool = False, allowed: bool = False) -> Tensor:
        """Examples as rows, checked; NaN may be among them if allowed, infinity never."""
        if isinstance(X, Tensor):
            gaps = X.isnan()
            A = torch.where(gaps, math.nan, self._inputs(torch.where(gaps, 0, X), reset=reset))
        else:
            if not reset:
                check_is_fitted(self)
            A = torch.from_numpy(
                validate_data(self, X, reset=reset, ensure_all_finite="allow-nan", **ARRAYS)
            )
        if not allowed and A.isnan().any():
            raise ValueError("X contains NaN: ProbabilisticPCA allows that with method='em' only")
        return A

    def _parameters(self) -> int:
        return ppca_n_parameters(*self.loadings_.shape)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.method == "em"
        return tags


def principal_axes(W: Tensor) -> Tensor:
    """The rotation of loadings with orthogonal columns, longest first, largest entry positive."""
    U, S, _ = torch.linalg.svd(W, full_matrices=False)
    largest = U.take_along_dim(U.abs().argmax(0, keepdim=True), 0)
    return U * torch.where(largest < 0, -S, S)
