"""The variational autoencoder and its bound on the evidence."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder.decoders import BernoulliDecoder, Decoder, GaussianDecoder
from dlcore.autoencoder.gaussian_codes import GaussianCode, kl_diag_gaussians, kl_standard_normal
from dlcore.nn import MLP

LIKELIHOODS = {"bernoulli": BernoulliDecoder, "gaussian": GaussianDecoder}


class ElboTerms(NamedTuple):
    r"""The two terms of the bound of each example, $\mathbb E_q\log p(x \mid z) - D_{KL}$.

    Attributes:
        reconstruction: the mean log-likelihood of the example given codes drawn for it, shape (b,).
        kl: what each dimension of the code costs, shape (b, k).

    Equation: :eq:`eq-vae-elbo`
    Section: :ref:`sec-evidence-lower-bound`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.

    Example:
        >>> ElboTerms(torch.tensor([-4.0]), torch.tensor([[0.5, 0.25]])).bound
        tensor([-4.7500])

    In production: pyro.infer.TraceMeanField_ELBO.
    """

    reconstruction: Tensor
    kl: Tensor

    @property
    def bound(self) -> Tensor:
        """The evidence lower bound in nats, shape (b,)."""
        return self.reconstruction - self.kl.sum(-1)


class VAE(nn.Module):
    r"""A variational autoencoder: a prior of codes, a decoder, and an encoder of distributions.

    The model is $p(z)\,p(x \mid z)$; the encoder's $q(z \mid x) = \mathcal N(\mu, \sigma^2)$ stands
    for the posterior, which is out of reach.

    Args:
        encoder: maps examples (b, event), where event stands for the axes of one example, to
            (b, 2k): the means, then $\log\sigma^2$.
        decoder: a `GaussianDecoder`, a `BernoulliDecoder`, or another `Decoder`.
        latent_dim: k.
        prior: the distribution of codes, of shape (k,) or (b, k); default standard normal.

    Raises:
        ValueError: latent_dim is below 1, or the encoder's output is not (b, 2k).

    Equation: :eq:`eq-vae-elbo`
    Section: :ref:`sec-variational-autoencoders`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114; Rezende,
        Mohamed, Wierstra (2014), Stochastic backpropagation, arXiv:1401.4082.

    Example:
        >>> model = VAE.mlp([64, 128, 8])
        >>> terms = model(torch.zeros(5, 64))
        >>> terms.reconstruction.shape, terms.kl.shape
        (torch.Size([5]), torch.Size([5, 8]))
        >>> model.sample(3).shape
        torch.Size([3, 64])

    In production: pyro, or diffusers.AutoencoderKL for images.
    """

    prior_mu: Tensor | None
    prior_logvar: Tensor | None

    def __init__(
        self,
        encoder: nn.Module,
        decoder: Decoder,
        latent_dim: int,
        *,
        prior: GaussianCode | None = None,
    ) -> None:
        super().__init__()
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, got {latent_dim}")
        self.encoder, self.decoder, self.latent_dim = encoder, decoder, latent_dim
        self.register_buffer("prior_mu", None if prior is None else prior.mu)
        self.register_buffer("prior_logvar", None if prior is None else prior.logvar)

    @property
    def prior(self) -> GaussianCode | None:
        """The prior, None for the standard normal one."""
        if self.prior_mu is None or self.prior_logvar is None:
            return None
        return GaussianCode(self.prior_mu, self.prior_logvar)

    @classmethod
    def mlp(
        cls,
        sizes: Sequence[int],
        *,
        likelihood: str = "bernoulli",
        activation: str = "relu",
        **decoder_options: Any,
    ) -> "VAE":
        """A VAE of dense layers, the decoder's widths those of the encoder reversed.

        Args:
            sizes: of the data, the hidden layers, and last the code: [64, 128, 8].
            likelihood: "bernoulli" or "gaussian".
            activation: of the hidden layers, a name as for `MLP`.
            **decoder_options: for the decoder, such as `learn_scale`.

        Returns:
            The model, for examples of shape (b, sizes[0]).
        """
        encoder = MLP([*sizes[:-1], 2 * sizes[-1]], activation=activation)
        network = MLP(sizes[::-1], activation=activation)
        return cls(encoder, make_decoder(likelihood, network, **decoder_options), sizes[-1])

    def encode(self, x: Float[Tensor, "b ..."]) -> GaussianCode:
        """The distribution of each example's code, two tensors of shape (b, k)."""
        return split_code(self.encoder(x), len(x), self.latent_dim)

    def decode(self, z: Float[Tensor, "*batch k"]) -> Tensor:
        """The mean of the data given codes (..., k), shape (..., event)."""
        mean: Tensor = self.decoder(z)
        return mean

    def reconstruct(self, x: Float[Tensor, "b ..."]) -> Tensor:
        """The mean of the data given the mean code of each example, shape of x."""
        return self.decode(self.encode(x).mu)

    @torch.no_grad()
    def sample(
        self, n: int, *, noise: bool = False, generator: torch.Generator | None = None
    ) -> Tensor:
        r"""New examples from codes drawn from the prior.

        Args:
            n: how many.
            noise: draw from $p(x \mid z)$; by default its mean is returned, which looks cleaner
                than the data and is no sample of the model.
            generator: the source of the draws; default torch's global one.

        Returns:
            Shape (n, event).
        """
        prior = self._prior_like(next(self.parameters()).new_zeros(n, self.latent_dim))
        z = prior.sample(generator=generator)
        return self.decoder.sample(z, generator=generator) if noise else self.decode(z)

    def forward(
        self,
        x: Float[Tensor, "b ..."],
        *,
        samples: int = 1,
        generator: torch.Generator | None = None,
    ) -> ElboTerms:
        """The terms of the bound of each example: the divergence exact, the other from draws."""
        code = self.encode(x)
        z = code.sample(samples, generator=generator)
        if self.prior is None:
            kl = kl_standard_normal(*code, per_dimension=True)
        else:
            kl = kl_diag_gaussians(*code, *self.prior, per_dimension=True)
        return ElboTerms(self.decoder.log_prob(x, z).mean(0), kl)

    def log_weights(
        self, x: Float[Tensor, "b ..."], samples: int, *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "s b"]:
        r"""The log-weights $\log\frac{p(x, z_i)}{q(z_i \mid x)}$ of draws $z_i\sim q(z \mid x)$."""
        code = self.encode(x)
        z = code.sample(samples, generator=generator)
        log_prior = self._prior_like(code.mu).log_prob(z)
        return self.decoder.log_prob(x, z) + log_prior - code.log_prob(z)

    def _prior_like(self, mu: Tensor) -> GaussianCode:
        """The prior for as many codes as mu has rows."""
        if self.prior is None:
            return GaussianCode(torch.zeros_like(mu), torch.zeros_like(mu))
        if self.prior.mu.ndim == 2 and len(self.prior.mu) != len(mu):
            raise ValueError(f"the prior is one of {len(self.prior.mu)} examples, not {len(mu)}")
        return GaussianCode(self.prior.mu.expand_as(mu), self.prior.logvar.expand_as(mu))


def make_decoder(likelihood: str, network: nn.Module, **options: Any) -> Decoder:
    """The decoder of a likelihood's name round a network."""
    if likelihood not in LIKELIHOODS:
        raise ValueError(f"likelihood must be one of {list(LIKELIHOODS)}, got {likelihood!r}")
    return LIKELIHOODS[likelihood](network, **options)


def split_code(output: Tensor, n: int, k: int) -> GaussianCode:
    """An encoder's output (n, 2k) as means and log-variances."""
    if output.shape != (n, 2 * k):
        raise ValueError(
            f"an encoder of {k} dimensions must give {(n, 2 * k)}, it gave {tuple(output.shape)}"
        )
    return GaussianCode(*output.chunk(2, dim=1))


def vae_loss(terms: ElboTerms) -> Tensor:
    r"""What training minimizes: minus the mean bound, $-\frac1b\sum_i\mathcal L(x_i)$.

    The sign matters: the bound is to rise. Dimensions are summed, so that the terms keep the
    weights that make them a bound.

    Args:
        terms: of the examples of a batch, as from `VAE`.

    Returns:
        A scalar, nats per example.

    Equation: :eq:`eq-vae-elbo`
    Section: :ref:`sec-evidence-lower-bound`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.

    Example:
        >>> vae_loss(ElboTerms(torch.tensor([-4.0]), torch.tensor([[0.5, 0.25]])))
        tensor(4.7500)

    In production: pyro.infer.TraceMeanField_ELBO().differentiable_loss.
    """
    return -terms.bound.mean()


def beta_vae_loss(terms: ElboTerms, beta: float) -> Tensor:
    r"""The loss with another price on the code, $-\mathbb E_q\log p(x \mid z) + \beta D_{KL}$.

    Above 1 dimensions of the code are given up, the least useful first; below 1 the bound is lost.

    Args:
        terms: of the examples of a batch, as from `VAE`.
        beta: at least 0; 1 is `vae_loss`.

    Returns:
        A scalar, nats per example.

    Raises:
        ValueError: a negative beta.

    Equation: :eq:`eq-beta-vae`
    Section: :ref:`sec-posterior-collapse`
    Source: Higgins et al. (2017), beta-VAE: learning basic visual concepts with a constrained
        variational framework, ICLR.

    Example:
        >>> beta_vae_loss(ElboTerms(torch.tensor([-4.0]), torch.tensor([[0.5, 0.25]])), beta=4.0)
        tensor(7.)

    In production: the same line.
    """
    if beta < 0:
        raise ValueError(f"beta must be at least 0, got {beta}")
    return (beta * terms.kl.sum(-1) - terms.reconstruction).mean()
