"""A Gaussian mixture with a posterior of its parameters, by coordinate ascent."""

import math
import warnings

import torch
from jaxtyping import Float
from sklearn.base import DensityMixin
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from dlcore.classical.estimator import Estimator, as_generator, like
from dlcore.inference.mixture_posterior import MixturePosterior, NaturalMixture
from dlcore.linalg import cholesky
from dlcore.probability import kmeans_plus_plus


class VariationalGMM(DensityMixin, Estimator):
    r"""A Bayesian Gaussian mixture: $q(z)\,q(\pi)\prod_j q(\mu_j, \Lambda_j)$ by coordinate ascent.

    Components that no data need keep their prior and a weight near 0. With scikit-learn's
    interface, names and defaults: numpy in, numpy out; tensors in, tensors out on their device.

    Args:
        n_components: the most components.
        weight_concentration_prior: $\alpha_0$ of each weight; default 1 / n_components.
        mean_precision_prior: $\beta_0$, the prior mean's weight in observations; default 1.
        mean_prior: $m_0$, shape (d,); default the mean of the data.
        degrees_of_freedom_prior: $\nu_0$, above d - 1; default d.
        covariance_prior: $W_0^{-1}$, shape (d, d); default the covariance of the data.
        reg_covar: added to the diagonal of the default `covariance_prior`.
        tol: rounds end when the bound gains no more for an example.
        max_iter: the most rounds.
        random_state: int, torch.Generator or None: seeds the first centres, k-means++'s.

    Attributes:
        posterior_: the `MixturePosterior`, in tensors.
        prior_: the same before the data.
        weights_: mean weights, shape (k,).
        means_: shape (k, d).
        covariances_: inverses of the mean precisions, shape (k, d, d).
        lower_bounds_: the bound on the log evidence of all data after each round, in nats with all
            constants; they never fall.
        converged_: whether the last gain was below `tol`.
        n_iter_: how many rounds were made.

    Raises:
        ValueError: a parameter out of range, or fewer examples than components.

    Equations: :eq:`eq-variational-mixture`, :eq:`eq-mixture-responsibility`.
    Section: :ref:`sec-variational-mixture`.

    Source: Attias (2000), A variational Bayesian framework for graphical models, NeurIPS 12;
        Bishop (2006), section 10.2.

    Example:
        >>> X = torch.cat([torch.linspace(-1, 1, 20), torch.linspace(9, 11, 20)])[:, None].double()
        >>> model = VariationalGMM(4, weight_concentration_prior=1e-3, random_state=0).fit(X)
        >>> model.weights_.sort(descending=True).values.round(decimals=2)
        tensor([0.5000, 0.5000, 0.0000, 0.0000], dtype=torch.float64)

    In production: sklearn.mixture.BayesianGaussianMixture.
    """

    def __init__(
        self,
        n_components=1,
        *,
        weight_concentration_prior=None,
        mean_precision_prior=None,
        mean_prior=None,
        degrees_of_freedom_prior=None,
        covariance_prior=None,
        reg_covar=1e-6,
        tol=1e-6,
        max_iter=500,
        random_state=None,
    ) -> None:
        self.n_components = n_components
        self.weight_concentration_prior = weight_concentration_prior
        self.mean_precision_prior = mean_precision_prior
        self.mean_prior = mean_prior
        self.degrees_of_freedom_prior = degrees_of_freedom_prior
        self.covariance_prior = covariance_prior
        self.reg_covar = reg_covar
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X, y=None) -> "VariationalGMM":
        """Fit to examples as rows, shape (n, d)."""
        numbers = self._inputs(X, reset=True, min_samples=2)
        if len(numbers) < self.n_components:
            raise ValueError(
                f"{self.n_components} components need as many examples, got {len(numbers)}"
            )
        if self.max_iter < 1:
            raise ValueError(f"max_iter must be at least 1, got {self.max_iter}")
        self.prior_ = self.make_prior(numbers)
        prior = self.prior_.natural
        shares = self.first_shares(numbers, as_generator(self.random_state))
        bounds: list[float] = []
        self.converged_ = False
        while len(bounds) < self.max_iter and not self.converged_:
            data = self.prior_.statistics(numbers, shares)
            natural = NaturalMixture(*(a + b for a, b in zip(prior, data, strict=True)))
            posterior = MixturePosterior.from_natural(natural)
            scores = posterior.log_responsibilities(numbers)
            shares = scores.softmax(1)
            bounds.append(float(scores.logsumexp(1).sum() - posterior.divergence(self.prior_)))
            gain = (bounds[-1] - bounds[-2]) / len(numbers) if len(bounds) > 1 else math.inf
            self.converged_ = gain < self.tol
        if not self.converged_:
            message = f"VariationalGMM: no convergence after {self.max_iter} rounds"
            warnings.warn(f"{message}, raise max_iter or tol", ConvergenceWarning, stacklevel=2)
        self.lower_bounds_, self.n_iter_ = bounds, len(bounds)
        return self.set_posterior(posterior, X)

    def set_posterior(self, posterior: MixturePosterior, X) -> "VariationalGMM":
        """Take this belief as the fitted one; results are kept in the kind of X."""
        self.posterior_ = posterior
        self._learn(
            X,
            weights_=posterior.alpha / posterior.alpha.sum(),
            means_=posterior.means,
            covariances_=posterior.covariances,
        )
        return self

    def make_prior(self, X: Float[Tensor, "n d"]) -> MixturePosterior:
        """The belief before the data, whose mean and covariance fill in what was not given."""
        k, d = self.n_components, X.shape[1]
        if k < 1:
            raise ValueError(f"n_components must be at least 1, got {k}")
        centred = X - X.mean(0)
        covariance = centred.mT @ centred / max(len(X) - 1, 1)
        covariance = covariance + self.reg_covar * torch.eye(d).to(X)
        given = (
            (self.weight_concentration_prior, 1 / k, (), (k,)),
            (self.mean_precision_prior, 1.0, (), (k,)),
            (self.mean_prior, X.mean(0), (d,), (k, d)),
            (self.degrees_of_freedom_prior, float(d), (), (k,)),
            (self.covariance_prior, covariance, (d, d), (k, d, d)),
        )
        parts = []
        for value, default, shape, expanded in given:
            part = torch.as_tensor(default if value is None else value).to(X)
            if part.shape != shape:
                raise ValueError(f"a prior must have shape {shape}, got {tuple(part.shape)}")
            parts.append(part.expand(expanded))
        alpha, beta, _, nu, _ = parts
        if not (alpha[0] > 0 and beta[0] > 0 and nu[0] > d - 1):
            raise ValueError(
                "weight_concentration_prior and mean_precision_prior must be positive and "
                f"degrees_of_freedom_prior above {d - 1}, got {alpha[0]}, {beta[0]}, {nu[0]}"
            )
        return MixturePosterior(*parts)

    def first_shares(
        self, X: Float[Tensor, "n d"], generator: torch.Generator
    ) -> Float[Tensor, "n k"]:
        """Each example wholly to the nearest of k-means++'s centres."""
        centres = kmeans_plus_plus(X, self.n_components, generator=generator)
        nearest = torch.cdist(X, centres).argmin(1)
        return torch.nn.functional.one_hot(nearest, self.n_components).to(X)

    def lower_bound(self, X: Float[Tensor, "n d"]) -> float:
        """The bound on the log evidence of these data under the fitted belief, in nats."""
        scores = self.posterior_.log_responsibilities(X)
        return float(scores.logsumexp(1).sum() - self.posterior_.divergence(self.prior_))

    def predict_proba(self, X):
        """The share of each component in each example, shape (n, k)."""
        numbers = self._inputs(X)
        return like(X, self._posterior_for(numbers).log_responsibilities(numbers).softmax(1))

    def predict(self, X):
        """The component with the largest share in each example, shape (n,)."""
        numbers = self._inputs(X)
        return like(X, self._posterior_for(numbers).log_responsibilities(numbers).argmax(1))

    def fit_predict(self, X, y=None):
        """Fit, then `predict`."""
        return self.fit(X).predict(X)

    def score_samples(self, X):
        r"""The log-density of a new example: a mixture of Student t, all doubts averaged out.

        Equation: :eq:`eq-student-predictive`.
        """
        numbers = self._inputs(X)
        belief = self._posterior_for(numbers)
        d = numbers.shape[1]
        freedom = belief.nu + 1 - d
        scale = belief.inverse_scale * ((1 + belief.beta) / (belief.beta * freedom))[:, None, None]
        L = cholesky(scale)
        z = torch.linalg.solve_triangular(L, (numbers - belief.means[:, None]).mT, upper=False)
        log_density = (
            ((freedom + d) / 2).lgamma()
            - (freedom / 2).lgamma()
            - d / 2 * (freedom * math.pi).log()
            - L.diagonal(dim1=-2, dim2=-1).log().sum(-1)
        )[:, None] - (freedom[:, None] + d) / 2 * (z.square().sum(1) / freedom[:, None]).log1p()
        log_weights = (belief.alpha / belief.alpha.sum()).log()
        return like(X, (log_density + log_weights[:, None]).logsumexp(0))

    def score(self, X, y=None) -> float:
        """The mean log-density of the examples."""
        return float(self.score_samples(X).mean())

    def _posterior_for(self, X: Tensor) -> MixturePosterior:
        return MixturePosterior(*(part.to(X) for part in self.posterior_))
