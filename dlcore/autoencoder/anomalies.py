"""What is rebuilt worse than usual: scores, and a threshold with a promise."""

import math
from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Bool, Float
from scipy import stats
from torch import Tensor


class Threshold(NamedTuple):
    """Where usual scores end.

    Attributes:
        value: scores above it are anomalies.
        low: lower end of the interval of the true rate of false alarms.
        high: upper end.

    Example:
        >>> Threshold(2.0, 0.004, 0.018).value
        2.0
    """

    value: float
    low: float
    high: float


def fit_threshold(
    scores: Float[Tensor, " n"], alpha: float = 0.01, confidence: float = 0.95
) -> Threshold:
    r"""The score that usual examples exceed with a probability of at most alpha.

    It is the $\lceil (n+1)(1-\alpha) \rceil$-th smallest. A new usual example is as likely to have
    any rank among the n + 1 as any other, whatever the distribution, so it is above with a
    probability of at most $\alpha$, over the draw of all of them. Given these n, the rate of
    false alarms is a draw from a beta distribution, of which the interval is the middle.

    Args:
        scores: of usual examples that the model was not trained on, shape (n,).
        alpha: the rate of false alarms to allow, at least 1 / (n + 1).
        confidence: of the interval.

    Returns:
        The threshold and the interval of its true rate of false alarms.

    Raises:
        ValueError: NaN among the scores, alpha or confidence outside (0, 1), or too few examples
            for so small an alpha.

    Equation: :eq:`eq-anomaly-threshold`.
    Section: :ref:`sec-autoencoder-anomalies`.

    Source: Vovk, Gammerman, Shafer (2005), Algorithmic learning in a random world, chapter 2; Wilks
        (1941), Determination of sample sizes for setting tolerance limits,
        doi:10.1214/aoms/1177731788.

    Example:
        >>> import torch
        >>> value, low, high = fit_threshold(torch.arange(1.0, 100.0), alpha=0.05)
        >>> value, round(low, 2), round(high, 2)
        (95.0, 0.02, 0.1)

    In production: torch.quantile, without the promise.
    """
    if not 0 < alpha < 1 or not 0 < confidence < 1:
        raise ValueError(f"alpha and confidence must lie in (0, 1), got {alpha} and {confidence}")
    if scores.ndim != 1 or bool(scores.isnan().any()):
        raise ValueError(f"expected scores (n,) without NaN, got shape {tuple(scores.shape)}")
    n = len(scores)
    above = math.floor((n + 1) * alpha + 1e-9)
    if above < 1:
        raise ValueError(f"a rate of {alpha} needs {math.ceil(1 / alpha - 1)} scores, got {n}")
    rank = n + 1 - above
    tail = (1 - confidence) / 2
    low, high = stats.beta(above, rank).ppf([tail, 1 - tail])
    return Threshold(scores.sort().values[rank - 1].item(), float(low), float(high))


class AnomalyDetector:
    """Calls an example an anomaly when its score is above what usual examples reach.

    Args:
        score: maps a batch (n, ...) to scores (n,), the higher, the stranger: `model.errors` of an
            autoencoder, or minus the log density of a model that has one.
        alpha: the rate of false alarms to allow.

    Attributes:
        threshold_: a `Threshold`, after `fit`.

    Raises:
        ValueError: what `fit_threshold` rejects.
        AttributeError: `predict` before `fit`.

    Section: :ref:`sec-autoencoder-anomalies`.

    Source: Japkowicz, Myers, Gluck (1995), A novelty detection approach to classification, IJCAI.

    Example:
        >>> import torch
        >>> detector = AnomalyDetector(lambda x: x.norm(dim=1), alpha=0.1)
        >>> detector = detector.fit(torch.linspace(-1, 1, 101)[:, None])
        >>> detector.predict(torch.tensor([[0.2], [3.0]]))
        tensor([False,  True])

    In production: pyod.models.auto_encoder.
    """

    def __init__(self, score: Callable[[Tensor], Float[Tensor, " n"]], alpha: float = 0.01) -> None:
        self.score, self.alpha = score, alpha

    def fit(self, X: Float[Tensor, "n ..."]) -> "AnomalyDetector":
        """Set the threshold by usual examples that the model has not seen."""
        self.threshold_ = fit_threshold(self.score(X), self.alpha)
        return self

    def predict(self, X: Float[Tensor, "n ..."]) -> Bool[Tensor, " n"]:
        """Which examples are anomalies, shape (n,)."""
        if not hasattr(self, "threshold_"):
            raise AttributeError("the detector has no threshold yet: call fit first")
        return self.score(X) > self.threshold_.value
