"""Bits, limits, spacing and rounding against torch, NumPy and the published table of E2M1."""

import math
import struct
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.numerics import (
    FLOAT_FORMATS,
    FloatFormat,
    decode_minifloat,
    enumerate_minifloat,
    float_bits,
    float_info,
    machine_epsilon,
    round_to_minifloat,
    ulp,
)
from tests.parity import assert_close

NATIVE = {
    "fp64": torch.float64,
    "fp32": torch.float32,
    "fp16": torch.float16,
    "bf16": torch.bfloat16,
    "e5m2": torch.float8_e5m2,
    "e4m3": torch.float8_e4m3fn,
}
SMALL = {name: NATIVE[name] for name in ("fp16", "bf16", "e5m2", "e4m3")}


def all_codes(dtype: torch.dtype) -> torch.Tensor:
    """Every bit pattern of a dtype of at most 16 bits, as that dtype."""
    if dtype.itemsize == 1:
        return torch.arange(256, dtype=torch.uint8).view(dtype)
    return torch.arange(-(2**15), 2**15).to(torch.int16).view(dtype)


def wide_range(n: int, seed: int = 0) -> torch.Tensor:
    """Numbers of all magnitudes between 1e-50 and 1e50, both signs, in float64."""
    g = torch.Generator().manual_seed(seed)
    exponents = 100 * torch.rand(n, generator=g, dtype=torch.float64) - 50
    return torch.randn(n, generator=g, dtype=torch.float64) * 10**exponents


@pytest.mark.reference("torch.finfo", of="dlcore.numerics.float_info")
@pytest.mark.reference("torch.finfo", of="dlcore.numerics.FloatInfo")
@pytest.mark.parametrize("name", NATIVE)
def test_limits(name):
    ours, theirs = float_info(name), torch.finfo(NATIVE[name])
    assert ours == float_info(NATIVE[name]) == float_info(FLOAT_FORMATS[name])
    assert ours.bits == theirs.bits
    assert ours.max == theirs.max
    assert ours.smallest_normal == theirs.smallest_normal
    assert ours.eps == theirs.eps == 2 * ours.unit_roundoff
    above_zero = torch.ones(
        1,
        dtype={1: torch.uint8, 2: torch.int16, 4: torch.int32}.get(
            NATIVE[name].itemsize, torch.int64
        ),
    )
    assert ours.smallest_subnormal == above_zero.view(NATIVE[name]).double().item()


@pytest.mark.parametrize("name", ["fp64", "fp32", "fp16", "bf16"])
def test_where_the_exponential_leaves_the_range(name):
    info, dtype = float_info(name), NATIVE[name]
    exponents = torch.tensor([info.log_max, info.log_min], dtype=torch.float64)
    above, below = exponents * (1 + 2 * info.eps), exponents * (1 - 2 * info.eps)
    assert above.to(dtype).exp().tolist()[0] == math.inf
    assert below.to(dtype).exp().isfinite().all()
    assert above.to(dtype).exp()[1] == 0
    assert below.to(dtype).exp()[1] > 0


@pytest.mark.reference("torch.Tensor.view, IEEE 754", of="dlcore.numerics.decode_minifloat")
@pytest.mark.parametrize("name", SMALL)
def test_every_code_is_decoded(name):
    dtype = SMALL[name]
    codes = torch.arange(256) if dtype.itemsize == 1 else torch.arange(2**16)
    stored = codes.to(torch.uint8 if dtype.itemsize == 1 else torch.int32)
    if dtype.itemsize == 2:
        stored = torch.where(codes < 2**15, codes, codes - 2**16).to(torch.int16)
    assert_close(decode_minifloat(codes, name), stored.view(dtype).double(), rtol=0, atol=0)


@pytest.mark.reference("struct.pack", of="dlcore.numerics.float_bits")
@pytest.mark.reference("struct.pack", of="dlcore.numerics.FloatBits")
@given(st.floats(width=32), st.floats())
def test_fields_of_single_and_double_precision(x32, x64):
    for x, dtype, letters, p, e in (
        (x32, torch.float32, ("<f", "<I"), 23, 8),
        (x64, torch.float64, ("<d", "<Q"), 52, 11),
    ):
        (code,) = struct.unpack(letters[1], struct.pack(letters[0], x))
        found = [field.item() for field in float_bits(torch.tensor(x, dtype=dtype))]
        expected = [code >> (p + e), (code >> p) & (2**e - 1), code & (2**p - 1)]
        if not math.isnan(x):
            assert found == expected


@pytest.mark.parametrize("name", ["fp64", "fp32"])
def test_decoding_undoes_what_stores(name):
    x = torch.cat([wide_range(997).to(NATIVE[name]), torch.tensor([0.0, -0.0, 5e-324, math.inf])])
    x = x.to(NATIVE[name])
    codes = x.view(torch.int32 if name == "fp32" else torch.int64).to(torch.int64)
    codes = codes & (2**32 - 1) if name == "fp32" else codes
    assert_close(decode_minifloat(codes, name), x.double(), rtol=0, atol=0)


@pytest.mark.reference("the OCP table of E2M1", of="dlcore.numerics.FloatFormat")
@pytest.mark.reference("torch.Tensor.view", of="dlcore.numerics.enumerate_minifloat")
def test_lists_of_all_numbers():
    assert enumerate_minifloat("e2m1")[7:].tolist() == [0, 0.5, 1, 1.5, 2, 3, 4, 6]
    for name, dtype in SMALL.items():
        numbers = all_codes(dtype).double()
        assert_close(enumerate_minifloat(name), numbers[numbers.isfinite()].unique(), rtol=0)
    ieee = FloatFormat(exponent_bits=2, mantissa_bits=1)
    assert enumerate_minifloat(ieee).tolist()[5:] == [0, 0.5, 1, 1.5, 2, 3]


@pytest.mark.reference("torch.Tensor.to", of="dlcore.numerics.round_to_minifloat")
@pytest.mark.parametrize("name", ["fp32", "fp16", "bf16", "e5m2"])
def test_rounding_is_the_cast_of_torch(name):
    values = enumerate_minifloat(name) if name in SMALL else wide_range(997)
    halfway = (values[1:] + values[:-1]) / 2
    special = torch.tensor([0.0, -0.0, math.inf, -math.inf, math.nan], dtype=torch.float64)
    x = torch.cat([values, halfway, halfway * (1 + 1e-7), wide_range(997, seed=1), special]).float()
    if name == "fp32":
        x = torch.cat([values, wide_range(9973), special])
    assert_close(round_to_minifloat(x, name).double(), x.to(NATIVE[name]).double(), rtol=0, atol=0)


def test_rounding_to_e4m3_within_its_range():
    values = enumerate_minifloat("e4m3")
    x = torch.cat([values, (values[1:] + values[:-1]) / 2, torch.linspace(-464, 464, 9973)])
    assert_close(round_to_minifloat(x, "e4m3"), x.to(torch.float8_e4m3fn).double(), rtol=0, atol=0)


def test_what_is_too_large():
    x = torch.tensor([1e9, -1e9, math.inf, math.nan])
    nan = math.nan
    for name, expected in {
        "e5m2": [math.inf, -math.inf, math.inf, nan],
        "e4m3": [nan, nan, nan, nan],
        "e2m1": [6, -6, 6, nan],
    }.items():
        assert_close(round_to_minifloat(x, name), torch.tensor(expected), rtol=0)
    largest = torch.tensor([57344.0, -57344, 57344, nan])
    assert_close(round_to_minifloat(x, "e5m2", saturate=True), largest, rtol=0)


@given(st.floats(-7, 7))
def test_the_rounded_number_is_the_nearest(x):
    numbers = [Fraction(v) for v in enumerate_minifloat("e2m1").tolist()]
    rounded = Fraction(round_to_minifloat(torch.tensor(x, dtype=torch.float64), "e2m1").item())
    assert abs(rounded - Fraction(x)) == min(abs(v - Fraction(x)) for v in numbers)


@pytest.mark.reference("numpy.spacing", of="dlcore.numerics.ulp")
def test_spacing():
    for dtype in (np.float64, np.float32, np.float16):
        x = wide_range(997).numpy().astype(np.float64)
        x = np.concatenate([x, [0, 1, 2, 0.5, -1, 3e-310, 1e-45]])
        x = x[abs(x) < np.finfo(dtype).max].astype(dtype)
        expected = torch.from_numpy(np.spacing(np.abs(x)))
        assert_close(ulp(torch.from_numpy(x)), expected, rtol=0, atol=0)
    assert ulp(torch.tensor([math.inf, math.nan])).isnan().all()


@pytest.mark.reference("torch.finfo", of="dlcore.numerics.machine_epsilon")
@pytest.mark.parametrize("name", ["fp64", "fp32", "fp16", "bf16"])
def test_machine_epsilon(name):
    assert machine_epsilon(NATIVE[name]) == torch.finfo(NATIVE[name]).eps


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="1 to 11 exponent bits and 0 to 52 mantissa bits"):
        FloatFormat(12, 3)
    with pytest.raises(ValueError, match="'ieee', 'nan' or 'none', got 'fn'"):
        FloatFormat(4, 3, "fn")
    with pytest.raises(ValueError, match="unknown format 'fp8': choose from fp64, "):
        float_info("fp8")
    with pytest.raises(ValueError, match=r"codes of 4 bits lie in 0\.\.15"):
        decode_minifloat(torch.tensor([16]), "e2m1")
    with pytest.raises(TypeError, match=r"needs integers, got torch\.float32"):
        decode_minifloat(torch.tensor([1.0]), "e2m1")
    with pytest.raises(ValueError, match="32 bits has too many numbers to list"):
        enumerate_minifloat("fp32")
    for f in (float_bits, ulp, lambda x: round_to_minifloat(x, "fp16")):
        with pytest.raises(TypeError, match=r"floating-point tensor, got torch\.int64"):
            f(torch.tensor([1]))
    with pytest.raises(TypeError, match=r"floating-point dtype, got torch\.int32"):
        machine_epsilon(torch.int32)
