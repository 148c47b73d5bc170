"""Random fields against enumeration and closed forms."""

import itertools

import numpy as np
import pytest
import torch

from dlcore import graphical
from tests.dlcore.graphical.random_models import joint_table, random_factors
from tests.parity import assert_close


def ising_by_hand(J, h):
    """Spins of all states and the logarithm of their weights."""
    spins = np.array(list(itertools.product([-1, 1], repeat=len(h))))
    return spins, np.einsum("ni,ij,nj->n", spins, np.triu(J), spins) + spins @ h


@pytest.mark.reference("numpy.einsum", of="dlcore.graphical.MarkovRandomField")
@pytest.mark.reference("numpy.einsum", of="dlcore.graphical.log_partition_bruteforce")
@pytest.mark.reference("numpy.einsum", of="dlcore.graphical.marginals_bruteforce")
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_field_against_enumeration(seed):
    factors = random_factors(seed)
    field = graphical.MarkovRandomField(factors)
    joint = joint_table(factors)
    X = torch.cartesian_prod(*(torch.arange(k) for k in field.cardinality.values()))
    assert_close(field.log_score(X).exp(), joint.flatten())
    assert_close(field.log_partition().exp(), joint.sum())
    assert_close(graphical.log_partition_bruteforce(factors).exp(), joint.sum())
    assert_close(field.log_prob(X).exp(), joint.flatten() / joint.sum())
    for v, p in graphical.marginals_bruteforce(factors).items():
        assert_close(p, joint_table(factors, [v]) / joint.sum())
    a, b, c = field.variables[:3]
    seen = joint_table(factors, [c, a, b])[..., 1]
    assert_close(field.query(c, a, evidence={b: 1}).table, seen / seen.sum())


@pytest.mark.reference("enumeration", of="dlcore.graphical.IsingModel")
def test_ising_against_enumeration(generator):
    A = torch.randn(5, 5, generator=generator, dtype=torch.float64).triu(1)
    h = torch.randn(5, generator=generator, dtype=torch.float64)
    model = graphical.IsingModel(A + A.T, h)
    spins, scores = ising_by_hand(model.J.numpy(), h.numpy())
    X = torch.as_tensor((spins + 1) // 2)
    assert_close(model.spins(X), spins.astype(float))
    assert_close(model.log_score(X), scores)
    assert_close(graphical.MarkovRandomField(model.factors).log_score(X), scores)
    p = np.exp(scores) / np.exp(scores).sum()
    assert_close(model.log_prob(X).exp(), p)
    assert_close(model.magnetization(), p @ spins)


@pytest.mark.parametrize(
    ("sides", "J", "h", "log_Z"),
    [
        ((2, 2), 0.5, 0.0, 3.297642),
        ((3, 3), 0.5, 0.0, 7.891525),
        ((3, 3), 0.3, 0.1, 6.912682),
        ((4, 4), 0.4, 0.0, 13.186573),
    ],
)
def test_grids(sides, J, h, log_Z):
    model = graphical.IsingModel.grid(*sides, J, h)
    assert model.log_partition().item() == pytest.approx(log_Z, abs=1e-6)
    if h:
        magnetization = model.magnetization()
        assert magnetization[0].item() == pytest.approx(0.217981, abs=1e-6)
        assert magnetization[4].item() == pytest.approx(0.296903, abs=1e-6)


def test_chain_closed_form():
    log_Z = graphical.IsingModel.chain(50, 0.7).log_partition().item()
    assert log_Z == pytest.approx(np.log(2) + 49 * np.log(2 * np.cosh(0.7)))


def test_moussouris_has_zeros_that_no_edge_explains():
    """Both independencies of the 4-cycle hold although its distribution has no edge factors."""
    kept = ["0000", "1000", "1100", "1110", "1111", "0111", "0011", "0001"]
    table = torch.zeros(2, 2, 2, 2, dtype=torch.float64)
    for word in kept:
        table[tuple(map(int, word))] = 1 / 8
    field = graphical.MarkovRandomField([graphical.Factor.from_table([0, 1, 2, 3], table)])
    for a, b in ((0, 2), (1, 3)):
        others = [v for v in range(4) if v not in (a, b)]
        for states in itertools.product([0, 1], repeat=2):
            pair = field.query(a, b, evidence=dict(zip(others, states, strict=True))).table
            assert_close(pair, torch.outer(pair.sum(1), pair.sum(0)))
    for edge in ((0, 1), (1, 2), (2, 3), (3, 0)):
        assert bool((field.query(*edge).table > 0).all())


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="at least one variable"):
        graphical.MarkovRandomField([])
    with pytest.raises(ValueError, match="symmetric"):
        graphical.IsingModel(torch.tensor([[0.0, 1.0], [0.5, 0.0]]))
    with pytest.raises(ValueError, match="diagonal 0"):
        graphical.IsingModel(torch.eye(2))
    with pytest.raises(ValueError, match=r"\(2, 3\), \(2,\)"):
        graphical.IsingModel(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="too many to enumerate"):
        graphical.log_partition_bruteforce(graphical.IsingModel.chain(30, 0.1).factors)
