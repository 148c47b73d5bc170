"""Compound scaling: depth, width and resolution of a network grow together."""

from typing import NamedTuple

from dlcore.models.images import require_positive


class CompoundScaling(NamedTuple):
    """How much deeper, wider and finer a network becomes, see `compound_scaling`.

    Attributes:
        depth: factor of the number of layers.
        width: factor of the channels.
        resolution: side of the images in pixels.
        cost: factor of the multiplications, alpha beta^2 gamma^2 to the power phi.

    Equation: :eq:`eq-compound-scaling`.
    Section: :ref:`sec-efficient-cnns`.

    Example:
        >>> compound_scaling(0)
        CompoundScaling(depth=1.0, width=1.0, resolution=224, cost=1.0)

    In production: nothing to import; the released networks round these numbers.
    """

    depth: float
    width: float
    resolution: int
    cost: float


def compound_scaling(
    phi: float,
    alpha: float = 1.2,
    beta: float = 1.1,
    gamma: float = 1.15,
    resolution: int = 224,
) -> CompoundScaling:
    """Depth, width and resolution that grow together, as one number phi says.

    Args:
        phi: how often the cost may (nearly) double.
        alpha: base of the depth.
        beta: base of the width.
        gamma: base of the resolution.
        resolution: side of the images at phi = 0, in pixels.

    Returns:
        depth = alpha^phi, width = beta^phi, the resolution times gamma^phi, rounded, and the
        factor of the cost.

    Raises:
        ValueError: a base below 1, or a resolution that is not positive.

    Equation: :eq:`eq-compound-scaling`.
    Section: :ref:`sec-efficient-cnns`.

    Source: Tan, Le (2019), EfficientNet: rethinking model scaling for convolutional neural
    networks, arXiv:1905.11946, equation 3.

    Example:
        >>> compound_scaling(1).resolution, round(compound_scaling(1).cost, 4)
        (258, 1.9203)

    In production: nothing to import; the released networks round these numbers.
    """
    require_positive(resolution=resolution)
    for name, base in (("alpha", alpha), ("beta", beta), ("gamma", gamma)):
        if not base >= 1:
            raise ValueError(f"{name} must be at least 1, got {base}")
    cost = (alpha * beta**2 * gamma**2) ** phi
    return CompoundScaling(
        float(alpha**phi), float(beta**phi), round(resolution * gamma**phi), float(cost)
    )
