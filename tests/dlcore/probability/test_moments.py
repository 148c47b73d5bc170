"""Moments against numpy.average, numpy.cov, two-pass sums; limits against kstest."""

import math
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.probability import (
    RunningMoments,
    correlation,
    covariance_matrix,
    expectation,
    monte_carlo_expectation,
    standardized_means,
    variance,
)
from tests.dlcore.probability.samples import f64
from tests.parity import assert_close, assert_parity

PEOPLE = f64([[160, 60], [165, 62], [170, 70], [191, 81]])


def gaussian(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.reference("numpy.average", of="dlcore.probability.expectation")
@pytest.mark.reference("numpy.average", of="dlcore.probability.variance")
def test_expectation_and_variance():
    p, values = gaussian(7).softmax(0), gaussian(3, 7, seed=1)
    mean = np.average(values.numpy(), axis=1, weights=p.numpy())
    assert_close(expectation(values, p), mean)
    squares = (values.numpy() - mean[:, None]) ** 2
    assert_close(variance(values, p), np.average(squares, axis=1, weights=p.numpy()))


def test_dice_and_exercises():
    die = torch.arange(1, 7, dtype=torch.float64), torch.full((6,), 1 / 6, dtype=torch.float64)
    assert_close(expectation(*die).item(), 3.5)
    assert_close(variance(*die).item(), float(Fraction(35, 12)))
    values, p = torch.arange(1.0, 5).double(), f64([0.1, 0.2, 0.4, 0.3])
    assert_close([expectation(values, p).item(), variance(values, p).item()], [2.9, 0.89])


def test_a_large_mean_does_not_hide_the_variance():
    values = f64([1e9, 1e9 + 1])
    assert_close(variance(values, f64([0.5, 0.5])).item(), 0.25)


def test_what_has_probability_zero_may_be_infinite():
    assert expectation(torch.tensor([1.0, math.inf]), torch.tensor([1.0, 0.0])) == 1


@pytest.mark.reference(
    "scipy.stats.sem, numpy.mean", of="dlcore.probability.monte_carlo_expectation"
)
@pytest.mark.reference("scipy.stats.sem", of="dlcore.probability.MonteCarlo")
def test_monte_carlo_expectation():
    x = gaussian(500, 3)
    result = monte_carlo_expectation(torch.square, x)
    assert_close(result.estimate, np.mean(x.numpy() ** 2, axis=0))
    assert_close(result.standard_error, scipy.stats.sem(x.numpy() ** 2))


def test_the_standard_error_is_what_the_estimates_vary_by():
    repeats = gaussian(2000, 50)
    errors = [monte_carlo_expectation(torch.square, row).standard_error for row in repeats]
    spread = (repeats**2).mean(1).std()
    assert torch.stack(errors).mean().item() == pytest.approx(spread.item(), rel=0.1)


@pytest.mark.reference("numpy.cov", of="dlcore.probability.covariance_matrix")
@pytest.mark.parametrize("ddof", [0, 1])
def test_covariance_matrix(ddof):
    X = gaussian(11, 5)
    assert_close(covariance_matrix(X, ddof=ddof), np.cov(X.numpy().T, ddof=ddof))
    assert_parity(
        lambda X: covariance_matrix(X, ddof=ddof), lambda X: torch.cov(X.T, correction=ddof), X
    )


@pytest.mark.reference("numpy.corrcoef", of="dlcore.probability.correlation")
def test_correlation():
    X = gaussian(11, 5)
    assert_close(correlation(X), np.corrcoef(X.numpy().T))
    assert_close(correlation(X * torch.tensor([1, -2, 1, 1, 1]))[0, 1], -correlation(X)[0, 1])
    assert correlation(X).diagonal().tolist() == [1] * 5


def test_heights_and_weights():
    assert_close(covariance_matrix(PEOPLE, ddof=0), np.cov(PEOPLE.numpy().T, ddof=0))
    S = covariance_matrix(PEOPLE)
    assert_close((S / covariance_matrix(PEOPLE, ddof=0)), np.full((2, 2), 4 / 3))


def test_zero_correlation_is_not_independence():
    x = torch.tensor([-1.0, 0.0, 1.0])
    assert correlation(torch.stack([x, x**2], 1))[0, 1].abs() < 1e-6


@pytest.mark.reference("numpy.var", of="dlcore.probability.RunningMoments")
@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.integers(0, 99))
def test_running_moments(sizes, seed):
    X = 1e6 + gaussian(sum(sizes), 3, seed=seed)
    moments, halves = RunningMoments(), (RunningMoments(), RunningMoments())
    for i, batch in enumerate(X.split(sizes)):
        moments.update(batch)
        halves[i % 2].update(batch)
    halves[0].merge(halves[1])
    for each in (moments, halves[0]):
        assert each.count == len(X)
        assert_close(each.mean, np.mean(X.numpy(), axis=0))
        assert_close(each.variance(ddof=0), np.var(X.numpy(), axis=0), atol=1e-9)


def test_running_moments_keep_the_digits_that_the_difference_of_squares_loses():
    x = 1e9 + f64([4.0, 7.0, 13.0, 16.0])
    moments = RunningMoments()
    moments.update(x)
    moments.update(x[:0])
    assert moments.variance().item() == 30
    assert ((x**2).mean() - x.mean() ** 2).item() != 22.5


@pytest.mark.reference("scipy.stats.kstest", of="dlcore.probability.standardized_means")
def test_standardized_means_become_normal_unless_the_variance_is_infinite():
    generator = torch.Generator().manual_seed(0)
    u = torch.rand(3000, 200, generator=generator, dtype=torch.float64)
    distances = []
    for n in (1, 4, 200):
        z = standardized_means(-(1 - u[:, :n]).log(), mean=1, std=1)
        distances.append(scipy.stats.kstest(z.numpy(), "norm").statistic)
    assert distances[0] > distances[1] > distances[2]
    # the 99.9 % quantile of the Kolmogorov distance of 3000 draws, plus the skew left at n = 200
    assert distances[2] < 1.95 / 3000**0.5 + 0.4 * 2 / (6 * 200**0.5)
    cauchy = (math.pi * (u - 0.5)).tan()
    assert scipy.stats.kstest(cauchy.mean(1).numpy(), "cauchy").pvalue > 0.001


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: expectation(torch.ones(3), torch.tensor([0.5, 0.5])), "values"),
        (lambda: expectation(torch.ones(2), torch.tensor([0.5, 0.6])), "sum to 1"),
        (lambda: monte_carlo_expectation(torch.square, torch.ones(1)), "at least 2"),
        (lambda: monte_carlo_expectation(torch.sum, torch.ones(3)), "one value for each"),
        (lambda: covariance_matrix(torch.ones(1, 3)), "n > 1"),
        (lambda: covariance_matrix(torch.ones(3)), "n > 1"),
        (lambda: correlation(torch.ones(3, 2)), "feature 0 never varies"),
        (lambda: RunningMoments().variance(), "0 have come"),
        (lambda: standardized_means(torch.ones(3, 0), 0, 1), "draws"),
        (lambda: standardized_means(torch.ones(3), 0, 0), "std > 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input
def test_a_stream_keeps_its_shape():
    moments = RunningMoments()
    moments.update(torch.ones(2, 3))
    with pytest.raises(ValueError, match="shape"):
        moments.update(torch.ones(2, 4))
    assert moments.count == 2
