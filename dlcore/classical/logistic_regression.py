"""Logistic regression for two classes and softmax regression for more."""

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.classical import likelihood_fits
from dlcore.classical.estimator import Classifier, like, recall
from dlcore.classical.likelihood_fits import Likelihood
from dlcore.classical.linear_regression import add_bias_column
from dlcore.classical.ridge import require_penalty
from dlcore.numerics import sigmoid, softmax


class _LinearLogits(Classifier):
    """What both models share: logits that are linear in the features."""

    def __init__(
        self, lam=0.01, *, penalty="l2", fit_intercept=True, solver=None, tol=1e-4, max_iter=1000
    ) -> None:
        self.lam = lam
        self.penalty = penalty
        self.fit_intercept = fit_intercept
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter

    def fit(self, X, y):
        """Find the weights for examples of shape (n, d)."""
        numbers, codes = self._classification(X, y, min_classes=2)
        require_penalty(type(self).__name__, self.lam)
        solve = self._solver()
        A = add_bias_column(numbers) if self.fit_intercept else numbers
        shrink = A.new_full((A.shape[1],), self.lam)
        shrink[numbers.shape[1] :] = 0
        smallest = max(self.tol, 4 * torch.finfo(A.dtype).eps)
        W, self.n_iter_ = solve(self._likelihood(A, codes), shrink, smallest, self.max_iter)
        d = numbers.shape[1]
        b = W[:, d] if self.fit_intercept else W.new_zeros(len(W))
        self._learn(X, coef_=W[:, :d], intercept_=b)
        return self

    def predict(self, X):
        """The most probable label of each example, shape (n,)."""
        return self._labels(X, self._probabilities(self._logits(X)).argmax(1))

    def predict_proba(self, X):
        """The probability of each class, shape (n, k), in the order of `classes_`."""
        return like(X, self._probabilities(self._logits(X)))

    def _logits(self, X) -> Tensor:
        A = self._inputs(X)
        return A @ recall(self.coef_, A).T + recall(self.intercept_, A)

    def _solver(self):
        if self.penalty not in ("l1", "l2"):
            raise ValueError(f"penalty must be 'l1' or 'l2', got {self.penalty!r}")
        possible = self._solvers if self.penalty == "l2" else {"proximal": likelihood_fits.proximal}
        name = next(iter(possible)) if self.solver is None else self.solver
        if name not in possible:
            raise ValueError(
                f"solver for the penalty {self.penalty!r} must be one of {list(possible)}, "
                f"got {self.solver!r}"
            )
        return possible[name]


class LogisticRegression(_LinearLogits):
    r"""Two classes, the log-odds linear: $P(y = 1 \mid x) = \sigma(w^\top x + b)$.

    It minimizes the mean cross-entropy plus $\lambda\|w\|^2$ or $\lambda\|w\|_1$; b is not
    penalized. Without penalty the weights of separable data grow for ever.

    Args:
        lam: $\lambda$, at least 0.
        penalty: "l2", or "l1" for weights that are exactly zero.
        fit_intercept: whether the model has an intercept.
        solver: "lbfgs" (the default), "newton" (iteratively reweighted least squares) or "gd" with
            "l2"; "proximal" with "l1".
        tol: largest entry of the gradient at the end; for "proximal" the largest relative change.
        max_iter: the most steps.

    Attributes:
        coef_: weights, shape (1, d).
        intercept_: the intercept, shape (1,); 0 without one.
        classes_: the two labels, the second is the one whose log-odds are modelled.
        n_iter_: how many steps it took.
        n_features_in_: the number d of features.

    Raises:
        ValueError: not two classes, a negative `lam`, an unknown penalty or solver, X that is no
            finite matrix, or another number of features than in `fit`.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equations: :eq:`eq-logistic-regression`, :eq:`eq-logistic-gradient`, :eq:`eq-irls-step`
    Section: :ref:`sec-logistic-regression`
    Source: Cox (1958), The regression analysis of binary sequences,
        doi:10.1111/j.2517-6161.1958.tb00292.x.

    Example:
        >>> X, y = torch.tensor([[0.0], [1.0], [2.0], [3.0]]), torch.tensor([0, 0, 1, 1])
        >>> model = LogisticRegression().fit(X, y)
        >>> model.predict(torch.tensor([[1.0], [2.5]]))
        tensor([0, 1])
        >>> model.predict_proba(torch.tensor([[1.5]])).round(decimals=3)
        tensor([[0.5000, 0.5000]])

    In production: sklearn.linear_model.LogisticRegression(C=1 / (2 * n * lam)), for "l1" with
    C = 1 / (n * lam).
    """

    _solvers: ClassVar = {
        "lbfgs": likelihood_fits.lbfgs,
        "newton": likelihood_fits.newton,
        "gd": likelihood_fits.gradient_descent,
    }

    def decision_function(self, X):
        """The log-odds of the second class, shape (n,)."""
        return like(X, self._logits(X)[:, 0])

    def _likelihood(self, A: Tensor, codes: Tensor) -> Likelihood:
        if len(self.classes_) != 2:
            raise ValueError(
                "Only binary classification is supported by LogisticRegression, got "
                f"{len(self.classes_)} classes: use SoftmaxRegression"
            )
        return Likelihood(A, codes[:, None].to(A), _softplus, 0.25)

    def _probabilities(self, Z: Tensor) -> Tensor:
        return torch.cat([sigmoid(-Z), sigmoid(Z)], 1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


class SoftmaxRegression(_LinearLogits):
    r"""K classes: $P(y = k \mid x) = \operatorname{softmax}(Wx + b)_k$, multinomial regression.

    It minimizes the mean cross-entropy plus $\lambda\|W\|^2$ or $\lambda\|W\|_1$; b is not
    penalized. The same vector added to all rows of W changes no probability; the penalty settles
    which of the equivalent weights is found.

    Args:
        lam: $\lambda$, at least 0.
        penalty: "l2", or "l1" for weights that are exactly zero.
        fit_intercept: whether the model has intercepts.
        solver: "lbfgs" (the default) or "gd" with "l2"; "proximal" with "l1".
        tol: largest entry of the gradient at the end; for "proximal" the largest relative change.
        max_iter: the most steps.

    Attributes:
        coef_: weights, shape (k, d).
        intercept_: intercepts, shape (k,); 0 without them.
        classes_: the labels, shape (k,).
        n_iter_: how many steps it took.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a single class, a negative `lam`, an unknown penalty or solver, X that is no
            finite matrix, or another number of features than in `fit`.

    Warns:
        ConvergenceWarning: `max_iter` steps were not enough.

    Equations: :eq:`eq-softmax-regression`, :eq:`eq-softmax-gradient`
    Section: :ref:`sec-softmax-regression`
    Source: Böhning (1992), Multinomial logistic regression algorithm, doi:10.1007/BF00048682.

    Example:
        >>> X, y = torch.tensor([[0.0], [1.0], [5.0], [6.0], [9.0]]), torch.tensor([0, 0, 1, 1, 2])
        >>> SoftmaxRegression(1e-3).fit(X, y).predict(torch.tensor([[0.5], [5.5], [20.0]]))
        tensor([0, 1, 2])

    In production: sklearn.linear_model.LogisticRegression(C=1 / (2 * n * lam)).
    """

    _solvers: ClassVar = {
        "lbfgs": likelihood_fits.lbfgs,
        "gd": likelihood_fits.gradient_descent,
    }

    def decision_function(self, X):
        """The logits, shape (n, k); for two classes their difference, shape (n,)."""
        Z = self._logits(X)
        return like(X, Z[:, 1] - Z[:, 0] if Z.shape[1] == 2 else Z)

    def _likelihood(self, A: Tensor, codes: Tensor) -> Likelihood:
        Y = torch.nn.functional.one_hot(codes, len(self.classes_)).to(A)
        return Likelihood(A, Y, _log_partition, 0.5)

    def _probabilities(self, Z: Tensor) -> Tensor:
        return softmax(Z)


def _softplus(Z: Float[Tensor, "n one"]) -> Float[Tensor, "n one"]:
    return torch.nn.functional.softplus(Z, threshold=40.0)  # as numerics.softplus, in one pass


def _log_partition(Z: Float[Tensor, "n k"]) -> Float[Tensor, "n one"]:
    return Z.logsumexp(1, keepdim=True)
