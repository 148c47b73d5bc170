"""The mu-law in closed form; causal layers against torch and against what a change reaches."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore.applications import (
    CausalConv1d,
    WaveNet,
    WaveNetBlock,
    mu_law_compress,
    mu_law_decode,
    mu_law_encode,
)
from tests.parity import assert_close


@pytest.mark.reference("closed form", of="dlcore.applications.mu_law_compress")
@pytest.mark.reference("numpy.floor", of="dlcore.applications.mu_law_encode")
@pytest.mark.reference("closed form", of="dlcore.applications.mu_law_decode")
def test_the_mu_law():
    x = torch.linspace(-1, 1, 1001, dtype=torch.float64)
    expected = np.sign(x.numpy()) * np.log1p(255 * np.abs(x.numpy())) / math.log(256)
    assert_close(mu_law_compress(x), expected)
    assert round(float(mu_law_compress(torch.tensor(0.01))), 4) == 0.2285
    codes = mu_law_encode(x)
    assert_close(codes, np.floor((expected + 1) * 127.5 + 0.5).astype(int))
    every = torch.arange(256)
    assert torch.equal(mu_law_encode(mu_law_decode(every)), every)
    level = every.double() / 127.5 - 1
    assert_close(
        mu_law_decode(every), level.sign() * (256 ** level.abs() - 1) / 255, rtol=1e-4, atol=1e-7
    )
    error = (mu_law_decode(codes) - x).abs()
    assert float(error[x.abs() < 0.01].max()) < 1e-3
    assert float(error.max()) < 0.03
    assert torch.equal(mu_law_encode(mu_law_decode(every[:16], 16), 16), every[:16])


@pytest.mark.reference("torch.nn.functional.conv1d", of="dlcore.applications.CausalConv1d")
@pytest.mark.reference("torch.nn.functional.conv1d", of="dlcore.applications.WaveNetBlock")
def test_layers_of_torch(generator):
    x = torch.randn(2, 3, 17, generator=generator)
    layer = CausalConv1d(3, 5, kernel_size=3, dilation=4)
    theirs = F.conv1d(x, layer.weight, layer.bias, padding=8, dilation=4)[..., :17]
    assert_close(layer(x), theirs, rtol=1e-5, atol=1e-6)
    assert CausalConv1d(3, 5, 2, bias=False).bias is None
    block = WaveNetBlock(3, 7, kernel_size=2, dilation=5)
    f, g = (
        F.conv1d(F.pad(x, (5, 0)), c.weight, c.bias, dilation=5) for c in (block.filter, block.gate)
    )
    h = torch.tanh(f) * torch.sigmoid(g)
    stream, skip = block(x)
    assert_close(stream, x + F.conv1d(h, block.residual.weight, block.residual.bias), rtol=1e-5)
    assert_close(skip, F.conv1d(h, block.skip.weight, block.skip.bias), rtol=1e-5, atol=1e-6)


@pytest.mark.reference("what a changed sample reaches", of="dlcore.applications.WaveNet")
def test_a_prediction_sees_its_receptive_field_and_nothing_else(generator):
    torch.manual_seed(0)
    model = WaveNet(classes=11, channels=16, skip_channels=16, kernel_size=3, dilations=(1, 3, 2))
    assert model.receptive_field == 1 + 2 * 6
    codes = torch.randint(11, (1, 30), generator=generator)
    logits = model(codes)
    assert logits.shape == (1, 11, 30)
    changed = codes.clone()
    changed[0, 10] = (codes[0, 10] + 1) % 11
    reached = (model(changed) - logits).abs().amax((0, 1)) > 0
    assert reached.nonzero().flatten().tolist() == list(range(10, 10 + 13))
    assert WaveNet(dilations=[2**i for i in range(10)]).receptive_field == 1024


def test_generation_continues_what_it_was_given():
    torch.manual_seed(0)
    model = WaveNet(classes=5, channels=4, skip_channels=4, dilations=(1, 2))
    with torch.no_grad():
        model.head[-1].weight.zero_()
        model.head[-1].bias.copy_(torch.tensor([0.0, 0.0, 50.0, 0.0, 0.0]))
    codes = torch.tensor([[0, 1, 3], [4, 4, 4]])
    longer = model.generate(codes, 6, generator=torch.Generator().manual_seed(0))
    assert torch.equal(longer[:, :3], codes)
    assert (longer[:, 3:] == 2).all()
    assert torch.equal(model.generate(codes, 0), codes)


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: mu_law_compress(torch.tensor([1.5])), r"samples in \[-1, 1\]"),
        (lambda: mu_law_compress(torch.zeros(2), 0.0), "mu > 0"),
        (lambda: mu_law_encode(torch.zeros(2), 1), "at least 2 codes"),
        (lambda: mu_law_decode(torch.tensor([256])), r"codes in 0\.\.255"),
        (lambda: mu_law_decode(torch.tensor([0]), 1), "at least 2"),
        (lambda: WaveNet(dilations=()), "at least one block"),
        (lambda: WaveNet().generate(torch.zeros(1, 0, dtype=torch.int64), 3), "expected a code"),
        (lambda: WaveNet().generate(torch.zeros(1, 1, dtype=torch.int64), -1), "steps >= 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
