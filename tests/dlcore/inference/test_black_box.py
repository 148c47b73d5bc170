"""Black-box inference, Laplace and diagnostics: closed forms, SciPy, ArviZ."""

import math

import numpy as np
import pytest
import torch
from arviz_stats.base import array_stats
from scipy import optimize, stats
from scipy.special import logsumexp

from dlcore.inference import (
    BBVI,
    LaplaceFit,
    VariationalDiagnostics,
    VariationalGaussian,
    advi,
    laplace_approximation,
    minibatch_log_joint,
    variational_diagnostics,
)
from dlcore.linalg import NotPositiveDefiniteError
from dlcore.montecarlo import reparameterized_gradient, score_function_gradient
from dlcore.probability import Categorical, MultivariateNormal, Normal
from tests.parity import assert_close

F64 = torch.float64
PRECISION = torch.tensor([[2.0, 1.2], [1.2, 1.5]], dtype=F64)
CENTRE = torch.tensor([1.0, -0.5], dtype=F64)
START = torch.zeros(2, dtype=F64)


def gaussian(z):
    return -((z - CENTRE) @ PRECISION * (z - CENTRE)).sum(1) / 2


@pytest.mark.reference("numpy.linalg.inv", of="dlcore.inference.advi")
@pytest.mark.reference("numpy.linalg.inv", of="dlcore.inference.VariationalGaussian")
@pytest.mark.parametrize("full_rank", [False, True])
def test_gaussian_posterior(generator, full_rank):
    fit = advi(
        gaussian, START, full_rank=full_rank, steps=400, samples=40, lr=0.1, generator=generator
    )
    assert isinstance(fit, VariationalGaussian)
    exact = np.linalg.inv(PRECISION.numpy())
    expected = exact if full_rank else np.diag(1 / PRECISION.diagonal().numpy())
    assert_close(fit.mean, CENTRE, atol=0.03, rtol=0)
    assert_close(fit.covariance, expected, atol=0.07, rtol=0.05)
    log_Z = math.log(2 * math.pi) + np.linalg.slogdet(exact)[1] / 2
    gap = 0 if full_rank else (np.log(np.diag(PRECISION)).sum() + np.linalg.slogdet(exact)[1]) / 2
    assert fit.elbos[-60:].mean().item() == pytest.approx(log_Z - gap, abs=0.15)
    assert fit.elbos.shape == (400,)
    assert_close(fit.distribution.mean, fit.mean)
    draws = fit.sample(4000, generator=generator)
    assert_close(draws.mean(0), fit.mean, atol=0.07, rtol=0)


@pytest.mark.parametrize("log_normal", [True, False])
def test_on_the_positive_axis(generator, log_normal):
    """A log-normal is met exactly; of a Gamma the best log-normal is known on paper."""
    if log_normal:
        s, mean, scale = 0.5, 0.7, 0.5
        target = torch.distributions.LogNormal(mean, s).log_prob
    else:
        # E_q[a u - b e^u] + log s is largest at s^2 = 1/a, m = log(a / b) - s^2 / 2
        a, b = 4.0, 2.0
        scale = a**-0.5
        mean = math.log(a / b) - scale**2 / 2
        target = torch.distributions.Gamma(a, b).log_prob
    fit = advi(
        lambda x: target(x[:, 0]),
        torch.zeros(1, dtype=F64),
        transform=torch.distributions.ExpTransform(),
        steps=500,
        lr=0.1,
        generator=generator,
    )
    assert fit.mean.item() == pytest.approx(mean, abs=0.02)
    assert fit.scale_tril.item() == pytest.approx(scale, abs=0.02)
    assert (fit.sample(100, generator=generator) > 0).all()


@pytest.mark.reference("closed form", of="dlcore.inference.minibatch_log_joint")
def test_mini_batches_stand_for_all_data(generator):
    data = 2 + torch.randn(80, generator=generator, dtype=F64)

    def log_prior(theta):
        return -theta[:, 0].square() / 2

    def log_likelihood(theta, x):
        return -(x - theta).square() / 2

    theta = torch.tensor([[0.3], [-1.0]], dtype=F64)
    whole = minibatch_log_joint(log_prior, log_likelihood, data, 80, generator=generator)
    exact = log_prior(theta) - (data - theta).square().sum(1) / 2
    assert_close(whole(theta), exact)
    part = minibatch_log_joint(log_prior, log_likelihood, data, 8, generator=generator)
    values = torch.stack([part(theta) for _ in range(2000)])
    error = values.std(0) / 2000**0.5
    assert ((values.mean(0) - exact).abs() < 5 * error).all()
    half = minibatch_log_joint(log_prior, log_likelihood, data, 40, generator=generator)
    fit = advi(half, torch.zeros(1, dtype=F64), steps=400, lr=0.1, generator=generator)
    # within half a posterior standard deviation
    assert fit.mean.item() == pytest.approx(data.sum().item() / 81, abs=0.055)
    assert fit.scale_tril.item() == pytest.approx(1 / 9, rel=0.1)


def normal(t):
    return Normal(t[:, 0], t[:, 1].exp())


@pytest.mark.reference("closed form", of="dlcore.inference.BBVI")
@pytest.mark.parametrize("estimator", ["reparameterized", "score"])
def test_gradient_of_the_bound(generator, estimator):
    """Of target N(1, 4) at q = N(m, s^2): (1 - m) / 4 and 1 - s^2 / 4 for log s."""
    start = torch.tensor([0.5, -0.2], dtype=F64)
    model = BBVI(
        lambda z: -((z - 1) / 2).square() / 2, normal, start,
        estimator=estimator, samples=20_000, generator=generator,
    )  # fmt: skip
    found = model.gradient()
    expected = torch.tensor([0.5 / 4, 1 - math.exp(-0.4) / 4], dtype=F64)
    assert ((found.estimate - expected).abs() < 4 * found.standard_error).all()
    bound = model.elbo(20_000)
    gap = stats.norm(0.5, math.exp(-0.2))
    exact = -((0.5**2 + gap.var()) / 4) / 2 + gap.entropy()
    assert abs(bound.estimate - exact) < 4 * bound.standard_error


@pytest.mark.parametrize("estimator", ["reparameterized", "score"])
def test_climbs_to_the_target(generator, estimator):
    model = BBVI(
        lambda z: -((z - 1) / 2).square() / 2, normal, torch.zeros(2, dtype=F64),
        estimator=estimator, samples=100, lr=0.1, generator=generator,
    )  # fmt: skip
    theta = model.fit(150).theta
    assert theta[0].item() == pytest.approx(1, abs=0.2)
    assert theta[1].exp().item() == pytest.approx(2, abs=0.2)


def test_score_function_takes_discrete_variables(generator):
    target = torch.tensor([0.7, 0.2, 0.1], dtype=F64)
    model = BBVI(
        lambda z: target.log()[z], lambda t: Categorical(logits=t), torch.zeros(3, dtype=F64),
        estimator="score", samples=50, lr=0.1, generator=generator,
    )  # fmt: skip
    assert_close(model.fit(150).theta.softmax(0), target, atol=0.04, rtol=0)
    model.estimator = "reparameterized"
    with pytest.raises(TypeError, match="no rsample"):
        model.gradient()


def test_noise_of_both_gradients(generator):
    """The gradient of E log N(z; 0, 1) in the mean 1, without constants: variances 7.5 and 1."""

    def f(z):
        return -z.square() / 2

    def family(t):
        return Normal(t[:, 0], 1.0)

    one = torch.ones(1, dtype=F64)
    score = score_function_gradient(f, family, one, 40_000, generator=generator)
    path = reparameterized_gradient(f, family, one, 40_000, generator=generator)
    assert score.variance.item() == pytest.approx(7.5, rel=0.1)
    assert path.variance.item() == pytest.approx(1.0, rel=0.05)


@pytest.mark.reference("closed form", of="dlcore.inference.laplace_approximation")
@pytest.mark.reference("closed form", of="dlcore.inference.LaplaceFit")
def test_laplace_of_a_gaussian_is_exact():
    fit = laplace_approximation(lambda t: gaussian(t[None])[0], START)
    assert isinstance(fit, LaplaceFit)
    assert_close(fit.mean, CENTRE, rtol=1e-6)
    assert_close(fit.covariance, np.linalg.inv(PRECISION.numpy()), rtol=1e-6)
    log_Z = math.log(2 * math.pi) - np.linalg.slogdet(PRECISION.numpy())[1] / 2
    assert fit.log_evidence.item() == pytest.approx(log_Z)
    assert_close(fit.distribution.covariance_matrix, fit.covariance)


def test_laplace_of_one_probit_factor():
    def log_joint(w):
        return (torch.special.log_ndtr(w) - w.square() / 2).sum()

    fit = laplace_approximation(log_joint, torch.zeros(1, dtype=F64))
    top = optimize.brentq(
        lambda w: math.exp(stats.norm.logpdf(w) - stats.norm.logcdf(w)) - w, 0.0, 2.0
    )
    assert fit.mean.item() == pytest.approx(top, abs=1e-8)
    assert fit.covariance.item() == pytest.approx(0.661296, abs=1e-6)


def test_a_saddle_is_no_mode():
    with pytest.raises(NotPositiveDefiniteError, match="is no mode"):
        laplace_approximation(lambda t: t[0] ** 2 - t[1] ** 2, torch.zeros(2, dtype=F64))


@pytest.mark.reference(
    "arviz_stats.base.array_stats.psislw", of="dlcore.inference.variational_diagnostics"
)
@pytest.mark.reference(
    "arviz_stats.base.array_stats.psislw", of="dlcore.inference.VariationalDiagnostics"
)
@pytest.mark.parametrize(("width", "light"), [(1.3, True), (0.1, False)])
def test_diagnostics(width, light):
    q = MultivariateNormal(CENTRE, width * PRECISION.inverse())
    draws = [torch.Generator().manual_seed(0) for _ in range(2)]
    found = variational_diagnostics(gaussian, q, 2000, generator=draws[0])
    assert isinstance(found, VariationalDiagnostics)
    z = q.sample((2000,), generator=draws[1])
    log_w = (gaussian(z) - q.log_prob(z)).numpy()
    # theirs takes log-likelihoods, whose negatives are the log-weights
    smoothed, khat = array_stats.psislw(-log_w)
    w = np.exp(smoothed)
    assert found.khat == pytest.approx(float(khat), abs=1e-6)
    assert (found.khat < 0.2) == light
    assert found.elbo == pytest.approx(log_w.mean())
    assert found.elbo_error == pytest.approx(log_w.std(ddof=1) / 2000**0.5)
    assert found.log_evidence == pytest.approx(logsumexp(log_w) - math.log(2000))
    assert found.ess == pytest.approx(np.exp(2 * logsumexp(log_w) - logsumexp(2 * log_w)))
    assert_close(found.mean, w @ z.numpy() / w.sum(), rtol=1e-6)
    away = (z.numpy() - found.mean.numpy()) ** 2
    assert_close(found.variance, w @ away / w.sum(), rtol=1e-6)
    if light:
        assert_close(found.variance, PRECISION.inverse().diagonal(), rtol=0.1)


@pytest.mark.bad_input
def test_bad_input():
    for kwargs in ({"samples": 3}, {"samples": 0}, {"steps": 0}, {"scale": 0.0}):
        with pytest.raises(ValueError, match="even number of samples"):
            advi(gaussian, START, **kwargs)
    with pytest.raises(ValueError, match=r"must give \(20,\)"):
        advi(lambda z: z, START)
    with pytest.raises(ArithmeticError, match="the bound is nan"):
        advi(lambda z: z.sum(1) * math.nan, START)
    with pytest.raises(ValueError, match="expected estimator"):
        BBVI(gaussian, normal, START, estimator="path")
    with pytest.raises(ValueError, match="batch_size must lie in"):
        minibatch_log_joint(gaussian, gaussian, torch.zeros(3), 4)
    with pytest.raises(ValueError, match="log_likelihood must give"):
        minibatch_log_joint(gaussian, lambda t, x: t, torch.zeros(3), 3)(torch.zeros(1, 2).double())
    with pytest.raises(ValueError, match="must give"):
        variational_diagnostics(lambda z: z, MultivariateNormal(START, PRECISION), 30)
    with pytest.raises(ValueError, match="finite scalar"):
        laplace_approximation(lambda t: t, START)
    for start in (torch.tensor(0.0), torch.zeros(1, 2), [0.0], torch.tensor([0])):
        with pytest.raises(ValueError, match="vector to start from, got"):
            laplace_approximation(lambda t: -(t**2).sum(), start)
