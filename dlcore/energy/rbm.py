"""The restricted Boltzmann machine: two layers of binary units without links inside a layer."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.energy.enumeration import streaming_log_partition

Gradient = Mapping[str, Tensor]


def draw_bits(p: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Ones with these probabilities, drawn on the generator's device."""
    device = generator.device if generator else p.device
    u = torch.rand(p.shape, generator=generator, device=device, dtype=p.dtype)
    return (u.to(p.device) < p).to(p.dtype)


class RBM(nn.Module):
    r"""$p(v, h) = \frac1Z e^{b^\top v + c^\top h + v^\top W h}$ over binary units.

    Given one layer the units of the other are independent, so a Gibbs step redraws a whole layer
    at once, and the hidden layer can be summed out: $p(v) = e^{-F(v)} / Z$.

    Args:
        n_visible: d.
        n_hidden: m.
        std: standard deviation of the first weights; biases begin at 0.
        dtype: of the parameters; by default torch's.
        generator: source of the first weights; by default torch's global one.

    Attributes:
        W: weights, shape (d, m).
        b: biases of the visible units, shape (d,).
        c: biases of the hidden units, shape (m,).

    Raises:
        ValueError: a layer without units.

    Equation: :eq:`eq-rbm-energy`, :eq:`eq-rbm-conditionals`.
    Section: :ref:`sec-rbm`.

    Source: Smolensky (1986), Information processing in dynamical systems; Hinton (2002), Training
        products of experts by minimizing contrastive divergence, doi:10.1162/089976602760128018.

    Example:
        >>> W = torch.tensor([[1.0, -0.5], [0.5, 0.8], [-1.0, 0.3]])
        >>> rbm = RBM.from_parameters(W, torch.tensor([0.1, -0.2, 0.3]), torch.tensor([0.2, -0.1]))
        >>> round(rbm.exact_log_partition().item(), 4)
        4.0791

    In production: sklearn.neural_network.BernoulliRBM.
    """

    def __init__(
        self,
        n_visible: int,
        n_hidden: int,
        *,
        std: float = 0.01,
        dtype: torch.dtype | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if n_visible < 1 or n_hidden < 1:
            raise ValueError(f"layers need a unit each, got {n_visible} and {n_hidden}")
        device = generator.device if generator else None
        W = torch.randn(n_visible, n_hidden, dtype=dtype, generator=generator, device=device)
        self.W = nn.Parameter(std * W)
        self.b = nn.Parameter(W.new_zeros(n_visible))
        self.c = nn.Parameter(W.new_zeros(n_hidden))

    @classmethod
    def from_parameters(
        cls, W: Float[Tensor, "d m"], b: Float[Tensor, " d"], c: Float[Tensor, " m"]
    ) -> "RBM":
        """A machine with these weights and biases, copied.

        Raises:
            ValueError: shapes that do not fit.
        """
        if W.ndim != 2 or b.shape != W.shape[:1] or c.shape != W.shape[1:]:
            raise ValueError(
                f"expected W (d, m), b (d,) and c (m,), got {tuple(W.shape)}, {tuple(b.shape)} "
                f"and {tuple(c.shape)}"
            )
        rbm = cls(*W.shape, dtype=W.dtype).to(W.device)
        for name, value in (("W", W), ("b", b), ("c", c)):
            getattr(rbm, name).data.copy_(value)
        return rbm

    def check_visible(self, v: Tensor) -> None:
        """Refuse rows of another length.

        Raises:
            ValueError: not (n, d).
        """
        if v.ndim != 2 or v.shape[1] != len(self.b):
            raise ValueError(f"expected visible units (n, {len(self.b)}), got {tuple(v.shape)}")

    def hidden_input(self, v: Float[Tensor, "n d"]) -> Float[Tensor, "n m"]:
        r"""What arrives at the hidden units, $c + v^\top W$."""
        self.check_visible(v)
        return self.c + v @ self.W

    def energy(self, v: Float[Tensor, "n d"], h: Float[Tensor, "n m"]) -> Float[Tensor, " n"]:
        """$E(v, h)$ of each pair of rows.

        Raises:
            ValueError: rows of another length.
        """
        return -(h * self.hidden_input(v)).sum(1) - v @ self.b

    def free_energy(self, v: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        r"""$F(v) = -b^\top v - \sum_j \log(1 + e^{c_j + v^\top W_{:j}})$, so $p(v) = e^{-F(v)}/Z$.

        Raises:
            ValueError: rows of another length.

        Equation: :eq:`eq-rbm-free-energy`.
        """
        return -F.softplus(self.hidden_input(v)).sum(1) - v @ self.b

    def hidden_probabilities(self, v: Float[Tensor, "n d"]) -> Float[Tensor, "n m"]:
        r"""$p(h_j = 1 \mid v)$.

        Raises:
            ValueError: rows of another length.
        """
        return self.hidden_input(v).sigmoid()

    def visible_mean(self, h: Float[Tensor, "n m"]) -> Float[Tensor, "n d"]:
        r"""The mean of the visible units given the hidden ones, $p(v_i = 1 \mid h)$."""
        return (self.b + h @ self.W.T).sigmoid()

    @torch.no_grad()
    def sample_h(
        self, v: Float[Tensor, "n d"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n m"]:
        """Draw the hidden layer."""
        return draw_bits(self.hidden_probabilities(v), generator)

    @torch.no_grad()
    def sample_v(
        self, h: Float[Tensor, "n m"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n d"]:
        """Draw the visible layer."""
        return draw_bits(self.visible_mean(h), generator)

    def gibbs(
        self, v: Float[Tensor, "n d"], steps: int = 1, *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n d"]:
        """Walk: draw the hidden layer, then the visible one, as often as said.

        Raises:
            ValueError: rows of another length.
        """
        for _ in range(steps):
            v = self.sample_v(self.sample_h(v, generator=generator), generator=generator)
        return v

    def statistics(
        self, v: Float[Tensor, "n d"], weights: Float[Tensor, " n"] | None = None
    ) -> dict[str, Tensor]:
        r"""$-\partial F / \partial\theta$, averaged over rows: what both phases compare.

        Args:
            v: visible units.
            weights: of the rows, summing to 1; by default equal.

        Returns:
            $\langle v\, p(h \mid v)^\top\rangle$ as "W", $\langle v\rangle$ as "b",
            $\langle p(h \mid v)\rangle$ as "c".

        Raises:
            ValueError: rows of another length.
        """
        with torch.no_grad():
            p = self.hidden_probabilities(v)
            share = v.new_full((len(v),), 1 / len(v)) if weights is None else weights
            weighted = share[:, None] * v
            return {"W": weighted.T @ p, "b": weighted.sum(0), "c": share @ p}

    def exact_log_partition(self) -> Float[Tensor, ""]:
        """The logarithm of Z, summing over the states of the smaller layer.

        Raises:
            ValueError: it has more than 26 units.

        Equation: :eq:`eq-rbm-log-partition`.
        """
        d, m = self.W.shape
        layer, log_score = (d, self._minus_free_energy) if d <= m else (m, self._hidden_log_score)
        return streaming_log_partition(log_score, layer, dtype=self.W.dtype, device=self.W.device)

    def _minus_free_energy(self, v: Tensor) -> Tensor:
        return -self.free_energy(v)

    def _hidden_log_score(self, h: Tensor) -> Tensor:
        return h @ self.c + F.softplus(self.b + h @ self.W.T).sum(1)

    def log_prob(self, v: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """The exact logarithm of the probability of each row, see `exact_log_partition`.

        Raises:
            ValueError: rows of another length, or too many units to enumerate.
        """
        return -self.free_energy(v) - self.exact_log_partition()
