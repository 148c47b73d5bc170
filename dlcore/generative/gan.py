"""Generator and discriminator, and the game by which they learn."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from tqdm.auto import tqdm

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.generative.adversarial_losses import (
    GENERATOR_LOSSES,
    discriminator_loss,
    generator_loss,
)
from dlcore.generative.wasserstein_critic import clip_weights_, gradient_penalty
from dlcore.nn import MLP


class GAN(nn.Module):
    """A generator that turns noise into examples, and a discriminator that scores them.

    Args:
        generator: codes (n, k) to examples (n, ...).
        discriminator: examples to logits, (n, 1) or (n,).
        latent_dim: k.

    Raises:
        ValueError: latent_dim below 1, or not one logit for each example.

    Equation: :eq:`eq-gan-value`
    Section: :ref:`sec-gans`
    Source: Goodfellow et al. (2014), Generative adversarial nets, arXiv:1406.2661.

    Example:
        >>> gan = GAN.mlp(data_dim=2, latent_dim=3, hidden=(16,))
        >>> gan.sample(5).shape, gan.scores(gan.sample(5)).shape
        (torch.Size([5, 2]), torch.Size([5]))

    In production: the same two modules.
    """

    def __init__(self, generator: nn.Module, discriminator: nn.Module, latent_dim: int) -> None:
        super().__init__()
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, got {latent_dim}")
        self.generator, self.discriminator = generator, discriminator
        self.latent_dim = latent_dim

    @classmethod
    def mlp(
        cls,
        data_dim: int,
        latent_dim: int,
        hidden: Sequence[int] = (128, 128),
        activation: str = "relu",
    ) -> "GAN":
        """Both players as dense networks of the same hidden layers.

        Args:
            data_dim: d.
            latent_dim: k.
            hidden: widths between input and output.
            activation: a name as for `MLP`.

        Returns:
            The model, for examples (n, d).
        """
        return cls(
            MLP([latent_dim, *hidden, data_dim], activation=activation),
            MLP([data_dim, *hidden, 1], activation=activation),
            latent_dim,
        )

    def draw_latent(
        self, n: int, *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n k"]:
        """Standard normal codes on the device and of the dtype of the generator's parameters."""
        like = next(self.generator.parameters())
        return standard_normal((n, self.latent_dim), like, generator)

    def generate(
        self, z: Float[Tensor, "n k"], labels: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, "n ..."]:
        """The examples that codes stand for."""
        if labels is not None:
            raise ValueError("a GAN takes no labels: use ConditionalGAN")
        x: Tensor = self.generator(z)
        return x

    def scores(
        self, x: Float[Tensor, "n ..."], labels: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, " n"]:
        """The logit of "real" of each example."""
        if labels is not None:
            raise ValueError("a GAN takes no labels: use ConditionalGAN")
        return one_each(self.discriminator(x), len(x))

    @torch.no_grad()
    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Float[Tensor, "n ..."]:
        """New examples, from fresh codes."""
        return self.generate(self.draw_latent(n, generator=generator))


def one_each(scores: Tensor, n: int) -> Tensor:
    """Scores as a vector; refuse a discriminator that gives another number of them."""
    if scores.numel() != n:
        raise ValueError(f"expected one score for each of {n}, got {tuple(scores.shape)}")
    return scores.reshape(n)


class GANHistory(NamedTuple):
    """What the players' losses were; they need not fall, since each moves the other's.

    Attributes:
        discriminator: mean loss of the discriminator's updates in each step, shape (steps,).
        generator: likewise of the generator.

    Section: :ref:`sec-gan-training`

    Example:
        >>> gan = GAN.mlp(data_dim=1, latent_dim=1, hidden=(8,))
        >>> train_gan(gan, torch.randn(50, 1), steps=2, progress=False).generator.shape
        torch.Size([2])

    In production: a logger.
    """

    discriminator: Float[Tensor, " t"]
    generator: Float[Tensor, " t"]


def train_gan(
    gan: GAN,
    X: Float[Tensor, "n ..."],
    labels: Int[Tensor, " n"] | None = None,
    *,
    steps: int,
    batch_size: int = 128,
    kind: str = "non_saturating",
    discriminator_steps: int = 1,
    generator_steps: int = 1,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.5, 0.999),
    penalty: float = 0.0,
    clip: float | None = None,
    watch: Callable[[int], None] | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> GANHistory:
    """Alternate updates of the discriminator and of the generator, each by an Adam of its own.

    Fakes for the discriminator are made without gradients, so its update leaves the generator as
    it is; the generator's update does not move the discriminator.

    Args:
        gan: trained in place; may be called again to go on, with fresh optimizers.
        X: real data, shape (n, ...).
        labels: classes, for a `ConditionalGAN`; fakes are made for the classes of the batch.
        steps: rounds of the game.
        batch_size: real examples of an update, drawn with replacement, and as many fakes.
        kind: of the losses, see `generator_loss`.
        discriminator_steps: updates of the discriminator in a round.
        generator_steps: updates of the generator in a round.
        lr: of both.
        betas: Adam's averages.
        penalty: weight of `gradient_penalty` in the discriminator's loss; 10 is usual with
            "wasserstein".
        clip: cut the discriminator's parameters to this size after each update.
        watch: called after each round with the number of rounds done, to look at the players.
        generator: source of batches and noise; default torch's global one.
        progress: show a progress bar.

    Returns:
        The losses of each round, penalty included.

    Raises:
        ValueError: no data, an unknown kind, counts below 1, or labels that do not fit.

    Equation: :eq:`eq-gan-value`
    Section: :ref:`sec-gan-training`
    Source: Goodfellow et al. (2014), Generative adversarial nets, arXiv:1406.2661, algorithm 1;
        Gulrajani et al. (2017), arXiv:1704.00028, algorithm 1.

    Example:
        >>> gan = GAN.mlp(data_dim=2, latent_dim=2, hidden=(8,))
        >>> history = train_gan(gan, torch.randn(100, 2), steps=3, progress=False)
        >>> len(history.discriminator)
        3

    In production: the same loop.
    """
    counts = (steps, batch_size, discriminator_steps, generator_steps)
    if len(X) == 0 or min(counts) < 1 or not lr > 0 or penalty < 0:
        raise ValueError(
            f"train_gan needs examples, counts >= 1, lr > 0 and penalty >= 0, got X of shape "
            f"{tuple(X.shape)}, {counts}, {lr}, {penalty}"
        )
    if kind not in GENERATOR_LOSSES:
        raise ValueError(f"kind must be one of {list(GENERATOR_LOSSES)}, got {kind!r}")
    if labels is not None and labels.shape != X.shape[:1]:
        raise ValueError(f"expected {len(X)} labels, got {tuple(labels.shape)}")
    players = (gan.discriminator, gan.generator)
    D_adam, G_adam = (torch.optim.Adam(p.parameters(), lr=lr, betas=betas) for p in players)

    def batch() -> tuple[Tensor, Tensor | None]:
        where = generator.device if generator else X.device
        rows = torch.randint(len(X), (batch_size,), generator=generator, device=where).to(X.device)
        return X[rows], None if labels is None else labels[rows]

    def fakes(y: Tensor | None) -> Tensor:
        return gan.generate(gan.draw_latent(batch_size, generator=generator), y)

    def update_discriminator() -> float:
        x, y = batch()
        with torch.no_grad():
            fake = fakes(y)
        loss = discriminator_loss(gan.scores(x, y), gan.scores(fake, y), kind)
        if penalty:
            loss = loss + penalty * gradient_penalty(
                lambda between: gan.scores(between, y), x, fake, generator=generator
            )
        D_adam.zero_grad()
        loss.backward()
        D_adam.step()
        if clip is not None:
            clip_weights_(gan.discriminator, clip)
        return loss.item()

    def update_generator() -> float:
        y = None if labels is None else batch()[1]
        loss = generator_loss(gan.scores(fakes(y), y), kind)
        G_adam.zero_grad()
        loss.backward(inputs=list(gan.generator.parameters()))
        G_adam.step()
        return loss.item()

    gan.train()
    losses = []
    for done in tqdm(range(1, steps + 1), desc="adversarial", disable=not progress):
        D_loss = sum(update_discriminator() for _ in range(discriminator_steps))
        G_loss = sum(update_generator() for _ in range(generator_steps))
        losses.append((D_loss / discriminator_steps, G_loss / generator_steps))
        if watch is not None:
            watch(done)
    return GANHistory(*torch.tensor(losses).T)
