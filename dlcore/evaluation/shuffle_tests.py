"""Destroying what is to be learned, to see whether the score falls to chance."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from scipy.stats import binomtest, t
from sklearn.base import BaseEstimator
from torch import Tensor

from dlcore.classical import cross_val_score
from dlcore.classical.estimator import as_generator, like

FitScore = Callable[[Tensor, Tensor, Tensor, Tensor], float]
ROUNDING = 1e-12


class ShuffleTest(NamedTuple):
    """The validation accuracy of a model that had nothing to learn, beside that of chance.

    Attributes:
        accuracy: on the validation examples; the mean where training was repeated.
        chance: the share of the most frequent validation label.
        low: lower end of the accuracy's confidence interval.
        high: its upper end.
        at_chance: whether the interval begins at or below chance.
    """

    accuracy: float
    chance: float
    low: float
    high: float
    at_chance: bool


def label_shuffle_test(
    fit_score: FitScore,
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    X_val: Shaped[Tensor, "m ..."],
    y_val: Int[Tensor, " m"],
    *,
    repeats: int = 5,
    confidence: float = 0.95,
    generator: torch.Generator | None = None,
) -> ShuffleTest:
    """Train on shuffled labels: the validation accuracy must fall to chance.

    The training accuracy says nothing, since a large network memorizes any labels. Accuracy above
    chance means that the validation labels come in by another way. A single shuffle may be lucky:
    where inputs cluster, whole clusters get the right label or not, so accuracies differ from
    shuffle to shuffle by much more than the validation examples' number suggests. Hence several.

    Args:
        fit_score: trains a fresh model on (X, y) and returns its accuracy on (X_val, y_val).
        X: training inputs, shape (n, ...).
        y: training labels, shape (n,).
        X_val: validation inputs, shape (m, ...).
        y_val: validation labels, shape (m,).
        repeats: shuffles, at least 2.
        confidence: of the interval of the mean over the shuffles, Student's t.
        generator: source of the orders; by default torch's global one.

    Returns:
        Mean accuracy, chance, interval, and whether the accuracy is at chance, as it should be.

    Raises:
        ValueError: inputs and labels that do not fit, an accuracy outside of [0, 1], fewer than 2
            shuffles, or a confidence outside of (0, 1).

    Section: :ref:`sec-shuffle-checks`
    Source: Zhang, Bengio, Hardt, Recht, Vinyals (2017), Understanding deep learning requires
        rethinking generalization, arXiv:1611.03530.

    Example:
        >>> def majority(X, y, X_val, y_val):
        ...     return (y_val == y.mode().values).float().mean().item()
        >>> X, y = torch.zeros(40, 1), torch.arange(40) % 2
        >>> label_shuffle_test(majority, X, y, X, y).at_chance
        True

    In production: sklearn.model_selection.permutation_test_score.
    """
    _require_fit(X, y, X_val, y_val, confidence)
    if repeats < 2:
        raise ValueError(f"at least 2 shuffles are needed, got {repeats}")
    accuracies = [
        fit_score(X, y[_permutation(len(y), generator).to(y.device)], X_val, y_val)
        for _ in range(repeats)
    ]
    _require_accuracies(accuracies)
    mean, error = np.mean(accuracies), np.std(accuracies, ddof=1) / np.sqrt(repeats)
    half = t.ppf((1 + confidence) / 2, repeats - 1) * error
    low, high, chance = float(mean - half), float(mean + half), _chance(y_val)
    return ShuffleTest(float(mean), chance, low, high, low <= chance)


def pixel_shuffle_test(
    fit_score: FitScore,
    X: Float[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    X_val: Float[Tensor, "m ..."],
    y_val: Int[Tensor, " m"],
    *,
    same: bool = False,
    confidence: float = 0.99,
    generator: torch.Generator | None = None,
) -> ShuffleTest:
    """Train on images whose pixels are shuffled, each image in its own way.

    What is left is what no order can hide: brightness, contrast, the histogram. One permutation
    for all images destroys nothing for a dense network, which does not know what is beside what.

    Args:
        fit_score: trains a fresh model on (X, y) and returns its accuracy on (X_val, y_val).
        X: training images, shape (n, ...); everything but the first axis is shuffled as one.
        y: training labels, shape (n,).
        X_val: validation images, shape (m, ...), shuffled as well.
        y_val: validation labels, shape (m,).
        same: one permutation for all images, to see the difference.
        confidence: of the interval around the accuracy.
        generator: source of the orders; by default torch's global one.

    Returns:
        Accuracy, chance, interval, and whether the accuracy is at chance.

    Raises:
        ValueError: as in `label_shuffle_test`.

    Section: :ref:`sec-shuffle-checks`
    Source: Zhang, Bengio, Hardt, Recht, Vinyals (2017), Understanding deep learning requires
        rethinking generalization, arXiv:1611.03530: random and shuffled pixels.

    Example:
        >>> def first_pixel(X, y, X_val, y_val):
        ...     return ((X_val[:, 0] > 0).long() == y_val).float().mean().item()
        >>> y = torch.arange(200) % 2
        >>> X = torch.nn.functional.pad(y[:, None].float(), (0, 63))
        >>> check = pixel_shuffle_test(first_pixel, X, y, X, y)
        >>> first_pixel(X, y, X, y), check.at_chance
        (1.0, True)

    In production: the same lines.
    """
    _require_fit(X, y, X_val, y_val, confidence)
    size = X[0].numel()
    order = _permutation(size, generator) if same else None
    parts = [_shuffle_pixels(images, order, generator) for images in (X, X_val)]
    accuracy = fit_score(parts[0], y, parts[1], y_val)
    low, high, chance = chance_interval(accuracy, y_val, confidence)
    return ShuffleTest(float(accuracy), chance, low, high, low <= chance)


class PermutationTest(NamedTuple):
    """A score beside those that shuffled labels give.

    Attributes:
        score: mean over the folds, with the labels as they are.
        permuted: with shuffled labels, one for each permutation.
        p_value: how often chance is as good, (1 + as good or better) / (1 + permutations).
    """

    score: float
    permuted: np.ndarray
    p_value: float


def permutation_test_score(
    estimator: BaseEstimator,
    X,
    y,
    *,
    cv=5,
    n_permutations: int = 100,
    random_state: int | torch.Generator | None = None,
) -> PermutationTest:
    r"""Whether a cross-validated score could come from labels that have nothing to do with X.

    Args:
        estimator: anything with `fit` and `score`; it is copied, not changed.
        X: examples, shape (n, d).
        y: targets, shape (n,).
        cv: as in `cross_val_score`.
        n_permutations: how many shuffles; the smallest p-value is 1 / (1 + n_permutations).
        random_state: seed or generator of the shuffles.

    Returns:
        The score, the shuffled scores and the p-value.

    Raises:
        ValueError: no permutation, or as in `cross_val_score`.

    Equation: :eq:`eq-permutation-p-value`
    Section: :ref:`sec-shuffle-checks`
    Source: Ojala, Garriga (2010), Permutation tests for studying classifier performance, JMLR 11.

    Example:
        >>> from dlcore.classical import KNeighborsClassifier
        >>> y = torch.arange(20) // 10
        >>> X, model = y[:, None].float(), KNeighborsClassifier(1)
        >>> test = permutation_test_score(model, X, y, n_permutations=19, random_state=0)
        >>> test.score, test.p_value
        (1.0, 0.05)

    In production: sklearn.model_selection.permutation_test_score.
    """
    if n_permutations < 1:
        raise ValueError(f"at least one permutation is needed, got {n_permutations}")
    generator = as_generator(random_state)

    def mean_score(labels) -> float:
        return float(np.asarray(cross_val_score(estimator, X, labels, cv=cv), dtype=float).mean())

    score = mean_score(y)
    orders = (_permutation(len(y), generator) for _ in range(n_permutations))
    permuted = np.array([mean_score(y[like(y, order)]) for order in orders])
    as_good = (permuted >= score - ROUNDING).sum()
    return PermutationTest(score, permuted, float((1 + as_good) / (1 + n_permutations)))


def _permutation(n: int, generator: torch.Generator | None) -> Tensor:
    device = generator.device if generator else torch.device("cpu")
    return torch.randperm(n, generator=generator, device=device).cpu()


def _shuffle_pixels(
    images: Tensor, order: Tensor | None, generator: torch.Generator | None
) -> Tensor:
    flat = images.flatten(1)
    if order is not None:
        return flat[:, order.to(flat.device)].reshape(images.shape)
    device = generator.device if generator else torch.device("cpu")
    orders = torch.rand(flat.shape, generator=generator, device=device).argsort(1).to(flat.device)
    return flat.gather(1, orders).reshape(images.shape)


def chance_interval(
    accuracy: float, y_val: Tensor, confidence: float
) -> tuple[float, float, float]:
    """Wilson's interval around an accuracy, and the share of the most frequent label."""
    _require_accuracies([accuracy])
    right = round(accuracy * len(y_val))
    interval = binomtest(right, len(y_val)).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high), _chance(y_val)


def _chance(y_val: Tensor) -> float:
    return y_val.unique(return_counts=True)[1].max().item() / len(y_val)


def _require_accuracies(accuracies: Sequence[float]) -> None:
    for accuracy in accuracies:
        if not 0 <= accuracy <= 1:
            raise ValueError(f"fit_score must return an accuracy in [0, 1], got {accuracy}")


def _require_fit(X: Tensor, y: Tensor, X_val: Tensor, y_val: Tensor, confidence: float) -> None:
    for name, inputs, labels in (("X and y", X, y), ("X_val and y_val", X_val, y_val)):
        if len(inputs) != len(labels) or labels.ndim != 1 or len(labels) == 0:
            raise ValueError(
                f"{name} must be examples and one label each, got {tuple(inputs.shape)} and "
                f"{tuple(labels.shape)}"
            )
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie in (0, 1), got {confidence}")
