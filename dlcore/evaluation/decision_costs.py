"""When to say yes, if the two kinds of mistakes cost differently."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from dlcore.evaluation.threshold_curves import Truth, cumulative_counts


def _costs(cost_fp: float, cost_fn: float) -> None:
    if not (0 <= cost_fp < float("inf") and 0 <= cost_fn < float("inf") and cost_fp + cost_fn > 0):
        raise ValueError(
            f"costs must be finite, not negative and not both 0, got {cost_fp} and {cost_fn}"
        )


def bayes_threshold(cost_fp: float, cost_fn: float) -> float:
    """The probability from which on saying yes costs less than saying no, in expectation.

    Args:
        cost_fp: what a false alarm costs, in any unit.
        cost_fn: what a miss costs, in the same unit.

    Returns:
        The threshold, in [0, 1]; it holds for probabilities that are calibrated.

    Raises:
        ValueError: costs that are negative, infinite or both 0.

    Equation: :eq:`eq-bayes-threshold`.
    Section: :ref:`sec-decision-threshold`.

    Source: Elkan (2001), The foundations of cost-sensitive learning, IJCAI.

    Example:
        >>> round(bayes_threshold(1, 20), 4)
        0.0476

    In production: the same line.
    """
    _costs(cost_fp, cost_fn)
    return cost_fp / (cost_fp + cost_fn)


class CostCurve(NamedTuple):
    """What mistakes cost at each threshold: an example is positive if its score reaches it.

    Attributes:
        thresholds: falling, the first infinite (always no), shape (t,).
        costs: the mean cost of an example, shape (t,), float64.
    """

    thresholds: Float[Tensor, " t"]
    costs: Float64[Tensor, " t"]

    @property
    def lowest_cost(self) -> float:
        """The least mean cost."""
        return self.costs.min().item()

    @property
    def best_threshold(self) -> float:
        """The threshold at which it is reached; the highest of several."""
        return self.thresholds[self.costs.argmin()].item()


def cost_curve(scores: Float[Tensor, " n"], y: Truth, cost_fp: float, cost_fn: float) -> CostCurve:
    """The mean cost of an example as the threshold falls from always no to always yes.

    Args:
        scores: the higher, the likelier positive, shape (n,); they need not be probabilities.
        y: 0 or 1, shape (n,).
        cost_fp: what a false alarm costs.
        cost_fn: what a miss costs.

    Returns:
        Thresholds and costs, with `best_threshold` and `lowest_cost`. Chosen and judged on the
        same examples, the lowest cost is too optimistic.

    Raises:
        ValueError: shapes differ, no examples, scores that are not finite, labels other than 0 and
            1, or costs that are negative, infinite or both 0.

    Equation: :eq:`eq-expected-cost`.
    Section: :ref:`sec-decision-threshold`.

    Source: Elkan (2001), The foundations of cost-sensitive learning, IJCAI.

    Example:
        >>> curve = cost_curve(torch.tensor([0.1, 0.4, 0.8]), torch.tensor([0, 1, 1]), 1, 3)
        >>> curve.costs.tolist(), round(curve.best_threshold, 1)
        ([2.0, 1.0, 0.0, 0.3333333333333333], 0.4)

    In production: sklearn.model_selection.TunedThresholdClassifierCV.
    """
    _costs(cost_fp, cost_fn)
    thresholds, tp, fp = cumulative_counts(scores, y, None)
    costs = (cost_fp * fp + cost_fn * (tp[-1] - tp)) / len(y)
    never = torch.stack([cost_fn * tp[-1] / len(y)])
    infinite = thresholds.new_tensor([float("inf")])
    return CostCurve(torch.cat([infinite, thresholds]), torch.cat([never, costs]))
