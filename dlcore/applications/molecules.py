"""Networks for molecules: atoms that send messages along bonds; fingerprints to compare with."""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from dlcore.data import Molecule


class MoleculeBatch(NamedTuple):
    """Molecules of different sizes side by side, filled up with atoms that do not exist.

    Attributes:
        atoms: elements, 0 where there is none, shape (b, n).
        bonds: orders, shape (b, n, n).
        mask: whether there is an atom, shape (b, n).
    """

    atoms: Int[Tensor, "b n"]
    bonds: Int[Tensor, "b n n"]
    mask: Bool[Tensor, "b n"]


def batch_molecules(molecules: Sequence[Molecule]) -> MoleculeBatch:
    """Put molecules into one batch.

    Args:
        molecules: each of atoms (n,) and bonds (n, n).

    Returns:
        Tensors with room for the largest.

    Raises:
        ValueError: no molecule.

    Section: :ref:`sec-drug-discovery`.

    Source: no publication; padding.

    Example:
        >>> from dlcore.data import make_molecules
        >>> batch = batch_molecules(make_molecules(5, smallest=3, largest=6))
        >>> batch.bonds.shape == (*batch.atoms.shape, batch.atoms.shape[1])
        True

    In production: torch_geometric.data.Batch, which joins the graphs instead of padding them.
    """
    if not molecules:
        raise ValueError("at least one molecule is needed")
    sizes = torch.tensor([len(m.atoms) for m in molecules])
    n = int(sizes.max())
    atoms = torch.zeros(len(molecules), n, dtype=torch.int64)
    bonds = torch.zeros(len(molecules), n, n, dtype=torch.int64)
    for i, m in enumerate(molecules):
        atoms[i, : sizes[i]] = m.atoms
        bonds[i, : sizes[i], : sizes[i]] = m.bonds
    return MoleculeBatch(atoms, bonds, torch.arange(n) < sizes[:, None])


class GraphConv(nn.Module):
    r"""A graph convolution: $\tilde D^{-1/2} \tilde A \tilde D^{-1/2} H W^\top + b$, A with loops.

    Each node takes a weighted mean of itself and its neighbours, with weights from their numbers of
    neighbours.

    Args:
        in_features: features in.
        out_features: features out.

    Attributes:
        linear: W and b, a torch.nn.Linear.

    Raises:
        ValueError: an adjacency of another shape.

    Equation: :eq:`eq-message-passing`.
    Section: :ref:`sec-drug-discovery`.

    Source: Kipf, Welling (2017), Semi-supervised classification with graph convolutional networks,
        arXiv:1609.02907.

    Example:
        >>> path = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
        >>> GraphConv(5, 7)(torch.randn(3, 5), path).shape
        torch.Size([3, 7])

    In production: torch_geometric.nn.GCNConv.
    """

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, out_features)

    def forward(
        self, h: Float[Tensor, "*b n d"], adjacency: Float[Tensor, "*b n n"]
    ) -> Float[Tensor, "*b n out"]:
        """New features (..., n, out) from features (..., n, d) and weights of edges (..., n, n)."""
        n = h.shape[-2]
        if adjacency.shape[-2:] != (n, n):
            raise ValueError(f"expected an adjacency ({n}, {n}), got {tuple(adjacency.shape)}")
        looped = adjacency + torch.eye(n, dtype=h.dtype, device=h.device)
        root = looped.sum(-1).rsqrt()
        mixed = root[..., None] * looped * root[..., None, :] @ h
        return self.linear(mixed)


class GatedGraphConv(nn.Module):
    r"""Neighbours send messages by type of bond; a gated unit takes their sum, mean or maximum.

    $m_v = \sum_{u} W_{e_{uv}} h_u$, $h_v' = \operatorname{GRU}(m_v, h_v)$.

    Args:
        size: features of an atom.
        edge_types: kinds of bonds; kind 0 means none.
        aggregate: "sum", "mean" or "max".

    Attributes:
        messages: a torch.nn.Linear without bias for each kind.
        update: a torch.nn.GRUCell.

    Raises:
        ValueError: an unknown aggregate, no kind, or bonds of another shape.

    Equation: :eq:`eq-message-passing`.
    Section: :ref:`sec-drug-discovery`.

    Source: Li, Tarlow, Brockschmidt, Zemel (2016), Gated graph sequence neural networks,
        arXiv:1511.05493; on molecules: Gilmer, Schoenholz, Riley, Vinyals, Dahl (2017), Neural
        message passing for quantum chemistry, arXiv:1704.01212.

    Example:
        >>> bonds = torch.tensor([[[0, 2], [2, 0]]])
        >>> GatedGraphConv(5)(torch.randn(1, 2, 5), bonds).shape
        torch.Size([1, 2, 5])

    In production: torch_geometric.nn.GatedGraphConv, for one kind of bond.
    """

    def __init__(self, size: int, edge_types: int = 2, aggregate: str = "sum") -> None:
        super().__init__()
        if aggregate not in ("sum", "mean", "max") or edge_types < 1:
            raise ValueError(f"aggregate must be sum, mean or max, got {aggregate!r}")
        self.aggregate = aggregate
        self.messages = nn.ModuleList(nn.Linear(size, size, bias=False) for _ in range(edge_types))
        self.update = nn.GRUCell(size, size)

    def forward(
        self, h: Float[Tensor, "b n d"], bonds: Int[Tensor, "b n n"]
    ) -> Float[Tensor, "b n d"]:
        """New features (b, n, d) of atoms; bonds hold the kind of each pair, 0 for none."""
        b, n, d = h.shape
        if bonds.shape != (b, n, n):
            raise ValueError(f"expected bonds {(b, n, n)}, got {tuple(bonds.shape)}")
        if self.aggregate == "max":
            sent = torch.stack([message(h) for message in self.messages])
            pairs = sent[(bonds - 1).clamp(min=0), torch.arange(b)[:, None, None], torch.arange(n)]
            gone = torch.where((bonds > 0)[..., None], pairs, -torch.inf).amax(2)
            received = torch.where(gone.isinf(), 0.0, gone)
        else:
            received = torch.zeros_like(h)
            for kind, message in enumerate(self.messages, start=1):
                received = received + (bonds == kind).to(h) @ message(h)
            if self.aggregate == "mean":
                received = received / (bonds > 0).sum(-1, keepdim=True).clamp(min=1)
        return self.update(received.flatten(0, 1), h.flatten(0, 1)).reshape(b, n, d)


class MolecularNet(nn.Module):
    """A property of a molecule from its graph: embedded elements, messages, a sum over the atoms.

    The order in which atoms are written down does not matter.

    Args:
        num_elements: kinds of atoms.
        size: features of an atom.
        layers: rounds of messages: an atom hears of what is so many bonds away.
        outputs: number of outputs, k.
        edge_types: kinds of bonds.
        aggregate: see `GatedGraphConv`.

    Attributes:
        embedding: vectors of the elements.
        passing: the rounds.
        head: output from each atom's features at the end, before the sum.

    Equation: :eq:`eq-message-passing`.
    Section: :ref:`sec-drug-discovery`.

    Source: Gilmer, Schoenholz, Riley, Vinyals, Dahl (2017), Neural message passing for quantum
        chemistry, arXiv:1704.01212.

    Example:
        >>> from dlcore.data import make_molecules
        >>> MolecularNet(3)(*batch_molecules(make_molecules(5))).shape
        torch.Size([5, 1])

    In production: chemprop.
    """

    def __init__(
        self,
        num_elements: int,
        size: int = 32,
        layers: int = 3,
        outputs: int = 1,
        *,
        edge_types: int = 2,
        aggregate: str = "sum",
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_elements, size)
        self.passing = nn.ModuleList(
            GatedGraphConv(size, edge_types, aggregate) for _ in range(layers)
        )
        self.head = nn.Sequential(nn.Linear(size, size), nn.ReLU(), nn.Linear(size, outputs))

    def forward(
        self, atoms: Int[Tensor, "b n"], bonds: Int[Tensor, "b n n"], mask: Bool[Tensor, "b n"]
    ) -> Float[Tensor, "b k"]:
        """Outputs (b, k) of a `MoleculeBatch`."""
        h = self.embedding(atoms)
        for layer in self.passing:
            h = layer(h, bonds)
        return (self.head(h) * mask[..., None]).sum(1)


def ecfp_lite(
    atoms: Int[Tensor, " n"], bonds: Int[Tensor, "n n"], *, radius: int = 2, bits: int = 256
) -> Float[Tensor, " bits"]:
    """A fingerprint: which surroundings of atoms, up to a radius, a molecule holds.

    An atom's surroundings are its element, then the sorted surroundings and bonds of its
    neighbours, again and again; each is hashed to one of so many bits, the same set of bonds once.
    Real ECFPs start from more properties of an atom than its element.

    Args:
        atoms: elements, shape (n,).
        bonds: orders, shape (n, n).
        radius: bonds from the centre to the edge of what is looked at.
        bits: length; few bits make different surroundings share one.

    Returns:
        Zeros and ones, shape (bits,).

    Raises:
        ValueError: a negative radius, no bit, or bonds of another shape.

    Section: :ref:`sec-drug-discovery`.

    Source: Rogers, Hahn (2010), Extended-connectivity fingerprints, doi:10.1021/ci100050t.

    Example:
        >>> alone = torch.zeros(1, 1, dtype=torch.int64)
        >>> water, methane = (ecfp_lite(torch.tensor([element]), alone) for element in (2, 0))
        >>> int(water.sum()), torch.equal(water, methane)
        (1, False)

    In production: rdkit.Chem.rdFingerprintGenerator.GetMorganGenerator.
    """
    n = len(atoms)
    if radius < 0 or bits < 1 or bonds.shape != (n, n):
        raise ValueError(f"expected radius >= 0, bits >= 1 and bonds {(n, n)}")
    order = bonds.tolist()
    near = [[j for j in range(n) if order[i][j]] for i in range(n)]
    names = [_hash((element,)) for element in atoms.tolist()]
    covered: list[frozenset] = [frozenset()] * n
    kept, seen = set(names), set(covered)
    for _ in range(radius):
        names = [
            _hash((names[i], *sorted((order[i][j], names[j]) for j in near[i]))) for i in range(n)
        ]
        covered = [
            frozenset({(min(i, j), max(i, j)) for j in near[i]}).union(
                *(covered[j] for j in near[i])
            )
            for i in range(n)
        ]
        for name, bonds_of in sorted(zip(names, covered, strict=True), key=lambda pair: pair[0]):
            if bonds_of not in seen:
                seen.add(bonds_of)
                kept.add(name)
    fingerprint = torch.zeros(bits)
    fingerprint[[name % bits for name in kept]] = 1
    return fingerprint


def _hash(name: tuple) -> int:
    """The same number for the same tuple of numbers on every machine."""
    return zlib.crc32(repr(name).encode())
