"""Whether savings last: wealth under random returns, prices and length of life."""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from dlcore.montecarlo.estimators import MonteCarloEstimate, from_values, require_draws


@torch.no_grad()
def simulate_retirement(
    wealth: float,
    withdrawal: float,
    years: int,
    *,
    mean_return: float,
    volatility: float = 0.0,
    inflation: float = 0.0,
    inflation_volatility: float = 0.0,
    n: int = 10_000,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n t"]:
    r"""Simulate wealth that is drawn down: $W_{t+1} = (W_t - w_t) R_t$ and $w_{t+1} = w_t I_t$.

    Returns $R_t$ and the growth of prices $I_t$ are log-normal and independent from year to year.

    Args:
        wealth: $W_0$ at the start, in any currency.
        withdrawal: $w_0$, taken at the beginning of the first year; it grows with prices.
        years: for how many years.
        mean_return: the expected return per year, such as 0.05.
        volatility: the standard deviation of the yearly log-return, at least 0.
        inflation: the expected growth of prices per year.
        inflation_volatility: the standard deviation of its logarithm, at least 0.
        n: how many lives.
        generator: source of randomness.

    Returns:
        Wealth before each payment and at the end, shape (n, years + 1). From the first payment that
        cannot be made in full on it is 0.

    Raises:
        ValueError: an amount or volatility below 0, growth of -1 or less, no year or life.

    Equation: :eq:`eq-wealth-recursion`
    Section: :ref:`sec-retirement`
    Source: Milevsky, Robinson (2005), A sustainable spending rate without simulation,
        doi:10.2469/faj.v61.n6.2776.

    Example:
        >>> simulate_retirement(100.0, 50.0, 2, mean_return=0.1, n=1)
        tensor([[100.0000,  55.0000,   5.5000]], dtype=torch.float64)

    In production: the same loop.
    """
    return _live(
        wealth,
        withdrawal,
        years,
        mean_return,
        volatility,
        inflation,
        inflation_volatility,
        n,
        generator,
    )[0]


@torch.no_grad()
def retirement_success_probability(
    wealth: float,
    withdrawal: float,
    years: int | Float[Tensor, " y"],
    *,
    mean_return: float,
    volatility: float = 0.0,
    inflation: float = 0.0,
    inflation_volatility: float = 0.0,
    n: int = 10_000,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Estimate how often savings pay for a whole retirement.

    Args:
        wealth: at the start, in any currency.
        withdrawal: taken at the beginning of the first year; it grows with prices.
        years: how many payments are needed, or the probabilities that it is 1, 2, ..., y of them,
            shape (y,), for a life of unknown length.
        mean_return: the expected return per year, such as 0.05.
        volatility: the standard deviation of the yearly log-return, at least 0.
        inflation: the expected growth of prices per year.
        inflation_volatility: the standard deviation of its logarithm, at least 0.
        n: how many lives, at least 2.
        generator: source of randomness.

    Returns:
        The share of lives in which each payment was made in full, and its standard error. For a
        life of unknown length the share is averaged over the length exactly, path by path.

    Raises:
        ValueError: an amount or volatility below 0, growth of -1 or less, no year, fewer than two
            lives, or lengths whose probabilities do not add up to 1.

    Equation: :eq:`eq-wealth-recursion`
    Section: :ref:`sec-retirement`
    Source: Milevsky, Robinson (2005), A sustainable spending rate without simulation,
        doi:10.2469/faj.v61.n6.2776.

    Example:
        >>> found = retirement_success_probability(1e6, 5e4, 25, mean_return=0.02, n=2)
        >>> found.estimate
        tensor(1., dtype=torch.float64)

    In production: the same loop.
    """
    require_draws("retirement_success_probability", n)
    if isinstance(years, int):
        needed = torch.zeros(max(years, 0), dtype=torch.float64)
        needed[-1:] = 1
    else:
        needed = years.double()
    valid = needed.ndim == 1 and bool((needed >= 0).all())
    if not valid or abs(float(needed.sum()) - 1) > 1e-6:
        raise ValueError(
            f"expected years of at least 1 or probabilities (y,) that add up to 1, got {years}"
        )
    _, paid = _live(
        wealth,
        withdrawal,
        len(needed),
        mean_return,
        volatility,
        inflation,
        inflation_volatility,
        n,
        generator,
    )
    return from_values(paid.double().cumprod(1) @ needed.to(paid.device))


def _live(
    wealth: float,
    withdrawal: float,
    years: int,
    mean_return: float,
    volatility: float,
    inflation: float,
    inflation_volatility: float,
    n: int,
    generator: torch.Generator | None,
) -> tuple[Float[Tensor, "n t"], Bool[Tensor, "n k"]]:
    """Wealth before each payment and at the end, and which payments were made in full."""
    if min(wealth, withdrawal, volatility, inflation_volatility) < 0 or years < 1 or n < 1:
        raise ValueError(
            f"amounts and volatilities must be at least 0, years and n at least 1, got {wealth}, "
            f"{withdrawal}, {volatility}, {inflation_volatility}, {years}, {n}"
        )
    if min(mean_return, inflation) <= -1:
        raise ValueError(f"growth must exceed -1, got {mean_return} and {inflation}")
    device = generator.device if generator else None
    z = torch.randn(2, years, n, dtype=torch.float64, generator=generator, device=device)
    growth = (math.log1p(mean_return) - volatility**2 / 2 + volatility * z[0]).exp()
    spread = inflation_volatility
    prices = (math.log1p(inflation) - spread**2 / 2 + spread * z[1]).cumsum(0).exp()
    due = withdrawal * torch.cat([torch.ones_like(prices[:1]), prices[:-1]])
    states, paid = [torch.full_like(due[0], wealth)], []
    for payment, factor in zip(due, growth, strict=True):
        left = states[-1] - payment
        paid.append(left >= 0)
        states.append(left.clamp_min(0) * factor)
    return torch.stack(states, 1), torch.stack(paid, 1)
