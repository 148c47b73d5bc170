"""Continuous diffusion of Gaussians and mixtures, whose scores and densities are known."""

import math

import pytest
import torch
from scipy import integrate
from torch.distributions import Categorical, MixtureSameFamily, Normal

from dlcore.generative import (
    DiffusionSDE,
    VarianceExplodingSDE,
    VariancePreservingSDE,
    annealed_langevin,
    probability_flow_log_prob,
    probability_flow_sample,
    reverse_sde_sample,
)
from tests.parity import assert_close


def gaussian_score(sde, mean, sd):
    def score(x, t):
        scale, std = (part[:, None] for part in sde.marginal(t))
        return -(x - scale * mean) / (scale**2 * sd**2 + std**2)

    return score


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.generative.VariancePreservingSDE")
@pytest.mark.reference("scipy.integrate.quad", of="dlcore.generative.VarianceExplodingSDE")
@pytest.mark.reference("moment equations", of="dlcore.generative.DiffusionSDE")
def test_marginals_solve_the_moment_equations():
    """d log m / dt = f; d v / dt = 2 f v + g^2."""
    for sde in (VariancePreservingSDE(0.2, 6.0), VarianceExplodingSDE(0.1, 5.0)):
        assert isinstance(sde, DiffusionSDE)

        def f(t, sde=sde):
            return sde.drift(torch.tensor([t]).double()).item()

        def g2(t, sde=sde):
            return sde.diffusion(torch.tensor([t]).double()).item() ** 2

        log_scale, _ = integrate.quad(f, 0, 0.7)
        solved = integrate.solve_ivp(
            lambda t, v, f=f, g2=g2: 2 * f(t) * v + g2(t), (0, 0.7), [0.0], rtol=1e-8
        )
        scale, std = sde.marginal(torch.tensor([0.7]).double())
        assert scale.log().item() == pytest.approx(log_scale, rel=1e-6, abs=1e-12)
        assert std.square().item() == pytest.approx(solved.y[0, -1], rel=1e-5)


@pytest.mark.reference("Gaussian moments", of="dlcore.generative.reverse_sde_sample")
def test_back_with_noise(generator):
    for sde in (VariancePreservingSDE(0.1, 12.0), VarianceExplodingSDE(0.05, 12.0)):
        x = sde.prior_std * torch.randn(4000, 1, generator=generator).double()
        x = reverse_sde_sample(
            gaussian_score(sde, 2.0, 0.7), sde, x, steps=200, generator=generator
        )
        assert x.mean().item() == pytest.approx(2, abs=0.1)
        assert x.std().item() == pytest.approx(0.7, rel=0.08)


@pytest.mark.reference("Gaussian in closed form", of="dlcore.generative.probability_flow_sample")
def test_back_without_noise():
    """The flow is monotone, so quantiles go to quantiles."""
    z = torch.linspace(-2, 2, 7).double()[:, None]
    for sde, steps in ((VariancePreservingSDE(), 100), (VarianceExplodingSDE(0.05, 40.0), 200)):
        scale, std = (part.item() for part in sde.marginal(torch.ones(1).double()))
        x = scale * 2 + (scale**2 * 0.49 + std**2) ** 0.5 * z
        found = probability_flow_sample(gaussian_score(sde, 2.0, 0.7), sde, x, steps=steps)
        assert_close(found, 2 + 0.7 * z, rtol=0, atol=0.01)


def mixture():
    return MixtureSameFamily(
        Categorical(torch.tensor([0.3, 0.7]).double()),
        Normal(torch.tensor([-1.5, 1.0]).double(), torch.tensor([0.5, 0.8]).double()),
    )


def test_density_of_a_mixture():
    sde = VariancePreservingSDE()

    def score(x, t):
        scale, std = (part[:, None] for part in sde.marginal(t))
        parts = mixture().component_distribution
        variance = scale**2 * parts.variance + std**2
        gap = scale * parts.loc - x
        logits = -gap.square() / (2 * variance) - variance.log() / 2
        logits = logits + mixture().mixture_distribution.logits
        return (logits.softmax(1) * gap / variance).sum(1, keepdim=True)

    x = torch.linspace(-3, 3, 13).double()[:, None]
    found = probability_flow_log_prob(score, sde, x, steps=100, start=1e-4)
    assert_close(found, mixture().log_prob(x[:, 0]), rtol=0, atol=0.01)


@pytest.mark.reference(
    "torch.distributions.Normal", of="dlcore.generative.probability_flow_log_prob"
)
def test_density_of_gaussians():
    """The way there is linear: z = (x - 2) / 0.7 ends at m + s z, under the noise's density."""
    x = torch.tensor([[0.3, -1.0], [2.0, 2.5]]).double()
    for sde, steps in ((VariancePreservingSDE(), 200), (VarianceExplodingSDE(0.05, 20.0), 200)):
        scale, std = (part.item() for part in sde.marginal(torch.ones(1).double()))
        s = (scale**2 * 0.49 + std**2) ** 0.5
        end = 2 * scale + s * (x - 2) / 0.7
        exact = Normal(0.0, sde.prior_std).log_prob(end).sum(1) + 2 * math.log(s / 0.7)
        found = probability_flow_log_prob(
            gaussian_score(sde, 2.0, 0.7), sde, x, steps=steps, start=1e-4
        )
        assert_close(found, exact, rtol=0, atol=0.02)


@pytest.mark.reference("mixture in closed form", of="dlcore.generative.annealed_langevin")
def test_levels_find_the_weights_of_far_modes(generator):
    """Modes at -8 and 8 with shares 0.2 and 0.8; a walk at small noise never crosses."""

    def score(x, sigma):
        variance = 0.25 + sigma**2
        logits = -((x - centres) ** 2) / (2 * variance) + shares.log()
        return (logits.softmax(1) * (centres - x)).sum(1, keepdim=True) / variance

    centres = torch.tensor([-8.0, 8.0]).double()
    shares = torch.tensor([0.2, 0.8]).double()
    sigmas = torch.logspace(1.3, -1, 12).double()
    start = 20 * torch.randn(1000, 1, generator=generator).double()
    x = annealed_langevin(score, sigmas, start, steps=20, step_size=0.3, generator=generator)
    assert (x > 0).double().mean().item() == pytest.approx(0.8, abs=0.08)
    assert x[x > 0].std().item() < 0.8
    cold = annealed_langevin(
        score, sigmas[-1:], start, steps=200, step_size=0.3, generator=generator
    )
    assert (cold > 0).double().mean().item() == pytest.approx(0.5, abs=0.08)


@pytest.mark.bad_input
def test_bad_input():
    sde, x = VariancePreservingSDE(), torch.zeros(3, 2)
    with pytest.raises(ValueError, match="beta_min"):
        VariancePreservingSDE(0.0)
    with pytest.raises(ValueError, match="sigma_min"):
        VarianceExplodingSDE(2.0, 1.0)
    with pytest.raises(ValueError, match="falling sigmas"):
        annealed_langevin(lambda x, s: x, torch.tensor([1.0, 2.0]), x)
    with pytest.raises(ValueError, match="steps >= 1"):
        reverse_sde_sample(lambda x, t: x, sde, x, steps=0)
    with pytest.raises(ValueError, match="the score of"):
        probability_flow_sample(lambda x, t: x[:1], sde, x)
    with pytest.raises(ValueError, match=r"data \(b, d\)"):
        probability_flow_log_prob(lambda x, t: x, sde, x[0])
