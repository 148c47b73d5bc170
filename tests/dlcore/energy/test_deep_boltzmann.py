"""Deep Boltzmann machines against tables of all states, and against an RBM."""

import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.energy import RBM, DeepBoltzmannMachine, train_dbm
from tests.dlcore.energy.machines import bits
from tests.parity import assert_close


@pytest.fixture
def dbm(generator):
    machine = DeepBoltzmannMachine(4, 3, 2, std=1.0, dtype=torch.float64, generator=generator)
    for bias in (machine.b, machine.c1, machine.c2):
        bias.data.normal_(generator=generator)
    return machine


def joint(dbm):
    """exp(-E) with an axis for each layer."""
    W1, W2, b, c1, c2 = (
        getattr(dbm, name).detach().numpy() for name in ("W1", "W2", "b", "c1", "c2")
    )
    return np.exp(
        [
            [[v @ b + h @ c1 + g @ c2 + v @ W1 @ h + h @ W2 @ g for g in bits(2)] for h in bits(3)]
            for v in bits(4)
        ]
    )


@pytest.mark.reference("joint enumeration", of="dlcore.energy.DeepBoltzmannMachine")
def test_sums_over_layers(dbm):
    table, V = joint(dbm), torch.as_tensor(bits(4))
    states = [torch.as_tensor(bits(n)) for n in (4, 3, 2)]
    grid = [torch.cartesian_prod(*(torch.arange(len(s)) for s in states))[:, i] for i in range(3)]
    energies = dbm.energy(*(s[i] for s, i in zip(states, grid, strict=True)))
    assert_close(-energies, np.log(table).flatten())
    assert_close(dbm.exact_log_partition(), np.log(table.sum()))
    assert_close(dbm.log_prob(V), np.log(table.sum((1, 2)) / table.sum()))


def test_mean_field_bounds_the_likelihood(dbm):
    V, table = torch.as_tensor(bits(4)), joint(dbm)
    exact = dbm.log_prob(V)
    loose, tight = dbm.bound(V, 1), dbm.bound(V, 50)
    assert (loose <= tight + 1e-12).all()
    assert (tight <= exact).all()
    mu1, mu2 = dbm.mean_field(V, 200)
    assert_close(mu1, (dbm.c1 + V @ dbm.W1 + mu2 @ dbm.W2.T).sigmoid(), rtol=1e-7)
    chances = [
        np.prod(np.where(bits(n) == 1, mu.detach()[:, None], 1 - mu.detach()[:, None]), 2)
        for n, mu in ((3, mu1), (2, mu2))
    ]
    p = np.einsum("nh,ng->nhg", *chances).reshape(16, -1)
    by_hand = (p * (np.log(table.reshape(16, -1)) - np.log(p))).sum(1) - np.log(table.sum())
    assert_close(dbm.bound(V, 200), by_hand)


def test_without_upper_weights_it_is_an_rbm(dbm):
    dbm.W2.data.zero_()
    rbm, V = RBM.from_parameters(dbm.W1.data, dbm.b.data, dbm.c1.data), torch.as_tensor(bits(4))
    assert_close(dbm.log_prob(V), rbm.log_prob(V))
    assert_close(dbm.bound(V), rbm.log_prob(V))
    assert_close(dbm.mean_field(V)[0], rbm.hidden_probabilities(V))


def test_gibbs_leaves_the_model_as_it_is(dbm, generator):
    p, n = torch.as_tensor(joint(dbm)).flatten(), 6000
    drawn = torch.multinomial(p, n, replacement=True, generator=generator)
    v, g = torch.as_tensor(bits(4))[drawn // 32], torch.as_tensor(bits(2))[drawn % 4]
    v, h, g = dbm.gibbs(v, g, 2, generator=generator)
    places = torch.tensor([2.0**i for i in range(8, -1, -1)]).double()
    numbers = (torch.cat([v, h, g], 1) @ places).long()
    expected = n * (p / p.sum()).numpy()
    common = expected > 5
    counts = torch.bincount(numbers, minlength=512).numpy()[common]
    counts, expected = np.append(counts, n - counts.sum()), expected[common]
    assert stats.chisquare(counts, np.append(expected, n - expected.sum())).pvalue > 1e-4


@pytest.mark.reference("enumeration", of="dlcore.energy.train_dbm")
def test_training_raises_the_likelihood(generator):
    """Two states of equal weight: at best -log 2; independent units reach -4 log 2."""
    X = torch.tensor([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]]).repeat(100, 1)
    machine = DeepBoltzmannMachine(4, 3, 2, std=0.1, generator=generator)
    history = train_dbm(
        machine, X, epochs=60, lr=0.3, k=2, batch_size=50, track=X[:2], generator=generator,
        progress=False,
    )  # fmt: skip
    assert history.log_likelihood[0].item() == pytest.approx(-4 * np.log(2), abs=0.1)
    assert history.log_likelihood[-1] > -1.2
    assert history.chains.shape == (100, 4)


@pytest.mark.bad_input
def test_bad_input(dbm):
    with pytest.raises(ValueError, match="need a unit each"):
        DeepBoltzmannMachine(3, 0, 2)
    with pytest.raises(ValueError, match="expected visible units"):
        dbm.log_prob(torch.zeros(2, 3).double())
    with pytest.raises(ValueError, match="a sweep"):
        dbm.mean_field(torch.zeros(2, 4).double(), 0)
    with pytest.raises(ValueError, match="a step"):
        dbm.gibbs(torch.zeros(2, 4).double(), torch.zeros(2, 2).double(), 0)
    with pytest.raises(ValueError, match="at least 1"):
        train_dbm(dbm, torch.zeros(2, 4).double(), chains=0)
