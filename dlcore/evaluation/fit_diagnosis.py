"""Too simple, too flexible, or too few data: reading it off the errors."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from sklearn.base import BaseEstimator, clone, is_classifier
from torch import Tensor

from dlcore.classical import KFold, StratifiedKFold

Diagnosis = Literal["good", "underfit", "overfit", "underfit and overfit"]


class LearningCurve(NamedTuple):
    """Scores against the number of training examples.

    Attributes:
        sizes: how many examples were learned from, shape (s,).
        train: scores on these, shape (s, folds).
        validation: scores on the fold left out, shape (s, folds).
    """

    sizes: Tensor
    train: Float[Tensor, "s folds"]
    validation: Float[Tensor, "s folds"]


def learning_curve(
    estimator: BaseEstimator,
    X,
    y,
    *,
    sizes: Sequence[float] = (0.1, 0.325, 0.55, 0.775, 1.0),
    cv=5,
    generator: torch.Generator | None = None,
) -> LearningCurve:
    """Train on more and more of the data, score on what was seen and on what was not.

    Curves that have met at a poor score ask for a better model; a gap that still closes, for more
    data.

    Args:
        estimator: anything with `fit` and `score`, preprocessing within; it is copied.
        X: examples, shape (n, d).
        y: targets, shape (n,).
        sizes: shares of the training folds in (0, 1], or numbers of examples.
        cv: folds, an object with `split` or how many, then stratified for a classifier.
        generator: draws the order in which training examples are added, one order a fold; without
            it they come as they stand.

    Returns:
        Sizes and scores.

    Raises:
        ValueError: no sizes, or one outside of 1 to the number of training examples.

    Section: :ref:`sec-fit-diagnosis`
    Source: Cortes, Jackel, Solla, Vapnik, Denker (1993), Learning curves: asymptotic values and
        rate of convergence, NeurIPS 6.

    Example:
        >>> from dlcore.classical import Ridge
        >>> X = torch.arange(20.0)[:, None]
        >>> curve = learning_curve(Ridge(0.1), X, X[:, 0], sizes=[4, 16], cv=5)
        >>> curve.sizes, curve.validation.shape
        (tensor([ 4, 16]), torch.Size([2, 5]))

    In production: sklearn.model_selection.learning_curve.
    """
    if isinstance(cv, int):
        cv = StratifiedKFold(cv) if is_classifier(estimator) else KFold(cv)
    divisions = list(cv.split(X, y))
    most = min(len(train) for train, _ in divisions)
    counts = [round(s * most) if isinstance(s, float) else s for s in sizes]
    if not counts or min(counts) < 1 or max(counts) > most:
        raise ValueError(f"sizes must give 1 to {most} training examples, got {list(sizes)}")
    train_scores = torch.empty(len(counts), len(divisions), dtype=torch.float64)
    validation_scores = torch.empty_like(train_scores)
    for k, (train, test) in enumerate(divisions):
        if generator is not None:
            order = torch.randperm(len(train), generator=generator, device=generator.device)
            train = train[order.cpu()]
        for i, count in enumerate(counts):
            part = train[:count]
            fitted = clone(estimator).fit(X[part], y[part])
            train_scores[i, k] = float(fitted.score(X[part], y[part]))
            validation_scores[i, k] = float(fitted.score(X[test], y[test]))
    return LearningCurve(torch.tensor(counts), train_scores, validation_scores)


def diagnose_fit(
    train_error: float, validation_error: float, *, target: float, tolerance: float = 0.02
) -> Diagnosis:
    """Whether a model is too simple, too flexible, both, or good enough.

    Args:
        train_error: on the training examples.
        validation_error: on the validation examples.
        target: the error that is wanted: a human's, a requirement, that of noise.
        tolerance: by how much errors may differ and still count as equal.

    Returns:
        "underfit" if the training error is above the target, "overfit" if the validation error is
        above the training error, "underfit and overfit" if both are, else "good". Treat an
        underfit first: more capacity, longer training; then the gap: data, regularization.

    Raises:
        ValueError: an error that is negative or NaN, or a negative tolerance.

    Section: :ref:`sec-fit-diagnosis`
    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 11.3.

    Example:
        >>> diagnose_fit(0.01, 0.15, target=0.02)
        'overfit'

    In production: the same rule, with intervals instead of a tolerance.
    """
    if not min(train_error, validation_error, target, tolerance) >= 0:
        raise ValueError(
            "errors, target and tolerance must not be negative, got "
            f"{train_error}, {validation_error}, {target} and {tolerance}"
        )
    overfit = validation_error > train_error + tolerance
    if train_error > target + tolerance:
        return "underfit and overfit" if overfit else "underfit"
    return "overfit" if overfit else "good"


def diagnose_curves(
    train: Sequence[float],
    validation: Sequence[float],
    *,
    target: float = 0.95,
    gap: float = 0.1,
    flat: float = 0.01,
    decay: int | None = None,
) -> list[str]:
    """What the accuracies of a training run, epoch by epoch, say about it.

    Args:
        train: accuracy on the training examples after each epoch.
        validation: on the validation examples.
        target: the accuracy that is wanted.
        gap: a difference at the end above this is large.
        flat: a change over an eighth of the run of at most this is none.
        decay: the epoch, counted from 0, from which the learning rate was lower.

    Returns:
        What holds, in this order: "flat from the start" (look at initialization and rate), which
        excludes the others; "overfit" (a large gap); "underfit" (no gap, below the target, and
        done rising); "train longer" (validation still rises); "plateau in the middle" (lower the
        rate there); "decay well timed" (flat before it, rising after) or "decay too early" (still
        rising before it).

    Raises:
        ValueError: fewer than 8 epochs, lists of different lengths, or a decay outside of the run.

    Section: :ref:`sec-fit-diagnosis`
    Source: Karpathy (2015), CS231n, Neural networks part 3, "Train/Val accuracy".

    Example:
        >>> rising = [1 - 0.5**t for t in range(12)]
        >>> diagnose_curves(rising, [0.7 * a for a in rising])
        ['overfit']

    In production: look at the curves.
    """
    n = len(train)
    if n < 8 or len(validation) != n:
        raise ValueError(f"8 epochs of both curves are needed, got {n} and {len(validation)}")
    window = n // 8
    if decay is not None and not window < decay < n:
        raise ValueError(f"decay must lie in {window + 1} to {n - 1}, got {decay}")
    if max(train) - train[0] <= flat:
        return ["flat from the start"]
    apart = train[-1] - validation[-1] > gap
    rising = validation[-1] - validation[-1 - window] > flat
    rises = [train[i + window] - train[i] for i in range(n - window)]
    later = [max(train[i + window :]) - train[i + window] for i in range(n - window)]
    plateau = any(rise <= flat < more for rise, more in zip(rises, later, strict=True))
    found = {
        "overfit": apart,
        "underfit": not apart and not rising and train[-1] < target,
        "train longer": rising,
        "plateau in the middle": plateau and decay is None,
    }
    if decay is not None:
        before, after = rises[decay - 1 - window], max(train[decay:]) - train[decay - 1]
        found["decay well timed"] = before <= flat < after
        found["decay too early"] = before > flat
    return [name for name, holds in found.items() if holds]
