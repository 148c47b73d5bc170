"""The deep Boltzmann machine: a second hidden layer on top of an RBM."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from dlcore.data import iterate_minibatches
from dlcore.energy.enumeration import logsumexp_states
from dlcore.energy.rbm import draw_bits
from dlcore.energy.rbm_training import RBMHistory


class Layers(NamedTuple):
    """The state of a deep Boltzmann machine, rows are chains."""

    v: Tensor
    h1: Tensor
    h2: Tensor


class DeepBoltzmannMachine(nn.Module):
    r"""$E = -b^\top v - c_1^\top h_1 - c_2^\top h_2 - v^\top W_1 h_1 - h_1^\top W_2 h_2$, of bits.

    The middle layer hears both neighbours. Given it, the outer layers are independent, so Gibbs
    steps redraw the middle and the outside in turn; given v alone the hidden units depend on each
    other, and mean field approximates what an RBM has exactly.

    Args:
        n_visible: d.
        n_hidden1: m1.
        n_hidden2: m2.
        std: standard deviation of the first weights; biases begin at 0.
        dtype: of the parameters; by default torch's.
        generator: source of the first weights; by default torch's global one.

    Attributes:
        W1: shape (d, m1).
        W2: shape (m1, m2).
        b: biases of the visible units, shape (d,).
        c1: shape (m1,).
        c2: shape (m2,).

    Raises:
        ValueError: a layer without units.

    Equation: :eq:`eq-dbm-energy`.
    Section: :ref:`sec-deep-boltzmann`.

    Source: Salakhutdinov, Hinton (2009), Deep Boltzmann machines, AISTATS.

    Example:
        >>> dbm = DeepBoltzmannMachine(3, 2, 2, std=0.0)
        >>> round(dbm.exact_log_partition().exp().item())
        128

    In production: superseded by models with tractable likelihoods or scores.
    """

    def __init__(
        self,
        n_visible: int,
        n_hidden1: int,
        n_hidden2: int,
        *,
        std: float = 0.01,
        dtype: torch.dtype | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        sizes = (n_visible, n_hidden1, n_hidden2)
        if min(sizes) < 1:
            raise ValueError(f"layers need a unit each, got {sizes}")
        device = generator.device if generator else None

        def weights(rows: int, columns: int) -> nn.Parameter:
            draws = torch.randn(rows, columns, dtype=dtype, generator=generator, device=device)
            return nn.Parameter(std * draws)

        self.W1, self.W2 = weights(n_visible, n_hidden1), weights(n_hidden1, n_hidden2)
        self.b, self.c1, self.c2 = (nn.Parameter(self.W1.detach().new_zeros(n)) for n in sizes)

    def _check(self, v: Tensor) -> None:
        if v.ndim != 2 or v.shape[1] != len(self.b):
            raise ValueError(f"expected visible units (n, {len(self.b)}), got {tuple(v.shape)}")

    def energy(
        self, v: Float[Tensor, "n d"], h1: Float[Tensor, "n m1"], h2: Float[Tensor, "n m2"]
    ) -> Float[Tensor, " n"]:
        """E of each row of states.

        Raises:
            ValueError: rows of another length.
        """
        self._check(v)
        inner = (h1 * (self.c1 + v @ self.W1 + h2 @ self.W2.T)).sum(1)
        return -(v @ self.b) - h2 @ self.c2 - inner

    def exact_log_partition(self) -> Float[Tensor, ""]:
        """The logarithm of Z: a sum over the middle layer, the outer ones in closed form.

        Raises:
            ValueError: more than 26 units in the middle.
        """
        return logsumexp_states(
            lambda h: F.softplus(self.b + h @ self.W1.T).sum(1) + self._top(h) + h @ self.c1,
            len(self.c1),
            dtype=self.b.dtype,
            device=self.b.device,
        )

    def _top(self, h1: Tensor) -> Tensor:
        return F.softplus(self.c2 + h1 @ self.W2).sum(1)

    def log_prob(self, v: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The exact logarithm of the probability of each row, by sums over the middle layer.

        Raises:
            ValueError: rows of another length, or more than 26 units in the middle.
        """
        self._check(v)
        inner = logsumexp_states(
            lambda h: h @ (self.c1 + v @ self.W1).T + self._top(h)[:, None],
            len(self.c1),
            chunk=2**10,
            dtype=self.b.dtype,
            device=self.b.device,
        )
        return v @ self.b + inner - self.exact_log_partition()

    def mean_field(
        self, v: Float[Tensor, "n d"], steps: int = 30
    ) -> tuple[Float[Tensor, "n m1"], Float[Tensor, "n m2"]]:
        r"""Independent hidden units that fit $p(h_1, h_2 \mid v)$ best nearby.

        Args:
            v: visible units, shape (n, d).
            steps: sweeps; each raises `bound`.

        Returns:
            Probabilities of both hidden layers, shapes (n, m1) and (n, m2).

        Raises:
            ValueError: no sweep, or rows of another length.

        Equation: :eq:`eq-dbm-mean-field`.
        """
        self._check(v)
        if steps < 1:
            raise ValueError(f"a sweep at least is needed, got {steps}")
        below = self.c1 + v @ self.W1
        mu2 = v.new_full((len(v), len(self.c2)), 0.5)
        for _ in range(steps):
            mu1 = (below + mu2 @ self.W2.T).sigmoid()
            mu2 = (self.c2 + mu1 @ self.W2).sigmoid()
        return mu1, mu2

    def bound(self, v: Float[Tensor, "n d"], steps: int = 30) -> Float[Tensor, " n"]:
        """What mean field says of `log_prob`: never more than it, with the exact Z.

        Raises:
            ValueError: as `mean_field` and `exact_log_partition` do.
        """
        mu = self.mean_field(v, steps)
        entropy = sum((torch.special.entr(p) + torch.special.entr(1 - p)).sum(1) for p in mu)
        return entropy - self.energy(v, *mu) - self.exact_log_partition()

    @torch.no_grad()
    def gibbs(
        self,
        v: Float[Tensor, "n d"],
        h2: Float[Tensor, "n m2"],
        steps: int = 1,
        *,
        generator: torch.Generator | None = None,
    ) -> Layers:
        """Walk: draw the middle layer, then both outer ones.

        Raises:
            ValueError: no step, or rows of another length.
        """
        self._check(v)
        if steps < 1:
            raise ValueError(f"a step at least is needed, got {steps}")
        for _ in range(steps):
            h1 = draw_bits((self.c1 + v @ self.W1 + h2 @ self.W2.T).sigmoid(), generator)
            v = draw_bits((self.b + h1 @ self.W1.T).sigmoid(), generator)
            h2 = draw_bits((self.c2 + h1 @ self.W2).sigmoid(), generator)
        return Layers(v, h1, h2)

    def statistics(self, v: Tensor, h1: Tensor, h2: Tensor) -> dict[str, Tensor]:
        """Means over rows of what each parameter multiplies in -E."""
        means = {"b": v.mean(0), "c1": h1.mean(0), "c2": h2.mean(0)}
        return means | {"W1": v.T @ h1 / len(v), "W2": h1.T @ h2 / len(v)}


def train_dbm(
    dbm: DeepBoltzmannMachine,
    X: Float[Tensor, "n d"],
    *,
    k: int = 1,
    epochs: int = 10,
    batch_size: int = 100,
    lr: float = 0.05,
    weight_decay: float = 0.0,
    chains: int = 100,
    track: Float[Tensor, "m d"] | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> RBMHistory:
    """Climb the likelihood: mean field for the data's phase, persistent chains for the model's.

    Args:
        dbm: trained in place.
        X: data, shape (n, d).
        k: Gibbs steps for each update.
        epochs: passes over the data.
        batch_size: rows for each update.
        lr: length of a step.
        weight_decay: pulls the weights towards 0, in units of the gradient.
        chains: how many walk.
        track: data whose exact log-likelihood is computed each epoch.
        generator: source of order and draws; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The likelihoods and the visible layer of the last chains.

    Raises:
        ValueError: counts below 1, or rows of another length.

    Equation: :eq:`eq-dbm-mean-field`, :eq:`eq-pcd`.
    Section: :ref:`sec-deep-boltzmann`.

    Source: Salakhutdinov, Hinton (2009), Deep Boltzmann machines, AISTATS.

    Example:
        >>> dbm, X = DeepBoltzmannMachine(3, 2, 2), torch.tensor([[1.0, 1.0, 0.0]]).repeat(50, 1)
        >>> history = train_dbm(dbm, X, epochs=40, batch_size=10, track=X, progress=False)
        >>> bool(history.log_likelihood[-1] > -0.5)
        True

    In production: greedy layers first, then this.
    """
    if min(k, epochs, batch_size, chains) < 1:
        raise ValueError(
            f"counts must be at least 1, got k {k}, epochs {epochs}, batch_size {batch_size}, "
            f"chains {chains}"
        )
    coins = dbm.b.detach().new_full((chains, len(dbm.b) + len(dbm.c2)), 0.5)
    v, h2 = draw_bits(coins, generator).split([len(dbm.b), len(dbm.c2)], dim=1)
    likelihoods = [] if track is None else [_mean_log_prob(dbm, track)]
    for _ in tqdm(range(epochs), desc="dbm", disable=not progress):
        for batch, _ in iterate_minibatches(X, X, batch_size, generator=generator):
            with torch.no_grad():
                data = dbm.statistics(batch, *dbm.mean_field(batch, 10))
                v, h1, h2 = dbm.gibbs(v, h2, k, generator=generator)
                model = dbm.statistics(v, h1, h2)
                for name, parameter in dbm.named_parameters():
                    decay = weight_decay * parameter if name.startswith("W") else 0
                    parameter.add_(data[name] - model[name] - decay, alpha=lr)
        if track is not None:
            likelihoods.append(_mean_log_prob(dbm, track))
    return RBMHistory(torch.tensor(likelihoods, dtype=torch.float64), v)


@torch.no_grad()
def _mean_log_prob(dbm: DeepBoltzmannMachine, v: Tensor) -> float:
    return dbm.log_prob(v).mean().item()
