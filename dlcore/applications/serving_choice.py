"""Accuracy for money and time: fronts of models, choices under limits, and cascades."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

Predict = Callable[[Tensor], Tensor]


class InfeasibleError(ValueError):
    """No candidate keeps all limits.

    Section: :ref:`sec-cost-aware-serving`.
    """


def pareto_front(costs: Float[Tensor, "n m"]) -> Bool[Tensor, " n"]:
    """Which candidates no other one beats: nowhere worse and somewhere better.

    Args:
        costs: n candidates by m criteria, all to be small (1 - accuracy, price, latency), in any
            units: they are never added, shape (n, m).

    Returns:
        True on the front, shape (n,); equal candidates are there together.

    Raises:
        ValueError: no table, or numbers that are not finite.

    Equation: :eq:`eq-pareto-front`.
    Section: :ref:`sec-cost-aware-serving`.

    Source: Deb (2001), Multi-objective optimization using evolutionary algorithms, Wiley, section
        2.4.

    Example:
        >>> error_and_price = torch.tensor([[0.1, 5.0], [0.2, 1.0], [0.2, 2.0]])
        >>> pareto_front(error_and_price).tolist()
        [True, True, False]

    In production: botorch.utils.multi_objective.pareto.is_non_dominated.
    """
    if costs.ndim != 2 or not costs.isfinite().all():
        raise ValueError(f"costs must be a table (n, m) of numbers, got {tuple(costs.shape)}")
    no_worse = (costs[:, None] <= costs).all(2)
    better = (costs[:, None] < costs).any(2)
    return ~(no_worse & better).any(0)


def constrained_choice(
    score: Float[Tensor, " n"], usage: Float[Tensor, "n m"], limits: Float[Tensor, " m"]
) -> int:
    """The best candidate among those that keep every limit.

    Unlike a weighted sum of score and usage, it can choose any point of the Pareto front, also one
    in a dent of it.

    Args:
        score: to be large, as accuracy, shape (n,).
        usage: what each candidate uses, as price and 95th percentile of latency, shape (n, m).
        limits: the most that is allowed of each, shape (m,).

    Returns:
        Its index; of equally good ones that with the least of the first use, then of the second.

    Raises:
        ValueError: shapes that do not fit.
        InfeasibleError: none keeps all limits.

    Section: :ref:`sec-cost-aware-serving`.

    Source: Haimes, Lasdon, Wismer (1971), On a bicriterion formulation of the problems of
        integrated system identification and system optimization, doi:10.1109/TSMC.1971.4308298.

    Example:
        >>> accuracy, price = torch.tensor([0.9, 0.8, 0.85]), torch.tensor([[5.0], [1.0], [2.0]])
        >>> constrained_choice(accuracy, price, torch.tensor([3.0]))
        2

    In production: the same lines.
    """
    if usage.ndim != 2 or usage.shape != (len(score), len(limits)) or score.ndim != 1:
        raise ValueError(
            f"scores (n,), usage (n, m), limits (m,): got {tuple(score.shape)}, "
            f"{tuple(usage.shape)}, {tuple(limits.shape)}"
        )
    allowed = (usage <= limits).all(1).nonzero()[:, 0].tolist()
    if not allowed:
        least = usage.amin(0).tolist() if len(usage) else []
        raise InfeasibleError(
            f"no candidate keeps the limits {limits.tolist()}; the least of each is {least}"
        )
    return min(allowed, key=lambda i: (-float(score[i]), usage[i].tolist()))


class CascadeAnswers(NamedTuple):
    """What a cascade says, and what it took.

    Attributes:
        probabilities: of the model that answered, shape (n, k).
        stage: which one answered, from 0, shape (n,).
        cost: of all models that looked at the example, shape (n,).
    """

    probabilities: Float[Tensor, "n k"]
    stage: Int[Tensor, " n"]
    cost: Float64[Tensor, " n"]


class CascadeClassifier:
    """Cheap models first: each passes on the examples it is not sure of.

    Args:
        models: from examples (n, ...) to probabilities (n, k), cheapest first, at least one.
        thresholds: for each model but the last: it answers where its largest probability reaches
            this number.
        costs: of one example, for each model.

    Raises:
        ValueError: numbers of thresholds or costs that do not fit, or negative costs.

    Equation: :eq:`eq-cascade-cost`.
    Section: :ref:`sec-cost-aware-serving`.

    Source: Viola, Jones (2001), Rapid object detection using a boosted cascade of simple features,
        doi:10.1109/CVPR.2001.990517; Chen, Zaharia, Zou (2023), FrugalGPT, arXiv:2305.05176.

    Example:
        >>> small = lambda x: torch.softmax(torch.cat([-x, x], 1), 1)
        >>> large = lambda x: torch.softmax(torch.cat([-9 * x, 9 * x], 1), 1)
        >>> cascade = CascadeClassifier([small, large], [0.9], [1.0, 10.0])
        >>> answers = cascade.answer(torch.tensor([[3.0], [0.5], [-2.0]]))
        >>> answers.stage.tolist(), answers.cost.tolist()
        ([0, 1, 0], [1.0, 11.0, 1.0])

    In production: a router before the models' servers.
    """

    def __init__(
        self, models: Sequence[Predict], thresholds: Sequence[float], costs: Sequence[float]
    ) -> None:
        if not models or len(thresholds) != len(models) - 1 or len(costs) != len(models):
            raise ValueError(
                f"{len(models)} models need one threshold fewer and as many costs, got "
                f"{len(thresholds)} and {len(costs)}"
            )
        if min(costs) < 0:
            raise ValueError(f"costs must be at least 0, got {tuple(costs)}")
        self.models = tuple(models)
        self.thresholds = tuple(thresholds)
        self.costs = tuple(costs)

    def answer(self, X: Float[Tensor, "n ..."]) -> CascadeAnswers:
        """Probabilities, who gave them, and the cost of each example.

        Args:
            X: examples, shape (n, ...); later models see only those that are passed on.
        """
        probabilities = self.models[0](X)
        stage = torch.zeros(len(X), dtype=torch.long, device=X.device)
        cost = torch.full((len(X),), self.costs[0], dtype=torch.float64, device=X.device)
        waiting = torch.arange(len(X), device=X.device)
        for k, threshold in enumerate(self.thresholds, start=1):
            unsure = probabilities[waiting].amax(1) < threshold
            waiting = waiting[unsure]
            if not len(waiting):
                break
            probabilities = probabilities.index_copy(0, waiting, self.models[k](X[waiting]))
            stage[waiting] = k
            cost[waiting] += self.costs[k]
        return CascadeAnswers(probabilities, stage, cost)

    def predict_proba(self, X: Float[Tensor, "n ..."]) -> Float[Tensor, "n k"]:
        """Probabilities, shape (n, k)."""
        return self.answer(X).probabilities

    def predict(self, X: Float[Tensor, "n ..."]) -> Int[Tensor, " n"]:
        """The likeliest classes, shape (n,)."""
        return self.answer(X).probabilities.argmax(1)


class CascadeCurve(NamedTuple):
    """A cascade of two models at each threshold of the first.

    Attributes:
        thresholds: rising; the first passes nothing on, the last, infinite, everything, (t,).
        accuracy: of the cascade.
        mean_cost: of an example.
        passed_on: the share that the second model sees.
    """

    thresholds: Float64[Tensor, " t"]
    accuracy: Float64[Tensor, " t"]
    mean_cost: Float64[Tensor, " t"]
    passed_on: Float64[Tensor, " t"]


def cascade_curve(
    small: Float[Tensor, "n k"],
    large: Float[Tensor, "n k"],
    y: Int[Tensor, " n"],
    *,
    costs: tuple[float, float] = (1.0, 10.0),
) -> CascadeCurve:
    """Accuracy against cost of a two-model cascade, at every threshold that makes a difference.

    Args:
        small: the first model's probabilities, shape (n, k).
        large: those of the second, on the same examples.
        y: classes, shape (n,).
        costs: of one example in each model; what is passed on costs both.

    Returns:
        A point for each distinct confidence of the first model, and one above all. Choose the
        threshold on other examples than those that judge it.

    Raises:
        ValueError: shapes that do not fit, no examples, or negative costs.

    Equation: :eq:`eq-cascade-cost`.
    Section: :ref:`sec-cost-aware-serving`.

    Source: Chen, Zaharia, Zou (2023), FrugalGPT, arXiv:2305.05176.

    Example:
        >>> small = torch.tensor([[0.9, 0.1], [0.4, 0.6]], dtype=torch.float64)
        >>> large = torch.tensor([[0.9, 0.1], [0.8, 0.2]], dtype=torch.float64)
        >>> curve = cascade_curve(small, large, torch.tensor([0, 0]))
        >>> curve.accuracy.tolist(), curve.mean_cost.tolist()
        ([0.5, 1.0, 1.0], [1.0, 6.0, 11.0])

    In production: the same lines.
    """
    if small.ndim != 2 or small.shape != large.shape or y.shape != small.shape[:1] or not len(y):
        raise ValueError(
            f"probabilities (n, k) of two models and n classes: got {tuple(small.shape)}, "
            f"{tuple(large.shape)}, {tuple(y.shape)}"
        )
    if min(costs) < 0:
        raise ValueError(f"costs must be at least 0, got {costs}")
    confidence, guess = small.double().max(1)
    rising, order = confidence.sort()
    gains = (large.argmax(1) == y).double() - (guess == y).double()
    first = torch.ones_like(rising, dtype=torch.bool)
    first[1:] = rising[1:] != rising[:-1]
    passed = torch.cat([first.nonzero()[:, 0], first.new_tensor([len(y)], dtype=torch.long)])
    gained = torch.cat([gains.new_zeros(1), gains[order].cumsum(0)])[passed]
    accuracy = (guess == y).double().mean() + gained / len(y)
    share = passed.double() / len(y)
    thresholds = torch.cat([rising[first], rising.new_tensor([torch.inf])])
    return CascadeCurve(thresholds, accuracy, costs[0] + costs[1] * share, share)
