"""Power laws against scipy.optimize.curve_fit, operation counts against torch's counter."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import curve_fit
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dlcore.evaluation import (
    PowerLaw,
    doubling_time,
    fit_power_law,
    training_flops,
)
from tests.parity import assert_close


@pytest.mark.reference("scipy.optimize.curve_fit", of="dlcore.evaluation.fit_power_law")
@pytest.mark.reference("scipy.optimize.curve_fit", of="dlcore.evaluation.PowerLaw")
@pytest.mark.parametrize(
    ("E", "A", "alpha"), [(0.5, 30.0, 0.5), (0.0, 2.0, 0.1), (1.7, 4e3, 0.34), (0.2, 5.0, 2.0)]
)
def test_agrees_with_scipy_also_under_noise(E, A, alpha):
    N = torch.logspace(1, 6, 24, dtype=torch.float64)
    noise = torch.randn(24, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    L = (E + A * N**-alpha) * (1 + 0.003 * noise)
    law = fit_power_law(N, L)
    (E2, A2, alpha2), _ = curve_fit(
        lambda n, e, a, k: e + a * n**-k,
        N.numpy(),
        L.numpy(),
        p0=[E, A, alpha],
        sigma=L.numpy(),
        bounds=([0, 0, 0], np.inf),
        xtol=1e-14,
        ftol=1e-14,
        gtol=1e-14,
    )
    theirs = PowerLaw(E2, A2, alpha2)
    ours, best = ((f(N) / L - 1).square().sum() for f in (law, theirs))
    assert ours <= best * (1 + 1e-6)
    assert_close(law(N), theirs(N), rtol=2e-4)
    assert law.alpha == pytest.approx(alpha2, rel=5e-3)


def test_a_floor_that_is_ignored_makes_the_exponent_too_small():
    N = torch.logspace(2, 5, 10, dtype=torch.float64)
    L = 1 + 20 * N**-0.5
    x, y = N.log(), L.log()
    slope = ((x - x.mean()) @ y) / (x - x.mean()).square().sum()
    assert fit_power_law(N, L).alpha == pytest.approx(0.5, abs=1e-6)
    assert -slope < 0.25


def test_a_loss_that_grows_with_size_has_no_power_law_but_a_constant():
    law = fit_power_law(torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 2.0, 3.0]))
    assert law.A == 0
    constant = law(torch.tensor(5.0))
    assert constant == pytest.approx((1 + 1 / 2 + 1 / 3) / (1 + 1 / 4 + 1 / 9))


@pytest.mark.reference("torch.utils.flop_counter", of="dlcore.evaluation.training_flops")
def test_training_costs_six_operations_for_each_weight_and_example():
    layers = [nn.Linear(300, 300, bias=False) for _ in range(20)]
    model, X = nn.Sequential(*layers), torch.ones(8, 300)
    with FlopCounterMode(display=False) as counter:
        model(X).sum().backward()
    weights = sum(p.numel() for p in model.parameters())
    saved = 2 * 8 * 300 * 300  # the input of the first layer needs no gradient
    assert counter.get_total_flops() + saved == training_flops(weights, 8)


@pytest.mark.reference("numpy.polyfit", of="dlcore.evaluation.doubling_time")
def test_doubling_time():
    generator = torch.Generator().manual_seed(1)
    t = torch.linspace(1950, 2020, 30, dtype=torch.float64)
    amount = 10.0 * 2 ** (
        (t - 1950) / 1.7 + torch.randn(30, generator=generator, dtype=torch.float64)
    )
    rate, _ = np.polyfit(t.numpy(), np.log2(amount.numpy()), 1)
    assert doubling_time(t, amount) == pytest.approx(1 / rate, rel=1e-9)
    assert doubling_time(t, torch.ones(30).double()) == math.inf
    assert doubling_time(t, 1 / amount) < 0


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: fit_power_law(torch.ones(2), torch.ones(2)), r"shapes \(2,\) and \(2,\)"),
        (lambda: fit_power_law(torch.ones(5), torch.ones(5)), "three different sizes"),
        (lambda: fit_power_law(torch.arange(4.0), torch.ones(4)), "must be positive"),
        (lambda: fit_power_law(torch.arange(1.0, 5), torch.zeros(4)), "must be positive"),
        (lambda: training_flops(10, -1), "got 10, -1"),
        (lambda: doubling_time(torch.ones(3), torch.ones(3)), "two different times"),
        (lambda: doubling_time(torch.arange(3.0), torch.zeros(3)), "amounts must be positive"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
