"""How fast power iteration finds the largest singular value of a weight."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.gaussian_codes import standard_normal


class SpectralEstimate(NamedTuple):
    r"""Estimates of $\sigma_1$, step by step.

    Attributes:
        values: after each step, shape (t,), never falling and never above the norm.
        u: the left vector at the end, shape (m,): the start of the next call.
        v: the right vector at the end, shape (n,).

    Section: :ref:`sec-spectrally-normalized-gan`

    Example:
        >>> spectral_norm_power(torch.tensor([[3.0]])).values
        tensor([3.])

    In production: what torch's parametrization keeps in its buffers.
    """

    values: Float[Tensor, " t"]
    u: Float[Tensor, " m"]
    v: Float[Tensor, " n"]


def spectral_norm_power(
    W: Float[Tensor, "m ..."],
    u: Float[Tensor, " m"] | None = None,
    *,
    iterations: int = 1,
    eps: float = 1e-12,
    generator: torch.Generator | None = None,
) -> SpectralEstimate:
    r"""The spectral norm $\sigma_1$ by power iteration: $v \propto W^\top u$, then $u \propto Wv$.

    The estimate is $u^\top Wv$; its error falls by $(\sigma_2/\sigma_1)^4$ a step. In training
    one step is enough if u is kept, since weights move little between steps.
    `dlcore.linalg.spectral_normalize` divides by the estimate.

    Args:
        W: weights, shape (m, n); a kernel (m, c, h, w) counts as the matrix (m, chw).
        u: the start, shape (m,), such as that of the last call; default normal random numbers.
        iterations: steps, at least 1.
        eps: the smallest length that is divided by.
        generator: for the default start.

    Returns:
        All estimates with gradients to W, u and v held fixed, and both vectors.

    Raises:
        ValueError: shapes that do not fit, or no step.

    Equation: :eq:`eq-spectral-normalization`
    Section: :ref:`sec-spectrally-normalized-gan`
    Source: Miyato, Kataoka, Koyama, Yoshida (2018), Spectral normalization for generative
        adversarial networks, arXiv:1802.05957.

    Example:
        >>> W, u = torch.tensor([[3.0, 0.0], [4.0, 5.0]]), torch.tensor([1.0, 1.0])
        >>> spectral_norm_power(W, u, iterations=3).values
        tensor([6.6271, 6.7072, 6.7082])

    In production: torch.nn.utils.parametrizations.spectral_norm.
    """
    if W.ndim < 2 or W.numel() == 0 or iterations < 1:
        raise ValueError(
            f"spectral_norm_power needs W of shape (m, ...) and iterations >= 1, got "
            f"{tuple(W.shape)}, {iterations}"
        )
    if u is None:
        u = standard_normal(W.shape[:1], W, generator)
    if u.shape != W.shape[:1]:
        raise ValueError(f"u must have shape ({len(W)},), got {tuple(u.shape)}")
    matrix, u = W.flatten(1), u.detach()
    fixed, values = matrix.detach(), []
    for _ in range(iterations):
        v = fixed.mT @ u
        v = v / v.norm().clamp(min=eps)
        u = fixed @ v
        u = u / u.norm().clamp(min=eps)
        values.append(u @ matrix @ v)
    return SpectralEstimate(torch.stack(values), u, v)
