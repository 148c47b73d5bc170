"""Enlarging images by interpolation."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.padding import per_axis


def _interpolation(n: int, m: int, step: float, align_corners: bool, like: Tensor) -> Tensor:
    """The matrix, shape (m, n), whose rows mix two neighbours."""
    places = torch.arange(m, dtype=torch.float64)
    if align_corners:
        places = places * ((n - 1) / (m - 1) if m > 1 else 0.0)
    else:
        places = ((places + 0.5) * step - 0.5).clamp(min=0)
    left = places.floor().long().clamp(max=n - 1)
    right = (left + 1).clamp(max=n - 1)
    share = places - left
    A = torch.zeros(m, n, dtype=torch.float64)
    A.scatter_add_(1, left[:, None], (1 - share)[:, None])
    A.scatter_add_(1, right[:, None], share[:, None])
    return A.to(like)


def upsample_bilinear(
    x: Float[Tensor, "n c h w"],
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    align_corners: bool = False,
) -> Float[Tensor, "n c out_h out_w"]:
    """Enlarge images, each new pixel a mean of the four around it by nearness.

    On each axis it is a product with a fixed matrix: nothing is learned.

    Args:
        x: images, shape (n, c, h, w).
        size: (h', w'), or one number for both.
        scale_factor: in its place the factor, one number or (down, right).
        align_corners: whether the middles of the corner pixels stay corners; otherwise the edges of
            the image do.

    Returns:
        Shape (n, c, h', w').

    Raises:
        ValueError: both or neither of size and factor, sizes below 1, or no images.

    Section: :ref:`sec-transposed-convolution`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic segmentation,
    arXiv:1411.4038, section 3.3.

    Example:
        >>> upsample_bilinear(torch.tensor([[[[0.0, 4.0]]]]), size=(1, 4))
        tensor([[[[0., 1., 3., 4.]]]])

    In production: torch.nn.functional.interpolate with mode="bilinear".
    """
    if x.ndim != 4 or min(x.shape[-2:]) < 1:
        raise ValueError(f"expected images of shape (n, c, h, w), got {tuple(x.shape)}")
    if (size is None) == (scale_factor is None):
        raise ValueError(f"give size or scale_factor, got {size} and {scale_factor}")
    n = tuple(x.shape[-2:])
    if size is not None:
        new = per_axis("size", size, 2)
        steps = [a / b for a, b in zip(n, new, strict=True)]
    else:
        factors = (
            [float(scale_factor)] * 2
            if isinstance(scale_factor, int | float)
            else [float(factor) for factor in scale_factor or ()]
        )
        if len(factors) != 2 or not min(factors) > 0:
            raise ValueError(f"scale_factor needs one or 2 positive numbers, got {scale_factor}")
        new = per_axis("size", [int(a * f) for a, f in zip(n, factors, strict=True)], 2)
        steps = [1 / f for f in factors]
    A, B = (
        _interpolation(a, b, step, align_corners, x)
        for a, b, step in zip(n, new, steps, strict=True)
    )
    return A @ x @ B.T


def bilinear_kernel(factor: int) -> Float[Tensor, "k k"]:
    """The kernel with which a transposed convolution interpolates between pixels.

    Args:
        factor: f, how many times larger the image gets; the stride. The padding is f // 2.

    Returns:
        Shape (k, k) with k = 2 f - f % 2: a pyramid, highest in the middle.

    Raises:
        ValueError: a factor below 1.

    Section: :ref:`sec-transposed-convolution`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic segmentation,
    arXiv:1411.4038, section 3.3.

    Example:
        >>> bilinear_kernel(2)[1]
        tensor([0.1875, 0.5625, 0.5625, 0.1875])

    In production: torch.nn.functional.interpolate, unless the kernel is to be learned on.
    """
    per_axis("factor", factor, 1)
    k = 2 * factor - factor % 2
    tent = 1 - (torch.arange(k) - (k - 1) / 2).abs() / factor
    return torch.outer(tent, tent)
