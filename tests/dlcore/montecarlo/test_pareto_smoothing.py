"""The tail of importance weights against ArviZ and against tails of known shape."""

import numpy as np
import pytest
import torch
from arviz_stats.base import array_stats

from dlcore.montecarlo import pareto_smoothed_weights, psis_khat
from tests.parity import assert_close


@pytest.mark.reference("arviz_stats psislw", of="dlcore.montecarlo.psis_khat")
@pytest.mark.reference("arviz_stats psislw", of="dlcore.montecarlo.pareto_smoothed_weights")
@pytest.mark.reference("arviz_stats psislw", of="dlcore.montecarlo.SmoothedWeights")
@pytest.mark.parametrize("n", [25, 225, 226, 1000])
@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
def test_against_arviz(generator, n, scale):
    log_weights = scale * torch.randn(n, generator=generator, dtype=torch.float64) - 500
    # theirs takes log-likelihoods, whose negatives are the log-weights
    expected, khat = array_stats.psislw(-log_weights.numpy())
    found = pareto_smoothed_weights(log_weights)
    assert_close(found.log_weights, expected, rtol=1e-8)
    assert_close(found.khat, khat, rtol=1e-8)
    assert_close(psis_khat(log_weights), khat, rtol=1e-8)


@pytest.mark.parametrize("k", [0.3, 0.7, 1.2])
def test_a_tail_of_known_shape(generator, k):
    u = torch.rand(100_000, generator=generator, dtype=torch.float64)
    # 948 points in the tail leave an error of about (1 + k) / sqrt(948)
    assert float(psis_khat(-k * u.log())) == pytest.approx(k, abs=4 * (1 + k) / np.sqrt(948))


def test_light_tails_have_a_negative_shape(generator):
    u = torch.rand(10_000, generator=generator)
    assert float(psis_khat(u.log())) < 0
    assert psis_khat(u.log()).dtype == torch.float32


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (torch.zeros(24), r"at least 25 weights, shape \(n,\), got \(24,\)"),
        (torch.zeros(5, 25), r"got \(5, 25\)"),
        (torch.zeros(100), "too many equal weights"),
        (torch.full((100,), torch.nan), "must be finite"),
    ],
)
def test_bad_input(bad, message):
    with pytest.raises(ValueError, match=message):
        psis_khat(bad)
