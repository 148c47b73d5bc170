"""Bagging of any estimator: bootstrap samples, and an average of what they teach."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import torch
from sklearn.base import clone
from sklearn.metrics import r2_score
from torch import Tensor

from dlcore.classical.decision_tree import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    majority,
)
from dlcore.classical.estimator import Classifier, Estimator, Regressor, as_generator, like
from dlcore.classical.forest import bootstrap_indices


class Bagging(Estimator, ABC):
    """What bagging of classifiers and of regressors share."""

    estimator: Any
    n_estimators: int
    oob_score: bool
    random_state: Any

    def _fit_all(self, X, A: Tensor, y: Tensor, default) -> Tensor | None:
        """Fit a clone to each bootstrap sample; returns the mean answer out of bag if wanted."""
        if not self.n_estimators >= 1:
            raise ValueError(f"n_estimators must be at least 1, got {self.n_estimators!r}")
        generator = as_generator(self.random_state)
        self.estimators_: list = []
        votes = A.new_zeros(len(A), 1, dtype=torch.float64)
        answers = torch.zeros_like(votes)
        for _ in range(self.n_estimators):
            model = clone(default if self.estimator is None else self.estimator)
            if "random_state" in model.get_params():
                seed = torch.randint(2**31, (), generator=generator, device=generator.device)
                model.set_params(random_state=int(seed))
            drawn = bootstrap_indices(len(A), generator=generator).to(A.device)
            model.fit(like(X, A[drawn]), like(X, y[drawn]))
            self.estimators_.append(model)
            if self.oob_score:
                out = torch.ones_like(votes)
                out[drawn] = 0
                answers = answers + out * self._answer(model, X, A)
                votes += out
        return answers / votes if self.oob_score else None

    def _mean(self, X) -> tuple[Tensor, torch.dtype]:
        A = self._inputs(X)
        answers = [self._answer(model, X, A) for model in self.estimators_]
        return torch.stack(answers).mean(0), A.dtype

    @abstractmethod
    def _answer(self, model, X, A: Tensor) -> Tensor:
        """What one model says of each example, shape (n, c)."""


class BaggingClassifier(Bagging, Classifier):
    r"""Classifiers on bootstrap samples, which vote: $\hat y = \frac1B \sum_b f_b(x)$.

    The vote is a mean of class shares, or of the labels themselves where a model gives no shares.

    Args:
        estimator: the classifier to clone; default an unpruned decision tree.
        n_estimators: B, how many.
        oob_score: whether each example is also predicted by the models that have not seen it.
        random_state: int, torch.Generator or None: draws the samples and the models' seeds.

    Attributes:
        estimators_: the fitted models, trained on the positions in `classes_` as labels.
        oob_decision_function_: the class shares out of bag, shape (n, k); NaN for an example that
            every model has seen.
        oob_score_: the accuracy out of bag.
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equation: :eq:`eq-forest-vote`
    Section: :ref:`sec-random-forests`
    Source: Breiman (1996), Bagging predictors, doi:10.1007/BF00058655.

    Example:
        >>> X, y = torch.arange(20.0)[:, None], torch.arange(20) // 10
        >>> model = BaggingClassifier(random_state=0).fit(X, y)
        >>> model.predict(torch.tensor([[3.0], [16.0]]))
        tensor([0, 1])

    In production: sklearn.ensemble.BaggingClassifier.
    """

    def __init__(
        self, estimator=None, n_estimators=10, *, oob_score=False, random_state=None
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.oob_score = oob_score
        self.random_state = random_state

    def fit(self, X, y) -> "BaggingClassifier":
        """Fit each model to a bootstrap sample of (n, d) examples."""
        A, codes = self._classification(X, y)
        share = self._fit_all(X, A, codes, DecisionTreeClassifier())
        if share is not None:
            seen = share[:, 0].isfinite()
            self._learn(X, oob_decision_function_=share)
            self.oob_score_ = float((codes[seen] == majority(share[seen])).double().mean())
        return self

    def predict_proba(self, X):
        """The mean over the models of the shares of the classes, shape (n, k)."""
        share, dtype = self._mean(X)
        return like(X, share.to(dtype))

    def predict(self, X):
        """The class with the largest share, the first on a tie, shape (n,)."""
        return self._labels(X, majority(self._mean(X)[0]))

    def _answer(self, model, X, A: Tensor) -> Tensor:
        share = A.new_zeros(len(A), len(self.classes_), dtype=torch.float64)
        if hasattr(model, "predict_proba"):
            known = torch.as_tensor(np.asarray(model.classes_), device=A.device)
            share[:, known] = torch.as_tensor(model.predict_proba(like(X, A))).to(share)
            return share
        label = torch.as_tensor(model.predict(like(X, A)), device=A.device)
        return share.scatter(1, label[:, None], 1)


class BaggingRegressor(Bagging, Regressor):
    r"""Regressors on bootstrap samples, averaged: $\hat y = \frac1B \sum_b f_b(x)$.

    Args:
        estimator: the regressor to clone; default an unpruned decision tree.
        n_estimators: B, how many.
        oob_score: whether each example is also predicted by the models that have not seen it.
        random_state: int, torch.Generator or None: draws the samples and the models' seeds.

    Attributes:
        estimators_: the fitted models.
        oob_prediction_: the predictions out of bag, shape (n,); NaN for an example that every model
            has seen.
        oob_score_: $R^2$ out of bag.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equation: :eq:`eq-forest-vote`
    Section: :ref:`sec-random-forests`
    Source: Breiman (1996), Bagging predictors, doi:10.1007/BF00058655.

    Example:
        >>> x = torch.linspace(0, 6, 100)[:, None]
        >>> model = BaggingRegressor(random_state=0).fit(x, x[:, 0].sin())
        >>> round(model.score(x, x[:, 0].sin()), 2)
        1.0

    In production: sklearn.ensemble.BaggingRegressor.
    """

    def __init__(
        self, estimator=None, n_estimators=10, *, oob_score=False, random_state=None
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.oob_score = oob_score
        self.random_state = random_state

    def fit(self, X, y) -> "BaggingRegressor":
        """Fit each model to a bootstrap sample of (n, d) examples."""
        A, b = self._regression(X, y)
        mean = self._fit_all(X, A, b, DecisionTreeRegressor())
        if mean is not None:
            seen = mean[:, 0].isfinite()
            self._learn(X, oob_prediction_=mean[:, 0].to(A.dtype))
            self.oob_score_ = float(r2_score(b[seen].cpu(), mean[seen, 0].cpu()))
        return self

    def predict(self, X):
        """The mean over the models, shape (n,)."""
        mean, dtype = self._mean(X)
        return like(X, mean[:, 0].to(dtype))

    def _answer(self, model, X, A: Tensor) -> Tensor:
        return torch.as_tensor(model.predict(like(X, A))).to(A.device, torch.float64)[:, None]
