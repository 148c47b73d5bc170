"""A variational autoencoder told what to make."""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.autoencoder.decoders import Decoder
from dlcore.autoencoder.vae import VAE, make_decoder, split_code
from dlcore.nn import MLP


class _WithCondition(nn.Module):
    """A network that sees its input and, beside it, the condition of each example."""

    def __init__(self, network: nn.Module, condition: Tensor) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("condition", condition)

    condition: Tensor

    def forward(self, x: Tensor) -> Tensor:
        b = len(self.condition)
        if len(x) % b:
            raise ValueError(f"{len(x)} inputs do not fit {b} conditions")
        beside = self.condition.repeat(len(x) // b, 1)
        out: Tensor = self.network(torch.cat([x.flatten(1), beside], dim=1))
        return out


class ConditionalVAE(nn.Module):
    r"""A variational autoencoder of x given a condition c, such as a class.

    Encoder and decoder see c beside their input, so the code need not hold what c already says.
    `given(c)` fixes the conditions and gives an ordinary `VAE`: `vae_loss(model.given(c)(x))`
    trains, `model.given(c).sample(len(c))` makes one example of each.

    Args:
        encoder: maps (b, d + m), the flattened example and its condition, to (b, 2k).
        decoder: a `GaussianDecoder` or `BernoulliDecoder` whose network maps (b, k + m) to the
            data, (b, event).
        latent_dim: k.
        prior_network: maps conditions (b, m) to a prior of their own, (b, 2k); default standard
            normal for all.

    Raises:
        ValueError: latent_dim is below 1, a network's output of another shape than said, or a
            condition that is no table with one row an example.

    Equation: :eq:`eq-conditional-elbo`
    Section: :ref:`sec-conditional-vae`
    Source: Sohn, Lee, Yan (2015), Learning structured output representation using deep conditional
        generative models, NeurIPS 28.

    Example:
        >>> model = ConditionalVAE.mlp([64, 32, 4], condition_dim=10)
        >>> labels = nn.functional.one_hot(torch.arange(10), 10).float()
        >>> model.given(labels).sample(10).shape
        torch.Size([10, 64])

    In production: pyro's conditional VAE, or the same lines.
    """

    def __init__(
        self,
        encoder: nn.Module,
        decoder: Decoder,
        latent_dim: int,
        *,
        prior_network: nn.Module | None = None,
    ) -> None:
        super().__init__()
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, got {latent_dim}")
        self.encoder, self.decoder, self.latent_dim = encoder, decoder, latent_dim
        self.prior_network = prior_network

    @classmethod
    def mlp(
        cls,
        sizes: Sequence[int],
        condition_dim: int,
        *,
        likelihood: str = "bernoulli",
        activation: str = "relu",
        learned_prior: bool = False,
        **decoder_options: Any,
    ) -> "ConditionalVAE":
        """A conditional VAE of dense layers, the decoder's widths those of the encoder reversed.

        Args:
            sizes: of the data, the hidden layers, and last the code: [64, 128, 8].
            condition_dim: m.
            likelihood: "bernoulli" or "gaussian".
            activation: of the hidden layers, a name as for `MLP`.
            learned_prior: whether a linear layer gives each condition its own prior.
            **decoder_options: for the decoder, such as `learn_scale`.

        Returns:
            The model, for examples (b, sizes[0]) and conditions (b, condition_dim).
        """
        d, *hidden, k = sizes
        encoder = MLP([d + condition_dim, *hidden, 2 * k], activation=activation)
        network = MLP([k + condition_dim, *hidden[::-1], d], activation=activation)
        prior_network = MLP([condition_dim, 2 * k]) if learned_prior else None
        decoder = make_decoder(likelihood, network, **decoder_options)
        return cls(encoder, decoder, k, prior_network=prior_network)

    def given(self, condition: Float[Tensor, "b m"]) -> VAE:
        """The VAE of b examples with these conditions, one row each; it shares our parameters."""
        if condition.ndim != 2 or len(condition) == 0:
            raise ValueError(f"condition must have shape (b, m), got {tuple(condition.shape)}")
        prior = None
        if self.prior_network is not None:
            output = self.prior_network(condition)
            prior = split_code(output, len(condition), self.latent_dim)
        conditioned = VAE(
            _WithCondition(self.encoder, condition),
            self.decoder.around(_WithCondition(self.decoder.network, condition)),
            self.latent_dim,
            prior=prior,
        )
        return conditioned.train(self.training)
