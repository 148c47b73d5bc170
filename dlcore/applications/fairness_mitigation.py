"""Making a classifier treat groups more alike: weights before training, thresholds after it."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

from dlcore.evaluation import roc_curve

Binary = Int[Tensor, " n"] | Bool[Tensor, " n"]


def reweigh(y: Binary, group: Int[Tensor, " n"]) -> Float64[Tensor, " n"]:
    r"""Weights under which the target no longer depends on the group.

    Args:
        y: target classes, shape (n,).
        group: which group each example belongs to, any integers, shape (n,).

    Returns:
        $\frac{P(a) P(y)}{P(a, y)}$ of each example, shape (n,), float64. If every group has
        every class, the weights have mean 1.

    Raises:
        ValueError: shapes that differ, or no examples.

    Equation: :eq:`eq-reweighing`.
    Section: :ref:`sec-fairness-mitigation`.

    Source: Kamiran, Calders (2012), Data preprocessing techniques for classification without
        discrimination, doi:10.1007/s10115-011-0463-8.

    Example:
        >>> reweigh(torch.tensor([1, 1, 0, 0]), torch.tensor([0, 0, 0, 1])).tolist()
        [0.75, 0.75, 1.5, 0.5]

    In production: aif360.algorithms.preprocessing.Reweighing.
    """
    if y.ndim != 1 or y.shape != group.shape or not len(y):
        raise ValueError(f"one group per target: {tuple(y.shape)} and {tuple(group.shape)}")
    classes, of_class = y.unique(return_inverse=True)
    groups, of_group = group.unique(return_inverse=True)
    cell = of_group * len(classes) + of_class
    joint = torch.bincount(cell, minlength=len(groups) * len(classes)).double()
    joint = joint.reshape(len(groups), len(classes))
    expected = joint.sum(1, keepdim=True) * joint.sum(0) / len(y)
    return (expected / joint).flatten()[cell]


class RocHull(NamedTuple):
    """The upper edge of what a score can reach if thresholds may be drawn at random.

    Attributes:
        fpr: false-positive rates of its corners, rising from 0 to 1, shape (t,).
        tpr: true-positive rates, rising, concave in `fpr`.
        thresholds: of the corners, falling: an example is positive if its score reaches it.
    """

    fpr: Float64[Tensor, " t"]
    tpr: Float64[Tensor, " t"]
    thresholds: Float[Tensor, " t"]


def _turn(a: Tensor, b: Tensor, c: Tensor) -> float:
    """Above 0 where the way from a over b to c turns left."""
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def roc_hull(scores: Float[Tensor, " n"], y: Binary) -> RocHull:
    """The upper convex hull of a ROC curve.

    A point between two corners is reached by drawing one of their two thresholds for each example.

    Args:
        scores: higher for y = 1, shape (n,).
        y: 0 or 1, both of them there, shape (n,).

    Returns:
        Its corners, from (0, 0) to (1, 1).

    Raises:
        ValueError: as in `roc_curve`.

    Section: :ref:`sec-fairness-mitigation`.

    Source: Provost, Fawcett (2001), Robust classification for imprecise environments,
        doi:10.1023/A:1007601015854.

    Example:
        >>> scores = torch.tensor([0.9, 0.8, 0.7, 0.6, 0.5])
        >>> hull = roc_hull(scores, torch.tensor([1, 0, 1, 0, 0]))
        >>> hull.thresholds
        tensor([   inf, 0.9000, 0.7000, 0.5000])

    In production: scipy.spatial.ConvexHull of sklearn.metrics.roc_curve's points.
    """
    curve = roc_curve(scores, y)
    points = torch.stack([curve.fpr, curve.tpr], 1)
    kept: list[int] = []
    for i in range(len(points)):
        while len(kept) > 1 and _turn(points[kept[-2]], points[kept[-1]], points[i]) > -1e-12:
            kept.pop()
        kept.append(i)
    return RocHull(curve.fpr[kept], curve.tpr[kept], curve.thresholds[kept])


def _height(hull: RocHull, fpr: Tensor) -> Tensor:
    """The largest true-positive rate at these false-positive rates."""
    right = torch.searchsorted(hull.fpr, fpr, right=True).clamp(1, len(hull.fpr) - 1)
    x0, x1 = hull.fpr[right - 1], hull.fpr[right]
    y0, y1 = hull.tpr[right - 1], hull.tpr[right]
    share = torch.where(x1 > x0, (fpr - x0) / (x1 - x0), 1.0)
    return y0 + share * (y1 - y0)


def _crossings(fpr: Tensor, heights: Tensor) -> Tensor:
    """Where two groups' edges cross between neighbouring corners."""
    i, j = torch.triu_indices(len(heights), len(heights), 1)
    gap = heights[i] - heights[j]
    pair, k = (gap[:, :-1] * gap[:, 1:] < 0).nonzero(as_tuple=True)
    share = gap[pair, k] / (gap[pair, k] - gap[pair, k + 1])
    return fpr[k] + share * (fpr[k + 1] - fpr[k])


class OddsRegion(NamedTuple):
    """The upper edge of the pairs of rates that every group can reach; the lower is fpr = tpr.

    Attributes:
        fpr: false-positive rates of its corners, rising from 0 to 1, shape (t,).
        tpr: true-positive rates.
    """

    fpr: Float64[Tensor, " t"]
    tpr: Float64[Tensor, " t"]


def _hulls(scores: Tensor, y: Tensor, group: Tensor) -> tuple[Tensor, list[RocHull]]:
    if scores.ndim != 1 or not scores.shape == y.shape == group.shape:
        raise ValueError(
            "scores, y and group must have one shape (n,), got "
            f"{tuple(scores.shape)}, {tuple(y.shape)} and {tuple(group.shape)}"
        )
    groups = group.unique()
    if len(groups) < 2:
        raise ValueError(f"a comparison needs at least two groups, got {len(groups)}")
    return groups, [roc_hull(scores[group == g], y[group == g]) for g in groups]


def _common_edge(hulls: list[RocHull]) -> OddsRegion:
    corners = torch.cat([hull.fpr for hull in hulls]).unique()
    heights = torch.stack([_height(hull, corners) for hull in hulls])
    fpr = torch.cat([corners, _crossings(corners, heights)]).unique()
    return OddsRegion(fpr, torch.stack([_height(hull, fpr) for hull in hulls]).amin(0))


def equalized_odds_region(
    scores: Float[Tensor, " n"], y: Binary, group: Int[Tensor, " n"]
) -> OddsRegion:
    """The best true-positive rate that all groups can share at each false-positive rate.

    Args:
        scores: higher for y = 1, shape (n,).
        y: 0 or 1, both of them in each group, shape (n,).
        group: which group each example belongs to, any integers, shape (n,).

    Returns:
        The lower envelope of the groups' ROC hulls, as corners between straight lines.

    Raises:
        ValueError: shapes that differ, fewer than two groups, or a group with a single class.

    Equation: :eq:`eq-equalized-odds`.
    Section: :ref:`sec-fairness-mitigation`.

    Source: Hardt, Price, Srebro (2016), Equality of opportunity in supervised learning,
        arXiv:1610.02413.

    Example:
        >>> scores, y = torch.tensor([2.0, 1.0, 1.0, 2.0]), torch.tensor([1, 0, 1, 0])
        >>> equalized_odds_region(scores, y, torch.tensor([0, 0, 1, 1])).tpr.tolist()
        [0.0, 1.0]

    In production: fairlearn.postprocessing.ThresholdOptimizer, which draws it.
    """
    return _common_edge(_hulls(scores, y, group)[1])


class FairThresholds(NamedTuple):
    """Thresholds, drawn at random in each group, that give all groups the same two error rates.

    Attributes:
        groups: their labels, rising, shape (g,).
        thresholds: high, low, infinite (always 0), minus infinite (always 1), shape (g, 4).
        weights: how often each of them is used, shape (g, 4); rows sum to 1.
        fpr: the false-positive rate that all groups have.
        tpr: the true-positive rate that all groups have.
        cost: the mean cost of an example.
    """

    groups: Int[Tensor, " g"]
    thresholds: Float64[Tensor, "g 4"]
    weights: Float64[Tensor, "g 4"]
    fpr: float
    tpr: float
    cost: float

    def probability(
        self, scores: Float[Tensor, " n"], group: Int[Tensor, " n"]
    ) -> Float64[Tensor, " n"]:
        """The chance of a positive decision for each example, shape (n,).

        Raises:
            ValueError: shapes that differ, or a group that the thresholds do not know.
        """
        if scores.shape != group.shape or not torch.isin(group, self.groups).all():
            raise ValueError(f"each score needs one of the groups {self.groups.tolist()}")
        row = torch.searchsorted(self.groups, group)
        passed = scores.double()[:, None] >= self.thresholds[row]
        return (passed * self.weights[row]).sum(1)

    def predict(
        self,
        scores: Float[Tensor, " n"],
        group: Int[Tensor, " n"],
        *,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, " n"]:
        """Decisions, 0 or 1, with thresholds drawn anew for each example."""
        chance = self.probability(scores, group)
        draws = torch.rand(chance.shape, generator=generator, dtype=torch.float64)
        return (draws.to(chance.device) < chance).long()


def equalized_odds_thresholds(
    scores: Float[Tensor, " n"],
    y: Binary,
    group: Int[Tensor, " n"],
    *,
    fp_cost: float = 1.0,
    fn_cost: float = 1.0,
) -> FairThresholds:
    """The cheapest decisions on given scores with the same error rates in all groups.

    A group whose ROC curve lies highest at the common point gets there by now and then deciding by
    a coin: equal rates are bought by making its decisions worse.

    Args:
        scores: higher for y = 1, shape (n,).
        y: 0 or 1, both of them in each group, shape (n,).
        group: which group each example belongs to, any integers, shape (n,).
        fp_cost: of a positive decision where y = 0, at least 0.
        fn_cost: of a negative decision where y = 1, at least 0.

    Returns:
        Thresholds and how often to use each, the common rates, and the cost.

    Raises:
        ValueError: as in `equalized_odds_region`, or a negative cost.

    Equation: :eq:`eq-equalized-odds`.
    Section: :ref:`sec-fairness-mitigation`.

    Source: Hardt, Price, Srebro (2016), Equality of opportunity in supervised learning,
        arXiv:1610.02413.

    Example:
        >>> scores = torch.tensor([3.0, 2.0, 1.0, 0.0, 1.0, 0.0])
        >>> y, group = torch.tensor([1, 0, 1, 0, 1, 0]), torch.tensor([0, 0, 0, 0, 1, 1])
        >>> fair = equalized_odds_thresholds(scores, y, group)
        >>> fair.fpr, fair.tpr, fair.weights[1].tolist()
        (0.0, 0.5, [0.5, 0.0, 0.5, 0.0])

    In production: fairlearn.postprocessing.ThresholdOptimizer(constraints="equalized_odds").
    """
    if fp_cost < 0 or fn_cost < 0:
        raise ValueError(f"costs must be at least 0, got {fp_cost} and {fn_cost}")
    groups, hulls = _hulls(scores, y, group)
    edge, base_rate = _common_edge(hulls), float(y.double().mean())
    costs = fp_cost * (1 - base_rate) * edge.fpr + fn_cost * base_rate * (1 - edge.tpr)
    best = int(costs.argmin())
    fpr, tpr = edge.fpr[best], edge.tpr[best]
    mixed = [_mixture(hull, fpr, tpr) for hull in hulls]
    thresholds = torch.stack([thresholds for thresholds, _ in mixed])
    weights = torch.stack([weights for _, weights in mixed])
    return FairThresholds(groups, thresholds, weights, float(fpr), float(tpr), float(costs[best]))


def _mixture(hull: RocHull, fpr: Tensor, tpr: Tensor) -> tuple[Tensor, Tensor]:
    """Thresholds and weights that reach a point under the hull: its upper edge, or a coin."""
    top = _height(hull, fpr)
    kept = (tpr - fpr) / (top - fpr) if top > fpr else torch.ones_like(fpr)
    right = int(torch.searchsorted(hull.fpr, fpr, right=True).clamp(1, len(hull.fpr) - 1))
    width = hull.fpr[right] - hull.fpr[right - 1]
    low = (fpr - hull.fpr[right - 1]) / width if width > 0 else torch.ones_like(fpr)
    ends = fpr.new_tensor([torch.inf, -torch.inf])
    thresholds = torch.cat([hull.thresholds[right - 1 : right + 1].double(), ends])
    coin = 1 - kept
    return thresholds, torch.stack([kept * (1 - low), kept * low, coin * (1 - fpr), coin * fpr])
