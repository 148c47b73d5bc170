import math

import numpy as np
import pytest
import torch

from dlcore.explorables import float_line
from dlcore.explorables.float_line import HIGH, LOW, SCRIPTS, sawtooth
from dlcore.numerics import FloatFormat, enumerate_minifloat, round_to_minifloat
from tests.parity import assert_close

FORMATS = {
    torch.float8_e4m3fn: (4, 3, "nan"),
    torch.float8_e5m2: (5, 2, "ieee"),
    torch.float16: (5, 10, "ieee"),
    torch.bfloat16: (8, 7, "ieee"),
}
CODES = {1: torch.uint8, 2: torch.int16}
SMALL = [(3, 2, "ieee"), (2, 1, "none"), (2, 0, "ieee"), (5, 4, "nan"), (3, 0, "none")]


def numbers(dtype):
    """All finite numbers that are not negative, from the bits."""
    size = dtype.itemsize
    codes = torch.arange(2 ** (8 * size - 1)).to(CODES[size])
    values = codes.view(dtype).double()
    return values[values.isfinite()]


def js_rounded(javascript, bits, special, xs):
    """Rounded in the page."""
    got = javascript(
        SCRIPTS,
        "((fmt) => xs.map((x) => String(round(x, fmt)).replace('Infinity', 'inf')))"
        "(format(bits, special))",
        xs=xs,
        bits=bits,
        special=special,
    )
    return [float(v) for v in got]


@pytest.mark.reference("torch.Tensor.to", of="dlcore.explorables.float_line")
@pytest.mark.parametrize("dtype", FORMATS, ids=str)
def test_the_page_rounds_as_torch_does(javascript, dtype):
    e, m, special = FORMATS[dtype]
    values = numbers(dtype)
    listed = javascript(SCRIPTS, "format(bits, special).values", bits=[e, m], special=special)
    assert_close(np.array(listed, dtype=float), values, atol=0)
    chosen = values[:: max(1, len(values) // 300)][:-1].clone()
    following = values[torch.searchsorted(values, chosen, right=True)]
    edge = values[-1] + (values[-1] - values[-2]) * torch.tensor([0.49, 0.51, 2.0]).double()
    draws = torch.randn(200, generator=torch.Generator().manual_seed(0)).double() * 3
    x = torch.cat([chosen, (chosen + following) / 2, edge, draws, chosen * 1.01]).float()
    x = torch.cat([x, -x])
    expected = x.to(dtype).double()
    if special == "nan":  # torch saturates or not, by its version; the format's text leaves both
        expected[x.abs() > 464] = math.nan
    got = js_rounded(javascript, [e, m], special, x.tolist())
    assert_close(torch.tensor(got).double(), expected, rtol=0, atol=0)


@pytest.mark.parametrize("choice", SMALL, ids=str)
def test_the_page_agrees_with_the_library_on_formats_without_a_dtype(javascript, choice):
    e, m, special = choice
    fmt = FloatFormat(e, m, special)
    values = enumerate_minifloat(fmt)
    got = javascript(SCRIPTS, "format(bits, special).values", bits=[e, m], special=special)
    assert_close(got, values[values >= 0])
    x = torch.linspace(-1.3, 1.3, 401, dtype=torch.float64) * values[-1]
    got = js_rounded(javascript, [e, m], special, x.tolist())
    assert_close(got, round_to_minifloat(x, fmt), rtol=0, atol=0)


def test_four_bits_are_the_table_of_the_standard(javascript):
    got = javascript(SCRIPTS, "format([2, 1], 'none').values")
    assert got == [0, 0.5, 1, 1.5, 2, 3, 4, 6]  # OCP Microscaling formats, E2M1


def test_bits_are_those_of_torch(javascript):
    values = torch.tensor([0.015625, 1.0, 448.0, -6.5, 0.001953125])
    codes = values.to(torch.float8_e4m3fn).view(torch.uint8)
    got = javascript(SCRIPTS, "xs.map((x) => bitsOf(x, format([4, 3], 'nan')))", xs=values.tolist())
    assert [int(bits.replace(" ", ""), 2) for bits in got] == codes.tolist()


@pytest.mark.parametrize("choice", SMALL, ids=str)
def test_the_sawtooth_is_the_error_between_its_corners(javascript, choice):
    e, m, special = choice
    points = javascript(
        SCRIPTS, f"sawtooth(format(bits, special), {LOW}, {HIGH})", bits=[e, m], special=special
    )
    assert_close(list(map(list, zip(*points, strict=True))), sawtooth(FloatFormat(e, m, special)))
    xs, errors = np.array(points).T
    assert (np.diff(xs) >= 0).all()
    if m > 0:
        fmt = FloatFormat(e, m, special)
        normal = (xs >= fmt.smallest_exponent) & (2**xs <= enumerate_minifloat(fmt)[-1].item())
        assert errors[normal].max() == pytest.approx(1 / (2 ** (m + 1) + 1))


def test_the_finding():
    fmt = FloatFormat(3, 2, "ieee")
    values = enumerate_minifloat(fmt)
    positive = values[values > 0]
    assert positive[-4:].tolist() == [8, 10, 12, 14]
    assert (len(positive), int((positive < 1).sum())) == (27, 11)
    x = torch.tensor([9.0, 11, 13, 15, 14.9, 1 / 32, 1 / 31], dtype=torch.float64)
    assert round_to_minifloat(x, fmt).tolist() == [8, 12, 12, math.inf, 14, 0, 1 / 16]
    assert positive[:3].tolist() == [1 / 16, 2 / 16, 3 / 16]
    dense = torch.linspace(0.25, 14, 20001, dtype=torch.float64)
    errors = (round_to_minifloat(dense, fmt) - dense).abs() / dense
    assert errors.max() <= 1 / 8


@pytest.mark.parametrize(
    ("v", "words"),
    [("0", "0"), ("-14", "−14"), ("1e-5", "1\xa0×\xa010⁻⁵"), ("-Infinity", "−∞"), ("0/0", "NaN")],
)
def test_numbers_in_words(javascript, v, words):
    assert javascript(SCRIPTS, f"plain({v})").replace("1.0", "1") == words


def test_the_still_says_what_the_caller_asked_for():
    figure = float_line(500, 4, 3, "nan", question="NaN?")
    assert "500 is rounded to nan" in figure.alt
    assert "the 253 numbers" in figure.alt
    assert (figure.state["bits"], figure.question) == ([4, 3], "NaN?")
    assert "0.3 is rounded to 0.3125" in float_line(0.3).alt
    assert "100 % for smaller" in float_line(0).alt
    assert "7 is rounded to 6" in float_line(7, 2, 1, "none").alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exponent_bits": 6}, "exponent_bits must lie between 2 and 5, got 6"),
        ({"mantissa_bits": 5}, "mantissa_bits must lie between 0 and 4, got 5"),
        ({"special": "posit"}, "unknown special 'posit': choose from ieee, nan, none"),
        ({"x": 17}, "x must lie between -16 and 16, got 17"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        float_line(**arguments)
