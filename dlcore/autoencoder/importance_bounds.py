"""Tighter bounds on the evidence, from several draws weighted by their importance."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.vae import VAE


def iwae_bound(log_weights: Float[Tensor, "s ..."]) -> Float[Tensor, "..."]:
    r"""The importance-weighted bound on $\log p(x)$, $\log\frac1s\sum_i w_i$.

    The weights are $w_i = p(x, z_i)/q(z_i \mid x)$ with $z_i\sim q(z \mid x)$. One draw gives the
    ELBO; on average the bound rises with s, towards $\log p(x)$.

    Args:
        log_weights: $\log w_i$, s draws along the first axis, shape (s, ...), as from
            `VAE.log_weights`.

    Returns:
        Nats, shape (...); its gradient is that of the importance-weighted autoencoder.

    Raises:
        ValueError: no draws.

    Equation: :eq:`eq-iwae`
    Section: :ref:`sec-importance-weighted`
    Source: Burda, Grosse, Salakhutdinov (2016), Importance weighted autoencoders, arXiv:1509.00519.

    Example:
        >>> iwae_bound(torch.tensor([-1000.0, -1000.0]))
        tensor(-1000.)

    In production: pyro.infer.RenyiELBO with alpha=0.
    """
    if log_weights.ndim == 0 or len(log_weights) == 0:
        raise ValueError(f"iwae_bound needs draws along axis 0, got {tuple(log_weights.shape)}")
    return log_weights.logsumexp(0) - math.log(len(log_weights))


@torch.no_grad()
def estimate_log_likelihood(
    model: VAE,
    x: Float[Tensor, "b ..."],
    samples: int = 1000,
    *,
    chunk: int = 100,
    generator: torch.Generator | None = None,
) -> Float[Tensor, " b"]:
    r"""Estimate $\log p(x)$ of each example by importance sampling from the encoder.

    On average it lies below $\log p(x)$, ever less so with more draws; where the encoder is
    narrower than the posterior, few of the draws carry the weight and the estimate stays low.

    Args:
        model: a variational autoencoder.
        x: examples, shape (b, event).
        samples: how many draws.
        chunk: how many are decoded at once, which bounds the memory.
        generator: the source of the draws; default torch's global one.

    Returns:
        Nats, shape (b,).

    Raises:
        ValueError: samples or chunk is below 1.

    Equation: :eq:`eq-iwae`
    Section: :ref:`sec-importance-weighted`
    Source: Rezende, Mohamed, Wierstra (2014), Stochastic backpropagation, arXiv:1401.4082,
        appendix E.

    Example:
        >>> model = VAE.mlp([5, 4, 2], likelihood="gaussian")
        >>> estimate_log_likelihood(model, torch.zeros(3, 5), samples=250).shape
        torch.Size([3])

    In production: pyro.infer.Importance; annealed importance sampling where this stays low.
    """
    if samples < 1 or chunk < 1:
        raise ValueError(f"samples and chunk must be at least 1, got {samples} and {chunk}")
    sizes = [min(chunk, samples - done) for done in range(0, samples, chunk)]
    sums = [model.log_weights(x, size, generator=generator).logsumexp(0) for size in sizes]
    return torch.stack(sums).logsumexp(0) - math.log(samples)
