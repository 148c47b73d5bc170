"""Whether the code of a variational autoencoder says anything, and where it must fall silent."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.autoencoder.gaussian_codes import GaussianCode, kl_standard_normal


def active_units(mu: Float[Tensor, "n k"], threshold: float = 0.01) -> Bool[Tensor, " k"]:
    r"""Which dimensions of the code move with the data, $\mathrm{Var}_x(\mu_j(x)) > \delta$.

    Args:
        mu: the mean code of each of n examples, shape (n, k).
        threshold: $\delta$, at least 0.

    Returns:
        True for each active dimension, shape (k,); the others have collapsed to the prior.

    Raises:
        ValueError: fewer than two examples, or a negative threshold.

    Equation: :eq:`eq-active-units`
    Section: :ref:`sec-posterior-collapse`
    Source: Burda, Grosse, Salakhutdinov (2016), Importance weighted autoencoders, arXiv:1509.00519,
        section 5.2.

    Example:
        >>> active_units(torch.tensor([[1.0, 0.01], [-1.0, 0.02], [0.5, 0.01]]))
        tensor([ True, False])

    In production: the same line.
    """
    if mu.ndim != 2 or len(mu) < 2 or threshold < 0:
        raise ValueError(
            f"active_units needs mu (n, k) with n >= 2 and a threshold of at least 0, got "
            f"{tuple(mu.shape)} and {threshold}"
        )
    return mu.var(0) > threshold


class KLDecomposition(NamedTuple):
    r"""What the mean divergence of codes from the prior pays for.

    Attributes:
        kl: $\frac1n\sum_i D_{KL}(q(z \mid x_i) \Vert p(z))$, exact.
        information: $I_q(i; z)$, what a code tells of which example it belongs to; at most log n.
        marginal_kl: $D_{KL}(q(z) \Vert p(z))$ of the mean $q(z) = \frac1n\sum_i q(z \mid x_i)$.

    Equation: :eq:`eq-kl-decomposition`
    Section: :ref:`sec-posterior-collapse`
    Source: Hoffman, Johnson (2016), ELBO surgery, NIPS workshop on advances in approximate Bayesian
        inference.

    Example:
        >>> KLDecomposition(torch.tensor(2.0), torch.tensor(1.5), torch.tensor(0.5)).information
        tensor(1.5000)

    In production: the same lines.
    """

    kl: Tensor
    information: Tensor
    marginal_kl: Tensor


@torch.no_grad()
def kl_decomposition(
    mu: Float[Tensor, "n k"],
    logvar: Float[Tensor, "n k"],
    *,
    samples: int = 1,
    generator: torch.Generator | None = None,
) -> KLDecomposition:
    r"""Split the divergence: $\overline{D_{KL}} = I_q(i; z) + D_{KL}(q(z) \Vert p(z))$.

    Only the second part has to vanish for samples of the prior to decode well; the first is what
    the code is for. It is estimated from draws of each code, whose density under all n codes is
    computed.

    Args:
        mu: the mean code of each example, shape (n, k).
        logvar: $\log\sigma^2$, shape (n, k).
        samples: draws of each code.
        generator: the source of the draws; default torch's global one.

    Returns:
        Three scalars in nats, the first the sum of the others.

    Raises:
        ValueError: mu and logvar differ in shape or have no row, or samples is below 1.

    Equation: :eq:`eq-kl-decomposition`
    Section: :ref:`sec-posterior-collapse`
    Source: Hoffman, Johnson (2016), ELBO surgery, NIPS workshop on advances in approximate Bayesian
        inference.

    Example:
        >>> parts = kl_decomposition(torch.ones(5, 1), torch.zeros(5, 1))
        >>> bool(parts.kl == 0.5), bool(parts.information.abs() < 1e-6)
        (True, True)

    In production: the same lines.
    """
    if mu.ndim != 2 or mu.shape != logvar.shape or len(mu) == 0 or samples < 1:
        raise ValueError(
            f"kl_decomposition needs mu and logvar of one shape (n, k) and samples >= 1, got "
            f"{tuple(mu.shape)}, {tuple(logvar.shape)}, {samples}"
        )
    code = GaussianCode(mu, logvar)
    information = mu.new_zeros(())
    for _ in range(samples):
        z = code.sample(generator=generator)
        log_marginal = torch.cat(
            [code.log_prob(rows[:, None]).logsumexp(1) for rows in z.split(128)]
        )
        information += (code.log_prob(z) - log_marginal).mean() / samples
    information += torch.tensor(float(len(mu))).log().to(information)
    kl = kl_standard_normal(mu, logvar).mean()
    return KLDecomposition(kl, information, kl - information)


class LinearVAEOptimum(NamedTuple):
    r"""The best linear variational autoencoder of data with a known covariance.

    Attributes:
        gains: squared singular values of the decoder, shape (k,).
        kl: mean divergence of each dimension in nats, shape (k,); 0 where it has collapsed.

    Equation: :eq:`eq-linear-vae`
    Section: :ref:`sec-posterior-collapse`
    Source: Lucas et al. (2019), Don't blame the ELBO! A linear VAE perspective on posterior
        collapse, arXiv:1911.02469.

    Example:
        >>> LinearVAEOptimum(torch.tensor([3.5]), torch.tensor([1.0397])).gains
        tensor([3.5000])

    In production: sklearn.decomposition.PCA.
    """

    gains: Tensor
    kl: Tensor


def linear_vae_optimum(
    spectrum: Float[Tensor, " d"], noise: float, *, latent_dim: int, beta: float = 1.0
) -> LinearVAEOptimum:
    r"""Where training a linear VAE ends: $\max(\lambda_j - \beta\sigma^2, 0)$ in each direction.

    With $\beta = 1$ this is probabilistic PCA. A dimension lives while the variance $\lambda_j$ of
    the data along it exceeds $\beta\sigma^2$; then it costs
    $\frac12\log\frac{\lambda_j}{\beta\sigma^2}$, else nothing, whatever the optimizer does.

    Args:
        spectrum: eigenvalues of the data's covariance, at least 0, in any order, shape (d,).
        noise: $\sigma^2$, the decoder's variance, positive.
        latent_dim: k, at most d.
        beta: the weight of the divergence, positive.

    Returns:
        Gains and divergences of the k largest eigenvalues, in falling order.

    Raises:
        ValueError: a negative eigenvalue, or a number out of range.

    Equation: :eq:`eq-linear-vae`
    Section: :ref:`sec-posterior-collapse`
    Source: Lucas et al. (2019), Don't blame the ELBO! A linear VAE perspective on posterior
        collapse, arXiv:1911.02469; Tipping, Bishop (1999), Probabilistic principal component
        analysis, doi:10.1111/1467-9868.00196.

    Example:
        >>> linear_vae_optimum(torch.tensor([4.0, 2.0, 0.8, 0.3]), 0.5, latent_dim=4).gains
        tensor([3.5000, 1.5000, 0.3000, 0.0000])

    In production: sklearn.decomposition.PCA.
    """
    if not (spectrum >= 0).all() or not noise > 0 or not beta > 0:
        raise ValueError(
            f"linear_vae_optimum needs eigenvalues of at least 0, noise > 0 and beta > 0, got "
            f"{spectrum.tolist()}, {noise}, {beta}"
        )
    if not 1 <= latent_dim <= len(spectrum):
        raise ValueError(f"latent_dim must be from 1 to {len(spectrum)}, got {latent_dim}")
    largest = spectrum.sort(descending=True).values[:latent_dim]
    price = beta * noise
    gains = (largest - price).clamp(min=0)
    return LinearVAEOptimum(gains, 0.5 * (largest / price).clamp(min=1).log())
