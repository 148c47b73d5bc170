"""Data with modes that can be counted, and which of them samples reach."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.linalg import pairwise_distances


class GaussianRing(NamedTuple):
    """Samples of a mixture of Gaussians on a circle.

    Attributes:
        samples: shape (n, 2).
        centers: of the components, shape (k, 2), anticlockwise from the x-axis.

    Section: :ref:`sec-mode-collapse`

    Example:
        >>> gaussian_ring(100, modes=4, radius=1.0).centers.round().abs()
        tensor([[1., 0.],
                [0., 1.],
                [1., 0.],
                [0., 1.]])

    In production: data.
    """

    samples: Float[Tensor, "n 2"]
    centers: Float[Tensor, "k 2"]


def gaussian_ring(
    n: int,
    *,
    modes: int = 8,
    radius: float = 2.0,
    std: float = 0.05,
    generator: torch.Generator | None = None,
) -> GaussianRing:
    """Points around equally spaced centres on a circle, each as likely.

    Args:
        n: number of points.
        modes: k.
        radius: of the circle.
        std: of each component in each direction.
        generator: source of the draws; default torch's global one, on the CPU.

    Returns:
        The points and the centres.

    Raises:
        ValueError: counts below 1, or a negative length.

    Equation: :eq:`eq-gan-value`
    Section: :ref:`sec-mode-collapse`
    Source: Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled generative adversarial networks,
        arXiv:1611.02163.

    Example:
        >>> gaussian_ring(5).samples.shape
        torch.Size([5, 2])

    In production: a toy whose truth is known.
    """
    if n < 1 or modes < 1 or radius < 0 or std < 0:
        raise ValueError(
            f"gaussian_ring needs n, modes >= 1 and radius, std >= 0, got {n}, {modes}, {radius}, "
            f"{std}"
        )
    device = generator.device if generator else None
    angle = 2 * math.pi * torch.arange(modes, device=device) / modes
    centers = radius * torch.stack([angle.cos(), angle.sin()], dim=1)
    which = torch.randint(modes, (n,), generator=generator, device=device)
    noise = torch.randn(n, 2, generator=generator, device=device)
    return GaussianRing(centers[which] + std * noise, centers)


class ModeCoverage(NamedTuple):
    """Which modes samples reach.

    Attributes:
        counts: samples within the radius of each mode that is their nearest, shape (k,).
        modes: how many modes have enough of them.
        high_quality: share of the samples that are within the radius of any mode.

    Section: :ref:`sec-mode-collapse`

    Example:
        >>> centers = torch.tensor([[0.0, 0.0], [4.0, 0.0]])
        >>> mode_coverage(torch.tensor([[0.1, 0.0], [2.0, 0.0]]), centers, radius=0.5)
        ModeCoverage(counts=tensor([1, 0]), modes=1, high_quality=0.5)

    In production: classes that a classifier finds among the samples.
    """

    counts: Int[Tensor, " k"]
    modes: int
    high_quality: float


def mode_coverage(
    samples: Float[Tensor, "n d"],
    centers: Float[Tensor, "k d"],
    radius: float,
    *,
    min_count: int = 1,
) -> ModeCoverage:
    """How many modes samples hit, and what share of the samples lies near one.

    Args:
        samples: shape (n, d).
        centers: of the modes, shape (k, d).
        radius: how far from a centre a sample may lie.
        min_count: samples that make a mode count as hit.

    Returns:
        Counts, modes hit, and the share of samples within the radius.

    Raises:
        ValueError: shapes that do not fit, no samples, or numbers out of range.

    Equation: :eq:`eq-gan-value`
    Section: :ref:`sec-mode-collapse`
    Source: Metz, Poole, Pfau, Sohl-Dickstein (2017), Unrolled generative adversarial networks,
        arXiv:1611.02163; Srivastava et al. (2017), VEEGAN, arXiv:1705.07761.

    Example:
        >>> ring = gaussian_ring(1000)
        >>> mode_coverage(ring.samples, ring.centers, radius=0.3).modes
        8

    In production: classes that a classifier finds among the samples.
    """
    if samples.ndim != 2 or centers.ndim != 2 or samples.shape[1] != centers.shape[1]:
        raise ValueError(
            f"mode_coverage needs samples (n, d) and centers (k, d), got "
            f"{tuple(samples.shape)} and {tuple(centers.shape)}"
        )
    if len(samples) == 0 or len(centers) == 0 or not radius > 0 or min_count < 1:
        raise ValueError(
            f"mode_coverage needs samples, centers, radius > 0 and min_count >= 1, got "
            f"{len(samples)}, {len(centers)}, {radius}, {min_count}"
        )
    distance, nearest = pairwise_distances(samples, centers).min(dim=1)
    near = distance <= radius
    counts = torch.bincount(nearest[near], minlength=len(centers))
    hit = int((counts >= min_count).sum())
    return ModeCoverage(counts, hit, near.float().mean().item())
