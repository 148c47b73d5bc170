"""The energy of a handful of atoms: they attract at a distance and repel when they touch."""

import torch
from jaxtyping import Float
from torch import Tensor


def lennard_jones_energy(
    positions: Float[Tensor, "*batch n d"],
    *,
    epsilon: float = 1.0,
    sigma: float = 1.0,
    box: float | None = None,
) -> Float[Tensor, "*batch"]:
    r"""The sum over pairs of $4 \varepsilon ((\sigma / r)^{12} - (\sigma / r)^6)$.

    Args:
        positions: of n atoms in d dimensions, shape (..., n, d), in the unit of sigma.
        epsilon: the depth of a pair's well, at a distance of $2^{1/6} \sigma$; the unit of energy.
        sigma: the distance at which a pair's energy is 0, positive.
        box: the side of a periodic box, in which each pair is taken at its nearest images; without
            it the atoms are alone.

    Returns:
        Energies in the unit of epsilon, shape (...); infinite where two atoms coincide.

    Raises:
        ValueError: no axes for atoms and dimensions, or a sigma or box that is not positive.

    Equation: :eq:`eq-lennard-jones`
    Section: :ref:`sec-molecular-sampling`
    Source: Jones (1924), On the determination of molecular fields, doi:10.1098/rspa.1924.0082.

    Example:
        >>> pair = torch.tensor([[0.0, 0.0], [2 ** (1 / 6), 0.0]])
        >>> lennard_jones_energy(pair).round(decimals=4)
        tensor(-1.)

    In production: OpenMM, LAMMPS.
    """
    if positions.ndim < 2 or sigma <= 0 or (box is not None and box <= 0):
        raise ValueError(
            f"expected positions (..., n, d), sigma and box positive, got "
            f"{tuple(positions.shape)}, {sigma}, {box}"
        )
    n = positions.shape[-2]
    first, second = torch.triu_indices(n, n, 1, device=positions.device)
    gap = positions[..., first, :] - positions[..., second, :]
    if box is not None:
        gap = gap - box * (gap / box).round()
    attraction = (sigma**2 / gap.square().sum(-1)) ** 3
    # (s - 1) s and not s^2 - s, which is inf - inf where two atoms coincide
    return 4 * epsilon * (attraction * (attraction - 1)).sum(-1)
