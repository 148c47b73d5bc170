import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import minimize
from torch.distributions import MultivariateNormal, kl_divergence

from dlcore.explorables import mean_field_posterior
from dlcore.explorables.mean_field_posterior import (
    DIVERGENCES,
    SCRIPTS,
    TARGETS,
    UPDATES,
    forward_fit,
    forward_kl,
    plain_kl,
    reverse_kl,
    updates,
)
from tests.parity import assert_close

STARTS = [(-2.0, 2.4), (0.3, 0.0), (1.0, -1.5)]


def bell(x, mean, deviation):
    """Logarithm of a normal density."""
    return -0.5 * ((x - mean) / deviation) ** 2 - math.log(deviation * math.sqrt(2 * math.pi))


def modes(x, offset):
    """Logarithm of the density of both modes, for |x| of no more than 20."""
    return math.log((math.exp(bell(x, offset, 1)) + math.exp(bell(x, -offset, 1))) / 2)


def along(mean, deviation, offset):
    """KL(q‖p) in the direction of the modes, by adaptive quadrature."""

    def density(x):
        log_q = bell(x, mean, deviation)
        return math.exp(log_q) * (log_q - modes(x, offset))

    ends = mean - 7 * deviation, mean + 7 * deviation
    return quad(density, *ends, points=[mean], limit=400, epsabs=1e-11)[0]


@pytest.mark.reference(
    "torch.distributions.kl_divergence", of="dlcore.explorables.mean_field_posterior"
)
@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.99])
def test_divergences_of_the_correlated_posterior(javascript, rho):
    fit = (0.4, -0.7, 0.5, 1.3)
    p = MultivariateNormal(
        torch.zeros(2, dtype=torch.float64),
        torch.tensor([[1.0, rho], [rho, 1.0]], dtype=torch.float64),
    )
    means, deviations = torch.tensor([fit[:2], fit[2:]], dtype=torch.float64)
    q = MultivariateNormal(means, deviations.square().diag())
    reference = kl_divergence(q, p).item()
    standard = MultivariateNormal(torch.zeros(2).double(), torch.eye(2).double())
    work = (
        "[reverseKl(nodesOf(nodes), fit, rho, null), forwardKl(nodesOf(nodes), rho, null),"
        "forwardFit(null)]"
    )
    nodes = mean_field_posterior().state["nodes"]
    there = javascript(SCRIPTS, work, nodes=nodes, fit=fit, rho=rho)
    assert reverse_kl(fit, rho) == pytest.approx(reference, rel=1e-12)
    assert forward_kl(rho, None) == pytest.approx(kl_divergence(p, standard).item(), rel=1e-9)
    assert there[0] == pytest.approx(reference, rel=1e-9)
    assert there[1] == pytest.approx(forward_kl(rho, None), rel=1e-9)
    assert there[2] == list(forward_fit(None))


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.explorables.mean_field_posterior")
@pytest.mark.parametrize("offset", [0.0, 1.5, 3.0, 3.5])
def test_divergences_of_the_two_modes(offset):
    for mean, deviation in ((0.0, 2.74), (2.9, 1.1), (-1.0, 0.6)):
        reference = along(mean, deviation, offset) + plain_kl(0.3, 0.8)
        assert reverse_kl((mean, 0.3, deviation, 0.8), 0.0, offset) == pytest.approx(
            reference, abs=1e-6
        )

    def density(x):
        log_p = modes(x, offset)
        return math.exp(log_p) * (log_p - bell(x, 0, math.sqrt(1 + offset**2)))

    reference = 2 * quad(density, 0, 16, limit=400, points=[offset])[0]
    assert forward_kl(0.0, offset) == pytest.approx(reference, abs=1e-6)


@pytest.mark.parametrize(("rho", "offset"), [(0.9, None), (0.3, None), (0.0, 1.4), (0.0, 3.0)])
def test_the_page_goes_the_way_of_python(javascript, rho, offset):
    for start in STARTS:
        state = {**mean_field_posterior(start=start).state, "rho": rho}
        work = "updatesOf(state, nodesOf(state.nodes), offset)"
        there = javascript(SCRIPTS, work, state=state, offset=offset)
        assert_close(there, np.array(updates(start, rho, offset)), atol=1e-6)


def test_updates_are_coordinate_ascent_and_never_rise():
    for start in STARTS:
        for rho, offset in ((0.9, None), (0.99, None), (0.0, 2.0), (0.0, 3.0), (0.0, 3.5)):
            values = [reverse_kl(fit, rho, offset) for fit in updates(start, rho, offset)]
            assert np.diff(values).max() < 1e-9
    ours = updates((-2.0, 2.4), 0.9)
    for k, (before, after) in enumerate(pairwise(ours[:9])):

        def other(v, k=k, before=before):
            fit = list(before)
            fit[k % 2], fit[2 + k % 2] = v[0], math.exp(v[1])
            return reverse_kl(tuple(fit), 0.9)

        best = minimize(other, [0.0, 0.0], tol=1e-10).x
        assert_close([after[k % 2], after[2 + k % 2]], [best[0], math.exp(best[1])], atol=1e-5)


@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.explorables.mean_field_posterior")
@pytest.mark.parametrize("offset", [1.0, 2.0, 3.0, 3.5])
def test_two_modes_end_in_a_minimum(offset):
    for start in (*STARTS, (-4.8, 1.0)):
        m, _, s, _ = updates(start, 0.0, offset)[-1]
        best = minimize(lambda v: along(v[0], math.exp(v[1]), offset), [m, math.log(s)], tol=1e-9)
        assert along(m, s, offset) == pytest.approx(best.fun, abs=1e-4)


def test_the_finding():
    finding = mean_field_posterior().finding
    m, n, s, t = updates((0.0, 0.0), 0.9)[-1]
    assert (m, n) == (0, 0)
    assert s == t
    assert f"the variances become {s * t:.2f} in place of 1" in finding
    assert f"{reverse_kl((m, n, s, t), 0.9):.3f} here" in finding
    assert forward_kl(0.9, None) == pytest.approx(reverse_kl((m, n, s, t), 0.9))
    way = updates((-2.0, 2.4), 0.9)
    assert way[11][0] / way[9][0] == pytest.approx(0.9**2)
    m, _, s, _ = updates((1.0, 0.0), 0.0, 3.0)[-1]
    left = reverse_kl((m, 0.0, s, 1.0), 0.0, 3.0)
    assert f"at {m:.2f} with deviation {s:.2f}, {left:.3f} nats away, about ln 2" in finding
    m, _, s, _ = updates((0.3, 0.0), 0.0, 3.0)[-1]
    assert abs(m) < 1e-6
    left = reverse_kl((m, 0.0, s, 1.0), 0.0, 3.0)
    assert f"deviation {s:.2f}, a third minimum of {left:.3f} nats" in finding
    eps = 1e-3
    around = [reverse_kl((m + d * eps, 0.0, s, 1.0), 0.0, 3.0) for d in (-1, 1)]
    assert min(around) > left
    for x in np.linspace(-4.8, 4.8, 9):
        assert abs(updates((x, 0.0), 0.0, 2.0)[-1][0]) < 1e-3
    m, _, s, _ = forward_fit(3.0)
    ratio = math.exp(bell(0, m, s) - modes(0, 3.0))
    assert f"with deviation {s:.2f}, and gives the valley between them {ratio:.0f} times" in finding


def test_the_still_says_what_the_caller_asked_for():
    figure = mean_field_posterior("modes", offset=2, divergence="forward", question="Where?")
    assert figure.question == "Where?"
    assert "two modes at ±2" in figure.alt
    assert (
        f"minimize the forward divergence. Right, the density of the first variable: under q its "
        f"mean is 0.00 and its deviation {math.sqrt(5):.2f}. The divergence left is "
        f"{forward_kl(0.0, 2):.3f} nats." in figure.alt
    )
    assert len(updates((0.0, 0.0), 0.5)) == UPDATES + 1
    for divergence in DIVERGENCES:
        for target in TARGETS:
            assert mean_field_posterior(target, divergence=divergence).state["target"] == target


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"target": "moon"}, "unknown target 'moon': choose from correlated, modes"),
        ({"divergence": "both"}, "unknown divergence 'both': choose from reverse, forward"),
        ({"rho": 1}, "rho must lie between 0 and 0.99, got 1"),
        ({"offset": -1}, "offset must lie between 0 and 3.5, got -1"),
        ({"start": (0, 5)}, "start must lie between -4.55 and 4.55, got 5"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        mean_field_posterior(**arguments)
