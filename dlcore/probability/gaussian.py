"""Gaussian vectors, and random numbers of any shape from uniform ones."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import cholesky
from dlcore.probability.distribution import LOG_2PI, Reparameterized, require_probability


class MultivariateNormal(Reparameterized):
    r"""Gaussian vectors, $p(x) \propto \exp(-\frac12 (x-\mu)^\top \Sigma^{-1} (x-\mu))$.

    The covariance is factored once, $\Sigma = LL^\top$: then $\log|\Sigma| = 2 \sum_i \log L_{ii}$,
    one triangular system gives the distance, and $\mu + L\varepsilon$ is a sample.

    Args:
        loc: $\mu$, shape (..., d).
        covariance_matrix: $\Sigma$, symmetric positive definite, shape (..., d, d).

    Attributes:
        scale_tril: L, lower triangular.

    Raises:
        NotPositiveDefiniteError: $\Sigma$ is not positive definite.
        ValueError: shapes that do not fit, or an asymmetric matrix.
        TypeError: a parameter is no floating-point tensor.

    Equation: :eq:`eq-multivariate-normal`
    Section: :ref:`sec-gaussian`
    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 2.3.

    Example:
        >>> round_one = MultivariateNormal(torch.zeros(2), torch.eye(2))
        >>> round_one.log_prob(torch.zeros(2)).exp()
        tensor(0.1592)

    In production: torch.distributions.MultivariateNormal.
    """

    def __init__(self, loc: Tensor, covariance_matrix: Tensor) -> None:
        if loc.ndim == 0 or covariance_matrix.shape[-2:] != (loc.shape[-1], loc.shape[-1]):
            raise ValueError(
                f"MultivariateNormal needs loc (..., d) and covariance_matrix (..., d, d), got "
                f"{tuple(loc.shape)} and {tuple(covariance_matrix.shape)}"
            )
        self.batch_shape = torch.broadcast_shapes(loc.shape[:-1], covariance_matrix.shape[:-2])
        self.event_shape = loc.shape[-1:]
        self.loc = loc.expand(self.batch_shape + self.event_shape)
        self.covariance_matrix = covariance_matrix
        self.scale_tril = cholesky(covariance_matrix)

    def log_prob(self, x: Tensor) -> Tensor:
        """The log-density of vectors of shape (..., d)."""
        z = torch.linalg.solve_triangular(self.scale_tril, (x - self.loc)[..., None], upper=False)
        return -0.5 * (z[..., 0].square().sum(-1) + self.event_shape[0] * LOG_2PI) - self._log_det()

    def rsample(
        self, shape: tuple[int, ...] = (), *, generator: torch.Generator | None = None
    ) -> Tensor:
        """Draws through which gradients reach the parameters."""
        noise = torch.randn(
            self._shape(shape), generator=generator, dtype=self.loc.dtype, device=self.loc.device
        )
        return self.loc + (self.scale_tril @ noise[..., None])[..., 0]

    def entropy(self) -> Tensor:
        r"""$\frac12 \log|2\pi e\Sigma|$ nats."""
        return 0.5 * self.event_shape[0] * (1 + LOG_2PI) + self._log_det()

    def _log_det(self) -> Tensor:
        return self.scale_tril.diagonal(dim1=-2, dim2=-1).log().sum(-1)

    @property
    def mean(self) -> Tensor:
        """The centre."""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """The diagonal of the covariance."""
        return self.covariance_matrix.diagonal(dim1=-2, dim2=-1).expand(self.loc.shape)


def inverse_cdf_sample(
    icdf: Callable[[Tensor], Tensor],
    shape: tuple[int, ...] = (),
    *,
    generator: torch.Generator | None = None,
) -> Tensor:
    r"""Draws from any distribution of real numbers: $F^{-1}(U)$ with U uniform on [0, 1).

    Args:
        icdf: the inverse of the distribution function, on tensors.
        shape: how many draws.
        generator: the source of randomness; default torch's global one.

    Returns:
        float64 draws of the given shape.

    Raises:
        ValueError: icdf gives NaN or another shape.

    Equation: :eq:`eq-inverse-cdf`
    Section: :ref:`sec-sampling`
    Source: Devroye (1986), Non-Uniform Random Variate Generation, section II.2.

    Example:
        >>> waits = inverse_cdf_sample(
        ...     lambda u: -torch.log1p(-u), (1000,), generator=torch.Generator().manual_seed(0)
        ... )
        >>> bool((waits >= 0).all())
        True

    In production: the `rvs` methods of scipy.stats.
    """
    device = generator.device if generator is not None else None
    x = icdf(torch.rand(shape, generator=generator, dtype=torch.float64, device=device))
    if x.shape != torch.Size(shape) or x.isnan().any():
        raise ValueError(
            f"inverse_cdf_sample: icdf gave NaN or the shape {tuple(x.shape)} instead of {shape}"
        )
    return x


def box_muller(u1: Float[Tensor, "..."], u2: Float[Tensor, "..."]) -> Float[Tensor, "two ..."]:
    r"""Two standard normal numbers from two uniform ones: radius $\sqrt{-2\log u_1}$ and angle.

    Args:
        u1: uniform numbers in (0, 1], any shape.
        u2: uniform numbers in [0, 1], of the same shape.

    Returns:
        Shape (2, ...): $r\cos 2\pi u_2$ and $r\sin 2\pi u_2$, independent.

    Raises:
        ValueError: different shapes, or numbers outside (0, 1] and [0, 1].

    Equation: :eq:`eq-box-muller`
    Section: :ref:`sec-sampling`
    Source: Box, Muller (1958), A note on the generation of random normal deviates,
        doi:10.1214/aoms/1177706645.

    Example:
        >>> box_muller(torch.tensor([0.5]), torch.tensor([0.25])).round(decimals=4).abs()
        tensor([[0.0000],
                [1.1774]])

    In production: torch.randn.
    """
    require_probability("box_muller", u1)
    require_probability("box_muller", u2)
    if u1.shape != u2.shape or (u1 == 0).any():
        raise ValueError(
            f"box_muller needs equal shapes and u1 > 0 (take 1 - torch.rand), got "
            f"{tuple(u1.shape)} and {tuple(u2.shape)}"
        )
    r = (-2 * u1.log()).sqrt()
    return torch.stack([r * (2 * math.pi * u2).cos(), r * (2 * math.pi * u2).sin()])


def mvn_sample(
    mean: Float[Tensor, " d"],
    covariance: Float[Tensor, "d d"],
    n: int,
    *,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n d"]:
    r"""Gaussian vectors from independent numbers, $x = \mu + L\varepsilon$ with $\Sigma = LL^\top$.

    Args:
        mean: $\mu$, shape (d,).
        covariance: $\Sigma$, symmetric positive definite, shape (d, d).
        n: how many vectors.
        generator: the source of randomness; default torch's global one.

    Returns:
        Vectors as rows, shape (n, d).

    Raises:
        NotPositiveDefiniteError: $\Sigma$ is not positive definite.
        ValueError: shapes that do not fit, or an asymmetric matrix.

    Equation: :eq:`eq-mvn-sample`
    Section: :ref:`sec-sampling`
    Source: Devroye (1986), Non-Uniform Random Variate Generation, section XI.2.

    Example:
        >>> mvn_sample(torch.zeros(2), torch.eye(2), 3).shape
        torch.Size([3, 2])

    In production: torch.distributions.MultivariateNormal.
    """
    return MultivariateNormal(mean, covariance).sample((n,), generator=generator)
