"""A monitor's false alarms and its finding of a planted shift; what single features do not show."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from dlcore import evaluation
from tests.parity import assert_close


@pytest.mark.reference("false breaches, counted", of="dlcore.evaluation.DriftReport")
@pytest.mark.reference("false breaches, counted", of="dlcore.evaluation.DriftMonitor")
@pytest.mark.parametrize("n", [20, 100])
def test_false_breaches_and_a_planted_shift(n):
    generator = torch.Generator().manual_seed(n)
    monitor = evaluation.DriftMonitor(torch.randn(2000, 3, generator=generator))
    windows = torch.randn(60, n, 3, generator=generator)
    breaches = sum(monitor.update(window).breach for window in windows)
    assert breaches <= 8  # binomial(60, 0.05): 3 standard deviations above its mean
    moved = windows + torch.tensor([0.0, 4 / math.sqrt(n) + 0.3, 0.0])
    reports = [monitor.update(window) for window in moved[:20]]
    assert sum(report.drifted[1].item() for report in reports) >= 17
    assert sum(report.drifted[[0, 2]].sum().item() for report in reports) <= 4
    assert len(monitor.history) == 80


def test_a_report_is_that_of_its_parts(generator):
    reference, window = torch.randn(300, 2, generator=generator).split([200, 100])
    report = evaluation.DriftMonitor(reference, bins=5).update(window)
    test = evaluation.ks_2samp(reference, window)
    assert_close(report.statistic, test.statistic)
    assert_close(report.p_value, test.p_value)
    assert_close(report.psi, evaluation.population_stability_index(reference, window, 5))


def test_alarm_after_breaches_in_a_row():
    reference = torch.arange(100.0)
    same, moved = reference, reference + 50
    monitor = evaluation.DriftMonitor(reference, consecutive=3)
    windows = [moved, moved, same, moved, moved, moved, moved, same]
    reports = [monitor.update(window) for window in windows]
    assert [r.breach for r in reports] == [True, True, False, True, True, True, True, False]
    assert [r.alarm for r in reports] == [False] * 5 + [True, True, False]
    assert evaluation.DriftMonitor(reference).update(moved).alarm


def test_features_share_alpha():
    reference = torch.arange(50.0)
    window = reference + 13.5
    p_value = evaluation.ks_2samp(reference, window).p_value.item()
    assert 0.01 < p_value < 0.05
    columns = torch.arange(5)[None, :] == 0
    wide, moved = (
        reference[:, None].expand(50, 5),
        torch.where(columns, window[:, None], reference[:, None]),
    )
    assert evaluation.DriftMonitor(reference).update(window).breach
    assert not evaluation.DriftMonitor(wide).update(moved).breach


@pytest.mark.reference("a shift of known size", of="dlcore.evaluation.domain_classifier_auc")
def test_domain_classifier():
    rng = np.random.default_rng(0)
    old, new = rng.normal(size=(300, 2)), rng.normal(size=(200, 2))
    # the best score for a shift by 1 has the area Phi(1 / sqrt 2) = 0.760
    auc = evaluation.domain_classifier_auc(old, new + np.array([1, 0]), LogisticRegression())
    assert auc == pytest.approx(0.760, abs=0.07)  # about 3 standard errors
    same = evaluation.domain_classifier_auc(old, new, LogisticRegression())
    assert same == pytest.approx(0.5, abs=0.1)


def test_a_change_of_correlation_is_found_by_all_features_together(generator):
    old, new = torch.randn(2, 200, 2, generator=generator)
    new[:, 1] = 0.95 * new[:, 0] + math.sqrt(1 - 0.95**2) * new[:, 1]
    assert (evaluation.ks_2samp(old, new).p_value > 0.05).all()
    assert evaluation.domain_classifier_auc(old, new, folds=3) > 0.7


@pytest.mark.reference("a known change of frequencies", of="dlcore.evaluation.bbse_weights")
def test_label_shift(generator):
    p, q = torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.1, 0.3, 0.6])
    seen = torch.tensor([[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7]])

    def drawn(prior, n):
        y = torch.multinomial(prior, n, replacement=True, generator=generator)
        return torch.multinomial(seen[y], 1, generator=generator)[:, 0], y

    predictions, y = drawn(p, 20_000)
    target, _ = drawn(q, 20_000)
    weights = evaluation.bbse_weights(predictions, y, target)
    assert_close(weights, (q / p).double(), rtol=0, atol=0.15)
    scores = torch.nn.functional.one_hot(target, 3).float()
    assert_close(evaluation.bbse_weights(predictions, y, scores), weights)
    assert_close(evaluation.bbse_weights(predictions, y, predictions), np.ones(3))
    counts = np.histogram2d(predictions, y, bins=3)[0] / len(y)
    expected = np.linalg.solve(counts, np.bincount(target) / len(target))
    assert_close(weights, expected)


def test_weights_are_not_negative():
    y = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1])
    predictions = torch.tensor([0, 0, 0, 1, 1, 1, 1, 0])
    assert evaluation.bbse_weights(predictions, y, torch.zeros(9).long()).tolist() == [3.0, 0.0]


@pytest.mark.bad_input
def test_bad_input():
    x = torch.arange(6.0)
    with pytest.raises(ValueError, match="alpha must lie"):
        evaluation.DriftMonitor(x, alpha=1)
    with pytest.raises(ValueError, match="consecutive must be at least 1"):
        evaluation.DriftMonitor(x, consecutive=0)
    for reference in (x[:0], x / 0):
        with pytest.raises(ValueError, match="finite values of at least one"):
            evaluation.DriftMonitor(reference)
    with pytest.raises(ValueError, match=r"got \(2, 3, 1\)"):
        evaluation.DriftMonitor(x.reshape(2, 3, 1))
    with pytest.raises(ValueError, match="the same features"):
        evaluation.DriftMonitor(x).update(x.reshape(3, 2))
    for old, new in ((x, x), (x.reshape(3, 2), x.reshape(2, 3))):
        with pytest.raises(ValueError, match=r"shapes \(n, d\) and \(m, d\)"):
            evaluation.domain_classifier_auc(old, new)
    with pytest.raises(ValueError, match="5 folds need as many examples, got 6 and 3"):
        evaluation.domain_classifier_auc(x[:, None], x[:3, None])
    y = torch.tensor([0, 1])
    with pytest.raises(ValueError, match="cannot be inverted"):
        evaluation.bbse_weights(y * 0, y, y)
    for target in (y + 1, y[:0], -y):
        with pytest.raises(ValueError, match=r"predictions in 0\.\.1, at least one"):
            evaluation.bbse_weights(y, y, target)
