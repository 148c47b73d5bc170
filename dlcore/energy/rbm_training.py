"""Training a restricted Boltzmann machine, with the likelihood watched where it can be."""

from typing import Literal, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from tqdm.auto import tqdm

from dlcore.data import iterate_minibatches
from dlcore.energy.contrastive_divergence import (
    contrastive_divergence,
    persistent_contrastive_divergence,
    phase_difference,
    rbm_exact_gradient,
)
from dlcore.energy.rbm import RBM, draw_bits
from dlcore.energy.tempered_rbm import TemperedRBM

Method = Literal["cd", "pcd", "tempering", "exact"]


class RBMHistory(NamedTuple):
    """What training a Boltzmann machine leaves behind.

    Attributes:
        log_likelihood: exact mean log-likelihood of the tracked data in nats, before the first
            epoch and after each, shape (epochs + 1,); empty if nothing was tracked.
        chains: where the negative phase's chains ended, shape (chains, d); None for methods
            that start anew each time.

    Section: :ref:`sec-rbm-digits`.

    Example:
        >>> train_rbm(RBM(3, 2), torch.ones(8, 3), epochs=1, progress=False).log_likelihood.shape
        torch.Size([0])

    In production: a logger.
    """

    log_likelihood: Float[Tensor, " t"]
    chains: Float[Tensor, "c d"] | None


def train_rbm(
    rbm: RBM,
    X: Float[Tensor, "n d"],
    *,
    method: Method = "cd",
    k: int = 1,
    epochs: int = 10,
    batch_size: int = 100,
    lr: float = 0.1,
    weight_decay: float = 0.0,
    chains: int = 100,
    betas: Float[Tensor, " r"] | None = None,
    track: Float[Tensor, "m d"] | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> RBMHistory:
    """Climb the likelihood by plain steps along an estimate of its gradient.

    Args:
        rbm: trained in place.
        X: data, shape (n, d).
        method: where the negative phase comes from: "cd" starts chains at the batch, "pcd" keeps
            them, "tempering" keeps them at several temperatures, "exact" enumerates all states.
        k: Gibbs steps for each update.
        epochs: passes over the data.
        batch_size: rows for each update.
        lr: length of a step.
        weight_decay: pulls W towards 0, in units of the gradient.
        chains: how many are kept by "pcd" and "tempering".
        betas: inverse temperatures of "tempering"; by default 10 from 1 to 0.
        track: data whose exact log-likelihood is computed each epoch; needs a layer of at most 26
            units.
        generator: source of order and draws; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The likelihoods and the last chains.

    Raises:
        ValueError: an unknown method, counts below 1, or rows of another length.
        TypeError: a method that needs binary units, with others.

    Equation: :eq:`eq-rbm-gradient`.
    Section: :ref:`sec-rbm-digits`.

    Source: Hinton (2012), A practical guide to training restricted Boltzmann machines,
        doi:10.1007/978-3-642-35289-8_32.

    Example:
        >>> rbm, X = RBM(3, 2), torch.tensor([[1.0, 1.0, 0.0]]).repeat(50, 1)
        >>> history = train_rbm(rbm, X, epochs=20, batch_size=10, track=X, progress=False)
        >>> bool(history.log_likelihood[-1] > -0.5)
        True

    In production: sklearn.neural_network.BernoulliRBM.
    """
    if method not in ("cd", "pcd", "tempering", "exact"):
        raise ValueError(f"method must be cd, pcd, tempering or exact, got {method!r}")
    if min(k, epochs, batch_size, chains) < 1:
        raise ValueError(
            f"counts must be at least 1, got k {k}, epochs {epochs}, batch_size {batch_size}, "
            f"chains {chains}"
        )
    rbm.check_visible(X)
    gradient_of = _Gradient(rbm, method, k, chains, betas, generator)
    likelihoods = [] if track is None else [_mean_log_prob(rbm, track)]
    for _ in tqdm(range(epochs), desc=method, disable=not progress):
        for batch, _ in iterate_minibatches(X, X, batch_size, generator=generator):
            gradient = gradient_of(batch)
            gradient["W"] -= weight_decay * rbm.W.detach()
            for name, parameter in rbm.named_parameters():
                parameter.data.add_(gradient[name], alpha=lr)
        if track is not None:
            likelihoods.append(_mean_log_prob(rbm, track))
    return RBMHistory(torch.tensor(likelihoods, dtype=torch.float64), gradient_of.chains)


class _Gradient:
    """The estimate that a method makes of the gradient, batch after batch."""

    def __init__(
        self,
        rbm: RBM,
        method: Method,
        k: int,
        chains: int,
        betas: Tensor | None,
        generator: torch.Generator | None,
    ) -> None:
        self.rbm, self.method, self.k, self.generator = rbm, method, k, generator
        self.chains: Tensor | None = None
        if method == "pcd":
            coins = rbm.c.detach().new_full((chains, len(rbm.c)), 0.5)
            self.chains = rbm.sample_v(draw_bits(coins, generator), generator=generator)
        elif method == "tempering":
            betas = torch.linspace(1, 0, 10) if betas is None else betas
            self.walk = TemperedRBM(rbm, betas, chains, generator=generator)

    def __call__(self, batch: Tensor) -> dict[str, Tensor]:
        rbm, k, generator = self.rbm, self.k, self.generator
        if self.method == "exact":
            return rbm_exact_gradient(rbm, batch)
        if self.method == "cd":
            return contrastive_divergence(rbm, batch, k, generator=generator)
        if self.method == "tempering" or self.chains is None:
            self.chains = self.walk.step(k)
            return phase_difference(rbm.statistics(batch), rbm.statistics(self.chains))
        gradient, self.chains = persistent_contrastive_divergence(
            rbm, batch, self.chains, k, generator=generator
        )
        return gradient


@torch.no_grad()
def _mean_log_prob(rbm: RBM, v: Tensor) -> float:
    return rbm.log_prob(v).mean().item()
