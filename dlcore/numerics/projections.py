"""The nearest point of a set, for the sets whose nearest point has a formula.

All act on the last dimension, so that a batch of points is projected at once.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.numerics.differentiation import require_floating


def project_box(
    y: Float[Tensor, "*shape"],
    lower: float | Tensor | None = None,
    upper: float | Tensor | None = None,
) -> Float[Tensor, "*shape"]:
    """The nearest point with all entries between two bounds; `lower=0` alone: the orthant.

    Args:
        y: points, any shape.
        lower: smallest entries, a number or a tensor that broadcasts; default none.
        upper: largest entries likewise.

    Returns:
        Points of the same shape.

    Raises:
        ValueError: a lower bound is above the upper one.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-box-projection`
    Section: :ref:`sec-projections`
    Source: Parikh, Boyd (2014), Proximal algorithms, section 6.2, doi:10.1561/2400000003.

    Example:
        >>> project_box(torch.tensor([-2.0, 0.5, 3.0]), 0.0, 1.0)
        tensor([0.0000, 0.5000, 1.0000])

    In production: torch.clamp.
    """
    require_floating("project_box", y)
    low, high = (None if k is None else torch.as_tensor(k).to(y) for k in (lower, upper))
    if low is not None and high is not None and (low > high).any():
        raise ValueError(f"project_box: a lower bound is above the upper one: {lower} and {upper}")
    y = y if low is None else torch.maximum(y, low)
    return y if high is None else torch.minimum(y, high)


def project_l2_ball(
    y: Float[Tensor, "*batch n"],
    radius: float = 1.0,
    center: Float[Tensor, "..."] | None = None,
) -> Float[Tensor, "*batch n"]:
    """The nearest point of a ball: what lies outside is pulled straight towards the centre.

    Args:
        y: points along the last dimension, shape (..., n).
        radius: of the ball.
        center: its centre, of a shape that broadcasts; default 0.

    Returns:
        Points of the same shape.

    Raises:
        ValueError: the radius is negative.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-ball-projection`
    Section: :ref:`sec-projections`
    Source: Parikh, Boyd (2014), Proximal algorithms, section 6.5, doi:10.1561/2400000003.

    Example:
        >>> project_l2_ball(torch.tensor([[3.0, 4.0], [0.3, 0.4]]))
        tensor([[0.6000, 0.8000],
                [0.3000, 0.4000]])

    In production: torch.renorm, about the origin.
    """
    d = _offset("project_l2_ball", y, radius, center)
    size = d.norm(dim=-1, keepdim=True)
    outside = size > radius
    scaled = d * (radius / torch.where(outside, size, 1))
    return torch.where(outside, y - d + scaled, y)


def project_linf_ball(
    y: Float[Tensor, "*shape"],
    radius: float = 1.0,
    center: Float[Tensor, "..."] | None = None,
) -> Float[Tensor, "*shape"]:
    """The nearest point no entry of which is further than the radius from that of the centre.

    Args:
        y: points, any shape.
        radius: the largest deviation.
        center: of a shape that broadcasts; default 0.

    Returns:
        Points of the same shape.

    Raises:
        ValueError: the radius is negative.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-box-projection`
    Section: :ref:`sec-projections`
    Source: Madry et al. (2018), Towards deep learning models resistant to adversarial attacks,
        arXiv:1706.06083.

    Example:
        >>> project_linf_ball(torch.tensor([-2.0, 0.5, 3.0]), 1.0, center=torch.ones(3))
        tensor([0.0000, 0.5000, 2.0000])

    In production: torch.clamp.
    """
    _offset("project_linf_ball", y, radius, center)
    middle = torch.zeros_like(y) if center is None else center
    return torch.minimum(torch.maximum(y, middle - radius), middle + radius)


def _offset(name: str, y: Tensor, radius: float, center: Tensor | None) -> Tensor:
    require_floating(name, y)
    if not radius >= 0:
        raise ValueError(f"{name}: the radius must be at least 0, got {radius}")
    return y if center is None else y - center


def project_simplex(y: Float[Tensor, "*batch n"], total: float = 1.0) -> Float[Tensor, "*batch n"]:
    r"""The nearest vector of nonnegative entries with a given sum.

    It is $\max(y - \tau, 0)$ for the one shift $\tau$ that makes the sum right; sorting finds it.

    Args:
        y: points along the last dimension, shape (..., n).
        total: the sum; 1 for probabilities.

    Returns:
        Points of the same shape; many entries are exactly 0.

    Raises:
        ValueError: the total is not positive, or there are no entries.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-simplex-projection`
    Section: :ref:`sec-projections`
    Source: Held, Wolfe, Crowder (1974), Validation of subgradient optimization,
        doi:10.1007/BF01580223; Duchi et al. (2008), doi:10.1145/1390156.1390191.

    Example:
        >>> project_simplex(torch.tensor([0.5, 1.2, -0.3]))
        tensor([0.1500, 0.8500, 0.0000])

    In production: the same; entmax.sparsemax as a layer.
    """
    require_floating("project_simplex", y)
    if not total > 0 or y.ndim == 0 or not y.shape[-1]:
        raise ValueError(
            f"project_simplex needs entries and a positive total, got {tuple(y.shape)}, {total}"
        )
    descending = y.sort(-1, descending=True).values
    count = torch.arange(1, y.shape[-1] + 1, dtype=y.dtype, device=y.device)
    shifts = (descending.cumsum(-1) - total) / count
    positive = (descending > shifts).sum(-1, keepdim=True)
    tau = shifts.gather(-1, (positive - 1).clamp(min=0))
    return (y - tau).clamp(min=0)


def project_l1_ball(y: Float[Tensor, "*batch n"], radius: float = 1.0) -> Float[Tensor, "*batch n"]:
    """The nearest point whose magnitudes sum to at most the radius: sparse, like the lasso.

    Args:
        y: points along the last dimension, shape (..., n).
        radius: the largest sum of magnitudes, positive.

    Returns:
        Points of the same shape.

    Raises:
        ValueError: the radius is not positive.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-simplex-projection`
    Section: :ref:`sec-projections`
    Source: Duchi et al. (2008), Efficient projections onto the l1-ball,
        doi:10.1145/1390156.1390191.

    Example:
        >>> project_l1_ball(torch.tensor([3.0, -1.0]))
        tensor([1., -0.])

    In production: the same.
    """
    inside = y.abs().sum(-1, keepdim=True) <= radius
    return torch.where(inside, y, y.sign() * project_simplex(y.abs(), radius))


def project_halfspace(
    y: Float[Tensor, "*batch n"], a: Float[Tensor, " n"], b: float
) -> Float[Tensor, "*batch n"]:
    r"""The nearest point with $a^\top x \le b$.

    Args:
        y: points along the last dimension, shape (..., n).
        a: the normal that points out of the half-space, not zero, shape (n,).
        b: the bound.

    Returns:
        Points of the same shape.

    Raises:
        ValueError: a is zero or has another length.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-halfspace-projection`
    Section: :ref:`sec-projections`
    Source: Parikh, Boyd (2014), Proximal algorithms, section 6.2, doi:10.1561/2400000003.

    Example:
        >>> project_halfspace(torch.tensor([2.0, 2.0]), torch.tensor([1.0, 1.0]), 2.0)
        tensor([1., 1.])

    In production: the same line.
    """
    require_floating("project_halfspace", y)
    if a.ndim != 1 or y.shape[-1:] != a.shape or not a.any():
        raise ValueError(
            f"project_halfspace: a must be a nonzero vector of the length of the points, got "
            f"{tuple(a.shape)} for {tuple(y.shape)}"
        )
    excess = (y @ a - b).clamp(min=0)
    return y - (excess / (a @ a))[..., None] * a


def project_affine(
    y: Float[Tensor, "*batch n"], A: Float[Tensor, "m n"], b: Float[Tensor, " m"]
) -> Float[Tensor, "*batch n"]:
    r"""The nearest solution of $Ax = b$, $y - A^+(Ay - b)$.

    Args:
        y: points along the last dimension, shape (..., n).
        A: matrix, shape (m, n); equations may repeat.
        b: right-hand side, shape (m,), such that a solution exists.

    Returns:
        Points of the same shape.

    Raises:
        ValueError: shapes that do not fit, or the equations contradict each other.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-affine-projection`
    Section: :ref:`sec-projections`
    Source: Parikh, Boyd (2014), Proximal algorithms, section 6.2, doi:10.1561/2400000003.

    Example:
        >>> project_affine(torch.tensor([2.0, 0.0]), torch.tensor([[1.0, 1.0]]), torch.ones(1))
        tensor([ 1.5000, -0.5000])

    In production: torch.linalg.lstsq.
    """
    require_floating("project_affine", y)
    if A.ndim != 2 or y.shape[-1:] != A.shape[1:] or b.shape != A.shape[:1]:
        raise ValueError(
            f"project_affine needs y (..., n), A (m, n) and b (m,), got {tuple(y.shape)}, "
            f"{tuple(A.shape)} and {tuple(b.shape)}"
        )
    inverse = torch.linalg.pinv(A)
    gap = (A @ (inverse @ b) - b).norm()
    if gap > 1e3 * torch.finfo(y.dtype).eps * (b.norm() + 1):
        raise ValueError(f"project_affine: Ax = b has no solution, the residual is {gap:.3g}")
    return y - (y @ A.T - b) @ inverse.T


def project_sphere(y: Float[Tensor, "*batch n"], radius: float = 1.0) -> Float[Tensor, "*batch n"]:
    """A nearest point of a given length: the direction is kept.

    The sphere is not convex: from the centre all its points are equally near.

    Args:
        y: points along the last dimension, shape (..., n).
        radius: the length.

    Returns:
        Points of the same shape; from the centre, one along the first axis.

    Raises:
        ValueError: the radius is negative, or there are no entries.
        TypeError: y is no floating-point tensor.

    Equation: :eq:`eq-sphere-projection`
    Section: :ref:`sec-projections`
    Source: Absil, Malick (2012), Projection-like retractions on matrix manifolds,
        doi:10.1137/100802529.

    Example:
        >>> project_sphere(torch.tensor([[3.0, 4.0], [0.0, 0.0]]))
        tensor([[0.6000, 0.8000],
                [1.0000, 0.0000]])

    In production: torch.nn.functional.normalize.
    """
    _offset("project_sphere", y, radius, None)
    if y.ndim == 0 or not y.shape[-1]:
        raise ValueError(f"project_sphere needs points with entries, got shape {tuple(y.shape)}")
    axis = torch.zeros_like(y)
    axis[..., 0] = 1
    d = torch.where((y == 0).all(-1, keepdim=True), axis, y)
    d = d / d.abs().amax(-1, keepdim=True)
    return radius * d / d.norm(dim=-1, keepdim=True)
