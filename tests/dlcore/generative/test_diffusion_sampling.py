"""Samplers with the exact noise of Gaussian data: variances by the book's table."""

import pytest
import torch

from dlcore.generative import (
    DiffusionSchedule,
    ddim_sample,
    ddpm_sample,
    linear_beta_schedule,
)
from tests.dlcore.generative.exact_noise import gaussian_noise
from tests.parity import assert_close

LINEAR = DiffusionSchedule(linear_beta_schedule(1000))
ONE = torch.ones(1, 1).double()


def variance_of_steps(schedule, v, kind):
    """The recursion by hand: shrink the variance, add the step's."""
    variance = 1.0
    for t in range(schedule.T, 0, -1):
        alpha, left = schedule.alphas[t].item(), schedule.alpha_bars[t].item()
        beta = 1 - alpha
        factor = (1 - beta / (left * v + 1 - left)) / alpha**0.5
        before = left / alpha
        added = beta if kind == "beta" else (1 - before) / (1 - left) * beta
        variance = factor**2 * variance + (added if t > 1 else 0)
    return variance


@pytest.mark.reference("variance recursion", of="dlcore.generative.ddpm_sample")
@pytest.mark.parametrize(
    ("v", "kind", "expected"), [(0.25, "beta", 0.25075), (4.0, "posterior", 3.97478)]
)
def test_ddpm_variance(v, kind, expected, generator):
    assert variance_of_steps(LINEAR, v, kind) == pytest.approx(expected, rel=1e-3)
    x_T = torch.randn(8000, 1, generator=generator)
    x = ddpm_sample(gaussian_noise(LINEAR, v), x_T, LINEAR, variance=kind, generator=generator)
    assert x.var().item() == pytest.approx(expected, rel=4 * (2 / 8000) ** 0.5)


VARIANCES = torch.tensor([[0.25], [1.0], [4.0]]).double()


def test_without_noise_ddpm_collapses():
    x = ddpm_sample(gaussian_noise(LINEAR, VARIANCES), ONE.expand(3, 1), LINEAR, variance="zero")
    assert x.square().flatten().tolist() == pytest.approx([2.5e-6, 4.0e-5, 6.5e-4], rel=0.02)


def test_last_step_adds_nothing():
    schedule = DiffusionSchedule(torch.tensor([0.3]).double())
    for kind in ("beta", "posterior"):
        x = ddpm_sample(lambda x, t: 0 * x, ONE, schedule, variance=kind)
        assert x.item() == pytest.approx(0.7**-0.5)


@pytest.mark.reference("linear maps", of="dlcore.generative.ddim_sample")
def test_ddim_variance():
    """On Gaussian data it multiplies by a number; squared it is the variance."""
    x = ddim_sample(gaussian_noise(LINEAR, VARIANCES), ONE.expand(3, 1), LINEAR)
    assert x.square().flatten().tolist() == pytest.approx([0.24850, 0.99625, 3.98742], rel=1e-4)
    for steps, expected in ((10, 0.13076), (50, 0.22270)):
        x = ddim_sample(gaussian_noise(LINEAR, 0.25), ONE, LINEAR, steps=steps)
        assert x.item() ** 2 == pytest.approx(expected, rel=1e-3)


def test_ddim_with_noise_is_ddpm():
    schedule = DiffusionSchedule(linear_beta_schedule(20, 0.01, 0.3))
    eps, x_T = gaussian_noise(schedule, 0.5, mean=2.0), torch.randn(6, 3).double()
    ddim, ddpm = (
        sample(eps, x_T, schedule, generator=torch.Generator().manual_seed(1), **options)
        for sample, options in (
            (ddim_sample, {"eta": 1.0}),
            (ddpm_sample, {"variance": "posterior"}),
        )
    )
    assert_close(ddim, ddpm)
    assert torch.equal(ddim_sample(eps, x_T, schedule), ddim_sample(eps, x_T, schedule))


def test_trajectories_and_evaluations():
    schedule = DiffusionSchedule(linear_beta_schedule(7, 0.01, 0.3))
    seen = []

    def eps(x, t):
        seen.append(t.tolist())
        return 0 * x

    x_T = torch.randn(2, 1, 4, 4)
    states = ddpm_sample(eps, x_T, schedule, trajectory=True)
    assert states.shape == (8, 2, 1, 4, 4)
    assert torch.equal(states[0], x_T)
    assert seen == [[t, t] for t in range(7, 0, -1)]
    seen.clear()
    states = ddim_sample(eps, x_T, schedule, steps=3, trajectory=True)
    assert states.shape == (4, 2, 1, 4, 4)
    assert seen == [[7, 7], [4, 4], [1, 1]]


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(2, 1)
    with pytest.raises(ValueError, match="beta, posterior or zero"):
        ddpm_sample(lambda x, t: x, x, LINEAR, variance="one")
    with pytest.raises(ValueError, match=r"eps gave \(2,\)"):
        ddpm_sample(lambda x, t: x[:, 0], x, LINEAR)
    with pytest.raises(ValueError, match="steps from 1 to 1000"):
        ddim_sample(lambda x, t: x, x, LINEAR, steps=1001)
    with pytest.raises(ValueError, match="eta in"):
        ddim_sample(lambda x, t: x, x, LINEAR, eta=2.0)
