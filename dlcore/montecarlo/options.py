"""Prices of options where a share moves like a geometric Brownian motion: formulas and paths."""

import math
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.montecarlo.estimators import MonteCarloEstimate, from_values, require_draws
from dlcore.montecarlo.variance_reduction import control_variate_estimate

Kind = Literal["call", "put"]
Style = Literal["european", "arithmetic-asian", "geometric-asian"]
Number = Float[Tensor, "..."] | float


def black_scholes(
    spot: Number,
    strike: Number,
    rate: Number,
    volatility: Number,
    maturity: Number,
    *,
    kind: Kind = "call",
) -> Float[Tensor, "..."]:
    r"""The price of a European option, $S \Phi(d_1) - K e^{-rT} \Phi(d_2)$ for a call.

    Args:
        spot: the price S of the share now, positive, in any currency.
        strike: K, for which the share may be bought (call) or sold (put) at the end, positive.
        rate: r, continuously compounded interest per year.
        volatility: $\sigma$, positive, per square root of a year.
        maturity: T, positive, in years.
        kind: "call" or "put".

    Returns:
        The price in the same currency, of the arguments' common shape; numbers give float64. It is
        differentiable: the Greeks are its gradients.

    Raises:
        ValueError: a price, volatility or maturity that is not positive, or another kind.

    Equation: :eq:`eq-black-scholes`
    Section: :ref:`sec-option-pricing`
    Source: Black, Scholes (1973), The pricing of options and corporate liabilities,
        doi:10.1086/260062.

    Example:
        >>> black_scholes(100.0, 100.0, 0.05, 0.2, 1.0).round(decimals=4)
        tensor(10.4506, dtype=torch.float64)

    In production: QuantLib.
    """
    S, K, r, sigma, T = _market(kind, spot, strike, rate, volatility, maturity)
    return _lognormal_price(S * (r * T).exp(), K, sigma * T.sqrt(), (-r * T).exp(), kind)


def geometric_asian_price(
    spot: Number,
    strike: Number,
    rate: Number,
    volatility: Number,
    maturity: Number,
    fixings: int,
    *,
    kind: Kind = "call",
) -> Float[Tensor, "..."]:
    r"""The price of an option on the geometric mean of the share's prices, in closed form.

    The mean of m equally spaced prices is log-normal too: its logarithm has the variance
    $\sigma^2 T \frac{(m + 1)(2m + 1)}{6 m^2}$.

    Args:
        spot: the price S of the share now, positive, in any currency.
        strike: K, positive.
        rate: r, continuously compounded interest per year.
        volatility: $\sigma$, positive, per square root of a year.
        maturity: T, positive, in years.
        fixings: m, at the times T/m, 2T/m, ..., T.
        kind: "call" or "put".

    Returns:
        The price in the same currency, of the arguments' common shape; numbers give float64.

    Raises:
        ValueError: a price, volatility or maturity that is not positive, no fixing, or another
            kind.

    Equation: :eq:`eq-geometric-asian`
    Section: :ref:`sec-option-pricing`
    Source: Kemna, Vorst (1990), A pricing method for options based on average asset values,
        doi:10.1016/0378-4266(90)90039-5.

    Example:
        >>> geometric_asian_price(100.0, 100.0, 0.05, 0.2, 1.0, 12).round(decimals=4)
        tensor(5.9402, dtype=torch.float64)

    In production: QuantLib.
    """
    _require_count("geometric_asian_price needs fixings", fixings, 1)
    S, K, r, sigma, T = _market(kind, spot, strike, rate, volatility, maturity)
    m = fixings
    variance = sigma**2 * T * (m + 1) * (2 * m + 1) / (6 * m**2)
    mean = S.log() + (r - sigma**2 / 2) * T * (m + 1) / (2 * m)
    return _lognormal_price((mean + variance / 2).exp(), K, variance.sqrt(), (-r * T).exp(), kind)


def geometric_brownian_paths(
    spot: float,
    rate: float,
    volatility: float,
    maturity: float,
    steps: int,
    n: int,
    *,
    dtype: torch.dtype = torch.float64,
    generator: torch.Generator | None = None,
) -> Float[Tensor, "n steps"]:
    r"""Simulate prices $S_t = S_0 \exp((r - \sigma^2 / 2) t + \sigma W_t)$, exactly at each step.

    Args:
        spot: $S_0$, positive.
        rate: r, the drift per year; under the pricing measure the rate of interest.
        volatility: $\sigma$, at least 0, per square root of a year.
        maturity: the time of the last step, positive, in years.
        steps: how many, equally spaced; the start is not one of them.
        n: how many paths.
        dtype: of the prices.
        generator: source of randomness.

    Returns:
        Prices, shape (n, steps).

    Raises:
        ValueError: a price or maturity that is not positive, a negative volatility, no step or
            path.

    Equation: :eq:`eq-geometric-brownian-motion`
    Section: :ref:`sec-option-pricing`
    Source: Glasserman (2003), Monte Carlo methods in financial engineering, section 3.2.

    Example:
        >>> geometric_brownian_paths(100.0, 0.05, 0.0, 2.0, 2, 1).log().diff()
        tensor([[0.0500]], dtype=torch.float64)

    In production: QuantLib.
    """
    if not (spot > 0 and volatility >= 0 and maturity > 0):
        raise ValueError(
            f"expected a positive spot and maturity and a volatility of at least 0, got {spot}, "
            f"{maturity}, {volatility}"
        )
    _require_count("geometric_brownian_paths needs steps", steps, 1)
    _require_count("geometric_brownian_paths needs paths", n, 1)
    device = generator.device if generator else None
    z = torch.randn(n, steps, dtype=dtype, generator=generator, device=device)
    dt = maturity / steps
    moves = (rate - volatility**2 / 2) * dt + volatility * math.sqrt(dt) * z
    return spot * moves.cumsum(1).exp()


@torch.no_grad()
def mc_option_price(
    spot: float,
    strike: float,
    rate: float,
    volatility: float,
    maturity: float,
    *,
    style: Style = "european",
    kind: Kind = "call",
    fixings: int = 12,
    n: int = 100_000,
    control: bool = True,
    generator: torch.Generator | None = None,
) -> MonteCarloEstimate:
    r"""Price an option by simulated paths: the mean of its discounted payoff.

    Args:
        spot: the price S of the share now, positive, in any currency.
        strike: K, positive.
        rate: r, continuously compounded interest per year.
        volatility: $\sigma$, positive, per square root of a year.
        maturity: T, positive, in years.
        style: what is compared with the strike: "european" the last price, "arithmetic-asian" and
            "geometric-asian" the mean of the fixings.
        kind: "call" or "put".
        fixings: how many prices are averaged, at T/m, 2T/m, ..., T; a European option needs none.
        n: how many paths, all in memory at once.
        control: subtract a control variate whose price is known: the discounted share, whose price
            is S; for "arithmetic-asian" the option on the geometric mean.
        generator: source of randomness.

    Returns:
        The price with its standard error in the same currency; with `control` a
        `ControlVariateEstimate`, which has the coefficient too.

    Raises:
        ValueError: a price, volatility or maturity that is not positive, too few paths or fixings,
            or another style or kind.

    Equations: :eq:`eq-geometric-brownian-motion`, :eq:`eq-arithmetic-asian`
    Section: :ref:`sec-option-pricing`
    Source: Boyle (1977), Options: a Monte Carlo approach, doi:10.1016/0304-405X(77)90005-8;
        Kemna, Vorst (1990), A pricing method for options based on average asset values,
        doi:10.1016/0378-4266(90)90039-5.

    Example:
        >>> seeded = torch.Generator().manual_seed(0)
        >>> found = mc_option_price(
        ...     100.0, 100.0, 0.05, 0.2, 1.0, style="arithmetic-asian", generator=seeded
        ... )
        >>> round(found.estimate.item(), 1), bool(found.standard_error < 0.001)
        (6.2, True)

    In production: QuantLib.
    """
    if style not in ("european", "arithmetic-asian", "geometric-asian"):
        raise ValueError(
            f"style must be 'european', 'arithmetic-asian' or 'geometric-asian', got {style!r}"
        )
    _market(kind, spot, strike, rate, volatility, maturity)
    require_draws("mc_option_price", n, 3)
    steps = 1 if style == "european" else fixings
    paths = geometric_brownian_paths(
        spot, rate, volatility, maturity, steps, n, generator=generator
    )
    discount = math.exp(-rate * maturity)
    sign = 1 if kind == "call" else -1

    def worth(level: Tensor) -> Tensor:
        return discount * (sign * (level - strike)).clamp_min(0)

    geometric = paths.log().mean(1).exp()
    levels = {
        "european": paths[:, -1],
        "arithmetic-asian": paths.mean(1),
        "geometric-asian": geometric,
    }
    values = worth(levels[style])
    if not control:
        return from_values(values)
    if style == "arithmetic-asian":
        known = geometric_asian_price(
            spot, strike, rate, volatility, maturity, fixings, kind=kind
        ).item()
        return control_variate_estimate(values, worth(geometric), known)
    return control_variate_estimate(values, discount * paths[:, -1], spot)


def _market(kind: str, *numbers: Number) -> list[Tensor]:
    if kind not in ("call", "put"):
        raise ValueError(f"kind must be 'call' or 'put', got {kind!r}")
    like = next((x for x in numbers if isinstance(x, Tensor)), torch.zeros((), dtype=torch.float64))
    given = [torch.as_tensor(x, dtype=like.dtype, device=like.device) for x in numbers]
    S, K, r, sigma, T = given
    for name, value in (("spot", S), ("strike", K), ("volatility", sigma), ("maturity", T)):
        if not bool((value > 0).all()):
            raise ValueError(f"{name} must be positive, got {value.min().item()}")
    return [S, K, r, sigma, T]


def _lognormal_price(
    forward: Tensor, K: Tensor, spread: Tensor, discount: Tensor, kind: Kind
) -> Tensor:
    """The discounted expectation of max(X - K, 0), or max(K - X, 0), for a log-normal X."""
    d1 = (forward / K).log() / spread + spread / 2
    d2 = d1 - spread
    sign = 1 if kind == "call" else -1
    cdf = torch.special.ndtr
    return sign * discount * (forward * cdf(sign * d1) - K * cdf(sign * d2))


def _require_count(what: str, count: int, least: int) -> None:
    if count < least:
        raise ValueError(f"{what} of at least {least}, got {count}")
