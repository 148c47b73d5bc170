"""Bandit policies: their indices by formula, their beliefs by SciPy, their regret by theory."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import beta, kstest

from dlcore.applications import UCB1, EpsilonGreedy, ThompsonSampling, play_bandit, regret
from tests.parity import assert_close

MEANS = torch.tensor([0.1, 0.12, 0.2], dtype=torch.float64)


def seen(policy, pulls: list[tuple[int, float]], arms: int = 3):
    policy.start(torch.zeros(arms, dtype=torch.float64))
    for arm, reward in pulls:
        policy.update(torch.tensor(arm), torch.tensor(reward, dtype=torch.float64))
    return policy


@pytest.mark.reference("numpy.argmax", of="dlcore.applications.UCB1")
def test_ucb1_takes_the_largest_bound_and_untried_arms_first():
    pulls = [(0, 1.0), (1, 0.0), (2, 1.0), (0, 1.0), (2, 0.0), (2, 1.0)]
    assert int(seen(UCB1(), pulls[:2]).choose()) == 2
    n, total = np.array([2, 1, 3]), np.array([2.0, 0.0, 2.0])
    for c in (0.0, 0.5, 2.0, 20.0):
        expected = np.argmax(total / n + np.sqrt(c * math.log(6) / n))
        assert int(seen(UCB1(c), pulls).choose()) == expected


@pytest.mark.reference("torch.bincount", of="dlcore.applications.EpsilonGreedy")
def test_epsilon_greedy_explores_with_its_chance_and_breaks_ties_by_chance(generator):
    policy = EpsilonGreedy(0.3)
    policy.start(torch.zeros(6000, 3))
    policy.update(torch.full((6000,), 2), torch.ones(6000))
    shares = torch.bincount(policy.choose(generator), minlength=3) / 6000
    assert (shares - torch.tensor([0.1, 0.1, 0.8])).abs().max() < 4 * math.sqrt(0.25 / 6000)
    policy.start(torch.zeros(6000, 3))
    shares = torch.bincount(policy.choose(generator), minlength=3) / 6000
    assert (shares - 1 / 3).abs().max() < 4 * math.sqrt(0.25 / 6000)


@pytest.mark.reference("scipy.stats.beta", of="dlcore.applications.ThompsonSampling")
def test_thompson_sampling_believes_a_beta_distribution(generator):
    policy = seen(ThompsonSampling((2.0, 3.0)), [(0, 1.0), (0, 1.0), (0, 0.0), (1, 0.0)])
    a, b = np.array([4.0, 2.0, 2.0]), np.array([4.0, 4.0, 3.0])
    assert_close(policy.posterior().mean, beta.mean(a, b))
    draws = policy.posterior().sample((2000,), generator=generator)
    assert kstest(draws[:, 0].numpy(), beta(4, 4).cdf).pvalue > 1e-3


def test_thompson_sampling_chooses_as_often_as_an_arm_is_believed_to_be_the_best(generator):
    policy = ThompsonSampling()
    policy.start(torch.zeros(4000, 2))
    policy.update(torch.zeros(4000, dtype=torch.int64), torch.ones(4000))
    share = (policy.choose(generator) == 0).double().mean()
    assert abs(share - 2 / 3) < 4 * math.sqrt(0.25 / 4000)  # P(Beta(2, 1) > Beta(1, 1))


@pytest.mark.reference("numpy.bincount", of="dlcore.applications.play_bandit")
@pytest.mark.parametrize("kind", ["bernoulli", "gaussian"])
def test_a_run_is_its_record(kind, generator):
    means = MEANS.expand(4, 3)
    run = play_bandit(EpsilonGreedy(0.5), means, 200, rewards=kind, generator=generator)
    for k in range(4):
        counts = np.bincount(run.actions[:, k].numpy(), minlength=3)
        sums = np.bincount(run.actions[:, k].numpy(), run.rewards[:, k].numpy(), minlength=3)
        assert run.counts[k].tolist() == counts.tolist()
        assert_close(run.values[k], sums / counts)
    assert kind == "gaussian" or set(run.rewards.unique().tolist()) == {0.0, 1.0}


@pytest.mark.reference("numpy.cumsum", of="dlcore.applications.regret")
def test_regret_adds_up_gaps():
    actions = torch.tensor([[0, 2], [1, 0], [2, 1]])
    gaps = (0.2 - MEANS.numpy())[actions.numpy()]
    assert_close(regret(actions, MEANS.expand(2, 3)), np.cumsum(gaps, axis=0))


def test_order_of_regret():
    """Expected by chance alone: 600 steps of the mean gap; the bound of UCB1 holds as well."""
    means = MEANS.expand(50, 3)
    lost = {}
    for name, policy in {
        "chance": EpsilonGreedy(1.0),
        "ucb": UCB1(),
        "greedy": EpsilonGreedy(0.1),
        "thompson": ThompsonSampling(),
    }.items():
        generator = torch.Generator().manual_seed(0)
        run = play_bandit(policy, means, 600, generator=generator)
        lost[name] = float(regret(run.actions, means)[-1].mean())
    gaps = np.array([0.1, 0.08])
    assert lost["chance"] == pytest.approx(600 * gaps.sum() / 3, rel=0.03)
    assert lost["thompson"] < lost["greedy"] < lost["ucb"] < lost["chance"]
    assert lost["ucb"] < np.sum(8 * math.log(600) / gaps + (1 + math.pi**2 / 3) * gaps)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="epsilon"):
        EpsilonGreedy(1.2)
    with pytest.raises(ValueError, match="exploration"):
        UCB1(-1.0)
    with pytest.raises(ValueError, match="Beta prior"):
        ThompsonSampling((0.0, 1.0))
    with pytest.raises(ValueError, match=r"\[0, 1\], got 2"):
        seen(ThompsonSampling(), [(0, 2.0)])
    with pytest.raises(ValueError, match="an arm and a step"):
        play_bandit(UCB1(), MEANS, 0)
    with pytest.raises(ValueError, match="chances must lie"):
        play_bandit(UCB1(), MEANS + 1, 5)
    with pytest.raises(ValueError, match="'poisson'"):
        play_bandit(UCB1(), MEANS, 5, rewards="poisson")
    with pytest.raises(ValueError, match="actions of shape"):
        regret(torch.zeros(5, 2, dtype=torch.int64), MEANS)
