"""An RBM for tables of ratings with gaps: who answers alike shares hidden causes."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm.auto import tqdm

from dlcore.data import iterate_minibatches
from dlcore.energy.enumeration import logsumexp_states
from dlcore.energy.rbm import draw_bits

MISSING = -1


class RatingRBM(nn.Module):
    r"""$E = -\sum_{i \in rated} (b_{i r_i} + W_{i r_i}^\top h) - c^\top h$ for one row of ratings.

    Each rated item is a unit with one of several levels; items without a rating are not in the sum
    at all. So each row has a machine of its own, and all machines share their parameters.

    Args:
        items: columns of the table.
        levels: values that a rating can take, 0 to levels - 1.
        hidden: m.
        std: standard deviation of the first weights; biases begin at 0.
        dtype: of the parameters; by default torch's.
        generator: source of the first weights; by default torch's global one.

    Attributes:
        W: shape (items, levels, m).
        b: shape (items, levels).
        c: shape (m,).

    Raises:
        ValueError: a size below 1, or a single level.

    Equation: :eq:`eq-rbm-masked-ratings`.
    Section: :ref:`sec-collaborative-rbm`.

    Source: Salakhutdinov, Mnih, Hinton (2007), Restricted Boltzmann machines for collaborative
        filtering, doi:10.1145/1273496.1273596.

    Example:
        >>> model = RatingRBM(items=3, levels=5, hidden=2)
        >>> model.predict(torch.tensor([[4, -1, 0]])).shape
        torch.Size([1, 3, 5])

    In production: dlcore.applications.MatrixFactorization, or two towers.
    """

    def __init__(
        self,
        items: int,
        levels: int,
        hidden: int,
        *,
        std: float = 0.01,
        dtype: torch.dtype | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if min(items, levels - 1, hidden) < 1:
            raise ValueError(
                f"an item, two levels and a hidden unit are needed, got {items}, {levels}, {hidden}"
            )
        device = generator.device if generator else None
        W = torch.randn(items, levels, hidden, dtype=dtype, generator=generator, device=device)
        self.W = nn.Parameter(std * W)
        self.b = nn.Parameter(W.new_zeros(items, levels))
        self.c = nn.Parameter(W.new_zeros(hidden))

    def one_hot(self, R: Int[Tensor, "n i"]) -> Float[Tensor, "n i k"]:
        """Ratings as one of several units; all 0 where there is none.

        Raises:
            ValueError: another number of columns, or ratings outside -1..levels - 1.
        """
        items, levels = self.b.shape
        if R.ndim != 2 or R.shape[1] != items or R.is_floating_point():
            raise ValueError(f"expected whole ratings (n, {items}), got {R.dtype} {tuple(R.shape)}")
        if R.numel() and not MISSING <= int(R.min()) <= int(R.max()) < levels:
            raise ValueError(f"ratings must lie in 0..{levels - 1}, or be -1 where there is none")
        return F.one_hot(R.long() + 1, levels + 1)[..., 1:].to(self.b.dtype)

    def _hidden_input(self, V: Tensor) -> Tensor:
        return self.c + torch.einsum("nik,ikm->nm", V, self.W)

    def hidden_probabilities(self, R: Int[Tensor, "n i"]) -> Float[Tensor, "n m"]:
        """$p(h_j = 1)$ given the ratings that there are.

        Raises:
            ValueError: another number of columns, or ratings outside -1..levels - 1.
        """
        return self._hidden_input(self.one_hot(R)).sigmoid()

    def free_energy(self, R: Int[Tensor, "n i"]) -> Float[Tensor, " n"]:
        """Minus the logarithm of the unnormalized probability of the ratings, h summed out.

        Raises:
            ValueError: another number of columns, or ratings outside -1..levels - 1.
        """
        V = self.one_hot(R)
        return -(V * self.b).sum((1, 2)) - F.softplus(self._hidden_input(V)).sum(1)

    def log_partition(self, rated: Bool[Tensor, " i"]) -> Float[Tensor, ""]:
        """The logarithm of Z of the machine with these items, by a sum over hidden states.

        Raises:
            ValueError: another number of items, or more than 26 hidden units.
        """
        if rated.shape != self.b.shape[:1]:
            raise ValueError(f"expected {len(self.b)} items, got {tuple(rated.shape)}")
        b, W = self.b[rated], self.W[rated]
        return logsumexp_states(
            lambda h: h @ self.c + (b + torch.einsum("hm,ikm->hik", h, W)).logsumexp(2).sum(1),
            len(self.c),
            dtype=b.dtype,
            device=b.device,
        )

    def predict(self, R: Int[Tensor, "n i"]) -> Float[Tensor, "n i k"]:
        """The distribution of each item's rating given the row's other ratings, exactly.

        Args:
            R: ratings, -1 where there is none, shape (n, items). A rating is not used for itself.

        Returns:
            Probabilities of the levels, shape (n, items, levels).

        Raises:
            ValueError: another number of columns, or ratings outside -1..levels - 1.
        """
        V = self.one_hot(R)
        own = torch.einsum("nik,ikm->nim", V, self.W)
        others = self._hidden_input(V)[:, None] - own
        return (self.b + F.softplus(others[:, :, None] + self.W).sum(3)).softmax(2)

    @torch.no_grad()
    def sample_ratings(
        self,
        h: Float[Tensor, "n m"],
        rated: Bool[Tensor, "n i"],
        *,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "n i"]:
        """Draw the ratings of the rated items given the hidden units; -1 elsewhere."""
        p = (self.b + torch.einsum("nm,ikm->nik", h, self.W)).softmax(2).flatten(0, 1)
        p = p.to(generator.device) if generator else p
        draws = torch.multinomial(p, 1, generator=generator).to(h.device)
        return draws.reshape(rated.shape).masked_fill(~rated, MISSING)

    @torch.no_grad()
    def statistics(self, R: Int[Tensor, "n i"]) -> dict[str, Tensor]:
        """Minus the free energy's derivatives, averaged over rows.

        Raises:
            ValueError: another number of columns, or ratings outside -1..levels - 1.
        """
        V, p = self.one_hot(R), self.hidden_probabilities(R)
        n = max(len(R), 1)
        return {"W": torch.einsum("nik,nm->ikm", V, p) / n, "b": V.sum(0) / n, "c": p.sum(0) / n}


def train_rating_rbm(
    model: RatingRBM,
    R: Int[Tensor, "n i"],
    *,
    k: int = 1,
    epochs: int = 20,
    batch_size: int = 50,
    lr: float = 0.1,
    weight_decay: float = 0.001,
    generator: torch.Generator | None = None,
    progress: bool = True,
) -> RatingRBM:
    """Contrastive divergence in which each row redraws only the items that it has rated.

    Args:
        model: trained in place; the visible biases start at the logarithms of the levels' shares.
        R: ratings, -1 where there is none, shape (n, items).
        k: Gibbs steps for each update.
        epochs: passes over the rows.
        batch_size: rows for each update.
        lr: length of a step.
        weight_decay: pulls W towards 0, in units of the gradient.
        generator: source of order and draws; by default torch's global one.
        progress: show a progress bar.

    Returns:
        The model.

    Raises:
        ValueError: counts below 1, another number of columns, or ratings outside -1..levels - 1.

    Equation: :eq:`eq-cd-k`, :eq:`eq-rbm-masked-ratings`.
    Section: :ref:`sec-collaborative-rbm`.

    Source: Salakhutdinov, Mnih, Hinton (2007), doi:10.1145/1273496.1273596.

    Example:
        >>> alike = torch.randint(2, (300, 1)).expand(-1, 3).clone()
        >>> model = train_rating_rbm(RatingRBM(3, 2, 2, std=0.1), alike, epochs=40, progress=False)
        >>> model.predict(torch.tensor([[1, 1, -1]]))[0, 2].argmax().item()
        1

    In production: with k raised from 1 as learning goes on.
    """
    if min(k, epochs, batch_size) < 1:
        raise ValueError(
            f"counts must be at least 1, got k {k}, epochs {epochs}, batch_size {batch_size}"
        )
    shares = model.one_hot(R).sum(0) + 1
    model.b.data = (shares / shares.sum(1, keepdim=True)).log()
    for _ in tqdm(range(epochs), desc="ratings", disable=not progress):
        for batch, _ in iterate_minibatches(R, R, batch_size, generator=generator):
            rated, walked = batch != MISSING, batch
            for _ in range(k):
                h = draw_bits(model.hidden_probabilities(walked).detach(), generator)
                walked = model.sample_ratings(h, rated, generator=generator)
            data, drawn = model.statistics(batch), model.statistics(walked)
            data["W"] -= weight_decay * model.W.detach()
            for name, parameter in model.named_parameters():
                parameter.data.add_(data[name] - drawn[name], alpha=lr)
    return model
