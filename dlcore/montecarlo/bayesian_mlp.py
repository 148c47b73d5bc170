"""A small network whose weights have a posterior instead of one value."""

import math
from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import LogProb, normal
from dlcore.nn.derivatives import as_activation


class Predictive(NamedTuple):
    """What `BayesianMLP.predict` says about each input.

    Attributes:
        mean: of the prediction, over the weights.
        std: of a new observation: spread over the weights and noise together.
        weight_std: the first of these alone; it grows away from the data.
        lower: of the central band of new observations.
        upper: of it.

    Section: :ref:`sec-bayesian-neural-networks`.

    Example:
        >>> network = BayesianMLP([1, 1], noise_std=0.5)
        >>> network.predict(torch.zeros(4, 2), torch.ones(3, 1)).std[:, 0]
        tensor([0.5000, 0.5000, 0.5000])

    In production: numpyro.infer.Predictive.
    """

    mean: Float[Tensor, "n k"]
    std: Float[Tensor, "n k"]
    weight_std: Float[Tensor, "n k"]
    lower: Float[Tensor, "n k"]
    upper: Float[Tensor, "n k"]


class BayesianMLP:
    r"""A network for regression, with Gaussian priors and noise, for samplers of its weights.

    All weights and biases are one vector w; networks of many such vectors run as one batch. The
    prior is $\mathcal N(0, s^2/d_{in})$ for weights, so that the spread of functions does not hang
    on the width of layers, and $\mathcal N(0, s^2)$ for biases. With two sizes it is linear
    regression, whose posterior is known.

    Args:
        sizes: widths from input to output, at least two.
        activation: between layers, a name such as "tanh", "relu" or "silu".
        prior_std: s > 0.
        noise_std: standard deviation of an observation around the network's output, positive.

    Attributes:
        n_weights: length of w.

    Raises:
        ValueError: sizes or standard deviations out of range, or an unknown activation.

    Equation: :eq:`eq-weight-posterior`, :eq:`eq-bayesian-predictive`.
    Section: :ref:`sec-bayesian-neural-networks`.

    Source: Neal (1996), Bayesian Learning for Neural Networks, doi:10.1007/978-1-4612-0745-0.

    Example:
        >>> network = BayesianMLP([1, 5, 1])
        >>> w = network.sample_prior(20, generator=torch.Generator().manual_seed(0))
        >>> w.shape, network(w, torch.zeros(7, 1)).shape
        (torch.Size([20, 16]), torch.Size([20, 7, 1]))

    In production: NumPyro or Pyro with `random_flax_module`; laplace-torch for large networks.
    """

    def __init__(
        self,
        sizes: list[int],
        *,
        activation: str = "tanh",
        prior_std: float = 1.0,
        noise_std: float = 0.1,
    ) -> None:
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"sizes must be at least two positive widths, got {sizes}")
        if prior_std <= 0 or noise_std <= 0:
            raise ValueError(f"standard deviations must be positive, got {prior_std}, {noise_std}")
        self.sizes, self.activation = list(sizes), as_activation(activation).function
        self.prior_std, self.noise_std = prior_std, noise_std
        self.n_weights = sum((a + 1) * b for a, b in pairwise(sizes))

    def layers(self, weights: Float[Tensor, "chains w"]) -> list[tuple[Tensor, Tensor]]:
        """Matrices (chains, d_out, d_in) and biases (chains, d_out) of each layer, in this order.

        Raises:
            ValueError: vectors of another length.
        """
        if weights.shape[-1] != self.n_weights:
            raise ValueError(
                f"this network has {self.n_weights} weights, got shape {tuple(weights.shape)}"
            )
        lengths = [n for a, b in pairwise(self.sizes) for n in (a * b, b)]
        parts = weights.split(lengths, -1)
        shapes = pairwise(self.sizes)
        return [
            (W.unflatten(-1, (b, a)), bias)
            for (a, b), W, bias in zip(shapes, parts[::2], parts[1::2], strict=True)
        ]

    def __call__(
        self, weights: Float[Tensor, "chains w"], X: Tensor
    ) -> Float[Tensor, "chains n k"]:
        """The outputs of each network for the inputs (n, d), or for its own (chains, n, d)."""
        h = X
        for i, (W, bias) in enumerate(self.layers(weights)):
            h = (self.activation(h) if i else h) @ W.mT + bias[:, None]
        return h

    def prior_stds(self, like: Tensor) -> Float[Tensor, " w"]:
        """The standard deviation of each weight before the data."""
        stds = [
            like.new_full((n,), self.prior_std / scale)
            for a, b in pairwise(self.sizes)
            for n, scale in ((a * b, math.sqrt(a)), (b, 1.0))
        ]
        return torch.cat(stds)

    def sample_prior(
        self, n: int, *, generator: torch.Generator | None = None
    ) -> Float[Tensor, "n w"]:
        """Weights before the data, from which chains can start."""
        w = torch.empty(n, self.n_weights, device=generator.device if generator else None)
        return normal(w, generator) * self.prior_stds(w)

    def log_prior(self, weights: Float[Tensor, "chains w"]) -> Float[Tensor, " chains"]:
        """Up to a constant."""
        return -0.5 * (weights / self.prior_stds(weights)).square().sum(-1)

    def log_likelihood(
        self, weights: Float[Tensor, "chains w"], X: Tensor, y: Tensor
    ) -> Float[Tensor, " chains"]:
        """Of targets (n, k) or (chains, n, k), summed over them, up to a constant."""
        residual = (y - self(weights, X)) / self.noise_std
        return -0.5 * residual.square().sum((-2, -1))

    def log_posterior(self, X: Float[Tensor, "n d"], y: Float[Tensor, "n k"]) -> LogProb:
        """The `log_prob` of a sampler, given data.

        Raises:
            ValueError: data of shapes that do not fit the network.
        """
        if X.shape[1:] != (self.sizes[0],) or y.shape != (len(X), self.sizes[-1]):
            raise ValueError(
                f"a network {self.sizes} needs X (n, {self.sizes[0]}) and y (n, {self.sizes[-1]}), "
                f"got {tuple(X.shape)} and {tuple(y.shape)}"
            )
        return lambda w: self.log_prior(w) + self.log_likelihood(w, X, y)

    def predict(
        self, weights: Float[Tensor, "*draws w"], X: Float[Tensor, "n d"], *, level: float = 0.95
    ) -> Predictive:
        r"""Mean and band over weights drawn from the posterior.

        The variance is that of the outputs over the weights plus that of the noise; the band is
        that of the mixture of Gaussians $\mathcal N(f(x, w), \sigma^2)$ over w, found by bisection.

        Args:
            weights: draws, any shape (..., w), such as the samples of a sampler.
            X: inputs.
            level: probability of the band, in (0, 1).

        Returns:
            Mean, standard deviations and band at each input.

        Raises:
            ValueError: a level outside (0, 1), or vectors of another length.

        Equation: :eq:`eq-predictive-variance`.
        """
        if not 0 < level < 1:
            raise ValueError(f"level must lie in (0, 1), got {level}")
        outputs = self(weights.reshape(-1, weights.shape[-1]), X)
        spread = outputs.std(0, correction=0)
        ends = (self._quantile(outputs, (1 - level) / 2), self._quantile(outputs, (1 + level) / 2))
        std = (spread**2 + self.noise_std**2).sqrt()
        return Predictive(outputs.mean(0), std, spread, *ends)

    def _quantile(self, outputs: Tensor, probability: float) -> Tensor:
        reach = 8 * self.noise_std
        low, high = outputs.amin(0) - reach, outputs.amax(0) + reach
        for _ in range(40):
            middle = (low + high) / 2
            below = torch.special.ndtr((middle - outputs) / self.noise_std).mean(0) < probability
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2
