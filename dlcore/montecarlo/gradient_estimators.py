"""The gradient of an expectation in the parameters of what is drawn, from the draws."""

from collections.abc import Callable
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.estimators import Integrand, MonteCarloEstimate, from_values, require_draws
from dlcore.probability import Distribution
from dlcore.probability.distribution import Reparameterized

Family = Callable[[Tensor], Distribution]
Baseline = float | Literal["leave-one-out", "optimal"] | None


def score_function_gradient(
    f: Integrand,
    family: Family,
    theta: Float[Tensor, " p"],
    samples: int,
    *,
    baseline: Baseline = None,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate $\nabla_\theta \mathbb E f(x)$ by the mean of $(f(x) - b) \nabla \log p_\theta(x)$.

    f is only evaluated: it may have steps, x may be discrete. A baseline b that does not know the
    draw it is used on leaves the expectation as it is.

    Args:
        f: from draws, shape (n, ...), to one number each, shape (n,).
        family: from parameters, one set a row, shape (n, p), to n distributions: for example
            `lambda t: Normal(t[:, 0], t[:, 1])` or `lambda t: Categorical(logits=t)`.
        theta: where the gradient is wanted, shape (p,).
        samples: n, at least 2.
        baseline: None, a number, "leave-one-out" (the mean of the other draws' f), or "optimal"
            (the mean of the others' f weighted by the squared length of their scores, which makes
            the summed variance least); the last two need at least 3 draws.
        generator: source of randomness.

    Returns:
        The gradient, shape (p,), and its standard error; `variance` is that of a single draw.

    Raises:
        ValueError: too few draws, theta of another shape, an unknown baseline, or f or the family
            give another shape.
        ArithmeticError: a gradient that is infinite or NaN.

    Equations: :eq:`eq-score-function-gradient`, :eq:`eq-baseline`, :eq:`eq-optimal-baseline`
    Section: :ref:`sec-gradient-estimators`
    Source: Williams (1992), Simple statistical gradient-following algorithms for connectionist
        reinforcement learning, doi:10.1007/BF00992696; Mohamed et al. (2020), Monte Carlo gradient
        estimation in machine learning, arXiv:1906.10652.

    Example:
        >>> from dlcore.probability import Categorical
        >>> reward = torch.tensor([1.0, 2.0, 0.5])
        >>> found = score_function_gradient(
        ...     lambda action: reward[action],
        ...     lambda t: Categorical(logits=t),
        ...     torch.zeros(3),
        ...     20_000,
        ...     baseline="leave-one-out",
        ...     generator=torch.Generator().manual_seed(0),
        ... )
        >>> found.estimate.allclose((reward - reward.mean()) / 3, atol=0.01)
        True

    In production: torch.distributions, with log_prob(x) times f(x) as the loss.
    """
    name = "score_function_gradient"
    rows = _rows(name, theta, samples, 3 if isinstance(baseline, str) else 2)
    with torch.enable_grad():
        distribution = family(rows)
        x = distribution.sample((), generator=generator)
        log_prob = distribution.log_prob(x)
        _require_numbers(f"{name}: the family's log_prob", log_prob, samples)
        (score,) = torch.autograd.grad(log_prob.sum(), rows)
    with torch.no_grad():
        values = f(x)
        _require_numbers(f"{name}: f", values, samples)
        if baseline == "leave-one-out":
            values = values - (values.sum() - values) / (samples - 1)
        elif baseline == "optimal":
            squares = score.square().sum(1)
            weighted = squares * values
            values = values - (weighted.sum() - weighted) / (squares.sum() - squares)
        elif isinstance(baseline, str):
            raise ValueError(f"baseline must be 'leave-one-out' or 'optimal', got {baseline!r}")
        elif baseline is not None:
            values = values - baseline
        return from_values(values[:, None] * score)


def reparameterized_gradient(
    f: Integrand,
    family: Family,
    theta: Float[Tensor, " p"],
    samples: int,
    *,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate $\nabla_\theta \mathbb E f(x)$ along the path $x = g_\theta(\epsilon)$.

    Each draw is a differentiable function of the parameters and of noise that does not hang on
    them; the chain rule does the rest. f must be differentiable and its derivative tame.

    Args:
        f: from draws, shape (n, ...), to one number each, shape (n,); differentiable.
        family: from parameters, one set a row, shape (n, p), to n distributions with `rsample`.
        theta: where the gradient is wanted, shape (p,).
        samples: n, at least 2.
        generator: source of randomness.

    Returns:
        The gradient, shape (p,), and its standard error; `variance` is that of a single draw.

    Raises:
        TypeError: distributions without a path, such as discrete ones.
        ValueError: fewer than two draws, theta of another shape, or f gives another shape.
        ArithmeticError: a gradient that is infinite or NaN.

    Equation: :eq:`eq-pathwise-gradient`
    Section: :ref:`sec-gradient-estimators`
    Source: Kingma, Welling (2014), Auto-encoding variational Bayes, arXiv:1312.6114.

    Example:
        >>> from dlcore.probability import Normal
        >>> found = reparameterized_gradient(
        ...     torch.square,
        ...     lambda t: Normal(t[:, 0], t[:, 1]),
        ...     torch.ones(2),
        ...     20_000,
        ...     generator=torch.Generator().manual_seed(0),
        ... )
        >>> found.estimate.allclose(torch.tensor([2.0, 2.0]), atol=0.15)
        True

    In production: torch.distributions' rsample and backward().
    """
    name = "reparameterized_gradient"
    rows = _rows(name, theta, samples, 2)
    with torch.enable_grad():
        distribution = family(rows)
        if not isinstance(distribution, Reparameterized):
            raise TypeError(f"{name}: {type(distribution).__name__} has no rsample")
        values = f(distribution.rsample((), generator=generator))
        _require_numbers(f"{name}: f", values, samples)
        (slopes,) = torch.autograd.grad(values.sum(), rows)
    return from_values(slopes)


def _rows(name: str, theta: Tensor, samples: int, least: int) -> Tensor:
    """One copy of the parameters for each draw, so that each draw has a gradient of its own."""
    require_draws(name, samples, least)
    if theta.ndim != 1:
        raise ValueError(f"{name}: expected theta of shape (p,), got {tuple(theta.shape)}")
    return theta.detach().expand(samples, -1).clone().requires_grad_()


def _require_numbers(what: str, values: Tensor, samples: int) -> None:
    if values.shape != (samples,):
        raise ValueError(f"{what} must give shape ({samples},), got {tuple(values.shape)}")
