"""Playing and adding up, against SciPy's filter and Gymnasium's own recorder."""

import gymnasium
import numpy as np
import pytest
import torch
from scipy.signal import lfilter

from dlcore.applications import (
    CartPole,
    Environment,
    discounted_returns,
    evaluate_policy,
    run_episode,
)
from tests.parity import assert_close


def lean(observation) -> int:
    return int(observation[2] > 0)


@pytest.mark.reference(
    "gymnasium.wrappers.RecordEpisodeStatistics", of="dlcore.applications.run_episode"
)
@pytest.mark.reference("gymnasium.Env", of="dlcore.applications.Environment")
def test_an_episode_is_recorded():
    env = gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("CartPole-v1"))
    assert isinstance(env, Environment)
    episode = run_episode(env, lean, seed=3)
    assert env.return_queue[-1] == float(episode.rewards.sum())
    assert env.length_queue[-1] == len(episode.actions) == len(episode.observations) - 1
    assert episode.terminated
    assert [lean(x) for x in episode.observations[:-1]] == episode.actions.tolist()


def test_steps_can_be_limited():
    episode = run_episode(CartPole(), lean, seed=3, max_steps=4)
    assert len(episode.rewards) == 4
    assert not episode.terminated


@pytest.mark.reference(
    "gymnasium.wrappers.RecordEpisodeStatistics", of="dlcore.applications.evaluate_policy"
)
def test_returns_of_several_seeds():
    env = gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("CartPole-v1"))
    returns = evaluate_policy(env, lean, 5, seed=10)
    assert_close(returns, np.array(env.return_queue, np.float32))
    assert torch.equal(returns[2:], evaluate_policy(CartPole(), lean, 3, seed=12))


@pytest.mark.reference("scipy.signal.lfilter", of="dlcore.applications.discounted_returns")
def test_discounted_returns():
    rewards = torch.randn(30, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    expected = lfilter([1], [1, -0.9], rewards.numpy()[::-1], axis=0)[::-1]
    assert_close(discounted_returns(rewards, 0.9), expected.copy())


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="max_steps"):
        run_episode(CartPole(), lean, max_steps=0)
    with pytest.raises(ValueError, match="episodes"):
        evaluate_policy(CartPole(), lean, 0)
    with pytest.raises(ValueError, match="discount"):
        discounted_returns(torch.ones(2), -0.1)
