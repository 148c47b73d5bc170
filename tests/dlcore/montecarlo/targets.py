"""Distributions whose exact draws are easy, and a posterior that has no closed form."""

import math

import torch
from torch import Tensor

LOG_2PI = math.log(2 * math.pi)
LOADINGS = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.7, 0.7], [0.7, -0.7]], dtype=torch.float64)


def banana(x: Tensor) -> Tensor:
    """Normalized: x0 is N(0, 1), x1 given x0 is N(x0², 1/4)."""
    return -(x[:, 0] ** 2) / 2 - 2 * (x[:, 1] - x[:, 0] ** 2) ** 2 - LOG_2PI + math.log(2)


def banana_draws(n: int, generator: torch.Generator) -> Tensor:
    z = torch.randn(n, 2, generator=generator, dtype=torch.float64)
    return torch.stack([z[:, 0], z[:, 0] ** 2 + z[:, 1] / 2], 1)


def prior(n: int, generator: torch.Generator) -> Tensor:
    return torch.randn(n, 2, generator=generator, dtype=torch.float64)


def simulate(theta: Tensor, generator: torch.Generator) -> Tensor:
    """Poisson counts at four places, shape (n, 4)."""
    return torch.poisson((theta @ LOADINGS.T).exp(), generator=generator)


def log_posterior(y: Tensor):
    """Of one chain for each row of counts, up to a constant."""

    def log_prob(theta: Tensor) -> Tensor:
        eta = theta @ LOADINGS.T
        counts = y.repeat(len(theta) // len(y), 1)
        return (counts * eta - eta.exp()).sum(1) - theta.square().sum(1) / 2

    return log_prob
