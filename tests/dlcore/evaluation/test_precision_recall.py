"""Measures of the confusion matrix against scikit-learn: averages, weights, empty classes."""

import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from dlcore import evaluation
from tests.parity import assert_close

NAN = float("nan")
AVERAGES = ("macro", "micro", "weighted", None)
MEASURES = {
    "precision_score": {},
    "recall_score": {},
    "f1_score": {},
    "fbeta_score": {"beta": 2.0},
}


def as_scikit_learn(name, predicted, y, k=None, **options):
    options |= MEASURES[name]
    labels = None if k is None else range(k)
    expected = getattr(metrics, name)(y, predicted, labels=labels, **options)
    assert_close(getattr(evaluation, name)(predicted, y, classes=k, **options), expected)


@pytest.mark.reference("sklearn.metrics.precision_score", of="dlcore.evaluation.precision_score")
@pytest.mark.reference("sklearn.metrics.recall_score", of="dlcore.evaluation.recall_score")
@pytest.mark.reference("sklearn.metrics.f1_score", of="dlcore.evaluation.f1_score")
@pytest.mark.reference("sklearn.metrics.fbeta_score", of="dlcore.evaluation.fbeta_score")
@settings(max_examples=8)
@given(
    n=st.integers(1, 19),
    k=st.integers(2, 6),
    zero_division=st.sampled_from([0.0, 1.0, NAN]),
    weighted=st.booleans(),
    seed=st.integers(0, 999),
)
def test_any_average_and_empty_classes(n, k, zero_division, weighted, seed):
    generator = torch.Generator().manual_seed(seed)
    labels, y = torch.randint(0, k, (2, n), generator=generator)
    weights = torch.rand(n, generator=generator, dtype=torch.float64) + 0.1 if weighted else None
    for name in MEASURES:
        for average in AVERAGES:
            options = {"average": average, "zero_division": zero_division}
            as_scikit_learn(name, labels, y, k, sample_weight=weights, **options)


@pytest.mark.parametrize("zero_division", [0.0, 1.0, NAN])
@pytest.mark.parametrize(
    ("labels", "y"),
    [
        ([1, 0, 1, 1], [1, 1, 0, 1]),
        ([0, 0, 0], [0, 0, 0]),
        ([0, 0, 0], [1, 0, 1]),
        ([1, 1], [0, 0]),
        ([1, 1], [1, 1]),
    ],
)
def test_two_classes(labels, y, zero_division):
    labels, y = torch.tensor(labels), torch.tensor(y)
    for name in MEASURES:
        as_scikit_learn(name, labels, y, zero_division=zero_division)
    assert_close(
        evaluation.specificity(labels, y, zero_division=zero_division),
        metrics.recall_score(y, labels, pos_label=0, zero_division=zero_division),
    )


@pytest.mark.reference(
    "sklearn.metrics.recall_score of the rest", of="dlcore.evaluation.specificity"
)
def test_specificity_of_each_class(generator):
    labels, y = torch.randint(0, 4, (2, 40), generator=generator)
    weights = torch.rand(40, generator=generator, dtype=torch.float64)
    options = {"sample_weight": weights, "zero_division": 0.0}
    rests = [metrics.recall_score(y != c, labels != c, **options) for c in range(4)]
    assert_close(evaluation.specificity(labels, y, average=None, **options), rests)
    assert_close(evaluation.specificity(labels, y, average="macro", **options), sum(rests) / 4)
    outside = [weights[y != c].sum().item() for c in range(4)]
    pooled = sum(r * w for r, w in zip(rests, outside, strict=True)) / sum(outside)
    assert_close(evaluation.specificity(labels, y, average="micro", **options), pooled)


@pytest.mark.reference(
    "sklearn.metrics.balanced_accuracy_score", of="dlcore.evaluation.balanced_accuracy"
)
@pytest.mark.reference(
    "sklearn.metrics.matthews_corrcoef", of="dlcore.evaluation.matthews_corrcoef"
)
@settings(max_examples=25)
@given(n=st.integers(1, 19), k=st.integers(1, 5), weighted=st.booleans(), seed=st.integers(0, 999))
def test_one_number_for_all_classes(n, k, weighted, seed):
    generator = torch.Generator().manual_seed(seed)
    labels, y = torch.randint(0, k, (2, n), generator=generator)
    weights = torch.rand(n, generator=generator, dtype=torch.float64) + 0.1 if weighted else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        balanced = metrics.balanced_accuracy_score(y, labels, sample_weight=weights)
        matthews = metrics.matthews_corrcoef(y, labels, sample_weight=weights)
    assert_close(evaluation.balanced_accuracy(labels, y, sample_weight=weights), balanced)
    assert_close(evaluation.matthews_corrcoef(labels, y, sample_weight=weights), matthews)


def test_constant_predictions_have_no_correlation_whatever_the_weights():
    y = torch.tensor([0, 1, 1, 0, 1])
    weights = torch.tensor([0.1, 0.2, 0.3, 0.7, 1 / 3], dtype=torch.float64)
    for labels in (torch.zeros_like(y), torch.ones_like(y)):
        assert evaluation.matthews_corrcoef(labels, y, sample_weight=weights) == 0


def test_averages_by_hand():
    C = torch.tensor([[88, 2, 0], [4, 4, 0], [2, 0, 0]])
    y = torch.arange(3).repeat_interleave(C.sum(1))
    labels = torch.arange(3).repeat(3).repeat_interleave(C.flatten())
    f1 = {a: evaluation.f1_score(labels, y, average=a) for a in AVERAGES}
    assert f1["micro"] == pytest.approx(0.92) == evaluation.accuracy(labels, y)
    assert f1["macro"] == pytest.approx(0.5093, abs=5e-5)
    assert f1["weighted"] == pytest.approx(0.9066, abs=5e-5)
    assert f1[None].tolist() == pytest.approx([0.9565, 4 / 7, 0], abs=5e-5)


def test_always_no_at_one_in_a_hundred():
    y = (torch.arange(10_000) % 100 == 0).long()
    never = torch.zeros_like(y)
    assert evaluation.accuracy(never, y) == 0.99
    assert evaluation.recall_score(never, y) == 0
    assert evaluation.specificity(never, y) == 1
    assert evaluation.balanced_accuracy(never, y) == 0.5


def test_scores_stand_for_their_largest(generator):
    scores = torch.randn(30, 3, generator=generator)
    y = torch.randint(0, 3, (30,), generator=generator)
    for measure in (evaluation.precision_score, evaluation.specificity):
        assert measure(scores, y, average="macro") == measure(
            scores.argmax(1), y, average="macro", classes=3
        )


def test_beta_moves_from_precision_to_recall(generator):
    labels, y = torch.randint(0, 2, (2, 40), generator=generator)
    f = evaluation.fbeta_score
    assert_close(f(labels, y, 0.0), evaluation.precision_score(labels, y))
    assert_close(f(labels, y, 1e8), evaluation.recall_score(labels, y))
    assert_close(f(labels, y, 1.0), evaluation.f1_score(labels, y))


@pytest.mark.bad_input
def test_bad_input():
    y = torch.tensor([0, 1, 2])
    for measure in (
        evaluation.precision_score,
        evaluation.recall_score,
        evaluation.f1_score,
        evaluation.specificity,
    ):
        with pytest.raises(ValueError, match="for two classes, got 3: choose 'macro'"):
            measure(y, y)
        with pytest.raises(ValueError, match="or None, got 'samples'"):
            measure(y, y, average="samples")
        with pytest.raises(ValueError, match="no predictions"):
            measure(y[:0], y[:0])
        with pytest.raises(TypeError, match="float32"):
            measure(y.float(), y)
    for beta in (-1.0, float("inf"), NAN):
        with pytest.raises(ValueError, match="beta must be finite and not negative"):
            evaluation.fbeta_score(y, y, beta, average="macro")
    for measure in (evaluation.balanced_accuracy, evaluation.matthews_corrcoef):
        with pytest.raises(ValueError, match="labels must lie in"):
            measure(y, -y)
        with pytest.raises(ValueError, match="not all 0"):
            measure(y, y, sample_weight=torch.zeros(3))
