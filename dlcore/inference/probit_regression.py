"""Probit regression with a Gaussian posterior, by expectation propagation."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.inference.expectation_propagation import EPFit, expectation_propagation
from dlcore.inference.tilted_moments import probit_moments


class EPProbitRegression:
    r"""$p(y = 1 \mid x) = \Phi(x^\top w)$ with $w \sim \mathcal N(0, \alpha^{-1} I)$, by EP.

    Args:
        prior_precision: $\alpha$, positive.
        damping: the share of its old value that a site keeps, in [0, 1).
        steps: the most sweeps.
        tol: sweeps end when no site moves by more.

    Attributes:
        fit_: the `EPFit` with sites and convergence.
        mean_: of the weights, shape (d,).
        covariance_: shape (d, d).
        log_evidence_: EP's estimate of $\log p(y \mid X)$.

    Raises:
        ValueError: a precision that is not positive, labels other than 0 and 1, or shapes that do
            not fit.

    Equations: :eq:`eq-ep-sites`, :eq:`eq-probit-moments`.
    Section: :ref:`sec-ep-probit`.

    Source: Minka (2001), Expectation propagation for approximate Bayesian inference,
        arXiv:1301.2294; Rasmussen, Williams (2006), section 3.6.

    Example:
        >>> X = torch.tensor([[1.2], [0.7], [-2.0]])
        >>> model = EPProbitRegression().fit(X, torch.tensor([1, 1, 0]))
        >>> model.predict_proba(torch.tensor([[0.0]]))
        tensor([[0.5000, 0.5000]])

    In production: GPy; statsmodels.discrete.discrete_model.Probit for the most likely weights.
    """

    fit_: EPFit

    def __init__(
        self,
        prior_precision: float = 1.0,
        *,
        damping: float = 0.0,
        steps: int = 100,
        tol: float = 1e-8,
    ) -> None:
        if not prior_precision > 0:
            raise ValueError(f"prior_precision must be positive, got {prior_precision}")
        self.prior_precision, self.damping, self.steps, self.tol = (
            prior_precision,
            damping,
            steps,
            tol,
        )

    def fit(self, X: Float[Tensor, "n d"], y: Tensor) -> "EPProbitRegression":
        """Compute the posterior from examples as rows and labels 0 and 1, without an intercept."""
        if X.ndim != 2 or y.shape != X.shape[:1]:
            raise ValueError(
                f"fit needs X (n, d) and y (n,), got {tuple(X.shape)}, {tuple(y.shape)}"
            )
        if not bool(((y == 0) | (y == 1)).all()):
            raise ValueError("labels must be 0 and 1")
        d = X.shape[1]
        self.fit_ = expectation_propagation(
            probit_moments,
            (2 * y.to(X) - 1)[:, None] * X,
            X.new_zeros(d),
            torch.eye(d).to(X) / self.prior_precision,
            damping=self.damping,
            steps=self.steps,
            tol=self.tol,
        )
        return self

    @property
    def mean_(self) -> Float[Tensor, " d"]:
        """The mean of the weights."""
        return self.fit_.mean

    @property
    def covariance_(self) -> Float[Tensor, "d d"]:
        """The covariance of the weights."""
        return self.fit_.covariance

    @property
    def log_evidence_(self) -> float:
        """The estimate of the log evidence."""
        return self.fit_.log_evidence

    def predict_proba(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n two"]:
        """The probabilities of labels 0 and 1, averaged over the weights in closed form."""
        if not hasattr(self, "fit_"):
            raise ValueError("EPProbitRegression: call fit before predict_proba")
        spread = (X @ self.covariance_ * X).sum(1)
        p = torch.special.ndtr(X @ self.mean_ / (1 + spread).sqrt())
        return torch.stack([1 - p, p], 1)
