"""Tables of probabilities against sums by hand, exhaustive tables and scipy.integrate."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.contingency import expected_freq

from dlcore.probability import (
    bayes_update,
    conditional,
    integrate_pdf,
    is_independent,
    is_pmf,
    marginal,
    posterior_odds,
)
from tests.dlcore.probability.samples import f64
from tests.parity import assert_close

WEATHER = f64([[0.3, 0.2], [0.1, 0.4]])


def table(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    p = torch.rand(shape, generator=generator, dtype=torch.float64)
    return p / p.sum()


@pytest.mark.reference("torch.distributions.constraints.simplex", of="dlcore.probability.is_pmf")
def test_is_pmf():
    simplex = torch.distributions.constraints.simplex
    for p in ([0.3, 0.7], [0.5, 0.6, -0.1], [0.5, 0.4], [1.0], [0.0, 1.0], [math.nan, 1.0]):
        p = torch.tensor(p)
        assert is_pmf(p) == bool(simplex.check(p))
    assert is_pmf(table(3, 5, 7))
    assert not is_pmf(torch.zeros(0))


@pytest.mark.reference("numpy.sum", of="dlcore.probability.marginal")
@pytest.mark.parametrize("keep", [0, 1, -1, (0, 2), (0, 1, 2)])
def test_marginal(keep):
    joint = table(3, 5, 7)
    kept = {axis % 3 for axis in ((keep,) if isinstance(keep, int) else keep)}
    gone = tuple({0, 1, 2} - kept)
    assert_close(marginal(joint, keep), joint.numpy().sum(axis=gone))


@pytest.mark.reference("numpy.sum", of="dlcore.probability.conditional")
@pytest.mark.parametrize("given", [0, 1, (0, 2)])
def test_conditional(given):
    joint = table(3, 5, 7)
    known = (given,) if isinstance(given, int) else given
    others = tuple({0, 1, 2} - set(known))
    expected = joint.numpy() / joint.numpy().sum(axis=others, keepdims=True)
    assert_close(conditional(joint, given), expected)


def test_the_weather():
    assert_close(marginal(WEATHER, 0), f64([0.5, 0.5]))
    assert_close(marginal(WEATHER, 1), f64([0.4, 0.6]))
    assert_close(conditional(WEATHER, 0)[0, 0], f64(0.6))
    assert_close(conditional(WEATHER, 1)[0, 0], f64(0.75))


@pytest.mark.reference(
    "scipy.stats.contingency.expected_freq", of="dlcore.probability.is_independent"
)
def test_is_independent():
    for joint in (table(3, 5), table(3, 5, 7), WEATHER):
        independent = torch.as_tensor(expected_freq(joint.numpy()))
        assert not is_independent(joint)
        assert is_independent(independent)


def test_products_of_decimals_are_independent_in_spite_of_rounding():
    p, q = f64([0.1, 0.9]), f64([0.7, 0.3])
    joint = f64([[0.07, 0.03], [0.63, 0.27]])
    assert not torch.equal(p[:, None] * q, joint)
    assert is_independent(joint)


@pytest.mark.reference("numpy.prod", of="dlcore.probability.bayes_update")
@pytest.mark.reference("numpy.prod", of="dlcore.probability.BayesUpdate")
def test_bayes_update_against_the_exhaustive_table():
    prior, likelihood = table(5), table(4, 5, seed=1)
    joint = prior.numpy() * np.prod(likelihood.numpy(), axis=0)
    result = bayes_update(prior, likelihood)
    assert_close(result.posterior, joint / joint.sum())
    assert_close(result.log_evidence.exp(), np.float64(joint.sum()))
    for row in likelihood:
        prior = bayes_update(prior, row).posterior
    assert_close(prior, result.posterior)
    assert_close(bayes_update(table(5), likelihood.log(), log=True).posterior, prior)


def test_bayes_examples():
    rare = bayes_update(f64([0.01, 0.99]), f64([0.95, 0.05]))
    assert_close(rare.posterior[0].item(), 0.95 * 0.01 / 0.059)
    assert_close(rare.log_evidence.exp().item(), 0.059)


def test_ten_thousand_observations_do_not_underflow():
    coin = f64([0.4, 0.6])
    result = bayes_update(f64([0.5, 0.5]), coin.expand(10_000, 2))
    assert_close(result.posterior, f64([0.0, 1.0]))
    assert result.log_evidence.isfinite()


@pytest.mark.reference("numpy.multiply", of="dlcore.probability.posterior_odds")
@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_posterior_odds_are_those_of_the_posterior(prior, hit, false_alarm):
    posterior = bayes_update(f64([prior, 1 - prior]), f64([hit, false_alarm])).posterior
    odds = posterior_odds(f64(prior / (1 - prior)), f64(hit / false_alarm))
    assert_close(odds, posterior[0] / posterior[1])
    assert_close(odds, np.multiply(prior / (1 - prior), hit / false_alarm))


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.probability.integrate_pdf")
@pytest.mark.parametrize(
    ("law", "ends"),
    [
        (scipy.stats.norm(), (-math.inf, math.inf)),
        (scipy.stats.norm(3, 0.1), (2.9, 3.2)),
        (scipy.stats.expon(), (0, math.inf)),
        (scipy.stats.laplace(), (-math.inf, 1)),
        (scipy.stats.cauchy(), (-1, math.inf)),
        (scipy.stats.uniform(0, 0.5), (0, 0.5)),
        (scipy.stats.gamma(3), (0.5, 0.5)),
    ],
)
def test_integrate_pdf(law, ends):
    ours = integrate_pdf(lambda x: torch.as_tensor(law.pdf(x.numpy())), *ends)
    theirs, _ = scipy.integrate.quad(law.pdf, *ends, epsabs=1e-12, limit=200)
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert ours == pytest.approx(law.cdf(ends[1]) - law.cdf(ends[0]), abs=1e-9)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: marginal(torch.tensor([0.5, 0.6]), 0), "sum to 1"),
        (lambda: marginal(torch.tensor([1, 0]), 0), "tensor of probabilities"),
        (lambda: marginal(WEATHER, 2), "axes 0..1"),
        (lambda: conditional(torch.tensor([[1.0, 0.0], [0.0, 0.0]]), 0), r"value \(1,\)"),
        (lambda: conditional(WEATHER, (0, 1)), "none is left"),
        (lambda: bayes_update(torch.tensor([1.0]), torch.tensor([0.5, 0.5])), "prior"),
        (lambda: bayes_update(torch.tensor([0.5, 0.5]), torch.tensor([0.5, -1.0])), "negative"),
        (lambda: bayes_update(torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])), "impossible"),
        (lambda: posterior_odds(torch.tensor(-1.0), torch.tensor(1.0)), "never negative"),
        (lambda: integrate_pdf(lambda x: x, 1, 0), "no points"),
        (lambda: integrate_pdf(lambda x: -x, 0, 1), "negative"),
        (lambda: integrate_pdf(lambda x: x[:1], 0, 1), "shape"),
        (lambda: integrate_pdf(lambda x: 1 / x.abs(), -1.03, 1), "infinite near"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises((ValueError, TypeError), match=message):
        call()
