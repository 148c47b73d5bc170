"""Naive Bayes: features that are independent within each class."""

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor

from dlcore.classical.estimator import Classifier, like, recall
from dlcore.numerics import log_softmax


class _NaiveBayes(Classifier, ABC):
    """From the log of prior times likelihood to probabilities and labels."""

    @abstractmethod
    def _joint(self, A: Tensor) -> Tensor:
        """The log of prior times likelihood, shape (n, K)."""

    def predict(self, X):
        """The most probable label of each example, shape (n,)."""
        return self._labels(X, self._joint(self._inputs(X)).argmax(1))

    def predict_log_proba(self, X):
        """Log-probabilities of the classes, shape (n, k), in the order of `classes_`."""
        return like(X, log_softmax(self._joint(self._inputs(X))))

    def predict_proba(self, X):
        """Probabilities of the classes, shape (n, k), in the order of `classes_`."""
        return like(X, log_softmax(self._joint(self._inputs(X))).exp())

    def _members(self, codes: Tensor, A: Tensor) -> Tensor:
        """One row for each class, 1 where an example belongs to it."""
        return torch.nn.functional.one_hot(codes, len(self.classes_)).to(A).T


class GaussianNB(_NaiveBayes):
    r"""Within a class each feature is normal, independent of the others.

    Args:
        priors: probabilities of the classes, which sum to 1; default their shares.
        var_smoothing: this share of the largest variance of a feature is added to all variances.

    Attributes:
        theta_: the mean of each feature in each class, shape (k, d).
        var_: its variance, with n in the denominator, shape (k, d).
        class_prior_: the probability of each class, shape (k,).
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: priors that are no distribution over the classes, X that is no finite matrix, or
            another number of features than in `fit`.

    Equations: :eq:`eq-naive-bayes`, :eq:`eq-gaussian-naive-bayes`
    Section: :ref:`sec-naive-bayes`
    Source: Hand, Yu (2001), Idiot's Bayes: not so stupid after all?,
        doi:10.1111/j.1751-5823.2001.tb00465.x.

    Example:
        >>> X, y = torch.tensor([[0.0], [2.0], [8.0], [10.0]]), torch.tensor([0, 0, 1, 1])
        >>> GaussianNB().fit(X, y).predict_proba(torch.tensor([[5.0]]))
        tensor([[0.5000, 0.5000]])

    In production: sklearn.naive_bayes.GaussianNB.
    """

    def __init__(self, *, priors=None, var_smoothing=1e-9) -> None:
        self.priors = priors
        self.var_smoothing = var_smoothing

    def fit(self, X, y) -> "GaussianNB":
        """Find mean and variance of each feature in each class, from examples (n, d)."""
        A, codes = self._classification(X, y)
        members = self._members(codes, A)
        counts = members.sum(1)
        theta = members @ A / counts[:, None]
        spread = members @ (A - theta[codes]).square_() / counts[:, None]
        floor = self.var_smoothing * A.var(0, correction=0).max()
        self._learn(
            X,
            theta_=theta,
            var_=(spread + floor).clamp(min=torch.finfo(A.dtype).tiny),
            class_prior_=self._prior(counts),
        )
        return self

    def _prior(self, counts: Tensor) -> Tensor:
        if self.priors is None:
            return counts / counts.sum()
        prior = torch.as_tensor(self.priors).to(counts)
        if prior.shape != counts.shape or (prior < 0).any() or abs(prior.sum() - 1) > 1e-6:
            raise ValueError(f"priors must be {len(counts)} probabilities, got {self.priors}")
        return prior

    def _joint(self, A: Tensor) -> Tensor:
        theta, var = recall(self.theta_, A), recall(self.var_, A)
        scale = var.rsqrt()
        constant = recall(self.class_prior_, A).log() + scale.log().sum(1)
        columns = []
        for k in range(len(theta)):
            z = (A - theta[k]).mul_(scale[k])
            columns.append(constant[k] - 0.5 * torch.linalg.vecdot(z, z))
        return torch.stack(columns, 1) - 0.5 * A.shape[1] * math.log(2 * math.pi)


class BernoulliNB(_NaiveBayes):
    r"""Features are 0 or 1, each with its own probability in each class.

    Args:
        alpha: added to the counts of either value (Laplace smoothing), positive.
        binarize: entries above it count as 1; None if they are 0 and 1 already.

    Attributes:
        feature_log_prob_: log-probability of a 1 in each class, shape (k, d).
        class_log_prior_: log of each class's share, shape (k,).
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: `alpha` is not positive, X that is no finite matrix, or another number of
            features than in `fit`.

    Equations: :eq:`eq-naive-bayes`, :eq:`eq-laplace-smoothing`
    Section: :ref:`sec-naive-bayes`
    Source: McCallum, Nigam (1998), A comparison of event models for naive Bayes text
        classification, AAAI workshop on learning for text categorization.

    Example:
        >>> X, y = torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), torch.tensor([0, 0, 1])
        >>> BernoulliNB().fit(X, y).feature_log_prob_.exp()
        tensor([[0.7500, 0.5000],
                [0.3333, 0.6667]])

    In production: sklearn.naive_bayes.BernoulliNB.
    """

    def __init__(self, *, alpha=1.0, binarize=0.0) -> None:
        self.alpha = alpha
        self.binarize = binarize

    def fit(self, X, y) -> "BernoulliNB":
        """Count the ones of each feature in each class, in examples of shape (n, d)."""
        A, codes = self._classification(X, y)
        require_smoothing(self.alpha)
        members = self._members(codes, A)
        counts = members.sum(1)
        ones = members @ self._binary(A) + self.alpha
        self._learn(
            X,
            feature_log_prob_=ones.log() - (counts + 2 * self.alpha).log()[:, None],
            class_log_prior_=(counts / counts.sum()).log(),
        )
        return self

    def _binary(self, A: Tensor) -> Tensor:
        return A if self.binarize is None else (self.binarize < A).to(A)

    def _joint(self, A: Tensor) -> Tensor:
        one = recall(self.feature_log_prob_, A)
        zero = (-one.exp()).log1p()
        return self._binary(A) @ (one - zero).T + zero.sum(1) + recall(self.class_log_prior_, A)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # of measurements it sees only the sign
        return tags


class MultinomialNB(_NaiveBayes):
    r"""Features are counts, as of words; each class has its own distribution over them.

    Args:
        alpha: added to the count of each feature (Laplace smoothing), positive.

    Attributes:
        feature_log_prob_: log-probability of each feature in each class, shape (k, d).
        class_log_prior_: log of each class's share, shape (k,).
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: `alpha` is not positive, a negative entry, X that is no finite matrix, or
            another number of features than in `fit`.

    Equations: :eq:`eq-naive-bayes`, :eq:`eq-laplace-smoothing`
    Section: :ref:`sec-naive-bayes`
    Source: McCallum, Nigam (1998), A comparison of event models for naive Bayes text
        classification, AAAI workshop on learning for text categorization.

    Example:
        >>> X, y = torch.tensor([[2.0, 0.0], [3.0, 1.0], [0.0, 4.0]]), torch.tensor([0, 0, 1])
        >>> MultinomialNB().fit(X, y).feature_log_prob_.exp()
        tensor([[0.7500, 0.2500],
                [0.1667, 0.8333]])

    In production: sklearn.naive_bayes.MultinomialNB.
    """

    def __init__(self, *, alpha=1.0) -> None:
        self.alpha = alpha

    def fit(self, X, y) -> "MultinomialNB":
        """Count each feature in each class, in examples of shape (n, d)."""
        A, codes = self._classification(X, y)
        require_smoothing(self.alpha)
        if (A < 0).any():
            raise ValueError("Negative values in data passed to MultinomialNB: it needs counts")
        members = self._members(codes, A)
        counts = members.sum(1)
        seen = members @ A + self.alpha
        self._learn(
            X,
            feature_log_prob_=seen.log() - seen.sum(1, keepdim=True).log(),
            class_log_prior_=(counts / counts.sum()).log(),
        )
        return self

    def _joint(self, A: Tensor) -> Tensor:
        log_p = recall(self.feature_log_prob_, A)
        return A @ log_p.T + recall(self.class_log_prior_, A)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        tags.classifier_tags.poor_score = True  # measurements are no counts
        return tags


def require_smoothing(alpha: float) -> None:
    """Refuse counts that may stay zero."""
    if not alpha > 0:
        raise ValueError(f"alpha must be positive, got {alpha}")
