"""Shapes of molecules: coordinates from distances, and how alike two shapes are."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor


def classical_mds(distances: Float[Tensor, "n n"], dim: int = 3) -> Float[Tensor, "n dim"]:
    r"""Points with the given distances: eigenvectors of $-\frac12 J D^{(2)} J$, scaled.

    J takes the mean off rows and columns of the squared distances, which leaves the inner products
    of centred points. Exact if the distances are those of points in `dim` dimensions.

    Args:
        distances: symmetric, zero on the diagonal, shape (n, n).
        dim: coordinates wanted.

    Returns:
        Centred points, shape (n, dim), the widest coordinate first; rotation and mirror image are
        arbitrary, distances do not tell them.

    Raises:
        ValueError: no square symmetric matrix of distances, or dim outside 1..n.

    Equation: :eq:`eq-classical-mds`.
    Section: :ref:`sec-drug-discovery`.

    Source: Torgerson (1952), Multidimensional scaling: I. Theory and method,
        doi:10.1007/BF02288916.

    Example:
        >>> points = torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 4.0]])
        >>> found = classical_mds(torch.cdist(points, points), dim=2)
        >>> torch.dist(found[1], found[2]).round(decimals=3)
        tensor(5.)

    In production: sklearn.manifold.ClassicalMDS.
    """
    n = len(distances)
    if distances.shape != (n, n) or not 1 <= dim <= n:
        raise ValueError(f"expected shape (n, n) and 1 <= dim <= n, got {tuple(distances.shape)}")
    scale = distances.abs().max().clamp(min=torch.finfo(distances.dtype).tiny)
    skew = (distances - distances.T).abs().max()
    if skew > 1e-4 * scale or distances.diagonal().abs().max() > 1e-4 * scale:
        raise ValueError("distances must be symmetric and 0 on the diagonal")
    squared = distances**2
    centered = squared - squared.mean(0) - squared.mean(1, keepdim=True) + squared.mean()
    values, vectors = torch.linalg.eigh(-(centered + centered.T) / 4)
    return vectors.flip(1)[:, :dim] * values.flip(0)[:dim].clamp(min=0).sqrt()


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
