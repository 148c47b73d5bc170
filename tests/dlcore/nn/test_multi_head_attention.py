"""Multi-head attention beside torch's; what the cache gives is what the whole sequence gives."""

import math

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

D = torch.float64


def pair(heads=2, bias=True, **options):
    """Ours and torch's with the same parameters."""
    theirs = torch.nn.MultiheadAttention(6, heads, bias=bias, batch_first=True, **options).to(D)
    for i, p in enumerate(theirs.parameters()):
        p.data = torch.sin(torch.arange(p.numel(), dtype=D).reshape(p.shape) + i)
    ours = nn.MultiHeadAttention(6, heads, bias=bias, **options).to(D)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict() | theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def inputs(generator, t_query=5, t_key=7):
    shapes = (t_query, t_key, t_key)
    return [torch.randn(3, t, 6, generator=generator, dtype=D) for t in shapes]


@pytest.mark.reference("torch.nn.MultiheadAttention", of="dlcore.nn.MultiHeadAttention")
@pytest.mark.parametrize("heads", [1, 2, 3])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("masked", ["no", "pairs", "keys", "both", "heads", "numbers", "causal"])
def test_values_weights_and_gradients_as_in_torch(heads, bias, masked, generator):
    ours, theirs = pair(heads, bias)
    q, k, v = inputs(generator, 7 if masked == "causal" else 5)
    allowed = torch.rand(5, 7, generator=generator) < 0.6
    allowed[:, 0] = True
    real = torch.arange(7) < torch.tensor([7, 4, 2])[:, None]
    numbers = torch.randn(5, 7, generator=generator, dtype=D)
    mine, torchs = {
        "no": ({}, {}),
        "pairs": ({"mask": allowed}, {"attn_mask": ~allowed}),
        "keys": ({"key_mask": real}, {"key_padding_mask": ~real}),
        "both": (
            {"mask": allowed.expand(3, 5, 7), "key_mask": real},
            {"attn_mask": ~allowed, "key_padding_mask": ~real},
        ),
        "heads": (
            {"mask": allowed.expand(3, heads, 5, 7)},
            {"attn_mask": ~allowed.expand(3 * heads, 5, 7)},
        ),
        "numbers": (
            {"mask": numbers, "key_mask": real},
            {
                "attn_mask": numbers,
                "key_padding_mask": torch.zeros(3, 7, dtype=D).masked_fill(~real, -math.inf),
            },
        ),
        "causal": ({"is_causal": True}, {"attn_mask": ~torch.ones(7, 7).tril().bool()}),
    }[masked]
    results = []
    for layer, options in ((ours, mine), (theirs, torchs)):
        tensors = [x.clone().requires_grad_() for x in (q, k, v)]
        y, weights = layer(*tensors, **options, average_attn_weights=False)
        loss = (y**3).sum() + (weights**2).sum()
        results.append([y, weights, *torch.autograd.grad(loss, [*tensors, *layer.parameters()])])
    for actual, expected in zip(*results, strict=True):
        assert_close(actual, expected, rtol=1e-8, atol=1e-10)
    y, mean = ours(q, k, v, **mine)
    assert_close(mean, results[0][1].mean(1))
    assert ours(q, k, v, **mine, need_weights=False)[1] is None


def test_dropout_in_training_only(generator):
    ours, theirs = pair(dropout=0.5)
    q, k, v = inputs(generator)
    assert_close(ours.eval()(q, k, v)[0], theirs.eval()(q, k, v)[0])
    torch.manual_seed(0)
    ours.train()
    assert not torch.equal(ours(q, k, v)[0], ours(q, k, v)[0])
    assert_close(ours(q, k, v)[1], ours.eval()(q, k, v)[1])


def test_start_as_torchs():
    torch.manual_seed(0)
    theirs = torch.nn.MultiheadAttention(6, 2)
    torch.manual_seed(0)
    ours = nn.MultiHeadAttention(6, 2)
    bound = math.sqrt(6 / (6 + 18))
    assert ours.in_proj_weight.abs().max() <= bound < 1.1 * ours.in_proj_weight.abs().max()
    for p in (ours.in_proj_bias, ours.out_proj.bias):
        assert (p == 0).all()
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    assert nn.MultiHeadAttention(6, 2, bias=False).in_proj_bias is None
    assert str(ours).startswith("MultiHeadAttention(\n  embed_dim=6, num_heads=2, dropout=0.0")


@pytest.mark.reference("gradient of outputs by inputs", of="dlcore.nn.MultiHeadAttention")
@pytest.mark.parametrize("rotary", [False, True])
def test_no_look_into_the_future(rotary, generator):
    layer = nn.MultiHeadAttention(8, 2, rotary=nn.RotaryEmbedding(4) if rotary else None)
    x = torch.randn(1, 5, 8, generator=generator)
    jacobian = torch.autograd.functional.jacobian(
        lambda x: layer(x, x, x, is_causal=True)[0].sum((0, 2)), x
    )
    reached = jacobian.abs().sum((1, 3)) > 0
    assert torch.equal(reached, torch.ones(5, 5, dtype=torch.bool).tril())


@pytest.mark.reference("the same layer on the whole sequence", of="dlcore.nn.KeyValueCache")
@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("pieces", [[1, 1, 1, 1, 1, 1, 1], [3, 1, 3], [7]])
def test_cached_as_the_whole(rotary, pieces, generator):
    rotation = nn.RotaryEmbedding(4) if rotary else None
    layer = nn.MultiHeadAttention(8, 2, rotary=rotation).to(D)
    x = torch.randn(3, 7, 8, generator=generator, dtype=D)
    real = torch.arange(7) >= torch.tensor([0, 1, 3])[:, None]
    cache, outputs, end = nn.KeyValueCache(), [], 0
    for piece in x.split(pieces, 1):
        end += piece.shape[1]
        options = {"is_causal": True, "key_mask": real[:, :end], "cache": cache}
        outputs.append(layer(piece, piece, piece, **options)[0])
        assert cache.length == end
    assert cache.keys.shape == (3, 2, 7, 4)
    expected = layer(x, x, x, is_causal=True, key_mask=real)[0]
    assert_close(torch.cat(outputs, 1), expected)


def test_a_static_cache_computes_the_memory_once(generator):
    layer = nn.MultiHeadAttention(8, 2).to(D)
    q, memory = (torch.randn(3, t, 8, generator=generator, dtype=D) for t in (5, 7))
    cache = nn.KeyValueCache(static=True)
    expected = layer(q, memory, memory)[0]
    outputs = [layer(q[:, :1], memory, memory, cache=cache)[0]]
    for i in range(1, 5):
        ignored = torch.full_like(memory, math.nan)
        outputs.append(layer(q[:, i : i + 1], ignored, ignored, cache=cache)[0])
    assert_close(torch.cat(outputs, 1), expected)
    assert cache.length == 7


def test_reordered_caches(generator):
    k, v = torch.randn(2, 3, 2, 5, 4, generator=generator).unbind()
    cache = nn.KeyValueCache()
    cache.reorder(torch.tensor([0]))
    assert cache.length == 0
    cache.append(k, v)
    cache.reorder(torch.tensor([2, 0, 0, 1]))
    assert torch.equal(cache.keys, k[[2, 0, 0, 1]])
    assert torch.equal(cache.values, v[[2, 0, 0, 1]])


@pytest.mark.reference("torch.nn.MultiheadAttention", of="dlcore.nn.attention_maps")
def test_maps_of_all_layers(generator):
    ours, theirs = pair(2)
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 5, dropout=0.0), 2).to(D)
    model.layers[0].self_attn.load_state_dict(ours.state_dict())
    x = torch.randn(3, 5, 6, generator=generator, dtype=D)
    maps = nn.attention_maps(model, x, is_causal=True)
    assert list(maps) == ["layers.0.self_attn", "layers.1.self_attn"]
    mask = ~torch.ones(5, 5).tril().bool()
    expected = theirs(x, x, x, attn_mask=mask, average_attn_weights=False)[1]
    assert_close(maps["layers.0.self_attn"], expected)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    with pytest.raises(ValueError, match="expected query"):
        nn.attention_maps(model, x[..., :3])
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(2, 3, 6)
    layer = nn.MultiHeadAttention(6, 2)
    with pytest.raises(ValueError, match="4 heads cannot share 6 features"):
        nn.MultiHeadAttention(6, 4)
    with pytest.raises(ValueError, match="dropout must lie"):
        nn.MultiHeadAttention(6, 2, dropout=-0.1)
    with pytest.raises(ValueError, match=r"expected value of shape \(n, t, 6\), got \(2, 3, 5\)"):
        layer(x, x, torch.zeros(2, 3, 5))
    with pytest.raises(ValueError, match=r"expected query of shape \(n, t, 6\), got \(3, 6\)"):
        layer(x[0], x, x)
    with pytest.raises(ValueError, match=r"key_mask must be boolean of shape \(2, 3\)"):
        layer(x, x, x, key_mask=torch.ones(2, 3))
    with pytest.raises(ValueError, match=r"key_mask must be boolean of shape \(2, 3\)"):
        layer(x, x, x, key_mask=torch.ones(3, dtype=torch.bool))
    with pytest.raises(ValueError, match="does not fit"):
        layer(x, x, x, mask=torch.ones(5, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match="one value per key"):
        layer(x, x, x[:, :2])
    cache = nn.KeyValueCache()
    layer(x, x, x, cache=cache)
    with pytest.raises(ValueError, match="the cache holds 2 sequences, got 1"):
        layer(x[:1], x[:1], x[:1], cache=cache)
