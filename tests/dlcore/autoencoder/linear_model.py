"""Linear Gaussian models, whose evidence and posterior are known."""

import math

import torch
from torch import nn

from dlcore.autoencoder import VAE, GaussianDecoder


def linear_vae(W, noise, mu_map, logvar, prior=None):
    """x = W z + noise; q(z | x) = N(mu_map x, e^logvar)."""
    d, k = W.shape
    decoder, encoder = nn.Linear(k, d, bias=False), nn.Linear(d, 2 * k)
    decoder.weight.data = W
    encoder.weight.data = torch.cat([mu_map, torch.zeros_like(mu_map)])
    encoder.bias.data = torch.cat([torch.zeros_like(logvar), logvar])
    scale = math.sqrt(noise)
    model = VAE(encoder, GaussianDecoder(decoder, scale=scale).double(), k, prior=prior)
    model.decoder.log_scale.fill_(math.log(scale))
    return model


def exact_vae():
    """Orthogonal columns, so that the posterior has independent dimensions, and is the encoder."""
    W = torch.tensor([[1.5, 0.0], [0.5, 0.2], [0.0, 0.7], [-1.0, 0.1]], dtype=torch.float64)
    W[:, 1] -= W[:, 0] * (W[:, 0] @ W[:, 1]) / (W[:, 0] @ W[:, 0])
    noise = 0.4
    precision = 1 + W.square().sum(0) / noise
    return linear_vae(W, noise, W.T / noise / precision[:, None], -precision.log()), W, noise


def scalar_vae():
    """The worked example p(x | z) = N(1.5 z, 0.5) at x = 2, with q = N(0.5, 0.81)."""
    W = torch.tensor([[1.5]], dtype=torch.float64)
    logvar = torch.tensor([math.log(0.81)], dtype=torch.float64)
    return linear_vae(W, 0.5, torch.tensor([[0.25]], dtype=torch.float64), logvar)
