"""Layers and stacks beside torch's; caches, masks and the future."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close

D = torch.float64
SIZES = (6, 2, 5)
OPTIONS = {
    "post-norm": {},
    "pre-norm": {"norm_first": True},
    "gelu": {"activation": "gelu", "layer_norm_eps": 0.1},
    "function": {"activation": torch.tanh, "norm_first": True},
    "without bias": {"bias": False},
}
LAYERS = {
    "encoder": (nn.TransformerEncoderLayer, torch.nn.TransformerEncoderLayer),
    "decoder": (nn.TransformerDecoderLayer, torch.nn.TransformerDecoderLayer),
}


def filled(theirs):
    for i, p in enumerate(theirs.parameters()):
        p.data = torch.sin(torch.arange(p.numel(), dtype=D).reshape(p.shape) + i)
    return theirs


def as_torchs(ours, theirs):
    """Ours with torch's parameters, under the same names."""
    assert sorted(ours.state_dict()) == sorted(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict())
    theirs.load_state_dict(ours.state_dict())
    return ours


def sequences(generator, *lengths):
    return [torch.randn(3, t, 6, generator=generator, dtype=D) for t in lengths]


def compare(ours, theirs, tensors, mine, torchs):
    results = []
    names = [name for name, _ in theirs.named_parameters()]
    for layer, options in ((ours, mine), (theirs, torchs)):
        leaves = [x.clone().requires_grad_() for x in tensors]
        y = layer(*leaves, **options)
        parameters = dict(layer.named_parameters())
        wrt = [*leaves, *(parameters[name] for name in names)]
        results.append([y, *torch.autograd.grad((y**3).sum(), wrt)])
    for actual, expected in zip(*results, strict=True):
        assert_close(actual, expected, rtol=1e-7, atol=1e-10)


@pytest.mark.reference("torch.nn.TransformerEncoderLayer", of="dlcore.nn.TransformerEncoderLayer")
@pytest.mark.parametrize("options", OPTIONS)
def test_encoder_layer_as_in_torch(options, generator):
    how = {"dropout": 0.0} | OPTIONS[options]
    theirs = filled(torch.nn.TransformerEncoderLayer(*SIZES, **how, batch_first=True).to(D))
    ours = as_torchs(nn.TransformerEncoderLayer(*SIZES, **how).to(D), theirs)
    x = sequences(generator, 7)
    real = torch.arange(7) < torch.tensor([7, 4, 2])[:, None]
    causal = torch.ones(7, 7).tril().bool()
    compare(ours, theirs, x, {}, {})
    compare(ours, theirs, x, {"mask": causal}, {"src_mask": ~causal})
    compare(ours, theirs, x, {"key_mask": real}, {"src_key_padding_mask": ~real})
    assert_close(ours(*x, is_causal=True), ours(*x, mask=causal))


@pytest.mark.reference("torch.nn.TransformerDecoderLayer", of="dlcore.nn.TransformerDecoderLayer")
@pytest.mark.parametrize("options", OPTIONS)
def test_decoder_layer_as_in_torch(options, generator):
    how = {"dropout": 0.0} | OPTIONS[options]
    theirs = filled(torch.nn.TransformerDecoderLayer(*SIZES, **how, batch_first=True).to(D))
    ours = as_torchs(nn.TransformerDecoderLayer(*SIZES, **how).to(D), theirs)
    x = sequences(generator, 5, 7)
    real = torch.arange(7) < torch.tensor([7, 4, 2])[:, None]
    causal = torch.ones(5, 5).tril().bool()
    near = torch.rand(5, 7, generator=generator) < 0.5
    near[:, 0] = True
    written = torch.arange(5) < torch.tensor([5, 3, 1])[:, None]
    compare(ours, theirs, x, {}, {})
    compare(ours, theirs, x, {"is_causal": True}, {"tgt_mask": ~causal})
    compare(
        ours, theirs, x,
        {"mask": causal, "key_mask": written, "memory_mask": near, "memory_key_mask": real},
        {
            "tgt_mask": ~causal, "tgt_key_padding_mask": ~written, "memory_mask": ~near,
            "memory_key_padding_mask": ~real,
        },
    )  # fmt: skip


@pytest.mark.reference("torch.nn.TransformerEncoder", of="dlcore.nn.TransformerEncoder")
def test_encoder_as_in_torch(generator):
    how = {"dropout": 0.0, "norm_first": True}
    theirs = filled(
        torch.nn.TransformerEncoder(
            torch.nn.TransformerEncoderLayer(*SIZES, **how, batch_first=True), 3,
            torch.nn.LayerNorm(6), enable_nested_tensor=False,
        ).to(D)
    )  # fmt: skip
    layer = nn.TransformerEncoderLayer(*SIZES, **how)
    ours = as_torchs(nn.TransformerEncoder(layer, 3, nn.LayerNorm(6)).to(D), theirs)
    real = torch.arange(7) < torch.tensor([7, 4, 2])[:, None]
    compare(
        ours, theirs, sequences(generator, 7), {"key_mask": real}, {"src_key_padding_mask": ~real}
    )


@pytest.mark.reference("torch.nn.TransformerDecoder", of="dlcore.nn.TransformerDecoder")
def test_decoder_as_in_torch(generator):
    theirs = filled(
        torch.nn.TransformerDecoder(
            torch.nn.TransformerDecoderLayer(*SIZES, dropout=0.0, batch_first=True), 2
        ).to(D)
    )
    layer = nn.TransformerDecoderLayer(*SIZES, dropout=0.0)
    ours = as_torchs(nn.TransformerDecoder(layer, 2).to(D), theirs)
    causal = torch.ones(5, 5).tril().bool()
    compare(ours, theirs, sequences(generator, 5, 7), {"is_causal": True}, {"tgt_mask": ~causal})


def test_copies_of_a_layer_start_with_parameters_of_their_own():
    torch.manual_seed(0)
    stack = nn.TransformerEncoder(nn.TransformerEncoderLayer(*SIZES), 2)
    first, second = (layer.linear1.weight for layer in stack.layers)
    assert (first != second).all()
    assert (
        stack.layers[0].self_attn.in_proj_weight != stack.layers[1].self_attn.in_proj_weight
    ).all()


@pytest.mark.reference("the same stack on the whole sequence", of="dlcore.nn.DecoderCache")
@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("pieces", [[1] * 5, [2, 3]])
def test_cached_as_the_whole(kind, rotary, pieces, generator):
    how = {"dropout": 0.0, "rotary": nn.RotaryEmbedding(2) if rotary else None}
    layer = LAYERS[kind][0](4, 2, 5, **how)
    stack = {"encoder": nn.TransformerEncoder, "decoder": nn.TransformerDecoder}[kind]
    model = stack(layer, 2).to(D)
    x, memory = (torch.randn(3, t, 4, generator=generator, dtype=D) for t in (5, 7))
    rest = (memory,) if kind == "decoder" else ()
    make = nn.DecoderCache.empty if kind == "decoder" else nn.KeyValueCache
    caches = [make() for _ in range(2)]
    outputs = [model(piece, *rest, is_causal=True, caches=caches) for piece in x.split(pieces, 1)]
    assert_close(torch.cat(outputs, 1), model(x, *rest, is_causal=True))


def test_reordered_decoder_caches(generator):
    model = nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 5, dropout=0.0), 1).to(D)
    x, memory = (torch.randn(3, t, 4, generator=generator, dtype=D) for t in (5, 7))
    cache = nn.DecoderCache.empty()
    model(x[:, :4], memory, is_causal=True, caches=[cache])
    order = torch.tensor([2, 0])
    cache.reorder(order)
    y = model(x[order, 4:], memory[order], is_causal=True, caches=[cache])
    assert_close(y, model(x, memory, is_causal=True)[order, 4:])


def test_dropout_works_in_training_only(generator):
    torch.manual_seed(0)
    x, memory = sequences(generator, 5, 7)
    for layer, rest in (
        (nn.TransformerEncoderLayer(*SIZES), ()),
        (nn.TransformerDecoderLayer(*SIZES), (memory,)),
    ):
        layer.to(D)
        assert not torch.equal(layer(x, *rest), layer(x, *rest))
        layer.eval()
        assert torch.equal(layer(x, *rest), layer(x, *rest))


def test_gradients_through_a_deep_stack_stay_alive_with_pre_norm(generator):
    torch.manual_seed(0)
    x = torch.randn(2, 5, 6, generator=generator, dtype=D)
    layer = nn.TransformerEncoderLayer(*SIZES, dropout=0.0, norm_first=True)
    model = nn.TransformerEncoder(layer, 30, nn.LayerNorm(6)).to(D)
    model(x).square().sum().backward()
    first, last = (model.layers[i].linear1.weight.grad.norm() for i in (0, -1))
    assert 0.1 < first / last < 1e3


@pytest.mark.bad_input
def test_bad_input():
    layer = nn.TransformerEncoderLayer(*SIZES)
    with pytest.raises(ValueError, match=r"activation must be one of \['relu', 'gelu'\], got 'no'"):
        nn.TransformerEncoderLayer(*SIZES, activation="no")
    with pytest.raises(ValueError, match="4 heads cannot share 6 features"):
        nn.TransformerDecoderLayer(6, 4)
    with pytest.raises(ValueError, match="number of layers must be at least 1, got 0"):
        nn.TransformerEncoder(layer, 0)
    with pytest.raises(ValueError, match="2 layers, 1 caches"):
        nn.TransformerEncoder(layer, 2)(torch.zeros(1, 2, 6), caches=[nn.KeyValueCache()])
    with pytest.raises(ValueError, match=r"expected query of shape \(n, t, 6\)"):
        layer.self_attn(*[torch.zeros(1, 2, 5)] * 3)
