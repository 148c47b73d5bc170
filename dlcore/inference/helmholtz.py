"""The Helmholtz machine and wake-sleep: generator and recognizer teach each other."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from dlcore.energy import binary_states
from dlcore.montecarlo.chains import uniform

MOST_HIDDEN = 16


class HelmholtzMachine(nn.Module):
    r"""Binary causes h of a binary example v, with a network each way.

    The generator is $p(h)\,p(v \mid h)$ and the recognizer $q(h \mid v)$; the units of a layer are
    independent given the other layer, with probabilities $\sigma(\cdot)$ of a linear function.

    Args:
        n_visible: d.
        n_hidden: m.
        std: standard deviation of the first weights.
        generator: source of randomness of the first weights.

    Attributes:
        prior: logits of h, shape (m,).
        generate: weights from h to the logits of v, an nn.Linear.
        recognize: weights from v to the logits of h, an nn.Linear.

    Raises:
        ValueError: a layer without units.

    Equation: :eq:`eq-helmholtz-machine`.
    Section: :ref:`sec-wake-sleep`.

    Source: Dayan, Hinton, Neal, Zemel (1995), The Helmholtz machine, doi:10.1162/neco.1995.7.5.889.

    Example:
        >>> machine = HelmholtzMachine(6, 3)
        >>> v, h = machine.dream(5)
        >>> v.shape, h.shape, machine.elbo(v).shape
        (torch.Size([5, 6]), torch.Size([5, 3]), torch.Size([5]))

    In production: Pyro with Trace_ELBO or ReweightedWakeSleep.
    """

    def __init__(
        self,
        n_visible: int,
        n_hidden: int,
        *,
        std: float = 0.1,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if n_visible < 1 or n_hidden < 1:
            raise ValueError(f"both layers need units, got {n_visible} and {n_hidden}")
        self.prior = nn.Parameter(torch.zeros(n_hidden))
        self.generate = nn.Linear(n_hidden, n_visible)
        self.recognize = nn.Linear(n_visible, n_hidden)
        for layer in (self.generate, self.recognize):
            nn.init.normal_(layer.weight, std=std, generator=generator)
            nn.init.zeros_(layer.bias)

    def log_joint(
        self, v: Float[Tensor, "*#batch d"], h: Float[Tensor, "*#batch m"]
    ) -> Float[Tensor, "*batch"]:
        r"""$\log p(h) + \log p(v \mid h)$ of pairs of layers."""
        return _log_bernoulli(self.prior, h) + _log_bernoulli(self.generate(h), v)

    def log_recognition(
        self, v: Float[Tensor, "*#batch d"], h: Float[Tensor, "*#batch m"]
    ) -> Float[Tensor, "*batch"]:
        r"""$\log q(h \mid v)$."""
        return _log_bernoulli(self.recognize(v), h)

    @torch.no_grad()
    def infer(
        self, v: Float[Tensor, "*batch d"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "*batch m"]:
        """Causes drawn by the recognizer."""
        p = self.recognize(v).sigmoid()
        return (uniform(p, generator) < p).to(p)

    @torch.no_grad()
    def dream(
        self, n: int, *, generator: torch.Generator | None = None
    ) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n m"]]:
        """Examples with their causes, drawn by the generator."""
        p = self.prior.sigmoid().expand(n, -1)
        h = (uniform(p, generator) < p).to(p)
        p = self.generate(h).sigmoid()
        return (uniform(p, generator) < p).to(p), h

    def _all_causes(self, v: Tensor) -> tuple[Tensor, Tensor]:
        m = len(self.prior)
        if m > MOST_HIDDEN:
            raise ValueError(f"{m} hidden units are too many to enumerate, at most {MOST_HIDDEN}")
        h = binary_states(m, dtype=v.dtype, device=v.device)[:, None]
        return self.log_joint(v, h), self.log_recognition(v, h)

    def log_prob(self, v: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        r"""$\log p(v)$ exactly, by all states of at most 16 hidden units."""
        return self._all_causes(v)[0].logsumexp(0)

    def elbo(self, v: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
        r"""The recognizer's bound on $\log p(v)$ exactly, by all states of the hidden units."""
        log_joint, log_q = self._all_causes(v)
        return (log_q.exp() * (log_joint - log_q)).sum(0)


class WakeSleepHistory(NamedTuple):
    """What was tracked, in nats per example, before the first epoch and after each.

    Attributes:
        log_likelihoods: of the data, exact, shape (epochs + 1,).
        bounds: the recognizer's, exact, shape (epochs + 1,).

    Section: :ref:`sec-wake-sleep`.

    Example:
        >>> WakeSleepHistory(torch.zeros(3), -torch.ones(3)).bounds
        tensor([-1., -1., -1.])

    In production: the logs of any training loop.
    """

    log_likelihoods: Float[Tensor, " points"]
    bounds: Float[Tensor, " points"]


def wake_sleep(
    machine: HelmholtzMachine,
    X: Float[Tensor, "n d"],
    *,
    epochs: int = 50,
    batch_size: int = 50,
    lr: float = 0.05,
    generator: torch.Generator | None = None,
) -> WakeSleepHistory:
    r"""Train a Helmholtz machine: awake the generator learns, asleep the recognizer.

    Awake, causes of real examples are drawn from the recognizer and the generator climbs
    $\log p(v, h)$: this raises the bound. Asleep, the generator dreams pairs and the recognizer
    climbs $\log q(h \mid v)$: this is forward KL on the model's own examples, so that the two
    phases do not climb the same function.

    Args:
        machine: trained in place.
        X: examples of 0 and 1, shape (n, d).
        epochs: how often all examples are seen.
        batch_size: of both phases.
        lr: step size of Adam.
        generator: source of randomness.

    Returns:
        Log-likelihoods and bounds of the data, exact for up to 16 hidden units.

    Raises:
        ValueError: examples other than 0 and 1, another number of columns, counts below 1, or too
            many hidden units to enumerate.

    Equation: :eq:`eq-wake-sleep`.
    Section: :ref:`sec-wake-sleep`.

    Source: Hinton, Dayan, Frey, Neal (1995), The "wake-sleep" algorithm for unsupervised neural
        networks, doi:10.1126/science.7761831.

    Example:
        >>> walk = torch.Generator().manual_seed(0)
        >>> X = torch.eye(4).repeat(25, 1)
        >>> machine = HelmholtzMachine(4, 2, generator=walk)
        >>> history = wake_sleep(machine, X, epochs=20, generator=walk)
        >>> bool(history.log_likelihoods[-1] > history.log_likelihoods[0])
        True

    In production: pyro.infer.ReweightedWakeSleep.
    """
    d = machine.generate.out_features
    if X.ndim != 2 or X.shape[1] != d or not bool(((X == 0) | (X == 1)).all()):
        raise ValueError(f"expected examples (n, {d}) of 0 and 1, got {tuple(X.shape)}")
    if epochs < 1 or batch_size < 1:
        raise ValueError(f"expected epochs and batch_size >= 1, got {epochs} and {batch_size}")
    optimizer = torch.optim.Adam(machine.parameters(), lr=lr)
    tracked = [_track(machine, X)]
    for _ in range(epochs):
        at = generator.device if generator else X.device
        order = torch.randperm(len(X), generator=generator, device=at).to(X.device)
        for which in order.split(batch_size):
            v = X[which]
            wake = machine.log_joint(v, machine.infer(v, generator=generator)).mean()
            dreamt, causes = machine.dream(len(v), generator=generator)
            sleep = machine.log_recognition(dreamt, causes).mean()
            optimizer.zero_grad()
            (-wake - sleep).backward()
            optimizer.step()
        tracked.append(_track(machine, X))
    log_likelihoods, bounds = torch.stack(tracked).T
    return WakeSleepHistory(log_likelihoods, bounds)


@torch.no_grad()
def _track(machine: HelmholtzMachine, X: Tensor) -> Tensor:
    return torch.stack([machine.log_prob(X).mean(), machine.elbo(X).mean()])


def _log_bernoulli(logits: Tensor, x: Tensor) -> Tensor:
    logits, x = torch.broadcast_tensors(logits, x)
    return -binary_cross_entropy_with_logits(logits, x, reduction="none").sum(-1)
