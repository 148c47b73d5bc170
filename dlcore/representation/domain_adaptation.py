"""Features that serve in a domain without labels: made indistinguishable, or alike."""

import math
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.data import iterate_minibatches
from dlcore.nn import reverse_gradient
from dlcore.representation.domain_distances import coral_loss
from dlcore.training import History, NonFiniteLossError
from dlcore.training.loop import in_mode


def dann_lambda(progress: float, steepness: float = 10.0) -> float:
    r"""How much the critic's reversed gradient counts, $\frac{2}{1 + e^{-\gamma p}} - 1$.

    Near 0 in the beginning, when the critic knows nothing, and near 1 at the end.

    Args:
        progress: p, from 0 to 1.
        steepness: $\gamma$.

    Returns:
        A number from 0 to 1.

    Raises:
        ValueError: progress outside of [0, 1].

    Equation: :eq:`eq-dann-schedule`
    Section: :ref:`sec-domain-adaptation`
    Source: Ganin et al. (2016), Domain-adversarial training of neural networks, arXiv:1505.07818,
        section 5.2.2.

    Example:
        >>> [round(dann_lambda(p), 4) for p in (0.0, 0.1, 0.5, 1.0)]
        [0.0, 0.4621, 0.9866, 0.9999]

    In production: the same line.
    """
    if not 0 <= progress <= 1:
        raise ValueError(f"progress must be in [0, 1], got {progress}")
    return 2 / (1 + math.exp(-steepness * progress)) - 1


class _Adapted(nn.Module):
    """What both share: an encoder, a classifier, and the name of what is done with them."""

    def __init__(self, encoder: nn.Module, classifier: nn.Module) -> None:
        super().__init__()
        self.encoder, self.classifier = encoder, classifier

    def features(self, x: Shaped[Tensor, "b ..."]) -> Float[Tensor, "b h"]:
        """The encoder's output."""
        return self.encoder(x)

    def predict(self, x: Shaped[Tensor, "b ..."]) -> Float[Tensor, "b c"]:
        """The scores of the classes."""
        return self.classifier(self.encoder(x))


class DANN(_Adapted):
    r"""Features that classify the source while a critic cannot tell source from target.

    Loss: cross-entropy of the labels of the source, plus that of the critic, whose gradient is
    reversed, times `dann_lambda(progress)`, before it enters the encoder. If the domains have
    different shares of the classes, indistinguishable features are wrong features.

    Args:
        encoder: maps inputs to features, (b, ...) to (b, h).
        classifier: maps features to scores of the classes, (b, h) to (b, c).
        critic: maps features to the log odds of the target domain, (b, h) to (b, 1).
        steepness: of `dann_lambda`.

    Attributes:
        progress: from 0 to 1, set by `adapt_domain`.

    Raises:
        ValueError: in use, a critic with another number of outputs.

    Equations: :eq:`eq-dann-loss`, :eq:`eq-gradient-reversal`
    Section: :ref:`sec-domain-adaptation`
    Source: Ganin et al. (2016), Domain-adversarial training of neural networks, arXiv:1505.07818.

    Example:
        >>> model = DANN(nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(3, 1))
        >>> model(torch.randn(5, 4), torch.tensor([0, 1, 1, 0, 1]), torch.randn(7, 4)).shape
        torch.Size([])

    In production: skada or pytorch-adapt.
    """

    def __init__(
        self,
        encoder: nn.Module,
        classifier: nn.Module,
        critic: nn.Module,
        *,
        steepness: float = 10.0,
    ) -> None:
        super().__init__(encoder, classifier)
        self.critic, self.steepness, self.progress = critic, steepness, 0.0

    def forward(
        self,
        x_source: Shaped[Tensor, "b ..."],
        y_source: Int[Tensor, " b"],
        x_target: Shaped[Tensor, "m ..."],
    ) -> Float[Tensor, ""]:
        """The loss of a batch from each domain."""
        z_source, z_target = self.encoder(x_source), self.encoder(x_target)
        weight = dann_lambda(self.progress, self.steepness)
        odds = [self.critic(reverse_gradient(z, weight)) for z in (z_source, z_target)]
        if odds[0].shape != (len(z_source), 1):
            raise ValueError(f"the critic must give shape (b, 1), got {tuple(odds[0].shape)}")
        found_out = (F.softplus(odds[0]).mean() + F.softplus(-odds[1]).mean()) / 2
        return F.cross_entropy(self.classifier(z_source), y_source) + found_out


class FeatureMatching(_Adapted):
    """Features that classify the source while their distributions are close in both domains.

    Loss: cross-entropy of the labels of the source, plus a distance of the features.

    Args:
        encoder: maps inputs to features, (b, ...) to (b, h).
        classifier: maps features to scores of the classes, (b, h) to (b, c).
        distance: `coral_loss`, `mmd_rbf` or another of two sets (n, h) and (m, h).
        weight: of the distance; 0 trains on the source alone.

    Raises:
        ValueError: a negative weight.

    Equation: :eq:`eq-feature-matching`
    Section: :ref:`sec-domain-adaptation`
    Source: Sun, Saenko (2016), Deep CORAL, arXiv:1607.01719; with MMD: Long, Cao, Wang, Jordan
        (2015), Learning transferable features with deep adaptation networks, arXiv:1502.02791.

    Example:
        >>> model = FeatureMatching(nn.Linear(4, 3), nn.Linear(3, 2), weight=0.5)
        >>> model(torch.randn(5, 4), torch.tensor([0, 1, 1, 0, 1]), torch.randn(7, 4)).shape
        torch.Size([])

    In production: skada or pytorch-adapt.
    """

    def __init__(
        self,
        encoder: nn.Module,
        classifier: nn.Module,
        distance: Callable[[Tensor, Tensor], Tensor] = coral_loss,
        *,
        weight: float = 1.0,
    ) -> None:
        if not weight >= 0:
            raise ValueError(f"weight must be at least 0, got {weight}")
        super().__init__(encoder, classifier)
        self.distance, self.weight = distance, weight

    def forward(
        self,
        x_source: Shaped[Tensor, "b ..."],
        y_source: Int[Tensor, " b"],
        x_target: Shaped[Tensor, "m ..."],
    ) -> Float[Tensor, ""]:
        """The loss of a batch from each domain."""
        z_source = self.encoder(x_source)
        loss = F.cross_entropy(self.classifier(z_source), y_source)
        if self.weight == 0:
            return loss
        return loss + self.weight * self.distance(z_source, self.encoder(x_target))


def adapt_domain(
    model: Any,
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    X_target: Shaped[Tensor, "m ..."],
    *,
    epochs: int,
    batch_size: int = 64,
    lr: float = 1e-3,
    optimizer: torch.optim.Optimizer | None = None,
    generator: torch.Generator | None = None,
) -> History:
    """Train on a labelled source and an unlabelled target domain.

    Args:
        model: `DANN`, `FeatureMatching` or another whose call takes source, labels and target and
            returns the loss; trained in place. `progress`, if it has that, goes from 0 to 1.
        X: examples of the source, shape (n, ...), on the model's device.
        y: their classes, shape (n,).
        X_target: examples of the target, shape (m, ...).
        epochs: passes over the source.
        batch_size: examples of the source in a minibatch, and as many of the target, drawn with
            replacement.
        lr: Adam's step size.
        optimizer: built from the model's parameters; by default Adam.
        generator: source of the order; by default torch's global one.

    Returns:
        The mean losses of each epoch, under "loss".

    Raises:
        ValueError: no examples, or numbers below 1.
        NonFiniteLossError: the loss became NaN or infinite.

    Section: :ref:`sec-domain-adaptation`
    Source: Ganin et al. (2016), Domain-adversarial training of neural networks, arXiv:1505.07818.

    Example:
        >>> model = FeatureMatching(nn.Linear(2, 3), nn.Linear(3, 2))
        >>> X, y = torch.randn(20, 2), torch.arange(20) % 2
        >>> len(adapt_domain(model, X, y, X + 1, epochs=3, batch_size=10))
        3

    In production: skada or pytorch-adapt.
    """
    if epochs < 1 or len(X_target) == 0:
        raise ValueError(
            f"at least one epoch and one example of the target are needed, got {epochs} and "
            f"{len(X_target)}"
        )
    optimizer = optimizer or torch.optim.Adam(model.parameters(), lr=lr)
    where = generator.device if generator else torch.device("cpu")
    history, steps = History(), -(-len(X) // batch_size) if batch_size > 0 else 1
    with in_mode(model, training=True):
        for epoch in range(epochs):
            total = 0.0
            batches = iterate_minibatches(X, y, batch_size, generator=generator)
            for step, (x, labels) in enumerate(batches):
                if hasattr(model, "progress"):
                    model.progress = (epoch * steps + step) / (epochs * steps)
                drawn = torch.randint(len(X_target), (len(x),), generator=generator, device=where)
                loss = model(x, labels, X_target[drawn.to(X_target.device)])
                if not math.isfinite(value := loss.item()):
                    raise NonFiniteLossError(value, epoch, step)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += value * len(x)
            history.append({"loss": total / len(X)})
    return history
