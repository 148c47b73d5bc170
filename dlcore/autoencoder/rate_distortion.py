"""What a code costs in bits, and what is lost for them, beside a real codec."""

import io
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Int
from PIL import Image
from torch import Tensor

from dlcore.probability import entropy_from_counts

ESCAPE_BITS = 16.0


def quantize(x: Float[Tensor, "*shape"], step: float) -> Int[Tensor, "*shape"]:
    r"""The nearest multiple of a step, as a whole number: $\lfloor x/\Delta\rceil$.

    Args:
        x: real numbers, any shape.
        step: $\Delta$, positive; the error is at most half of it.

    Returns:
        Symbols in int64; `symbols * step` are the values.

    Raises:
        ValueError: a step that is not positive, or numbers that are not finite.

    Equation: :eq:`eq-code-rate`
    Section: :ref:`sec-autoencoder-compression`
    Source: Gray, Neuhoff (1998), Quantization, doi:10.1109/18.720541.

    Example:
        >>> quantize(torch.tensor([-0.9, 0.1, 1.3]), 0.5)
        tensor([-2,  0,  3])

    In production: the same line; dlcore.numerics.quantize_int8 for weights.
    """
    if not step > 0 or not x.isfinite().all():
        raise ValueError(f"quantize needs finite numbers and a positive step, got step {step}")
    return (x / step).round().long()


def entropy_bits(
    symbols: Int[Tensor, "n d"], *, reference: Int[Tensor, "m d"] | None = None
) -> float:
    r"""Bits an example needs when each dimension has an ideal code of its own, $\sum_j H_j$.

    Without a reference, the codes are made from the frequencies of the very symbols they encode,
    which no receiver knows. With one, they are made from other examples: each value between the
    least and the greatest seen counts 1/2 more than it was seen; another value costs an escape,
    counted 1/2, and 16 bits.

    Args:
        symbols: whole numbers, one row an example, shape (n, d).
        reference: other examples, from which the code is made, shape (m, d).

    Returns:
        Bits per example: the entropy, or the length of the code; an arithmetic coder comes within
        two bits of it for a whole message.

    Raises:
        ValueError: no symbols, or a reference with another number of dimensions.

    Equation: :eq:`eq-code-rate`
    Section: :ref:`sec-autoencoder-compression`
    Source: Shannon (1948), A mathematical theory of communication,
        doi:10.1002/j.1538-7305.1948.tb01338.x.

    Example:
        >>> entropy_bits(torch.tensor([[0, 5], [1, 5], [2, 5], [3, 5]]))
        2.0

    In production: constriction, or the range coders inside video formats.
    """
    if symbols.ndim != 2 or symbols.numel() == 0:
        raise ValueError(f"entropy_bits needs symbols (n, d), got {tuple(symbols.shape)}")
    if reference is None:
        return sum(_entropy(column) for column in symbols.unbind(1))
    if reference.ndim != 2 or len(reference) == 0 or reference.shape[1] != symbols.shape[1]:
        raise ValueError(
            f"the reference must have {symbols.shape[1]} dimensions, got {tuple(reference.shape)}"
        )
    pairs = zip(symbols.unbind(1), reference.unbind(1), strict=True)
    return sum(_code_length(column, seen) for column, seen in pairs)


def _entropy(column: Tensor) -> float:
    counts = column.unique(return_counts=True)[1]
    return entropy_from_counts(counts, base=2).item()


def _code_length(column: Tensor, seen: Tensor) -> float:
    """The mean bits of a column's symbols in the code made from those seen before."""
    low, high = seen.min(), seen.max()
    counts = (seen - low).bincount().double() + 0.5
    bits = -(counts / (counts.sum() + 0.5)).log2()
    escape = math.log2((counts.sum().item() + 0.5) / 0.5) + ESCAPE_BITS
    inside = (column >= low) & (column <= high)
    total = bits[column[inside] - low].sum().item() + escape * int((~inside).sum())
    return total / len(column)


class RateDistortion(NamedTuple):
    r"""Points of a rate-distortion curve.

    Attributes:
        bits: per example, shape (points,).
        mse: mean squared error of a pixel, shape (points,).
        psnr: $10\log_{10}(1/\mathrm{mse})$ in decibel, for data in [0, 1], shape (points,).

    Equation: :eq:`eq-code-rate`
    Section: :ref:`sec-autoencoder-compression`
    Source: Shannon (1959), Coding theorems for a discrete source with a fidelity criterion, IRE
        National Convention Record 7.

    Example:
        >>> RateDistortion(torch.tensor([8.0]), torch.tensor([0.01]), torch.tensor([20.0])).bits
        tensor([8.])

    In production: compressai.
    """

    bits: Tensor
    mse: Tensor
    psnr: Tensor


def _curve(bits: list[float], mse: list[float]) -> RateDistortion:
    error = torch.tensor(mse, dtype=torch.float64)
    return RateDistortion(torch.tensor(bits, dtype=torch.float64), error, -10 * error.log10())


@torch.no_grad()
def rate_distortion_curve(
    encode: Callable[[Tensor], Tensor],
    decode: Callable[[Tensor], Tensor],
    train: Float[Tensor, "m ..."],
    test: Float[Tensor, "n ..."],
    steps: Sequence[float],
) -> RateDistortion:
    r"""Quantize codes ever more finely: what do they cost, what is lost?

    The bits are those of codes made from the training examples, see `entropy_bits`. What encoder
    and decoder themselves take is not counted; the receiver has them.

    Args:
        encode: maps examples to codes (n, k).
        decode: maps codes (n, k) back to examples in [0, 1].
        train: examples whose codes' frequencies are known to the receiver.
        test: the examples that are sent.
        steps: of the quantizer, positive.

    Returns:
        One point a step; the errors are those of the test examples.

    Raises:
        ValueError: no steps, or shapes that do not fit.

    Equation: :eq:`eq-code-rate`
    Section: :ref:`sec-autoencoder-compression`
    Source: Ballé, Laparra, Simoncelli (2017), End-to-end optimized image compression,
        arXiv:1611.01704.

    Example:
        >>> x = torch.rand(100, 3, generator=torch.Generator().manual_seed(0))
        >>> curve = rate_distortion_curve(lambda x: x, lambda z: z, x, x, steps=[0.5, 0.05])
        >>> bool(curve.bits[0] < curve.bits[1]), bool(curve.mse[0] > curve.mse[1])
        (True, True)

    In production: compressai.
    """
    if len(steps) == 0:
        raise ValueError("rate_distortion_curve needs at least one step")
    codes, known = encode(test), encode(train)
    bits, mse = [], []
    for step in steps:
        symbols = quantize(codes, step)
        restored = decode(symbols.to(codes.dtype) * step)
        if restored.shape != test.shape:
            raise ValueError(f"decode made {tuple(restored.shape)} of {tuple(test.shape)}")
        bits.append(entropy_bits(symbols, reference=quantize(known, step)))
        mse.append((restored - test).square().mean().item())
    return _curve(bits, mse)


def jpeg_rate_distortion(
    images: Float[Tensor, "n h w"], qualities: Sequence[int] = (2, 5, 10, 20, 40, 60, 80, 95)
) -> RateDistortion:
    """What JPEG costs and loses on grey images: files written, measured, read back.

    All images stand in one mosaic, so that they share one header and one table of codes, which
    helps JPEG; with sides that are multiples of 8 no block of the format holds two images.

    Args:
        images: grey levels in [0, 1], shape (n, h, w).
        qualities: JPEG's own scale, 1 to 95.

    Returns:
        One point a quality: bits of the file by n, errors against the images as given.

    Raises:
        ValueError: no images, grey levels outside [0, 1], or a quality outside 1 to 95.

    Section: :ref:`sec-autoencoder-compression`
    Source: Wallace (1992), The JPEG still picture compression standard, doi:10.1109/30.125072.

    Example:
        >>> images = torch.rand(9, 8, 8, generator=torch.Generator().manual_seed(0))
        >>> curve = jpeg_rate_distortion(images, qualities=[5, 95])
        >>> bool(curve.bits[0] < curve.bits[1]), bool(curve.mse[0] > curve.mse[1])
        (True, True)

    In production: PIL.Image.Image.save.
    """
    if images.ndim != 3 or images.numel() == 0 or not ((images >= 0) & (images <= 1)).all():
        raise ValueError(
            f"jpeg_rate_distortion needs grey images (n, h, w) in [0, 1], got {tuple(images.shape)}"
        )
    if len(qualities) == 0 or not all(1 <= quality <= 95 for quality in qualities):
        raise ValueError(f"qualities must be from 1 to 95, got {list(qualities)}")
    n, h, w = images.shape
    across = math.ceil(math.sqrt(n))
    down = math.ceil(n / across)
    tiles = torch.zeros(down * across, h, w)
    tiles[:n] = images.cpu()
    mosaic = tiles.reshape(down, across, h, w).transpose(1, 2).reshape(down * h, across * w)
    picture = Image.fromarray((255 * mosaic).round().byte().numpy())
    bits, mse = [], []
    for quality in qualities:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        bits.append(8 * len(file.getvalue()) / n)
        read = torch.from_numpy(np.array(Image.open(file), dtype=np.float32)) / 255
        restored = read.reshape(down, h, across, w).transpose(1, 2).reshape(-1, h, w)[:n]
        mse.append((restored - images.cpu()).square().mean().item())
    return _curve(bits, mse)
