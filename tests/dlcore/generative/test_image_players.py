"""Convolutional and style-based players: shapes, layers, and torch's own normalization."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlcore.generative import (
    GAN,
    AdaIN,
    DCGANDiscriminator,
    DCGANGenerator,
    MappingNetwork,
    NoiseInjection,
    train_gan,
)
from tests.parity import assert_close


@pytest.mark.reference("torch.nn.ConvTranspose2d", of="dlcore.generative.DCGANGenerator")
@pytest.mark.reference("torch.nn.Conv2d", of="dlcore.generative.DCGANDiscriminator")
def test_layers_of_the_guidelines(generator):
    G, D = DCGANGenerator(5, 3, width=4, size=32), DCGANDiscriminator(3, width=4, size=32)
    x = G(torch.randn(2, 5, generator=generator))
    assert x.shape == (2, 3, 32, 32)
    assert x.abs().max() <= 1
    assert D(x).shape == (2, 1)
    assert not [m for m in [*G, *D] if isinstance(m, nn.Linear | nn.MaxPool2d)]
    norms = [isinstance(m, nn.BatchNorm2d) for m in G], [isinstance(m, nn.BatchNorm2d) for m in D]
    assert [sum(n) for n in norms] == [3, 2]
    assert not norms[0][-2]
    assert not norms[1][1]
    assert {m.negative_slope for m in D if isinstance(m, nn.LeakyReLU)} == {0.2}
    assert [m.out_channels for m in G if isinstance(m, nn.ConvTranspose2d)] == [16, 8, 4, 3]
    assert [m.out_channels for m in D if isinstance(m, nn.Conv2d)] == [4, 8, 16, 1]
    plain = DCGANDiscriminator(3, width=4, size=32, batch_norm=False)
    assert not [m for m in plain if isinstance(m, nn.BatchNorm2d)]
    spread = torch.cat([m.weight.flatten() for m in G if isinstance(m, nn.ConvTranspose2d)])
    assert spread.std().item() == pytest.approx(0.02, rel=0.1)


def test_images_through_the_game(generator):
    torch.manual_seed(0)
    gan = GAN(DCGANGenerator(3, width=2, size=8), DCGANDiscriminator(width=2, size=8), 3)
    X = torch.rand(10, 1, 8, 8, generator=generator)
    history = train_gan(gan, X, steps=2, batch_size=4, generator=generator, progress=False)
    assert history.generator.isfinite().all()
    assert gan.sample(3).shape == (3, 1, 8, 8)
    plain = GAN(gan.generator, DCGANDiscriminator(width=2, size=8, batch_norm=False), 3)
    train_gan(plain, X, steps=1, batch_size=4, kind="wasserstein", penalty=10.0, progress=False)


@pytest.mark.reference("torch.nn.functional.instance_norm", of="dlcore.generative.AdaIN")
def test_statistics_are_those_of_the_style(generator):
    torch.manual_seed(0)
    layer = AdaIN(3, style_dim=4).double()
    x = 5 + torch.randn(2, 3, 6, 5, generator=generator, dtype=torch.float64)
    w = torch.randn(2, 4, generator=generator, dtype=torch.float64)
    y = F.linear(w, layer.style.weight, layer.style.bias).detach()[:, :, None, None]
    found = layer(x, w).detach()
    assert_close(found, (1 + y[:, :3]) * F.instance_norm(x, eps=1e-5) + y[:, 3:])
    assert_close(found.mean((2, 3)), y[:, 3:, 0, 0])
    deviation = found.std((2, 3), correction=0)
    assert_close(deviation, (1 + y[:, :3, 0, 0]).abs(), rtol=1e-4)


@pytest.mark.reference("torch.nn.Sequential", of="dlcore.generative.MappingNetwork")
def test_mapping(generator):
    network = MappingNetwork(4, style_dim=6, layers=3)
    plain = nn.Sequential(nn.Linear(4, 6), nn.LeakyReLU(0.2), nn.Linear(6, 6), nn.LeakyReLU(0.2),
                          nn.Linear(6, 6), nn.LeakyReLU(0.2))  # fmt: skip
    plain.load_state_dict(network.state_dict())
    z = torch.randn(5, 4, generator=generator)
    scaled = 2 * F.normalize(z, dim=1)
    assert_close(network(z).detach(), plain(scaled).detach(), rtol=1e-4, atol=1e-6)
    assert_close(network(3 * z).detach(), network(z).detach(), rtol=1e-4, atol=1e-6)


@pytest.mark.reference("closed form", of="dlcore.generative.NoiseInjection")
def test_noise(generator):
    layer, x = NoiseInjection(2), torch.zeros(40, 2, 8, 8)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([0.0, 3.0]))
    noise = torch.randn(40, 1, 8, 8, generator=generator)
    found = layer(x, noise).detach()
    assert (found[:, 0] == 0).all()
    assert torch.equal(found[:, 1:], 3 * noise)
    torch.manual_seed(0)
    assert layer(x)[:, 1].std().item() == pytest.approx(3, rel=0.1)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DCGANGenerator(5, size=28), "power of 2"),
        (lambda: DCGANDiscriminator(size=4), "from 8 on"),
        (lambda: DCGANDiscriminator(size=8)(torch.ones(2, 8)), r"images \(n, c, h, w\)"),
        (lambda: MappingNetwork(0), "at least 1"),
        (lambda: AdaIN(2, 3)(torch.ones(1, 3, 2, 2), torch.ones(1, 3)), r"\(n, 2, h, w\)"),
        (lambda: AdaIN(0, 3), "at least 1"),
        (lambda: NoiseInjection(0), "at least 1"),
        (lambda: NoiseInjection(2)(torch.ones(1, 3, 2, 2)), r"\(n, 2, h, w\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
