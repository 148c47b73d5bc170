"""Rényi divergences beside integrals, and guarantees beside the exact ones of one Gaussian."""

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm

from dlcore.applications import (
    PrivacySpent,
    dp_sgd_epsilon,
    dp_sgd_noise,
    rdp_subsampled_gaussian,
    rdp_to_epsilon,
)
from tests.parity import assert_close


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.applications.rdp_subsampled_gaussian")
def test_the_divergence_of_a_sampled_gaussian():
    orders = [2, 3, 7]
    for sigma, rate in ((1.0, 0.1), (2.5, 0.5)):
        found = rdp_subsampled_gaussian(sigma, rate, orders)
        for order, value in zip(orders, found, strict=True):

            def moment(x, order=order, sigma=sigma, rate=rate):
                ratio = 1 - rate + rate * math.exp((2 * x - 1) / (2 * sigma**2))
                return math.exp(-((x / sigma) ** 2) / 2) / sigma * ratio**order

            mean = quad(moment, -12 * sigma, 12 * sigma + order)[0] / math.sqrt(2 * math.pi)
            assert_close(value, math.log(mean) / (order - 1), rtol=1e-6)


@pytest.mark.reference("closed form", of="dlcore.applications.rdp_subsampled_gaussian")
def test_the_whole_set_and_nothing_of_it():
    assert_close(rdp_subsampled_gaussian(2.0, 1.0, [2, 8]), [0.25, 1.0])
    near_one = rdp_subsampled_gaussian(2.0, 1 - 1e-12, [2, 8])
    assert_close(near_one, [0.25, 1.0], rtol=1e-6)
    assert_close(rdp_subsampled_gaussian(2.0, 0.0, [2, 8]), [0.0, 0.0])


@pytest.mark.reference("closed form", of="dlcore.applications.rdp_to_epsilon")
@pytest.mark.reference("closed form", of="dlcore.applications.PrivacySpent")
def test_the_best_order_wins():
    rdp, orders, delta = torch.tensor([0.1, 0.3, 9.0], dtype=torch.float64), [2, 8, 64], 1e-4
    bounds = [
        r + math.log(1 - 1 / a) - (math.log(delta) + math.log(a)) / (a - 1)
        for r, a in zip(rdp.tolist(), orders, strict=True)
    ]
    spent = rdp_to_epsilon(rdp, orders, delta)
    assert isinstance(spent, PrivacySpent)
    assert_close(spent.epsilon, min(bounds))
    assert spent.order == orders[int(np.argmin(bounds))]
    assert rdp_to_epsilon(0 * rdp, orders, 0.9).epsilon == 0.0


@pytest.mark.reference("scipy.stats.norm", of="dlcore.applications.dp_sgd_epsilon")
def test_whole_batches_are_one_gaussian_whose_exact_budget_lies_close_below():
    delta = 1e-5
    for sigma, steps in ((4.0, 1), (20.0, 100)):
        alone = sigma / math.sqrt(steps)

        def exact_delta(epsilon, alone=alone):
            low, high = 1 / (2 * alone) - epsilon * alone, -1 / (2 * alone) - epsilon * alone
            return norm.cdf(low) - math.exp(epsilon) * norm.cdf(high)

        epsilon = dp_sgd_epsilon(sigma, 1.0, steps, delta).epsilon
        assert exact_delta(epsilon) < delta < exact_delta(0.8 * epsilon)
    sampled = dp_sgd_epsilon(1.1, 0.01, 500, delta).epsilon
    assert sampled < dp_sgd_epsilon(1.1, 1.0, 500, delta).epsilon / 10
    assert sampled < dp_sgd_epsilon(1.1, 0.01, 1000, delta).epsilon < 2 * sampled


@pytest.mark.reference("closed form", of="dlcore.applications.dp_sgd_noise")
def test_the_least_noise_for_a_budget():
    sigma = dp_sgd_noise(2.0, 1e-5, 0.02, 200)
    assert dp_sgd_epsilon(sigma, 0.02, 200, 1e-5).epsilon <= 2.0
    assert dp_sgd_epsilon(0.998 * sigma, 0.02, 200, 1e-5).epsilon > 2.0


@pytest.mark.bad_input
def test_impossible_accounts():
    one = torch.ones(1, dtype=torch.float64)
    for call, message in (
        (lambda: rdp_subsampled_gaussian(0.0, 0.5, [2]), "noise above 0"),
        (lambda: rdp_subsampled_gaussian(1.0, 1.5, [2]), "a rate in"),
        (lambda: rdp_subsampled_gaussian(1.0, 0.5, [1]), "at least 2"),
        (lambda: rdp_subsampled_gaussian(1.0, 0.5, []), "at least 2"),
        (lambda: rdp_to_epsilon(one, [2, 3], 0.1), "one value an order"),
        (lambda: rdp_to_epsilon(one, [2], 1.0), "one value an order"),
        (lambda: dp_sgd_epsilon(1.0, 0.5, -1, 0.1), "at least 0"),
        (lambda: dp_sgd_noise(0.0, 0.1, 0.5, 1), "epsilon above 0"),
        (lambda: dp_sgd_noise(1e-9, 1e-9, 0.5, 1), "no noise shows"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
