"""Likelihoods that can be compared: bits per dimension, and whole numbers made continuous."""

import math

import torch
from jaxtyping import Float, Real
from torch import Tensor


def bits_per_dim(
    nats: Float[Tensor, "*shape"], dims: int, levels: int | None = None
) -> Float[Tensor, "*shape"]:
    r"""Minus a log-likelihood in bits, per dimension.

    Args:
        nats: minus the log-likelihoods of whole examples, any shape.
        dims: D, the numbers in an example: 3072 for images of 32 x 32 x 3.
        levels: given if the likelihood is a density of values that were divided by this number of
            levels, as `uniform_dequantize` does; adds the $\log_2$ of it, so that bits of the
            original whole numbers come out.

    Returns:
        nats / (D log 2), like nats.

    Raises:
        ValueError: no dimension, or fewer than 2 levels.

    Equation: :eq:`eq-bits-per-dimension`.
    Section: :ref:`sec-generative-evaluation`.

    Source: Theis, van den Oord, Bethge (2016), A note on the evaluation of generative models,
        arXiv:1511.01844.

    Example:
        >>> bits_per_dim(torch.tensor([3000.0]), 32 * 32 * 3)
        tensor([1.4089])
        >>> bits_per_dim(torch.tensor(0.0), 5, levels=256)
        tensor(8.)

    In production: the same line.
    """
    if dims < 1 or (levels is not None and levels < 2):
        raise ValueError(f"expected dims >= 1 and at least 2 levels, got {dims}, {levels}")
    return nats / (dims * math.log(2)) + (0.0 if levels is None else math.log2(levels))


def uniform_dequantize(
    x: Real[Tensor, "*shape"],
    levels: int = 256,
    *,
    dtype: torch.dtype = torch.float32,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "*shape"]:
    r"""Whole numbers spread over their cells, $(x + u) / L$ with u uniform in [0, 1).

    A density of what comes out has no spikes to find, and its mean log is at most the
    log-probability of the whole numbers; on the raw numbers it could grow without end.

    Args:
        x: whole numbers from 0 to levels - 1.
        levels: L.
        dtype: of the result.
        generator: source of u; by default torch's global one.

    Returns:
        Numbers in [0, 1), like x in shape.

    Raises:
        ValueError: values that are not whole numbers within the levels.

    Equation: :eq:`eq-dequantization`.
    Section: :ref:`sec-generative-evaluation`.

    Source: Uria, Murray, Larochelle (2013), RNADE, arXiv:1306.0186; Theis, van den Oord, Bethge
        (2016), arXiv:1511.01844.

    Example:
        >>> x = torch.tensor([0, 3, 1])
        >>> (uniform_dequantize(x, levels=4) * 4).floor()
        tensor([0., 3., 1.])

    In production: the same line; learned noise in variational dequantization.
    """
    if levels < 2 or not bool(((x >= 0) & (x < levels) & (x == x.floor())).all()):
        raise ValueError(f"expected whole numbers from 0 to {levels - 1} and 2 levels or more")
    device = generator.device if generator else x.device
    u = torch.rand(x.shape, generator=generator, dtype=dtype, device=device).to(x.device)
    below = torch.tensor(1.0, dtype=dtype).nextafter(torch.tensor(0.0, dtype=dtype)).item()
    return ((x.to(dtype) + u) / levels).clamp(max=below)
