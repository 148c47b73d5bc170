"""Codes that are Gaussians with independent dimensions: their divergences and how to draw them."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.probability.distribution import LOG_2PI


class GaussianCode(NamedTuple):
    r"""A Gaussian with independent dimensions for each example, $\mathcal N(\mu, \sigma^2)$.

    Attributes:
        mu: the means, shape (..., k).
        logvar: $\log\sigma^2$, shape (..., k).

    Equation: :eq:`eq-reparameterization`
    Section: :ref:`sec-reparameterization`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.

    Example:
        >>> GaussianCode(torch.zeros(3, 2), torch.zeros(3, 2)).std.shape
        torch.Size([3, 2])

    In production: torch.distributions.Normal.
    """

    mu: Tensor
    logvar: Tensor

    @property
    def std(self) -> Tensor:
        r"""The standard deviations, $\sigma = e^{\mathrm{logvar} / 2}$."""
        return (self.logvar / 2).exp()

    def sample(
        self, samples: int | None = None, *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Draws through which gradients flow, see `reparameterize`."""
        return reparameterize(self.mu, self.logvar, samples=samples, generator=generator)

    def log_prob(self, z: Tensor) -> Tensor:
        """The log-density of codes of shape (..., k), summed over the dimensions."""
        return -0.5 * (self.logvar + (z - self.mu).square() * (-self.logvar).exp() + LOG_2PI).sum(
            -1
        )


def standard_normal(
    shape: Sequence[int], like: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """Noise of the dtype and on the device of a tensor, drawn where the generator lives."""
    where = generator.device if generator else like.device
    return torch.randn(shape, generator=generator, dtype=like.dtype, device=where).to(like.device)


def _require_code(name: str, mu: Tensor, logvar: Tensor) -> None:
    if mu.shape != logvar.shape or mu.ndim == 0:
        raise ValueError(
            f"{name} needs mu and logvar of one shape (..., k), got {tuple(mu.shape)} and "
            f"{tuple(logvar.shape)}"
        )


def kl_standard_normal(
    mu: Float[Tensor, "*batch k"], logvar: Float[Tensor, "*batch k"], *, per_dimension: bool = False
) -> Float[Tensor, "..."]:
    r"""How far a code lies from the standard normal prior, $D_{KL}(q \Vert \mathcal N(0, I))$.

    It is $\frac12\sum_j(\mu_j^2 + \sigma_j^2 - 1 - \log\sigma_j^2)$.

    Args:
        mu: means, shape (..., k).
        logvar: $\log\sigma^2$, not $\sigma$, shape (..., k).
        per_dimension: keep the k terms apart instead of adding them.

    Returns:
        Nats, at least 0: shape (...), or (..., k) per dimension.

    Raises:
        ValueError: mu and logvar differ in shape.

    Equation: :eq:`eq-kl-standard-normal`
    Section: :ref:`sec-evidence-lower-bound`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114, appendix B.

    Example:
        >>> kl_standard_normal(torch.tensor([1.0]), torch.tensor([0.0]))
        tensor(0.5000)

    In production: torch.distributions.kl_divergence.
    """
    _require_code("kl_standard_normal", mu, logvar)
    # expm1(t) - t keeps its digits where sigma is close to 1
    kl = 0.5 * (mu.square() + logvar.expm1() - logvar)
    return kl if per_dimension else kl.sum(-1)


def kl_diag_gaussians(
    mu_q: Float[Tensor, "*#batch k"],
    logvar_q: Float[Tensor, "*#batch k"],
    mu_p: Float[Tensor, "*#batch k"],
    logvar_p: Float[Tensor, "*#batch k"],
    *,
    per_dimension: bool = False,
) -> Float[Tensor, "..."]:
    r"""The divergence of two Gaussians with independent dimensions, $D_{KL}(q \Vert p)$.

    It is $\frac12\sum_j\bigl(\log\frac{\tau_j^2}{\sigma_j^2} +
    \frac{\sigma_j^2 + (\mu_j - m_j)^2}{\tau_j^2} - 1\bigr)$ for $q = \mathcal N(\mu, \sigma^2)$ and
    $p = \mathcal N(m, \tau^2)$.

    Args:
        mu_q: means of q, shape (..., k).
        logvar_q: $\log\sigma^2$ of q, shape (..., k).
        mu_p: means of p, of a shape that broadcasts.
        logvar_p: $\log\tau^2$ of p.
        per_dimension: keep the k terms apart instead of adding them.

    Returns:
        Nats, at least 0: shape (...), or (..., k) per dimension.

    Raises:
        ValueError: the mean and the logvar of q or p differ in shape, or q and p in k.

    Equation: :eq:`eq-kl-diag-gaussians`
    Section: :ref:`sec-evidence-lower-bound`
    Source: Kullback (1959), Information Theory and Statistics, chapter 9.

    Example:
        >>> zero = torch.zeros(2)
        >>> kl_diag_gaussians(zero, zero, torch.tensor([1.0, -1.0]), zero)
        tensor(1.)

    In production: torch.distributions.kl_divergence; dlcore.probability.gaussian_kl for full
    covariances.
    """
    _require_code("kl_diag_gaussians, q,", mu_q, logvar_q)
    _require_code("kl_diag_gaussians, p,", mu_p, logvar_p)
    if mu_q.shape[-1] != mu_p.shape[-1]:
        raise ValueError(
            f"kl_diag_gaussians needs q and p of one number of dimensions, got {mu_q.shape[-1]} "
            f"and {mu_p.shape[-1]}"
        )
    log_ratio = logvar_q - logvar_p
    offset = (mu_q - mu_p).square() * (-logvar_p).exp()
    kl = 0.5 * (offset + log_ratio.expm1() - log_ratio)
    return kl if per_dimension else kl.sum(-1)


def reparameterize(
    mu: Float[Tensor, "*batch k"],
    logvar: Float[Tensor, "*batch k"],
    *,
    samples: int | None = None,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "..."]:
    r"""Draw codes so that gradients reach mu and logvar, $z = \mu + \sigma\odot\epsilon$.

    The noise $\epsilon\sim\mathcal N(0, I)$ is a new one for each entry and each call; z is a
    differentiable function of what is learned.

    Args:
        mu: means, shape (..., k).
        logvar: $\log\sigma^2$, shape (..., k); $\sigma = e^{\mathrm{logvar} / 2}$.
        samples: s draws of each code; default one, without an axis for it.
        generator: the source of the noise; default torch's global one.

    Returns:
        Shape (..., k), or (s, ..., k) with `samples`.

    Raises:
        ValueError: mu and logvar differ in shape, or samples is below 1.

    Equation: :eq:`eq-reparameterization`
    Section: :ref:`sec-reparameterization`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114; Rezende,
        Mohamed, Wierstra (2014), Stochastic backpropagation, arXiv:1401.4082.

    Example:
        >>> mu = torch.zeros(1, 2, requires_grad=True)
        >>> reparameterize(mu, torch.zeros(1, 2), samples=5).sum().backward()
        >>> mu.grad
        tensor([[5., 5.]])

    In production: torch.distributions.Normal.rsample.
    """
    _require_code("reparameterize", mu, logvar)
    if samples is not None and samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    shape = mu.shape if samples is None else (samples, *mu.shape)
    return mu + (logvar / 2).exp() * standard_normal(shape, mu, generator)
