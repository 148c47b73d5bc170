"""The policy gradient against exact expectations on problems small enough to enumerate."""

import pytest
import torch
from gymnasium import Env
from gymnasium.spaces import Box, Discrete
from torch import nn

from dlcore.applications import (
    REINFORCE,
    CartPole,
    CategoricalPolicy,
    Episode,
    GaussianPolicy,
    discounted_returns,
    policy_gradient_loss,
)
from tests.parity import assert_close

REWARDS = torch.tensor([1.0, 0.0, 3.0], dtype=torch.float64)


def bandit_policy(log_chances: torch.Tensor) -> CategoricalPolicy:
    """A policy that looks at nothing: its logits are the biases of a layer with weights 0."""
    layer = nn.Linear(1, len(log_chances)).double()
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.copy_(log_chances)
    return CategoricalPolicy(layer)


def gradient(loss: torch.Tensor, policy: CategoricalPolicy) -> torch.Tensor:
    return torch.autograd.grad(loss, policy.network.bias)[0]


def bandit_episodes(actions: list[int]) -> list[Episode]:
    """One step each, in just the shares in which the policy draws actions."""
    return [
        Episode(torch.zeros(2, 1).double(), torch.tensor([a]), REWARDS[a : a + 1], True)
        for a in actions
    ]


CHANCES = torch.tensor([0.5, 0.25, 0.25], dtype=torch.float64)
SHARES = [0, 0, 1, 2]


def exact_gradient(policy: CategoricalPolicy) -> torch.Tensor:
    chances = policy.network.bias.softmax(0)
    return gradient((chances * REWARDS).sum(), policy)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.applications.REINFORCE")
@pytest.mark.parametrize("baseline", [None, 2.0])
def test_the_expected_step_is_the_exact_gradient_with_any_baseline(baseline):
    policy = bandit_policy(CHANCES.log())
    constant = None
    if baseline is not None:
        constant = nn.Linear(1, 1).double().requires_grad_(False)
        constant.weight.zero_()
        constant.bias.fill_(baseline)
    agent = REINFORCE([CartPole()], policy, baseline=None, normalize=False, discount=0.9)
    agent.baseline = constant
    found = gradient(agent.loss(bandit_episodes(SHARES)), policy)
    assert_close(-found, exact_gradient(policy))
    probabilities = CHANCES.numpy()
    assert_close(exact_gradient(policy), probabilities * (REWARDS.numpy() - 1.25))


@pytest.mark.reference("torch.autograd.grad", of="dlcore.applications.policy_gradient_loss")
def test_advantages_are_constants():
    log_probs = torch.tensor([-1.0, -2.0], dtype=torch.float64, requires_grad=True)
    advantages = torch.tensor([3.0, -1.0], dtype=torch.float64, requires_grad=True)
    loss = policy_gradient_loss(log_probs, advantages)
    assert_close(loss, torch.tensor(0.5))
    found, nothing = torch.autograd.grad(loss, (log_probs, advantages), allow_unused=True)
    assert_close(found, torch.tensor([-1.5, 0.5]))
    assert nothing is None


def test_a_gaussian_policy_on_a_parabola(generator):
    """For the reward -(a - 2)^2 the gradient with respect to the mean is 2 (2 - mean)."""
    policy = GaussianPolicy(nn.Linear(1, 1), 1, log_std=-1.0).double()
    x = torch.zeros(40_000, 1, dtype=torch.float64)
    mean = policy.network.bias
    actions = policy.sample(x, generator)
    reward = -((actions[:, 0] - 2) ** 2)
    log_probs, _ = policy.evaluate(x, actions)
    loss = policy_gradient_loss(log_probs, reward - reward.mean())
    found = -torch.autograd.grad(loss, mean)[0]
    assert found.item() == pytest.approx(2 * (2 - mean.item()), rel=0.05)


def test_two_steps_are_credited_with_what_follows():
    policy = bandit_policy(torch.zeros(2, dtype=torch.float64))
    episode = Episode(
        torch.zeros(3, 1).double(),
        torch.tensor([0, 1]),
        torch.tensor([1.0, 5.0], dtype=torch.float64),
        True,
    )
    agent = REINFORCE([CartPole()], policy, normalize=False, discount=0.5)
    G = discounted_returns(episode.rewards, 0.5)
    ones = torch.tensor([[0.5, -0.5], [-0.5, 0.5]], dtype=torch.float64)
    assert_close(-gradient(agent.loss([episode]), policy), (G[:, None] * ones).mean(0))


class OneChoice(Env):
    """Three actions, the last is the best, and the episode ends."""

    observation_space, action_space = Box(0, 1, (1,)), Discrete(3)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self.observation_space.low, {}

    def step(self, action):
        return self.observation_space.low, float(REWARDS[action]), True, False, {}


def test_training_finds_the_best_action(generator):
    torch.manual_seed(0)
    policy, baseline = CategoricalPolicy(nn.Linear(1, 3)), nn.Linear(1, 1)
    agent = REINFORCE(
        [OneChoice() for _ in range(8)], policy, baseline=baseline, lr=0.1, generator=generator
    )
    returns = agent.train(60)
    assert returns.shape == (60, 8)
    assert returns[-10:].mean() > 2.7
    assert policy.act([0.0]) == 2
    assert baseline(torch.zeros(1, 1)).item() == pytest.approx(3.0, abs=0.5)


@pytest.mark.bad_input
def test_bad_input():
    policy = CategoricalPolicy(nn.Linear(1, 3))
    with pytest.raises(ValueError, match="shapes differ"):
        policy_gradient_loss(torch.zeros(2), torch.zeros(3))
    with pytest.raises(ValueError, match="an environment"):
        REINFORCE([], policy)
    with pytest.raises(ValueError, match="updates"):
        REINFORCE([OneChoice()], policy).train(0)
