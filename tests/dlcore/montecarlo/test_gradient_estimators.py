"""Gradients of expectations against closed forms, and the variance of each estimator."""

import math

import pytest
import torch

from dlcore.montecarlo import reparameterized_gradient, score_function_gradient
from dlcore.probability import Categorical, Laplace, Normal
from tests.parity import assert_close

F64 = torch.float64
ONE = torch.ones(1, dtype=F64)
N = 40_000


def unit_normal(t):
    return Normal(t[:, 0], 1.0)


def normal(t):
    return Normal(t[:, 0], t[:, 1].exp())


def categorical(t):
    return Categorical(logits=t)


def wave(x):
    return (10 * x).cos()


def near(found, truth):
    # each entry of a right estimate is that far off with probability 6e-5
    assert bool(((found.estimate - truth).abs() <= 4 * found.standard_error).all())


@pytest.mark.reference("closed form", of="dlcore.montecarlo.score_function_gradient")
@pytest.mark.parametrize(
    ("baseline", "variance"), [(None, 30.0), (2.0, 18.0), ("leave-one-out", 18.0)]
)
def test_score_of_a_square(generator, baseline, variance):
    found = score_function_gradient(
        torch.square, unit_normal, ONE, N, baseline=baseline, generator=generator
    )
    near(found, 2.0)
    assert float(found.variance) == pytest.approx(variance, rel=0.15)
    assert found.estimate.shape == (1,)


@pytest.mark.reference("closed form", of="dlcore.montecarlo.reparameterized_gradient")
def test_path_of_a_square(generator):
    found = reparameterized_gradient(torch.square, unit_normal, ONE, N, generator=generator)
    near(found, 2.0)
    assert float(found.variance) == pytest.approx(4.0, rel=0.05)


def test_for_a_quick_wave_the_order_flips(generator):
    score = score_function_gradient(wave, unit_normal, ONE, N, generator=generator)
    path = reparameterized_gradient(wave, unit_normal, ONE, N, generator=generator)
    truth = -10 * math.exp(-50) * math.sin(10)
    near(score, truth)
    near(path, truth)
    assert float(score.variance) == pytest.approx(0.499, rel=0.05)
    assert float(path.variance) == pytest.approx(50.0, rel=0.05)


# the gradients of E x^4 in mean and log scale, from the moments of a normal
@pytest.mark.parametrize("method", [score_function_gradient, reparameterized_gradient])
def test_mean_and_log_scale(generator, method):
    theta = torch.tensor([0.5, -0.3], dtype=F64)
    mu, variance = 0.5, math.exp(-0.6)
    found = method(lambda x: x**4, normal, theta, N, generator=generator)
    slopes = [4 * mu**3 + 12 * mu * variance, 12 * mu**2 * variance + 12 * variance**2]
    near(found, torch.tensor(slopes, dtype=F64))


@pytest.mark.parametrize(
    ("baseline", "variance"),
    [(None, 1.019387), (1.043925, 0.149884), ("leave-one-out", 0.149884), ("optimal", 0.141192)],
)
def test_softmax_bandit(generator, baseline, variance):
    theta = torch.tensor([0.2, -0.1, 0.4], dtype=F64)
    reward = torch.tensor([1.0, 2.0, 0.5], dtype=F64)
    found = score_function_gradient(
        lambda a: reward[a], categorical, theta, N, baseline=baseline, generator=generator
    )
    p = theta.softmax(0)
    near(found, p * (reward - p @ reward))
    assert float(found.variance.sum()) == pytest.approx(variance, rel=0.04)


def test_path_through_an_inverse_distribution_function(generator):
    theta = torch.tensor([0.5, 0.7], dtype=F64)
    found = reparameterized_gradient(
        torch.square, lambda t: Laplace(t[:, 0], t[:, 1]), theta, N, generator=generator
    )
    near(found, torch.tensor([1.0, 2.8], dtype=F64))


def test_few_draws_by_hand():
    """Three draws, every number checked: the others' mean is what each value loses."""
    seeds = [torch.Generator().manual_seed(4) for _ in range(2)]
    x = unit_normal(ONE.expand(3, 1)).sample((), generator=seeds[0])
    found = score_function_gradient(
        torch.square, unit_normal, ONE, 3, baseline="leave-one-out", generator=seeds[1]
    )
    f = x.square()
    others = torch.stack([(f[1] + f[2]) / 2, (f[0] + f[2]) / 2, (f[0] + f[1]) / 2])
    assert_close(found.estimate, ((f - others) * (x - 1)).mean()[None])


def test_called_without_gradients():
    with torch.no_grad():
        for method in (score_function_gradient, reparameterized_gradient):
            assert not method(torch.square, unit_normal, ONE, 5).estimate.requires_grad


@pytest.mark.bad_input
@pytest.mark.parametrize("method", [score_function_gradient, reparameterized_gradient])
def test_bad_input(method):
    with pytest.raises(ValueError, match="at least 2 draws, got 1"):
        method(torch.square, unit_normal, ONE, 1)
    with pytest.raises(ValueError, match=r"theta of shape \(p,\), got \(1, 1\)"):
        method(torch.square, unit_normal, ONE[None], 5)
    with pytest.raises(ValueError, match=r"f must give shape \(5,\), got \(\)"):
        method(torch.sum, unit_normal, ONE, 5)


@pytest.mark.bad_input
def test_bad_baselines_and_families():
    with pytest.raises(ValueError, match="at least 3 draws, got 2"):
        score_function_gradient(torch.square, unit_normal, ONE, 2, baseline="optimal")
    with pytest.raises(ValueError, match="'leave-one-out' or 'optimal', got 'mean'"):
        score_function_gradient(torch.square, unit_normal, ONE, 5, baseline="mean")
    with pytest.raises(ValueError, match=r"log_prob must give shape \(5,\), got \(5, 1\)"):
        score_function_gradient(torch.square, lambda t: Normal(t, 1.0), ONE, 5)
    with pytest.raises(TypeError, match="Categorical has no rsample"):
        reparameterized_gradient(torch.square, categorical, ONE, 5)
