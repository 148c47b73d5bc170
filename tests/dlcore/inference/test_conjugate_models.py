"""Variational posteriors of conjugate models: sklearn, SciPy's quadrature, exact posteriors."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from scipy.special import expit, log_expit
from sklearn.datasets import load_iris
from sklearn.mixture import BayesianGaussianMixture
from sklearn.utils.estimator_checks import check_estimator

from dlcore.inference import (
    MixturePosterior,
    NaturalMixture,
    NormalGamma,
    StochasticVI,
    VariationalGMM,
    VariationalLinearRegression,
    VariationalLogisticRegression,
    VariationalNormalGamma,
    natural_gradient_step,
    robbins_monro,
)
from tests.parity import assert_close

F64 = torch.float64
FIVE = torch.tensor([1.2, 0.7, 2.1, 1.5, 0.9], dtype=F64)


@pytest.mark.reference("closed form", of="dlcore.inference.VariationalNormalGamma")
def test_normal_gamma_numbers():
    fit = VariationalNormalGamma().fit(FIVE)
    found = fit.mu_, fit.lambda_, fit.a_, fit.b_, fit.expected_precision_
    # the fixed point: E tau = a_N / b_N solves b = b0 + (E squares) / 2 on paper
    assert found == pytest.approx((1.066667, 9.183673, 4.0, 2.613333, 1.530612), abs=1e-5)
    assert fit.elbos_[-1] == pytest.approx(-7.254153, abs=1e-6)
    assert fit.log_evidence_ == pytest.approx(-7.184432, abs=1e-6)
    assert np.diff(fit.elbos_).min() > -1e-12
    assert 1 / fit.lambda_ == pytest.approx(0.108889, abs=1e-5)
    assert fit.exact_.mean_variance == pytest.approx(0.152444, abs=1e-6)


@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.NormalGamma")
def test_exact_posterior_by_quadrature():
    prior = {"mu0": 0.5, "lambda0": 2.0, "a0": 3.0, "b0": 1.5}
    fit = VariationalNormalGamma(**prior).fit(FIVE)
    x = FIVE.numpy()
    mu, tau = np.linspace(-2, 4, 601)[:, None], np.linspace(1e-3, 12, 801)
    log_joint = (
        stats.norm.logpdf(x[:, None, None], mu, tau**-0.5).sum(0)
        + stats.norm.logpdf(mu, 0.5, (2 * tau) ** -0.5)
        + stats.gamma.logpdf(tau, 3, scale=1 / 1.5)
    )

    def integral(f):
        return integrate.simpson(integrate.simpson(np.exp(log_joint) * f, x=tau), x=mu[:, 0])

    evidence = integral(1)
    mean = integral(mu) / evidence
    assert fit.log_evidence_ == pytest.approx(math.log(evidence), abs=2e-5)
    assert isinstance(fit.exact_, NormalGamma)
    assert fit.exact_.mean == pytest.approx(mean, abs=1e-5)
    assert fit.exact_.mean_variance == pytest.approx(
        integral((mu - mean) ** 2) / evidence, rel=1e-3
    )
    assert fit.exact_.shape / fit.exact_.rate == pytest.approx(integral(tau) / evidence, rel=1e-4)
    # the bound of the fitted factors, by quadrature too
    log_q = stats.norm.logpdf(mu, fit.mu_, fit.lambda_**-0.5) + stats.gamma.logpdf(
        tau, fit.a_, scale=1 / fit.b_
    )
    inner = integrate.simpson(np.exp(log_q) * (log_joint - log_q), x=tau)
    assert fit.elbos_[-1] == pytest.approx(integrate.simpson(inner, x=mu[:, 0]), abs=1e-5)
    assert NormalGamma(0.0, 1.0, 0.5, 1.0).mean_variance == math.inf


@pytest.mark.reference(
    "sklearn.mixture.BayesianGaussianMixture", of="dlcore.inference.VariationalGMM"
)
@pytest.mark.reference(
    "sklearn.mixture.BayesianGaussianMixture", of="dlcore.inference.MixturePosterior"
)
def test_mixture_like_sklearn():
    X = load_iris().data
    ours = VariationalGMM(3, tol=1e-8, max_iter=2000, random_state=0).fit(X)
    theirs = BayesianGaussianMixture(
        n_components=3, weight_concentration_prior_type="dirichlet_distribution",
        tol=1e-6, max_iter=2000, random_state=0,
    ).fit(X)  # fmt: skip
    mine, other = np.argsort(ours.weights_), np.argsort(theirs.weights_)
    assert_close(ours.weights_[mine], theirs.weights_[other], rtol=1e-3)
    assert_close(ours.means_[mine], theirs.means_[other], rtol=1e-3)
    assert_close(ours.covariances_[mine], theirs.covariances_[other], rtol=1e-2, atol=1e-3)
    belief = ours.posterior_
    assert isinstance(belief, MixturePosterior)
    assert_close(belief.nu[mine], theirs.degrees_of_freedom_[other], rtol=1e-3)
    assert_close(belief.beta[mine], theirs.mean_precision_[other], rtol=1e-3)
    order = ours.predict_proba(X)[:, mine]
    assert_close(order, theirs.predict_proba(X)[:, other], rtol=1e-2, atol=1e-3)
    assert (ours.predict(X) == ours.predict_proba(X).argmax(1)).all()
    assert np.diff(ours.lower_bounds_).min() > -1e-8
    assert ours.converged_
    assert ours.lower_bound(torch.as_tensor(X)) == pytest.approx(ours.lower_bounds_[-1])
    again = MixturePosterior.from_natural(belief.natural)
    for a, b in zip(again, belief, strict=True):
        assert_close(a, b, rtol=1e-7, atol=1e-9)


def test_bound_of_one_component_is_the_evidence():
    """With one component nothing is approximated: the evidence is a chain of Student t."""
    X = np.array([[0.3, 1.0], [1.5, -0.2], [-0.7, 0.4], [0.1, 0.6]])
    prior = {
        "mean_prior": np.zeros(2),
        "covariance_prior": np.eye(2),
        "mean_precision_prior": 0.5,
        "degrees_of_freedom_prior": 3.0,
    }
    model = VariationalGMM(1, **prior).fit(X)
    m, beta, nu, S, log_evidence = np.zeros(2), 0.5, 3.0, np.eye(2), 0.0
    for x in X:
        freedom = nu - 1
        t = stats.multivariate_t(m, S * (beta + 1) / (beta * freedom), df=freedom)
        log_evidence += t.logpdf(x)
        away = x - m
        S = S + beta / (beta + 1) * np.outer(away, away)
        m, beta, nu = (beta * m + x) / (beta + 1), beta + 1, nu + 1
    assert model.lower_bounds_[-1] == pytest.approx(log_evidence)
    t = stats.multivariate_t(m, S * (beta + 1) / (beta * (nu - 1)), df=nu - 1)
    new = np.array([[0.0, 0.0], [5.0, -3.0]])
    assert_close(model.score_samples(new), t.logpdf(new))
    assert model.score(new) == pytest.approx(t.logpdf(new).mean())


def test_components_that_nothing_needs():
    draws = torch.Generator().manual_seed(0)
    X = torch.cat(
        [torch.randn(60, 2, generator=draws) - 4, torch.randn(60, 2, generator=draws) + 4]
    )
    model = VariationalGMM(5, weight_concentration_prior=1e-3, random_state=1, max_iter=2000)
    labels = model.fit_predict(X.double())
    assert int((model.weights_ > 0.02).sum()) == 2
    assert labels[:60].unique().numel() == labels[60:].unique().numel() == 1
    assert isinstance(model.weights_, torch.Tensor)


def test_scikit_learn_accepts_the_mixture():
    results = check_estimator(VariationalGMM(random_state=0), on_skip=None)
    assert {r["status"] for r in results} <= {"passed", "skipped"}


@pytest.mark.reference("closed form", of="dlcore.inference.robbins_monro")
def test_step_sizes():
    assert [robbins_monro(t, 2.0, 1.0) for t in range(3)] == pytest.approx([1 / 2, 1 / 3, 1 / 4])
    assert robbins_monro(99, kappa=0.7) == pytest.approx(100**-0.7)


@pytest.mark.reference("numpy.average", of="dlcore.inference.natural_gradient_step")
@pytest.mark.reference("numpy.average", of="dlcore.inference.NaturalMixture")
def test_natural_step_is_an_average(generator):
    parts = [torch.rand(5, 3, generator=generator) for _ in range(3)]
    a, b, c = (NaturalMixture(*part) for part in parts)
    moved = natural_gradient_step(a, b, c, scale=4.0, rho=0.3)
    for x, y, z, found in zip(a, b, c, moved, strict=True):
        assert_close(found, np.average([x, y + 4 * z], axis=0, weights=[0.7, 0.3]), rtol=1e-5)


@pytest.mark.reference(
    "sklearn.mixture.BayesianGaussianMixture", of="dlcore.inference.StochasticVI"
)
def test_mini_batches_come_close_to_all_data():
    draws = torch.Generator().manual_seed(0)
    X = torch.randn(600, 2, generator=draws, dtype=F64)
    X[:200] += 5
    full = BayesianGaussianMixture(
        n_components=2, weight_concentration_prior_type="dirichlet_distribution", random_state=0
    ).fit(X.numpy())
    fit = StochasticVI(VariationalGMM(2), batch_size=50, epochs=8, random_state=0).fit(X)
    order = fit.model_.weights_.argsort()
    theirs = np.argsort(full.weights_)
    assert fit.steps_ == len(fit.bounds_) == 96
    assert_close(fit.model_.weights_[order], full.weights_[theirs], rtol=0.05)
    assert_close(fit.model_.means_[order], full.means_[theirs], rtol=0.05, atol=0.1)
    exact = VariationalGMM(2, random_state=0).fit(X)
    assert exact.lower_bounds_[-1] - 6 < fit.model_.lower_bound(X) <= exact.lower_bounds_[-1] + 1e-6


def test_the_whole_data_with_step_one_is_coordinate_ascent():
    X = torch.as_tensor(load_iris().data)
    fit = StochasticVI(VariationalGMM(2), batch_size=150, epochs=1, random_state=0).fit(X)
    model = VariationalGMM(2, max_iter=2, random_state=0, tol=-math.inf)
    with pytest.warns(UserWarning, match="no convergence"):
        model.fit(X)
    # another start, so compare one exact step from the stochastic fit's own result
    belief = fit.model_.posterior_
    shares = belief.log_responsibilities(X).softmax(1)
    data, prior = belief.statistics(X, shares), fit.model_.prior_.natural
    stepped = natural_gradient_step(belief.natural, prior, data, scale=1.0, rho=1.0)
    for found, p, s in zip(stepped, prior, data, strict=True):
        assert_close(found, p + s)


@pytest.mark.reference(
    "scipy.stats.multivariate_normal", of="dlcore.inference.VariationalLinearRegression"
)
def test_linear_regression_is_a_close_bound(generator):
    X = torch.randn(12, 2, generator=generator, dtype=F64)
    noise = torch.randn(12, generator=generator, dtype=F64)
    y = X @ torch.tensor([1.0, -2.0], dtype=F64) + 0.5 * noise
    fit = VariationalLinearRegression(1.0, 1.0).fit(X, y)
    assert np.diff(fit.elbos_).min() > -1e-9
    grid = np.linspace(-4, 4, 41)
    gram, values = (X @ X.mT).numpy(), np.empty((41, 41))
    for i, a in enumerate(grid):
        for j, t in enumerate(grid):
            covariance = gram * np.exp(-a) + np.eye(12) * np.exp(-t)
            values[i, j] = stats.multivariate_normal.logpdf(y.numpy(), np.zeros(12), covariance)
            values[i, j] += a - np.exp(a) + t - np.exp(t)
    log_evidence = np.log(integrate.simpson(integrate.simpson(np.exp(values), x=grid), x=grid))
    assert log_evidence - 0.25 < fit.elbos_[-1] < log_evidence
    # given the mean precisions the weights are those of ridge regression
    alpha, tau = (a / b for a, b in (fit.prior_precision_, fit.noise_precision_))
    ridge = np.linalg.solve(alpha * np.eye(2) + tau * (X.mT @ X).numpy(), tau * (X.mT @ y).numpy())
    assert_close(fit.mean_, ridge, rtol=1e-4)
    predicted = fit.predict(X[:3])
    assert_close(predicted.mean, X[:3].numpy() @ ridge, rtol=1e-4)
    spread = 1 / tau + np.einsum("ni,ij,nj->n", X[:3], fit.covariance_, X[:3])
    assert_close(predicted.variance, spread, rtol=1e-6)


@pytest.mark.reference(
    "scipy.integrate.simpson", of="dlcore.inference.VariationalLogisticRegression"
)
def test_logistic_regression_against_quadrature():
    x = np.array([1.2, 0.7, 2.0, 0.5, -1.5, 0.3])
    labels = np.array([1, 1, 1, 1, 0, 0])
    X, y = torch.as_tensor(x)[:, None], torch.as_tensor(labels)
    fit = VariationalLogisticRegression().fit(X, y)
    w = np.linspace(-10, 12, 4001)
    density = np.exp(log_expit(np.outer(w, x * (2 * labels - 1))).sum(1) + stats.norm.logpdf(w))
    evidence = integrate.simpson(density, x=w)
    mean = integrate.simpson(density * w, x=w) / evidence
    variance = integrate.simpson(density * (w - mean) ** 2, x=w) / evidence
    assert np.diff(fit.elbos_).min() > -1e-9
    assert math.log(evidence) - 0.15 < fit.elbos_[-1] < math.log(evidence)
    assert fit.mean_.item() == pytest.approx(mean, abs=0.1)
    assert 0.7 * variance < fit.covariance_.item() < variance
    q = stats.norm(fit.mean_.item(), fit.covariance_.item() ** 0.5)
    for place in (1.0, -2.0):
        (p,) = fit.predict_proba(torch.tensor([[place]], dtype=F64))
        expected = integrate.simpson(expit(place * w) * q.pdf(w), x=w)
        assert_close(p, np.array([1 - expected, expected]), rtol=1e-6)
    # the bound touches each likelihood at xi and nowhere exceeds it
    xi = fit.xi_[0].item()
    curve = np.tanh(xi / 2) / (4 * xi)
    u = np.append(np.linspace(-6, 6, 49), xi)
    bound = log_expit(xi) + (u - xi) / 2 - curve * (u**2 - xi**2)
    assert (bound <= log_expit(u) + 1e-12).all()
    assert bound[-1] == pytest.approx(log_expit(xi))


def test_labels_without_examples_direction():
    fit = VariationalLogisticRegression(2.0).fit(torch.zeros(4, 1).double(), torch.ones(4))
    assert_close(fit.covariance_, torch.full((1, 1), 0.5, dtype=F64))
    assert fit.elbos_[-1] == pytest.approx(4 * math.log(0.5))


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="must be positive"):
        VariationalNormalGamma(lambda0=0.0)
    for x in (torch.zeros(0), torch.zeros(2, 2), torch.tensor([math.nan])):
        with pytest.raises(ValueError, match="finite numbers of shape"):
            VariationalNormalGamma().fit(x)
    X = torch.zeros(5, 2).double()
    for kwargs, message in (
        ({"n_components": 6}, "need as many examples"),
        ({"n_components": 0}, "n_components must be"),
        ({"max_iter": 0}, "max_iter must be"),
        ({"degrees_of_freedom_prior": 0.5}, "above 1"),
        ({"mean_prior": torch.zeros(3)}, "prior must have shape"),
    ):
        with pytest.raises(ValueError, match=message):
            VariationalGMM(**kwargs).fit(X)
    for arguments in ((-1,), (0, 0.5), (0, 1.0, 0.5), (0, 1.0, 1.1)):
        with pytest.raises(ValueError, match="expected t >= 0"):
            robbins_monro(*arguments)
    part = NaturalMixture(*[torch.ones(1)] * 5)
    with pytest.raises(ValueError, match="rho in"):
        natural_gradient_step(part, part, part, scale=1.0, rho=0.0)
    with pytest.raises(ValueError, match="must be >= 1"):
        StochasticVI(VariationalGMM(), batch_size=0)
    with pytest.raises(ValueError, match="need as many examples"):
        StochasticVI(VariationalGMM(3), batch_size=2).fit(X)
    for model in (VariationalLinearRegression, VariationalLogisticRegression):
        with pytest.raises(ValueError, match="must be positive"):
            model(-1.0)
        with pytest.raises(ValueError, match=r"X \(n, d\) and y \(n,\)"):
            model().fit(X, torch.zeros(4))
    with pytest.raises(ValueError, match="labels must be 0 and 1"):
        VariationalLogisticRegression().fit(X, torch.full((5,), 2))
    with pytest.raises(ValueError, match="call fit before"):
        VariationalLogisticRegression().predict_proba(X)
    with pytest.raises(ValueError, match="call fit before"):
        VariationalLinearRegression().predict(X)
