"""Gradients of RBMs: finite differences, transition matrices by loops, long averages."""

import numpy as np
import pytest
import torch
from scipy.special import expit

from dlcore.energy import (
    RBM,
    GaussianRBM,
    cd_bias,
    contrastive_divergence,
    expected_contrastive_divergence,
    gibbs_transition_matrix,
    persistent_contrastive_divergence,
    rbm_exact_gradient,
)
from tests.dlcore.energy.machines import arrays, bits, joint_table, random_rbm, tiny_rbm
from tests.parity import assert_close

CORNERS = torch.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]).double()


def mean_log_prob(W, b, c, v):
    rbm = RBM.from_parameters(*(torch.as_tensor(x) for x in (W, b, c)))
    joint = joint_table(rbm)
    rows = (v @ 2 ** np.arange(len(b) - 1, -1, -1)).astype(int)
    return np.log(joint.sum(1)[rows] / joint.sum()).mean()


@pytest.mark.reference("finite differences", of="dlcore.energy.rbm_exact_gradient")
def test_exact_gradient_against_finite_differences(generator):
    rbm = random_rbm(3, 2)
    v = torch.rand(5, 3, generator=generator).round().double()
    found = rbm_exact_gradient(rbm, v)
    for at, name in enumerate("Wbc"):
        slope = np.zeros(found[name].shape)
        for i in np.ndindex(*slope.shape):
            ends = []
            for step in (1e-5, -1e-5):
                moved = [x.copy() for x in arrays(rbm)]
                moved[at][i] += step
                ends.append(mean_log_prob(*moved, v.numpy()))
            slope[i] = (ends[0] - ends[1]) / 2e-5
        assert_close(found[name], slope, rtol=1e-7, atol=1e-8)


def test_numbers_of_the_chapter():
    gradient = rbm_exact_gradient(tiny_rbm(), torch.tensor([[1.0, 0.0, 1.0]]).double())["W"]
    expected = [[0.103550, 0.115895], [-0.432036, -0.396360], [0.311595, 0.152377]]
    assert_close(gradient, np.array(expected), atol=1e-6)


def transitions_by_hand(rbm):
    """Sum over hidden states, unit by unit."""
    W, b, c = arrays(rbm)
    V, H = bits(len(b)), bits(len(c))

    def chance(p, state):
        return np.prod(np.where(state == 1, p, 1 - p))

    return np.array(
        [
            [sum(chance(expit(c + v @ W), h) * chance(expit(b + W @ h), to) for h in H) for to in V]
            for v in V
        ]
    )


@pytest.mark.reference("sums by hand", of="dlcore.energy.gibbs_transition_matrix")
def test_transition_matrix_by_hand():
    rbm = random_rbm(4, 3)
    T = gibbs_transition_matrix(rbm)
    assert_close(T, transitions_by_hand(rbm))
    p = torch.as_tensor(joint_table(rbm).sum(1))
    assert_close(p @ T, p)
    flow = p[:, None] * T
    assert_close(flow, flow.T)
    for scale, second in ((1, 0.122), (4, 0.616)):
        sizes = torch.linalg.eigvals(gibbs_transition_matrix(tiny_rbm(scale))).abs()
        assert sizes.sort().values[-2].item() == pytest.approx(second, abs=5e-4)


@pytest.mark.reference(
    "transition matrix by hand", of="dlcore.energy.expected_contrastive_divergence"
)
@pytest.mark.reference(
    "exact k-step average of the transition matrix", of="dlcore.energy.contrastive_divergence"
)
@pytest.mark.parametrize("k", [1, 3])
def test_cd_on_average(k, generator):
    rbm = tiny_rbm(4)
    W, _, c = arrays(rbm)
    V, T = bits(3), np.linalg.matrix_power(transitions_by_hand(rbm), k)
    at = (T[0] + T[-1]) / 2
    p = expit(c + V @ W)
    share = np.zeros(8)
    share[[0, -1]] = 0.5
    exact = {
        "W": np.einsum("n,nd,nm->dm", share - at, V, p),
        "b": (share - at) @ V,
        "c": (share - at) @ p,
    }
    expected = expected_contrastive_divergence(rbm, CORNERS, k)
    n = 10_000
    drawn = contrastive_divergence(rbm, CORNERS.repeat(n, 1), k, generator=generator)
    for name, value in exact.items():
        assert_close(expected[name], value)
        assert (drawn[name] - torch.as_tensor(value)).abs().max() < 4 * 0.5 / (2 * n) ** 0.5


@pytest.mark.reference("worked by eigenvalues", of="dlcore.energy.CDBias")
@pytest.mark.reference("worked by eigenvalues", of="dlcore.energy.cd_bias")
def test_bias_falls_with_k_and_grows_with_the_weights():
    for k, bias in ((1, 0.011177), (2, 0.001278), (5, 2.3e-6)):
        found = cd_bias(tiny_rbm(), CORNERS, k)
        assert found.norm == pytest.approx(0.200162, abs=1e-6)
        assert found.bias == pytest.approx(bias, rel=0.02)
        assert found.cosine > 0.9995 - 1e-9
    for k, relative in ((1, 0.281), (2, 0.157), (5, 0.036), (10, 0.003)):
        assert cd_bias(tiny_rbm(4), CORNERS, k).relative == pytest.approx(relative, abs=5e-4)


def test_spurious_mode():
    """CD-1 does not see a mode far from the data."""
    rbm = RBM.from_parameters(
        torch.full((10, 1), 2.2), torch.full((10,), -1.1), torch.tensor([-11.0])
    )
    zeros = torch.zeros(1, 10)
    modes = rbm.log_prob(torch.cat([zeros, 1 - zeros])).exp()
    assert_close(modes, np.array([0.0283, 0.0283]), atol=5e-5)
    found = cd_bias(rbm, zeros)
    assert found.exact["W"][0].item() == pytest.approx(-0.3751, abs=1e-4)
    assert found.expected["W"][0].item() == pytest.approx(-0.0325, abs=1e-4)
    assert found.exact["b"][0].item() == pytest.approx(-0.5, abs=1e-4)
    assert found.expected["b"][0].item() == pytest.approx(-0.2497, abs=1e-4)


@pytest.mark.reference("long averages", of="dlcore.energy.PersistentStep")
@pytest.mark.reference("enumeration", of="dlcore.energy.persistent_contrastive_divergence")
def test_persistent_chains_reach_the_model(generator):
    rbm, chains = tiny_rbm(2), torch.zeros(20_000, 3).double()
    step = persistent_contrastive_divergence(rbm, CORNERS, chains, 30, generator=generator)
    exact = rbm_exact_gradient(rbm, CORNERS)
    for name, value in exact.items():
        assert (step.gradient[name] - value).abs().max() < 4 * 0.5 / 20_000**0.5
    assert not chains.any()
    told = rbm.statistics(CORNERS)["b"] - step.chains.mean(0)
    assert_close(step.gradient["b"], told)


@pytest.mark.bad_input
def test_bad_input():
    rbm = tiny_rbm()
    with pytest.raises(ValueError, match="a step and a row"):
        contrastive_divergence(rbm, CORNERS, 0)
    with pytest.raises(ValueError, match="a step and a row"):
        persistent_contrastive_divergence(rbm, CORNERS, CORNERS[:0])
    with pytest.raises(ValueError, match="a step and a row"):
        persistent_contrastive_divergence(rbm, CORNERS[:0], CORNERS)
    with pytest.raises(ValueError, match=r"expected visible units"):
        contrastive_divergence(rbm, CORNERS[:, :2])
    with pytest.raises(ValueError, match="zeros and ones"):
        expected_contrastive_divergence(rbm, CORNERS / 2)
    with pytest.raises(ValueError, match="too many to enumerate"):
        rbm_exact_gradient(RBM(21, 2), torch.zeros(1, 21))
    with pytest.raises(ValueError, match="13 hidden units"):
        gibbs_transition_matrix(RBM(2, 13))
    with pytest.raises(TypeError, match="only binary"):
        rbm_exact_gradient(GaussianRBM(2, 2), torch.zeros(1, 2))
