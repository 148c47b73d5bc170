"""Tempered particles on a mixture whose constant, modes and moments are known."""

import math

import pytest
import torch
from scipy import special

from dlcore.montecarlo import geometric_path, tempered_smc
from dlcore.probability import Normal
from tests.parity import assert_close

F64 = torch.float64
BASE = Normal(torch.zeros((), dtype=F64), 3.0)
LOG_Z = math.log(2 * math.pi * 0.04) / 2


def target(x):
    """Two narrow modes of weights 3/4 and 1/4, unnormalized: no single chain crosses over."""
    modes = torch.stack([-12.5 * (x + 4).square(), -12.5 * (x - 4).square()])
    return torch.logsumexp(modes + torch.tensor([[0.75], [0.25]]).log(), 0)


PATH = geometric_path(BASE.log_prob, target)


def metropolis(x, beta, generator):
    for scale in (2.0, 0.5, 0.2):
        moved = x + scale * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        u = torch.rand(x.shape, generator=generator, dtype=x.dtype)
        x = torch.where(u.log() < PATH(moved, beta) - PATH(x, beta), moved, x)
    return x


def run(seed=0, **kwargs):
    given = {"initial": BASE.sample, "path": PATH, "transition": metropolis} | kwargs
    return tempered_smc(generator=torch.Generator().manual_seed(seed), **given)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.tempered_smc")
@pytest.mark.reference("closed form", of="dlcore.montecarlo.TemperedParticles")
def test_constant_and_both_modes():
    found = [run(seed, particles=1000) for seed in range(20)]
    ratios = torch.stack([one.log_ratio for one in found])
    shares = torch.stack([(one.samples < 0).double().mean() for one in found])
    # 20 independent runs give their own standard error; 5 of them with 19 degrees: below 1e-4
    for values, truth in ((ratios, LOG_Z), (shares, 0.75)):
        error = float(values.std()) / math.sqrt(20)
        assert error < 0.02
        assert float(values.mean()) == pytest.approx(truth, abs=5 * error)
    inside = torch.stack([(one.samples.abs() - 4).std() for one in found])
    assert float(inside.mean()) == pytest.approx(0.2, rel=0.05)


def test_steps_are_as_large_as_the_weights_allow():
    found = run(particles=500, ess_threshold=0.7)
    assert found.betas[0] == 0
    assert found.betas[-1] == 1
    assert bool((found.betas.diff() > 0).all())
    assert_close(found.ess[:-1], torch.full_like(found.ess[:-1], 350.0), rtol=1e-4)
    assert found.ess[-1] >= 350
    assert len(run(particles=500, ess_threshold=0.3).betas) < len(found.betas)


def test_a_target_within_reach_needs_one_step():
    near = geometric_path(BASE.log_prob, lambda x: BASE.log_prob(x - 0.5))
    drawn = BASE.sample((9,), generator=torch.Generator().manual_seed(0))
    found = run(path=near, transition=lambda x, beta, generator: x, particles=9)
    assert found.betas.tolist() == [0.0, 1.0]
    log_weights = BASE.log_prob(drawn - 0.5) - BASE.log_prob(drawn)
    assert_close(found.log_ratio, special.logsumexp(log_weights.numpy()) - math.log(9))
    assert set(found.samples.tolist()) <= set(drawn.tolist())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"particles": 1}, "got 1, 0.5, 1000"),
        ({"ess_threshold": 1.0}, "got 1000, 1.0, 1000"),
        ({"most_steps": 0}, "got 1000, 0.5, 0"),
        ({"path": lambda x, beta: x[:, None]}, r"\(1000,\) gave \(1000, 1\)"),
    ],
)
def test_bad_input(kwargs, message):
    with pytest.raises(ValueError, match=message):
        run(**kwargs)


@pytest.mark.bad_input
def test_giving_up():
    with pytest.raises(RuntimeError, match="after 1 steps beta is only"):
        run(most_steps=1)
