"""Angles between vectors, and the vector orthogonal to two others."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg.shapes import require_same_shape


def cosine_similarity(
    x: Float[Tensor, "*shape"], y: Float[Tensor, "*shape"], dim: int = -1, eps: float = 1e-8
) -> Float[Tensor, "*reduced"]:
    r"""The cosine of the angle between vectors, whatever their lengths.

    A zero vector has no direction; its similarity is 0 by the rule that lengths are at least `eps`.

    Args:
        x: vectors, any shape.
        y: vectors of the same shape.
        dim: the dimension along which the entries of one vector lie.
        eps: the smallest length that is divided by.

    Returns:
        Numbers between -1 and 1, without `dim`.

    Raises:
        ValueError: the shapes differ.

    Equation: :eq:`eq-cosine-similarity`
    Section: :ref:`sec-dot-product`

    Example:
        >>> cosine_similarity(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 0.0]))
        tensor(0.7071)

    In production: torch.nn.functional.cosine_similarity.
    """
    require_same_shape("cosine_similarity", x, y)
    lengths = (torch.linalg.vector_norm(v, dim=dim, keepdim=True) for v in (x, y))
    u, v = (a / length.clamp(min=eps) for a, length in zip((x, y), lengths, strict=True))
    return (u * v).sum(dim)


def angle(x: Float[Tensor, "*batch d"], y: Float[Tensor, "*batch d"]) -> Float[Tensor, "*batch"]:
    r"""The angle between vectors in radians, accurate for nearly parallel ones too.

    With unit vectors $u, v$ it is $2\,\mathrm{atan2}(\|u - v\|, \|u + v\|)$. The arccosine of the
    cosine is the same number, but loses half the digits where the cosine is near 1 or -1.

    Args:
        x: vectors, shape (..., d).
        y: vectors of the same shape.

    Returns:
        Angles between 0 and pi, shape (...).

    Raises:
        ValueError: the shapes differ, or a vector is zero and so has no direction.

    Equation: :eq:`eq-angle`
    Section: :ref:`sec-dot-product`
    Source: Kahan (2006), How futile are mindless assessments of roundoff, section 12.

    Example:
        >>> angle(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, -1.0, 2.0])).rad2deg()
        tensor(62.1882)

    In production: torch.acos of torch.nn.functional.cosine_similarity.
    """
    require_same_shape("angle", x, y)
    lengths = [torch.linalg.vector_norm(a, dim=-1, keepdim=True) for a in (x, y)]
    if any((length == 0).any() for length in lengths):
        raise ValueError("angle: a zero vector has no direction")
    u, v = x / lengths[0], y / lengths[1]
    apart, together = (torch.linalg.vector_norm(a, dim=-1) for a in (u - v, u + v))
    return 2 * torch.atan2(apart, together)


def cross(x: Float[Tensor, "*batch 3"], y: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    """The vector orthogonal to two vectors of space, as long as their parallelogram is large.

    Args:
        x: vectors, shape (..., 3).
        y: vectors of the same shape.

    Returns:
        The products, shape (..., 3), oriented by the right-hand rule.

    Raises:
        ValueError: the shapes differ, or the last size is not 3.

    Equation: :eq:`eq-cross-product`
    Section: :ref:`sec-cross-product`

    Example:
        >>> cross(torch.tensor([1.0, 0.0, 2.0]), torch.tensor([3.0, 1.0, 1.0]))
        tensor([-2.,  5.,  1.])

    In production: torch.linalg.cross.
    """
    require_same_shape("cross", x, y)
    if x.ndim == 0 or x.shape[-1] != 3:
        raise ValueError(f"cross needs vectors of shape (..., 3), got {tuple(x.shape)}")
    ahead, behind = [1, 2, 0], [2, 0, 1]
    return x[..., ahead] * y[..., behind] - x[..., behind] * y[..., ahead]
