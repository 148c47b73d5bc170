"""Estimates against scikit-learn, SciPy, grids; bounds against exact tails."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.covariance import EmpiricalCovariance
from sklearn.linear_model import ElasticNet, Ridge
from sklearn.mixture import GaussianMixture as SklearnMixture

from dlcore.probability import (
    BayesianLinearRegression,
    BetaBinomial,
    Exponential,
    aic,
    bic,
    chebyshev_bound,
    gaussian_mle,
    hoeffding_bound,
    map_estimate,
    markov_bound,
    pac_bayes_bound,
)
from tests.dlcore.probability.samples import f64
from tests.parity import assert_close


def gaussian(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.reference(
    "sklearn.covariance.EmpiricalCovariance", of="dlcore.probability.gaussian_mle"
)
@pytest.mark.reference(
    "sklearn.covariance.EmpiricalCovariance", of="dlcore.probability.GaussianEstimate"
)
def test_gaussian_mle():
    X = 1000 + gaussian(11, 5)
    theirs = EmpiricalCovariance().fit(X.numpy())
    ours = gaussian_mle(X)
    assert_close(ours.mean, theirs.location_)
    assert_close(ours.covariance, theirs.covariance_, rtol=1e-7)
    assert_close(gaussian_mle(X[:, :1]).covariance[0, 0], scipy.stats.norm.fit(X[:, 0])[1] ** 2)


def test_the_variance_of_maximum_likelihood_is_too_small_by_one_nth():
    n, repeats = 5, 20_000
    X = gaussian(n, repeats)
    variances = X.var(0, correction=0)
    error = variances.std() / repeats**0.5
    assert variances.mean().item() == pytest.approx((n - 1) / n, abs=3.3 * error.item())
    assert_close(gaussian_mle(X[:, :50]).covariance.diagonal(), variances[:50])


@pytest.mark.reference("sklearn.linear_model.Ridge", of="dlcore.probability.map_estimate")
def test_a_gaussian_prior_is_ridge_and_a_laplace_prior_lasso():
    X = gaussian(50, 3)
    y = X @ f64([1.0, -2.0, 0.7]) + gaussian(50, seed=1)

    def log_likelihood(w):
        return -0.5 * ((y - X @ w) ** 2).sum()

    ridge = Ridge(alpha=2.0, fit_intercept=False, tol=1e-12).fit(X.numpy(), y.numpy())
    ours = map_estimate(lambda w: log_likelihood(w) - (w**2).sum(), torch.zeros(3).double())
    assert_close(ours, ridge.coef_, rtol=1e-6)
    lasso = ElasticNet(alpha=0.05, l1_ratio=1.0, fit_intercept=False, tol=1e-14)
    lasso.fit(X.numpy(), y.numpy())
    assert (lasso.coef_ != 0).all()
    ours = map_estimate(lambda w: log_likelihood(w) - 2.5 * w.abs().sum(), gaussian(3, seed=2))
    assert_close(ours, lasso.coef_, rtol=1e-4)
    flat = map_estimate(log_likelihood, torch.zeros(3).double())
    assert_close(flat, np.linalg.lstsq(X.numpy(), y.numpy())[0], rtol=1e-6)


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.probability.BetaBinomial")
@settings(max_examples=15)
@given(st.integers(0, 9), st.integers(0, 9))
def test_beta_binomial_against_integration(k, misses):
    belief = BetaBinomial(f64(2.0), f64(3.0)).update(k, misses)

    def unnormalized(p):
        return p ** (k + 1) * (1 - p) ** (misses + 2)

    total = scipy.integrate.quad(unnormalized, 0, 1)[0]
    mean = scipy.integrate.quad(lambda p: p * unnormalized(p), 0, 1)[0] / total
    assert_close(belief.posterior.mean.item(), mean, rtol=1e-7)
    low, high = belief.interval(0.9)
    inside = scipy.integrate.quad(unnormalized, low, high)[0] / total
    assert inside == pytest.approx(0.9, abs=1e-7)


def test_seven_heads_in_ten():
    prior = BetaBinomial(2.0, 2.0)
    belief = prior.update(7, 3)
    assert_close(belief.interval(), scipy.stats.beta(9, 5).interval(0.95), rtol=1e-6)
    assert prior.posterior.mean == 0.5
    assert belief.posterior.mode.item() == pytest.approx(2 / 3)
    assert BetaBinomial(1.0, 1.0).posterior.mode.isnan()


@pytest.mark.reference(
    "sklearn.linear_model.Ridge, numpy.linalg.inv", of="dlcore.probability.BayesianLinearRegression"
)
def test_bayesian_linear_regression():
    X, y = gaussian(20, 3), gaussian(20, seed=1)
    model = BayesianLinearRegression(prior_precision=3.0, noise_std=0.5).fit(X, y)
    ridge = Ridge(alpha=3.0 * 0.25, fit_intercept=False).fit(X.numpy(), y.numpy())
    assert_close(model.mean_, ridge.coef_, rtol=1e-8)
    S = np.linalg.inv(3 * np.eye(3) + X.numpy().T @ X.numpy() / 0.25)
    assert_close(model.covariance_, S)
    at = gaussian(7, 3, seed=2)
    spread = np.einsum("ni,ij,nj->n", at.numpy(), S, at.numpy())
    assert_close(model.predict(at).variance, 0.25 + spread)
    prior = BayesianLinearRegression(2.0).fit(X[:0], y[:0])
    assert_close(prior.covariance_, torch.eye(3) / 2)


def test_predictive_intervals_cover():
    covered = 0
    for seed in range(200):
        w, X = gaussian(3, seed=seed), gaussian(9, 3, seed=1000 + seed)
        y = X @ w + 0.5 * gaussian(9, seed=2000 + seed)
        predicted = BayesianLinearRegression(1.0, 0.5).fit(X[:8], y[:8]).predict(X[8:])
        covered += ((y[8:] - predicted.mean).abs() < 1.6449 * predicted.stddev).item()
    assert 180 - 14 <= covered <= 180 + 14


@pytest.mark.reference("sklearn.mixture.GaussianMixture.aic", of="dlcore.probability.aic")
@pytest.mark.reference("sklearn.mixture.GaussianMixture.bic", of="dlcore.probability.bic")
def test_criteria():
    X = gaussian(50, 2).numpy()
    theirs = SklearnMixture(1).fit(X)
    log_likelihood = theirs.score(X) * 50
    assert aic(log_likelihood, 5) == pytest.approx(theirs.aic(X))
    assert bic(log_likelihood, 5, 50) == pytest.approx(theirs.bic(X))


@pytest.mark.reference("scipy.stats", of="dlcore.probability.markov_bound")
@pytest.mark.reference("scipy.stats", of="dlcore.probability.chebyshev_bound")
@pytest.mark.parametrize(
    "law",
    [scipy.stats.expon(), scipy.stats.gamma(5), scipy.stats.poisson(2), scipy.stats.uniform()],
)
def test_tails_obey_markov_chebyshev_and_cantelli(law):
    mean, variance = (float(m) for m in law.stats())
    for t in (0.1, 0.5, 1.0, 2.0, 5.0):
        assert law.sf(t - 1e-12) <= markov_bound(mean, t) + 1e-6
        upper, lower = law.sf(mean + t - 1e-12), law.cdf(mean - t)
        assert upper + lower <= chebyshev_bound(variance, t) + 1e-6
        assert upper <= chebyshev_bound(variance, t, one_sided=True) + 1e-6


def test_the_exponential_at_twice_its_mean():
    assert 1 - Exponential(f64(1.0)).cdf(f64(2.0)) == pytest.approx(0.1353, abs=1e-4)
    assert markov_bound(1.0, 2.0) == 0.5
    assert chebyshev_bound(1.0, 1.0) == 1
    assert chebyshev_bound(1.0, 1.0, one_sided=True) == 0.5


@pytest.mark.reference("scipy.stats.binom", of="dlcore.probability.hoeffding_bound")
@given(st.integers(1, 200), st.floats(0.01, 0.99), st.floats(0.01, 0.5))
def test_hoeffding(n, p, t):
    low, high = (
        scipy.stats.binom.cdf(n * (p - t), n, p),
        scipy.stats.binom.sf(math.ceil(n * (p + t)) - 1, n, p),
    )
    assert low + high <= hoeffding_bound(n, f64(t)) * (1 + 1e-9)
    assert_close(hoeffding_bound(n, f64(3 * t), low=-1, high=2), hoeffding_bound(n, f64(t)))


@pytest.mark.reference("math.sqrt", of="dlcore.probability.pac_bayes_bound")
def test_pac_bayes_value():
    assert pac_bayes_bound(0.1, 5.0, 1000) == pytest.approx(
        0.1 + math.sqrt((5 + math.log(2 * math.sqrt(1000) / 0.05)) / 2000)
    )
    assert pac_bayes_bound(0.0, 5.0, 1000) == pytest.approx(0.07792, abs=1e-5)


def test_pac_bayes_holds_for_the_bayes_posterior_of_a_coin():
    """Two classifiers, prior one half each; the bound fails less often than delta."""
    generator = torch.Generator().manual_seed(0)
    risks, n, delta = f64([0.3, 0.5]), 50, 0.1
    failures = 0
    for _ in range(500):
        wrong = (
            (torch.rand(n, 2, generator=generator, dtype=torch.float64) < risks).double().mean(0)
        )
        q = (-20 * wrong).softmax(0)
        kl = (q * (2 * q).log()).sum().item()
        failures += (q @ risks).item() > pac_bayes_bound((q @ wrong).item(), kl, n, delta)
    assert failures <= delta * 500


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gaussian_mle(torch.ones(0, 2)), "examples as rows"),
        (lambda: map_estimate(lambda w: w, torch.zeros(2)), "finite scalar"),
        (lambda: map_estimate(lambda w: w.log().sum(), torch.zeros(1)), "finite scalar"),
        (lambda: BetaBinomial(0.0, 1.0), "positive"),
        (lambda: BetaBinomial(1.0, 1.0).update(-1, 0), "never negative"),
        (lambda: BetaBinomial(1.0, 1.0).interval(1.0), "level"),
        (lambda: BayesianLinearRegression(0.0), "positive"),
        (lambda: BayesianLinearRegression().predict(torch.ones(1, 1)), "call fit"),
        (lambda: BayesianLinearRegression().fit(torch.ones(2, 1), torch.ones(3)), "fit needs"),
        (lambda: aic(0.0, -1), "never negative"),
        (lambda: bic(0.0, 1, 0), "at least one example"),
        (lambda: markov_bound(-1.0, 1.0), "never negative"),
        (lambda: chebyshev_bound(1.0, 0.0), "t > 0"),
        (lambda: hoeffding_bound(0, 0.1), "n of at least 1"),
        (lambda: pac_bayes_bound(0.1, 1.0, 1000, 0.0), "delta"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
