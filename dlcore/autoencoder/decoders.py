"""What a code says of the data: distributions whose parameters a network computes."""

import copy
import math
from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.autoencoder.gaussian_codes import standard_normal
from dlcore.probability.distribution import LOG_2PI


class Decoder(nn.Module, ABC):
    """A network whose output, for a code, is the parameter of a distribution of the data.

    What a `VAE` needs of one: `forward` (the mean), `log_prob` and `sample`.

    Args:
        network: maps codes (n, k) to (n, event), where event stands for the axes of one example.

    Raises:
        ValueError: codes without an axis for the examples.

    Equation: :eq:`eq-vae-elbo`
    Section: :ref:`sec-variational-autoencoders`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114, appendix C.

    Example:
        >>> issubclass(GaussianDecoder, Decoder), issubclass(BernoulliDecoder, Decoder)
        (True, True)

    In production: torch.distributions on the network's output.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def around(self, network: nn.Module) -> "Decoder":
        """The same distribution, sharing our parameters, round another network."""
        twin = copy.copy(self)
        twin._modules = {**self._modules, "network": network}
        return twin

    def parameters_at(self, z: Tensor) -> Tensor:
        """The network's output for codes (..., k), shape (..., event)."""
        if z.ndim < 2:
            raise ValueError(f"a decoder needs codes (..., n, k), got shape {tuple(z.shape)}")
        out: Tensor = self.network(z.reshape(-1, z.shape[-1]))
        return out.reshape(*z.shape[:-1], *out.shape[1:])

    def _given(self, x: Tensor, z: Tensor) -> Tensor:
        """The network's output, after a check that it describes x."""
        theta = self.parameters_at(z)
        if theta.shape[z.ndim - 2 :] != x.shape:
            raise ValueError(
                f"the decoder describes examples of shape {tuple(theta.shape[z.ndim - 2 :])}, got "
                f"x of shape {tuple(x.shape)}"
            )
        return theta

    @abstractmethod
    def forward(self, z: Float[Tensor, "*batch k"]) -> Tensor:
        """The mean of the data given codes (..., k), shape (..., event)."""

    @abstractmethod
    def log_prob(self, x: Float[Tensor, "b ..."], z: Float[Tensor, "*samples b k"]) -> Tensor:
        """The log-likelihood of x given codes (..., b, k), shape (..., b)."""

    @abstractmethod
    def sample(
        self, z: Float[Tensor, "*batch k"], *, generator: torch.Generator | None = None
    ) -> Tensor:
        """One draw of the data for each code (..., k), shape (..., event)."""


class GaussianDecoder(Decoder):
    r"""Data that scatter round the network's output, $p(x \mid z) = \mathcal N(g(z), \sigma^2 I)$.

    One $\sigma$ serves all dimensions and examples. It decides how much a squared error weighs
    against the divergence of the codes; a free one for each z would have no finite optimum.

    Args:
        network: g, maps codes (n, k) to means (n, event).
        scale: $\sigma$, positive; default 1.
        learn_scale: whether $\log\sigma$ is a parameter.

    Raises:
        ValueError: a scale that is not positive; data of another shape than the network's output.

    Equation: :eq:`eq-vae-decoder-scale`
    Section: :ref:`sec-variational-autoencoders`
    Source: Rybkin, Daniilidis, Levine (2021), Simple and effective VAE training with calibrated
        decoders, arXiv:2006.13202.

    Example:
        >>> decoder = GaussianDecoder(nn.Linear(2, 5), scale=0.5)
        >>> decoder.log_prob(torch.zeros(3, 5), torch.zeros(7, 3, 2)).shape
        torch.Size([7, 3])

    In production: torch.distributions.Normal on the network's output.
    """

    log_scale: Tensor

    def __init__(
        self, network: nn.Module, *, scale: float = 1.0, learn_scale: bool = False
    ) -> None:
        super().__init__(network)
        if not scale > 0:
            raise ValueError(f"scale must be positive, got {scale}")
        log_scale = torch.tensor(math.log(scale))
        if learn_scale:
            self.log_scale = nn.Parameter(log_scale)
        else:
            self.register_buffer("log_scale", log_scale)

    @property
    def scale(self) -> Tensor:
        r"""The standard deviation $\sigma$, a scalar."""
        return self.log_scale.exp()

    def forward(self, z: Float[Tensor, "*batch k"]) -> Tensor:
        """The mean of the data given codes (..., k), shape (..., event)."""
        return self.parameters_at(z)

    def log_prob(self, x: Float[Tensor, "b ..."], z: Float[Tensor, "*samples b k"]) -> Tensor:
        """The log-likelihood of x given codes (..., b, k), shape (..., b)."""
        error = ((x - self._given(x, z)) / self.scale).square()
        return -0.5 * (error + LOG_2PI + 2 * self.log_scale).flatten(z.ndim - 1).sum(-1)

    def sample(
        self, z: Float[Tensor, "*batch k"], *, generator: torch.Generator | None = None
    ) -> Tensor:
        """One draw of the data for each code (..., k), shape (..., event)."""
        mean = self(z)
        return mean + self.scale * standard_normal(mean.shape, mean, generator)

    @torch.no_grad()
    def optimal_scale(self, x: Float[Tensor, "b ..."], z: Float[Tensor, "*samples b k"]) -> Tensor:
        r"""The $\sigma$ of highest likelihood for these codes: the root mean squared error."""
        return (x - self._given(x, z)).square().mean().sqrt()


class BernoulliDecoder(Decoder):
    r"""Data of zeros and ones, each pixel a coin of its own that lands 1 with $\sigma(g(z))$.

    Grey levels between 0 and 1 are accepted, as is usual; the result is then minus their
    cross-entropy, which is no log-likelihood of them.

    Args:
        network: g, maps codes (n, k) to logits (n, event).

    Raises:
        ValueError: data outside [0, 1], or of another shape than the network's output.

    Equation: :eq:`eq-vae-elbo`
    Section: :ref:`sec-variational-autoencoders`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114, appendix C.1.

    Example:
        >>> decoder = BernoulliDecoder(nn.Linear(2, 5))
        >>> decoder.log_prob(torch.ones(3, 5), torch.zeros(3, 2)).shape
        torch.Size([3])

    In production: torch.nn.functional.binary_cross_entropy_with_logits.
    """

    def forward(self, z: Float[Tensor, "*batch k"]) -> Tensor:
        """The mean of the data given codes (..., k): a probability for each pixel."""
        return self.parameters_at(z).sigmoid()

    def log_prob(self, x: Float[Tensor, "b ..."], z: Float[Tensor, "*samples b k"]) -> Tensor:
        """The log-likelihood of x given codes (..., b, k), shape (..., b)."""
        if not ((x >= 0) & (x <= 1)).all():
            raise ValueError(f"x must lie in [0, 1], got {x.min():.4g} to {x.max():.4g}")
        logits = self._given(x, z)
        return (x * logits - F.softplus(logits)).flatten(z.ndim - 1).sum(-1)

    def sample(
        self, z: Float[Tensor, "*batch k"], *, generator: torch.Generator | None = None
    ) -> Tensor:
        """One draw of the data for each code (..., k), zeros and ones."""
        mean = self(z)
        where = generator.device if generator else mean.device
        return torch.bernoulli(mean.to(where), generator=generator).to(mean.device)
