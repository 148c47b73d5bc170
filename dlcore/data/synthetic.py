"""Synthetic point sets in the plane, to see what a classifier does."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.data.splits import Examples


def _check(n: int, parts: int, noise: float) -> None:
    if n < parts:
        raise ValueError(f"n must be at least {parts}, one point per class, got {n}")
    if not (math.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise must be a standard deviation of at least 0, got {noise}")


def _noisy(
    points: list[Float[Tensor, "_ 2"]], noise: float, generator: torch.Generator | None
) -> Examples:
    """The classes' points one after the other, each moved by a Gaussian of that deviation."""
    X = torch.cat(points)
    y = torch.cat([torch.full((len(part),), k) for k, part in enumerate(points)])
    return Examples(X + noise * _normal(X.shape, generator), y)


def _normal(shape: tuple[int, ...], generator: torch.Generator | None) -> Tensor:
    where = generator.device if generator else None
    return torch.randn(shape, generator=generator, device=where).cpu()


def _sizes(n: int, parts: int) -> list[int]:
    """Sizes of the classes that differ by at most one; the last ones are the larger."""
    return [(n + k) // parts for k in range(parts)]


def _arc(angle: Float[Tensor, " n"]) -> Float[Tensor, "n 2"]:
    return torch.stack([angle.cos(), angle.sin()], dim=1)


def two_moons(
    n: int = 200, noise: float = 0.1, *, generator: torch.Generator | None = None
) -> Examples:
    """Two interleaving half circles: no straight line parts them.

    Args:
        n: number of points.
        noise: standard deviation of the Gaussian added to each coordinate.
        generator: source of the noise; by default torch's global one.

    Returns:
        X of shape (n, 2) in float32 and y in {0, 1}, class after class.

    Raises:
        ValueError: n < 2, or a negative or infinite noise.

    Source: Pedregosa et al. (2011), Scikit-learn, JMLR 12: make_moons.

    Example:
        >>> X, y = two_moons(100, generator=torch.Generator().manual_seed(0))
        >>> X.shape, y.bincount().tolist()
        (torch.Size([100, 2]), [50, 50])

    In production: sklearn.datasets.make_moons.
    """
    _check(n, 2, noise)
    upper, lower = (_arc(torch.linspace(0, math.pi, size)) for size in _sizes(n, 2))
    return _noisy([upper, torch.tensor([1.0, 0.5]) - lower], noise, generator)


def circles(
    n: int = 200,
    noise: float = 0.05,
    *,
    ratio: float = 0.5,
    generator: torch.Generator | None = None,
) -> Examples:
    """A circle of radius 1 (class 0) and a smaller one within it (class 1).

    Args:
        n: number of points.
        noise: standard deviation of the Gaussian added to each coordinate.
        ratio: radius of the inner circle, between 0 and 1.
        generator: source of the noise; by default torch's global one.

    Returns:
        X of shape (n, 2) in float32 and y in {0, 1}, class after class.

    Raises:
        ValueError: n < 2, a negative or infinite noise, a ratio outside of (0, 1).

    Source: Pedregosa et al. (2011), Scikit-learn, JMLR 12: make_circles.

    Example:
        >>> X, y = circles(100, noise=0.0)
        >>> round(X[y == 1].norm(dim=1).mean().item(), 3)
        0.5

    In production: sklearn.datasets.make_circles.
    """
    _check(n, 2, noise)
    if not 0 < ratio < 1:
        raise ValueError(f"ratio must lie between 0 and 1, got {ratio}")
    outer, inner = (_arc(2 * math.pi * torch.arange(size) / size) for size in _sizes(n, 2))
    return _noisy([outer, ratio * inner], noise, generator)


def spirals(
    n: int = 300,
    arms: int = 3,
    noise: float = 0.02,
    *,
    turns: float = 0.75,
    generator: torch.Generator | None = None,
) -> Examples:
    """Interleaved spirals, one a class: radius and angle grow in proportion.

    Args:
        n: number of points.
        arms: number of spirals, K.
        noise: standard deviation of the Gaussian added to each coordinate.
        turns: how often an arm winds around the origin.
        generator: source of the noise; by default torch's global one.

    Returns:
        X of shape (n, 2) in float32, within about the unit circle, and y in 0..K-1.

    Raises:
        ValueError: n < arms, arms < 1, or a negative or infinite noise.

    Source: Lang, Witbrock (1988), Learning to tell two spirals apart, Connectionist Models
    Summer School.

    Example:
        >>> X, y = spirals(300, arms=3, noise=0.0)
        >>> round(X.norm(dim=1).max().item(), 3), y.bincount().tolist()
        (1.0, [100, 100, 100])

    In production: no library function; the formula is one line.
    """
    if arms < 1:
        raise ValueError(f"arms must be at least 1, got {arms}")
    _check(n, arms, noise)
    points = []
    for k, size in enumerate(_sizes(n, arms)):
        r = torch.arange(1, size + 1) / size
        points.append(r[:, None] * _arc(2 * math.pi * (k / arms + turns * r)))
    return _noisy(points, noise, generator)


def blobs(
    n: int,
    centers: Float[Tensor, "k 2"],
    noise: float = 1.0,
    *,
    generator: torch.Generator | None = None,
) -> Examples:
    """Gaussian clouds of the same width around given centres.

    Args:
        n: number of points.
        centers: the means, one a class, shape (k, 2).
        noise: standard deviation of each coordinate.
        generator: source of the noise; by default torch's global one.

    Returns:
        X of shape (n, 2) in float32 and y in 0..k-1, class after class.

    Raises:
        ValueError: n < k, centres of another shape, or a negative or infinite noise.

    Source: Pedregosa et al. (2011), Scikit-learn, JMLR 12: make_blobs.

    Example:
        >>> X, y = blobs(90, torch.tensor([[0.0, 0.0], [3.0, 0.0], [0.0, 3.0]]), noise=0.0)
        >>> X.unique(dim=0).tolist()
        [[0.0, 0.0], [0.0, 3.0], [3.0, 0.0]]

    In production: sklearn.datasets.make_blobs.
    """
    if centers.ndim != 2 or centers.shape[1] != 2:
        raise ValueError(f"centers must have shape (k, 2), got {tuple(centers.shape)}")
    _check(n, len(centers), noise)
    sizes = _sizes(n, len(centers))
    points = [
        center.float().cpu().expand(size, 2) for center, size in zip(centers, sizes, strict=True)
    ]
    return _noisy(points, noise, generator)


def xor(n: int = 200, noise: float = 0.15, *, generator: torch.Generator | None = None) -> Examples:
    """Clouds around the corners of the unit square, labelled by the exclusive or of the corner.

    Args:
        n: number of points.
        noise: standard deviation of the Gaussian added to each coordinate; 0 gives the corners.
        generator: source of the noise; by default torch's global one.

    Returns:
        X of shape (n, 2) in float32 and y in {0, 1}.

    Raises:
        ValueError: n < 4, or a negative or infinite noise.

    Source: Minsky, Papert (1969), Perceptrons.

    Example:
        >>> X, y = xor(4, noise=0.0)
        >>> X.tolist(), y.tolist()
        ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])

    In production: no library function; torch.logical_xor gives the labels.
    """
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    X, corner = blobs(n, corners, noise, generator=generator)
    return Examples(X, torch.tensor([0, 1, 1, 0])[corner])
