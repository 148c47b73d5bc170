"""Graph networks as products of dense matrices; molecules by their valences."""

import pytest
import torch
from torch.nn import functional as F

from dlcore.applications import (
    GatedGraphConv,
    GraphConv,
    MolecularNet,
    MoleculeBatch,
    batch_molecules,
    ecfp_lite,
)
from dlcore.data import Molecule, make_molecules
from tests.parity import assert_close


@pytest.mark.reference("valences of C, N, O", of="dlcore.data.make_molecules")
@pytest.mark.reference("valences of C, N, O", of="dlcore.data.Molecule")
def test_molecules_respect_valences_and_hang_together():
    molecules = make_molecules(60, smallest=3, largest=9)
    kinds = set()
    for m in molecules:
        assert 3 <= len(m.atoms) <= 9
        assert torch.equal(m.bonds, m.bonds.T)
        valence = torch.tensor([4, 3, 2])[m.atoms]
        assert torch.equal(m.hydrogens, valence - m.bonds.sum(1))
        assert (m.hydrogens >= 0).all()
        assert (m.bonds.diagonal() == 0).all()
        reach = torch.linalg.matrix_power(torch.eye(len(m.atoms)) + (m.bonds > 0), len(m.atoms))
        assert (reach > 0).all()
        kinds |= set(m.bonds.flatten().tolist())
    assert kinds == {0, 1, 2}
    again = make_molecules(60, smallest=3, largest=9)
    assert all(torch.equal(a.bonds, b.bonds) for a, b in zip(molecules, again, strict=True))


@pytest.mark.reference("product of dense matrices", of="dlcore.applications.GraphConv")
def test_graph_convolution(generator):
    torch.manual_seed(0)
    A = (torch.rand(2, 6, 6, generator=generator) < 0.4).float().triu(1)
    A, h = A + A.mT, torch.randn(2, 6, 3, generator=generator)
    layer = GraphConv(3, 5)
    for i in range(2):
        loops = A[i] + torch.eye(6)
        D = torch.diag(loops.sum(1) ** -0.5)
        expected = D @ loops @ D @ h[i] @ layer.linear.weight.T + layer.linear.bias
        assert_close(layer(h, A)[i], expected, rtol=1e-4, atol=1e-5)
        assert_close(layer(h[i], A[i]), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.reference("sum over neighbours", of="dlcore.applications.GatedGraphConv")
@pytest.mark.parametrize("aggregate", ["sum", "mean", "max"])
def test_messages_neighbour_by_neighbour(generator, aggregate):
    torch.manual_seed(0)
    layer = GatedGraphConv(4, edge_types=2, aggregate=aggregate)
    bonds = torch.tensor([[0, 1, 2, 0], [1, 0, 0, 0], [2, 0, 0, 0], [0, 0, 0, 0]])
    h = torch.randn(4, 4, generator=generator)
    expected = []
    for v in range(4):
        sent = [layer.messages[bonds[v, u] - 1](h[u]) for u in range(4) if bonds[v, u]]
        stacked = torch.stack(sent) if sent else torch.zeros(1, 4)
        received = {"sum": stacked.sum(0), "mean": stacked.mean(0), "max": stacked.amax(0)}
        expected.append(layer.update(received[aggregate][None], h[v : v + 1])[0])
    got = layer(torch.stack([h, h]), torch.stack([bonds, 0 * bonds]))
    assert_close(got[0], torch.stack(expected), rtol=1e-4, atol=1e-5)
    assert_close(got[1], layer.update(torch.zeros(4, 4), h), rtol=1e-4, atol=1e-5)


@pytest.mark.reference("permutation of the atoms", of="dlcore.applications.MolecularNet")
@pytest.mark.reference("torch.nn.functional.pad", of="dlcore.applications.batch_molecules")
@pytest.mark.reference("torch.nn.functional.pad", of="dlcore.applications.MoleculeBatch")
def test_order_and_padding_do_not_matter(generator):
    torch.manual_seed(0)
    molecules = make_molecules(7, smallest=3, largest=8)
    batch = batch_molecules(molecules)
    assert isinstance(batch, MoleculeBatch)
    for m, atoms, bonds, mask in zip(molecules, *batch, strict=True):
        missing = batch.mask.shape[1] - len(m.atoms)
        assert torch.equal(atoms, F.pad(m.atoms, (0, missing)))
        assert torch.equal(bonds, F.pad(m.bonds, (0, missing, 0, missing)))
        assert torch.equal(mask, F.pad(torch.ones(len(m.atoms), dtype=torch.bool), (0, missing)))
    for aggregate in ("sum", "mean", "max"):
        model = MolecularNet(3, size=6, layers=2, outputs=2, aggregate=aggregate)
        together = model(*batch)
        for i, m in enumerate(molecules):
            turn = torch.randperm(len(m.atoms), generator=generator)
            shuffled = Molecule(m.atoms[turn], m.bonds[turn][:, turn])
            assert_close(model(*batch_molecules([shuffled]))[0], together[i], rtol=1e-3, atol=1e-5)
    charges = MolecularNet(3, size=3, layers=0)
    h = charges.head(charges.embedding(molecules[0].atoms)).sum(0)
    assert_close(charges(*batch)[0], h, rtol=1e-4, atol=1e-6)


@pytest.mark.reference("fragments by hand", of="dlcore.applications.ecfp_lite")
def test_fingerprints(generator):
    chain = torch.zeros(4, 4, dtype=torch.int64)
    for i in range(3):
        chain[i, i + 1] = chain[i + 1, i] = 1
    propanol = torch.tensor([0, 0, 0, 2])
    bits = 1 << 20

    def count(radius):
        return int(ecfp_lite(propanol, chain, radius=radius, bits=bits).sum())

    assert count(0) == 2  # C, O
    assert count(1) == 2 + 4  # C-, -C-C-, -C-O, O-: the two ends share no bond
    assert count(2) == 2 + 4 + 1  # the whole: from both inner atoms, C-C-C and C-C-O are known
    for m in make_molecules(5):
        turn = torch.randperm(len(m.atoms), generator=generator)
        shuffled = ecfp_lite(m.atoms[turn], m.bonds[turn][:, turn])
        assert torch.equal(shuffled, ecfp_lite(*m))
    double = chain.clone()
    double[0, 1] = double[1, 0] = 2
    assert not torch.equal(ecfp_lite(propanol, chain), ecfp_lite(propanol, double))
    assert ecfp_lite(propanol, chain).shape == (256,)


@pytest.mark.bad_input
def test_what_does_not_fit():
    h, atoms, bonds = torch.zeros(1, 3, 4), torch.zeros(3).long(), torch.zeros(3, 3).long()
    for call, message in (
        (lambda: make_molecules(0), "n >= 1"),
        (lambda: make_molecules(2, smallest=1), "2 <= smallest"),
        (lambda: batch_molecules([]), "at least one molecule"),
        (lambda: GraphConv(4, 2)(h, torch.zeros(1, 2, 2)), r"adjacency \(3, 3\)"),
        (lambda: GatedGraphConv(4)(h, bonds), r"expected bonds \(1, 3, 3\)"),
        (lambda: GatedGraphConv(4, aggregate="median"), "sum, mean or max"),
        (lambda: ecfp_lite(atoms, bonds, radius=-1), "radius >= 0"),
        (lambda: ecfp_lite(atoms, bonds[:2]), r"bonds \(3, 3\)"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
