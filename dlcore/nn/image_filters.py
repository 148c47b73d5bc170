"""Kernels that find edges, made by hand."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.anti_aliasing import binomial_kernel
from dlcore.nn.convolution import conv2d
from dlcore.nn.padding import pad2d

EDGES = ("vertical", "horizontal")


def edge_kernel(orientation: str = "vertical") -> Float[Tensor, "kh kw"]:
    """The smallest detector of edges: what comes after minus what came before.

    Args:
        orientation: of the edge; "vertical" compares left and right, "horizontal" above and below.

    Returns:
        (-1, 0, 1) as a row, shape (1, 3), or as a column, shape (3, 1). As a cross-correlation it
        answers an edge to brighter pixels with a positive number.

    Raises:
        ValueError: another orientation.

    Equation: :eq:`eq-cross-correlation`.
    Section: :ref:`sec-convolution`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.2.

    Example:
        >>> edge_kernel()
        tensor([[-1.,  0.,  1.]])

    In production: scipy.ndimage.correlate1d with these weights.
    """
    if orientation not in EDGES:
        raise ValueError(f"orientation must be one of {', '.join(EDGES)}; got {orientation!r}")
    row = torch.tensor([[-1.0, 0.0, 1.0]])
    return row if orientation == "vertical" else row.T


def sobel(x: Float[Tensor, "*batch h w"], axis: int = -1) -> Float[Tensor, "*batch h w"]:
    """The change of brightness along one axis, smoothed along the other.

    Args:
        x: images, shape (..., h, w).
        axis: -1 for left to right, which shows vertical edges; -2 for top to bottom.

    Returns:
        The same shape: the outer product of (-1, 0, 1) and (1, 2, 1), slid over images whose
        outermost pixels are repeated once beyond the border.

    Raises:
        ValueError: another axis, or no images.

    Equation: :eq:`eq-cross-correlation`.
    Section: :ref:`sec-convolution`.

    Source: Sobel, Feldman (1968), An isotropic 3x3 image gradient operator, presented at the
    Stanford Artificial Intelligence Project.

    Example:
        >>> sobel(torch.tensor([[0.0, 0, 1, 1]]).expand(3, 4))[1]
        tensor([0., 4., 4., 0.])

    In production: scipy.ndimage.sobel.
    """
    if x.ndim < 2 or not x.numel():
        raise ValueError(f"expected images of shape (..., h, w), got {tuple(x.shape)}")
    if axis not in (-1, -2):
        raise ValueError(f"axis must be -1 or -2, got {axis}")
    vertical = 4 * binomial_kernel(3)[:, None] * edge_kernel()
    kernel = (vertical if axis == -1 else vertical.T).to(x)
    padded = pad2d(x.reshape(x.shape[:-2].numel(), 1, *x.shape[-2:]), 1, mode="replicate")
    return conv2d(padded, kernel[None, None]).reshape(x.shape)
