"""Diffusion of codes with a linear autoencoder, where codes and data are one map apart."""

import pytest
import torch
from torch import nn

from dlcore.autoencoder import VAE, GaussianDecoder
from dlcore.generative import DenoisingMLP, DiffusionSchedule, LatentDiffusion, linear_beta_schedule
from tests.dlcore.generative.exact_noise import gaussian_noise
from tests.parity import assert_close

SCHEDULE = DiffusionSchedule(linear_beta_schedule(40, 0.01, 0.3))


def linear_autoencoder():
    """x = (z_1 + 5, 2 z_2 - 1, 0), and back."""
    encoder, decoder = nn.Linear(3, 4), nn.Linear(2, 3)
    decoder.weight.data = torch.tensor([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    decoder.bias.data = torch.tensor([5.0, -1.0, 0.0])
    encoder.weight.data = torch.zeros(4, 3)
    encoder.weight.data[0, 0], encoder.weight.data[1, 1] = 1.0, 0.5
    encoder.bias.data = torch.tensor([-5.0, 0.5, -9.0, -9.0])
    return VAE(encoder, GaussianDecoder(decoder), 2)


def data(n, generator):
    z = torch.randn(n, 2, generator=generator) * torch.tensor([3.0, 0.5]) + torch.tensor([1.0, 2.0])
    return torch.stack([z[:, 0] + 5, 2 * z[:, 1] - 1, torch.zeros(n)], dim=1)


class ExactNoise(nn.Module):
    """Of standard normal codes, with or without labels; its one weight changes nothing."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.labels = []

    def forward(self, x, t, labels=None):
        self.labels.append(labels)
        return gaussian_noise(SCHEDULE, 1.0)(x, t) + 0 * self.weight


@pytest.mark.reference("moments of the data", of="dlcore.generative.LatentDiffusion")
def test_codes_are_standardized_and_samples_have_the_data_s_moments(generator):
    X = data(2000, generator)
    model = LatentDiffusion(linear_autoencoder(), ExactNoise(), SCHEDULE)
    history = model.train_codes(X, steps=2, generator=generator, progress=False)
    assert len(history.losses) == 2
    z = model.encode(X)
    assert_close(z.mean(0), torch.zeros(2), rtol=0, atol=1e-5)
    assert_close(z.std(0), torch.ones(2), rtol=1e-5)
    assert_close(model.decode(z), X, rtol=1e-4, atol=1e-4)
    x = model.sample(4000, generator=generator)
    assert_close(x.mean(0), X.mean(0), rtol=0, atol=0.2)
    assert_close(x.std(0), X.std(0), rtol=0.08, atol=1e-6)
    first = model.sample(4, steps=5, generator=torch.Generator().manual_seed(3))
    again = model.sample(4, steps=5, generator=torch.Generator().manual_seed(3))
    assert torch.equal(first, again)


def test_labels_and_a_frozen_autoencoder(generator):
    autoencoder, net = linear_autoencoder(), ExactNoise()
    model = LatentDiffusion(autoencoder, net, SCHEDULE)
    before = [p.clone() for p in autoencoder.parameters()]
    labels = torch.arange(50) % 3
    model.train_codes(
        data(50, generator), labels=labels, steps=2, generator=generator, progress=False
    )
    assert all(torch.equal(a, b) for a, b in zip(before, autoencoder.parameters(), strict=True))
    assert [p.requires_grad for p in autoencoder.parameters()] == [False] * len(before)
    net.labels.clear()
    assert model.sample(3, labels=torch.tensor([0, 1, 2]), w=2.0, steps=2).shape == (3, 3)
    assert net.labels[0].tolist() == [0, 1, 2, -1, -1, -1]


@pytest.mark.bad_input
def test_bad_input():
    model = LatentDiffusion(linear_autoencoder(), DenoisingMLP(2, width=4), SCHEDULE)
    with pytest.raises(ValueError, match="at least 2 examples"):
        model.train_codes(torch.zeros(1, 3))
    with pytest.raises(ValueError, match="need a network with num_classes"):
        model.sample(2, labels=torch.tensor([0, 1]))
