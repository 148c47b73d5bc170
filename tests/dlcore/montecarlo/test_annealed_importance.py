"""Annealed importance sampling against normalizing constants known on paper and by enumeration."""

import math

import pytest
import torch
from scipy import special

from dlcore import montecarlo
from dlcore.montecarlo import annealed_importance_sampling, geometric_path
from dlcore.probability import Normal
from tests.parity import assert_close

BASE = Normal(torch.zeros(3, dtype=torch.float64), 1.0)


def base_log_prob(x):
    return BASE.log_prob(x).sum(-1)


def target(x):
    """An unnormalized Gaussian of precision 4 in three dimensions, beside the base."""
    return -2 * (x - 1).square().sum(-1)


LOG_Z = 1.5 * math.log(2 * math.pi / 4)
PATH = geometric_path(base_log_prob, target)


def metropolis(x, beta, generator):
    """Three random-walk steps that keep the path's density: they mix badly on purpose."""
    for _ in range(3):
        moved = x + 0.4 * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        u = torch.rand(len(x), generator=generator, dtype=x.dtype)
        accept = u.log() < PATH(moved, beta) - PATH(x, beta)
        x = torch.where(accept[:, None], moved, x)
    return x


def run(betas=20, chains=2000, **kwargs):
    given = {"initial": BASE.sample, "path": PATH, "transition": metropolis} | kwargs
    ladder = torch.linspace(0, 1, betas) if isinstance(betas, int) else betas
    seeded = torch.Generator().manual_seed(1)
    return annealed_importance_sampling(betas=ladder, chains=chains, generator=seeded, **given)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.annealed_importance_sampling")
@pytest.mark.reference("closed form", of="dlcore.montecarlo.AnnealedRuns")
def test_constant_of_a_gaussian():
    runs = run()
    # false alarm below 1e-4 for a normal error; the weights' tail is light with 20 steps
    assert float(runs.log_ratio) == pytest.approx(LOG_Z, abs=4 * float(runs.log_ratio_error))
    assert float(runs.log_ratio_error) < 0.1
    weights = special.softmax(runs.log_weights.numpy())
    assert_close(runs.ess, 1 / (weights**2).sum())
    error = 5 / math.sqrt(float(runs.ess)) / 2
    mean = torch.from_numpy(weights) @ runs.samples
    assert_close(mean, torch.ones(3), rtol=0, atol=error)


def test_more_temperatures_spread_the_weights_less():
    assert run(60).ess > 1.5 * run(20).ess > 3 * run(2).ess


def test_two_temperatures_are_plain_importance_sampling():
    runs = run([0.0, 1.0], chains=5, transition=lambda x, beta, generator: x)
    x = BASE.sample((5,), generator=torch.Generator().manual_seed(1))
    assert_close(runs.samples, x)
    assert_close(runs.log_weights, target(x) - base_log_prob(x))
    assert_close(runs.log_ratio, special.logsumexp(runs.log_weights.numpy()) - math.log(5))


def test_hidden_units_have_their_own_path():
    """A machine of 4 binary units and 3 hidden ones: the sum over 16 states is the reference."""
    draw = torch.Generator().manual_seed(3)
    W = torch.randn(4, 3, generator=draw, dtype=torch.float64)

    def path(v, beta):
        return torch.nn.functional.softplus(beta * (v @ W)).sum(-1)

    def gibbs(v, beta, generator):
        h = torch.bernoulli((beta * v @ W).sigmoid(), generator=generator)
        return torch.bernoulli((beta * h @ W.T).sigmoid(), generator=generator)

    def coins(shape, *, generator=None):
        return torch.bernoulli(torch.full((*shape, 4), 0.5, dtype=W.dtype), generator=generator)

    runs = run(20, initial=coins, path=path, transition=gibbs)
    states = torch.cartesian_prod(*[torch.tensor([0.0, 1.0], dtype=W.dtype)] * 4)
    expected = special.logsumexp(path(states, 1.0).numpy()) - 7 * math.log(2)
    assert float(runs.log_ratio) == pytest.approx(expected, abs=4 * float(runs.log_ratio_error))


@pytest.mark.reference("closed form", of="dlcore.montecarlo.geometric_path")
def test_ends_of_the_path_need_one_density():
    half_line = geometric_path(lambda x: x.log()[:, 0], base_log_prob)
    x = torch.tensor([[-1.0, 0.0, 0.0], [0.0, 1.0, 2.0]], dtype=torch.float64)
    assert_close(half_line(x, 1), base_log_prob(x))
    assert half_line(x, 0)[1] == -torch.inf
    assert_close(PATH(x, 0.25), 0.75 * base_log_prob(x) + 0.25 * target(x))


@pytest.mark.bad_input
@pytest.mark.parametrize("betas", [[0.0], [0.1, 1.0], [0.0, 0.9], [0.0, 0.5, 0.5, 1.0]])
def test_bad_ladders(betas):
    with pytest.raises(ValueError, match="rise from 0 to 1"):
        run(betas)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="at least 1 run, got 0"):
        run(chains=0)
    with pytest.raises(ValueError, match=r"\(7, 3\) gave \(7, 3\)"):
        run(chains=7, path=lambda x, beta: x)
    with pytest.raises(ValueError, match=r"\[0, 1\], got 1.5"):
        PATH(torch.zeros(1, 3), 1.5)
    nowhere = run(chains=7, path=geometric_path(base_log_prob, lambda x: x[:, 0] * 0 - torch.inf))
    with pytest.raises(ValueError, match="largest log-weight must be finite"):
        montecarlo.importance_ess(nowhere.log_weights)
