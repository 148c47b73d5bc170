"""Making a classifier's probabilities honest: temperature, Platt's curve, isotonic steps."""

import warnings
from typing import NamedTuple

import torch
from jaxtyping import Float, Int, Real
from torch import Tensor

from dlcore.classical.multiclass import platt_curve
from dlcore.evaluation.threshold_curves import Truth
from dlcore.evaluation.weights import checked_weights
from dlcore.numerics import sigmoid, softmax


class TemperatureScaler:
    r"""One number T by which all logits are divided, found by maximum likelihood.

    It changes how sure a classifier is and never what it predicts. T is fitted on examples that
    the classifier has not been trained on.

    Args:
        bounds: the least and the largest temperature.

    Attributes:
        temperature_: T; above 1 for a classifier that was too sure.

    Raises:
        ValueError: bounds that are not positive and rising; in `fit` and after it other shapes,
            logits that are not finite, or labels out of range.

    Equation: :eq:`eq-temperature-scaling`.
    Section: :ref:`sec-temperature-scaling`.

    Source: Guo, Pleiss, Sun, Weinberger (2017), On calibration of modern neural networks,
        arXiv:1706.04599.

    Example:
        >>> logits = torch.tensor([[2.0, 0.0]]).repeat(4, 1)
        >>> scaler = TemperatureScaler().fit(logits, torch.tensor([0, 0, 0, 1]))
        >>> scaler.predict_proba(logits)[0].round(decimals=3).tolist()
        [0.75, 0.25]

    In production: the same lines, or sklearn.calibration.CalibratedClassifierCV with
    method="temperature".
    """

    def __init__(self, bounds: tuple[float, float] = (0.01, 100.0)) -> None:
        if not 0 < bounds[0] < bounds[1] < float("inf"):
            raise ValueError(f"bounds must be positive and rising, got {bounds}")
        self.bounds = bounds

    def fit(self, logits: Float[Tensor, "n k"], y: Int[Tensor, " n"]) -> "TemperatureScaler":
        """Find T on held-out logits of shape (n, k) and their true labels.

        The likelihood is concave in 1 / T, whose slope is halved in upon. If it still rises at an
        end of `bounds`, as for logits that are always right, that end is taken with a warning.
        """
        z = self._checked(logits).double()
        if y.shape != z.shape[:1] or len(y) == 0 or not ((y >= 0) & (y < z.shape[1])).all():
            raise ValueError(
                f"y must hold a label in 0..{z.shape[1] - 1} for each of {len(z)} rows, at least "
                f"one, got shape {tuple(y.shape)}"
            )
        gaps = z - z.gather(1, y[:, None])

        def slope(inverse: float) -> float:
            return ((inverse * gaps).softmax(dim=1) * gaps).sum(dim=1).mean().item()

        low, high = 1 / self.bounds[1], 1 / self.bounds[0]
        if slope(low) >= 0 or slope(high) <= 0:
            self.temperature_ = self.bounds[1] if slope(low) >= 0 else self.bounds[0]
            warnings.warn(
                f"the likelihood has no maximum between the temperatures {self.bounds}: "
                f"{self.temperature_} is the best of them",
                RuntimeWarning,
                stacklevel=2,
            )
            return self
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if slope(middle) < 0 else (low, middle)
        self.temperature_ = 2 / (low + high)
        return self

    def transform(self, logits: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
        """The logits divided by T."""
        return self._checked(logits) / self.temperature_

    def predict_proba(self, logits: Float[Tensor, "n k"]) -> Float[Tensor, "n k"]:
        """Their probabilities: rows that sum to 1."""
        return softmax(self.transform(logits), dim=-1)

    @staticmethod
    def _checked(logits: Tensor) -> Tensor:
        if logits.ndim != 2 or logits.shape[1] < 2 or not logits.isfinite().all():
            raise ValueError(
                f"finite logits of shape (n, k) with k >= 2 are needed, got {tuple(logits.shape)}"
            )
        return logits


def _checked_scores(scores: Tensor, y: Tensor) -> None:
    if scores.ndim != 1 or scores.shape != y.shape or len(y) == 0:
        raise ValueError(
            f"scores and y must have one shape (n,), n at least 1, got {tuple(scores.shape)} and "
            f"{tuple(y.shape)}"
        )
    if not scores.isfinite().all():
        raise ValueError("scores must be finite")
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("y must be 0 or 1")


class PlattScaling(NamedTuple):
    r"""The curve $\sigma(a f + b)$ from scores f to probabilities of class 1."""

    slope: float
    intercept: float

    def __call__(self, scores: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The probability of class 1 at each score."""
        return sigmoid(self.slope * scores + self.intercept)


def platt_scaling(scores: Float[Tensor, " n"], y: Truth) -> PlattScaling:
    """A logistic curve through the scores of held-out examples.

    Args:
        scores: the higher, the likelier class 1, shape (n,); of examples not trained on.
        y: 0 or 1, shape (n,). Counts are smoothed as Platt proposed, so that scores which separate
            the classes do not make the curve a step.

    Returns:
        Slope and intercept; the result is called on scores.

    Raises:
        ValueError: other shapes, no examples, scores that are not finite, or labels other than 0
            and 1.

    Equation: :eq:`eq-platt-scaling`.
    Section: :ref:`sec-temperature-scaling`.

    Source: Platt (1999), Probabilistic outputs for support vector machines and comparisons to
        regularized likelihood methods, in Advances in Large Margin Classifiers.

    Example:
        >>> curve = platt_scaling(torch.tensor([-2.0, -1.0, 1.0, 2.0]), torch.tensor([0, 0, 1, 1]))
        >>> curve(torch.tensor([0.0])).round(decimals=3).tolist()
        [0.5]

    In production: sklearn.calibration.CalibratedClassifierCV(method="sigmoid"); with a classifier
    of chapter 5, dlcore.classical.PlattCalibrator.
    """
    _checked_scores(scores, y)
    slope, intercept = platt_curve(scores.detach().double(), y.long())
    return PlattScaling(slope.item(), intercept.item())


def pava(y: Real[Tensor, " n"], weights: Real[Tensor, " n"] | None = None) -> Float[Tensor, " n"]:
    """The values that never fall and are nearest to y: neighbours in the wrong order are pooled.

    All runs of neighbours in the wrong order are pooled at once, until there are none.

    Args:
        y: values in the order of what they belong to, shape (n,).
        weights: positive, shape (n,); all the same by default.

    Returns:
        The weighted least-squares fit, rising, shape (n,), float64.

    Raises:
        ValueError: no values, values that are not finite, or weights that are not positive.

    Equation: :eq:`eq-isotonic`.
    Section: :ref:`sec-temperature-scaling`.

    Source: Ayer, Brunk, Ewing, Reid, Silverman (1955), An empirical distribution function for
        sampling with incomplete information, doi:10.1214/aoms/1177728423.

    Example:
        >>> pava(torch.tensor([1.0, 3.0, 2.0, 4.0])).tolist()
        [1.0, 2.5, 2.5, 4.0]

    In production: sklearn.isotonic.isotonic_regression.
    """
    if y.ndim != 1 or len(y) == 0 or not y.isfinite().all():
        raise ValueError(f"finite values of shape (n,) are needed, got shape {tuple(y.shape)}")
    mass = checked_weights(weights, y)
    if not mass.all():
        raise ValueError("weights must be positive")
    mean, block = y.double(), torch.arange(len(y), device=y.device)
    while (mean[:-1] >= mean[1:]).any():
        first = torch.ones(len(mean), dtype=torch.bool, device=y.device)
        first[1:] = mean[:-1] < mean[1:]
        merged = first.cumsum(0) - 1
        total = mean.new_zeros(int(merged[-1]) + 1).index_add_(0, merged, mass * mean)
        mass = torch.zeros_like(total).index_add_(0, merged, mass)
        mean, block = total / mass, merged[block]
        if len(mean) == 1:
            break
    return mean[block]


class IsotonicCalibrator:
    """Probabilities that rise with the score in steps, of whatever shape fits best.

    It needs more held-out examples than a curve with one or two parameters, and can make different
    scores equal.

    Attributes:
        scores_: the distinct scores it was fitted on, rising, float64.
        probabilities_: the probability at each; in between it is interpolated, outside it is that
            of the nearest end.

    Raises:
        ValueError: in `fit`, other shapes, no examples, scores that are not finite, or labels
            other than 0 and 1.

    Equation: :eq:`eq-isotonic`.
    Section: :ref:`sec-temperature-scaling`.

    Source: Zadrozny, Elkan (2002), Transforming classifier scores into accurate multiclass
        probability estimates, doi:10.1145/775047.775151.

    Example:
        >>> scores, y = torch.tensor([0.1, 0.3, 0.6, 0.9]), torch.tensor([0, 1, 0, 1])
        >>> IsotonicCalibrator().fit(scores, y).predict(torch.tensor([0.0, 0.5, 1.0])).tolist()
        [0.0, 0.5, 1.0]

    In production: sklearn.isotonic.IsotonicRegression(out_of_bounds="clip").
    """

    def fit(self, scores: Float[Tensor, " n"], y: Truth) -> "IsotonicCalibrator":
        """Fit the steps to held-out scores of shape (n,) and labels 0 or 1."""
        _checked_scores(scores, y)
        self.scores_, where, counts = (
            scores.detach().double().unique(return_inverse=True, return_counts=True)
        )
        positives = torch.zeros_like(self.scores_).index_add_(0, where, y.double())
        self.probabilities_ = pava(positives / counts, counts)
        return self

    def predict(self, scores: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The probability of class 1 at each score."""
        s, known, p = scores.double(), self.scores_, self.probabilities_
        right = torch.searchsorted(known, s).clamp(max=len(known) - 1)
        left = (right - 1).clamp(min=0)
        width = (known[right] - known[left]).where(right > left, 1.0)
        share = ((s - known[left]) / width).clamp(0, 1)
        return (p[left] + share * (p[right] - p[left])).to(scores.dtype)
