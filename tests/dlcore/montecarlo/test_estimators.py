"""Means of random draws against closed forms; errors and intervals against what they promise."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.montecarlo import (
    MonteCarloEstimate,
    antithetic_estimate,
    control_variate_estimate,
    estimate_pi,
    monte_carlo_estimate,
    qmc_estimate,
    rao_blackwell_estimate,
    stratified_estimate,
)
from dlcore.probability import Normal
from tests.parity import assert_close

# four standard errors: a right method fails with probability 6e-5, once for all since seeded
SIGMAS = 4
F64 = torch.float64


def uniform(shape, *, generator=None):
    return torch.rand(shape, generator=generator, dtype=F64)


def near(found, truth):
    assert float(found.estimate) == pytest.approx(
        truth, abs=SIGMAS * float(found.standard_error) + 1e-12
    )


@pytest.mark.reference("numpy.mean, numpy.std", of="dlcore.montecarlo.monte_carlo_estimate")
@pytest.mark.parametrize("chunk", [3, 7, 100])
def test_chunks_give_mean_and_error_of_all_draws(generator, chunk):
    drawn = []

    def f(x):
        drawn.append(x)
        return torch.stack([x + 1e6, x.square()], -1)

    found = monte_carlo_estimate(f, uniform, 10, chunk=chunk, generator=generator)
    values = f(torch.cat(drawn)).numpy()
    assert_close(found.estimate, values.mean(0))
    assert_close(found.standard_error, values.std(0, ddof=1) / math.sqrt(10), rtol=1e-6)
    assert (found.n, found.dof) == (10, 9)


def test_exponential_and_pi(generator):
    found = monte_carlo_estimate(torch.exp, uniform, 20_000, generator=generator)
    near(found, math.e - 1)
    assert float(found.variance) == pytest.approx(0.242036, rel=0.05)
    share = monte_carlo_estimate(lambda x: x > 1, Normal(0.0, 1.0).sample, 20_000)
    near(share, stats.norm.sf(1))


@pytest.mark.reference("math.pi", of="dlcore.montecarlo.estimate_pi")
def test_darts(generator):
    found = estimate_pi(10_000, generator=generator)
    near(found, math.pi)
    assert float(found.standard_error) == pytest.approx(0.0164218, rel=0.03)
    assert estimate_pi(10, dtype=torch.float32).estimate.dtype == torch.float32


@pytest.mark.reference("scipy.stats.t.interval", of="dlcore.montecarlo.MonteCarloEstimate")
def test_interval_against_scipy():
    found = MonteCarloEstimate(torch.tensor(2.0, dtype=F64), torch.tensor(0.5, dtype=F64), 10, 9)
    expected = stats.t.interval(0.9, 9, loc=2.0, scale=0.5)
    assert_close(torch.stack(found.interval(0.9)), np.array(expected))
    wide = MonteCarloEstimate(found.estimate, found.standard_error, 10)
    assert_close(torch.stack(wide.interval()), np.array(stats.norm.interval(0.95, 2.0, 0.5)))


def test_intervals_cover_as_often_as_they_say(generator):
    repeats = 1000
    u = torch.rand(50, repeats, generator=generator, dtype=F64)
    found = monte_carlo_estimate(torch.exp, lambda shape, generator: u, 50)
    low, high = found.interval(0.95)
    covered = int(((low < math.e - 1) & (math.e - 1 < high)).sum())
    # 951 of 1000 expected; outside only with probability below 1e-4
    assert (
        stats.binom.ppf(5e-5, repeats, 0.95) <= covered <= stats.binom.ppf(1 - 5e-5, repeats, 0.95)
    )


@pytest.mark.reference("closed form", of="dlcore.montecarlo.control_variate_estimate")
@pytest.mark.reference("closed form", of="dlcore.montecarlo.ControlVariateEstimate")
def test_control_of_the_exponential(generator):
    u = uniform((40_000,), generator=generator)
    found = control_variate_estimate(u.exp(), u, 0.5)
    near(found, math.e - 1)
    assert float(found.coefficient[0]) == pytest.approx(1.690309, rel=0.01)
    assert float(found.variance) == pytest.approx(0.00394022, rel=0.03)
    assert float(u.exp().var() / found.variance) == pytest.approx(61.43, rel=0.03)


def test_controls_against_regression(generator):
    X = torch.randn(53, 3, generator=generator, dtype=F64) * torch.tensor([1e-4, 1.0, 1e4])
    y = torch.randn(53, generator=generator, dtype=F64) + X @ torch.tensor(
        [1e4, 1.0, 1e-4], dtype=F64
    )
    mean = torch.tensor([0.0, 0.1, 1.0], dtype=F64)
    design = np.column_stack([np.ones(53), (X - mean).numpy()])
    beta, rss, *_ = np.linalg.lstsq(design, y.numpy(), rcond=None)
    found = control_variate_estimate(y, X, mean)
    assert_close(found.estimate, beta[0], rtol=1e-7)
    assert_close(found.coefficient, beta[1:], rtol=1e-6)
    assert_close(found.standard_error, np.sqrt(rss[0] / 49 / 53), rtol=1e-6)
    fixed = control_variate_estimate(y, X, mean.tolist(), coefficient=found.coefficient)
    assert_close(fixed.estimate, found.estimate)
    assert fixed.dof == 52
    # the mean of the same draws as "known" mean subtracts nothing
    same = control_variate_estimate(y, X, X.mean(0))
    assert_close(same.estimate, y.mean())


@pytest.mark.reference("closed form", of="dlcore.montecarlo.antithetic_estimate")
def test_mirror_images(generator):
    found = antithetic_estimate(torch.exp, uniform, 40_000, generator=generator)
    near(found, math.e - 1)
    assert float(found.variance) == pytest.approx(2 * 0.00391250, rel=0.05)
    normal = Normal(torch.zeros((), dtype=F64), 1.0).sample
    even = antithetic_estimate(torch.square, normal, 40_000, mirror=torch.neg, generator=generator)
    near(even, 1.0)
    # each pair is one value twice: variance 2 for each value computed becomes 4
    assert float(even.variance) == pytest.approx(4.0, rel=0.1)


@pytest.mark.reference("scipy.stats.norm.sf", of="dlcore.montecarlo.rao_blackwell_estimate")
@pytest.mark.reference("scipy.integrate.quad", of="dlcore.montecarlo.RaoBlackwellEstimate")
def test_integrating_one_variable_out(generator):
    z = torch.randn(40_000, 2, generator=generator, dtype=F64)
    found = rao_blackwell_estimate(
        lambda z: z.sum(-1) > 3, lambda z: torch.special.ndtr(z[:, 0] - 3), z
    )
    truth = stats.norm.sf(3 / math.sqrt(2))
    near(found, truth)
    near(found.plain, truth)
    assert float(found.plain.variance) == pytest.approx(truth * (1 - truth), rel=0.1)
    second = stats.norm.expect(lambda x: stats.norm.cdf(x - 3) ** 2)
    assert float(found.variance) == pytest.approx(second - truth**2, rel=0.1)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.stratified_estimate")
def test_strata(generator):
    found = stratified_estimate(lambda u: u.exp()[:, 0], 500, generator=generator)
    near(found, math.e - 1)
    # inside a narrow stratum f is a line: variance f'(x)^2 / (12 strata^2)
    expected = math.sqrt((math.e**2 - 1) / 2 / 12 / 500**2 / 1000)
    assert float(found.standard_error) == pytest.approx(expected, rel=0.1)
    assert (found.n, found.dof) == (1000, 500)
    plane = stratified_estimate(
        lambda u: u[:, 0] * u[:, 1], 10, dim=2, per_stratum=3, generator=generator
    )
    near(plane, 0.25)
    assert plane.n == 300
    # one box is plain Monte Carlo
    assert float(
        stratified_estimate(lambda u: u[:, 0], 1, per_stratum=9999, generator=generator).variance
    ) == pytest.approx(1 / 12, rel=0.05)


@pytest.mark.reference("scipy.stats.qmc.Sobol", of="dlcore.montecarlo.qmc_estimate")
def test_sobol_points(generator):
    seen = []
    qmc_estimate(lambda u: seen.append(u) or u[:, 0], 64, 3, replicates=2, generator=generator)
    assert not torch.equal(*seen)
    for points in seen:
        # the net keeps its balance: one point in each of 64 intervals, 8 by 8 in each plane
        assert_close((points * 64).long().sort(0).values, torch.arange(64)[:, None].expand(64, 3))
        assert float(points.min()) > 0
    theirs = stats.qmc.Sobol(3, scramble=True, seed=0).random(64)
    assert stats.qmc.discrepancy(seen[0].numpy()) < 2 * stats.qmc.discrepancy(theirs)


def test_sobol_converges_faster(generator):
    def f(u):
        return (u.exp() / (math.e - 1)).prod(-1)

    errors = []
    for n in (64, 256, 1024):
        found = qmc_estimate(f, n, 2, generator=generator)
        assert float(found.estimate) == pytest.approx(1, abs=6 * float(found.standard_error))
        errors.append(float(found.standard_error))
    slope = math.log(errors[-1] / errors[0]) / math.log(16)
    # chance gives -0.5, theory -1.5; 16 replicates leave an error of 0.1 in the slope
    assert slope < -1.1


def _identity(u):
    return u[:, 0]


U = torch.linspace(0, 1, 10)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: monte_carlo_estimate(torch.exp, torch.rand, 1), "at least 2 draws, got 1"),
        (lambda: monte_carlo_estimate(torch.exp, torch.rand, 9, chunk=0), "chunk of at least 1"),
        (lambda: monte_carlo_estimate(torch.sum, torch.rand, 9), r"\(9,\) gave \(\)"),
        (lambda: estimate_pi("100"), "at least 2 draws, got '100'"),
        (lambda: estimate_pi(10.5), "a whole number of at least 2 draws, got 10.5"),
        (lambda: estimate_pi(10).interval(1.0), "strictly between 0 and 1, got 1.0"),
        (lambda: control_variate_estimate(U, U[:3], 0.5), r"got \(10,\), \(3,\) and 1"),
        (lambda: control_variate_estimate(U, U, [0.5, 0.5]), r"got \(10,\), \(10,\) and 2"),
        (lambda: control_variate_estimate(U[:2], U[:2], 0.5), "at least 3 draws, got 2"),
        (lambda: control_variate_estimate(U, 0 * U, 0.0), "constant or a combination"),
        (
            lambda: control_variate_estimate(U, torch.stack([U, 2 * U + 1], 1), [0.5, 2]),
            "constant or a combination",
        ),
        (
            lambda: control_variate_estimate(U, U, 0.5, coefficient=torch.ones(2)),
            r"each of 1 controls, got \(2,\)",
        ),
        (lambda: antithetic_estimate(torch.exp, torch.rand, 7), "even n of at least 4, got 7"),
        (lambda: antithetic_estimate(torch.exp, torch.rand, 2), "even n of at least 4, got 2"),
        (lambda: rao_blackwell_estimate(torch.exp, torch.exp, U[:1]), "at least 2 draws, got 1"),
        (
            lambda: rao_blackwell_estimate(torch.exp, lambda u: u[:, None], U),
            r"\(10,\) and \(10, 1\)",
        ),
        (lambda: stratified_estimate(_identity, 5, per_stratum=1), "got 5, 1, 1"),
        (lambda: stratified_estimate(torch.exp, 5), r"must give shape \(10,\), got \(10, 1\)"),
        (lambda: qmc_estimate(_identity, 100), "power of two points, got 100"),
        (lambda: qmc_estimate(_identity, 64, replicates=1), "got 1, 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    "call",
    [
        lambda f: monte_carlo_estimate(f, torch.rand, 9),
        lambda f: antithetic_estimate(f, torch.rand, 10),
        lambda f: rao_blackwell_estimate(torch.exp, f, U),
        lambda f: stratified_estimate(lambda u: f(u[:, 0]), 9),
        lambda f: qmc_estimate(lambda u: f(u[:, 0]), 8),
        lambda f: control_variate_estimate(f(U), U, 0.5),
        lambda f: control_variate_estimate(U, f(U), 0.5),
    ],
)
def test_values_that_are_not_finite(call):
    for bad in (torch.inf, torch.nan):
        with pytest.raises(ArithmeticError, match="the mean is not finite"):
            call(lambda u, bad=bad: torch.where(u > 0.2, bad, 1.0))
