"""Risk, options and retirement against closed forms and SciPy."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from dlcore.montecarlo import (
    ControlVariateEstimate,
    black_scholes,
    expected_shortfall,
    geometric_asian_price,
    geometric_brownian_paths,
    mc_option_price,
    retirement_success_probability,
    simulate_retirement,
    value_at_risk,
)
from tests.parity import assert_close

F64 = torch.float64
MARKET = (100.0, 100.0, 0.05, 0.2, 1.0)
# a right estimate is off by more than four standard errors with probability 6e-5
SIGMAS = 4


def near(found, truth):
    assert float(found.estimate) == pytest.approx(truth, abs=SIGMAS * float(found.standard_error))


@pytest.mark.reference("numpy.quantile", of="dlcore.montecarlo.value_at_risk")
@pytest.mark.reference("numpy.sort", of="dlcore.montecarlo.expected_shortfall")
@pytest.mark.parametrize(
    ("level", "var", "es"), [(0.95, 1.644854, 2.062713), (0.975, 1.959964, 2.337803)]
)
def test_risk_of_normal_losses(level, var, es):
    # quantiles at the middles of 100000 equal shares: as even as a sample can be
    u = (torch.arange(100_000, dtype=F64) + 0.5) / 100_000
    losses = math.sqrt(2) * torch.erfinv(2 * u - 1)
    assert_close(value_at_risk(losses, level), var, rtol=0, atol=2e-3)
    assert_close(expected_shortfall(losses, level), es, rtol=0, atol=2e-3)


@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=40),
    st.sampled_from([0.05, 0.29, 0.5, 0.9, 0.95, 0.99]),
)
def test_risk_against_numpy(values, level):
    losses = torch.tensor(values, dtype=F64)
    expected = np.quantile(values, level, method="inverted_cdf")
    assert_close(value_at_risk(losses, level), expected)
    # the worst losses, each of weight 1/n, the last one only as far as the share reaches
    worst, share, total = sorted(values, reverse=True), 1 - level, 0.0
    for loss in worst:
        part = min(share, 1 / len(values))
        total, share = total + part * loss, share - part
    assert_close(expected_shortfall(losses, level), total / (1 - level), rtol=1e-7, atol=1e-7)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.black_scholes")
def test_black_scholes():
    assert_close(black_scholes(*MARKET), 10.450584, rtol=1e-7)
    assert_close(black_scholes(*MARKET, kind="put"), 5.573526, rtol=1e-7)
    strikes = torch.tensor([50.0, 100.0, 200.0], dtype=F64)
    call = black_scholes(100.0, strikes, 0.05, 0.2, 1.0)
    put = black_scholes(100.0, strikes, 0.05, 0.2, 1.0, kind="put")
    assert_close(call - put, 100 - strikes * math.exp(-0.05), rtol=1e-9)
    assert black_scholes(100.0, strikes.float(), 0.05, 0.2, 1.0).dtype == torch.float32


def test_greeks_by_autograd():
    spot = torch.tensor(100.0, dtype=F64, requires_grad=True)
    volatility = torch.tensor(0.2, dtype=F64, requires_grad=True)
    black_scholes(spot, 100.0, 0.05, volatility, 1.0).backward()
    d1 = (0.05 + 0.02) / 0.2
    assert_close(spot.grad, stats.norm.cdf(d1), rtol=1e-9)
    assert_close(volatility.grad, 100 * stats.norm.pdf(d1), rtol=1e-9)


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.montecarlo.geometric_asian_price")
@pytest.mark.parametrize("kind", ["call", "put"])
@pytest.mark.parametrize("fixings", [1, 3, 12])
def test_geometric_asian_against_quadrature(kind, fixings):
    S, K, r, sigma, T = 100.0, 105.0, 0.05, 0.3, 2.0
    times = T * np.arange(1, fixings + 1) / fixings
    spread = sigma * math.sqrt(np.minimum.outer(times, times).mean())
    mean = math.log(S) + (r - sigma**2 / 2) * times.mean()
    sign = 1 if kind == "call" else -1

    def payoff(z):
        return max(sign * (math.exp(mean + spread * z) - K), 0) * stats.norm.pdf(z)

    kink = (math.log(K) - mean) / spread
    expected = sum(integrate.quad(payoff, low, high)[0] for low, high in ((-12, kink), (kink, 12)))
    found = geometric_asian_price(S, K, r, sigma, T, fixings, kind=kind)
    assert_close(found, math.exp(-r * T) * expected, rtol=1e-7)


def test_known_asian_price():
    assert_close(geometric_asian_price(*MARKET, 12), 5.940200, rtol=1e-6)
    assert_close(geometric_asian_price(*MARKET, 1), black_scholes(*MARKET))


@pytest.mark.reference("closed form", of="dlcore.montecarlo.geometric_brownian_paths")
def test_paths_have_the_moments_of_brownian_motion(generator):
    S, r, sigma, T, steps, n = 50.0, 0.03, 0.4, 2.0, 4, 20_000
    logs = (geometric_brownian_paths(S, r, sigma, T, steps, n, generator=generator) / S).log()
    increments = torch.cat([logs[:, :1], logs.diff(dim=1)], 1)
    z = (increments - (r - sigma**2 / 2) * T / steps) / (sigma * math.sqrt(T / steps))
    assert stats.kstest(z.flatten().numpy(), stats.norm.cdf).pvalue > 1e-4
    # 6 correlations, each with an error of 1 / sqrt(n)
    correlations = torch.corrcoef(z.T) - torch.eye(steps, dtype=F64)
    assert float(correlations.abs().max()) < 5 / math.sqrt(n)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.mc_option_price")
@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize(
    ("style", "kind", "price"),
    [
        ("european", "call", 10.450584),
        ("european", "put", 5.573526),
        ("geometric-asian", "call", 5.940200),
    ],
)
def test_simulated_prices(generator, control, style, kind, price):
    found = mc_option_price(
        *MARKET, style=style, kind=kind, n=20_000, control=control, generator=generator
    )
    near(found, price)
    assert isinstance(found, ControlVariateEstimate) == control


def test_arithmetic_asian(generator):
    style = "arithmetic-asian"
    found = mc_option_price(*MARKET, style=style, n=20_000, generator=generator)
    plain = mc_option_price(*MARKET, style=style, n=20_000, control=False, generator=generator)
    # by 10^6 paths: 6.1563 with an error of 0.0005
    assert float(found.estimate) == pytest.approx(6.1563, abs=0.003)
    near(plain, 6.1563)
    assert float(plain.variance / found.variance) == pytest.approx(1280, rel=0.2)
    assert float(found.coefficient[0]) == pytest.approx(1.0315, abs=0.005)
    put = mc_option_price(*MARKET, style=style, kind="put", n=20_000, generator=generator)
    mean = np.mean([100 * math.exp(0.05 * t / 12) for t in range(1, 13)])
    parity = float(found.estimate - put.estimate) - math.exp(-0.05) * (mean - 100)
    assert abs(parity) < 6 * float(found.standard_error + put.standard_error)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.simulate_retirement")
@pytest.mark.reference("closed form", of="dlcore.montecarlo.retirement_success_probability")
def test_savings_without_risk():
    # an annuity due: 25.14 payments
    factor = 1.02
    lasts = -math.log(1 - 20 * (1 - 1 / factor)) / math.log(factor)
    assert lasts == pytest.approx(25.14, abs=0.01)
    for years, success in ((25, 1.0), (26, 0.0)):
        found = retirement_success_probability(1e6, 5e4, years, mean_return=0.02, n=2)
        assert float(found.estimate) == success
    states = simulate_retirement(1e6, 5e4, 27, mean_return=0.02, n=2)
    t = np.arange(26)
    due = factor * (factor**t - 1) / (factor - 1)
    assert_close(states[0, :26], 1e6 * factor**t - 5e4 * due, rtol=1e-8)
    assert states[0, 26] == 0
    assert states[0, 27] == 0


def test_equal_growth_of_prices_and_savings():
    """Returns that only keep up with prices pay for wealth / withdrawal years."""
    for years, success in ((10, 1.0), (11, 0.0)):
        found = retirement_success_probability(
            100.0 + 1e-6, 10.0, years, mean_return=0.03, inflation=0.03, n=2
        )
        assert float(found.estimate) == success


def test_one_year_is_a_normal_tail(generator):
    """The second payment fails if the first year's return and prices do not suffice."""
    found = retirement_success_probability(
        100.0, 50.0, 2, mean_return=0.04, volatility=0.2, inflation=0.02,
        inflation_volatility=0.05, n=20_000, generator=generator,
    )  # fmt: skip
    drift = math.log(1.04) - 0.02 - math.log(1.02) + 0.05**2 / 2
    near(found, stats.norm.cdf(drift / math.hypot(0.2, 0.05)))
    states = simulate_retirement(
        100.0, 50.0, 1, mean_return=0.04, volatility=0.2, n=20_000, generator=generator
    )
    final = states[:, 1]
    error = SIGMAS * float(final.std()) / math.sqrt(20_000)
    assert float(final.mean()) == pytest.approx(52, abs=error)


def test_a_life_of_unknown_length():
    lengths = torch.tensor([0.0, 0.2, 0.5, 0.3], dtype=F64)
    options = {"mean_return": 0.05, "volatility": 0.3, "n": 500}
    seeds = (torch.Generator().manual_seed(3) for _ in range(4))
    found = retirement_success_probability(100.0, 35.0, lengths, generator=next(seeds), **options)
    states = simulate_retirement(100.0, 35.0, 4, generator=next(seeds), **options)
    paid = (states[:, :4] >= 35).double().mean(0)
    assert_close(found.estimate, (lengths * paid).sum())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: value_at_risk(torch.zeros(0)), r"got \(0,\)"),
        (lambda: expected_shortfall(torch.tensor([1.0, torch.nan])), "without NaN"),
        (lambda: value_at_risk(torch.ones(3), 1.0), "between 0 and 1, got 1.0"),
        (lambda: black_scholes(*MARKET, kind="calls"), "'call' or 'put', got 'calls'"),
        (lambda: black_scholes(100.0, -1.0, 0.0, 0.2, 1.0), "strike must be positive, got -1.0"),
        (lambda: black_scholes(100.0, 1.0, 0.0, 0.0, 1.0), "volatility must be positive, got 0.0"),
        (lambda: geometric_asian_price(*MARKET, 0), "fixings of at least 1, got 0"),
        (lambda: geometric_brownian_paths(0.0, 0.1, 0.1, 1.0, 1, 1), "got 0.0, 1.0, 0.1"),
        (lambda: geometric_brownian_paths(1.0, 0.1, 0.1, 1.0, 0, 1), "steps of at least 1, got 0"),
        (lambda: geometric_brownian_paths(1.0, 0.1, 0.1, 1.0, 1, 0), "paths of at least 1, got 0"),
        (lambda: mc_option_price(*MARKET, style="asian"), "got 'asian'"),
        (lambda: mc_option_price(*MARKET, n=2), "at least 3 draws, got 2"),
        (
            lambda: simulate_retirement(-1.0, 1.0, 1, mean_return=0.0),
            "volatilities must be at least 0",
        ),
        (lambda: simulate_retirement(1.0, 1.0, 1, mean_return=-1.0), "exceed -1, got -1.0"),
        (
            lambda: retirement_success_probability(1.0, 1.0, 0, mean_return=0.0),
            "that add up to 1, got 0",
        ),
        (
            lambda: retirement_success_probability(1.0, 1.0, torch.ones(3), mean_return=0.0),
            "that add up to 1",
        ),
        (
            lambda: retirement_success_probability(1.0, 1.0, 1, mean_return=0.0, n=1),
            "at least 2 draws, got 1",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
