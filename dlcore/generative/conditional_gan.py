"""An adversarial game about the pair of an example and its class."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from dlcore.generative.gan import GAN, one_each
from dlcore.nn import MLP


class ConditionalGAN(GAN):
    """A generator told which class to make, a discriminator told which class it should see.

    The class goes to both, one-hot beside the input. A discriminator without it would accept any
    good example of any class.

    Args:
        generator: (n, k + c), codes beside classes, to examples (n, d).
        discriminator: (n, d + c) to logits, (n, 1) or (n,).
        latent_dim: k.
        num_classes: c.

    Raises:
        ValueError: counts below 1, no labels, or labels outside 0, ..., c - 1.

    Equation: :eq:`eq-conditional-gan`
    Section: :ref:`sec-conditional-gan`
    Source: Mirza, Osindero (2014), Conditional generative adversarial nets, arXiv:1411.1784.

    Example:
        >>> gan = ConditionalGAN.classes_mlp(data_dim=2, latent_dim=4, num_classes=3, hidden=(8,))
        >>> gan.sample_classes(torch.tensor([2, 0])).shape
        torch.Size([2, 2])

    In production: class-conditional normalization and a projection discriminator.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent_dim: int,
        num_classes: int,
    ) -> None:
        super().__init__(generator, discriminator, latent_dim)
        if num_classes < 1:
            raise ValueError(f"num_classes must be at least 1, got {num_classes}")
        self.num_classes = num_classes

    @classmethod
    def classes_mlp(
        cls,
        data_dim: int,
        latent_dim: int,
        num_classes: int,
        hidden: Sequence[int] = (128, 128),
        activation: str = "relu",
    ) -> "ConditionalGAN":
        """Both players as dense networks of the same hidden layers.

        Args:
            data_dim: d.
            latent_dim: k.
            num_classes: c.
            hidden: widths between input and output.
            activation: a name as for `MLP`.

        Returns:
            The model, for examples (n, d).
        """
        return cls(
            MLP([latent_dim + num_classes, *hidden, data_dim], activation=activation),
            MLP([data_dim + num_classes, *hidden, 1], activation=activation),
            latent_dim,
            num_classes,
        )

    def generate(
        self, z: Float[Tensor, "n k"], labels: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, "n d"]:
        """The examples that codes stand for in the classes asked for."""
        x: Tensor = self.generator(self._beside(z, labels))
        return x

    def scores(
        self, x: Float[Tensor, "n ..."], labels: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, " n"]:
        """The logit of "real, and of this class" of each example."""
        return one_each(self.discriminator(self._beside(x.flatten(1), labels)), len(x))

    @torch.no_grad()
    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Float[Tensor, "n d"]:
        """New examples of classes drawn uniformly."""
        where = generator.device if generator else None
        labels = torch.randint(self.num_classes, (n,), generator=generator, device=where)
        return self.sample_classes(labels, generator=generator)

    @torch.no_grad()
    def sample_classes(
        self, labels: Int[Tensor, " n"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n d"]:
        """One new example of each class asked for."""
        return self.generate(self.draw_latent(len(labels), generator=generator), labels)

    def _beside(self, inputs: Tensor, labels: Tensor | None) -> Tensor:
        if labels is None:
            raise ValueError("a ConditionalGAN needs a label for each example")
        if labels.shape != inputs.shape[:1]:
            raise ValueError(f"expected {len(inputs)} labels, got {tuple(labels.shape)}")
        if labels.numel() and not 0 <= labels.min() <= labels.max() < self.num_classes:
            raise ValueError(f"labels must lie in [0, {self.num_classes}), got {labels.unique()}")
        one_hot = nn.functional.one_hot(labels.to(inputs.device), self.num_classes)
        return torch.cat([inputs, one_hot.to(inputs)], dim=1)
