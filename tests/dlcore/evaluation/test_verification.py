"""Errors of verification against scikit-learn and Gaussian scores."""

import math

import pytest
import scipy.stats
import sklearn.metrics
import torch

from dlcore import evaluation
from tests.parity import assert_close


def gaussian(separation, n=4001):
    """Quantiles of two normal distributions, without chance."""
    grid = torch.from_numpy(scipy.stats.norm.ppf((torch.arange(n).double() + 0.5) / n))
    return grid + separation, grid


@pytest.mark.reference("sklearn.metrics.det_curve", of="dlcore.evaluation.det_curve")
@pytest.mark.reference("sklearn.metrics.det_curve", of="dlcore.evaluation.DETCurve")
@pytest.mark.reference("sklearn.metrics.det_curve", of="dlcore.evaluation.far_frr")
def test_against_scikit_learn(generator):
    genuine = (torch.randn(53, generator=generator) + 1).mul(4).round().div(4)
    impostor = torch.randn(71, generator=generator).mul(4).round().div(4)
    labels = torch.cat([torch.ones(53), torch.zeros(71)])
    fpr, fnr, thresholds = sklearn.metrics.det_curve(labels, torch.cat([genuine, impostor]))
    finite = torch.from_numpy(thresholds[thresholds < math.inf].copy())
    far, frr = evaluation.far_frr(genuine, impostor, finite.float())
    assert_close(far, fpr[: len(far)])
    assert_close(frr, fnr[: len(frr)])
    curve = evaluation.det_curve(genuine, impostor)
    at = torch.searchsorted(curve.thresholds, finite.float())
    assert_close(curve.far[at], fpr[: len(far)])
    assert_close(curve.frr[at], fnr[: len(frr)])
    assert (curve.far[0], curve.frr[0], curve.far[-1], curve.frr[-1]) == (1, 0, 0, 1)


@pytest.mark.reference("closed form of Gaussians", of="dlcore.evaluation.equal_error_rate")
@pytest.mark.reference("closed form of Gaussians", of="dlcore.evaluation.EqualErrorRate")
@pytest.mark.parametrize("separation", [1.0, 2.0, 3.0])
def test_gaussian_scores(separation):
    rate, threshold = evaluation.equal_error_rate(*gaussian(separation))
    assert rate == pytest.approx(scipy.stats.norm.cdf(-separation / 2), abs=5e-4)
    assert threshold == pytest.approx(separation / 2, abs=5e-3)


def test_equal_error_rate_at_the_ends():
    low, high = torch.tensor([0.0, 1.0]), torch.tensor([2.0, 3.0])
    assert evaluation.equal_error_rate(high, low) == (0.0, 2.0)
    assert evaluation.equal_error_rate(low, high).rate == 1
    same = torch.ones(3)
    rate, threshold = evaluation.equal_error_rate(same, same)
    assert rate == 0.5
    assert threshold == 1


@pytest.mark.reference("draws", of="dlcore.evaluation.false_match_probability")
def test_false_matches(generator):
    assert evaluation.false_match_probability(1e-6, 10**6) == pytest.approx(0.632, abs=5e-4)
    accepted = torch.rand(20_000, 30, generator=generator) < 0.02
    share = accepted.any(dim=1).double().mean().item()
    expected = evaluation.false_match_probability(0.02, 30)
    assert share == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 20_000))
    assert evaluation.false_match_probability(1e-18, 10) == pytest.approx(1e-17, rel=1e-12)
    assert [evaluation.false_match_probability(1, n) for n in (0, 3)] == [0, 1]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: evaluation.far_frr(torch.ones(0), torch.ones(2), torch.ones(1)),
            r"at least one score of each kind .* \(0,\) and \(2,\)",
        ),
        (lambda: evaluation.det_curve(torch.ones(2), torch.tensor([math.nan])), "must not be NaN"),
        (lambda: evaluation.equal_error_rate(torch.ones(2, 2), torch.ones(2)), r"\(2, 2\)"),
        (lambda: evaluation.false_match_probability(1.5, 10), "got 1.5 and 10"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
