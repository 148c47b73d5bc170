"""Weights of evidence in closed form, and as the logistic regression they stand for."""

import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from dlcore.applications import WeightOfEvidence, scorecard_points, weight_of_evidence
from tests.parity import assert_close


@pytest.mark.reference("closed form", of="dlcore.applications.weight_of_evidence")
@pytest.mark.reference("closed form", of="dlcore.applications.WeightOfEvidence")
def test_weights_are_changes_of_the_log_odds(generator):
    bins = torch.randint(4, (400,), generator=generator)
    y = (torch.rand(400, generator=generator) < 0.1 + 0.15 * bins).long()
    found = weight_of_evidence(bins, y, smoothing=0.0)
    assert isinstance(found, WeightOfEvidence)
    rate = float(y.double().mean())
    value = 0.0
    for b in range(4):
        share = float(y[bins == b].double().mean())
        expected = math.log(share / (1 - share)) - math.log(rate / (1 - rate))
        assert_close(found.weights[b], expected)
        bad = int(y[bins == b].sum()) / int(y.sum())
        good = int((1 - y)[bins == b].sum()) / int((1 - y).sum())
        value += (bad - good) * expected
    assert_close(found.information_value, value)
    smoothed = weight_of_evidence(torch.tensor([0, 0, 2]), torch.tensor([1, 0, 1]) == 1)
    counts = np.array([[1, 0, 0], [1, 0, 1]]) + 0.5
    shares = counts / counts.sum(1, keepdims=True)
    assert_close(smoothed.weights, np.log(shares[1] / shares[0]))


@pytest.mark.reference(
    "sklearn.linear_model.LogisticRegression", of="dlcore.applications.weight_of_evidence"
)
def test_a_logistic_regression_on_the_weights_has_slope_one(generator):
    bins = torch.randint(3, (300,), generator=generator)
    y = (torch.rand(300, generator=generator) < 0.2 + 0.2 * bins).long()
    weights = weight_of_evidence(bins, y, smoothing=0.0).weights[bins]
    model = LogisticRegression(C=1e10, tol=1e-10).fit(weights[:, None].numpy(), y.numpy())
    assert_close(model.coef_[0, 0], 1.0, atol=1e-3)
    rate = float(y.double().mean())
    assert_close(model.intercept_[0], math.log(rate / (1 - rate)), atol=1e-3)


@pytest.mark.reference("closed form", of="dlcore.applications.scorecard_points")
def test_points_double_the_odds():
    odds = torch.tensor([25.0, 50.0, 100.0, 200.0], dtype=torch.float64)
    assert_close(scorecard_points(-odds.log()), [580.0, 600.0, 620.0, 640.0])
    points = scorecard_points(-odds.log(), base_points=0, base_odds=25, double_odds=10)
    assert_close(points, [0.0, 10.0, 20.0, 30.0], atol=1e-9)


@pytest.mark.bad_input
def test_what_does_not_fit():
    bins, y = torch.tensor([0, 1]), torch.tensor([0, 1])
    for call, message in (
        (lambda: weight_of_evidence(bins, y[:1]), "one bin per label"),
        (lambda: weight_of_evidence(bins - 1, y), "at least 0"),
        (lambda: weight_of_evidence(bins, y, smoothing=-1.0), "at least 0"),
        (lambda: weight_of_evidence(bins, 0 * y), "both of them there"),
        (lambda: weight_of_evidence(bins, 2 * y), "both of them there"),
        (lambda: scorecard_points(torch.ones(1), base_odds=0.0), "must be positive"),
        (lambda: scorecard_points(torch.ones(1), double_odds=-1.0), "must be positive"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
