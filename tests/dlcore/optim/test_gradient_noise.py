"""What batches do: against enumeration of all batches, closed forms and simulation."""

import itertools

import pytest
import torch

from dlcore.optim import (
    minibatch_gradient_variance,
    scale_learning_rate,
    sgd_stationary_variance,
    sgd_variance_path,
)
from tests.parity import assert_close


@pytest.mark.reference("enumeration of all batches", of="dlcore.optim.minibatch_gradient_variance")
@pytest.mark.parametrize("replacement", [True, False])
@pytest.mark.parametrize("B", [1, 2, 3, 5])
def test_the_variance_over_all_batches(replacement, B, generator):
    g = torch.randn(5, 2, 3, generator=generator, dtype=torch.float64)
    draw = (
        itertools.product(range(5), repeat=B)
        if replacement
        else itertools.combinations(range(5), B)
    )
    means = torch.stack([g[list(batch)].mean(0) for batch in draw])
    expected = ((means - g.mean(0)) ** 2).mean(0)
    assert_close(minibatch_gradient_variance(g, B, replacement=replacement), expected)


@pytest.mark.reference("fixed point of the recursion", of="dlcore.optim.sgd_stationary_variance")
@pytest.mark.parametrize("lr", [0.01, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("B", [1, 4])
def test_the_noise_floor_is_where_the_variance_stays(lr, B):
    V = sgd_stationary_variance(lr, curvature=2.0, noise_variance=3.0, batch_size=B)
    assert (1 - 2 * lr) ** 2 * V + lr**2 * 3 / B == pytest.approx(V)


def test_the_noise_floor_of_a_simulation(generator):
    # standard error of the estimate below: about 1 % of the variance
    theta = torch.zeros(20_000, dtype=torch.float64)
    for _ in range(60):
        noise = torch.randn(theta.shape, generator=generator, dtype=torch.float64)
        theta = theta - 0.1 * (2 * theta + noise)
    expected = sgd_stationary_variance(0.1, curvature=2.0, noise_variance=1.0)
    assert expected == pytest.approx(0.1 / 3.6)
    assert theta.var().item() == pytest.approx(expected, rel=0.05)


@pytest.mark.reference("simulation", of="dlcore.optim.sgd_variance_path")
def test_the_variance_under_a_schedule(generator):
    lrs = 0.4 / (1 + torch.arange(30, dtype=torch.float64))
    path = sgd_variance_path(lrs, curvature=2.0, noise_variance=4.0, batch_size=4, start=1.0)
    theta = torch.randn(40_000, generator=generator, dtype=torch.float64)
    for t, lr in enumerate(lrs):
        assert (theta**2).mean().item() == pytest.approx(path[t].item(), rel=0.05)
        noise = torch.randn(theta.shape, generator=generator, dtype=torch.float64)
        theta = theta - lr * (2 * theta + noise)
    assert path.shape == (31,)


def test_a_constant_rate_ends_at_the_floor():
    lrs = torch.full((500,), 0.1, dtype=torch.float64)
    path = sgd_variance_path(lrs, curvature=2.0, noise_variance=1.0, start=5.0)
    assert_close(path[-1], sgd_stationary_variance(0.1, curvature=2.0, noise_variance=1.0))


@pytest.mark.reference("closed form (1 - ηh)^k", of="dlcore.optim.scale_learning_rate")
@pytest.mark.parametrize(("rate", "small", "large"), [(0.01, 0.9227, 0.92), (0.2, 0.1678, -0.6)])
def test_eight_small_steps_against_one_large(rate, small, large):
    scaled = scale_learning_rate(rate, batch_size=256, base_batch_size=32)
    assert (1 - rate) ** 8 == pytest.approx(small, abs=1e-4)
    assert 1 - scaled == pytest.approx(large)


def test_the_root_rule():
    assert scale_learning_rate(0.1, batch_size=64, base_batch_size=16, rule="sqrt") == 0.2
    assert scale_learning_rate(0.1, batch_size=16, base_batch_size=64, rule="linear") == 0.025


@pytest.mark.bad_input
def test_numbers_out_of_range():
    g = torch.zeros(3, 2)
    for arguments, replacement in (((g[:1], 1), True), ((g, 0), True), ((g, 4), False)):
        with pytest.raises(ValueError, match="batch_size"):
            minibatch_gradient_variance(*arguments, replacement=replacement)
    for lr in (0.0, 1.0, -0.1):
        with pytest.raises(ValueError, match="settles only for"):
            sgd_stationary_variance(lr, curvature=2.0, noise_variance=1.0)
    with pytest.raises(ValueError, match="noise_variance must be"):
        sgd_stationary_variance(0.1, curvature=2.0, noise_variance=-1.0)
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        sgd_variance_path(torch.ones(2), curvature=1.0, noise_variance=1.0, batch_size=0)
    with pytest.raises(ValueError, match="batch_size must be at least 1, got 0"):
        scale_learning_rate(0.1, batch_size=32, base_batch_size=0)
    with pytest.raises(ValueError, match="rule must be"):
        scale_learning_rate(0.1, batch_size=32, base_batch_size=16, rule="square")
