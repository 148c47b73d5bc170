"""Learning curves against scikit-learn, diagnoses against a table of cases."""

import numpy as np
import pytest
import sklearn.model_selection as peer
import torch
from sklearn.datasets import load_wine
from sklearn.naive_bayes import GaussianNB

from dlcore.classical import KFold
from dlcore.evaluation import LearningCurve, diagnose_curves, diagnose_fit, learning_curve
from tests.parity import assert_close

WINE = load_wine(return_X_y=True)
ORDER = np.random.default_rng(0).permutation(178)


@pytest.mark.reference(
    "sklearn.model_selection.learning_curve", of="dlcore.evaluation.learning_curve"
)
@pytest.mark.reference(
    "sklearn.model_selection.learning_curve", of="dlcore.evaluation.LearningCurve"
)
@pytest.mark.parametrize("sizes", [[20, 60, 142], [0.25, 1.0]])
def test_learning_curve(sizes):
    X, y = WINE[0][ORDER], WINE[1][ORDER]
    ours = learning_curve(GaussianNB(), X, y, sizes=sizes, cv=KFold(5))
    theirs = peer.learning_curve(GaussianNB(), X, y, train_sizes=ours.sizes, cv=peer.KFold(5))
    assert isinstance(ours, LearningCurve)
    for mine, expected in zip(ours, theirs, strict=True):
        assert_close(mine, expected)


def test_the_order_of_examples_can_be_drawn():
    """The wines stand sorted: without a draw the first twenty are of one kind."""
    sorted_ = learning_curve(GaussianNB(), *WINE, sizes=[20], cv=KFold(5))
    drawn = learning_curve(
        GaussianNB(), *WINE, sizes=[20], cv=5, generator=torch.Generator().manual_seed(0)
    )
    assert sorted_.validation.mean() < 0.5 < 0.8 < drawn.validation.mean()


@pytest.mark.reference("table of cases", of="dlcore.evaluation.diagnose_fit")
@pytest.mark.parametrize(
    ("train", "validation", "expected"),
    [
        (0.01, 0.02, "good"),
        (0.01, 0.20, "overfit"),
        (0.20, 0.21, "underfit"),
        (0.20, 0.40, "underfit and overfit"),
        (0.20, 0.10, "underfit"),
    ],
)
def test_errors(train, validation, expected):
    assert diagnose_fit(train, validation, target=0.02) == expected


T = np.linspace(0, 1, 40)
SATURATED = 1 - np.exp(-10 * T)
STALLED = np.where(T < 0.4, 0.5 * (1 - np.exp(-30 * T)), 0.5 * (2 - np.exp(-20 * (T - 0.4))))


@pytest.mark.reference("table of cases", of="dlcore.evaluation.diagnose_curves")
@pytest.mark.parametrize(
    ("train", "validation", "options", "expected"),
    [
        (SATURATED, SATURATED - 0.02, {}, []),
        (SATURATED, 0.7 * SATURATED, {}, ["overfit"]),
        (0.6 * SATURATED, 0.58 * SATURATED, {}, ["underfit"]),
        (0.9 * T, 0.85 * T, {}, ["train longer"]),
        (0.9 * T, 0.5 * T, {}, ["overfit", "train longer"]),
        (0 * T + 0.1, 0 * T + 0.1, {}, ["flat from the start"]),
        (STALLED, STALLED - 0.02, {}, ["plateau in the middle"]),
        (STALLED, STALLED - 0.02, {"decay": 16}, ["decay well timed"]),
        (STALLED, STALLED - 0.02, {"decay": 10}, ["decay too early"]),
        (0.9 * T, 0.85 * T, {"decay": 20}, ["train longer", "decay too early"]),
    ],
)
def test_curves(train, validation, options, expected):
    assert diagnose_curves(train.tolist(), validation.tolist(), **options) == expected


@pytest.mark.bad_input
def test_bad_input_is_refused():
    for sizes in ([], [0], [200], [0.0]):
        with pytest.raises(ValueError, match="training examples"):
            learning_curve(GaussianNB(), *WINE, sizes=sizes)
    with pytest.raises(ValueError, match="negative"):
        diagnose_fit(-0.1, 0.1, target=0.0)
    with pytest.raises(ValueError, match="8 epochs"):
        diagnose_curves([0.1] * 7, [0.1] * 7)
    with pytest.raises(ValueError, match="decay"):
        diagnose_curves([0.1] * 8, [0.1] * 8, decay=8)
