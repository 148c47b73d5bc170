"""Training and tempered chains on machines small enough to know the truth."""

import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.energy import (
    RBM,
    GaussianRBM,
    TemperedRBM,
    contrastive_divergence,
    rbm_exact_gradient,
    train_rbm,
)
from tests.dlcore.energy.machines import bits, joint_table, random_rbm, tiny_rbm
from tests.parity import assert_close


def two_modes():
    """All zeros and all ones are equally likely, with little between."""
    return RBM.from_parameters(
        torch.full((10, 1), 5.0), torch.full((10,), -2.5), torch.tensor([-25.0])
    )


@pytest.mark.reference("enumeration", of="dlcore.energy.TemperedRBM")
def test_tempered_chains_keep_the_distribution(generator):
    """Started from exact draws at each temperature, the cold row stays exact."""
    rbm, betas = tiny_rbm(3), torch.tensor([1.0, 0.6, 0.2]).double()
    n, V = 6000, torch.as_tensor(bits(3))
    tempered = TemperedRBM(rbm, betas, n, generator=generator)
    joint = joint_table(rbm)
    expected = []
    for row, beta in enumerate(betas.tolist()):
        p = torch.as_tensor((joint**beta).sum(1))
        expected.append((p / p.sum()).numpy())
        tempered.states[row] = V[torch.multinomial(p, n, replacement=True, generator=generator)]
    tempered.step(4)
    for states, p in zip(tempered.states, expected, strict=True):
        counts = torch.bincount((states @ torch.tensor([4.0, 2.0, 1.0]).double()).long())
        assert stats.chisquare(counts.numpy(), n * p).pvalue > 1e-4
    energies = -np.log(joint).flatten()
    for row, (cold, hot) in enumerate([(1.0, 0.6), (0.6, 0.2)]):
        at = [(joint**b).flatten() / (joint**b).sum() for b in (cold, hot)]
        gap = (cold - hot) * (energies[:, None] - energies)
        rate = at[0] @ np.exp(np.minimum(gap, 0)) @ at[1]
        assert tempered.swap_rates[row].item() == pytest.approx(rate, abs=4 * 0.5 / n**0.5)


def test_tempered_chains_cross_where_gibbs_stays(generator):
    rbm, betas = two_modes(), torch.linspace(1, 0, 8)
    stuck = rbm.gibbs(torch.zeros(200, 10), 60, generator=generator)
    assert (stuck.mean(1) > 0.5).float().mean() < 0.05
    tempered = TemperedRBM(rbm, betas, 200, generator=generator)
    tempered.states.zero_()
    assert abs((tempered.step(60).mean(1) > 0.5).float().mean().item() - 0.5) < 0.2


@pytest.mark.reference("worked by hand", of="dlcore.energy.RBMHistory")
@pytest.mark.reference("enumeration", of="dlcore.energy.train_rbm")
def test_exact_training_reaches_the_entropy():
    """Two states of equal weight: the best mean log-likelihood is -log 2."""
    X = torch.tensor([[0, 1, 0], [1, 0, 1]]).double()
    rbm = random_rbm(3, 4)
    history = train_rbm(
        rbm, X, method="exact", epochs=300, lr=0.5, batch_size=2, track=X, progress=False
    )
    assert history.chains is None
    assert history.log_likelihood.shape == (301,)
    assert (history.log_likelihood.diff() > -1e-9).all()
    assert history.log_likelihood[-1].item() == pytest.approx(-np.log(2), abs=0.05)
    assert rbm.log_prob(X).mean().item() == pytest.approx(history.log_likelihood[-1].item())


@pytest.mark.parametrize("method", ["cd", "pcd", "tempering"])
def test_sampled_gradients_learn_as_well(method, generator):
    truth, V = tiny_rbm(2), torch.as_tensor(bits(3))
    p = truth.log_prob(V).exp().detach()
    X = V[torch.multinomial(p, 1000, replacement=True, generator=generator)]
    rbm = RBM(3, 2, std=0.1, dtype=torch.float64, generator=generator)
    history = train_rbm(
        rbm, X, method=method, k=2, epochs=20, lr=0.2, track=X, generator=generator, progress=False
    )
    best = truth.log_prob(X).mean().item()
    assert history.log_likelihood[0] < best - 0.1
    assert history.log_likelihood[-1].item() == pytest.approx(best, abs=0.04)
    assert (history.chains is None) == (method == "cd")


def test_one_step_is_the_gradient():
    for method in ("exact", "cd"):
        rbm, v = tiny_rbm(), torch.tensor([[1.0, 0.0, 1.0]]).double()
        before = {name: x.detach().clone() for name, x in rbm.named_parameters()}
        if method == "exact":
            gradient = rbm_exact_gradient(rbm, v)
        else:
            walk = torch.Generator().manual_seed(3)
            torch.randperm(1, generator=walk)
            gradient = contrastive_divergence(rbm, v, 4, generator=walk)
        gradient["W"] = gradient["W"] - 0.1 * before["W"]
        walk = torch.Generator().manual_seed(3)
        train_rbm(
            rbm, v, method=method, k=4, epochs=1, lr=0.3, weight_decay=0.1, generator=walk,
            progress=False,
        )  # fmt: skip
        for name, parameter in rbm.named_parameters():
            assert_close(parameter, before[name] + 0.3 * gradient[name])


def test_gaussian_machine_learns_two_clusters(generator):
    signs = 2 * torch.rand(1500, 1, generator=generator).round() - 1
    X = 2 * signs + torch.randn(1500, 2, generator=generator)
    rbm = GaussianRBM(2, 1, std=0.1, generator=generator)
    alone = GaussianRBM(2, 1, std=0.0).log_prob(X).mean()
    history = train_rbm(
        rbm, X, epochs=15, lr=0.05, batch_size=50, track=X, generator=generator, progress=False
    )
    assert history.log_likelihood[-1] > alone + 2
    assert_close(rbm.visible_mean(torch.eye(2)[:, :1]).sort(0).values,
                 torch.tensor([[-2.0, -2.0], [2.0, 2.0]]), atol=0.3)  # fmt: skip


def test_tempered_chains_walk_on_for_every_batch(monkeypatch):
    walked, step = [], TemperedRBM.step

    def counted(tempered, steps):
        walked.append(steps)
        return step(tempered, steps)

    monkeypatch.setattr(TemperedRBM, "step", counted)
    X = torch.zeros(6, 3)
    train_rbm(RBM(3, 2), X, method="tempering", k=2, batch_size=2, epochs=1, progress=False)
    assert walked == [2, 2, 2]


@pytest.mark.bad_input
def test_bad_input():
    rbm, X = RBM(3, 2), torch.zeros(4, 3)
    with pytest.raises(ValueError, match="cd, pcd, tempering or exact"):
        train_rbm(rbm, X, method="sgd")
    with pytest.raises(ValueError, match="at least 1"):
        train_rbm(rbm, X, k=0)
    with pytest.raises(ValueError, match="expected visible units"):
        train_rbm(rbm, X[:, :2])
    with pytest.raises(ValueError, match="fall from 1"):
        TemperedRBM(rbm, torch.tensor([0.0, 1.0]))
    with pytest.raises(ValueError, match="and a chain"):
        TemperedRBM(rbm, torch.tensor([1.0, 0.0]), 0)
    with pytest.raises(TypeError, match="binary visible units"):
        TemperedRBM(GaussianRBM(3, 2), torch.tensor([1.0, 0.0]))
