"""Padding, masks, packing and embedding against torch's own; how recurrent weights start."""

import pytest
import torch
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from dlcore import nn
from tests.parity import assert_close

LENGTHS = [3, 7, 1, 7, 4]


def ragged(generator, *rest):
    return [torch.randn(t, *rest, generator=generator, dtype=torch.float64) for t in LENGTHS]


@pytest.mark.reference("torch.nn.utils.rnn.pad_sequence", of="dlcore.nn.pad_sequences")
@pytest.mark.parametrize("rest", [(), (2,), (2, 3)])
def test_padding(rest, generator):
    sequences = ragged(generator, *rest)
    padded, lengths = nn.pad_sequences(sequences, padding_value=-1)
    assert torch.equal(padded, pad_sequence(sequences, batch_first=True, padding_value=-1))
    assert lengths.tolist() == LENGTHS


@pytest.mark.reference("loop", of="dlcore.nn.sequence_mask")
def test_masks():
    mask = nn.sequence_mask(torch.tensor(LENGTHS), 9)
    assert mask.tolist() == [[t < length for t in range(9)] for length in LENGTHS]
    assert nn.sequence_mask(torch.tensor([0, 2])).tolist() == [[False, False], [True, True]]


@pytest.mark.reference("torch.nn.utils.rnn.pack_padded_sequence", of="dlcore.nn.pack_sequences")
@pytest.mark.reference("torch.nn.utils.rnn.PackedSequence", of="dlcore.nn.PackedSequences")
@pytest.mark.reference("torch.nn.utils.rnn.pad_packed_sequence", of="dlcore.nn.unpack_sequences")
def test_packing(generator):
    padded, lengths = nn.pad_sequences(ragged(generator, 2))
    packed = nn.pack_sequences(padded, lengths)
    theirs = pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
    assert sorted(packed.data.flatten().tolist()) == sorted(theirs.data.flatten().tolist())
    assert torch.equal(packed.batch_sizes, theirs.batch_sizes)
    sorted_by_us = pack_padded_sequence(padded[packed.order], lengths[packed.order], True)
    assert torch.equal(packed.data, sorted_by_us.data)
    back, sizes = nn.unpack_sequences(packed)
    expected = pad_packed_sequence(theirs, batch_first=True)
    assert torch.equal(back, expected[0])
    assert torch.equal(sizes, expected[1])
    wider = F.pad(padded, (0, 0, 0, 2), value=9.0)
    assert torch.equal(nn.pack_sequences(wider, lengths).data, packed.data)


@pytest.mark.reference(
    "torch.nn.functional.cross_entropy(ignore_index)", of="dlcore.nn.masked_cross_entropy"
)
def test_loss_over_real_tokens(generator):
    lengths = torch.tensor(LENGTHS)
    mask = nn.sequence_mask(lengths)
    logits = torch.randn(5, 7, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    targets = torch.randint(4, (5, 7), generator=generator)
    ours = nn.masked_cross_entropy(logits, targets, mask)
    theirs = F.cross_entropy(
        logits.flatten(0, 1), targets.masked_fill(~mask, -100).flatten(), ignore_index=-100
    )
    assert_close(ours, theirs)
    for a, e in zip(*(torch.autograd.grad(x, logits) for x in (ours, theirs)), strict=True):
        assert_close(a, e)
    one_by_one = sum(
        F.cross_entropy(z[:t], y[:t], reduction="sum")
        for z, y, t in zip(logits, targets, LENGTHS, strict=True)
    )
    assert_close(ours, one_by_one / sum(LENGTHS))
    assert_close(
        nn.masked_cross_entropy(logits, targets),
        F.cross_entropy(logits.flatten(0, 1), targets.flatten()),
    )


@pytest.mark.reference("torch.nn.Embedding", of="dlcore.nn.Embedding")
@pytest.mark.parametrize("padding", [None, 2])
def test_embedding(padding, generator):
    torch.manual_seed(1)
    ours = nn.Embedding(5, 3, padding)
    torch.manual_seed(1)
    theirs = torch.nn.Embedding(5, 3, padding)
    assert torch.equal(ours.weight, theirs.weight)
    tokens = torch.randint(5, (4, 6), generator=generator)
    weights = torch.randn(4, 6, 3, generator=generator)
    results = []
    for table in (ours, theirs):
        (table(tokens) * weights).sum().backward()
        results.append((table(tokens), table.weight.grad))
    assert_close(results[0][0], results[1][0])
    assert_close(results[0][1], results[1][1], rtol=1e-5, atol=1e-6)
    assert_close(ours(tokens), F.one_hot(tokens, 5).float() @ ours.weight, rtol=1e-6)
    assert ours(tokens[:0]).shape == (0, 6, 3)


@pytest.mark.reference("W^T W = 1", of="dlcore.nn.orthogonal_init")
@pytest.mark.reference("torch.nn.init.eye_", of="dlcore.nn.identity_init")
def test_recurrent_starts(generator):
    W = nn.orthogonal_init(torch.empty(21, 7, dtype=torch.float64), 1.5, generator)
    for block in W.split(7):
        assert_close(block.T @ block, 2.25 * torch.eye(7), atol=1e-9)
    assert not torch.allclose(W[:7], W[7:14])
    traces = torch.stack(
        [nn.orthogonal_init(torch.empty(3, 3), generator=generator).trace() for _ in range(2000)]
    )
    assert abs(traces.mean()) < 4 / 2000**0.5
    assert abs(traces.var() - 1) < 0.2
    eye = nn.identity_init(torch.empty(8, 4), 0.5)
    assert torch.equal(eye, torch.cat([0.5 * torch.nn.init.eye_(torch.empty(4, 4))] * 2))


@pytest.mark.reference("torch.nn.LSTM's biases", of="dlcore.nn.set_forget_bias")
@pytest.mark.parametrize("kind", [nn.LSTM, torch.nn.LSTM])
def test_forget_bias(kind):
    layer = nn.set_forget_bias(kind(2, 5, num_layers=2, bidirectional=True), 3.0)
    for end in ("l0", "l0_reverse", "l1", "l1_reverse"):
        total = getattr(layer, f"bias_ih_{end}") + getattr(layer, f"bias_hh_{end}")
        assert (total[5:10] == 3).all()
        assert (total[:5] != 3).all()
        assert (total[10:] != 3).all()
    cell = nn.set_forget_bias(torch.nn.LSTMCell(2, 5))
    assert (cell.bias_ih[5:10] + cell.bias_hh[5:10] == 1).all()


@pytest.mark.bad_input
def test_what_does_not_fit():
    mask = torch.zeros(2, 3, dtype=torch.bool)
    logits, targets = torch.zeros(2, 3, 4), torch.zeros(2, 3, dtype=torch.int64)
    for call, message in (
        (lambda: nn.pad_sequences([]), "no sequences"),
        (lambda: nn.pad_sequences([torch.zeros(2, 3), torch.zeros(2, 4)]), "length only"),
        (lambda: nn.pad_sequences([torch.tensor(1.0)]), "length only"),
        (lambda: nn.sequence_mask(torch.tensor([1, 5]), 4), "between 0 and 4"),
        (lambda: nn.pack_sequences(torch.zeros(2, 3), torch.tensor([0, 3])), "at least 1"),
        (lambda: nn.pack_sequences(torch.zeros(2, 3), torch.tensor([4, 3])), "between 0 and 3"),
        (lambda: nn.masked_cross_entropy(logits, targets, mask), "and a True"),
        (lambda: nn.masked_cross_entropy(logits, targets[:, 1:]), "expected logits"),
        (lambda: nn.masked_cross_entropy(logits, targets + 4), "labels"),
        (lambda: nn.Embedding(0, 3), "at least 1"),
        (lambda: nn.Embedding(5, 2.5), "whole numbers of at least 1, got 5 and 2.5"),
        (lambda: nn.Embedding(5, 3, padding_idx=5), "padding_idx"),
        (lambda: nn.Embedding(5, 3)(torch.tensor([5])), r"0\.\.4"),
        (lambda: nn.orthogonal_init(torch.zeros(5, 3)), "recurrent weights"),
        (lambda: nn.identity_init(torch.zeros(3)), "recurrent weights"),
        (lambda: nn.set_forget_bias(torch.nn.GRU(2, 5)), "no biases of four gates"),
        (lambda: nn.set_forget_bias(torch.nn.LSTM(2, 5, bias=False)), "no biases"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
