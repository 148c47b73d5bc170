"""Restricted Boltzmann machines against joint tables, scikit-learn and mixtures of Gaussians."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.neural_network import BernoulliRBM
from torch import distributions

from dlcore.energy import RBM, GaussianRBM
from tests.dlcore.energy.machines import arrays, bits, joint_table, random_rbm, tiny_rbm
from tests.parity import assert_close


@pytest.mark.reference("joint enumeration", of="dlcore.energy.RBM")
@pytest.mark.parametrize(("d", "m"), [(5, 3), (3, 5)])
def test_rbm_against_the_joint_table(d, m):
    rbm, V, H = random_rbm(d, m), torch.as_tensor(bits(d)), torch.as_tensor(bits(m))
    joint = joint_table(rbm)
    pairs_v, pairs_h = V.repeat_interleave(len(H), 0), H.repeat(len(V), 1)
    assert_close(-rbm.energy(pairs_v, pairs_h), np.log(joint).flatten())
    assert_close(-rbm.free_energy(V), np.log(joint.sum(1)))
    assert_close(rbm.exact_log_partition(), np.log(joint.sum()))
    assert_close(rbm.log_prob(V).exp(), joint.sum(1) / joint.sum())
    assert_close(rbm.hidden_probabilities(V), joint @ bits(m) / joint.sum(1, keepdims=True))
    assert_close(rbm.visible_mean(H), joint.T @ bits(d) / joint.sum(0)[:, None])


def test_free_energy_is_that_of_scikit_learn(generator):
    rbm = random_rbm(7, 4)
    W, b, c = arrays(rbm)
    theirs = BernoulliRBM(n_components=4)
    theirs.components_, theirs.intercept_visible_, theirs.intercept_hidden_ = W.T, b, c
    v = torch.rand(6, 7, generator=generator).round().double()
    assert_close(rbm.free_energy(v), theirs._free_energy(v.numpy()))
    assert_close(rbm.hidden_probabilities(v), theirs.transform(v.numpy()))


def test_numbers_of_the_chapter():
    rbm = tiny_rbm()
    assert rbm.exact_log_partition().item() == pytest.approx(4.079123, abs=1e-6)
    p = [0.071605, 0.073543, 0.125839, 0.121056, 0.125136, 0.097624, 0.220205, 0.164992]
    assert_close(rbm.log_prob(torch.as_tensor(bits(3))).exp(), np.array(p), atol=1e-6)
    assert tiny_rbm(4).exact_log_partition().item() == pytest.approx(7.744256, abs=1e-6)


def test_statistics_are_slopes_of_the_free_energy(generator):
    for rbm in (random_rbm(5, 3), GaussianRBM(5, 3, sigma=0.7, std=1.0).double()):
        v = torch.randn(4, 5, generator=generator, dtype=torch.float64)
        weights = torch.tensor([0.1, 0.2, 0.3, 0.4]).double()
        slopes = torch.autograd.grad(-(weights * rbm.free_energy(v)).sum(), [rbm.W, rbm.b, rbm.c])
        found = rbm.statistics(v, weights)
        for name, slope in zip("Wbc", slopes, strict=True):
            assert_close(found[name], slope)
        equal = rbm.statistics(v, torch.full((4,), 0.25).double())
        assert_close(rbm.statistics(v)["W"], equal["W"])


def test_layers_are_drawn_from_their_conditionals(generator):
    rbm = random_rbm(4, 3)
    v = torch.tensor([[1.0, 0.0, 1.0, 1.0]]).double().expand(20_000, -1)
    h = rbm.sample_h(v, generator=generator)
    assert ((h == 0) | (h == 1)).all()
    assert (h.mean(0) - rbm.hidden_probabilities(v[:1])[0]).abs().max() < 4 * 0.5 / 20_000**0.5
    h = torch.tensor([[0.0, 1.0, 1.0]]).double().expand(20_000, -1)
    drawn = rbm.sample_v(h, generator=generator).mean(0)
    assert (drawn - rbm.visible_mean(h[:1])[0]).abs().max() < 4 * 0.5 / 20_000**0.5


def test_gibbs_leaves_the_model_as_it_is(generator):
    rbm, V = tiny_rbm(2), torch.as_tensor(bits(3))
    p = rbm.log_prob(V).exp().detach()
    start = V[torch.multinomial(p, 8000, replacement=True, generator=generator)]
    walked = rbm.gibbs(start, 3, generator=generator)
    counts = torch.bincount((walked @ torch.tensor([4.0, 2.0, 1.0]).double()).long(), minlength=8)
    assert stats.chisquare(counts.numpy(), 8000 * p.numpy()).pvalue > 1e-4
    assert_close(rbm.gibbs(start, 0), start)


def test_first_weights(generator):
    rbm = RBM(200, 100, std=0.5, generator=generator)
    assert rbm.W.std().item() == pytest.approx(0.5, rel=0.02)
    assert not rbm.b.any()
    assert not rbm.c.any()
    assert set(rbm.state_dict()) == {"W", "b", "c"}


@pytest.mark.reference("torch.distributions.MixtureSameFamily", of="dlcore.energy.GaussianRBM")
def test_gaussian_rbm_is_a_mixture(generator):
    rbm = GaussianRBM.from_parameters(*(x.data for x in random_rbm(4, 3).parameters()))
    rbm.sigma = 0.6
    W, b, c = arrays(rbm)
    H = bits(3)
    means = b + 0.6 * H @ W.T
    logits = [h @ c + (W @ h) @ b / 0.6 + (W @ h) @ (W @ h) / 2 for h in H]
    mixture = distributions.MixtureSameFamily(
        distributions.Categorical(logits=torch.as_tensor(np.array(logits))),
        distributions.Independent(
            distributions.Normal(torch.as_tensor(means), torch.tensor(0.6, dtype=torch.float64)), 1
        ),
    )
    v = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    assert_close(rbm.log_prob(v), mixture.log_prob(v))
    weight = -rbm.energy(v, torch.as_tensor(H[5]).expand(6, -1)) + rbm.free_energy(v)
    p = rbm.hidden_probabilities(v)
    assert_close(weight.exp(), p[:, 0] * (1 - p[:, 1]) * p[:, 2])
    assert_close(rbm.visible_mean(torch.as_tensor(H)), means)
    x = rbm.sample_v(torch.as_tensor(H[5]).expand(20_000, -1), generator=generator)
    assert (x.mean(0) - torch.as_tensor(means[5])).abs().max() < 4 * 0.6 / 20_000**0.5
    assert (x.std(0) - 0.6).abs().max() < 4 * 0.6 / 40_000**0.5


def test_gaussian_rbm_without_links_is_a_gaussian():
    rbm = GaussianRBM(2, 3, sigma=2.0, std=0.0).double()
    v = torch.tensor([[2.0, -4.0]]).double()
    assert rbm.log_prob(v).item() == pytest.approx(2 * -math.log(2 * math.sqrt(2 * math.pi)) - 2.5)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="need a unit each"):
        RBM(0, 3)
    with pytest.raises(ValueError, match="W \\(d, m\\)"):
        RBM.from_parameters(torch.zeros(3, 2), torch.zeros(2), torch.zeros(3))
    with pytest.raises(ValueError, match="expected visible units \\(n, 3\\)"):
        RBM(3, 2).free_energy(torch.zeros(4, 2))
    with pytest.raises(ValueError, match="26 units"):
        RBM(30, 28).exact_log_partition()
    with pytest.raises(ValueError, match="sigma must be positive"):
        GaussianRBM(3, 2, sigma=0.0)
