"""Distributions on which samplers show what they are like."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.chains import LogProb

_EFFECTS = (28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0)
_ERRORS = (15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0)
Draw = Callable[[int, torch.Generator | None], Tensor]


@dataclass(frozen=True)
class Target:
    """A log density for a batch of states: called, it is a sampler's `log_prob`.

    Attributes:
        log_prob: from (chains, d) to (chains,), without its constant.
        names: of the d coordinates.
        draw: exact states (n, d) from n and a generator; None where nobody knows how.

    Section: :ref:`sec-mcmc`.

    Example:
        >>> target = Target(lambda x: -(x**2).sum(1) / 2, ("x", "y"))
        >>> target(torch.ones(3, 2)), target.dim
        (tensor([-1., -1., -1.]), 2)

    In production: posteriordb.
    """

    log_prob: LogProb
    names: tuple[str, ...]
    draw: Draw | None = None

    @property
    def dim(self) -> int:
        """How many coordinates a state has."""
        return len(self.names)

    def __call__(self, x: Float[Tensor, "chains d"]) -> Float[Tensor, " chains"]:
        """The log density of each state, up to a constant."""
        return self.log_prob(x)

    def sample(self, n: int, *, generator: torch.Generator | None = None) -> Float[Tensor, "n d"]:
        """Independent exact states.

        Raises:
            ValueError: the target has no exact sampler.
        """
        if self.draw is None:
            raise ValueError("this target has no exact sampler: that is why there are chains")
        return self.draw(n, generator)


def _numbered(d: int, letter: str = "x") -> tuple[str, ...]:
    return tuple(f"{letter}{i}" for i in range(1, d + 1))


def correlated_gaussian(rho: float = 0.9, dim: int = 2) -> Target:
    """A Gaussian of unit variances in which any two coordinates have the same correlation.

    Args:
        rho: the correlation, between -1 / (dim - 1) and 1.
        dim: coordinates, at least 1.

    Returns:
        The target, with exact samples.

    Raises:
        ValueError: no such Gaussian exists.

    Section: :ref:`sec-hamiltonian-monte-carlo`.

    Source: Neal (2011), MCMC using Hamiltonian dynamics, arXiv:1206.1901, section 3.3.

    Example:
        >>> correlated_gaussian(0.0)(torch.tensor([[3.0, 4.0]]))
        tensor([-12.5000])

    In production: torch.distributions.MultivariateNormal.
    """
    if dim < 1 or rho * max(dim - 1, 1) <= -1 or rho >= 1:
        raise ValueError(f"no {dim} coordinates can have pairwise correlation {rho}")
    # covariance (1 - rho) I + rho 1 1^T: its inverse by Sherman and Morrison
    pull = rho / (1 + (dim - 1) * rho)
    across, along = math.sqrt(1 - rho), math.sqrt(1 + (dim - 1) * rho)

    def log_prob(x: Tensor) -> Tensor:
        return -0.5 * ((x**2).sum(-1) - pull * x.sum(-1) ** 2) / (1 - rho)

    def draw(n: int, generator: torch.Generator | None) -> Tensor:
        z = torch.randn(n, dim, generator=generator, device=_device(generator))
        mean = z.mean(1, keepdim=True)
        return across * (z - mean) + along * mean

    return Target(log_prob, _numbered(dim), draw)


def banana(bend: float = 0.5, width: float = 2.0) -> Target:
    r"""A bent Gaussian: $x\sim\mathcal N(0,w^2)$ and $y\sim\mathcal N(b(x^2-w^2),1)$ given x.

    Args:
        bend: b.
        width: w, positive.

    Returns:
        The target, with exact samples; both means are 0.

    Raises:
        ValueError: a width that is not positive.

    Section: :ref:`sec-mcmc`.

    Source: Haario, Saksman, Tamminen (1999), Adaptive proposal distribution for random walk
        Metropolis algorithm, doi:10.1007/s001800050022.

    Example:
        >>> banana(1.0, 1.0)(torch.tensor([[2.0, 3.0], [0.0, -1.0]]))
        tensor([-2., -0.])

    In production: torch.distributions.TransformedDistribution.
    """
    if width <= 0:
        raise ValueError(f"width must be positive, got {width}")

    def log_prob(x: Tensor) -> Tensor:
        along, across = x.unbind(-1)
        return -0.5 * ((along / width) ** 2 + (across - bend * (along**2 - width**2)) ** 2)

    def draw(n: int, generator: torch.Generator | None) -> Tensor:
        z, across = torch.randn(2, n, generator=generator, device=_device(generator))
        along = width * z
        return torch.stack([along, across + bend * (along**2 - width**2)], -1)

    return Target(log_prob, ("x", "y"), draw)


def two_modes(distance: float = 6.0, weight: float = 0.5, dim: int = 2) -> Target:
    """Two Gaussians of unit covariance whose means differ along the first axis.

    Args:
        distance: between the means, which lie at ± half of it.
        weight: of the right one, in (0, 1).
        dim: coordinates, at least 1.

    Returns:
        The target, with exact samples.

    Raises:
        ValueError: a weight or dimension out of range.

    Section: :ref:`sec-tempering`.

    Source: Neal (1996), Sampling from multimodal distributions using tempered transitions,
        doi:10.1007/BF00143556.

    Example:
        >>> target = two_modes(4.0, weight=0.25)
        >>> x = target.sample(4000, generator=torch.Generator().manual_seed(0))
        >>> bool(((x[:, 0] > 0).float().mean() - 0.27).abs() < 0.03)
        True

    In production: torch.distributions.MixtureSameFamily.
    """
    if not 0 < weight < 1 or dim < 1:
        raise ValueError(f"expected weight in (0, 1) and dim >= 1, got {weight} and {dim}")
    half = distance / 2

    def log_prob(x: Tensor) -> Tensor:
        first, rest = x[:, 0], x[:, 1:]
        right = math.log(weight) - 0.5 * (first - half) ** 2
        left = math.log(1 - weight) - 0.5 * (first + half) ** 2
        return torch.logaddexp(left, right) - 0.5 * (rest**2).sum(-1)

    def draw(n: int, generator: torch.Generator | None) -> Tensor:
        device = _device(generator)
        x = torch.randn(n, dim, generator=generator, device=device)
        right = torch.rand(n, generator=generator, device=device) < weight
        x[:, 0] += torch.where(right, half, -half)
        return x

    return Target(log_prob, _numbered(dim), draw)


def neals_funnel(dim: int = 10, *, centered: bool = True) -> Target:
    r"""$v\sim\mathcal N(0,3^2)$, and $x_i\sim\mathcal N(0,e^v)$ given v: wide mouth, narrow neck.

    Args:
        dim: v and dim - 1 others, at least 2.
        centered: False takes $x_i=e^{v/2}z_i$ and has $z_i\sim\mathcal N(0,1)$ as coordinates, in
            which the funnel is a Gaussian.

    Returns:
        The target, with exact samples.

    Raises:
        ValueError: fewer than 2 coordinates.

    Section: :ref:`sec-nuts`.

    Source: Neal (2003), Slice sampling, doi:10.1214/aos/1056562461, section 8.

    Example:
        >>> neals_funnel(3)(torch.tensor([[0.0, 3.0, 4.0], [3.0, 0.0, 0.0]]))
        tensor([-12.5000,  -3.5000])

    In production: numpyro's LocScaleReparam turns the one form into the other.
    """
    if dim < 2:
        raise ValueError(f"a funnel needs at least 2 coordinates, got {dim}")

    def log_prob(x: Tensor) -> Tensor:
        v, rest = x[:, 0], x[:, 1:]
        if not centered:
            return -(v**2) / 18 - 0.5 * (rest**2).sum(-1)
        return -(v**2) / 18 - 0.5 * ((rest**2).sum(-1) * torch.exp(-v) + (dim - 1) * v)

    def draw(n: int, generator: torch.Generator | None) -> Tensor:
        z = torch.randn(n, dim, generator=generator, device=_device(generator))
        v = 3 * z[:, :1]
        return torch.cat([v, z[:, 1:] * (torch.exp(v / 2) if centered else 1)], 1)

    return Target(log_prob, ("v", *_numbered(dim - 1, "x" if centered else "z")), draw)


def eight_schools(*, centered: bool = False) -> Target:
    r"""Effects of coaching in eight schools, with a common mean and spread.

    $y_j\sim\mathcal N(\theta_j,\sigma_j^2)$, $\theta_j\sim\mathcal N(\mu,\tau^2)$,
    $\mu\sim\mathcal N(0,5^2)$ and $\tau$ half-Cauchy of scale 5. Coordinates are
    $\mu$, $\log\tau$ and $\theta_j$, or, not centered, $z_j=(\theta_j-\mu)/\tau$.

    Args:
        centered: True has the neck of a funnel at small $\tau$.

    Returns:
        The target, 10 coordinates, without exact samples.

    Section: :ref:`sec-nuts`.

    Source: Rubin (1981), Estimation in parallel randomized experiments,
        doi:10.3102/10769986006004377; Betancourt, Girolami (2013), Hamiltonian Monte Carlo for
        hierarchical models, arXiv:1312.0906.

    Example:
        >>> eight_schools().names[:3]
        ('mu', 'log_tau', 'z1')

    In production: posteriordb's eight_schools.
    """

    def log_prob(x: Tensor) -> Tensor:
        effects = torch.tensor(_EFFECTS, dtype=x.dtype, device=x.device)
        errors = torch.tensor(_ERRORS, dtype=x.dtype, device=x.device)
        mu, log_tau, rest = x[:, :1], x[:, 1:2], x[:, 2:]
        tau = log_tau.exp()
        theta, z = (rest, (rest - mu) / tau) if centered else (mu + tau * rest, rest)
        prior = -0.5 * (mu / 5) ** 2 + log_tau - torch.log1p((tau / 5) ** 2)
        spread = 0.5 * z**2 + (log_tau if centered else 0)
        return prior[:, 0] - (spread + 0.5 * ((effects - theta) / errors) ** 2).sum(-1)

    names = _numbered(8, "theta" if centered else "z")
    return Target(log_prob, ("mu", "log_tau", *names))


def logistic_posterior(X: Float[Tensor, "n d"], y: Tensor, *, prior_std: float = 1.0) -> Target:
    """The posterior of the weights of logistic regression with a Gaussian prior.

    Args:
        X: examples as rows; add a column of ones for an intercept.
        y: n labels, 0 or 1.
        prior_std: standard deviation of each weight before the data, positive.

    Returns:
        The target in d weights, without exact samples.

    Raises:
        ValueError: shapes that do not fit, other labels, or a standard deviation not positive.

    Section: :ref:`sec-nuts`.

    Source: Bishop (2006), Pattern Recognition and Machine Learning, section 4.5.

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0]]), torch.tensor([0, 1])
        >>> logistic_posterior(X, y)(torch.zeros(1, 1))
        tensor([-1.3863])

    In production: NumPyro, PyMC, Stan; sklearn.linear_model.LogisticRegression for the mode.
    """
    if X.ndim != 2 or y.shape != X.shape[:1] or not bool(((y == 0) | (y == 1)).all()):
        raise ValueError(
            f"expected X (n, d) and n labels 0 or 1, got {tuple(X.shape)} and {tuple(y.shape)}"
        )
    if prior_std <= 0:
        raise ValueError(f"prior_std must be positive, got {prior_std}")
    signed = (X * (2 * y.to(X) - 1)[:, None]).mT

    def log_prob(w: Tensor) -> Tensor:
        likelihood = torch.nn.functional.logsigmoid(w @ signed.to(w))
        return likelihood.sum(-1) - 0.5 * (w / prior_std).square().sum(-1)

    return Target(log_prob, _numbered(X.shape[1], "w"))


def _device(generator: torch.Generator | None) -> torch.device | None:
    return generator.device if generator else None
