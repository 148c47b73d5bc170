"""Amortized inference: one network that guesses the posterior of any example."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder import GaussianCode
from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.autoencoder.vae import split_code
from dlcore.probability.distribution import LOG_2PI

LogJoint = Callable[[Tensor, Tensor], Tensor]


class AmortizedEncoder(nn.Module):
    r"""A network from an example to a Gaussian of its latent variables, $q_\phi(z \mid x)$.

    Args:
        network: from examples (b, ...) to (b, 2k): means, then $\log\sigma^2$.
        latent_dim: k.

    Raises:
        ValueError: latent_dim below 1; in use, a network that gives another shape.

    Equation: :eq:`eq-amortized-posterior`.
    Section: :ref:`sec-amortized-inference`.

    Source: Gershman, Goodman (2014), Amortized inference in probabilistic reasoning; Kingma,
        Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.

    Example:
        >>> encoder = AmortizedEncoder(nn.Linear(3, 4), latent_dim=2)
        >>> encoder(torch.zeros(5, 3)).mu.shape
        torch.Size([5, 2])

    In production: the guide of Pyro; `dlcore.autoencoder.VAE` learns the model too.
    """

    def __init__(self, network: nn.Module, latent_dim: int) -> None:
        super().__init__()
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, got {latent_dim}")
        self.network, self.latent_dim = network, latent_dim

    def forward(self, x: Float[Tensor, "b ..."]) -> GaussianCode:
        """The posterior that the network guesses for each example."""
        return split_code(self.network(x), len(x), self.latent_dim)

    def fit(
        self,
        log_joint: LogJoint,
        X: Float[Tensor, "n ..."],
        *,
        steps: int = 500,
        samples: int = 16,
        lr: float = 0.02,
        generator: torch.Generator | None = None,
    ) -> "AmortizedEncoder":
        """Climb the mean bound of all examples by Adam, with the log joint held fixed."""
        _climb(
            log_joint, X, lambda: self(X), list(self.parameters()), steps, samples, lr, generator
        )
        return self


class InferenceGaps(NamedTuple):
    r"""Where the distance from the evidence comes from, for each example, in nats.

    Attributes:
        encoder: the bound with the encoder's posterior, shape (b,).
        optimal: the bound with the best posterior of the same family for each example, shape (b,).
        amortization: their difference, the price of sharing one network.
        approximation: from there to $\log p(x)$, the price of the family; None if the evidence was
            not given.
        code: the best posteriors.

    Equation: :eq:`eq-inference-gaps`.
    Section: :ref:`sec-amortization-gap`.

    Source: Cremer, Li, Duvenaud (2018), Inference suboptimality in variational autoencoders,
        arXiv:1801.03558.

    Example:
        >>> code = GaussianCode(torch.zeros(1, 1), torch.zeros(1, 1))
        >>> gaps = InferenceGaps(torch.tensor([-2.0]), torch.tensor([-1.5]), None, code)
        >>> gaps.amortization
        tensor([0.5000])

    In production: the same two bounds from Pyro.
    """

    encoder: Float[Tensor, " b"]
    optimal: Float[Tensor, " b"]
    approximation: Tensor | None
    code: GaussianCode

    @property
    def amortization(self) -> Float[Tensor, " b"]:
        """The bound that the encoder gives away, shape (b,)."""
        return self.optimal - self.encoder


def amortization_gap(
    log_joint: LogJoint,
    encoder: Callable[[Tensor], GaussianCode],
    X: Float[Tensor, "b ..."],
    *,
    log_evidence: Float[Tensor, " b"] | None = None,
    steps: int = 500,
    samples: int = 64,
    lr: float = 0.05,
    generator: torch.Generator | None = None,
) -> InferenceGaps:
    r"""Compare an encoder's bound with that of the best Gaussian of each example alone.

    Both bounds use the same draws, whose sample mean and covariance are made exactly those of a
    standard normal: for a log joint that is quadratic in z the bounds have no noise at all.

    Args:
        log_joint: $\log p(x, z)$, from X and codes (s, b, k) to (s, b), differentiable.
        encoder: from X to a `GaussianCode` (b, k): an `AmortizedEncoder`, or `VAE.encode`.
        X: examples along the first axis.
        log_evidence: $\log p(x)$ of each, if known, shape (b,).
        steps: of Adam, from the encoder's posterior.
        samples: s, more than 2k.
        lr: the first step size; it falls to 0 like half a cosine.
        generator: source of randomness.

    Returns:
        Both bounds, the gaps, and the best posteriors.

    Raises:
        ValueError: too few samples, no step, or a log joint of another shape.

    Equation: :eq:`eq-inference-gaps`.
    Section: :ref:`sec-amortization-gap`.

    Source: Cremer, Li, Duvenaud (2018), Inference suboptimality in variational autoencoders,
        arXiv:1801.03558.

    Example:
        >>> def log_joint(x, z):
        ...     return -(z.square() + (x - z).square()).sum(-1) / 2
        >>> def lazy(x):
        ...     return GaussianCode(torch.zeros_like(x), torch.full_like(x, 0.5).log())
        >>> gaps = amortization_gap(log_joint, lazy, torch.tensor([[0.0], [2.0]]))
        >>> gaps.amortization.abs().round(decimals=2)
        tensor([0., 1.])

    In production: the same optimization with Pyro.
    """
    with torch.no_grad():
        first = encoder(X)
        noise = _exact_noise(first.mu, samples, generator)
        encoded = _bound(log_joint, X, first, noise)
    code = GaussianCode(*(part.detach().clone().requires_grad_() for part in first))
    _climb(log_joint, X, lambda: code, list(code), steps, samples, lr, generator, noise)
    best = GaussianCode(*(part.detach() for part in code))
    with torch.no_grad():
        optimal = _bound(log_joint, X, best, noise)
    approximation = None if log_evidence is None else log_evidence - optimal
    return InferenceGaps(encoded, optimal, approximation, best)


def _exact_noise(mu: Tensor, samples: int, generator: torch.Generator | None) -> Tensor:
    """Draws (s, b, k) whose sample mean is 0 and whose sample covariance is the identity."""
    k = mu.shape[-1]
    if samples <= 2 * k or samples % 2:
        raise ValueError(f"expected an even number of samples above {2 * k}, got {samples}")
    half = standard_normal((samples // 2, k), mu, generator)
    L = torch.linalg.cholesky(half.mT @ half / len(half))
    white = torch.linalg.solve_triangular(L, half.mT, upper=False).mT
    return torch.cat([white, -white])[:, None].expand(samples, *mu.shape)


def _bound(log_joint: LogJoint, X: Tensor, code: GaussianCode, noise: Tensor) -> Tensor:
    values = log_joint(X, code.mu + code.std * noise)
    if values.shape != noise.shape[:2]:
        raise ValueError(f"log_joint must give {tuple(noise.shape[:2])}, got {tuple(values.shape)}")
    return values.mean(0) + (code.logvar + 1 + LOG_2PI).sum(-1) / 2


def _climb(
    log_joint: LogJoint,
    X: Tensor,
    code: Callable[[], GaussianCode],
    parameters: list[Tensor],
    steps: int,
    samples: int,
    lr: float,
    generator: torch.Generator | None,
    noise: Tensor | None = None,
) -> None:
    """Adam on the mean bound; fresh noise at each step unless it is given."""
    if steps < 1:
        raise ValueError(f"expected steps >= 1, got {steps}")
    optimizer = torch.optim.Adam(parameters, lr=lr)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda t: (1 + math.cos(math.pi * t / steps)) / 2
    )
    for _ in range(steps):
        now = code()
        drawn = _exact_noise(now.mu, samples, generator) if noise is None else noise
        optimizer.zero_grad()
        (-_bound(log_joint, X, now, drawn).sum()).backward()
        optimizer.step()
        schedule.step()
