"""Annealing an RBM: exact constants, unbiased weights by enumeration, bounds from both sides."""

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from dlcore.energy import (
    RBM,
    GaussianRBM,
    RBMPath,
    binary_states,
    bridge_sampling,
    importance_log_partition,
    rbm_ais,
    reverse_ais,
)
from tests.dlcore.energy.machines import bits, tiny_rbm
from tests.parity import assert_close


def strong_rbm():
    """12 visible and 8 hidden units, weights of standard deviation 1.5: log Z is 20.534786."""
    g = np.random.default_rng(1)
    W = g.normal(0, 1.5, (12, 8))
    b, c = g.normal(0, 0.5, 12), g.normal(0, 0.5, 8)
    return RBM.from_parameters(*(torch.as_tensor(x) for x in (W, b, c)))


def exact_draws(rbm, n, generator):
    V = binary_states(len(rbm.b), dtype=torch.float64)
    p = rbm.log_prob(V).exp().detach()
    return V[torch.multinomial(p, n, replacement=True, generator=generator)]


@pytest.mark.reference("enumeration", of="dlcore.energy.RBMPath")
def test_ends_of_the_path(generator):
    rbm, V = tiny_rbm(2), torch.as_tensor(bits(3))
    a = torch.tensor([0.5, -1.0, 2.0]).double()
    path = RBMPath(rbm, a)
    assert path.log_partition_base == pytest.approx(
        logsumexp(path.log_score(V, 0.0).detach().numpy())
    )
    assert_close(path.log_score(V, 1.0), -rbm.free_energy(V))
    drawn = path.initial((20_000,), generator=generator).mean(0)
    assert (drawn - a.sigmoid()).abs().max() < 4 * 0.5 / 20_000**0.5
    middle = RBM.from_parameters(0.3 * rbm.W.data, 0.7 * a + 0.3 * rbm.b.data, 0.3 * rbm.c.data)
    assert_close(path.log_score(V, 0.3), -middle.free_energy(V))
    v = V[5].expand(20_000, -1)
    moved, walked = path.transition(v, 0.3, generator), middle.gibbs(v, generator=generator)
    assert (moved.mean(0) - walked.mean(0)).abs().max() < 4 * 0.5 * (2 / 20_000) ** 0.5


@pytest.mark.reference("enumeration", of="dlcore.energy.AnnealedPartition")
@pytest.mark.reference("enumeration", of="dlcore.energy.rbm_ais")
def test_more_temperatures_err_less(generator):
    rbm = strong_rbm()
    exact = rbm.exact_log_partition().item()
    assert exact == pytest.approx(20.534786, abs=1e-6)
    errors = []
    for temperatures, error in ((2, 0.377), (11, 0.047), (101, 0.022)):
        runs = rbm_ais(rbm, torch.linspace(0, 1, temperatures), 500, generator=generator)
        assert abs(runs.estimate.value - exact) < 5 * error
        errors.append(runs.estimate.standard_error)
        assert runs.log_weights.shape == (500,)
        assert runs.samples.shape == (500, 12)
    assert errors[0] > 2 * errors[1] > 4 * errors[2]


def test_one_jump_is_importance_sampling():
    rbm = tiny_rbm()
    runs = rbm_ais(rbm, torch.tensor([0.0, 1.0]), 300, generator=torch.Generator().manual_seed(2))
    path = RBMPath(rbm)
    x = path.initial((300,), generator=torch.Generator().manual_seed(2))
    log_w = -rbm.free_energy(x).detach() + 3 * np.log(2)
    assert_close(runs.log_weights, log_w)
    assert runs.estimate == pytest.approx(importance_log_partition(log_w))


def test_a_base_near_the_model_errs_less(generator):
    rbm = tiny_rbm()
    rbm.b.data += torch.tensor([4.0, -4.0, 4.0]).double()
    betas = torch.linspace(0, 1, 5)
    means = exact_draws(rbm, 4000, generator).mean(0)
    far = rbm_ais(rbm, betas, 400, generator=generator)
    near = rbm_ais(rbm, betas, 400, base_bias=means.logit(), generator=generator)
    assert near.estimate.standard_error < far.estimate.standard_error / 4
    assert abs(near.estimate.value - rbm.exact_log_partition().item()) < 0.02


@pytest.mark.reference("enumeration", of="dlcore.energy.reverse_ais")
def test_both_directions_enclose_the_truth(generator):
    """With a run at a time the logarithms lie below and above on average."""
    rbm, betas = strong_rbm(), torch.linspace(0, 1, 11)
    exact = rbm.exact_log_partition().item()
    forward = rbm_ais(rbm, betas, 2000, generator=generator)
    back = reverse_ais(rbm, exact_draws(rbm, 2000, generator), betas, generator=generator)
    for runs, sign in ((forward, 1), (back, -1)):
        gap = sign * (exact - runs.log_weights.mean().item())
        assert gap > 4 * runs.log_weights.std().item() / 2000**0.5
        assert abs(runs.estimate.value - exact) < 5 * runs.estimate.standard_error
    bridge = bridge_sampling(forward.log_weights, back.log_weights)
    assert abs(bridge.value - exact) < 4 * bridge.standard_error
    assert bridge.standard_error < forward.estimate.standard_error


def test_reverse_weights_are_unbiased():
    """One step of each direction summed over all states: E[1/w] = 1/Z, E[w] = Z."""
    rbm, V = tiny_rbm(3), torch.as_tensor(bits(3))
    path, n = RBMPath(rbm), 40_000
    g = torch.Generator().manual_seed(5)
    back = reverse_ais(rbm, exact_draws(rbm, n, g), torch.tensor([0.0, 0.4, 1.0]), generator=g)
    w = (-back.log_weights).exp()
    truth = np.exp(-rbm.exact_log_partition().item())
    assert abs(w.mean().item() - truth) < 4 * w.std().item() / n**0.5
    assert_close(path.log_score(V, 0.0), np.full(8, 2 * np.log(2)))


@pytest.mark.bad_input
def test_bad_input():
    rbm, betas = tiny_rbm(), torch.linspace(0, 1, 5)
    for wrong in (betas.flip(0), betas[:4], torch.tensor([0.0])):
        with pytest.raises(ValueError, match="rise from 0 to 1"):
            rbm_ais(rbm, wrong)
        with pytest.raises(ValueError, match="rise from 0 to 1"):
            reverse_ais(rbm, torch.zeros(4, 3).double(), wrong)
    with pytest.raises(ValueError, match="expected 3 biases"):
        rbm_ais(rbm, betas, base_bias=torch.zeros(2))
    with pytest.raises(ValueError, match="two weights"):
        rbm_ais(rbm, betas, 1)
    with pytest.raises(ValueError, match="expected visible units"):
        reverse_ais(rbm, torch.zeros(4, 2).double(), betas)
    with pytest.raises(TypeError, match="binary visible units"):
        rbm_ais(GaussianRBM(3, 2), betas)
