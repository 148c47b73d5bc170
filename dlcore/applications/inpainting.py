"""Holes in an image filled as smoothly as their rims allow."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.linalg import conjugate_gradient

_SHIFTS = ((1, 0), (-1, 0), (0, 1), (0, -1))


def _shifted(x: Tensor, dy: int, dx: int) -> Tensor:
    """The neighbour's value at each pixel, 0 beyond the border."""
    h, w = x.shape[-2:]
    padded = torch.nn.functional.pad(x, (1, 1, 1, 1))
    return padded[..., 1 + dy : 1 + dy + h, 1 + dx : 1 + dx + w]


def inpaint_harmonic(
    image: Float[Tensor, "c h w"], hole: Bool[Tensor, "h w"], *, rtol: float = 1e-8
) -> Float[Tensor, "c h w"]:
    """Fill a hole so that each pixel in it is the mean of its neighbours, as in a stretched skin.

    The equations are solved together by conjugate gradients. No pixel in the hole becomes larger
    or smaller than all on its rim: edges and texture are not continued.

    Args:
        image: shape (c, h, w); values in the hole are ignored.
        hole: True where the image is to be filled, shape (h, w).
        rtol: how exactly, see `dlcore.linalg.conjugate_gradient`.

    Returns:
        The image with the hole filled. Neighbours beyond the border do not count.

    Raises:
        ValueError: shapes that do not fit, or a hole that covers the whole image.

    Equation: :eq:`eq-harmonic-inpainting`.
    Section: :ref:`sec-inpainting`.

    Source: Bertalmio, Sapiro, Caselles, Ballester (2000), Image inpainting,
        doi:10.1145/344779.344972, improves on this; it is the discrete Dirichlet problem.

    Example:
        >>> image = torch.arange(25.0).reshape(1, 5, 5)
        >>> hole = torch.zeros(5, 5, dtype=torch.bool)
        >>> hole[2, 1:4] = True
        >>> inpaint_harmonic(image.where(~hole, torch.zeros(())), hole)[0, 2]
        tensor([10., 11., 12., 13., 14.])

    In production: skimage.restoration.inpaint_biharmonic.
    """
    if image.ndim != 3 or hole.shape != image.shape[1:]:
        raise ValueError(
            f"expected an image (c, h, w) and a hole (h, w), got {tuple(image.shape)} and "
            f"{tuple(hole.shape)}"
        )
    if hole.all():
        raise ValueError("the hole covers the whole image")
    if not hole.any():
        return image.clone()
    known = image.double().masked_fill(hole, 0)
    neighbours = sum(_shifted(torch.ones_like(known), *shift) for shift in _SHIFTS)

    def product(v: Tensor) -> Tensor:
        x = torch.zeros_like(known)
        x[:, hole] = v.reshape(len(x), -1)
        total = sum((_shifted(x, *shift) for shift in _SHIFTS), torch.zeros_like(x))
        return (neighbours * x - total)[:, hole].flatten()

    rim = sum((_shifted(known, *shift) for shift in _SHIFTS), torch.zeros_like(known))
    solution = conjugate_gradient(product, rim[:, hole].flatten(), rtol=rtol)
    filled = image.clone()
    filled[:, hole] = solution.x.reshape(len(image), -1).to(image.dtype)
    return filled
