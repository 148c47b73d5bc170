"""A restricted Boltzmann machine for real numbers: binary causes, Gaussian measurements."""

import math

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional as F

from dlcore.energy.enumeration import streaming_log_partition
from dlcore.energy.rbm import RBM


class GaussianRBM(RBM):
    r"""$E(v, h) = \frac{1}{2\sigma^2}\lVert v - b\rVert^2 - c^\top h - \frac1\sigma v^\top W h$.

    Given h the visible units are independent Gaussians of mean $b + \sigma W h$ and the same
    standard deviation: a mixture of $2^m$ Gaussians whose means share their parts.

    Args:
        n_visible: d.
        n_hidden: m.
        sigma: standard deviation of the visible units given the hidden ones, fixed.
        std: standard deviation of the first weights; biases begin at 0.
        dtype: of the parameters; by default torch's.
        generator: source of the first weights; by default torch's global one.

    Attributes:
        W: weights, shape (d, m).
        b: the visible units' means when no hidden unit is on, shape (d,).
        c: biases of the hidden units, shape (m,).
        sigma: as given.

    Raises:
        ValueError: a layer without units, or sigma not positive.

    Equation: :eq:`eq-gaussian-rbm`.
    Section: :ref:`sec-gaussian-rbm`.

    Source: Welling, Rosen-Zvi, Hinton (2004), Exponential family harmoniums with an application to
        information retrieval, NeurIPS 17.

    Example:
        >>> rbm = GaussianRBM(2, 1)
        >>> _ = torch.nn.init.zeros_(rbm.W)
        >>> round(rbm.log_prob(torch.zeros(1, 2)).item(), 4)
        -1.8379

    In production: standardize the data first, then sigma = 1 is a fair choice.
    """

    def __init__(
        self,
        n_visible: int,
        n_hidden: int,
        *,
        sigma: float = 1.0,
        std: float = 0.01,
        dtype: torch.dtype | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__(n_visible, n_hidden, std=std, dtype=dtype, generator=generator)
        if not 0 < sigma < math.inf:
            raise ValueError(f"sigma must be positive and finite, got {sigma}")
        self.sigma = sigma

    def hidden_input(self, v: Float[Tensor, "n d"]) -> Float[Tensor, "n m"]:
        r"""What arrives at the hidden units, $c + v^\top W / \sigma$."""
        return super().hidden_input(v / self.sigma)

    def _spring(self, v: Tensor) -> Tensor:
        return ((v - self.b) / self.sigma).square().sum(1) / 2

    def energy(self, v: Float[Tensor, "n d"], h: Float[Tensor, "n m"]) -> Float[Tensor, " n"]:
        """$E(v, h)$ of each pair of rows.

        Raises:
            ValueError: rows of another length.
        """
        return -(h * self.hidden_input(v)).sum(1) + self._spring(v)

    def free_energy(self, v: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """$F(v)$, the hidden units summed out.

        Raises:
            ValueError: rows of another length.
        """
        return -F.softplus(self.hidden_input(v)).sum(1) + self._spring(v)

    def visible_mean(self, h: Float[Tensor, "n m"]) -> Float[Tensor, "n d"]:
        r"""The mean of the visible units given the hidden ones, $b + \sigma W h$."""
        return self.b + self.sigma * h @ self.W.T

    @torch.no_grad()
    def sample_v(
        self, h: Float[Tensor, "n m"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n d"]:
        """Draw the visible layer."""
        mean = self.visible_mean(h)
        device = generator.device if generator else mean.device
        noise = torch.randn(mean.shape, dtype=mean.dtype, generator=generator, device=device)
        return mean + self.sigma * noise.to(mean.device)

    def statistics(
        self, v: Float[Tensor, "n d"], weights: Float[Tensor, " n"] | None = None
    ) -> dict[str, Tensor]:
        r"""$-\partial F / \partial\theta$, averaged over rows, see `RBM.statistics`.

        Raises:
            ValueError: rows of another length.
        """
        with torch.no_grad():
            found = super().statistics(v, weights)
            return found | {
                "W": found["W"] / self.sigma,
                "b": (found["b"] - self.b) / self.sigma**2,
            }

    def exact_log_partition(self) -> Float[Tensor, ""]:
        """The logarithm of Z: the Gaussians in closed form, a sum over the hidden states.

        Raises:
            ValueError: more than 26 hidden units.

        Equation: :eq:`eq-rbm-log-partition`.
        """
        d, m = self.W.shape
        log_sum = streaming_log_partition(
            self._hidden_log_score, m, dtype=self.W.dtype, device=self.W.device
        )
        return log_sum + d * math.log(self.sigma * math.sqrt(2 * math.pi))

    def _hidden_log_score(self, h: Tensor) -> Tensor:
        push = h @ self.W.T
        return h @ self.c + (push * self.b / self.sigma + push.square() / 2).sum(1)
