"""Two ways to differentiate an expectation over a Gaussian whose parameters are learned."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.autoencoder.gaussian_codes import standard_normal


class GradientDraws(NamedTuple):
    r"""One unbiased gradient of $\mathbb E f(z)$ for each draw of z.

    Attributes:
        mu: with respect to the mean, shape (s, d).
        sigma: with respect to the standard deviation, shape (s, d).

    Equation: :eq:`eq-pathwise-gradient`
    Section: :ref:`sec-reparameterization`
    Source: Mohamed et al. (2020), Monte Carlo gradient estimation in machine learning,
        arXiv:1906.10652.

    Example:
        >>> GradientDraws(torch.zeros(5, 2), torch.zeros(5, 2)).mu.mean(0)
        tensor([0., 0.])

    In production: torch.autograd.
    """

    mu: Tensor
    sigma: Tensor


Objective = Callable[[Tensor], Tensor]


def pathwise_grad(
    f: Objective,
    mu: Float[Tensor, " d"],
    sigma: Float[Tensor, " d"],
    samples: int,
    *,
    generator: torch.Generator | None = None,
) -> GradientDraws:
    r"""The gradient along the path $z = \mu + \sigma\epsilon$: $f'(z)$ and $f'(z)\,\epsilon$.

    Args:
        f: a differentiable function of each row of a tensor, (s, d) to (s,).
        mu: the mean, shape (d,).
        sigma: the standard deviation, positive, shape (d,).
        samples: s, how many draws.
        generator: the source of the noise; default torch's global one.

    Returns:
        The gradient of each draw; their means estimate the gradient of $\mathbb E f(z)$ and their
        variances say how well one draw does it.

    Raises:
        ValueError: shapes that do not fit, a sigma that is not positive, or no draws.

    Equation: :eq:`eq-pathwise-gradient`
    Section: :ref:`sec-reparameterization`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.

    Example:
        >>> mu, sigma = torch.tensor([0.5]), torch.tensor([0.8])
        >>> draws = pathwise_grad(lambda z: 3 * z[:, 0], mu, sigma, 4)
        >>> draws.mu.mT
        tensor([[3., 3., 3., 3.]])

    In production: torch.distributions.Normal.rsample and backward().
    """
    epsilon = _noise("pathwise_grad", mu, sigma, samples, generator)
    z = (mu + sigma * epsilon).detach().requires_grad_()
    with torch.enable_grad():
        (slope,) = torch.autograd.grad(_values("pathwise_grad", f, z).sum(), z)
    return GradientDraws(slope, slope * epsilon)


@torch.no_grad()
def score_function_grad(
    f: Objective,
    mu: Float[Tensor, " d"],
    sigma: Float[Tensor, " d"],
    samples: int,
    *,
    baseline: bool = False,
    generator: torch.Generator | None = None,
) -> GradientDraws:
    r"""The gradient by the density's score, $f(z)\,\nabla\log q(z)$: f is never differentiated.

    The scores of a Gaussian are $(z - \mu)/\sigma^2$ and $((z - \mu)^2 - \sigma^2)/\sigma^3$.

    Args:
        f: any function of each row of a tensor, (s, d) to (s,).
        mu: the mean, shape (d,).
        sigma: the standard deviation, positive, shape (d,).
        samples: s, how many draws.
        baseline: subtract from each value of f the mean of the other draws' values, which leaves
            the expectation as it is and often removes much of the variance.
        generator: the source of the noise; default torch's global one.

    Returns:
        The gradient of each draw, with the same expectation as those of `pathwise_grad`.

    Raises:
        ValueError: shapes that do not fit, a sigma that is not positive, no draws, or a baseline
            from fewer than two.

    Equation: :eq:`eq-score-function-gradient`
    Section: :ref:`sec-reparameterization`
    Source: Williams (1992), Simple statistical gradient-following algorithms for connectionist
        reinforcement learning, doi:10.1007/BF00992696.

    Example:
        >>> mu, sigma = torch.tensor([0.5]), torch.tensor([0.8])
        >>> seeded = torch.Generator().manual_seed(0)
        >>> draws = score_function_grad(
        ...     lambda z: z[:, 0] ** 2, mu, sigma, 100_000, generator=seeded
        ... )
        >>> bool((draws.mu.mean() - 1).abs() < 0.05)
        True

    In production: torch.distributions, with log_prob(z) times f(z) as the loss.
    """
    epsilon = _noise("score_function_grad", mu, sigma, samples, generator)
    values = _values("score_function_grad", f, mu + sigma * epsilon)
    if baseline:
        if samples < 2:
            raise ValueError("a baseline from the other draws needs samples of at least 2")
        values = values - (values.sum() - values) / (samples - 1)
    weighted = values[:, None] / sigma
    return GradientDraws(weighted * epsilon, weighted * (epsilon.square() - 1))


def _noise(
    name: str, mu: Tensor, sigma: Tensor, samples: int, generator: torch.Generator | None
) -> Tensor:
    if mu.ndim != 1 or mu.shape != sigma.shape or not (sigma > 0).all() or samples < 1:
        raise ValueError(
            f"{name} needs mu and a positive sigma of one shape (d,) and samples >= 1, got "
            f"{tuple(mu.shape)}, {tuple(sigma.shape)}, {samples}"
        )
    return standard_normal((samples, *mu.shape), mu, generator)


def _values(name: str, f: Objective, z: Tensor) -> Tensor:
    values = f(z)
    if values.shape != z.shape[:1]:
        raise ValueError(
            f"{name}: f must map {tuple(z.shape)} to ({len(z)},), it gave {tuple(values.shape)}"
        )
    return values
