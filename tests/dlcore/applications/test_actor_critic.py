"""Advantages by their defining sum, PPO's objective by cases, and learning on one decision."""

import numpy as np
import pytest
import torch
from torch import nn

from dlcore.applications import (
    PPO,
    ActorCritic,
    CartPole,
    CategoricalPolicy,
    generalized_advantages,
    ppo_loss,
)
from tests.dlcore.applications.test_policy_gradient import OneChoice
from tests.parity import assert_close


@pytest.mark.reference("numpy.sum", of="dlcore.applications.generalized_advantages")
def test_advantages_are_discounted_sums_of_surprises_within_an_episode(generator):
    rewards, values, following = torch.randn(3, 7, 2, generator=generator, dtype=torch.float64)
    ends = torch.zeros(7, 2, dtype=torch.bool)
    ends[2, 0] = ends[5, 1] = True
    found = generalized_advantages(rewards, values, following, ends, discount=0.9, trace_decay=0.8)
    surprises = (rewards + 0.9 * following - values).numpy()
    for e, stops in enumerate(([2, 6, 6, 6], [5, 5, 5, 5])):
        for t in range(4):
            last = next(s for s in sorted({*stops, 6}) if s >= t)
            expected = np.sum([0.72 ** (k - t) * surprises[k, e] for k in range(t, last + 1)])
            assert float(found[t, e]) == pytest.approx(float(expected))


def test_lambda_one_is_the_return_minus_the_value(generator):
    rewards = torch.randn(4, generator=generator, dtype=torch.float64)
    values = torch.randn(4, generator=generator, dtype=torch.float64)
    following = torch.cat([values[1:], torch.zeros(1, dtype=torch.float64)])
    ends = torch.tensor([False, False, False, True])
    found = generalized_advantages(rewards, values, following, ends, discount=0.5, trace_decay=1.0)
    G = sum(0.5**k * rewards[k] for k in range(4))
    assert_close(found[0], G - values[0])


@pytest.mark.reference("numpy.minimum", of="dlcore.applications.ppo_loss")
def test_the_clipped_objective(generator):
    old, new = 0.5 * torch.randn(2, 50, generator=generator, dtype=torch.float64)
    A = torch.randn(50, generator=generator, dtype=torch.float64)
    ratio = np.exp((new - old).numpy())
    expected = -np.minimum(ratio * A.numpy(), np.clip(ratio, 0.8, 1.2) * A.numpy()).mean()
    assert_close(ppo_loss(new, old, A), torch.tensor(expected))


def test_no_gradient_beyond_the_clip_and_the_policy_gradient_at_its_start():
    A = torch.tensor([1.0, 1.0, -1.0, -1.0], dtype=torch.float64)
    ratio = torch.tensor([1.3, 0.7, 1.3, 0.7], dtype=torch.float64)
    new = ratio.log().requires_grad_()
    zero = torch.zeros(4, dtype=torch.float64)
    (found,) = torch.autograd.grad(ppo_loss(new, zero, A), new)
    assert_close(found, -torch.tensor([0.0, 0.7, -1.3, 0.0], dtype=torch.float64) / 4)
    start = zero.clone().requires_grad_()
    (found,) = torch.autograd.grad(ppo_loss(start, zero, A), start)
    assert_close(found, -A / 4)


def pushing_right(**settings) -> ActorCritic:
    """One cart that is soon stopped, and one whose pole falls: the policy always pushes right."""
    torch.manual_seed(0)
    policy, critic = CategoricalPolicy(nn.Linear(4, 2)), nn.Linear(4, 1)
    with torch.no_grad():
        policy.network.bias[1] = 100
    return ActorCritic([CartPole(max_steps=5), CartPole()], policy, critic, horizon=40, **settings)


def test_a_rollout_knows_ends_from_cuts(generator):
    rollout, finished = pushing_right(generator=generator).collect()
    assert rollout.ends[:, 0].nonzero()[:, 0].tolist() == list(range(4, 40, 5))
    assert not rollout.terminated[:, 0].any()
    assert torch.equal(rollout.terminated[:, 1], rollout.ends[:, 1])
    assert rollout.terminated[:, 1].any()
    assert finished.count(5.0) == 8
    goes_on = ~rollout.ends[:-1]
    assert torch.equal(rollout.observations[1:][goes_on], rollout.next_observations[:-1][goes_on])


@pytest.mark.reference("torch.nn.functional.mse_loss", of="dlcore.applications.ActorCritic")
def test_the_critic_is_fitted_to_advantages_plus_values(generator):
    agent = pushing_right(generator=generator, lr=0.0)
    rollout, _ = agent.collect()
    advantages, targets = agent.advantages(rollout)
    values = agent.critic(rollout.observations)[..., 0]
    assert_close(targets - advantages, values.detach(), rtol=1e-4, atol=1e-5)
    last = rollout.terminated[:, 1].nonzero()[0, 0]
    assert_close(targets[last, 1], torch.tensor(1.0), rtol=1e-5)
    (expected,) = torch.autograd.grad(
        nn.functional.mse_loss(values, targets) / 2, agent.critic.weight
    )
    observations, actions = rollout.observations.flatten(0, 1), rollout.actions.flatten()
    agent.step(observations, actions, torch.zeros(80), advantages.flatten(), targets.flatten())
    direction = nn.functional.cosine_similarity(agent.critic.weight.grad, expected)
    assert direction.item() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.reference("numpy.argmax", of="dlcore.applications.PPO")
@pytest.mark.parametrize(("agent", "settings"), [(ActorCritic, {}), (PPO, {"batch_size": 32})])
def test_the_best_action_is_found(agent, settings, generator):
    torch.manual_seed(0)
    policy, critic = CategoricalPolicy(nn.Linear(1, 3)), nn.Linear(1, 1)
    envs = [OneChoice() for _ in range(8)]
    learner = agent(envs, policy, critic, lr=0.1, horizon=8, generator=generator, **settings)
    returns = learner.train(64 * 30)
    assert len(returns) == 64 * 30
    assert returns[-200:].mean() > 2.7
    assert policy.act([0.0]) == np.argmax([1.0, 0.0, 3.0])


@pytest.mark.bad_input
def test_bad_input():
    policy, critic = CategoricalPolicy(nn.Linear(1, 3)), nn.Linear(1, 1)
    x, no = torch.zeros(3), torch.zeros(3, dtype=torch.bool)
    with pytest.raises(ValueError, match="one shape"):
        generalized_advantages(x, x, x[:2], no, discount=0.9, trace_decay=0.9)
    with pytest.raises(ValueError, match="trace_decay"):
        generalized_advantages(x, x, x, no, discount=0.9, trace_decay=1.5)
    with pytest.raises(ValueError, match="positive clip"):
        ppo_loss(x, x, x, clip=0.0)
    with pytest.raises(ValueError, match="an environment"):
        ActorCritic([], policy, critic)
    with pytest.raises(ValueError, match="an epoch"):
        PPO([OneChoice()], policy, critic, epochs=0)
    with pytest.raises(ValueError, match="16, got 3"):
        ActorCritic([OneChoice()], policy, critic).train(3)
