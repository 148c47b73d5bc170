"""Numbers in 8 or 4 bits as integers with a scale, for storing and serving a trained network."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.numerics.differentiation import require_floating


class Quantized(NamedTuple):
    """Integers that stand for real numbers.

    Attributes:
        q: the integers, in int8 (of which 4-bit ones use -8 to 7).
        scale: distance between neighbouring numbers, of a shape that broadcasts with q.
        zero_point: the integer that stands for 0, likewise.
    """

    q: Tensor
    scale: Tensor
    zero_point: Tensor


def quantize_int8(
    x: Float[Tensor, "*shape"], *, dim: int | None = None, symmetric: bool = False
) -> Quantized:
    r"""Round to 256 equally spaced numbers, $q = \mathrm{clip}(\mathrm{round}(x / s) + z)$.

    The scale is the range of x divided by 255, so that nothing is clipped and the error is at most
    s/2; the range is widened to hold 0, which is kept exactly.

    Args:
        x: numbers, any shape, all finite.
        dim: give each slice along this dimension a scale of its own; default one for all.
        symmetric: make the zero point 0, with the scale the largest magnitude divided by 127.

    Returns:
        Integers, scale and zero point.

    Raises:
        ValueError: x has no entries, or not all are finite.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-quantize`
    Section: :ref:`sec-quantization`
    Source: Jacob et al. (2018), Quantization and training of neural networks for efficient
        integer-arithmetic-only inference, arXiv:1712.05877.

    Example:
        >>> quantize_int8(torch.tensor([-1.0, 0.0, 0.5, 1.55])).q
        tensor([-128,  -28,   22,  127], dtype=torch.int8)

    In production: torch.quantize_per_tensor, torchao.
    """
    return _quantize("quantize_int8", x, 8, dim, symmetric)


def quantize_int4(
    x: Float[Tensor, "*shape"], *, dim: int | None = None, symmetric: bool = False
) -> Quantized:
    """Round to 16 equally spaced numbers; usually with one scale for each row or group.

    Args:
        x: numbers, any shape, all finite.
        dim: give each slice along this dimension a scale of its own; default one for all.
        symmetric: make the zero point 0, with the scale the largest magnitude divided by 7.

    Returns:
        Integers between -8 and 7 stored in int8, scale and zero point.

    Raises:
        ValueError: x has no entries, or not all are finite.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-quantize`
    Section: :ref:`sec-quantization`
    Source: Dettmers, Zettlemoyer (2023), The case for 4-bit precision, arXiv:2212.09720.

    Example:
        >>> quantize_int4(torch.tensor([-7.0, 0.4, 3.0]), symmetric=True).q
        tensor([-7,  0,  3], dtype=torch.int8)

    In production: torchao, bitsandbytes.
    """
    return _quantize("quantize_int4", x, 4, dim, symmetric)


def _quantize(name: str, x: Tensor, bits: int, dim: int | None, symmetric: bool) -> Quantized:
    require_floating(name, x)
    if not x.numel() or not x.isfinite().all():
        raise ValueError(f"{name} needs finite entries, got a tensor of shape {tuple(x.shape)}")
    lowest, highest = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    others = [i for i in range(x.ndim) if dim is None or i != dim % x.ndim]
    low, high = (x.amin(others, True), x.amax(others, True)) if others else (x, x)
    low, high = low.clamp(max=0), high.clamp(min=0)
    if symmetric:
        scale = torch.maximum(-low, high) / highest
    else:
        scale = high / (highest - lowest) - low / (highest - lowest)
    scale = torch.where(scale > 0, scale, 1)
    zero_point = torch.zeros_like(scale) if symmetric else (lowest - low / scale).round()
    q = ((x / scale).round() + zero_point).clamp(lowest, highest)
    return Quantized(q.to(torch.int8), scale, zero_point.to(torch.int32))


def dequantize(
    q: Int[Tensor, "*shape"], scale: Float[Tensor, "..."], zero_point: Int[Tensor, "..."]
) -> Float[Tensor, "*shape"]:
    """The numbers that the integers stand for, s (q - z).

    Args:
        q: integers, any shape.
        scale: of a shape that broadcasts.
        zero_point: likewise.

    Returns:
        Numbers of the same shape, in the dtype of the scale.

    Equation: :eq:`eq-quantize`
    Section: :ref:`sec-quantization`
    Source: Jacob et al. (2018), Quantization and training of neural networks for efficient
        integer-arithmetic-only inference, arXiv:1712.05877.

    Example:
        >>> dequantize(*quantize_int8(torch.tensor([-1.0, 0.0, 0.5, 1.55])))
        tensor([-1.0000,  0.0000,  0.5000,  1.5500])

    In production: q.dequantize() of torch's quantized tensors.
    """
    return (q.to(torch.int32) - zero_point).to(scale.dtype) * scale
