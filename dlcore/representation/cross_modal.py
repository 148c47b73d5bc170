"""Two kinds of data in one space: what belongs together lies together."""

import math
from typing import Any

import torch
from jaxtyping import Float, Shaped
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.data import iterate_minibatches
from dlcore.representation.contrastive_losses import clip_loss
from dlcore.training import History, NonFiniteLossError
from dlcore.training.loop import in_mode

COLDEST = 0.01


class CrossModalEmbedding(nn.Module):
    """Two encoders, one for each kind of data, trained so that partners find each other.

    Args:
        encoder_a: maps the one kind to vectors, (b, ...) to (b, d).
        encoder_b: maps the other kind to vectors, (b, ...) to (b, d).
        temperature: what the cosines are divided by, positive; where it starts if it is learned.
        learn_temperature: whether it is a parameter; it never gets below 0.01.

    Attributes:
        log_temperature: a parameter, or a buffer if it is not learned.

    Raises:
        ValueError: a temperature that is not positive; in use, vectors that do not fit.

    Equation: :eq:`eq-clip-loss`
    Section: :ref:`sec-cross-modal`
    Source: Radford et al. (2021), Learning transferable visual models from natural language
        supervision, arXiv:2103.00020.

    Example:
        >>> model = CrossModalEmbedding(nn.Linear(5, 3), nn.Linear(2, 3))
        >>> model(torch.randn(4, 5), torch.randn(4, 2)).shape
        torch.Size([])
        >>> model.embed_a(torch.randn(4, 5)).norm(dim=1).round(decimals=3)
        tensor([1., 1., 1., 1.], grad_fn=<RoundBackward1>)

    In production: open_clip.
    """

    log_temperature: Tensor

    def __init__(
        self,
        encoder_a: nn.Module,
        encoder_b: nn.Module,
        *,
        temperature: float = 0.07,
        learn_temperature: bool = True,
    ) -> None:
        if not temperature > 0:
            raise ValueError(f"temperature must be positive, got {temperature}")
        super().__init__()
        self.encoder_a, self.encoder_b = encoder_a, encoder_b
        start = torch.tensor(math.log(temperature))
        if learn_temperature:
            self.log_temperature = nn.Parameter(start)
        else:
            self.register_buffer("log_temperature", start)

    def embed_a(self, x: Shaped[Tensor, "b ..."]) -> Float[Tensor, "b d"]:
        """Unit vectors of the one kind."""
        return F.normalize(self.encoder_a(x))

    def embed_b(self, x: Shaped[Tensor, "b ..."]) -> Float[Tensor, "b d"]:
        """Unit vectors of the other kind."""
        return F.normalize(self.encoder_b(x))

    def forward(self, a: Shaped[Tensor, "b ..."], b: Shaped[Tensor, "b ..."]) -> Float[Tensor, ""]:
        """`clip_loss` of a batch of partners."""
        temperature = self.log_temperature.exp().clamp(min=COLDEST)
        return clip_loss(self.embed_a(a), self.embed_b(b), temperature)


def train_on_pairs(
    model: Any,
    A: Shaped[Tensor, "n ..."],
    B: Shaped[Tensor, "n ..."],
    *,
    epochs: int,
    batch_size: int = 128,
    lr: float = 1e-3,
    optimizer: torch.optim.Optimizer | None = None,
    generator: torch.Generator | None = None,
) -> History:
    """Train a model whose loss compares the partners of a batch.

    Args:
        model: `CrossModalEmbedding` or another module called as `model(a, b)` that returns the
            loss; trained in place.
        A: the one kind, shape (n, ...), on the model's device.
        B: the other, row i belongs to row i of A, shape (n, ...).
        epochs: passes over the pairs.
        batch_size: pairs in a minibatch; a last one of a single pair is left out.
        lr: Adam's step size.
        optimizer: built from the model's parameters; by default Adam.
        generator: source of the order; by default torch's global one.

    Returns:
        The mean losses of each epoch, under "loss".

    Raises:
        ValueError: lengths that differ, fewer than 2 pairs, or numbers below 1.
        NonFiniteLossError: the loss became NaN or infinite.

    Section: :ref:`sec-cross-modal`
    Source: Radford et al. (2021), Learning transferable visual models from natural language
        supervision, arXiv:2103.00020.

    Example:
        >>> model = CrossModalEmbedding(nn.Linear(5, 3), nn.Linear(2, 3))
        >>> len(train_on_pairs(model, torch.randn(9, 5), torch.randn(9, 2), epochs=2))
        2

    In production: the same loop.
    """
    if epochs < 1 or batch_size < 2 or len(A) < 2:
        raise ValueError(
            f"at least 1 epoch, batches of 2 and 2 pairs are needed, got {epochs}, {batch_size} "
            f"and {len(A)}"
        )
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=lr)
    history = History()
    with in_mode(model, training=True):
        for epoch in range(epochs):
            total, count = 0.0, 0
            batches = iterate_minibatches(A, B, batch_size, generator=generator)
            for step, (a, b) in enumerate(batches):
                if len(a) < 2:
                    continue
                loss = model(a, b)
                if not math.isfinite(value := loss.item()):
                    raise NonFiniteLossError(value, epoch, step)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total, count = total + value * len(a), count + len(a)
            history.append({"loss": total / count})
    return history
