"""Risks of patients: who will be ill, and who first, when some are seen for a while only."""

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from sklearn.utils.validation import check_is_fitted, validate_data
from torch import Tensor

from dlcore.classical import LogisticRegression
from dlcore.classical.estimator import Classifier, as_array, like

Event = Bool[Tensor, " n"] | Int[Tensor, " n"]


def _check(risk: Tensor, time: Tensor, event: Tensor) -> None:
    if not risk.shape == time.shape == event.shape or risk.ndim != 1:
        shapes = tuple(risk.shape), tuple(time.shape), tuple(event.shape)
        raise ValueError(f"expected one risk, time and event each, got shapes {shapes}")
    if not ((event == 0) | (event == 1)).all():
        raise ValueError("event must be 0 (last seen well) or 1 (it happened)")


def cox_ph_loss(
    risk: Float[Tensor, " n"], time: Float[Tensor, " n"], event: Event
) -> Float[Tensor, ""]:
    r"""How surprising the order of events is if the hazard of i is $h_0(t) e^{r_i}$.

    At each event somebody of those still watched had to be the one: a softmax over them. The
    baseline hazard $h_0$ falls out. Who was last seen well counts among those watched until then.

    Args:
        risk: log hazards r, from any model, shape (n,).
        time: of the event, or when last seen, shape (n,).
        event: 1 if it happened, 0 if not while watched, shape (n,).

    Returns:
        The mean over the events of the negative log partial likelihood; events at the same time
        are all compared with everybody watched at that time (Breslow).

    Raises:
        ValueError: shapes that differ, no event, or one that is not 0 or 1.

    Equation: :eq:`eq-cox-partial-likelihood`.
    Section: :ref:`sec-clinical-decisions`.

    Source: Cox (1972), Regression models and life-tables, doi:10.1111/j.2517-6161.1972.tb00899.x;
        with a network for r: Katzman et al. (2018), DeepSurv, doi:10.1186/s12874-018-0482-1.

    Example:
        >>> time, event = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1, 0, 1])
        >>> cox_ph_loss(torch.zeros(3), time, event).exp() ** 2  # one of 3, then one of 1
        tensor(3.)

    In production: statsmodels' PHReg, lifelines, pycox.
    """
    _check(risk, time, event)
    happened = event.bool()
    if not happened.any():
        raise ValueError("without an event there is nothing to learn from")
    watched = time >= time[happened, None]
    among = torch.where(watched, risk, -torch.inf).logsumexp(1)
    return (among - risk[happened]).mean()


def concordance_index(risk: Float[Tensor, " n"], time: Float[Tensor, " n"], event: Event) -> float:
    """Of the pairs whose order is known, the share in which who had the event first has more risk.

    A pair counts if one had the event and the other was seen for longer. Equal risks count half.

    Args:
        risk: the higher, the sooner, shape (n,).
        time: of the event, or when last seen, shape (n,).
        event: 1 if it happened, shape (n,).

    Returns:
        0.5 for risks that know nothing, 1 for the right order; without censoring and with two
        times only it is the area under the ROC curve.

    Raises:
        ValueError: shapes that differ, an event that is not 0 or 1, or no pair to compare.

    Equation: :eq:`eq-concordance-index`.
    Section: :ref:`sec-clinical-decisions`.

    Source: Harrell, Califf, Pryor, Lee, Rosati (1982), Evaluating the yield of medical tests,
        doi:10.1001/jama.1982.03320430047030.

    Example:
        >>> time, event = torch.tensor([2.0, 5.0, 9.0]), torch.tensor([1, 0, 1])
        >>> concordance_index(torch.tensor([0.9, 0.1, 0.5]), time, event)
        1.0

    In production: sksurv.metrics.concordance_index_censored, lifelines.
    """
    _check(risk, time, event)
    known = (time[:, None] < time) & event.bool()[:, None]
    if not known.any():
        raise ValueError("no pair has a known order")
    difference = (risk[:, None] - risk)[known]
    return float(((difference > 0).double() + 0.5 * (difference == 0)).mean())


class LogisticRisk(Classifier):
    """The probability of a disease from measurements of which some are missing.

    That a measurement was not made says something too: each feature with gaps brings a column that
    is 1 where it is missing. Gaps are then filled with the mean, everything is brought to one
    scale, and a logistic regression follows.

    Args:
        lam: its penalty, see `dlcore.classical.LogisticRegression`.
        indicators: whether the columns of gaps are added.

    Attributes:
        means_: of each feature where it was measured, shape (d,).
        scales_: its standard deviation after filling, shape (d,); 1 where it does not vary.
        gaps_: features that had gaps in `fit`, the only ones that bring a column.
        model_: the logistic regression.
        classes_: the two labels.
        n_features_in_: the number d of features.

    Raises:
        ValueError: not two classes, a feature without any number, or X that is no matrix.

    Section: :ref:`sec-clinical-decisions`.

    Source: Lipton, Kale, Wetzel (2016), Directly modeling missing data in sequences with RNNs,
        arXiv:1606.04130 (indicators).

    Example:
        >>> X = np.array([[1.0, np.nan], [2.0, 5.0], [3.0, np.nan], [4.0, 6.0]])
        >>> LogisticRisk().fit(X, np.array([1, 0, 1, 0])).predict(X)
        array([1, 0, 1, 0])

    In production: sklearn.pipeline.make_pipeline(SimpleImputer(add_indicator=True),
    StandardScaler(), LogisticRegression()).
    """

    def __init__(self, lam=0.01, *, indicators=True) -> None:
        self.lam = lam
        self.indicators = indicators

    def fit(self, X, y):
        """Learn means, scales and weights from examples of shape (n, d), NaN where missing."""
        numbers = self._numbers(X, reset=True)
        missing = numbers.isnan()
        if missing.all(0).any():
            raise ValueError(f"feature {int(missing.all(0).nonzero()[0])} was never measured")
        self.gaps_ = missing.any(0).nonzero()[:, 0] if self.indicators else torch.zeros(0).long()
        self.means_ = numbers.nanmean(0)
        scales = torch.where(missing, self.means_, numbers).std(0, correction=0)
        self.scales_ = torch.where(scales > 0, scales, 1.0)
        self.model_ = LogisticRegression(self.lam).fit(
            as_array(self._prepared(numbers)), as_array(y)
        )
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X):
        """The probability of each label, shape (n, 2), in the order of `classes_`."""
        numbers = self._numbers(X)
        return like(
            X, torch.as_tensor(self.model_.predict_proba(as_array(self._prepared(numbers))))
        )

    def predict(self, X):
        """The likelier label of each example, shape (n,)."""
        return self._labels(X, torch.as_tensor(self.predict_proba(X)).argmax(1))

    def _numbers(self, X, *, reset: bool = False) -> Tensor:
        """Examples as rows, NaN allowed; `reset` when fitting."""
        if not reset:
            check_is_fitted(self)
        checked = validate_data(
            self, as_array(X), reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        return torch.tensor(checked)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.classifier_tags.multi_class = False
        return tags

    def _prepared(self, numbers: Tensor) -> Tensor:
        missing = numbers.isnan()
        filled = (torch.where(missing, self.means_, numbers) - self.means_) / self.scales_
        if not len(self.gaps_):
            return filled
        gone = missing[:, self.gaps_].double()
        return torch.cat([filled, gone], 1)
