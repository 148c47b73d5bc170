"""Deep Q-learning: targets by hand, replay by its record, and the optimal table of a small grid."""

import numpy as np
import pytest
import torch
from gymnasium.spaces import Box
from gymnasium.wrappers import TransformObservation
from torch import nn

from dlcore.applications import DQN, GridWorld, LaneKeeping, ReplayBuffer, Transitions, dqn_targets
from tests.dlcore.applications.test_tabular_control import optimal_q
from tests.parity import assert_close


@pytest.mark.reference("numpy.where", of="dlcore.applications.dqn_targets")
def test_targets(generator):
    rewards = torch.randn(20, generator=generator, dtype=torch.float64)
    next_q, chooser = torch.randn(2, 20, 3, generator=generator, dtype=torch.float64)
    terminated = torch.arange(20) % 4 == 0
    best = next_q.numpy().max(1)
    expected = rewards.numpy() + np.where(terminated.numpy(), 0, 0.9 * best)
    assert_close(dqn_targets(rewards, terminated, next_q, discount=0.9), expected)
    valued = next_q.numpy()[np.arange(20), chooser.numpy().argmax(1)]
    expected = rewards.numpy() + np.where(terminated.numpy(), 0, 0.9 * valued)
    found = dqn_targets(rewards, terminated, next_q, discount=0.9, chooser=chooser)
    assert_close(found, expected)


@pytest.mark.reference("collections.deque", of="dlcore.applications.ReplayBuffer")
@pytest.mark.reference("collections.deque", of="dlcore.applications.Transitions")
def test_the_buffer_keeps_the_last_steps_together(generator):
    buffer = ReplayBuffer(5, (2,))
    for i in range(8):
        buffer.add(np.array([i, -i], np.float32), i % 3, float(i), [i + 1.0, 0.0], i % 2 == 0)
    assert len(buffer) == 5
    drawn = buffer.sample(200, generator)
    assert isinstance(drawn, Transitions)
    i = drawn.rewards
    assert set(i.tolist()) == {3.0, 4.0, 5.0, 6.0, 7.0}
    assert torch.equal(drawn.observations, torch.stack([i, -i], 1))
    assert torch.equal(drawn.next_observations[:, 0], i + 1)
    assert torch.equal(drawn.actions, i.long() % 3)
    assert torch.equal(drawn.terminated, i.long() % 2 == 0)


@pytest.mark.reference("numpy.matmul", of="dlcore.applications.DQN")
@pytest.mark.parametrize("double", [False, True])
def test_a_linear_network_on_numbered_states_learns_the_optimal_table(double):
    grid = GridWorld(["S.", ".G"], max_steps=20)
    one_hot = np.eye(4, dtype=np.float32)
    env = TransformObservation(grid, lambda s: one_hot[s], Box(0, 1, (4,), np.float32))
    network = nn.Linear(4, 4, bias=False)
    nn.init.zeros_(network.weight)
    agent = DQN(
        env,
        network,
        double=double,
        lr=lambda step: 0.1 * (1 - step / 800),
        discount=0.9,
        epsilon=1.0,
        copy_every=20,
        warmup=100,
        generator=torch.Generator().manual_seed(0),
    )
    returns = agent.train(700)
    assert len(returns) > 20
    live = ~grid.mdp.terminal
    assert_close(network.weight.detach().T[live], optimal_q(grid.mdp)[live], rtol=0, atol=0.02)
    assert agent.act(one_hot[0]) in (1, 2)


def test_the_target_network_stands_still_between_copies(generator):
    torch.manual_seed(0)
    grid = GridWorld(["S.G"])
    env = TransformObservation(
        grid, lambda s: np.array([s], np.float32), Box(0, 3, (1,), np.float32)
    )
    agent = DQN(env, nn.Linear(1, 4), warmup=10, copy_every=50, generator=generator)
    before = agent.target_network.weight.clone()
    agent.train(40)
    assert torch.equal(agent.target_network.weight, before)
    assert not torch.equal(agent.network.weight, before)
    agent.train(60)
    assert not torch.equal(agent.target_network.weight, before)


@pytest.mark.bad_input
def test_bad_input():
    x, no = torch.zeros(3), torch.zeros(3, dtype=torch.bool)
    with pytest.raises(ValueError, match="capacity"):
        ReplayBuffer(0, (1,))
    with pytest.raises(ValueError, match="empty"):
        ReplayBuffer(3, (1,)).sample(2)
    with pytest.raises(ValueError, match=r"next_q \(b, k\)"):
        dqn_targets(x, no, torch.zeros(3), discount=0.9)
    with pytest.raises(ValueError, match="chooser"):
        dqn_targets(x, no, torch.zeros(3, 2), discount=0.9, chooser=torch.zeros(3, 4))
    with pytest.raises(ValueError, match="discount"):
        dqn_targets(x, no, torch.zeros(3, 2), discount=2.0)
    with pytest.raises(ValueError, match="numbered actions"):
        DQN(LaneKeeping(), nn.Linear(3, 1))
    with pytest.raises(ValueError, match="batch_size"):
        DQN(GridWorld(), nn.Linear(1, 4), batch_size=0)
    with pytest.raises(ValueError, match="steps"):
        DQN(GridWorld(), nn.Linear(1, 4)).train(0)
