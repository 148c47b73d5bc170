import math

import numpy as np
import pytest
import torch
from scipy.integrate import simpson
from scipy.optimize import brute, minimize
from scipy.stats import norm

from dlcore.explorables import kl_fit
from dlcore.explorables.kl_fit import SCRIPTS, divergences, mixture, profiles
from dlcore.probability import Normal, fit_gaussian_kl
from tests.parity import assert_close

# Distance, weight of the right peak, start of the reverse search.
CASES = [(8.0, 0.5, 2.0), (8.0, 0.1, 4.0), (8.0, 0.1, -2.0), (4.0, 0.7, 1.5), (2.0, 0.5, 0.3)]


def log_p(x, distance, weight):
    logs = [norm.logpdf(x, sign * distance / 2) for sign in (-1, 1)]
    return np.logaddexp(math.log1p(-weight) + logs[0], math.log(weight) + logs[1])


def divergence(order, q, distance, weight):
    """By Simpson's rule on steps of 0.01."""
    x = np.linspace(-30, 30, 6001)
    a, b = log_p(x, distance, weight), norm.logpdf(x, *q)
    integrand = np.exp(a) * (a - b) if order == "forward" else np.exp(b) * (b - a)
    return simpson(integrand, x=x)


@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.explorables.kl_fit")
@pytest.mark.parametrize("case", CASES)
def test_the_reverse_fit_of_the_page_is_a_minimum(javascript, case):
    distance, weight, start = case
    got = javascript(
        SCRIPTS,
        "fitReverse(target({ distance, weight }), start)",
        distance=distance,
        weight=weight,
        start=start,
    )
    q = (got["mean"], got["scale"])
    assert got["divergence"] == pytest.approx(divergence("reverse", q, distance, weight), abs=1e-8)
    found = minimize(
        lambda q: divergence("reverse", q, distance, weight), q, method="Nelder-Mead", tol=1e-10
    )
    assert_close(q, found.x, rtol=0, atol=1e-4)
    ours = fit_gaussian_kl(mixture(distance, weight), direction="reverse", start=start)
    assert_close(q, (ours.loc.item(), ours.scale.item()), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_the_forward_fit_of_the_page_is_the_minimum(javascript, case):
    distance, weight, _ = case
    mean, scale, least, beside = javascript(
        SCRIPTS,
        "(({ mean, scale, divergence: of }) => [mean, scale, of(mean), of(mean + 2)])"
        "(fitForward({ distance, weight }))",
        distance=distance,
        weight=weight,
    )
    xs = np.linspace(-14, 14, 4001)
    p = np.exp(log_p(xs, distance, weight))
    best = brute(
        lambda q: -(p * norm.logpdf(xs, q[0], math.exp(q[1]))).sum(), ((-4, 4), (-0.5, 2)), Ns=12
    )
    assert_close((mean, math.log(scale)), best, rtol=0, atol=1e-3)
    assert least == pytest.approx(divergence("forward", (mean, scale), distance, weight), abs=1e-8)
    shifted = (mean + 2, math.hypot(scale, 2))
    assert beside == pytest.approx(divergence("forward", shifted, distance, weight), abs=1e-8)


def test_the_valleys_of_the_page_are_those_of_a_search_over_deviations(javascript):
    means = [-5.0, -2.0, 0.0, 3.0]
    got = javascript(
        SCRIPTS,
        "reverseProfile(target({ distance: 6, weight: 0.3 }), means)",
        means=means,
    )
    for m, value in zip(means, got, strict=True):
        best = brute(
            lambda t, m=m: divergence("reverse", (m, math.exp(t[0])), 6, 0.3), ((-1, 1.5),), Ns=20
        )
        least = divergence("reverse", (m, math.exp(best[0])), 6, 0.3)
        assert value == pytest.approx(least, abs=0.01)
    _, ours = profiles(mixture(6, 0.3), torch.tensor(means).double())
    assert_close(got, ours, rtol=1e-6)


def test_first_and_second_derivatives_of_the_page(javascript):
    rows = javascript(
        SCRIPTS,
        "(() => { const p = target({ distance: 3, weight: 0.2 }), at = [0.4, 0.3], e = 1e-5;"
        "const f = (m, t) => reverseAt(p, [m, t]);"
        "const [m, t] = at;"
        "return [f(m, t), f(m + e, t), f(m - e, t), f(m, t + e), f(m, t - e)]; })()",
    )
    here, right, left, up, down = rows
    slopes = [(a["value"] - b["value"]) / 2e-5 for a, b in ((right, left), (up, down))]
    assert_close(here["g"], slopes, rtol=1e-6, atol=1e-8)
    bends = [(np.subtract(a["g"], b["g"])) / 2e-5 for a, b in ((right, left), (up, down))]
    assert_close(here["h"], [bends[0][0], bends[0][1], bends[1][1]], rtol=1e-5, atol=1e-7)


def test_the_finding():
    p = mixture(8, 0.5)
    forward = fit_gaussian_kl(p, direction="forward")
    assert (round(forward.loc.item(), 2), round(forward.scale.item(), 2)) == (0, 4.12)
    assert math.exp(log_p(0, 8, 0.5)) < 0.001
    for start in (2.0, -2.0):
        reverse = fit_gaussian_kl(p, direction="reverse", start=start)
        assert reverse.loc.item() == pytest.approx(math.copysign(4, start), abs=0.01)
        assert divergences(p, reverse)[1] == pytest.approx(math.log(2), abs=0.005)
    p = mixture(8, 0.1)
    paid = [
        divergence("reverse", (q.loc.item(), q.scale.item()), 8, 0.1)
        for q in (fit_gaussian_kl(p, direction="reverse", start=start) for start in (4.0, -4.0))
    ]
    assert [round(value, 2) for value in paid] == [2.3, 0.11]
    near = mixture(2, 0.5)
    scales = [fit_gaussian_kl(near, direction=d, start=1.0).scale for d in ("forward", "reverse")]
    assert abs(scales[0] - scales[1]) < 0.03


def test_the_still_says_what_the_caller_asked_for():
    figure = kl_fit(6, 0.5, -3, finding="Both.")
    assert "two peaks 6 apart" in figure.alt
    assert "reverse mean -2.98" in figure.alt
    assert (figure.state["start"], figure.finding) == (-3, "Both.")
    assert divergences(mixture(0, 0.5), Normal(0.0, 1.0)) == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"distance": 9}, "distance must lie between 0 and 8, got 9"),
        ({"weight": 0}, "weight must lie between 0.05 and 0.95, got 0"),
        ({"start": math.nan}, "start must lie between -6 and 6, got nan"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        kl_fit(**arguments)
