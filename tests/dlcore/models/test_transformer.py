"""The Transformer's core is torch's; steps with a cache are those without; it learns a task."""

import math

import pytest
import torch

from dlcore.models import Transformer, TransformerLM
from dlcore.nn import attention_maps
from tests.parity import assert_close

D = torch.float64
SMALL = {"d_model": 8, "nhead": 2, "dim_feedforward": 16}


def tokens(generator, n, t, size=11, low=1):
    return torch.randint(low, size, (n, t), generator=generator)


def translator(**options):
    torch.manual_seed(0)
    return Transformer(11, 13, **SMALL, **options).to(D).eval()


def language_model(position="learned", **options):
    torch.manual_seed(0)
    sizes = {"d_model": 8, "nhead": 2, "max_len": 20}
    return TransformerLM(11, **sizes, position=position, **options).to(D).eval()


@pytest.mark.reference("torch.nn.Transformer", of="dlcore.models.Transformer")
@pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")
@pytest.mark.parametrize("norm_first", [True, False])
def test_core_as_in_torch(norm_first, generator):
    ours = translator(norm_first=norm_first)
    theirs = torch.nn.Transformer(
        8, 2, 2, 2, 16, 0.0, norm_first=norm_first, batch_first=True
    ).to(D)  # fmt: skip
    theirs.load_state_dict(
        {k: v for k, v in ours.state_dict().items() if k.startswith(("encoder.", "decoder."))}
    )
    source, target = tokens(generator, 3, 7), tokens(generator, 3, 5, 13)
    source[1, 4:], source[2, 2:] = 0, 0
    positions = torch.arange(7, dtype=D)[:, None] / 10_000 ** (torch.arange(0, 8, 2) / 8)
    encoding = torch.stack([positions.sin(), positions.cos()], -1).flatten(1)
    x, y = (
        math.sqrt(8) * table.weight[s] + encoding[: s.shape[1]]
        for table, s in ((ours.source_embedding, source), (ours.target_embedding, target))
    )
    states = theirs(
        x, y, tgt_mask=~torch.ones(5, 5).tril().bool(), src_key_padding_mask=source == 0,
        memory_key_padding_mask=source == 0,
    )  # fmt: skip
    assert_close(ours(source, target), ours.output(states), rtol=1e-7, atol=1e-9)


@pytest.mark.reference("torch.nn.TransformerEncoder", of="dlcore.models.TransformerLM")
@pytest.mark.parametrize("position", ["learned", "none"])
def test_language_model_as_in_torch(position, generator):
    ours = language_model(position)
    layer = torch.nn.TransformerEncoderLayer(
        8, 2, 32, 0.0, activation="gelu", norm_first=True, batch_first=True
    )
    theirs = torch.nn.TransformerEncoder(
        layer, 2, torch.nn.LayerNorm(8), enable_nested_tensor=False
    ).to(D)  # fmt: skip
    theirs.load_state_dict(ours.blocks.state_dict())
    x = tokens(generator, 3, 7)
    embedded = ours.embedding.weight[x]
    if position == "learned":
        embedded = embedded + ours.positions.weight[:7]
    states = theirs(embedded, mask=~torch.ones(7, 7).tril().bool())
    assert_close(ours(x), states @ ours.embedding.weight.T, rtol=1e-7, atol=1e-9)
    assert not language_model(tie_weights=False).output.weight.equal(ours.embedding.weight)


@pytest.mark.parametrize("position", ["learned", "rotary", "none"])
def test_no_look_into_the_future(position, generator):
    model = language_model(position)
    x = tokens(generator, 2, 7)
    changed = x.clone()
    changed[:, 4] = x[:, 4] % 10 + 1
    before, after = model(x), model(changed)
    assert torch.equal(before[:, :4], after[:, :4])
    assert (before[:, 4:] != after[:, 4:]).all()


def test_order_matters_unless_only_the_mask_tells_it(generator):
    x = torch.tensor([[1, 2, 3, 4], [2, 1, 3, 4]])
    for position, differs in (("learned", True), ("rotary", True), ("none", False)):
        model = language_model(position, num_layers=1)
        first, second = model(x)[:, -1]
        assert ((first - second).abs().max() > 1e-9) == differs


@pytest.mark.parametrize("position", ["learned", "rotary", "none"])
def test_cached_as_the_whole(position, generator):
    model = language_model(position)
    x = tokens(generator, 3, 7)
    caches = model.new_caches()
    pieces = [model(piece, caches) for piece in x.split([1, 3, 1, 2], 1)]
    assert_close(torch.cat(pieces, 1), model(x))


def test_cached_decoding_as_the_whole(generator):
    model = translator()
    source, target = tokens(generator, 3, 7), tokens(generator, 3, 5, 13)
    source[1, 4:] = 0
    memory, mask, caches = model.encode(source), model.source_mask(source), model.new_caches()
    pieces = [model.decode(piece, memory, mask, caches) for piece in target.split([1, 2, 2], 1)]
    assert_close(torch.cat(pieces, 1), model(source, target))
    assert_close(model(source[1:2, :4], target[1:2]), model(source, target)[1:2])


def test_steps_follow_beams_that_are_dropped_copied_and_reordered(generator):
    model, source = language_model(), tokens(generator, 1, 7)
    pair = translator()
    for step, whole in (
        (model.stepper(), model),
        (pair.stepper(source), lambda p: pair(source.expand(len(p), -1), p)),
    ):
        prefixes = tokens(generator, 1, 3)
        for order in ([0, 0, 0], [2, 0], [1, 1, 0, 1], [3], [0, 0]):
            assert_close(step(prefixes), whole(prefixes)[:, -1].detach())
            new = torch.arange(1, len(order) + 1)[:, None]
            prefixes = torch.cat([prefixes[order], new], 1)
        assert_close(step(prefixes[:, :2]), whole(prefixes[:, :2])[:, -1].detach())


def test_steps_compute_new_tokens_only(generator):
    model, sizes = language_model(), []
    step, x = model.stepper(), tokens(generator, 2, 6)
    model.embedding.register_forward_hook(lambda layer, args, out: sizes.append(args[0].shape[1]))
    for t in range(3, 7):
        step(x[:, :t])
    assert sizes == [3, 1, 1, 1]


def test_rows_with_equal_prefixes_keep_their_own_source(generator):
    model = translator()
    source, prefixes = tokens(generator, 3, 7), torch.ones(3, 1, dtype=torch.long)
    step = model.stepper(source)
    for _ in range(3):
        assert_close(step(prefixes), model(source, prefixes)[:, -1].detach())
        prefixes = torch.cat([prefixes, torch.ones(3, 1, dtype=torch.long)], 1)
    swapped = torch.cat([prefixes[:, :-1], torch.tensor([[1], [2], [3]])], 1)
    step(swapped)
    swapped = torch.cat([swapped[[2, 0, 1]], prefixes[:, :1]], 1)
    assert_close(step(swapped), model(source, swapped)[:, -1].detach())


def test_it_learns_to_write_backwards(generator):
    torch.manual_seed(0)
    model = Transformer(7, 7, d_model=32, nhead=2, num_encoder_layers=1, num_decoder_layers=1,
                        dim_feedforward=64, dropout=0.0)  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(150):
        source = tokens(generator, 64, 4, 6)
        target = torch.cat([torch.full((64, 1), 6), source.flip(1)], 1)
        logits = model(source, target[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    source = tokens(generator, 200, 4, 6)
    step, prefixes = model.stepper(source), torch.full((200, 1), 6)
    for _ in range(4):
        prefixes = torch.cat([prefixes, step(prefixes).argmax(-1, keepdim=True)], 1)
    assert (prefixes[:, 1:] == source.flip(1)).all(1).float().mean() > 0.9
    maps = attention_maps(model, source, prefixes[:, :-1])
    kinds = ["encoder.layers.0.self_attn", "decoder.layers.0.self_attn"]
    assert [*maps] == [*kinds, "decoder.layers.0.multihead_attn"]


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="position must be learned, rotary or none, got 'sines'"):
        TransformerLM(11, position="sines")
    with pytest.raises(ValueError, match="3 heads cannot share 8 features"):
        TransformerLM(11, d_model=8, nhead=3)
    with pytest.raises(ValueError, match="positions go from 0 to 19, got 0 to 20"):
        language_model()(torch.ones(1, 21, dtype=torch.long))
