"""Floating-point numbers down to the bits: fields, limits, spacing, small formats, rounding."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

INTEGERS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


@dataclass(frozen=True)
class FloatFormat:
    r"""How many bits a number has, and what they mean.

    A normal number is $(-1)^s\, 2^{e - b} (1 + m)$; exponent field 0 means $(-1)^s\, 2^{1 - b} m$.

    Attributes:
        exponent_bits: width of the exponent field e.
        mantissa_bits: width of the mantissa field, read as a fraction m in [0, 1).
        special: what an exponent field of all ones means: "ieee" infinity and NaN; "nan" a number,
            except that all mantissa bits set are NaN; "none" a number.
        bias: b; default $2^{\text{exponent\_bits} - 1} - 1$.

    Raises:
        ValueError: a width that fits into no 64 bits, or an unknown meaning.

    Equation: :eq:`eq-floating-point`
    Section: :ref:`sec-floating-point`
    Source: IEEE Std 754-2019, doi:10.1109/IEEESTD.2019.8766229.

    Example:
        >>> FloatFormat(exponent_bits=5, mantissa_bits=10).bias
        15

    In production: torch.finfo.
    """

    exponent_bits: int
    mantissa_bits: int
    special: Literal["ieee", "nan", "none"] = "ieee"
    bias: int = -1

    def __post_init__(self) -> None:
        if not (1 <= self.exponent_bits <= 11 and 0 <= self.mantissa_bits <= 52):
            raise ValueError(
                f"a format has 1 to 11 exponent bits and 0 to 52 mantissa bits, got "
                f"{self.exponent_bits} and {self.mantissa_bits}"
            )
        if self.special not in ("ieee", "nan", "none"):
            raise ValueError(f"special must be 'ieee', 'nan' or 'none', got {self.special!r}")
        if self.bias < 0:
            object.__setattr__(self, "bias", 2 ** (self.exponent_bits - 1) - 1)

    @property
    def bits(self) -> int:
        """Width of a number, the sign included."""
        return 1 + self.exponent_bits + self.mantissa_bits

    @property
    def smallest_exponent(self) -> int:
        """Exponent of the smallest normal number, and of all subnormal ones."""
        return 1 - self.bias

    @property
    def largest_code(self) -> int:
        """The bits of the largest finite number."""
        top = 2 ** (self.exponent_bits + self.mantissa_bits) - 1
        return top - {"ieee": 2**self.mantissa_bits, "nan": 1, "none": 0}[self.special]


FLOAT_FORMATS = {
    "fp64": FloatFormat(11, 52),
    "fp32": FloatFormat(8, 23),
    "fp16": FloatFormat(5, 10),
    "bf16": FloatFormat(8, 7),
    "e5m2": FloatFormat(5, 2),
    "e4m3": FloatFormat(4, 3, "nan"),
    "e2m1": FloatFormat(2, 1, "none"),
}
OF_DTYPE = {
    torch.float64: FLOAT_FORMATS["fp64"],
    torch.float32: FLOAT_FORMATS["fp32"],
    torch.float16: FLOAT_FORMATS["fp16"],
    torch.bfloat16: FLOAT_FORMATS["bf16"],
    torch.float8_e5m2: FLOAT_FORMATS["e5m2"],
    torch.float8_e4m3fn: FLOAT_FORMATS["e4m3"],
}


def as_format(fmt: "FloatFormat | torch.dtype | str") -> FloatFormat:
    """The format that a dtype or one of the names in `FLOAT_FORMATS` stands for."""
    if isinstance(fmt, FloatFormat):
        return fmt
    known: dict = {**FLOAT_FORMATS, **OF_DTYPE}
    if fmt not in known:
        raise ValueError(f"unknown format {fmt!r}: choose from {', '.join(map(str, known))}")
    return known[fmt]


class FloatInfo(NamedTuple):
    r"""The limits of a format.

    Attributes:
        bits: width of a number.
        max: the largest finite number.
        smallest_normal: the smallest positive number with all digits.
        smallest_subnormal: the smallest positive number.
        eps: machine epsilon, the gap from 1 to the next number.
        unit_roundoff: eps / 2, the largest relative error of rounding a number in range.
        log_max: exp overflows above.
        log_min: exp is rounded to 0 below.
    """

    bits: int
    max: float
    smallest_normal: float
    smallest_subnormal: float
    eps: float
    unit_roundoff: float
    log_max: float
    log_min: float


def float_info(fmt: FloatFormat | torch.dtype | str) -> FloatInfo:
    """The limits of a floating-point format, from the widths of its fields.

    Args:
        fmt: a dtype of torch, a name in `FLOAT_FORMATS`, or a format of your own.

    Returns:
        Largest and smallest numbers, precision, and where the exponential leaves the range.

    Raises:
        ValueError: the format is unknown.

    Equation: :eq:`eq-machine-epsilon`
    Section: :ref:`sec-floating-point`
    Source: IEEE Std 754-2019, doi:10.1109/IEEESTD.2019.8766229; for 8 bits Micikevicius et al.
        (2022), FP8 formats for deep learning, arXiv:2209.05433.

    Example:
        >>> float_info("fp16").max
        65504.0

    In production: torch.finfo.
    """
    fmt = as_format(fmt)
    largest = decode_minifloat(torch.tensor(fmt.largest_code), fmt).item()
    normal = math.ldexp(1.0, fmt.smallest_exponent)
    subnormal = math.ldexp(1.0, fmt.smallest_exponent - fmt.mantissa_bits)
    eps = 2.0**-fmt.mantissa_bits
    log_min = math.log(subnormal) - math.log(2)
    return FloatInfo(fmt.bits, largest, normal, subnormal, eps, eps / 2, math.log(largest), log_min)


class FloatBits(NamedTuple):
    """The three fields of numbers, as integers.

    Attributes:
        sign: 0 or 1.
        exponent: the exponent field, with the bias still in it.
        mantissa: the mantissa field.
    """

    sign: Tensor
    exponent: Tensor
    mantissa: Tensor


def float_bits(x: Float[Tensor, "*shape"]) -> FloatBits:
    """The bits that numbers are stored as, taken apart.

    Args:
        x: numbers in fp64, fp32, fp16, bf16 or one of the two fp8, any shape.

    Returns:
        Sign, exponent and mantissa fields in int64, of the same shape.

    Raises:
        TypeError: x is no floating-point tensor of one of these dtypes.

    Equation: :eq:`eq-floating-point`
    Section: :ref:`sec-floating-point`
    Source: IEEE Std 754-2019, doi:10.1109/IEEESTD.2019.8766229.

    Example:
        >>> [field.item() for field in float_bits(torch.tensor(-6.5))]
        [1, 129, 5242880]

    In production: x.view(torch.int32).
    """
    fmt = _native("float_bits", x)
    codes = x.detach().contiguous().view(INTEGERS[x.element_size()]).to(torch.int64)
    return _fields(codes, fmt)


def _native(name: str, x: Tensor) -> FloatFormat:
    if not isinstance(x, Tensor) or x.dtype not in OF_DTYPE:
        kind = x.dtype if isinstance(x, Tensor) else type(x).__name__
        raise TypeError(f"{name} needs a floating-point tensor, got {kind}")
    return OF_DTYPE[x.dtype]


def _fields(codes: Tensor, fmt: FloatFormat) -> FloatBits:
    mantissa = codes & (2**fmt.mantissa_bits - 1)
    exponent = (codes >> fmt.mantissa_bits) & (2**fmt.exponent_bits - 1)
    return FloatBits((codes >> (fmt.bits - 1)) & 1, exponent, mantissa)


def power_of_two(exponent: Tensor) -> Tensor:
    """2 to integer powers in float64, exactly, by writing the bits."""
    normal = (exponent.clamp(-1022, 1023) + 1023) << 52
    subnormal = torch.ones_like(exponent) << (exponent + 1074).clamp(0, 51)
    bits = torch.where(exponent >= -1022, normal, subnormal)
    return bits.view(torch.float64)


def decode_minifloat(
    codes: Int[Tensor, "*shape"], fmt: FloatFormat | torch.dtype | str
) -> Float[Tensor, "*shape"]:
    """The numbers that bit patterns stand for.

    Args:
        codes: bit patterns as integers, any shape.
        fmt: a format, a dtype, or a name in `FLOAT_FORMATS`.

    Returns:
        Values in float64, of the same shape.

    Raises:
        ValueError: a code does not fit into the bits, or the format is unknown.
        TypeError: codes are no integers.

    Equation: :eq:`eq-floating-point`
    Section: :ref:`sec-floating-point`
    Source: IEEE Std 754-2019, doi:10.1109/IEEESTD.2019.8766229.

    Example:
        >>> decode_minifloat(torch.arange(8), "e2m1").tolist()
        [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0]

    In production: codes.view(torch.float8_e4m3fn).double().
    """
    fmt = as_format(fmt)
    if not isinstance(codes, Tensor) or codes.is_floating_point() or codes.is_complex():
        raise TypeError(f"decode_minifloat needs integers, got {getattr(codes, 'dtype', codes)}")
    codes = codes.to(torch.int64)
    if fmt.bits < 64 and ((codes < 0) | (codes >= 2**fmt.bits)).any():
        raise ValueError(f"codes of {fmt.bits} bits lie in 0..{2**fmt.bits - 1}")
    sign, exponent, mantissa = _fields(codes, fmt)
    fraction = mantissa.double() / 2**fmt.mantissa_bits
    leading = (exponent > 0).double()
    magnitude = (leading + fraction) * power_of_two(exponent.clamp(min=1) - fmt.bias)
    all_ones = exponent == 2**fmt.exponent_bits - 1
    if fmt.special == "ieee":
        magnitude = torch.where(all_ones, torch.where(mantissa == 0, math.inf, math.nan), magnitude)
    elif fmt.special == "nan":
        is_nan = all_ones & (mantissa == 2**fmt.mantissa_bits - 1)
        magnitude = torch.where(is_nan, math.nan, magnitude)
    return torch.where(sign == 1, -magnitude, magnitude)


def enumerate_minifloat(fmt: FloatFormat | torch.dtype | str) -> Float[Tensor, " n"]:
    """All finite numbers of a small format, each once, in order.

    Args:
        fmt: a format of at most 16 bits, a dtype, or a name in `FLOAT_FORMATS`.

    Returns:
        Values in float64, ascending; zero occurs once though it has two codes.

    Raises:
        ValueError: the format has more than 16 bits, or is unknown.

    Equation: :eq:`eq-floating-point`
    Section: :ref:`sec-floating-point`
    Source: IEEE Std 754-2019, doi:10.1109/IEEESTD.2019.8766229.

    Example:
        >>> enumerate_minifloat(FloatFormat(exponent_bits=2, mantissa_bits=0)).tolist()
        [-2.0, -1.0, 0.0, 1.0, 2.0]

    In production: the same on torch.arange(256, dtype=torch.uint8).view(torch.float8_e5m2).
    """
    fmt = as_format(fmt)
    if fmt.bits > 16:
        raise ValueError(f"a format of {fmt.bits} bits has too many numbers to list")
    positive = decode_minifloat(torch.arange(fmt.largest_code + 1), fmt)
    return torch.cat([-positive[1:].flip(0), positive])


def round_to_minifloat(
    x: Float[Tensor, "*shape"],
    fmt: FloatFormat | torch.dtype | str,
    *,
    saturate: bool = False,
) -> Float[Tensor, "*shape"]:
    """The nearest number of a format, of two equally near ones the one with an even mantissa.

    Args:
        x: numbers, any shape; computed in float64.
        fmt: a format, a dtype, or a name in `FLOAT_FORMATS`.
        saturate: what is too large becomes the largest finite number instead of infinity, or of
            NaN where the format has no infinity; without either it always does.

    Returns:
        Values of the format, stored in the dtype of x.

    Raises:
        ValueError: the format is unknown.
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-rounding`
    Section: :ref:`sec-floating-point`
    Source: IEEE Std 754-2019, section 4.3.1, doi:10.1109/IEEESTD.2019.8766229.

    Example:
        >>> round_to_minifloat(torch.tensor([0.1, 2.5, 3.5, 100.0]), "e2m1")
        tensor([0., 2., 4., 6.])

    In production: x.to(torch.float8_e4m3fn).
    """
    fmt = as_format(fmt)
    _native("round_to_minifloat", x)
    if fmt == FLOAT_FORMATS["fp64"]:
        return x.clone()
    wide = x.double()
    step = _spacing(wide, fmt)
    rounded = (wide / step).round() * step
    largest = decode_minifloat(torch.tensor(fmt.largest_code), fmt).item()
    if saturate or fmt.special == "none":
        rounded = rounded.clamp(-largest, largest)
    else:
        beyond = math.inf if fmt.special == "ieee" else math.nan
        rounded = torch.where(rounded.abs() > largest, rounded.sign() * beyond, rounded)
    return torch.where(wide.isnan(), math.nan, rounded).to(x.dtype)


def _spacing(x: Tensor, fmt: FloatFormat) -> Tensor:
    """Distance between neighbours around x, in float64; 1 where x is not finite."""
    finite = x.isfinite()
    _, exponent = torch.frexp(torch.where(finite, x, 1))
    exponent = (exponent.to(torch.int64) - 1).clamp(min=fmt.smallest_exponent)
    exponent = torch.where(x == 0, fmt.smallest_exponent, exponent)
    return torch.where(finite, power_of_two(exponent - fmt.mantissa_bits), 1)


def ulp(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """The unit in the last place: the gap between a number and the next larger in magnitude.

    Args:
        x: numbers, any shape.

    Returns:
        Positive gaps of the same shape and dtype; NaN where x is not finite.

    Raises:
        TypeError: x is no floating-point tensor.

    Equation: :eq:`eq-ulp`
    Section: :ref:`sec-floating-point`
    Source: Goldberg (1991), What every computer scientist should know about floating-point
        arithmetic, doi:10.1145/103162.103163.

    Example:
        >>> ulp(torch.tensor([1.0, 16777216.0]))
        tensor([1.1921e-07, 2.0000e+00])

    In production: numpy.spacing.
    """
    fmt = _native("ulp", x)
    wide = x.detach().double()
    return torch.where(wide.isfinite(), _spacing(wide, fmt), math.nan).to(x.dtype)


def machine_epsilon(dtype: torch.dtype) -> float:
    """Machine epsilon found by experiment: halve e while 1 + e is still seen to differ from 1.

    Args:
        dtype: one that torch can add in, such as torch.float32 or torch.bfloat16.

    Returns:
        The last power of two that changed 1.

    Raises:
        TypeError: the dtype is no floating-point one.

    Equation: :eq:`eq-machine-epsilon`
    Section: :ref:`sec-floating-point`
    Source: Higham (2002), Accuracy and Stability of Numerical Algorithms, section 2.1,
        doi:10.1137/1.9780898718027.

    Example:
        >>> machine_epsilon(torch.float64)
        2.220446049250313e-16

    In production: torch.finfo(dtype).eps.
    """
    if not dtype.is_floating_point:
        raise TypeError(f"machine_epsilon needs a floating-point dtype, got {dtype}")
    e = torch.ones((), dtype=dtype)
    while 1 + e / 2 != 1:
        e = e / 2
    return e.item()
