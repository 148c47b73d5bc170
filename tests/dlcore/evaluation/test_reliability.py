"""Reliability curves and Brier scores against scikit-learn; calibration errors bin by bin."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from dlcore import evaluation
from tests.parity import assert_close

ERRORS = (evaluation.expected_calibration_error, evaluation.maximum_calibration_error)


@pytest.mark.reference(
    "sklearn.calibration.calibration_curve", of="dlcore.evaluation.ReliabilityCurve"
)
@pytest.mark.reference(
    "sklearn.calibration.calibration_curve", of="dlcore.evaluation.reliability_curve"
)
@pytest.mark.reference("largest gap by bins", of="dlcore.evaluation.maximum_calibration_error")
@settings(max_examples=30)
@given(
    a_bin=st.integers(1, 6),
    bins=st.integers(1, 12),
    strategy=st.sampled_from(["uniform", "quantile"]),
    seed=st.integers(0, 999),
)
def test_as_scikit_learn(a_bin, bins, strategy, seed):
    n, generator = a_bin * bins, torch.Generator().manual_seed(seed)
    p = torch.rand(n, generator=generator, dtype=torch.float64)
    y = torch.randint(0, 2, (n,), generator=generator)
    curve = evaluation.reliability_curve(p, y, bins, strategy=strategy)
    happened, claimed = calibration_curve(y, p, n_bins=bins, strategy=strategy, pos_label=1)
    assert_close(curve.confidence, claimed)
    assert_close(curve.accuracy, happened)
    assert curve.counts.sum() == n
    gaps, shares = np.abs(happened - claimed), curve.counts.numpy() / n
    for error, expected in zip(ERRORS, ((gaps * shares).sum(), gaps.max()), strict=True):
        assert_close(error(p, y, bins, strategy=strategy), expected)


def test_rows_are_judged_by_their_largest(generator):
    rows = torch.randn(80, 4, generator=generator, dtype=torch.float64).softmax(dim=1)
    y = torch.randint(0, 4, (80,), generator=generator)
    confidence, predicted = rows.max(dim=1)
    right = (predicted == y).long()
    for error in ERRORS:
        assert_close(error(rows, y, 10), error(confidence, right, 10))


def test_equal_counts(generator):
    p = torch.linspace(0, 1, 40, dtype=torch.float64) ** 4
    y = torch.zeros(40, dtype=torch.long)
    assert evaluation.reliability_curve(p, y, 4, strategy="quantile").counts.tolist() == [10] * 4
    assert len(evaluation.reliability_curve(p * 0, y, 4, strategy="quantile").counts) == 1
    for n, counts in ((7, [3, 2, 2]), (2, [1, 1]), (34, [12, 11, 11])):
        few = torch.rand(n, generator=generator, dtype=torch.float64)
        curve = evaluation.reliability_curve(few, y[:n], 3, strategy="quantile")
        assert curve.counts.tolist() == counts


def test_certain_probabilities_fall_into_bins():
    curve = evaluation.reliability_curve(torch.tensor([0.0, 1.0]), torch.tensor([0, 1]), 10)
    assert curve.counts.tolist() == [1, 1]
    assert curve.confidence.tolist() == curve.accuracy.tolist() == [0, 1]


def test_a_known_error_and_the_bias_of_bins(generator):
    p = torch.rand(100_000, generator=generator, dtype=torch.float64)
    chance = torch.rand(100_000, generator=generator, dtype=torch.float64)
    error = evaluation.expected_calibration_error
    # the integral of |p - p^1.5| is 0.1; bins of width 1/15 change it by less than 0.001
    assert error(p, (chance < p**1.5).long()) == pytest.approx(0.1, abs=0.008)
    honest = (chance < p).long()
    assert error(p, honest) < 0.01
    assert error(p[:200], honest[:200], 10) > 0.02


@pytest.mark.reference("sklearn.metrics.brier_score_loss", of="dlcore.evaluation.brier_score")
@settings(max_examples=25)
@given(n=st.integers(1, 30), k=st.integers(2, 5), weighted=st.booleans(), seed=st.integers(0, 999))
def test_brier(n, k, weighted, seed):
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(n, k, generator=generator, dtype=torch.float64).softmax(dim=1)
    y = torch.randint(0, k, (n,), generator=generator)
    weights = torch.rand(n, generator=generator, dtype=torch.float64) + 0.1 if weighted else None
    options = {"sample_weight": weights}
    expected = np.average(((np.eye(k)[y] - rows.numpy()) ** 2).sum(1), weights=weights)
    assert_close(evaluation.brier_score(rows, y, **options), expected)
    if k == 2:
        p = rows[:, 1]
        binary = metrics.brier_score_loss(y, p, pos_label=1, **options)
        assert_close(evaluation.brier_score(p, y, **options), binary)


def test_brier_sees_what_calibration_does_not():
    y = torch.tensor([0, 0, 0, 1]).repeat(25)
    prevalence = torch.full((100,), 0.25)
    assert evaluation.expected_calibration_error(prevalence, y) == 0
    assert evaluation.brier_score(prevalence, y) == pytest.approx(0.1875)
    assert evaluation.brier_score(y.float(), y) == 0


@pytest.mark.bad_input
def test_bad_input():
    p, y = torch.tensor([0.2, 0.7]), torch.tensor([0, 1])
    for measure in (*ERRORS, evaluation.reliability_curve, evaluation.brier_score):
        with pytest.raises(ValueError, match="apply sigmoid"):
            measure(2 * p, y)
        with pytest.raises(ValueError, match="apply softmax"):
            measure(torch.stack([p, p], 1), y)
        with pytest.raises(ValueError, match="y must be 0 or 1"):
            measure(p, y + 1)
        with pytest.raises(ValueError, match=r"labels must lie in 0\.\.1"):
            measure(torch.stack([p, 1 - p], 1), y + 1)
        with pytest.raises(ValueError, match=r"got \(2,\) and \(1,\)"):
            measure(p, y[:1])
        with pytest.raises(ValueError, match=r"got \(2, 1, 1\)"):
            measure(p[:, None, None], y)
    with pytest.raises(ValueError, match="strategy must be"):
        evaluation.reliability_curve(p, y, strategy="log")
    with pytest.raises(ValueError, match="bins must be at least 1"):
        evaluation.maximum_calibration_error(p, y, 0)
