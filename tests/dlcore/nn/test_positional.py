"""Positions by their formulas, as rotations of the complex plane, and what only distances see."""

import math

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

D = torch.float64


@pytest.mark.reference("sine and cosine one by one", of="dlcore.nn.sinusoidal_positional_encoding")
@pytest.mark.parametrize("base", [10_000.0, 100.0])
def test_sinusoids_by_the_formula(base):
    encoding = nn.sinusoidal_positional_encoding(50, 6, base)
    assert encoding.dtype == torch.get_default_dtype()
    for p in range(50):
        for i in range(3):
            angle = p / base ** (2 * i / 6)
            expected = torch.tensor([math.sin(angle), math.cos(angle)])
            assert_close(encoding[p, 2 * i : 2 * i + 2], expected, rtol=1e-6, atol=1e-7)
    assert encoding[0].tolist() == [0, 1] * 3


def test_a_shift_is_a_rotation_that_does_not_depend_on_the_position():
    encoding = nn.sinusoidal_positional_encoding(90, 8).double()
    for shift in (1, 7):
        solution = torch.linalg.lstsq(encoding[:-shift], encoding[shift:]).solution
        assert_close(encoding[:-shift] @ solution, encoding[shift:], rtol=0, atol=1e-6)
        assert_close(solution.T @ solution, torch.eye(8, dtype=D), rtol=0, atol=1e-3)


@pytest.mark.reference("sine and cosine one by one", of="dlcore.nn.SinusoidalPositionalEncoding")
@pytest.mark.reference("torch.nn.functional.embedding", of="dlcore.nn.LearnedPositionalEncoding")
@pytest.mark.parametrize("kind", ["sinusoidal", "learned"])
def test_layers_add_and_start_where_told(kind, generator):
    if kind == "learned":
        layer = nn.LearnedPositionalEncoding(11, 6)
        table = torch.nn.functional.embedding(torch.arange(11), layer.weight)
        assert 0.01 < layer.weight.std() < 0.03
    else:
        layer = nn.SinusoidalPositionalEncoding(6)
        angles = torch.arange(11, dtype=D)[:, None] / 10_000 ** (torch.arange(0, 6, 2) / 6)
        table = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
    x = torch.randn(2, 7, 6, generator=generator)
    for start in (0, 4):
        expected = x + table[start : start + 7]
        assert_close(layer(x, start=start), expected, rtol=1e-6, atol=1e-6)
    layer.dropout.p = 1.0
    assert (layer(x) == 0).all()
    assert (layer.eval()(x) != 0).any()
    assert layer(x.half()).dtype in (torch.half, layer(x).dtype)


@pytest.mark.reference("torch.view_as_complex", of="dlcore.nn.rotary_embedding")
@pytest.mark.reference("torch.view_as_complex", of="dlcore.nn.RotaryEmbedding")
def test_rotation_as_a_complex_product(generator):
    x = torch.randn(2, 3, 7, 6, generator=generator, dtype=D)
    positions = torch.tensor([0, 1, 2, 5, 3, 1, 100])
    for base in (10_000.0, 50.0):
        angles = positions[:, None] * base ** (-torch.arange(0, 6, 2, dtype=D) / 6)
        turned = torch.view_as_complex(x.unflatten(-1, (3, 2))) * torch.exp(1j * angles)
        expected = torch.view_as_real(turned).flatten(-2)
        assert_close(nn.rotary_embedding(x, positions, base), expected)
    y = nn.RotaryEmbedding(6)(x, start=4)
    assert_close(y, nn.rotary_embedding(x, torch.arange(4, 11)))
    assert_close(y.norm(dim=-1), x.norm(dim=-1))
    assert_close(nn.rotary_embedding(x)[..., 0, :], x[..., 0, :])


def test_rotated_products_see_the_distance_only(generator):
    q, k = torch.randn(2, 1, 8, generator=generator, dtype=D)
    products = nn.rotary_embedding(q.expand(9, 8)) @ nn.rotary_embedding(k.expand(9, 8)).T
    for distance in range(-8, 9):
        diagonal = products.diagonal(distance)
        assert_close(diagonal, diagonal[:1].expand_as(diagonal))
    assert products.diagonal(1)[0] != products.diagonal(-1)[0]


def test_attention_with_rotary_does_not_change_under_a_shift(generator):
    layer = nn.MultiHeadAttention(8, 2, rotary=nn.RotaryEmbedding(4)).to(D)
    x = torch.randn(1, 5, 8, generator=generator, dtype=D)
    y, _ = layer(x, x, x)
    order = torch.tensor([4, 2, 0, 1, 3])
    z, _ = layer(x[:, order], x[:, order], x[:, order])
    assert (z - y[:, order]).abs().max() > 1e-3
    plain = nn.MultiHeadAttention(8, 2).to(D)
    y, _ = plain(x, x, x)
    z, _ = plain(x[:, order], x[:, order], x[:, order])
    assert_close(z, y[:, order])


@pytest.mark.reference("2^(-8 h / H), head by head", of="dlcore.nn.alibi_slopes")
@pytest.mark.reference("-slope times distance, pair by pair", of="dlcore.nn.alibi_bias")
def test_alibi():
    for heads in (1, 4, 8):
        expected = torch.tensor([2 ** (-8 * h / heads) for h in range(1, heads + 1)])
        assert_close(nn.alibi_slopes(heads), expected, rtol=1e-6)
    bias = nn.alibi_bias(8, 3, 7)
    for h in range(8):
        for i in range(3):
            for j in range(7):
                distance = 4 + i - j
                expected = -(2.0 ** -(h + 1)) * distance if distance >= 0 else -math.inf
                assert bias[h, i, j] == expected
    assert torch.equal(nn.alibi_bias(8, 7)[:, 4:], bias)


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(2, 3, 5)
    for make in (
        lambda: nn.sinusoidal_positional_encoding(3, 5),
        lambda: nn.SinusoidalPositionalEncoding(5),
        lambda: nn.RotaryEmbedding(5),
        lambda: nn.rotary_embedding(x),
    ):
        with pytest.raises(ValueError, match=r"features come in pairs: .* got 5"):
            make()
    with pytest.raises(ValueError, match="positions must be at least 0, got -1 from 0"):
        nn.sinusoidal_positional_encoding(-1, 4)
    for layer in (
        nn.SinusoidalPositionalEncoding(4),
        nn.LearnedPositionalEncoding(9, 4),
        nn.RotaryEmbedding(4),
    ):
        with pytest.raises(ValueError, match=r"expected inputs of shape \(\.\.\., t, 4\)"):
            layer(x)
        with pytest.raises(ValueError, match="positions"):
            layer(torch.zeros(2, 3, 4), start=-1)
    with pytest.raises(ValueError, match="positions go from 0 to 8, got 7 to 9"):
        nn.LearnedPositionalEncoding(9, 4)(torch.zeros(1, 3, 4), start=7)
    with pytest.raises(ValueError, match="whole numbers of at least 1, got 0 and 4"):
        nn.LearnedPositionalEncoding(0, 4)
    with pytest.raises(ValueError, match=r"features come in pairs: .* got 4\.5"):
        nn.RotaryEmbedding(4.5)
    with pytest.raises(ValueError, match=r"3 rows, positions of shape \(2,\)"):
        nn.rotary_embedding(torch.zeros(3, 4), torch.arange(2))
    with pytest.raises(ValueError, match="heads must be a whole number of at least 1, got 0"):
        nn.alibi_slopes(0)
    with pytest.raises(ValueError, match="5 queries among 3 keys"):
        nn.alibi_bias(2, 5, 3)
