"""Many classes by several classifiers of two, and probabilities from scores."""

from itertools import combinations

import torch
from sklearn.base import clone
from torch import Tensor

from dlcore.classical.cross_validation import StratifiedKFold
from dlcore.classical.estimator import Classifier, like, recall
from dlcore.classical.likelihood_fits import Likelihood, newton
from dlcore.classical.linear_regression import add_bias_column
from dlcore.numerics import sigmoid, softplus


def _score(model, X, A: Tensor) -> Tensor:
    """A score whose sign is the decision for the second class."""
    if hasattr(model, "decision_function"):
        return torch.as_tensor(model.decision_function(X)).to(A)
    return torch.as_tensor(model.predict_proba(X)).to(A)[:, 1] - 0.5


class OneVsRestClassifier(Classifier):
    """One classifier for each class against all others; the highest score wins.

    Args:
        estimator: a classifier of two classes with `decision_function` or `predict_proba`.

    Attributes:
        estimators_: the fitted classifiers, one a class (a single one for two classes).
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a single class, X that is no finite matrix, or another number of features than
            in `fit`.

    Section: :ref:`sec-multiclass-svm`
    Source: Rifkin, Klautau (2004), In defense of one-vs-all classification, JMLR 5.

    Example:
        >>> from dlcore.classical import KernelSVM
        >>> X, y = torch.tensor([[0.0], [1.0], [4.0], [5.0], [9.0]]), torch.tensor([0, 0, 1, 1, 2])
        >>> model = OneVsRestClassifier(KernelSVM(10.0, gamma=0.5)).fit(X, y)
        >>> model.predict(torch.tensor([[0.5], [4.5], [9.5]]))
        tensor([0, 1, 2])

    In production: sklearn.multiclass.OneVsRestClassifier.
    """

    def __init__(self, estimator) -> None:
        self.estimator = estimator

    def fit(self, X, y) -> "OneVsRestClassifier":
        """Fit all classifiers on examples of shape (n, d)."""
        A, codes = self._classification(X, y, min_classes=2)
        k = len(self.classes_)
        self.estimators_ = [
            clone(self.estimator).fit(like(X, A), like(X, (codes == c).long()))
            for c in (range(k) if k > 2 else [1])
        ]
        return self

    def decision_function(self, X):
        """A score for each class, shape (n, k); for two classes one score, shape (n,)."""
        A = self._inputs(X)
        scores = torch.stack([_score(model, like(X, A), A) for model in self.estimators_], 1)
        return like(X, scores if len(self.classes_) > 2 else scores[:, 0])

    def predict(self, X):
        """The label of each example, shape (n,)."""
        scores = torch.as_tensor(self.decision_function(X))
        return self._labels(X, (scores > 0).long() if scores.ndim == 1 else scores.argmax(1))


class OneVsOneClassifier(Classifier):
    """One classifier for each pair of classes; the most votes win.

    Args:
        estimator: a classifier of two classes with `decision_function` or `predict_proba`.

    Attributes:
        estimators_: the fitted classifiers, k (k - 1) / 2 of them.
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a single class, X that is no finite matrix, or another number of features than
            in `fit`.

    Section: :ref:`sec-multiclass-svm`
    Source: Knerr, Personnaz, Dreyfus (1990), Single-layer learning revisited,
        doi:10.1007/978-3-642-76153-9_5.

    Example:
        >>> from dlcore.classical import KernelSVM
        >>> X, y = torch.tensor([[0.0], [1.0], [4.0], [5.0], [9.0]]), torch.tensor([0, 0, 1, 1, 2])
        >>> model = OneVsOneClassifier(KernelSVM(10.0, gamma=0.5)).fit(X, y)
        >>> model.predict(torch.tensor([[0.5], [4.5], [9.5]])), len(model.estimators_)
        (tensor([0, 1, 2]), 3)

    In production: sklearn.multiclass.OneVsOneClassifier.
    """

    def __init__(self, estimator) -> None:
        self.estimator = estimator

    def fit(self, X, y) -> "OneVsOneClassifier":
        """Fit all classifiers on examples of shape (n, d)."""
        A, codes = self._classification(X, y, min_classes=2)
        self.estimators_ = []
        for i, j in combinations(range(len(self.classes_)), 2):
            either = (codes == i) | (codes == j)
            labels = (codes[either] == j).long()
            self.estimators_.append(clone(self.estimator).fit(like(X, A[either]), like(X, labels)))
        return self

    def decision_function(self, X):
        """Votes for each class, shape (n, k), ties broken by the sum of the scores.

        For two classes the score of the one classifier, shape (n,).
        """
        A = self._inputs(X)
        k = len(self.classes_)
        votes, confidence = A.new_zeros(len(A), k), A.new_zeros(len(A), k)
        scores = [_score(model, like(X, A), A) for model in self.estimators_]
        for (i, j), s in zip(combinations(range(k), 2), scores, strict=True):
            votes[:, i] += s <= 0
            votes[:, j] += s > 0
            confidence[:, i] -= s
            confidence[:, j] += s
        if k == 2:
            return like(X, scores[0])
        return like(X, votes + confidence / (3 * (confidence.abs() + 1)))

    def predict(self, X):
        """The label of each example, shape (n,)."""
        scores = torch.as_tensor(self.decision_function(X))
        return self._labels(X, (scores > 0).long() if scores.ndim == 1 else scores.argmax(1))


def platt_curve(scores: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
    """Slope and intercept, shape (1,) each, of Platt's curve through scores of the two classes."""
    positive = codes.sum().to(scores)
    high, low = (positive + 1) / (positive + 2), 1 / (len(codes) - positive + 2)
    targets = torch.where(codes == 1, high, low)[:, None]
    curve = Likelihood(add_bias_column(scores[:, None]), targets, softplus, 0.25)
    W, _ = newton(curve, scores.new_zeros(2), 1e-9, 1000)
    return W[0, :1], W[0, 1:]


class PlattCalibrator(Classifier):
    r"""Probabilities from scores: $P(y = 1 \mid x) = \sigma(a f(x) + b)$, a and b by likelihood.

    They are fitted on scores of examples that the classifier has not seen, by cross-validation; its
    own training scores would be too sure. The targets are $(n_+ + 1)/(n_+ + 2)$ and
    $1/(n_- + 2)$ in place of 1 and 0.

    Args:
        estimator: a classifier of two classes with `decision_function`.
        cv: folds, an object with `split`; or how many.

    Attributes:
        estimator_: the classifier, fitted on all examples.
        slope_: a, shape (1,).
        intercept_: b, shape (1,).
        classes_: the two labels.
        n_features_in_: the number d of features.

    Raises:
        ValueError: not two classes, too few members of a class for the folds, X that is no finite
            matrix, or another number of features than in `fit`.

    Equation: :eq:`eq-platt-scaling`
    Section: :ref:`sec-platt-scaling`
    Source: Platt (1999), Probabilistic outputs for support vector machines and comparisons to
        regularized likelihood methods, in Advances in Large Margin Classifiers.

    Example:
        >>> from dlcore.classical import KernelSVM
        >>> X = torch.linspace(-2, 2, 20)[:, None]
        >>> model = PlattCalibrator(KernelSVM(kernel="linear")).fit(X, (X[:, 0] > 0).long())
        >>> model.predict_proba(torch.tensor([[0.0]])).round(decimals=1)
        tensor([[0.5000, 0.5000]])

    In production: sklearn.calibration.CalibratedClassifierCV(method="sigmoid", ensemble=False).
    """

    def __init__(self, estimator, *, cv=5) -> None:
        self.estimator = estimator
        self.cv = cv

    def fit(self, X, y) -> "PlattCalibrator":
        """Fit the classifier and the curve on examples of shape (n, d)."""
        A, codes = self._classification(X, y, min_classes=2)
        if len(self.classes_) != 2:
            raise ValueError(
                "Only binary classification is supported by PlattCalibrator, got "
                f"{len(self.classes_)} classes"
            )
        data, labels = like(X, A), like(X, codes)
        folds = StratifiedKFold(self.cv) if isinstance(self.cv, int) else self.cv
        scores = A.new_empty(len(A))
        for train, test in folds.split(data, labels):
            model = clone(self.estimator).fit(data[train], labels[train])
            scores[test] = _score(model, data[test], A)
        slope, intercept = platt_curve(scores, codes)
        self.estimator_ = clone(self.estimator).fit(data, labels)
        self._learn(X, slope_=slope, intercept_=intercept)
        return self

    def predict_proba(self, X):
        """The probability of either class, shape (n, 2)."""
        A = self._inputs(X)
        z = recall(self.slope_, A) * _score(self.estimator_, like(X, A), A)
        z = z + recall(self.intercept_, A)
        return like(X, torch.stack([sigmoid(-z), sigmoid(z)], 1))

    def predict(self, X):
        """The more probable label of each example, shape (n,)."""
        return self._labels(X, torch.as_tensor(self.predict_proba(X)).argmax(1))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
