"""Particles against the Kalman filter's closed form, whose dynamics are linear and Gaussian."""

import math

import pytest
import torch
from scipy import stats

from dlcore.graphical import KalmanFilter
from dlcore.montecarlo import (
    multinomial_resample,
    particle_filter,
    residual_resample,
    systematic_resample,
)
from dlcore.probability import MultivariateNormal
from tests.parity import assert_close

F64 = torch.float64
F = torch.tensor([[1.0, 0.5], [-0.2, 0.9]], dtype=F64)
H = torch.tensor([[1.0, 0.0]], dtype=F64)
Q = torch.tensor([[0.3, 0.1], [0.1, 0.2]], dtype=F64)
R = torch.tensor([[0.5]], dtype=F64)
MEAN = torch.tensor([1.0, -1.0], dtype=F64)
P = torch.eye(2, dtype=F64)
NOISE = MultivariateNormal(torch.zeros(2, dtype=F64), Q)
Y = torch.tensor([[0.5], [1.5], [math.nan], [-0.5], [0.3], [1.9]], dtype=F64)


def move(x, generator):
    return x @ F.T + NOISE.sample((len(x),), generator=generator)


def seen(x, y):
    gap = y - x @ H.T
    return -0.5 * (gap.square().sum(-1) / R[0, 0] + math.log(2 * math.pi * R[0, 0]))


def run(observations=Y, **kwargs):
    given = {
        "initial": MultivariateNormal(MEAN, P).sample,
        "transition": move,
        "log_likelihood": seen,
        "generator": torch.Generator().manual_seed(0),
    } | kwargs
    return particle_filter(observations=observations, **given)


@pytest.fixture(scope="module")
def exact():
    return KalmanFilter(F, H, Q, R).filter(Y, MEAN, P)


# Kalman's recursion is tested against conditioning one large Gaussian
@pytest.mark.reference("Kalman's recursion", of="dlcore.montecarlo.particle_filter")
@pytest.mark.reference("Kalman's recursion", of="dlcore.montecarlo.ParticleRun")
@pytest.mark.parametrize(
    ("resample", "threshold"),
    [
        (systematic_resample, 0.5),
        (systematic_resample, 1.0),
        (multinomial_resample, 1.0),
        (residual_resample, 0.5),
        (systematic_resample, 0.0),
    ],
)
def test_against_kalman(exact, resample, threshold):
    found = run(particles=20_000, resample=resample, threshold=threshold)
    # five times the largest error (root mean square) of 20 other seeds: 0.024, 0.031, 0.043
    assert_close(found.means, exact.means, rtol=0, atol=0.12)
    assert_close(found.covariances, exact.covariances, rtol=0, atol=0.16)
    assert found.log_likelihood == pytest.approx(exact.log_likelihood, abs=0.21)
    assert found.ess.shape == (6,)
    assert bool((found.ess <= 20_000 * (1 + 1e-9)).all())


def test_the_evidence_is_unbiased(exact):
    """With only 20 particles the mean of 400 likelihoods, not of their logs, is right."""
    generator = torch.Generator().manual_seed(1)
    ratios = torch.tensor(
        [run(particles=20, generator=generator).log_likelihood for _ in range(400)]
    )
    ratios = (ratios.double() - exact.log_likelihood).exp()
    # a t-test at level 1e-4 for ratios whose tail is light
    assert stats.ttest_1samp(ratios.numpy(), 1.0).pvalue > 1e-4
    assert float(ratios.log().mean()) < -2 * float(ratios.log().std()) / 20


def test_weights_are_kept_between_resamplings(exact):
    found = run(particles=50, threshold=0.0)
    assert_close(found.log_weights.logsumexp(0), 0.0, atol=1e-9)
    assert_close(found.log_weights.exp() @ found.particles, found.means[-1])
    fresh = run(particles=50, threshold=1.0)
    assert_close(fresh.log_weights, torch.full((50,), -math.log(50), dtype=F64))


def test_nothing_measured():
    found = run(Y[:0], particles=7)
    assert found.means.shape == (0, 2)
    assert found.covariances.shape == (0, 2, 2)
    assert found.ess.shape == (0,)
    assert found.log_likelihood == 0
    assert found.particles.shape == (7, 2)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"particles": 0}, "got 0, 0.5"),
        ({"threshold": 1.5}, "got 1000, 1.5"),
        ({"observations": Y[:, 0]}, r"got 1000, 0.5, \(6,\)"),
        ({"initial": lambda shape, generator: torch.zeros(shape)}, r"\(1000, d\), got \(1000,\)"),
        ({"log_likelihood": lambda x, y: x}, r"must give \(1000,\), got \(1000, 2\)"),
        ({"log_likelihood": lambda x, y: x[:, 0] * 0 - math.inf}, r"measurement 0: \[0.5\]"),
    ],
)
def test_bad_input(kwargs, message):
    with pytest.raises(ValueError, match=message):
        run(**kwargs)
