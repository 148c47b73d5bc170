"""Expectation propagation against quadrature, closed forms and one probit posterior."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, optimize, stats

from dlcore.inference import (
    EPFit,
    EPProbitRegression,
    TiltedMoments,
    advi,
    assumed_density_filter,
    expectation_propagation,
    laplace_approximation,
    probit_moments,
    quadrature_moments,
)
from dlcore.linalg import NotPositiveDefiniteError
from tests.parity import assert_close

F64 = torch.float64
A = torch.tensor([[1.2], [0.7], [2.0], [0.5], [1.5], [-0.3]], dtype=F64)
PRIOR = torch.zeros(1, dtype=F64), torch.eye(1, dtype=F64)


def simpson_moments(log_density, low=-25.0, high=25.0, n=16001):
    """Log mass, mean and variance of an unnormalized density, by SciPy."""
    u = np.linspace(low, high, n)
    density = np.exp(log_density(u))
    mass = integrate.simpson(density, x=u)
    mean = integrate.simpson(u * density, x=u) / mass
    return math.log(mass), mean, integrate.simpson((u - mean) ** 2 * density, x=u) / mass


@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.probit_moments")
@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.TiltedMoments")
@pytest.mark.parametrize(("mean", "variance"), [(0.0, 1.0), (-3.0, 0.5), (2.0, 4.0), (-1.0, 0.01)])
def test_moments_of_a_probit_factor(mean, variance):
    expected = simpson_moments(
        lambda u: stats.norm.logcdf(u) + stats.norm.logpdf(u, mean, variance**0.5)
    )
    arguments = torch.tensor([mean], dtype=F64), torch.tensor([variance], dtype=F64)
    found = probit_moments(*arguments)
    assert isinstance(found, TiltedMoments)
    assert [x.item() for x in found] == pytest.approx(expected, rel=1e-6)
    if (mean, variance) == (0.0, 1.0):
        values = math.log(0.5), 1 / math.sqrt(math.pi), 1 - 1 / math.pi
        assert [x.item() for x in found] == pytest.approx(values)


def test_far_in_the_wrong_tail():
    found = probit_moments(torch.tensor([-200.0], dtype=F64), torch.tensor([1.0], dtype=F64))
    assert all(bool(x.isfinite()) for x in found)
    assert found.mean.item() == pytest.approx(-100, abs=0.1)
    assert found.variance.item() == pytest.approx(0.5, abs=0.01)


@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.quadrature_moments")
def test_moments_by_quadrature():
    slopes = torch.tensor([1.0, 2.5], dtype=F64)
    tilted = quadrature_moments(lambda u, sites: (slopes[sites, None] * u).sigmoid().log())
    mean, variance = torch.tensor([0.5, -1.0], dtype=F64), torch.tensor([1.5, 0.7], dtype=F64)
    found = tilted(mean, variance, torch.tensor([0, 1]))
    for i, slope in enumerate((1.0, 2.5)):
        m, v = mean[i].item(), variance[i].item()
        expected = simpson_moments(
            lambda u, slope=slope, m=m, v=v: (
                -np.logaddexp(0, -slope * u) + stats.norm.logpdf(u, m, v**0.5)
            )
        )
        assert [x[i].item() for x in found] == pytest.approx(expected, abs=1e-6)


def test_one_site_is_moment_matching():
    fit = expectation_propagation(probit_moments, torch.ones(1, 1, dtype=F64), *PRIOR)
    assert fit.converged
    found = fit.mean, fit.covariance, fit.site_precision, fit.site_shift
    assert [x.item() for x in found] == pytest.approx(
        (0.564190, 0.681690, 0.466942, 0.827634), abs=1e-6
    )
    assert fit.log_evidence == pytest.approx(math.log(0.5))


@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.expectation_propagation")
@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.EPFit")
def test_six_probit_factors_four_ways():
    a = A[:, 0].numpy()

    def log_joint(w):
        return stats.norm.logcdf(np.multiply.outer(w, a)).sum(-1) + stats.norm.logpdf(w)

    log_evidence, mean, variance = simpson_moments(log_joint)
    assert (mean, variance, log_evidence) == pytest.approx(
        (1.094578, 0.366177, -2.849918), abs=1e-6
    )
    fit = expectation_propagation(probit_moments, A, *PRIOR)
    assert isinstance(fit, EPFit)
    assert fit.converged
    assert fit.skipped == 0
    found = fit.mean.item(), fit.covariance.item(), fit.log_evidence
    assert found == pytest.approx((1.092790, 0.344855, -2.861364), abs=1e-6)

    def torch_joint(w):
        return torch.special.log_ndtr(A[:, 0] * w).sum(-1) + stats_log_prior(w)

    def stats_log_prior(w):
        return (-w.square() / 2 - math.log(2 * math.pi) / 2)[..., 0]

    laplace = laplace_approximation(torch_joint, PRIOR[0])
    top = optimize.brentq(
        lambda w: (a * np.exp(stats.norm.logpdf(a * w) - stats.norm.logcdf(a * w))).sum() - w, 0, 3
    )
    assert laplace.mean.item() == pytest.approx(top, abs=1e-8)
    ratio = np.exp(stats.norm.logpdf(a * top) - stats.norm.logcdf(a * top))
    curvature = 1 + (a**2 * ratio * (a * top + ratio)).sum()
    assert laplace.covariance.item() == pytest.approx(1 / curvature)
    draws = torch.Generator().manual_seed(0)
    vi = advi(torch_joint, PRIOR[0], samples=40, steps=250, lr=0.1, generator=draws)
    assert vi.mean.item() == pytest.approx(1.092055, abs=0.02)
    assert vi.covariance.item() == pytest.approx(0.333778, abs=0.03)
    assert vi.elbos[-100:].mean().item() == pytest.approx(-2.867765, abs=0.05)
    # of the four EP is nearest to the evidence and to the mean
    assert abs(found[0] - mean) < abs(laplace.mean.item() - mean)
    assert abs(fit.log_evidence - log_evidence) < abs(laplace.log_evidence.item() - log_evidence)


@pytest.mark.parametrize(
    "options",
    [
        {"order": [5, 4, 3, 2, 1, 0]},
        {"damping": 0.4},
        {"schedule": "parallel", "damping": 0.3},
        {"order": [2, 0, 5, 1, 4, 3], "damping": 0.1},
    ],
)
def test_the_way_does_not_change_where_it_settles(options):
    plain = expectation_propagation(probit_moments, A, *PRIOR, tol=1e-10)
    other = expectation_propagation(probit_moments, A, *PRIOR, tol=1e-10, steps=300, **options)
    assert other.converged
    assert_close(other.mean, plain.mean, rtol=1e-7)
    assert_close(other.covariance, plain.covariance, rtol=1e-7)
    assert_close(other.site_precision, plain.site_precision, rtol=1e-6)
    assert other.log_evidence == pytest.approx(plain.log_evidence, abs=1e-9)


def test_gaussian_factors_are_exact(generator):
    """With Gaussian factors EP is Bayesian linear regression, evidence and all."""
    X = torch.randn(7, 3, generator=generator, dtype=F64)
    y = torch.randn(7, generator=generator, dtype=F64)

    def tilted(mean, variance, sites):
        total = 1 + variance
        log_mass = torch.distributions.Normal(mean, total.sqrt()).log_prob(y[sites])
        return TiltedMoments(log_mass, (mean + variance * y[sites]) / total, variance / total)

    prior = torch.full((3,), 0.5, dtype=F64), 2 * torch.eye(3, dtype=F64)
    fit = expectation_propagation(tilted, X, *prior)
    once = assumed_density_filter(tilted, X, *prior)
    precision = np.eye(3) / 2 + (X.mT @ X).numpy()
    mean = np.linalg.solve(precision, 0.25 + (X.mT @ y).numpy())
    evidence = stats.multivariate_normal(
        X.numpy() @ prior[0].numpy(), 2 * (X @ X.mT).numpy() + np.eye(7)
    )
    for found in (fit, once):
        assert_close(found.mean, mean, rtol=1e-5)
        assert_close(found.covariance, np.linalg.inv(precision), rtol=1e-5, atol=1e-7)
        assert found.log_evidence == pytest.approx(evidence.logpdf(y.numpy()), abs=1e-5)
    assert_close(fit.distribution.mean, fit.mean)


@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.assumed_density_filter")
def test_one_pass_forgets():
    """Two factors: after the first all that is left of it are its moments."""
    fit = assumed_density_filter(probit_moments, A[:2], *PRIOR)
    log_evidence, mean, variance = 0.0, 0.0, 1.0
    for a in (1.2, 0.7):
        log_mass, mean, variance = simpson_moments(
            lambda w, a=a, m=mean, v=variance: (
                stats.norm.logcdf(a * w) + stats.norm.logpdf(w, m, v**0.5)
            )
        )
        log_evidence += log_mass
    assert (fit.mean.item(), fit.covariance.item(), fit.log_evidence) == pytest.approx(
        (mean, variance, log_evidence), abs=1e-6
    )
    forward = assumed_density_filter(probit_moments, A, *PRIOR)
    backward = assumed_density_filter(probit_moments, A, *PRIOR, order=[5, 4, 3, 2, 1, 0])
    assert abs(forward.mean - backward.mean) > 0.01


def test_two_modes_are_averaged():
    """A factor with modes at -3 and 3 under a wide cavity: one Gaussian over both."""

    def humps(u, sites):
        return torch.logaddexp(-((u - 3).square()) / 2, -((u + 3).square()) / 2)

    tilted = quadrature_moments(humps, nodes=128)
    wide = torch.zeros(1, dtype=F64), 16 * torch.eye(1, dtype=F64)
    fit = expectation_propagation(tilted, torch.ones(1, 1, dtype=F64), *wide)
    _, mean, variance = simpson_moments(
        lambda u: np.logaddexp(-((u - 3) ** 2) / 2, -((u + 3) ** 2) / 2) - u**2 / 32
    )
    assert fit.mean.item() == pytest.approx(mean, abs=1e-6)
    assert fit.covariance.item() == pytest.approx(variance, rel=1e-4)


@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.EPProbitRegression")
def test_probit_regression():
    x = torch.tensor([[1.2], [0.7], [2.0], [0.5], [1.5], [0.3]], dtype=F64)
    y = torch.tensor([1, 1, 1, 1, 1, 0])
    model = EPProbitRegression(tol=1e-10).fit(x, y)
    assert model.mean_.item() == pytest.approx(1.092790, abs=1e-6)
    assert model.covariance_.item() == pytest.approx(0.344855, abs=1e-6)
    assert model.log_evidence_ == pytest.approx(-2.861364, abs=1e-6)
    w = np.linspace(-6, 8, 4001)
    q = stats.norm.pdf(w, model.mean_.item(), model.covariance_.item() ** 0.5)
    for place, (never, ever) in zip(
        (0.4, -2.0), model.predict_proba(torch.tensor([[0.4], [-2.0]], dtype=F64)), strict=True
    ):
        expected = integrate.simpson(q * stats.norm.cdf(place * w), x=w)
        assert ever.item() == pytest.approx(expected, abs=1e-8)
        assert never.item() == pytest.approx(1 - expected, abs=1e-8)


def test_latent_function_of_a_gaussian_process(generator):
    """The prior may be a kernel: directions are then the latent values themselves."""
    x = torch.linspace(-2, 2, 6, dtype=F64)
    K = torch.exp(-(x[:, None] - x).square() / 2) + 1e-6 * torch.eye(6, dtype=F64)
    signs = torch.tensor([-1.0, -1, -1, 1, 1, 1], dtype=F64)
    fit = expectation_propagation(probit_moments, signs.diag(), torch.zeros(6, dtype=F64), K)
    assert fit.converged
    assert torch.equal(fit.mean.sign(), signs)
    draws = torch.randn(200_000, 6, generator=generator, dtype=F64) @ torch.linalg.cholesky(K).mT
    weights = torch.special.ndtr(draws * signs).prod(1)
    exact = weights @ draws / weights.sum()
    assert_close(fit.mean, exact, atol=0.03, rtol=0)
    assert fit.log_evidence == pytest.approx(weights.mean().log().item(), abs=0.02)


@pytest.mark.bad_input
def test_bad_input():
    for kwargs in ({"schedule": "random"}, {"damping": 1.0}, {"steps": 0}):
        with pytest.raises(ValueError, match="expected schedule"):
            expectation_propagation(probit_moments, A, *PRIOR, **kwargs)
    with pytest.raises(ValueError, match=r"each of 0\.\.5 once"):
        expectation_propagation(probit_moments, A, *PRIOR, order=[0])
    with pytest.raises(ValueError, match=r"directions \(n, d\)"):
        assumed_density_filter(probit_moments, A[:, 0], *PRIOR)
    with pytest.raises(NotPositiveDefiniteError):
        expectation_propagation(probit_moments, A, PRIOR[0], -PRIOR[1])
    with pytest.raises(ValueError, match="variance must be positive"):
        probit_moments(torch.zeros(1), torch.zeros(1))
    with pytest.raises(ValueError, match="at least 2 nodes"):
        quadrature_moments(lambda u, sites: u, nodes=1)
    with pytest.raises(ValueError, match="log_factor must give"):
        quadrature_moments(lambda u, sites: u[0])(torch.zeros(1), torch.ones(1), torch.tensor([0]))
    with pytest.raises(ValueError, match="must be positive"):
        EPProbitRegression(0.0)
    with pytest.raises(ValueError, match=r"X \(n, d\) and y \(n,\)"):
        EPProbitRegression().fit(A, torch.ones(3))
    with pytest.raises(ValueError, match="labels must be 0 and 1"):
        EPProbitRegression().fit(A, torch.full((6,), 2))
    with pytest.raises(ValueError, match="call fit before"):
        EPProbitRegression().predict_proba(A)
