"""Metropolis-Hastings: exact transition laws, invariance at a false-alarm rate of 1e-4."""

import math

import pytest
import torch
from scipy.stats import binomtest, chisquare

from dlcore.montecarlo import (
    Chains,
    adapt_step_size,
    invariance_test,
    metropolis_hastings,
    random_walk_metropolis,
)
from tests.dlcore.montecarlo.targets import banana, banana_draws
from tests.parity import assert_close

PI = torch.tensor([0.2, 0.3, 0.5], dtype=torch.float64)
Q = torch.tensor([[0, 0.9, 0.1], [0.5, 0, 0.5], [0.2, 0.8, 0]], dtype=torch.float64)


def normal(x):
    return -(x[:, 0] ** 2) / 2


@pytest.mark.reference("enumeration", of="dlcore.montecarlo.metropolis_hastings")
@pytest.mark.parametrize("offset", [0.0, 1000.0, -1000.0])
def test_one_step_has_the_transition_probabilities(offset, generator):
    n = 20_000

    def propose(x, g):
        return torch.multinomial(Q[x[:, 0].long()], 1, generator=g).to(x)

    for i in range(3):
        chains = metropolis_hastings(
            lambda x: PI.log()[x[:, 0].long()] + offset,
            torch.full((n, 1), float(i), dtype=torch.float64),
            propose,
            1,
            log_q=lambda to, given: Q.log()[given[:, 0].long(), to[:, 0].long()],
            generator=generator,
        )
        A = (PI * Q[:, i] / (PI[i] * Q[i])).clamp(max=1).nan_to_num(0)
        expected = Q[i] * A
        expected[i] = 1 - expected.sum()
        counts = torch.bincount(chains.samples.flatten().long(), minlength=3)
        possible = expected > 1e-12
        assert counts[~possible].sum() == 0
        assert chisquare(counts[possible], n * expected[possible]).pvalue > 1e-4
        assert_close(chains.log_prob, PI.log()[chains.samples[..., 0].long()] + offset)


@pytest.mark.parametrize("hastings", [True, False])
def test_a_multiplicative_proposal_needs_its_ratio(hastings, generator):
    def log_q(to, given):
        return -to[:, 0].log() - (to / given)[:, 0].log() ** 2 / 2

    exact = -torch.rand(10_000, 1, generator=generator, dtype=torch.float64).log()
    found = invariance_test(
        exact,
        lambda x: metropolis_hastings(
            lambda x: -x[:, 0],
            x,
            lambda x, g: x * torch.randn(x.shape, generator=g, dtype=x.dtype).exp(),
            3,
            log_q=log_q if hastings else None,
            generator=generator,
        ).samples[:, -1],
    )
    assert found.passed == hastings


@pytest.mark.reference("closed form", of="dlcore.montecarlo.random_walk_metropolis")
@pytest.mark.reference("closed form", of="dlcore.montecarlo.RandomWalk")
@pytest.mark.parametrize("s", [0.5, 1.0, 2.38, 10.0])
def test_acceptance_on_a_normal_target(s, generator):
    x = torch.randn(40_000, 1, generator=generator)
    run = random_walk_metropolis(normal, x, 1, step_size=s, generator=generator)
    expected = 2 / math.pi * math.atan(2 / s)
    assert binomtest(int(run.acceptance_rate.sum()), len(x), expected).pvalue > 1e-4
    assert_close(run.step_size, torch.full((len(x),), s))


def test_random_walk_keeps_a_banana(generator):
    scale = torch.tensor([1.0, 2.0], dtype=torch.float64)
    found = invariance_test(
        banana_draws(10_000, generator),
        lambda x: random_walk_metropolis(
            banana, x, 5, step_size=0.7, scale=scale, generator=generator
        ).samples[:, -1],
    )
    assert found.passed, found


def test_throwing_rejected_states_away_is_noticed(generator):
    def only_accepted(x):
        y = x.clone()
        while bool((stuck := (y == x)[:, 0]).any()):
            again = random_walk_metropolis(normal, x[stuck], 1, step_size=3.0, generator=generator)
            y[stuck] = again.samples[:, -1]
        return y

    exact = torch.randn(10_000, 1, generator=generator, dtype=torch.float64)
    assert not invariance_test(exact, lambda x: only_accepted(only_accepted(x))).passed


@pytest.mark.reference("closed form", of="dlcore.montecarlo.Chains")
def test_states_repeat_when_rejected(generator):
    chains = metropolis_hastings(
        lambda x: torch.where(x[:, 0].abs() < 1, 0.0, -torch.inf),
        torch.zeros(7, 1),
        lambda x, g: x + 3 * torch.randn(x.shape, generator=g),
        300,
        burn_in=11,
        generator=generator,
    )
    x = chains.samples[..., 0]
    assert chains.samples.shape == (7, 300, 1)
    assert bool((x.abs() < 1).all())
    moved = (x.diff(dim=1) != 0).double().mean(1)
    assert_close(chains.acceptance_rate, moved * 299 / 300, atol=1.01 / 300)
    assert chains.evaluations.tolist() == [312] * 7
    assert_close(chains.drop(100).samples, chains.samples[:, 100:])
    assert_close(chains.thin(50).log_prob, chains.log_prob[:, 49::50])
    assert chains.flat.shape == (2100, 1)
    assert isinstance(chains.thin(2), Chains)


def test_one_uniform_a_step_in_a_fixed_order():
    run = random_walk_metropolis(
        normal, torch.zeros(3, 1), 50, step_size=2.0, generator=torch.Generator().manual_seed(5)
    )
    generator = torch.Generator().manual_seed(5)
    x = torch.zeros(3, 1)
    for t in range(50):
        y = x + 2.0 * torch.randn(3, 1, generator=generator)
        u = torch.rand(3, generator=generator)
        x = torch.where((u.log() < normal(y) - normal(x))[:, None], y, x)
        assert torch.equal(run.samples[:, t], x)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.adapt_step_size")
@pytest.mark.parametrize(("d", "target"), [(1, 0.44), (5, 0.234)])
def test_adaptation_reaches_the_target(d, target, generator):
    run = random_walk_metropolis(
        lambda x: -x.square().sum(1) / 2,
        torch.zeros(100, d),
        200,
        step_size=50.0,
        burn_in=1000,
        adapt=True,
        generator=generator,
    )
    assert run.acceptance_rate.mean().item() == pytest.approx(target, abs=0.04)
    if d == 1:  # 2/π arctan(2/s) = 0.44
        s = 2 / math.tan(0.44 * math.pi / 2)
        assert run.step_size.log().mean().item() == pytest.approx(math.log(s), abs=0.1)
    assert run.evaluations.tolist() == [1202] * 100
    step = adapt_step_size(torch.tensor([3.0]), torch.tensor([0.9]), 4, target=0.5, decay=1.0)
    assert_close(step, [3 * math.exp(0.4 / 5)], rtol=1e-6)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"draws": 0}, "draws"),
        ({"burn_in": -1}, "burn_in"),
        ({"initial": torch.zeros(3)}, r"\(chains, d\)"),
        ({"initial": torch.zeros(3, 1).long()}, "int64"),
        ({"initial": torch.full((3, 1), torch.inf)}, "target is 0"),
        ({"log_prob": lambda x: x}, "one number a chain"),
        ({"step_size": 0.0}, "positive"),
    ],
)
def test_bad_input(changes, says):
    given = {"log_prob": normal, "initial": torch.zeros(3, 1), "draws": 2} | changes
    with pytest.raises(ValueError, match=says):
        random_walk_metropolis(**given)


@pytest.mark.bad_input
def test_bad_adaptation_and_slices():
    for bad in ({"target": 1.0}, {"decay": 0.5}, {"step": -1}):
        with pytest.raises(ValueError, match="expected target"):
            adapt_step_size(**({"step_size": torch.ones(1), "acceptance": PI, "step": 0} | bad))
    with pytest.raises(ValueError, match="positive"):
        adapt_step_size(torch.zeros(1), torch.ones(1), 0)
    chains = Chains(torch.zeros(2, 3, 1), None, torch.ones(2))
    with pytest.raises(ValueError, match="drop 3 of 3"):
        chains.drop(3)
    with pytest.raises(ValueError, match="each 4-th"):
        chains.thin(4)
