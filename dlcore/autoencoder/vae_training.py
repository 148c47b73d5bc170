"""Training a variational autoencoder, and what keeps its code alive."""

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.conditional import ConditionalVAE
from dlcore.autoencoder.vae import VAE, ElboTerms
from dlcore.training import NonFiniteLossError
from dlcore.training.loop import in_mode


def kl_schedule(step: int, warmup: int, *, cycle: int | None = None, final: float = 1.0) -> float:
    r"""The weight of the divergence at a step: it rises in a line from 0 to its final value.

    A code that is cheap at first is used before it has to be paid for.

    Args:
        step: from 0.
        warmup: how many steps the rise takes.
        cycle: start again at 0 every so many steps; default never.
        final: the weight after the rise; default 1, the bound itself.

    Returns:
        Between 0 and `final`.

    Raises:
        ValueError: a negative step or final, a warmup below 1, or a cycle shorter than it.

    Equation: :eq:`eq-kl-annealing`
    Section: :ref:`sec-posterior-collapse`
    Source: Bowman et al. (2016), Generating sentences from a continuous space,
        doi:10.18653/v1/K16-1002; Fu et al. (2019), Cyclical annealing schedule,
        doi:10.18653/v1/N19-1021.

    Example:
        >>> [kl_schedule(step, 4, cycle=6) for step in (0, 2, 4, 5, 6)]
        [0.0, 0.5, 1.0, 1.0, 0.0]

    In production: the same line.
    """
    if step < 0 or warmup < 1 or final < 0 or (cycle is not None and cycle < warmup):
        raise ValueError(
            f"kl_schedule needs step >= 0, warmup >= 1, final >= 0 and cycle >= warmup, got step "
            f"{step}, warmup {warmup}, final {final}, cycle {cycle}"
        )
    position = step if cycle is None else step % cycle
    return final * min(1.0, position / warmup)


def free_bits(kl: Float[Tensor, "b k"], floor: float) -> Tensor:
    r"""The divergence with a part of each dimension free, $\sum_j\max(\delta, \overline{KL}_j)$.

    Below the floor a dimension has no gradient: nothing is gained by emptying it.

    Args:
        kl: what each dimension of each example's code costs, shape (b, k).
        floor: $\delta$ in nats, for each dimension's mean over the batch.

    Returns:
        A scalar that takes the place of the mean divergence in the loss.

    Raises:
        ValueError: kl is no table with a row, or a negative floor.

    Equation: :eq:`eq-free-bits`
    Section: :ref:`sec-posterior-collapse`
    Source: Kingma et al. (2016), Improving variational inference with inverse autoregressive flow,
        arXiv:1606.04934, appendix C.8.

    Example:
        >>> free_bits(torch.tensor([[0.1, 2.0], [0.3, 4.0]]), floor=0.5)
        tensor(3.5000)

    In production: the same line.
    """
    if kl.ndim != 2 or len(kl) == 0 or floor < 0:
        raise ValueError(
            f"free_bits needs kl (b, k) and a floor of at least 0, got {tuple(kl.shape)}, {floor}"
        )
    return kl.mean(0).clamp(min=floor).sum()


class VAEHistory(NamedTuple):
    """What a training of a `VAE` did, in nats per example, one entry an epoch.

    Attributes:
        reconstruction: the mean log-likelihood of the training examples given their codes,
            shape (epochs,).
        kl: the mean divergence of each dimension, shape (epochs, k).
        validation: the mean bound of the validation examples, shape (epochs,); None without them.

    Section: :ref:`sec-variational-autoencoders`
    Source: the definition.

    Example:
        >>> VAEHistory(torch.tensor([-4.0]), torch.tensor([[0.5, 0.25]])).bound
        tensor([-4.7500])

    In production: lightning's loggers.
    """

    reconstruction: Tensor
    kl: Tensor
    validation: Tensor | None = None

    @property
    def bound(self) -> Tensor:
        """The mean bound of the training examples, shape (epochs,)."""
        return self.reconstruction - self.kl.sum(1)


def train_vae(
    model: VAE | ConditionalVAE,
    X: Float[Tensor, "n ..."],
    *,
    epochs: int,
    batch_size: int = 64,
    lr: float = 1e-3,
    beta: float | Callable[[int], float] = 1.0,
    floor: float = 0.0,
    condition: Float[Tensor, "n m"] | None = None,
    validation: Float[Tensor, "v ..."] | tuple[Tensor, Tensor] | None = None,
    generator: torch.Generator | None = None,
) -> VAEHistory:
    r"""Raise the bound by Adam: encode, draw, decode, and descend on *minus* the bound.

    Args:
        model: trained in place.
        X: examples, shape (n, event), on the model's device.
        epochs: passes over the examples.
        batch_size: examples in a minibatch.
        lr: Adam's step size.
        beta: the weight of the divergence, or a function of the step such as `kl_schedule`.
        floor: nats of each dimension that are free, see `free_bits`.
        condition: for a `ConditionalVAE`, one row an example, shape (n, m).
        validation: examples whose bound is taken after each epoch; with their conditions, as a
            pair, for a `ConditionalVAE`.
        generator: the source of the order and of the draws; default torch's global one.

    Returns:
        The terms of the bound in each epoch, as the minibatches saw them while the parameters
        moved, unweighted.

    Raises:
        ValueError: no examples, a number out of range, or a condition without a model for it.
        NonFiniteLossError: the loss became NaN or infinite.

    Equation: :eq:`eq-vae-elbo`
    Section: :ref:`sec-variational-autoencoders`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114, algorithm 1.

    Example:
        >>> model = VAE.mlp([5, 4, 2], likelihood="gaussian")
        >>> history = train_vae(model, torch.randn(20, 5), epochs=3)
        >>> history.kl.shape
        torch.Size([3, 2])

    In production: lightning.pytorch.Trainer, or pyro.infer.SVI.
    """
    if len(X) == 0 or epochs < 1 or batch_size < 1 or not lr > 0:
        raise ValueError(
            f"train_vae needs examples, epochs >= 1, batch_size >= 1 and lr > 0, got X of shape "
            f"{tuple(X.shape)}, {epochs}, {batch_size}, {lr}"
        )
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=True)
    weight = beta if callable(beta) else lambda _: float(beta)
    reconstruction, kl, bounds = [], [], []
    step = 0
    for epoch in range(epochs):
        model.train()
        sums = []
        order = torch.randperm(len(X), generator=generator)
        for i, batch in enumerate(order.split(batch_size)):
            c = None if condition is None else condition[batch]
            terms = _conditioned(model, c)(X[batch], generator=generator)
            loss = weight(step) * free_bits(terms.kl, floor) - terms.reconstruction.mean()
            if not math.isfinite(loss.item()):
                raise NonFiniteLossError(loss.item(), epoch, i)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            sums.append((terms.reconstruction.detach().sum(), terms.kl.detach().sum(0)))
            step += 1
        reconstruction.append(sum(r for r, _ in sums) / len(X))
        kl.append(sum(k for _, k in sums) / len(X))
        if validation is not None:
            bounds.append(_mean_bound(model, validation, generator))
    return VAEHistory(
        torch.stack(reconstruction), torch.stack(kl), torch.stack(bounds) if bounds else None
    )


def _conditioned(model: VAE | ConditionalVAE, c: Tensor | None) -> VAE:
    if isinstance(model, ConditionalVAE) and c is not None:
        return model.given(c)
    if isinstance(model, VAE) and c is None:
        return model
    raise ValueError("a condition is needed by a ConditionalVAE, and by no other model")


@torch.no_grad()
def _mean_bound(
    model: VAE | ConditionalVAE,
    validation: Tensor | tuple[Tensor, Tensor],
    generator: torch.Generator | None,
) -> Tensor:
    X, c = validation if isinstance(validation, tuple) else (validation, None)
    with in_mode(model, training=False):
        terms: ElboTerms = _conditioned(model, c)(X, generator=generator)
    return terms.bound.mean()
