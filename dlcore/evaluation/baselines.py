"""What has to be beaten, from guessing to a small network."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import is_classifier
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from dlcore.classical.comparison import corrected_interval
from dlcore.classical.estimator import as_array


class LadderRung(NamedTuple):
    """How one baseline did, and what it gained over the one below.

    Attributes:
        name: the baseline.
        scores: on each held-out fold.
        mean: their mean.
        low: lower end of the mean's confidence interval.
        high: its upper end.
        gain: the mean less that of the rung below; 0 on the first.
        gain_low: lower end of the gain's interval, on the same folds.
        gain_high: its upper end.
    """

    name: str
    scores: np.ndarray
    mean: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float


def default_ladder(*, classification: bool = True, random_state: int = 0) -> dict[str, Any]:
    """Baselines from the simplest to a small network, all with the same scaling in front.

    Args:
        classification: for labels; otherwise for numbers.
        random_state: seed of those that draw.

    Returns:
        Estimators of scikit-learn by name: a guess, a constant, a rule on one feature (a stump), a
        linear model, a random forest and a network with 32 hidden units.

    Section: :ref:`sec-baselines`
    Source: Sculley, Snoek, Wiltschko, Rahimi (2018), Winner's curse? On pace, progress, and
        empirical rigor, ICLR workshop.

    Example:
        >>> list(default_ladder())[:3]
        ['uniform guess', 'most frequent class', 'one-feature rule']

    In production: the same list, and the system that runs today.
    """
    seed = random_state
    if classification:
        rungs = {
            "uniform guess": DummyClassifier(strategy="uniform", random_state=seed),
            "most frequent class": DummyClassifier(strategy="most_frequent"),
            "one-feature rule": DecisionTreeClassifier(max_depth=1, random_state=seed),
            "logistic regression": LogisticRegression(max_iter=1000),
            "random forest": RandomForestClassifier(random_state=seed),
            "small network": MLPClassifier((32,), max_iter=2000, tol=1e-3, random_state=seed),
        }
    else:
        rungs = {
            "mean": DummyRegressor(),
            "one-feature rule": DecisionTreeRegressor(max_depth=1, random_state=seed),
            "ridge regression": Ridge(),
            "random forest": RandomForestRegressor(random_state=seed),
            "small network": TransformedTargetRegressor(
                MLPRegressor(
                    hidden_layer_sizes=(32,), max_iter=2000, tol=1e-3, alpha=1, random_state=seed
                ),
                transformer=StandardScaler(),
            ),
        }
    return {name: make_pipeline(StandardScaler(), model) for name, model in rungs.items()}


def baseline_ladder(
    X,
    y,
    models: Mapping[str, Any] | None = None,
    *,
    scoring: str | None = None,
    folds: int = 5,
    repeats: int = 1,
    confidence: float = 0.95,
    random_state: int = 0,
) -> list[LadderRung]:
    r"""Score baselines on the same folds, and each step's gain with an interval.

    Everything that learns from data is fitted within the training folds. The intervals are those
    of `benchmark_models`, which allow for the overlap of training sets.

    Args:
        X: examples, shape (n, d).
        y: labels or numbers, shape (n,).
        models: estimators by name, simplest first, preprocessing within; by default
            `default_ladder()`, for classification.
        scoring: the name of a metric of scikit-learn, "balanced_accuracy" say; by default accuracy
            or $R^2$.
        folds: parts of each division, stratified by class for classifiers.
        repeats: random divisions.
        confidence: of the intervals.
        random_state: seed of the divisions.

    Returns:
        One rung for each model, in the order given.

    Raises:
        ValueError: no models, fewer than two folds, no repetition, or a confidence outside (0, 1).

    Equation: :eq:`eq-corrected-interval`
    Section: :ref:`sec-baselines`
    Source: Nadeau, Bengio (2003), Inference for the generalization error,
        doi:10.1023/A:1024068626366.

    Example:
        >>> from sklearn.tree import DecisionTreeClassifier
        >>> X, y = np.arange(20.0)[:, None], np.arange(20) // 10
        >>> models = {"majority": DummyClassifier(), "stump": DecisionTreeClassifier(max_depth=1)}
        >>> [rung.gain > 0.3 for rung in baseline_ladder(X, y, models, folds=2)]
        [False, True]

    In production: sklearn.model_selection.cross_validate on sklearn.dummy's estimators and yours.
    """
    models = default_ladder(random_state=random_state) if models is None else models
    if not models or folds < 2 or repeats < 1 or not 0 < confidence < 1:
        raise ValueError(
            "baseline_ladder needs models, 2 folds, a repetition and a confidence in (0, 1), got "
            f"{len(models)}, {folds}, {repeats} and {confidence}"
        )
    X, y = as_array(X), as_array(y)
    rungs: list[LadderRung] = []
    for name, model in models.items():
        kind = RepeatedStratifiedKFold if is_classifier(model) else RepeatedKFold
        split = kind(n_splits=folds, n_repeats=repeats, random_state=random_state)
        scores = cross_val_score(model, X, y, scoring=scoring, cv=split)
        low, high = corrected_interval(scores, 1 / (folds - 1), confidence)
        gains = scores - rungs[-1].scores if rungs else np.zeros_like(scores)
        gain_low, gain_high = corrected_interval(gains, 1 / (folds - 1), confidence)
        gain = float(gains.mean())
        rungs.append(
            LadderRung(name, scores, float(scores.mean()), low, high, gain, gain_low, gain_high)
        )
    return rungs
