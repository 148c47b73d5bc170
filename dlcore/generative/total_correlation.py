"""What the divergence of a variational autoencoder is made of, and how to weigh one part of it."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder import VAE
from dlcore.autoencoder.gaussian_codes import GaussianCode
from dlcore.probability.distribution import LOG_2PI


class CorrelationTerms(NamedTuple):
    """The mean divergence of the codes from the prior, in three parts that add up to it.

    Attributes:
        information: what the code tells of which example it is, in nats.
        total_correlation: how far the dimensions of all codes together are from independent.
        dimension_kl: how far each dimension alone is from its prior, summed.

    Equation: :eq:`eq-total-correlation`.
    Section: :ref:`sec-generative-vae`.

    Example:
        >>> CorrelationTerms(*torch.tensor([0.5, 0.25, 0.25])).kl
        tensor(1.)

    In production: the same lines.
    """

    information: Float[Tensor, ""]
    total_correlation: Float[Tensor, ""]
    dimension_kl: Float[Tensor, ""]

    @property
    def kl(self) -> Float[Tensor, ""]:
        """Their sum."""
        return self.information + self.total_correlation + self.dimension_kl


def discrete_correlation_terms(
    factors: Sequence[Float[Tensor, "n _"]],
    priors: Sequence[Float[Tensor, " _"]] | None = None,
) -> CorrelationTerms:
    """The parts for codes of a few states, exactly, by summing over all of them.

    Args:
        factors: for each dimension of the code the probabilities of its states given each example,
            shape (n, states).
        priors: for each dimension the prior of its states, positive; by default uniform.

    Returns:
        Information, total correlation and divergence of the dimensions.

    Raises:
        ValueError: no dimension, other numbers of examples, rows that are no probabilities, or
            priors that do not fit.

    Equation: :eq:`eq-total-correlation`.
    Section: :ref:`sec-generative-vae`.

    Source: Chen, Li, Grosse, Duvenaud (2018), Isolating sources of disentanglement in variational
        autoencoders, arXiv:1802.04942.

    Example:
        >>> same = torch.eye(2)
        >>> [round(term.item(), 4) for term in discrete_correlation_terms([same, same])]
        [0.6931, 0.6931, 0.0]

    In production: estimates, as of `beta_tcvae_loss`.
    """
    lengths = {len(q) for q in factors}
    sound = all(
        q.ndim == 2 and bool((q >= 0).all()) and bool(((q.sum(1) - 1).abs() < 1e-4).all())
        for q in factors
    )
    if len(lengths) != 1 or lengths == {0} or not sound:
        raise ValueError(
            f"expected probabilities (n, states), rows summing to 1, got "
            f"{[tuple(q.shape) for q in factors]}"
        )
    if priors is None:
        priors = [torch.full_like(q[0], 1 / q.shape[1]) for q in factors]
    if [p.shape for p in priors] != [q.shape[1:] for q in factors]:
        raise ValueError(f"priors {[tuple(p.shape) for p in priors]} do not fit the factors")
    joint = torch.ones_like(factors[0][:, :1])
    for q in factors:
        joint = (joint[:, :, None] * q[:, None, :]).flatten(1)
    together = joint.mean(0)
    alone = [q.mean(0) for q in factors]
    negentropy = torch.special.xlogy(together, together).sum()
    information = torch.special.xlogy(joint, joint).sum(1).mean() - negentropy
    marginal = torch.stack([torch.special.xlogy(a, a).sum() for a in alone])
    surprise = torch.stack([-(a * p.log()).sum() for a, p in zip(alone, priors, strict=True)])
    return CorrelationTerms(
        information, negentropy - marginal.sum(), marginal.sum() + surprise.sum()
    )


def _log_densities(code: GaussianCode, z: Tensor) -> Tensor:
    """Of each dimension of each z under each code, shape (draws, codes, k)."""
    gap = (z[:, None] - code.mu).square() * (-code.logvar).exp()
    return -0.5 * (gap + code.logvar + LOG_2PI)


def beta_tcvae_loss(
    model: VAE,
    x: Float[Tensor, "b ..."],
    *,
    beta: float,
    dataset_size: int,
    generator: torch.Generator | None = None,
) -> Float[Tensor, ""]:
    r"""Minus the bound, with the total correlation alone weighted by $\beta$.

    The density of all codes is estimated from those of the batch; with $\beta = 1$ the estimates
    cancel, and an unbiased estimate of minus the bound is left.

    Args:
        model: with the standard normal prior.
        x: a batch of examples, shape (b, event).
        beta: $\beta$.
        dataset_size: the number of examples that the batch stands for.
        generator: source of the codes; by default torch's global one.

    Returns:
        Nats, the mean over the batch.

    Raises:
        ValueError: a batch of fewer than 2, a dataset that is smaller, or a model with a prior of
            its own.

    Equation: :eq:`eq-total-correlation`.
    Section: :ref:`sec-generative-vae`.

    Source: Chen, Li, Grosse, Duvenaud (2018), arXiv:1802.04942, equation 4 and appendix C.1.

    Example:
        >>> model = VAE.mlp([5, 8, 2], likelihood="gaussian")
        >>> beta_tcvae_loss(model, torch.randn(4, 5), beta=6.0, dataset_size=100).shape
        torch.Size([])

    In production: disentanglement_lib.
    """
    b = len(x)
    if b < 2 or dataset_size < b or model.prior is not None:
        raise ValueError(
            f"expected at least 2 examples, a dataset as large, and the standard normal prior, got "
            f"{b}, {dataset_size}"
        )
    code = model.encode(x)
    z = code.sample(generator=generator)
    pairs = _log_densities(code, z)
    size = math.log(b * dataset_size)
    log_q = pairs.sum(2).logsumexp(1) - size
    log_q_each = (pairs.logsumexp(1) - size).sum(1)
    log_prior = -0.5 * (z.square() + LOG_2PI).sum(1)
    reconstruction = model.decoder.log_prob(x, z[None])[0]
    divergence = code.log_prob(z) - log_prior + (beta - 1) * (log_q - log_q_each)
    return (divergence - reconstruction).mean()
