"""How far the outlines of two regions lie apart, which overlap alone does not tell."""

import torch
from jaxtyping import Bool, Int
from torch import Tensor


def mask_boundary(mask: Bool[Tensor, "*space"]) -> Int[Tensor, "n d"]:
    """The outermost elements of a region: those with a neighbour along an axis that is outside.

    Args:
        mask: the region on a grid of d axes.

    Returns:
        Their positions, shape (n, d). What lies beyond the grid is outside.

    Section: :ref:`sec-segmentation-metrics`.

    Source: Serra (1982), Image analysis and mathematical morphology.

    Example:
        >>> len(mask_boundary(torch.ones(5, 5, dtype=torch.bool)))
        16

    In production: scipy.ndimage.binary_erosion.
    """
    padded = torch.zeros([side + 2 for side in mask.shape], dtype=torch.bool, device=mask.device)
    inner = tuple(slice(1, -1) for _ in mask.shape)
    padded[inner] = mask
    interior = mask.clone()
    for axis in range(mask.ndim):
        for shift in (-1, 1):
            interior &= padded.roll(shift, axis)[inner]
    return (mask & ~interior).nonzero()


def hausdorff_distance(
    a: Bool[Tensor, "*space"], b: Bool[Tensor, "*space"], percentile: float = 100.0
) -> float:
    """How far a point on one region's outline can be from the other's outline.

    Args:
        a: a region on a grid of d axes.
        b: another on the same grid.
        percentile: 100 for the largest of the distances to the nearest point of the other; 95
            leaves out the farthest twentieth, which a single stray pixel may be.

    Returns:
        The larger of the two directions' distances, in elements of the grid.

    Raises:
        ValueError: grids that differ, an empty region, or a percentile outside (0, 100].

    Equation: :eq:`eq-hausdorff`.
    Section: :ref:`sec-segmentation-metrics`.

    Source: Huttenlocher, Klanderman, Rucklidge (1993), Comparing images using the Hausdorff
        distance, doi:10.1109/34.232073.

    Example:
        >>> a, b = torch.zeros(8, 8, dtype=torch.bool), torch.zeros(8, 8, dtype=torch.bool)
        >>> a[1:4, 1:4], b[1:4, 3:6] = True, True
        >>> hausdorff_distance(a, b)
        2.0

    In production: scipy.spatial.distance.directed_hausdorff; for masks of scans,
    monai.metrics.HausdorffDistanceMetric.
    """
    if a.shape != b.shape:
        raise ValueError(f"expected masks of one shape, got {tuple(a.shape)} and {tuple(b.shape)}")
    if not a.any() or not b.any():
        raise ValueError("the distance to an empty region is not defined")
    if not 0 < percentile <= 100:
        raise ValueError(f"percentile must lie above 0 and at most at 100, got {percentile}")
    distances = torch.cdist(
        mask_boundary(a).double(),
        mask_boundary(b).double(),
        compute_mode="donot_use_mm_for_euclid_dist",
    )
    directed = (distances.amin(dim=1), distances.amin(dim=0))
    return max(float(d.quantile(percentile / 100)) for d in directed)
