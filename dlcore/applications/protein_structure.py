"""How alike two shapes of molecules are."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import classical_mds as classical_mds


class Superposition(NamedTuple):
    """The movement that lays P on Q: rotate, then shift.

    Attributes:
        rotation: shape (d, d); points are rows, so apply it as P @ rotation.T.
        translation: shape (d,).
        rmsd: root mean square distance that is left.
    """

    rotation: Float[Tensor, "d d"]
    translation: Float[Tensor, " d"]
    rmsd: float


def kabsch(
    P: Float[Tensor, "n d"], Q: Float[Tensor, "n d"], *, allow_reflection: bool = False
) -> Superposition:
    r"""Lay one set of points on another by a rotation and a shift, as close as can be.

    From the singular value decomposition of $P^\top Q$ of the centred points. Mirror images are
    different molecules: by default the last direction is turned round where the best fit would
    need a mirror.

    Args:
        P: points to be moved, shape (n, d).
        Q: where each belongs, shape (n, d).
        allow_reflection: whether a mirror image will do.

    Returns:
        Rotation, shift, and the root mean square distance that remains.

    Raises:
        ValueError: shapes that differ, or no points.

    Equation: :eq:`eq-kabsch`.
    Section: :ref:`sec-drug-discovery`.

    Source: Kabsch (1976), A solution for the best rotation to relate two sets of vectors,
        doi:10.1107/S0567739476001873.

    Example:
        >>> P = torch.tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
        >>> turned = P @ torch.tensor([[0.0, 1.0], [-1.0, 0.0]]) + 5
        >>> round(kabsch(P, turned).rmsd, 3)
        0.0

    In production: scipy.spatial.transform.Rotation.align_vectors on centred points.
    """
    if P.shape != Q.shape or P.ndim != 2 or not len(P):
        raise ValueError(
            f"expected two equal shapes (n, d), got {tuple(P.shape)}, {tuple(Q.shape)}"
        )
    center_p, center_q = P.mean(0), Q.mean(0)
    U, _, Vh = torch.linalg.svd((P - center_p).T @ (Q - center_q))
    signs = torch.ones_like(center_p)
    if not allow_reflection:
        signs[-1] = torch.linalg.det(U @ Vh).sign()
    rotation = (U * signs @ Vh).T
    left = (P - center_p) @ rotation.T - (Q - center_q)
    rmsd = float(left.square().sum(1).mean().sqrt())
    return Superposition(rotation, center_q - rotation @ center_p, rmsd)


def kabsch_rmsd(
    P: Float[Tensor, "n d"], Q: Float[Tensor, "n d"], *, allow_reflection: bool = False
) -> float:
    """How far corresponding points of two shapes are apart when one is laid on the other.

    Args:
        P: points, shape (n, d).
        Q: points, shape (n, d).
        allow_reflection: whether a mirror image will do.

    Returns:
        The root mean square distance, in the points' units.

    Raises:
        ValueError: shapes that differ, or no points.

    Equation: :eq:`eq-kabsch`.
    Section: :ref:`sec-drug-discovery`.

    Source: Kabsch (1976), A solution for the best rotation to relate two sets of vectors,
        doi:10.1107/S0567739476001873.

    Example:
        >>> corner = torch.eye(3)
        >>> round(kabsch_rmsd(corner, 2 + corner[[1, 2, 0]]), 3)
        0.0

    In production: scipy.spatial.transform.Rotation.align_vectors on centred points.
    """
    return kabsch(P, Q, allow_reflection=allow_reflection).rmsd


def lddt(
    predicted: Float[Tensor, "n d"],
    true: Float[Tensor, "n d"],
    *,
    cutoff: float = 15.0,
    tolerances: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0),
) -> float:
    """The share of short distances that a predicted shape gets right, averaged over tolerances.

    No shape is laid on another, so a part that is right in itself counts although its place is
    wrong. A mirror image has all distances right.

    Args:
        predicted: points, shape (n, d), in ångström.
        true: the same points as they are, shape (n, d).
        cutoff: pairs whose true distance is below it count.
        tolerances: how wrong a distance may be.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: shapes that differ, or no pair within the cutoff.

    Equation: :eq:`eq-lddt`.
    Section: :ref:`sec-drug-discovery`.

    Source: Mariani, Biasini, Barbato, Schwede (2013), lDDT: a local superposition-free score for
        comparing protein structures and models using distance difference tests,
        doi:10.1093/bioinformatics/btt473 (there averaged over atoms; here over pairs).

    Example:
        >>> line = torch.arange(4.0)[:, None]
        >>> lddt(line * 1.6, line)
        0.625

    In production: OpenStructure's lddt.
    """
    if predicted.shape != true.shape or true.ndim != 2:
        raise ValueError(f"shapes differ: {tuple(predicted.shape)} and {tuple(true.shape)}")
    i, j = torch.triu_indices(len(true), len(true), 1)
    apart = (true[i] - true[j]).norm(dim=1)
    near = apart < cutoff
    if not near.any():
        raise ValueError(f"no two points are nearer than {cutoff}")
    wrong = ((predicted[i] - predicted[j]).norm(dim=1) - apart).abs()[near]
    return sum(float((wrong < t).double().mean()) for t in tolerances) / len(tolerances)
