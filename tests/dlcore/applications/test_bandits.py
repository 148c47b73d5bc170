"""The bandit against means taken from its own record, and against what theory expects of it."""

import math

import pytest
import torch

from dlcore.applications import BanditRun, epsilon_greedy_bandit
from tests.parity import assert_close


def play(**settings) -> BanditRun:
    means = torch.tensor([0.2, -0.5, 1.0], dtype=torch.float64).expand(200, 3)
    settings = {"epsilon": 0.2, "generator": torch.Generator().manual_seed(3)} | settings
    return epsilon_greedy_bandit(means, 400, **settings)


@pytest.mark.reference("torch.bincount", of="dlcore.applications.epsilon_greedy_bandit")
@pytest.mark.reference("torch.bincount", of="dlcore.applications.BanditRun")
def test_values_are_the_mean_rewards_of_the_record():
    run = play()
    for k in (0, 57, 199):
        actions, rewards = run.actions[:, k], run.rewards[:, k]
        counts = torch.bincount(actions, minlength=3)
        sums = torch.bincount(actions, weights=rewards, minlength=3)
        assert torch.equal(run.counts[k], counts)
        assert_close(run.values[k], sums / counts.clamp(min=1), rtol=1e-12)


def test_the_best_arm_is_pulled_as_often_as_epsilon_allows():
    late = play().actions[300:]
    share = (late == 2).double().mean()
    assert abs(share - (1 - 0.2 + 0.2 / 3)) < 0.05
    only_chance = play(epsilon=1.0)
    expected = 400 * 200 / 3
    spread = math.sqrt(400 * 200 * (1 / 3) * (2 / 3))
    assert ((only_chance.counts.sum(0) - expected).abs() < 5 * spread).all()


def test_greed_alone_takes_the_first_arm_of_a_tie():
    first = play(epsilon=0.0).actions[0]
    assert (first == 0).all()


def test_runs_repeat_with_their_seed_and_one_run_needs_no_axis():
    assert torch.equal(play().actions, play().actions)
    single = epsilon_greedy_bandit(torch.tensor([1.0, 2.0]), 5)
    assert single.values.shape == (2,)
    assert single.rewards.shape == (5,)
    assert epsilon_greedy_bandit(torch.tensor([1.0]), 0).counts.tolist() == [0]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("means", "steps", "epsilon", "words"),
    [
        (torch.tensor(1.0), 5, 0.1, r"one arm or more, got shape \(\)"),
        (torch.ones(0), 5, 0.1, r"one arm or more, got shape \(0,\)"),
        (torch.ones(2), -1, 0.1, "got -1, 0.1"),
        (torch.ones(2), 5, 1.5, "got 5, 1.5"),
    ],
)
def test_bad_input(means, steps, epsilon, words):
    with pytest.raises(ValueError, match=words):
        epsilon_greedy_bandit(means, steps, epsilon=epsilon)
