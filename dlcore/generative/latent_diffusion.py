"""Diffusion where the codes live: an autoencoder makes them small, noise prediction learns them."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.autoencoder import VAE
from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.generative.diffusion_sampling import ddim_sample, ddpm_sample
from dlcore.generative.diffusion_training import DiffusionHistory, train_ddpm
from dlcore.generative.guidance import GuidedDenoiser
from dlcore.generative.noise_schedules import DiffusionSchedule
from dlcore.training.loop import in_mode


class LatentDiffusion(nn.Module):
    """A trained autoencoder, and a diffusion model of its codes.

    Codes are shifted and scaled to mean 0 and variance 1 in each dimension, as the schedule
    expects. What the autoencoder loses no diffusion brings back.

    Args:
        autoencoder: a trained `VAE`; it stays as it is.
        denoiser: the noise of codes (b, k), such as a `DenoisingMLP` of dimension k.
        schedule: the variances.

    Attributes:
        shift: the mean of the codes, shape (k,).
        scale: their standard deviations, shape (k,).

    Equation: :eq:`eq-noise-prediction-loss`.
    Section: :ref:`sec-latent-diffusion`.

    Source: Rombach, Blattmann, Lorenz, Esser, Ommer (2022), High-resolution image synthesis with
        latent diffusion models, arXiv:2112.10752.

    Example:
        >>> from dlcore.generative import DenoisingMLP
        >>> vae, net = VAE.mlp([5, 8, 2], likelihood="gaussian"), DenoisingMLP(2, width=8)
        >>> model = LatentDiffusion(vae, net, DiffusionSchedule(torch.full((10,), 0.3)))
        >>> history = model.train_codes(torch.randn(20, 5), steps=2, progress=False)
        >>> model.sample(3).shape
        torch.Size([3, 5])

    In production: diffusers.LDMPipeline, diffusers.StableDiffusionPipeline.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, autoencoder: VAE, denoiser: nn.Module, schedule: DiffusionSchedule) -> None:
        super().__init__()
        self.autoencoder = autoencoder.requires_grad_(False)
        self.denoiser, self.schedule = denoiser, schedule
        k = autoencoder.latent_dim
        like = next(denoiser.parameters())
        self.register_buffer("shift", like.new_zeros(k))
        self.register_buffer("scale", like.new_ones(k))

    @torch.no_grad()
    def encode(self, x: Float[Tensor, "b ..."]) -> Float[Tensor, "b k"]:
        """The mean codes, shifted and scaled."""
        with in_mode(self.autoencoder, training=False):
            return (self.autoencoder.encode(x).mu - self.shift) / self.scale

    @torch.no_grad()
    def decode(self, z: Float[Tensor, "b k"]) -> Float[Tensor, "b ..."]:
        """The data of such codes."""
        with in_mode(self.autoencoder, training=False):
            return self.autoencoder.decode(z * self.scale + self.shift)

    def train_codes(
        self,
        X: Float[Tensor, "n ..."],
        *,
        labels: Int[Tensor, " n"] | None = None,
        generator: torch.Generator | None = None,
        **options: Any,
    ) -> DiffusionHistory:
        """Measure the codes' mean and spread, then learn their noise.

        Args:
            X: data, shape (n, ...).
            labels: a class for each, if the denoiser shall be told.
            generator: source of all draws; by default torch's global one.
            **options: for `train_ddpm`, such as steps and lr.

        Returns:
            What `train_ddpm` returns.

        Raises:
            ValueError: fewer than 2 examples, or what `train_ddpm` refuses.
        """
        if len(X) < 2:
            raise ValueError(f"at least 2 examples are needed, got {len(X)}")
        self.shift.zero_()
        self.scale.fill_(1)
        codes = self.encode(X)
        self.shift.copy_(codes.mean(0))
        self.scale.copy_(codes.std(0).clamp(min=1e-6))
        codes = self.encode(X)
        return train_ddpm(
            self.denoiser, codes, self.schedule, labels=labels, generator=generator, **options
        )

    @torch.no_grad()
    def sample(
        self,
        n: int,
        *,
        labels: Int[Tensor, " n"] | None = None,
        w: float = 0.0,
        steps: int | None = None,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "n ..."]:
        """New data: noise, codes, data.

        Args:
            n: how many.
            labels: their classes, if the denoiser was told.
            w: the strength of guidance to them.
            steps: of `ddim_sample`; by default all steps of `ddpm_sample`.
            generator: source of the noise; by default torch's global one.

        Returns:
            Data, shape (n, ...).
        """
        eps: Callable[[Tensor, Tensor], Tensor] = self.denoiser
        if labels is not None:
            eps = GuidedDenoiser(self.denoiser, labels, w)
        noise = standard_normal((n, len(self.shift)), self.shift, generator)
        with in_mode(self.denoiser, training=False):
            if steps is None:
                z = ddpm_sample(eps, noise, self.schedule, generator=generator)
            else:
                z = ddim_sample(eps, noise, self.schedule, steps=steps)
        return self.decode(z)
