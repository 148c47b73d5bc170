"""Langevin samplers: laws of Gaussian chains in closed form, invariance at a rate of 1e-4."""

import pytest
import torch
from scipy.stats import chi2, norm

from dlcore.montecarlo import (
    LangevinChains,
    StochasticGradientChains,
    banana,
    invariance_test,
    langevin_dynamics,
    mala,
    sgld,
    simulation_based_calibration,
)
from tests.dlcore.montecarlo.targets import log_posterior, prior, simulate
from tests.parity import assert_close


def unit(x):
    return -(x**2).sum(1) / 2


def assert_variance(x, variance):
    """By the chi-square law of a sum of squares; a right sampler fails once in 10 000."""
    low, high = chi2.ppf([5e-5, 1 - 5e-5], x.numel())
    assert low < float((x**2).sum()) / variance < high


@pytest.mark.reference("closed form", of="dlcore.montecarlo.langevin_dynamics")
@pytest.mark.parametrize("step", [0.1, 1.0, 3.0])
def test_unadjusted_variance(step, generator):
    variance = 1 / (1 - step / 4)
    x = variance**0.5 * torch.randn(20_000, 1, generator=generator, dtype=torch.float64)
    run = langevin_dynamics(unit, x, 3, step_size=step, generator=generator)
    assert_variance(run.samples[:, -1], variance)
    correlation = (run.samples[:, 0] * run.samples[:, 1]).mean() / variance
    assert abs(correlation - (1 - step / 2)) < 4 / 20_000**0.5
    assert bool((run.acceptance_rate == 1).all())


@pytest.mark.reference("exact draws", of="dlcore.montecarlo.mala")
def test_mala_keeps_a_banana_and_the_unadjusted_chain_does_not(generator):
    target = banana()
    exact = target.sample(8000, generator=generator).double()
    step = {"step_size": 0.5, "generator": generator}
    assert invariance_test(exact, lambda x: mala(target, x, 5, **step).samples[:, -1]).passed
    wrong = invariance_test(exact, lambda x: langevin_dynamics(target, x, 5, **step).samples[:, -1])
    assert not wrong.passed


def test_mala_is_calibrated(generator):
    def posterior(y, g):
        run = mala(
            log_posterior(y), torch.zeros(len(y), 2).double(), 19 * 8, step_size=0.5, burn_in=50,
            generator=g,
        )  # fmt: skip
        return run.thin(8).samples

    found = simulation_based_calibration(
        prior, simulate, posterior, simulations=1000, bins=20, generator=generator
    )
    assert found.passed


@pytest.mark.reference("numerical integration", of="dlcore.montecarlo.LangevinChains")
def test_mala_accepts_as_often_as_it_should(generator):
    # E min(1, ratio) over x and z by Gauss-Hermite quadrature
    step = 1.5
    z, w = torch.tensor(norm.ppf((torch.arange(400) + 0.5) / 400)), 1 / 400
    x = z[:, None]
    new = x - step / 2 * x + step**0.5 * z
    back = (x - new + step / 2 * new) / step**0.5
    log_ratio = (x**2 - new**2 + z**2 - back**2) / 2
    rate = float(log_ratio.clamp(max=0).exp().sum()) * w * w
    run = mala(
        unit, torch.randn(20_000, 1, generator=generator).double(), 3, step_size=step,
        generator=generator,
    )  # fmt: skip
    assert isinstance(run, LangevinChains)
    assert abs(run.acceptance_rate.mean() - rate) < 0.01


def test_mala_learns_its_step(generator):
    run = mala(
        unit, torch.randn(64, 4, generator=generator), 200, step_size=0.01, burn_in=200, adapt=True,
        generator=generator,
    )  # fmt: skip
    assert abs(run.acceptance_rate.mean() - 0.574) < 0.05


def gaussian_mean(generator):
    y = 2 + torch.randn(40, generator=generator, dtype=torch.float64)
    variance = 1 / (1 + len(y))
    return y, y.sum() * variance, variance


def likelihood(x, y):
    return -((y - x) ** 2).sum(1) / 2


@pytest.mark.reference("closed form", of="dlcore.montecarlo.sgld")
@pytest.mark.parametrize("batch", [4, 20])
def test_constant_steps_have_the_variance_of_both_noises(batch, generator):
    y, mean, variance = gaussian_mean(generator)
    step, precision = 0.01, 1 / variance
    a = 1 - step / 2 * precision
    noise = step + (step / 2) ** 2 * len(y) ** 2 / batch * y.var(correction=0)
    stationary = float(noise) / (1 - a**2)
    run = sgld(
        unit, likelihood, [y], torch.full((15_000, 1), float(mean)).double(), 1, batch_size=batch,
        step_size=step, decay=0.0, burn_in=30, generator=generator,
    )  # fmt: skip
    assert run.log_prob is None
    expected = stationary * (1 - a ** (2 * 31))
    assert abs(float((run.flat - mean).var()) / expected - 1) < 0.06
    assert abs(float((run.flat - mean).mean())) < 4 * (expected / 15_000) ** 0.5


@pytest.mark.reference("closed form", of="dlcore.montecarlo.StochasticGradientChains")
def test_decreasing_steps_find_the_posterior(generator):
    y, mean, variance = gaussian_mean(generator)
    run = sgld(
        unit, likelihood, [y], torch.full((4000, 1), float(mean)).double(), 200, batch_size=20,
        step_size=0.02, decay=0.6, offset=10.0, generator=generator,
    )  # fmt: skip
    assert isinstance(run, StochasticGradientChains)
    assert_close(run.step_sizes, 0.02 * (10 + torch.arange(200).double()) ** -0.6)
    last = run.drop(199)
    assert last.step_sizes.shape == (1,)
    assert abs(float(last.flat.var()) / variance - 1) < 0.1


def test_chains_have_minibatches_of_their_own(generator):
    # almost no injected noise: what differs between chains is their minibatch
    y = torch.randn(50, generator=generator)
    run = sgld(
        unit, likelihood, [y], torch.zeros(20, 1), 1, batch_size=2, step_size=1e-12, decay=0.0
    )
    moved = sgld(
        unit, lambda x, y: 1e6 * likelihood(x, y), [y], torch.zeros(20, 1), 1, batch_size=2,
        step_size=1e-9, decay=0.0,
    )  # fmt: skip
    assert run.flat.std() < 1e-5
    assert len(moved.flat.unique()) > 15


@pytest.mark.bad_input
def test_bad_steps():
    x = torch.zeros(2, 1)
    with pytest.raises(ValueError, match="positive"):
        mala(unit, x, 1, step_size=-1.0)
    with pytest.raises(FloatingPointError, match="2 of 2 chains ran away"):
        langevin_dynamics(unit, torch.ones(2, 1), 200, step_size=50.0)
    with pytest.raises(ValueError, match="one length"):
        sgld(unit, likelihood, [torch.zeros(2), torch.zeros(3)], x, 1, batch_size=1, step_size=0.1)
    with pytest.raises(ValueError, match="batch_size >= 1"):
        sgld(unit, likelihood, [torch.zeros(2)], x, 1, batch_size=0, step_size=0.1)
    with pytest.raises(FloatingPointError, match="smaller step_size"):
        sgld(unit, likelihood, [torch.zeros(9)], x + 1, 200, batch_size=3, step_size=99.0, decay=0)
