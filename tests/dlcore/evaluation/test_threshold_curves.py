"""ROC and precision-recall curves against scikit-learn, with ties and weights; areas by pairs."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from dlcore import evaluation
from tests.parity import assert_close


def drawn(n, levels, seed, weighted):
    """Scores with ties, labels of both classes, weights of which some may be 0."""
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randint(0, levels, (n,), generator=generator).double() / levels
    y = torch.randint(0, 2, (n,), generator=generator)
    y[0], y[1] = 0, 1
    weights = torch.rand(n, generator=generator, dtype=torch.float64) if weighted else None
    if weights is not None:
        weights[2:] *= torch.rand(n - 2, generator=generator) > 0.2
    return scores, y, weights


@pytest.mark.reference("sklearn.metrics.roc_curve", of="dlcore.evaluation.RocCurve")
@pytest.mark.reference(
    "sklearn.metrics.precision_recall_curve", of="dlcore.evaluation.PrecisionRecallCurve"
)
@pytest.mark.reference("sklearn.metrics.roc_curve", of="dlcore.evaluation.roc_curve")
@pytest.mark.reference("sklearn.metrics.roc_auc_score", of="dlcore.evaluation.roc_auc")
@pytest.mark.reference(
    "sklearn.metrics.precision_recall_curve", of="dlcore.evaluation.precision_recall_curve"
)
@pytest.mark.reference(
    "sklearn.metrics.average_precision_score", of="dlcore.evaluation.average_precision"
)
@settings(max_examples=40)
@given(
    n=st.integers(2, 40),
    levels=st.sampled_from([1, 2, 5, 1000]),
    seed=st.integers(0, 999),
    weighted=st.booleans(),
)
def test_as_scikit_learn(n, levels, seed, weighted):
    scores, y, weights = drawn(n, levels, seed, weighted)
    options = {"sample_weight": weights}
    roc = evaluation.roc_curve(scores, y, **options)
    expected = metrics.roc_curve(y, scores, drop_intermediate=False, **options)
    if not weighted:
        for ours, theirs in zip(roc, expected, strict=True):
            assert_close(ours, theirs)
    assert_close(
        evaluation.roc_auc(scores, y, **options), metrics.roc_auc_score(y, scores, **options)
    )
    ours = evaluation.precision_recall_curve(scores, y, **options)
    precision, recall, thresholds = metrics.precision_recall_curve(y, scores, **options)
    if not weighted:
        assert_close(ours.precision, precision[::-1].copy())
        assert_close(ours.recall, recall[::-1].copy())
        assert_close(ours.thresholds[1:], thresholds[::-1].copy())
    assert_close(
        evaluation.average_precision(scores, y, **options),
        metrics.average_precision_score(y, scores, **options),
    )


@pytest.mark.parametrize("levels", [1, 3, 10_000])
def test_the_area_is_the_share_of_pairs_in_order(levels):
    scores, y, _ = drawn(60, levels, 5, False)
    positive, negative = scores[y == 1][:, None], scores[y == 0]
    pairs = (positive > negative).double() + 0.5 * (positive == negative).double()
    assert evaluation.roc_auc(scores, y) == pytest.approx(pairs.mean().item(), abs=1e-12)


def test_weights_are_copies():
    scores, y, _ = drawn(30, 6, 8, False)
    copies = torch.arange(30) % 4
    copies[:2] = 1
    many = scores.repeat_interleave(copies), y.repeat_interleave(copies)
    for measure in (evaluation.roc_auc, evaluation.average_precision):
        assert_close(measure(scores, y, sample_weight=copies), measure(*many))


def test_thresholds_say_who_is_positive():
    scores, y, _ = drawn(30, 6, 2, False)
    roc = evaluation.roc_curve(scores, y)
    pr = evaluation.precision_recall_curve(scores, y)
    for k, threshold in enumerate(roc.thresholds[1:], start=1):
        labels = (scores >= threshold).long()
        assert_close(roc.tpr[k], evaluation.recall_score(labels, y))
        assert_close(roc.fpr[k], 1 - evaluation.specificity(labels, y))
        assert_close(pr.precision[k], evaluation.precision_score(labels, y))
        assert_close(pr.recall[k], roc.tpr[k])


def test_scores_that_know_nothing_or_all():
    y = torch.tensor([True, False, False, False])
    same = torch.zeros(4)
    assert evaluation.roc_auc(same, y) == 0.5
    assert evaluation.average_precision(same, y) == 0.25
    assert evaluation.roc_auc(y.float(), y) == evaluation.average_precision(y.float(), y) == 1
    assert evaluation.roc_auc(-y.float(), y) == 0
    many = torch.linspace(-1, 2, 1003)
    assert evaluation.roc_auc(many, many > 0) == 1
    assert evaluation.average_precision(many, many > 0) == pytest.approx(1)


def test_average_precision_is_no_trapezoid():
    scores, y = torch.tensor([0.9, 0.8, 0.7, 0.6]), torch.tensor([1, 0, 0, 1])
    assert evaluation.average_precision(scores, y) == pytest.approx(0.5 * 1 + 0.5 * 0.5)
    curve = evaluation.precision_recall_curve(scores, y)
    assert torch.trapezoid(curve.precision, curve.recall) != pytest.approx(0.75)


def test_two_normal_distributions(generator):
    y = (torch.arange(40_000) % 2).long()
    scores = torch.randn(40_000, generator=generator) + 2 * y
    exact = 0.5 * math.erfc(-1.0)  # P(N(2, 2) > 0)
    # standard error of the area: about 0.0014 at this size (Hanley and McNeil, 1982)
    assert evaluation.roc_auc(scores, y) == pytest.approx(exact, abs=0.006)


@pytest.mark.reference("Bayes' rule", of="dlcore.evaluation.precision_at_prevalence")
def test_precision_at_another_prevalence():
    scores, y, _ = drawn(200, 9, 4, False)
    roc, pr = evaluation.roc_curve(scores, y), evaluation.precision_recall_curve(scores, y)
    at = evaluation.precision_at_prevalence
    share = y.double().mean().item()
    assert_close(at(roc.tpr, roc.fpr, share), pr.precision)
    resampled = torch.cat([scores[y == 1].repeat(3), scores[y == 0]])
    labels = torch.cat([torch.ones(3 * int(y.sum())), torch.zeros(int((1 - y).sum()))]).long()
    more = evaluation.precision_recall_curve(resampled, labels)
    assert_close(at(roc.tpr, roc.fpr, labels.double().mean().item()), more.precision)
    assert at(0.99, 0.01, 0.01) == pytest.approx(0.5)
    assert at(0.0, 0.0, 0.5) == 1


@pytest.mark.bad_input
@pytest.mark.parametrize(
    "measure",
    [
        evaluation.roc_curve,
        evaluation.roc_auc,
        evaluation.precision_recall_curve,
        evaluation.average_precision,
    ],
)
def test_bad_input(measure):
    scores, y = torch.tensor([0.1, 0.9]), torch.tensor([0, 1])
    with pytest.raises(ValueError, match=r"got \(2,\) and \(1,\)"):
        measure(scores, y[:1])
    with pytest.raises(ValueError, match=r"got \(2, 1\)"):
        measure(scores[:, None], y[:, None])
    with pytest.raises(ValueError, match="n at least 1"):
        measure(scores[:0], y[:0])
    for value in (np.nan, np.inf):
        with pytest.raises(ValueError, match="finite"):
            measure(torch.tensor([0.1, value]), y)
    with pytest.raises(ValueError, match="0 or 1"):
        measure(scores, y + 1)
    with pytest.raises(ValueError, match="must be"):
        measure(scores, y * 0)
    with pytest.raises(ValueError, match="not negative"):
        measure(scores, y, sample_weight=torch.tensor([1.0, -1.0]))


@pytest.mark.bad_input
def test_one_class_and_impossible_rates():
    scores, y = torch.tensor([0.1, 0.9]), torch.tensor([1, 1])
    with pytest.raises(ValueError, match="both classes"):
        evaluation.roc_auc(scores, y)
    assert evaluation.average_precision(scores, y) == 1
    with pytest.raises(ValueError, match="prevalence"):
        evaluation.precision_at_prevalence(0.5, 0.5, 1.0)
    with pytest.raises(ValueError, match="rates"):
        evaluation.precision_at_prevalence(1.5, 0.5, 0.5)
