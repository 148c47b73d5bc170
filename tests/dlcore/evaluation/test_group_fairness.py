"""Rates of groups beside scikit-learn's, and the identity that sets criteria against each other."""

import math

import numpy as np
import pytest
import torch
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, confusion_matrix, precision_score, recall_score

from dlcore.evaluation import FairnessReport, fairness_report, implied_fpr
from tests.parity import assert_close

COUNTS = {0: (40, 10, 10, 40), 1: (16, 4, 4, 76)}  # TP, FN, FP, TN


def from_counts(counts):
    """Predictions, targets and groups with these numbers."""
    rows = [
        row
        for group, (tp, fn, fp, tn) in counts.items()
        for row, times in (
            ((1, 1, group), tp),
            ((0, 1, group), fn),
            ((1, 0, group), fp),
            ((0, 0, group), tn),
        )
        for _ in range(times)
    ]
    return torch.tensor(rows).unbind(1)


@pytest.mark.reference("closed form", of="dlcore.evaluation.fairness_report")
@pytest.mark.reference("closed form", of="dlcore.evaluation.FairnessReport")
def test_equal_opportunity_and_precision_leave_the_other_rates_apart():
    report = fairness_report(*from_counts(COUNTS))
    assert isinstance(report, FairnessReport)
    assert report.counts.tolist() == [100, 100]
    assert_close(report.base_rate, [0.5, 0.2])
    assert_close(report.selection_rate, [0.5, 0.2])
    assert_close(report.tpr, [0.8, 0.8])
    assert_close(report.ppv, [0.8, 0.8])
    assert_close(report.fpr, [0.2, 0.05])
    assert_close(report.demographic_parity, 0.3)
    assert_close(report.equal_opportunity, 0.0)
    assert_close(report.predictive_parity, 0.0)
    assert_close(report.equalized_odds, 0.15)
    assert report.calibration_error is None
    assert math.isnan(report.calibration_gap)


@pytest.mark.reference("sklearn.metrics.recall_score", of="dlcore.evaluation.fairness_report")
@pytest.mark.reference(
    "sklearn.calibration.calibration_curve", of="dlcore.evaluation.fairness_report"
)
def test_three_groups_as_scikit_learn_sees_each(generator):
    group = torch.tensor([7, -1, 3])[torch.randint(3, (300,), generator=generator)]
    scores = torch.rand(300, generator=generator, dtype=torch.float64)
    y = torch.rand(300, generator=generator) < 0.2 + 0.6 * scores
    predictions = scores > 0.5
    report = fairness_report(predictions, y, group, scores=scores, n_bins=5)
    assert report.groups.tolist() == [-1, 3, 7]
    gaps = []
    for g, label in enumerate((-1, 3, 7)):
        chosen = group == label
        truth, guess, p = y[chosen].numpy(), predictions[chosen].numpy(), scores[chosen].numpy()
        tn, fp, _, _ = confusion_matrix(truth, guess).ravel()
        assert report.counts[g] == len(truth)
        assert_close(report.base_rate[g], truth.mean())
        assert_close(report.selection_rate[g], guess.mean())
        assert_close(report.tpr[g], recall_score(truth, guess))
        assert_close(report.ppv[g], precision_score(truth, guess))
        assert_close(report.fpr[g], fp / (fp + tn))
        assert_close(report.accuracy[g], accuracy_score(truth, guess))
        happened, said = calibration_curve(truth, p, n_bins=5)
        sizes = np.histogram(p, bins=5, range=(0, 1))[0]
        gaps.append((sizes * abs(happened - said)).sum() / len(p))
    assert_close(report.calibration_error, gaps)
    assert_close(report.calibration_gap, max(gaps) - min(gaps))


@pytest.mark.reference("closed form", of="dlcore.evaluation.fairness_report")
def test_a_rate_that_does_not_exist_is_not_passed_over():
    y = torch.tensor([1, 0, 0, 0])
    report = fairness_report(torch.tensor([1, 0, 0, 1]), y, torch.tensor([0, 0, 1, 1]))
    assert report.tpr[0] == 1
    assert math.isnan(report.tpr[1])
    assert math.isnan(report.equal_opportunity)
    assert math.isnan(report.equalized_odds)
    assert_close(report.demographic_parity, 0.0)


@pytest.mark.reference("sklearn.metrics.confusion_matrix", of="dlcore.evaluation.implied_fpr")
def test_three_shares_leave_one_false_positive_rate(generator):
    y = torch.rand(200, generator=generator) < 0.3
    guess = y ^ (torch.rand(200, generator=generator) < 0.25)
    tn, fp, fn, tp = confusion_matrix(y.numpy(), guess.numpy()).ravel()
    found = implied_fpr((tp + fn) / 200, tp / (tp + fp), fn / (tp + fn))
    assert_close(found, fp / (fp + tn))
    assert_close(implied_fpr(torch.tensor([0.5, 0.2], dtype=torch.float64), 0.8, 0.2), [0.2, 0.05])
    assert_close(implied_fpr(torch.tensor([0.5, 0.2]), 1.0, 0.0), [0.0, 0.0])


@pytest.mark.bad_input
def test_what_cannot_be_compared():
    y, group = torch.tensor([1, 0, 1]), torch.tensor([0, 1, 1])
    for call, message in (
        (lambda: fairness_report(y[:2], y, group), "one shape"),
        (lambda: fairness_report(2 * y, y, group), "predictions must be 0 or 1"),
        (lambda: fairness_report(y, y - 1, group), "y must be 0 or 1"),
        (lambda: fairness_report(y, y, 0 * group), "at least two groups"),
        (lambda: fairness_report(y, y, group, scores=torch.ones(2)), "scores must be 3"),
        (lambda: fairness_report(y, y, group, scores=2 * torch.ones(3)), "scores must be 3"),
        (lambda: implied_fpr(1.0, 0.5, 0.1), "base_rate must lie"),
        (lambda: implied_fpr(0.5, 0.0, 0.1), "base_rate must lie"),
        (lambda: implied_fpr(0.5, 0.5, 1.5), "fnr must lie"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
