"""Estimates of log Z: closed forms, means over repetitions, SciPy's roots."""

import math

import numpy as np
import pytest
import torch
from scipy import optimize
from scipy.special import expit

from dlcore.energy import (
    LogPartition,
    bridge_sampling,
    importance_log_partition,
    reciprocal_log_partition,
)
from tests.parity import assert_close

LOG_ROOT = math.log(2 * math.pi) / 2


def gaussian_weights(n, generator, base=1.5):
    """A standard normal without its constant, weighed against a wider normal."""
    x = base * torch.randn(n, generator=generator, dtype=torch.float64)
    return -x.square() / 2 + (x / base).square() / 2 + math.log(base) + LOG_ROOT


@pytest.mark.reference("numpy.mean", of="dlcore.energy.LogPartition")
@pytest.mark.reference("numpy.mean", of="dlcore.energy.importance_log_partition")
def test_importance_estimate(generator):
    log_w = gaussian_weights(4000, generator)
    found, w = importance_log_partition(log_w), np.exp(log_w.numpy())
    assert isinstance(found, LogPartition)
    assert found.value == pytest.approx(np.log(w.mean()))
    error = w.std(ddof=1) / w.mean() / 4000**0.5
    assert found.standard_error == pytest.approx(error)
    assert found.low == pytest.approx(np.log(w.mean() * (1 - 1.959964 * error)))
    assert found.high == pytest.approx(np.log(w.mean() * (1 + 1.959964 * error)))
    assert found.effective_sample_size == pytest.approx(w.sum() ** 2 / (w**2).sum())
    assert abs(found.value - LOG_ROOT) < 4 * error
    shifted = importance_log_partition(log_w + 5000)
    assert shifted.value == pytest.approx(found.value + 5000)


def test_intervals_hold_as_often_as_they_say(generator):
    found = [importance_log_partition(gaussian_weights(400, generator)) for _ in range(400)]
    inside = sum(e.low < LOG_ROOT < e.high for e in found)
    assert abs(inside - 380) < 4 * math.sqrt(400 * 0.95 * 0.05)


def test_few_uneven_weights_do_not_exclude_zero():
    assert importance_log_partition(torch.tensor([0.0, -50.0, -60.0])).low == -math.inf


def test_the_logarithm_is_low_on_average():
    """Every sample of 5 enumerated: scores (2, 1, 0, -1) drawn from (.7, .1, .1, .1)."""
    s, q = np.array([2.0, 1, 0, -1]), np.array([0.7, 0.1, 0.1, 0.1])
    draws = np.stack(np.meshgrid(*[range(4)] * 5, indexing="ij"), -1).reshape(-1, 5)
    chance = q[draws].prod(1)
    log_w = torch.as_tensor((s - np.log(q))[draws])
    values = np.array([importance_log_partition(row).value for row in log_w[::1]])
    assert math.log(chance @ np.exp(values)) == pytest.approx(2.440190, abs=1e-6)
    assert chance @ values == pytest.approx(2.418, abs=1e-3)


@pytest.mark.reference("numpy.mean", of="dlcore.energy.reciprocal_log_partition")
def test_reciprocal_estimate(generator):
    x = torch.randn(4000, generator=generator, dtype=torch.float64)
    log_q = -(x / 0.8).square() / 2 - math.log(0.8) - LOG_ROOT
    log_w = -x.square() / 2 - log_q
    found = reciprocal_log_partition(log_w)
    assert found.value == pytest.approx(-np.log(np.exp(-log_w.numpy()).mean()))
    assert abs(found.value - LOG_ROOT) < 4 * found.standard_error
    assert found.low < found.value < found.high


def test_harmonic_mean_is_far_too_sure(generator):
    """The wide prior as q: its draws in the tails never come from the narrow posterior."""
    x = 0.01 * torch.randn(4000, generator=generator, dtype=torch.float64)
    found = reciprocal_log_partition(-(x / 0.01).square() / 2 + x.square() / 2 + LOG_ROOT)
    truth = math.log(0.01) + LOG_ROOT
    assert found.value > truth + 2
    assert found.low > truth


@pytest.mark.reference("scipy.optimize.brentq", of="dlcore.energy.bridge_sampling")
def test_bridge_between_gaussians(generator):
    """Two normals whose constants have ratio 2.5."""
    x = torch.randn(3000, generator=generator, dtype=torch.float64)
    y = 1 + 2.5 * torch.randn(1000, generator=generator, dtype=torch.float64)

    def weights(x):
        return -((x - 1) / 2.5).square() / 2 + x.square() / 2

    a, b = weights(x), weights(y)
    found = bridge_sampling(a, b)
    odds = math.log(1 / 3)

    def balance(r):
        return expit(a.numpy() - r + odds).sum() - expit(r - b.numpy() - odds).sum()

    assert found.value == pytest.approx(optimize.brentq(balance, -5, 5), abs=1e-7)
    assert abs(found.value - math.log(2.5)) < 4 * found.standard_error
    assert found.high - found.value == pytest.approx(1.959964 * found.standard_error)
    assert 0 < found.effective_sample_size < 4000


def test_error_of_the_bridge_is_its_spread(generator):
    found = []
    for _ in range(200):
        x = torch.randn(2, 300, generator=generator, dtype=torch.float64)
        x[1] += 1.5
        found.append(bridge_sampling(*(1.5 * x - 1.5**2 / 2)))
    values = np.array([e.value for e in found])
    error = np.mean([e.standard_error for e in found])
    assert abs(values.mean()) < 4 * error / 200**0.5
    assert values.std() == pytest.approx(error, rel=0.2)


def test_nothing_to_tell_apart():
    found = bridge_sampling(torch.full((6,), 3.0), torch.full((6,), 3.0))
    assert_close(torch.tensor([found.value, found.standard_error]), torch.tensor([3.0, 0.0]))
    assert found.effective_sample_size == pytest.approx(12)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="two weights or more"):
        importance_log_partition(torch.zeros(1))
    with pytest.raises(ValueError, match="level"):
        importance_log_partition(torch.zeros(3), level=1.0)
    with pytest.raises(ValueError, match="not a number"):
        importance_log_partition(torch.tensor([0.0, math.nan]))
    with pytest.raises(ValueError, match="must be finite"):
        reciprocal_log_partition(torch.tensor([0.0, -math.inf]))
    with pytest.raises(ValueError, match="two draws or more"):
        bridge_sampling(torch.zeros(3), torch.zeros(1))
    with pytest.raises(ValueError, match="finite weights"):
        bridge_sampling(torch.zeros(3), torch.tensor([0.0, math.inf]))
    with pytest.raises(ArithmeticError, match="no convergence"):
        bridge_sampling(torch.tensor([-3.0, 0.0]), torch.tensor([0.0, 9.0]), max_iterations=1)
