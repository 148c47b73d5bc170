"""Attention beside torch's, beside double loops, and where nothing may be attended to."""

import math

import pytest
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity

D = torch.float64
LAYERS = {
    "additive": lambda: nn.AdditiveAttention(5, 3, 7).to(D),
    "multiplicative": lambda: nn.MultiplicativeAttention(5, 3).to(D),
}


def drawn(generator, *shapes):
    return [torch.randn(shape, generator=generator, dtype=D) for shape in shapes]


@pytest.mark.reference("torch.softmax", of="dlcore.nn.masked_softmax")
def test_masked_entries_have_no_say(generator):
    scores = 3 * torch.randn(7, 5, generator=generator, dtype=D)
    mask = torch.rand(7, 5, generator=generator) < 0.6
    mask[:, 2] = True
    expected = torch.softmax(scores.masked_fill(~mask, -math.inf), -1)
    additive = torch.zeros(7, 5, dtype=D).masked_fill(~mask, -math.inf)
    for m in (mask, additive):
        assert_close(nn.masked_softmax(scores, m), expected)
    assert (nn.masked_softmax(scores, mask)[~mask] == 0).all()
    assert_close(nn.masked_softmax(scores.T, mask.T, dim=0), expected.T)
    assert_close(nn.masked_softmax(scores), torch.softmax(scores, -1))
    poisoned = scores.masked_fill(~mask, math.nan)
    assert_close(nn.masked_softmax(poisoned, mask), expected)


def test_masking_after_the_softmax_is_something_else():
    scores = torch.tensor([2.0, 1.0, 0.0, 5.0], dtype=D)
    mask = torch.tensor([True, True, True, False])
    expected = torch.tensor([0.6652, 0.2447, 0.0900, 0.0], dtype=D)
    assert_close(nn.masked_softmax(scores, mask), expected, atol=5e-5)
    assert (torch.softmax(scores, 0) * mask).sum() < 0.08


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, D])
def test_rows_without_any_key_are_zero_and_so_are_their_gradients(dtype):
    scores = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=dtype, requires_grad=True)
    mask = torch.tensor([[False, False], [True, False]])
    for m in (mask, torch.zeros(2, 2, dtype=dtype).masked_fill(~mask, -math.inf)):
        weights = nn.masked_softmax(scores, m)
        assert weights.dtype == dtype
        assert weights.tolist() == [[0, 0], [1, 0]]
        (gradient,) = torch.autograd.grad((weights**2).sum(), scores)
        assert (gradient == 0).all()


@pytest.mark.reference(
    "torch.nn.functional.scaled_dot_product_attention",
    of="dlcore.nn.scaled_dot_product_attention",
)
@pytest.mark.parametrize("shape", [(5, 7), (7, 5), (1, 5), (5, 1)])
def test_scaled_dot_product_attention_as_in_torch(shape, generator):
    t_query, t_key = shape
    q, k, v = drawn(generator, (2, 3, t_query, 11), (2, 3, t_key, 11), (2, 3, t_key, 13))
    mask = torch.rand(2, 1, t_query, t_key, generator=generator) < 0.6
    mask[..., 0] = True
    (bias,) = drawn(generator, (t_query, t_key))
    ours, theirs = nn.scaled_dot_product_attention, F.scaled_dot_product_attention
    assert_parity(ours, theirs, q, k, v)
    assert_parity(ours, theirs, q, k, v, mask)
    assert_parity(ours, theirs, q, k, v, bias)
    assert_parity(ours, theirs, q, k, v, is_causal=True)
    assert_parity(ours, theirs, q, k, v, scale=0.5)
    assert_parity(ours, theirs, 100 * q, 100 * k, v)
    causal = torch.ones(t_query, t_key, dtype=torch.bool).tril()
    assert_close(ours(q, k, v, mask, is_causal=True), theirs(q, k, v, mask & causal))
    added = bias.masked_fill(~causal, -math.inf)
    assert_close(ours(q, k, v, bias, is_causal=True), theirs(q, k, v, added))


@pytest.mark.reference("a double loop over queries and keys", of="dlcore.nn.attention_weights")
def test_weights_by_a_double_loop(generator):
    q, k = drawn(generator, (3, 7), (5, 7))
    for i, row in enumerate(nn.attention_weights(q, k)):
        e = [math.exp(float(q[i] @ k[j]) / math.sqrt(7)) for j in range(5)]
        assert_close(row, torch.tensor(e, dtype=D) / sum(e))


def test_identical_keys_share_the_weight_and_huge_scores_do_not_overflow(generator):
    q, k, v = drawn(generator, (3, 7), (1, 7), (5, 2))
    assert_close(
        nn.attention_weights(q, k.expand(5, 7)), torch.full((3, 5), 0.2, dtype=D), rtol=1e-12
    )
    assert nn.scaled_dot_product_attention(1e5 * q, 1e5 * k.expand(5, 7), v).isfinite().all()


def test_attention_follows_a_permutation_of_its_keys_and_queries(generator):
    q, k, v = drawn(generator, (7, 3), (7, 3), (7, 2))
    order = torch.randperm(7, generator=generator)
    y = nn.scaled_dot_product_attention(q, k, v)
    assert_close(nn.scaled_dot_product_attention(q[order], k[order], v[order]), y[order])
    assert_close(nn.scaled_dot_product_attention(q, k[order], v[order]), y)


def test_the_scale_keeps_the_variance_of_scores(generator):
    q, k = drawn(generator, (500, 64), (500, 64))
    plain, scaled = (nn.DotProductAttention(scaled=s).scores(q, k).var() for s in (False, True))
    assert 58 < plain < 70
    assert_close(scaled, plain / 64)


def test_dropout_of_weights(generator):
    torch.manual_seed(0)
    q, k = drawn(generator, (1, 3), (1000, 3))
    dropped = nn.scaled_dot_product_attention(0 * q, k, torch.eye(1000, dtype=D), None, 0.25)
    values = {round(1000 * v, 6) for v in dropped[0].tolist()}
    assert values == {0.0, round(4 / 3, 6)}
    layer = nn.DotProductAttention(dropout=0.25)
    context, weights = layer(0 * q, k, torch.eye(1000, dtype=D))
    assert 180 < (context == 0).sum() < 320
    assert (weights > 0).all()
    context, weights = layer.eval()(0 * q, k, torch.eye(1000, dtype=D))
    assert_close(context, weights)


@pytest.mark.reference("v^T tanh(W s + U h) pair by pair", of="dlcore.nn.AdditiveAttention")
@pytest.mark.reference("v^T tanh(W s + U h) pair by pair", of="dlcore.nn.BahdanauAttention")
@pytest.mark.reference("torch.nn.functional.bilinear", of="dlcore.nn.MultiplicativeAttention")
@pytest.mark.parametrize("name", LAYERS)
def test_learned_scores_pair_by_pair(name, generator):
    layer = LAYERS[name]()
    s, h, v = drawn(generator, (2, 4, 5), (2, 6, 3), (2, 6, 11))
    scores = layer.scores(s, h)
    for b in range(2):
        for i in range(4):
            for j in range(6):
                if name == "additive":
                    z = layer.W.weight @ s[b, i] + layer.U.weight @ h[b, j] + layer.U.bias
                    expected = layer.v.weight[0] @ torch.tanh(z)
                else:
                    expected = F.bilinear(s[b, i], h[b, j], layer.W.weight[None])[0]
                assert_close(scores[b, i, j], expected)
    mask = torch.ones(2, 4, 6, dtype=torch.bool).tril(1)
    context, weights = layer(s, h, v, mask)
    assert_close(weights, torch.softmax(scores.masked_fill(~mask, -math.inf), -1))
    assert_close(context, torch.bmm(weights, v))
    assert_close(layer(s, h)[0], torch.softmax(scores, -1) @ h)
    assert nn.BahdanauAttention is nn.AdditiveAttention


@pytest.mark.reference(
    "torch.nn.functional.scaled_dot_product_attention", of="dlcore.nn.DotProductAttention"
)
def test_dot_product_layer(generator):
    s, h, v = drawn(generator, (2, 4, 5), (2, 6, 5), (2, 6, 3))
    context, weights = nn.DotProductAttention()(s, h, v)
    assert_close(context, F.scaled_dot_product_attention(s, h, v))
    assert_close(weights.sum(-1), torch.ones(2, 4, dtype=D))
    context, _ = nn.DotProductAttention(scaled=False)(s, h)
    assert_close(context, F.scaled_dot_product_attention(s, h, h, scale=1.0))


def test_padding_changes_nothing(generator):
    s, h = drawn(generator, (2, 4, 5), (2, 6, 3))
    mask = torch.arange(6) < torch.tensor([3, 6])[:, None, None]
    for make in LAYERS.values():
        layer = make()
        context, _ = layer(s, h, mask=mask)
        assert_close(context[:1], layer(s[:1], h[:1, :3])[0])


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(2, 3, 4)
    with pytest.raises(ValueError, match=r"mask of shape \(5,\) does not fit .* \(2, 3\)"):
        nn.masked_softmax(torch.zeros(2, 3), torch.ones(5, dtype=torch.bool))
    with pytest.raises(ValueError, match="does not fit"):
        nn.masked_softmax(torch.zeros(3), torch.ones(2, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"booleans or numbers to add, got torch\.int64"):
        nn.masked_softmax(torch.zeros(2, 3), torch.ones(3, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"same features, got \(2, 3, 4\) and \(2, 3, 5\)"):
        nn.attention_weights(x, torch.zeros(2, 3, 5))
    with pytest.raises(ValueError, match=r"keys \(2, 3, 4\), values \(2, 7, 4\)"):
        nn.scaled_dot_product_attention(x, x, torch.zeros(2, 7, 4))
    with pytest.raises(ValueError, match="one value per key"):
        nn.DotProductAttention()(x, x, torch.zeros(2, 7, 4))
    with pytest.raises(ValueError, match="same features"):
        nn.MultiplicativeAttention(5, 4)(x, x)
    with pytest.raises(ValueError, match=r"expected inputs of shape \(\.\.\., 5\)"):
        nn.AdditiveAttention(5, 4, 2)(x, x)
    with pytest.raises(ValueError, match="dropout must lie between 0 and 1"):
        nn.DotProductAttention(dropout=2.0)
