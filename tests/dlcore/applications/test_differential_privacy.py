"""Noise beside SciPy's distributions, and budgets beside integrals over them."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.integrate import quad
from scipy.optimize import brentq

from dlcore.applications import (
    ResponseEstimate,
    gaussian_delta,
    gaussian_mechanism,
    gaussian_noise_scale,
    laplace_mechanism,
    randomized_response,
    response_epsilon,
    response_estimate,
)
from tests.parity import assert_close


@pytest.mark.reference("scipy.stats.laplace", of="dlcore.applications.laplace_mechanism")
def test_laplace_noise_of_scale_sensitivity_over_epsilon(generator):
    values = torch.full((20_000,), 3.0, dtype=torch.float64)
    noisy = laplace_mechanism(values, 2.0, 0.5, generator=generator)
    assert stats.kstest(noisy.numpy(), stats.laplace(3.0, 4.0).cdf).pvalue > 1e-3
    assert laplace_mechanism(torch.ones(2, 3), 1.0, 1.0).dtype == torch.float32


@pytest.mark.reference("closed form", of="dlcore.applications.laplace_mechanism")
def test_neighbouring_answers_differ_by_at_most_e_to_the_epsilon(generator):
    n, epsilon = 200_000, 1.0
    zero = torch.zeros(n, dtype=torch.float64)
    edges = np.linspace(-2, 3, 11)
    counts = [
        np.histogram(laplace_mechanism(a, 1.0, epsilon, generator=generator).numpy(), edges)[0]
        for a in (zero, zero + 1)
    ]
    ratio = np.log(counts[0] / counts[1])
    error = np.sqrt(1 / counts[0] + 1 / counts[1])
    assert (abs(ratio) < epsilon + 5 * error).all()
    assert (abs(ratio[:4] - epsilon) < 5 * error[:4]).all()  # below both answers it is reached


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.applications.gaussian_delta")
def test_delta_is_the_mass_that_epsilon_leaves():
    for epsilon, sigma, sensitivity in ((0.0, 1.0, 1.0), (0.5, 2.0, 1.5), (3.0, 0.7, 1.0)):

        def excess(x, epsilon=epsilon, sigma=sigma, sensitivity=sensitivity):
            first = math.exp(-(((x - sensitivity) / sigma) ** 2) / 2)
            second = math.exp(epsilon - (x / sigma) ** 2 / 2)
            return (first - second) / (sigma * math.sqrt(2 * math.pi))

        start = (
            epsilon * sigma**2 / sensitivity + sensitivity / 2
        )  # both densities' terms are equal
        expected = quad(excess, start, start + 12 * sigma)[0]
        assert_close(gaussian_delta(epsilon, sigma, sensitivity), expected, rtol=1e-6)


@pytest.mark.reference("scipy.optimize.brentq", of="dlcore.applications.gaussian_noise_scale")
def test_the_least_noise_that_suffices():
    for epsilon, delta in ((0.1, 1e-3), (1.0, 1e-5), (8.0, 1e-6)):

        def over(sigma, epsilon=epsilon, delta=delta):
            low, high = 1 / (2 * sigma) - epsilon * sigma, -1 / (2 * sigma) - epsilon * sigma
            return stats.norm.cdf(low) - math.exp(epsilon) * stats.norm.cdf(high) - delta

        expected = brentq(over, 0.01, 1000, xtol=1e-12)
        assert_close(gaussian_noise_scale(1.0, epsilon, delta), expected, rtol=1e-6)
        assert_close(gaussian_noise_scale(3.0, epsilon, delta), 3 * expected, rtol=1e-6)
    classical = gaussian_noise_scale(1.0, 1.0, 1e-5, method="classical")
    assert_close(classical, math.sqrt(2 * math.log(1.25e5)))
    assert gaussian_delta(1.0, classical) < 1e-5


@pytest.mark.reference("scipy.stats.norm", of="dlcore.applications.gaussian_mechanism")
def test_gaussian_noise(generator):
    values = torch.full((20_000,), -1.0, dtype=torch.float64)
    noisy = gaussian_mechanism(values, 1.0, 1.0, 1e-5, method="classical", generator=generator)
    law = stats.norm(-1.0, math.sqrt(2 * math.log(1.25e5)))
    assert stats.kstest(noisy.numpy(), law.cdf).pvalue > 1e-3


@pytest.mark.reference("scipy.stats.binom", of="dlcore.applications.randomized_response")
@pytest.mark.reference("closed form", of="dlcore.applications.response_epsilon")
def test_coins_turn_a_known_share_of_answers(generator):
    for truth in (0, 1):
        bits = torch.full((10_000,), truth)
        kept = int((randomized_response(bits, 0.8, generator=generator) == truth).sum())
        assert stats.binomtest(kept, 10_000, 0.8).pvalue > 1e-3
    assert_close(response_epsilon(0.75), math.log(3))
    assert_close(response_epsilon(0.8), math.log(0.8 / 0.2))


@pytest.mark.reference("closed form", of="dlcore.applications.response_estimate")
@pytest.mark.reference("closed form", of="dlcore.applications.ResponseEstimate")
def test_the_estimate_is_unbiased_and_knows_its_error(generator):
    found = response_estimate(torch.tensor([1] * 45 + [0] * 55), 0.7)
    assert isinstance(found, ResponseEstimate)
    assert_close(found.share, (0.45 - 0.3) / 0.4)
    assert_close(found.standard_error, math.sqrt(0.45 * 0.55 / 100) / 0.4)
    bits = torch.rand(20_000, generator=generator) < 0.3
    said = randomized_response(bits, 0.75, generator=generator)
    estimate = response_estimate(said, 0.75)
    assert abs(estimate.share - 0.3) < 5 * estimate.standard_error


@pytest.mark.bad_input
def test_impossible_budgets():
    ones = torch.ones(2)
    bits = torch.tensor([0, 1])
    for call, message in (
        (lambda: laplace_mechanism(ones, 0.0, 1.0), "must be above 0"),
        (lambda: laplace_mechanism(ones, 1.0, -1.0), "must be above 0"),
        (lambda: laplace_mechanism(ones, 1.0, math.inf), "must be above 0"),
        (lambda: gaussian_mechanism(ones, 1.0, 1.0, 0.0), "delta must lie"),
        (lambda: gaussian_noise_scale(1.0, 1.5, 0.1, method="classical"), "epsilon <= 1"),
        (lambda: gaussian_noise_scale(1.0, 0.5, 0.1, method="exact"), "method must be"),
        (lambda: gaussian_delta(-1.0, 1.0), "at least 0"),
        (lambda: gaussian_delta(1.0, 0.0), "above 0"),
        (lambda: randomized_response(bits + 1), "must be 0 or 1"),
        (lambda: randomized_response(bits, 0.5), "keep must lie"),
        (lambda: response_epsilon(1.0), "keep must lie"),
        (lambda: response_estimate(bits + 1), "must be 0 or 1"),
        (lambda: response_estimate(bits[:0]), "must be 0 or 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
