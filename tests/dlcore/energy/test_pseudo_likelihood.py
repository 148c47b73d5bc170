"""Pseudo-likelihood and ratio matching against tables of all states."""

import numpy as np
import pytest
import torch
from sklearn.neural_network import BernoulliRBM

from dlcore.energy import pseudo_log_likelihood, ratio_matching_loss
from dlcore.graphical import IsingModel
from tests.dlcore.energy.machines import arrays, bits, joint_table, random_rbm
from tests.parity import assert_close


def conditionals(p, V):
    """p(x_i | rest) for each state and unit, from the table p."""
    d = V.shape[1]
    numbers = (V @ 2 ** np.arange(d - 1, -1, -1)).astype(int)
    flips = numbers[:, None] ^ (2 ** np.arange(d - 1, -1, -1))
    return p[numbers][:, None] / (p[numbers][:, None] + p[flips])


@pytest.mark.reference("table of all states", of="dlcore.energy.pseudo_log_likelihood")
@pytest.mark.reference("table of all states", of="dlcore.energy.ratio_matching_loss")
def test_against_the_table():
    rbm, V = random_rbm(5, 3), bits(5)
    p = conditionals(joint_table(rbm).sum(1), V)
    x = torch.as_tensor(V)
    found = pseudo_log_likelihood(lambda v: -rbm.free_energy(v), x)
    assert_close(found, np.log(p).sum(1))
    loss = ratio_matching_loss(lambda v: -rbm.free_energy(v) + 77, x)
    assert_close(loss, ((1 - p) ** 2).sum(1).mean())


def test_mean_of_what_scikit_learn_draws(generator):
    """BernoulliRBM takes one unit of each row at random, times d."""
    rbm = random_rbm(6, 4)
    W, b, c = arrays(rbm)
    theirs = BernoulliRBM(n_components=4, random_state=0)
    theirs.components_, theirs.intercept_visible_, theirs.intercept_hidden_ = W.T, b, c
    v = torch.rand(1, 6, generator=generator).round().double()
    theirs.n_features_in_ = 6
    drawn = theirs.score_samples(v.expand(20_000, -1).numpy())
    ours = pseudo_log_likelihood(lambda v: -rbm.free_energy(v), v).item()
    assert abs(drawn.mean() - ours) < 4 * drawn.std() / 20_000**0.5


def two_spins(J):
    return IsingModel(torch.tensor([[0.0, 1.0], [1.0, 0.0]]).double() * J)


@pytest.mark.parametrize("objective", ["pseudo-likelihood", "ratio matching"])
def test_the_coupling_is_recovered(objective):
    """With the exact table as data the best coupling is the true one."""
    V = torch.as_tensor(bits(2)).long()
    p = two_spins(0.7).log_prob(V).exp()
    losses = []
    for J in (0.69, 0.7, 0.71):
        score = two_spins(J).log_score
        if objective == "pseudo-likelihood":
            losses.append(-(p @ pseudo_log_likelihood(score, V)))
        else:
            rows = [ratio_matching_loss(score, v[None]) for v in V]
            losses.append(p @ torch.stack(rows))
    assert losses[1] < losses[0]
    assert losses[1] < losses[2]


def test_gradient_reaches_the_model():
    rbm = random_rbm(3, 2)
    pseudo_log_likelihood(lambda v: -rbm.free_energy(v), torch.as_tensor(bits(3))).sum().backward()
    assert rbm.W.grad.abs().sum() > 0


@pytest.mark.bad_input
def test_bad_input():
    for wrong in (torch.tensor([[0.5, 1.0]]), torch.zeros(3), -torch.ones(2, 2)):
        with pytest.raises(ValueError, match="zeros and ones"):
            pseudo_log_likelihood(lambda v: v.sum(1), wrong)
        with pytest.raises(ValueError, match="zeros and ones"):
            ratio_matching_loss(lambda v: v.sum(1), wrong)
