"""Thresholds against what ranks promise, scores against scikit-learn's principal components."""

import numpy as np
import pytest
import scipy.stats
import torch
from sklearn.decomposition import PCA

from dlcore.autoencoder import AnomalyDetector, LinearAutoencoder, fit_threshold
from tests.parity import assert_close


@pytest.mark.reference("scipy.stats.binom", of="dlcore.autoencoder.fit_threshold")
@pytest.mark.reference("scipy.stats.binom", of="dlcore.autoencoder.Threshold")
def test_the_interval_is_that_of_counting_usual_scores_above_a_quantile():
    # the rate at the threshold exceeds r when too few of n scores lie above the (1 - r) quantile
    value, low, high = fit_threshold(torch.arange(300.0), alpha=0.02, confidence=0.9)
    above = int((torch.arange(300.0) > value).sum())
    assert above == int(301 * 0.02) - 1
    assert scipy.stats.binom.cdf(above, 300, high) == pytest.approx(0.05, abs=1e-9)
    assert scipy.stats.binom.sf(above, 300, low) == pytest.approx(0.05, abs=1e-9)


@pytest.mark.reference("the promise, simulated", of="dlcore.autoencoder.fit_threshold")
def test_false_alarms_are_as_rare_as_promised(generator):
    draws = torch.rand(600, 199, dtype=torch.float64, generator=generator)
    found = [fit_threshold(row, alpha=0.05) for row in draws]
    rates = 1 - torch.tensor([threshold.value for threshold in found])
    assert abs(rates.mean() - 0.05) < 5 * rates.std() / 600**0.5
    covered = ((rates > found[0].low) & (rates < found[0].high)).sum()
    assert scipy.stats.binomtest(int(covered), 600, 0.95).pvalue > 1e-6


@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.autoencoder.AnomalyDetector")
def test_errors_and_the_blind_spot_of_a_linear_autoencoder(generator):
    scale = torch.tensor([3.0, 0.3], dtype=torch.float64)
    train, held_out = scale * torch.randn(2, 400, 2, dtype=torch.float64, generator=generator)
    model = LinearAutoencoder(2, 1).double().solve_(train)
    detector = AnomalyDetector(model.errors, alpha=0.01).fit(held_out)
    pca = PCA(1).fit(train.numpy())
    points = torch.tensor([[0.0, 0.1], [0.0, 3.0], [30.0, 0.0]], dtype=torch.float64)
    errors = ((points.numpy() - pca.inverse_transform(pca.transform(points))) ** 2).sum(1)
    assert_close(detector.score(points), errors, rtol=1e-6)
    usual = ((held_out.numpy() - pca.inverse_transform(pca.transform(held_out))) ** 2).sum(1)
    assert detector.threshold_.value == pytest.approx(np.sort(usual)[-4])
    # 10 standard deviations away along the data, and rebuilt perfectly well
    assert detector.predict(points).tolist() == [False, True, False]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: fit_threshold(s, 0.0), "alpha and confidence"),
        (lambda s: fit_threshold(s, 0.5, 1.0), "alpha and confidence"),
        (lambda s: fit_threshold(s, 0.01), "needs 99 scores, got 50"),
        (lambda s: fit_threshold(s * torch.nan), "without NaN"),
        (lambda s: fit_threshold(s[:, None]), r"\(50, 1\)"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.rand(50))


@pytest.mark.bad_input
def test_no_prediction_before_fit():
    with pytest.raises(AttributeError, match="call fit first"):
        AnomalyDetector(torch.sum).predict(torch.zeros(2, 2))
