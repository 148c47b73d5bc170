"""Small molecules made up by a rule: atoms of three elements, bonds that respect their valences."""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

ELEMENTS = ("C", "N", "O")
VALENCES = (4, 3, 2)


class Molecule(NamedTuple):
    """Heavy atoms and the bonds between them; hydrogen fills up what is free.

    Attributes:
        atoms: 0 carbon, 1 nitrogen, 2 oxygen, shape (n,).
        bonds: 0 none, 1 single, 2 double; symmetric, shape (n, n).
    """

    atoms: Int[Tensor, " n"]
    bonds: Int[Tensor, "n n"]

    @property
    def hydrogens(self) -> Int[Tensor, " n"]:
        """How many hydrogen atoms each atom carries, shape (n,)."""
        return torch.tensor(VALENCES)[self.atoms] - self.bonds.sum(0)


def make_molecules(
    n: int,
    *,
    smallest: int = 4,
    largest: int = 12,
    generator: torch.Generator | None = None,
) -> list[Molecule]:
    """Draw connected molecules of carbon, nitrogen and oxygen: synthetic, no chemist made them.

    A tree grows atom by atom at places with a free valence; then some bonds become double and some
    rings close.

    Args:
        n: number of molecules.
        smallest: fewest heavy atoms, at least 2.
        largest: most heavy atoms.
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        Molecules whose atoms never have more bonds than their valence.

    Raises:
        ValueError: no molecule, or not 2 <= smallest <= largest.

    Section: :ref:`sec-drug-discovery`.

    Source: no publication; real molecules of this kind: Ruddigkeit, van Deursen, Blum, Reymond
        (2012), doi:10.1021/ci300415d.

    Example:
        >>> molecule = make_molecules(1)[0]
        >>> bool((molecule.hydrogens >= 0).all())
        True

    In production: measured data, such as MoleculeNet's, read by RDKit.
    """
    if n < 1 or not 2 <= smallest <= largest:
        raise ValueError(f"expected n >= 1 and 2 <= smallest <= largest: {n, smallest, largest}")
    generator = generator or torch.Generator().manual_seed(0)
    return [_grow(int(_draw(smallest, largest + 1, generator)), generator) for _ in range(n)]


def _draw(low: int, high: int, generator: torch.Generator) -> Tensor:
    return torch.randint(low, high, (), generator=generator)


def _grow(size: int, generator: torch.Generator) -> Molecule:
    shares = torch.tensor([0.7, 0.15, 0.15])
    atoms = torch.multinomial(shares, size, replacement=True, generator=generator)
    atoms[: size // 2] = 0
    free, bonds = torch.tensor(VALENCES)[atoms], torch.zeros(size, size, dtype=torch.int64)

    def bind(i: int, j: int) -> None:
        bonds[i, j] += 1
        bonds[j, i] += 1
        free[i] -= 1
        free[j] -= 1

    for new in range(1, size):
        open_atoms = (free[:new] > 0).nonzero()[:, 0]
        bind(int(open_atoms[_draw(0, len(open_atoms), generator)]), new)
    for i, j in torch.triu_indices(size, size, 1).T.tolist():
        if free[i] > 0 and free[j] > 0:
            chance = 0.25 if bonds[i, j] == 1 else 0.03 if bonds[i, j] == 0 else 0.0
            if float(torch.rand((), generator=generator)) < chance:
                bind(i, j)
    return Molecule(atoms, bonds)
