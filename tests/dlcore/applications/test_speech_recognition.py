"""Recognizers against the same layers of torch called one by one."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore.applications import CTCRecognizer, KeywordRecognizer, PyramidEncoder
from dlcore.models import AttentionDecoder, Memory
from tests.parity import assert_close


def block(layers, x, stride):
    conv, norm, _ = layers
    x = F.conv1d(x, conv.weight, conv.bias, stride=stride, padding=2)
    return F.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias).relu()


@pytest.mark.reference("torch.nn.functional.conv1d", of="dlcore.applications.KeywordRecognizer")
@pytest.mark.reference("torch.nn.GRU", of="dlcore.applications.CTCRecognizer")
def test_networks_layer_by_layer(generator):
    torch.manual_seed(0)
    x = torch.randn(3, 7, 25, generator=generator)
    centered = x - x.mean(2, keepdim=True)
    model = KeywordRecognizer(7, 4, channels=5).eval()
    h = block(model.frames[2], block(model.frames[1], block(model.frames[0], centered, 2), 2), 1)
    assert_close(model(x), F.linear(h.mean(2), *model.head.parameters()), rtol=1e-4, atol=1e-5)
    assert_close(model(x + 3.0), model(x), rtol=1e-3, atol=1e-4)
    listener = CTCRecognizer(7, 6, hidden_size=5).eval()
    states, _ = listener.rnn(block(listener.frames, centered, 2).mT)
    logits = F.linear(states, *listener.head.parameters())
    out = listener(x)
    assert out.shape == (13, 3, 6)
    assert_close(out.transpose(0, 1), F.log_softmax(logits, -1), rtol=1e-4, atol=1e-5)


@pytest.mark.reference("torch.nn.LSTM", of="dlcore.applications.PyramidEncoder")
def test_each_layer_reads_pairs_and_padding_has_no_say(generator):
    torch.manual_seed(0)
    encoder = PyramidEncoder(3, 4, num_layers=2)
    x = torch.randn(2, 11, 3, generator=generator)
    memory = encoder(x)
    h, _ = encoder.layers[0](x)
    h, _ = encoder.layers[1](torch.cat([h[:, 0:10:2], h[:, 1:10:2]], -1))
    h, (last, _) = encoder.layers[2](torch.cat([h[:, 0:4:2], h[:, 1:4:2]], -1))
    assert isinstance(encoder.layers[0], nn.LSTM)
    assert_close(memory.states, h, rtol=1e-5, atol=1e-6)
    assert_close(memory.final, torch.cat([last[0], last[1]], -1), rtol=1e-5, atol=1e-6)
    padded = torch.cat([x, torch.full((2, 5, 3), 9.0)], 1)
    longer = encoder(padded, torch.tensor([11, 8]))
    assert longer.mask.tolist() == [[True, True, False, False]] * 2
    assert_close(longer.states[:1, :2], h[:1], rtol=1e-5, atol=1e-6)
    assert_close(longer.states[1:, :2], encoder(x[1:, :8]).states, rtol=1e-5, atol=1e-6)
    assert isinstance(memory, Memory)
    decoder = AttentionDecoder(9, 4, 5, memory_size=encoder.output_size)
    step = decoder.step(torch.tensor([1, 1]), decoder.start(longer), longer)
    assert step.weights[:, 2:].abs().max() == 0


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: KeywordRecognizer(7, 4)(torch.zeros(2, 6, 20)), r"shape \(n, 7, t\)"),
        (lambda: CTCRecognizer(7, 4)(torch.zeros(7, 20)), r"shape \(n, 7, t\)"),
        (lambda: PyramidEncoder(3, 4, 0), "num_layers must be at least 1"),
        (lambda: PyramidEncoder(3, 4)(torch.zeros(1, 7, 3)), "at least 8 frames"),
        (lambda: PyramidEncoder(3, 4)(torch.zeros(1, 9, 2)), "expected 3 features"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
