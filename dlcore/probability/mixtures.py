"""Distributions made of others: a single point, and weighted sums with their EM algorithm."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from dlcore.linalg import ConvergenceWarning, cholesky
from dlcore.probability.discrete import Categorical
from dlcore.probability.distribution import LOG_2PI, Distribution, broadcast
from dlcore.probability.seeding import kmeans_plus_plus


class Dirac(Distribution):
    r"""All probability in one point, $\delta(x - \mu)$: no density, but a distribution.

    Args:
        loc: the point $\mu$, any shape.

    Raises:
        ValueError: NaN.
        TypeError: loc is no number or floating-point tensor.

    Equation: :eq:`eq-dirac`
    Section: :ref:`sec-mixtures`
    Source: Dirac (1930), The Principles of Quantum Mechanics, section 20.

    Example:
        >>> Dirac(2.0).sample((3,))
        tensor([2., 2., 2.])

    In production: no class is needed.
    """

    def __init__(self, loc: Tensor | float) -> None:
        (self.loc,) = broadcast("Dirac", loc=loc)
        self.batch_shape = self.loc.shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log of the probability (not density) of x: 0 at the point, -inf elsewhere."""
        return torch.where(x == self.loc, 0.0, -math.inf)

    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """The point, again and again."""
        return self.loc.detach().expand(self._shape(shape)).clone()

    def cdf(self, x: Tensor) -> Tensor:
        """A step from 0 to 1 at the point."""
        return (x >= self.loc).to(self.loc.dtype)

    @property
    def mean(self) -> Tensor:
        """The point."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """Zero."""
        return torch.zeros_like(self.loc)


class Mixture(Distribution):
    r"""One of several distributions, chosen at random, $p(x) = \sum_i \alpha_i p_i(x)$.

    Args:
        weights: $\alpha$, at least 0 with the sum 1, shape (k,).
        components: k distributions of one event shape, without batch.

    Raises:
        ValueError: weights that are no distribution, another number of components, or different
            event shapes.

    Equation: :eq:`eq-mixture`
    Section: :ref:`sec-mixtures`
    Source: Pearson (1894), Contributions to the mathematical theory of evolution,
        doi:10.1098/rsta.1894.0003.

    Example:
        >>> from dlcore.probability import Normal
        >>> two_humps = Mixture(torch.tensor([0.5, 0.5]), [Normal(-2.0, 1.0), Normal(2.0, 1.0)])
        >>> two_humps.mean, two_humps.variance
        (tensor(0.), tensor(5.))

    In production: torch.distributions.MixtureSameFamily.
    """

    def __init__(self, weights: Float[Tensor, " k"], components: Sequence[Distribution]) -> None:
        if weights.ndim != 1 or len(weights) != len(components):
            raise ValueError(
                f"Mixture needs one weight a component, got {tuple(weights.shape)} weights and "
                f"{len(components)} components"
            )
        if any(c.batch_shape for c in components) or len({c.event_shape for c in components}) != 1:
            raise ValueError("Mixture needs components without batch and of one event shape")
        self.choice = Categorical(weights)
        self.components = list(components)
        self.event_shape = components[0].event_shape

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density by log-sum-exp, so that no component underflows alone."""
        return self._joint(x).logsumexp(-1)

    def responsibilities(self, x: Tensor) -> Tensor:
        """The probability that each component made x, shape (..., k): Bayes' rule."""
        return self._joint(x).softmax(-1)

    def sample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Ancestral: first the component, then a number from it."""
        which = self.choice.sample(shape, generator=generator)
        drawn = torch.stack([c.sample(shape, generator=generator) for c in self.components])
        index = which.reshape(1, *shape, *[1] * len(self.event_shape))
        return drawn.take_along_dim(index.expand(1, *drawn.shape[1:]), 0)[0]

    @property
    def mean(self) -> Tensor:
        """The weighted mean of the means."""
        return self._average(torch.stack([c.mean for c in self.components]))

    @property
    def variance(self) -> Tensor:
        """The mean of the variances plus the variance of the means."""
        means = torch.stack([c.mean for c in self.components])
        within = self._average(torch.stack([c.variance for c in self.components]))
        return within + self._average((means - self.mean) ** 2)

    def _joint(self, x: Tensor) -> Tensor:
        """The log of weight times density of each component, shape (..., k)."""
        return torch.stack([c.log_prob(x) for c in self.components], -1) + self.choice.logits

    def _average(self, values: Tensor) -> Tensor:
        return torch.tensordot(self.choice.probs, values, dims=1)


class GaussianMixture(DensityMixin, BaseEstimator):
    r"""A density as a sum of Gaussians, fitted by expectation maximization.

    The E step computes how much each component is responsible for each example, the M step gives
    each component the mean and covariance weighted by that; the likelihood never falls. With
    scikit-learn's interface: numpy in, numpy out; tensors in, tensors out on their device.

    Args:
        n_components: how many Gaussians.
        tol: stop when the mean log-likelihood rises by less.
        reg_covar: added to the diagonals, so that no component collapses onto one example.
        max_iter: the most rounds of E and M step.
        n_init: restarts from other first means, k-means++'s; the likeliest fit is kept.
        random_state: int, torch.Generator or None: seeds the choice of the first means.

    Attributes:
        weights_: shape (k,).
        means_: shape (k, d).
        covariances_: shape (k, d, d).
        log_likelihoods_: the mean log-likelihood after each round; `reg_covar` alone can lower it.
        converged_: whether the last rise was below `tol`.
        n_iter_: how many rounds were made.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, fewer examples than components, or another number of
            features than in `fit`.

    Equation: :eq:`eq-em`
    Section: :ref:`sec-mixtures`
    Source: Dempster, Laird, Rubin (1977), Maximum likelihood from incomplete data via the EM
        algorithm, doi:10.1111/j.2517-6161.1977.tb01600.x.

    Example:
        >>> X = torch.tensor([[0.0], [0.1], [-0.1], [5.0], [5.1], [4.9]])
        >>> mixture = GaussianMixture(2, random_state=0).fit(X)
        >>> mixture.means_[:, 0].sort().values.round(decimals=3).abs()
        tensor([0., 5.])

    In production: sklearn.mixture.GaussianMixture.
    """

    def __init__(
        self,
        n_components=1,
        *,
        tol=1e-3,
        reg_covar=1e-6,
        max_iter=100,
        n_init=1,
        random_state=None,
    ) -> None:
        self.n_components = n_components
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.n_init = n_init
        self.random_state = random_state

    def fit(self, X, y=None) -> "GaussianMixture":
        """Fit to examples as rows, shape (n, d)."""
        X = self._checked(X, reset=True)
        generator = self.random_state
        if not isinstance(generator, torch.Generator):
            generator = torch.Generator()
            if self.random_state is None:
                generator.seed()
            else:
                generator.manual_seed(self.random_state)
        numbers = X if isinstance(X, Tensor) else torch.tensor(X)
        runs = (self._em(numbers, generator) for _ in range(self.n_init))
        weights, means, covariances, history, converged = max(runs, key=lambda run: run[3][-1])
        if not converged:
            message = f"GaussianMixture: no convergence after {self.max_iter} rounds"
            warnings.warn(f"{message}, raise max_iter or tol", ConvergenceWarning, stacklevel=2)
        self.log_likelihoods_ = history
        self.converged_, self.n_iter_ = converged, len(history)
        self.weights_, self.means_, self.covariances_ = (
            part if isinstance(X, Tensor) else part.numpy()
            for part in (weights, means, covariances)
        )
        return self

    def _em(self, X: Tensor, generator: torch.Generator) -> tuple:
        n, d = X.shape
        spread = (X - X.mean(0)).mT @ (X - X.mean(0)) / n
        ridge = self.reg_covar * torch.eye(d, dtype=X.dtype, device=X.device)
        weights = X.new_full((self.n_components,), 1 / self.n_components)
        means = kmeans_plus_plus(X, self.n_components, generator=generator)
        covariances = (spread + ridge).expand(self.n_components, d, d)
        history: list[float] = []
        converged = False
        while len(history) < self.max_iter and not converged:
            joint = _log_joint(X, weights, means, covariances)
            history.append(joint.logsumexp(1).mean().item())
            converged = len(history) > 1 and history[-1] - history[-2] < self.tol
            responsibilities = joint.softmax(1)
            counts = responsibilities.sum(0) + 10 * torch.finfo(X.dtype).eps
            weights = counts / counts.sum()
            means = responsibilities.mT @ X / counts[:, None]
            centred = X - means[:, None]
            covariances = (responsibilities.mT[..., None] * centred).mT @ centred
            covariances = covariances / counts[:, None, None] + ridge
        return weights, means, covariances, history, converged

    def score_samples(self, X):
        """The log-density of each example, shape (n,)."""
        log_density = self._joint(X).logsumexp(1)
        return log_density if isinstance(X, Tensor) else log_density.numpy()

    def score(self, X, y=None) -> float:
        """The mean log-density of the examples."""
        return float(self._joint(X).logsumexp(1).mean())

    def predict_proba(self, X):
        """The responsibility of each component for each example, shape (n, k)."""
        shares = self._joint(X).softmax(1)
        return shares if isinstance(X, Tensor) else shares.numpy()

    def predict(self, X):
        """The most responsible component for each example, shape (n,)."""
        return self.predict_proba(X).argmax(1)

    def sample(self, n: int = 1, *, generator: torch.Generator | None = None) -> Tensor:
        """N draws as rows, shape (n, d): first the component, then a Gaussian vector."""
        check_is_fitted(self)
        means, covariances = torch.as_tensor(self.means_), torch.as_tensor(self.covariances_)
        which = Categorical(torch.as_tensor(self.weights_)).sample((n,), generator=generator)
        noise = torch.randn(
            n, means.shape[1], generator=generator, dtype=means.dtype, device=means.device
        )
        return means[which] + (cholesky(covariances)[which] @ noise[..., None])[..., 0]

    def _joint(self, X) -> Tensor:
        check_is_fitted(self)
        numbers = torch.as_tensor(self._checked(X, reset=False))
        return _log_joint(
            numbers, *map(torch.as_tensor, (self.weights_, self.means_, self.covariances_))
        )

    def _checked(self, X, *, reset: bool):
        if reset:
            for name in ("n_components", "max_iter", "n_init"):
                if not getattr(self, name) >= 1:
                    raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
            if self.reg_covar < 0:
                raise ValueError(f"reg_covar must be at least 0, got {self.reg_covar}")
        dtypes = (np.float64, np.float32)
        numbers = X.detach().cpu().numpy() if isinstance(X, Tensor) else X
        checked = validate_data(
            self, numbers, dtype=dtypes, reset=reset, ensure_min_samples=2 if reset else 1
        )
        if reset and len(checked) < self.n_components:
            raise ValueError(
                f"{self.n_components} components need as many examples, got {len(checked)}"
            )
        return X if isinstance(X, Tensor) else checked


def _log_joint(X: Tensor, weights: Tensor, means: Tensor, covariances: Tensor) -> Tensor:
    """Log weight + log density of each component at each example, shape (n, k)."""
    L = cholesky(covariances)
    z = torch.linalg.solve_triangular(L, (X - means[:, None]).mT, upper=False)
    log_det = L.diagonal(dim1=-2, dim2=-1).log().sum(-1)
    log_density = -0.5 * (z.square().sum(1) + X.shape[1] * LOG_2PI) - log_det[:, None]
    return (log_density + weights.log()[:, None]).mT
