"""Two gradient estimators against closed forms of their mean and variance."""

import math

import pytest
import torch

from dlcore.autoencoder import GradientDraws, pathwise_grad, score_function_grad
from tests.parity import assert_close

S = 200_000


def parameters():
    return torch.tensor([0.5], dtype=torch.float64), torch.tensor([0.8], dtype=torch.float64)


def square(z):
    return z.square().sum(1)


def wave(z):
    return torch.cos(10 * z[:, 0])


# E z^2 = mu^2 + sigma^2; E cos(w z) = cos(w mu) exp(-w^2 sigma^2 / 2). Bounds are 6 standard errors
# (missed with probability 2e-9); the relative error of a variance is that of its fourth moment.
@pytest.mark.reference("the closed form of E z^2", of="dlcore.autoencoder.pathwise_grad")
@pytest.mark.reference("the closed form of E z^2", of="dlcore.autoencoder.score_function_grad")
@pytest.mark.parametrize(
    ("estimator", "variance"), [(pathwise_grad, 2.56), (score_function_grad, 13.1977)]
)
def test_mean_and_variance_of_the_gradient_of_a_square(generator, estimator, variance):
    draws = estimator(square, *parameters(), S, generator=generator)
    assert draws.mu.mean().item() == pytest.approx(1.0, abs=6 * (variance / S) ** 0.5)
    assert draws.sigma.mean().item() == pytest.approx(
        1.6, abs=6 * (draws.sigma.var().item() / S) ** 0.5
    )
    assert draws.mu.var().item() == pytest.approx(variance, rel=0.1)


@pytest.mark.parametrize(
    ("estimator", "variance"), [(pathwise_grad, 50.0), (score_function_grad, 0.78)]
)
def test_a_fast_wave_turns_the_order_of_the_variances(generator, estimator, variance):
    draws = estimator(wave, *parameters(), S, generator=generator)
    slope = -10 * math.sin(5) * math.exp(-32)
    assert draws.mu.mean().item() == pytest.approx(slope, abs=6 * (variance / S) ** 0.5)
    assert draws.mu.var().item() == pytest.approx(variance, rel=0.03)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.autoencoder.GradientDraws")
def test_each_draw_against_autograd(generator):
    mu, sigma = (torch.tensor(v, dtype=torch.float64) for v in ([0.3, -1.0], [0.7, 2.0]))
    state = generator.get_state()
    path = pathwise_grad(square, mu, sigma, 13, generator=generator)
    score = score_function_grad(square, mu, sigma, 13, generator=generator.set_state(state))
    epsilon = torch.randn(13, 2, generator=generator.set_state(state), dtype=torch.float64)
    theta = [v.expand(13, 2).clone().requires_grad_() for v in (mu, sigma)]
    z = theta[0] + theta[1] * epsilon
    expected = torch.autograd.grad(square(z).sum(), theta, retain_graph=True)
    for ours, theirs in zip(path, expected, strict=True):
        assert_close(ours, theirs)
    log_prob = torch.distributions.Normal(*theta).log_prob(z.detach()).sum(1)
    expected = torch.autograd.grad((square(z.detach()) * log_prob).sum(), theta)
    for ours, theirs in zip(score, GradientDraws(*expected), strict=True):
        assert_close(ours, theirs)


def test_a_baseline_keeps_the_mean_and_lowers_the_variance(generator):
    def lifted(z):
        return 100 + square(z)

    plain = score_function_grad(lifted, *parameters(), S, generator=generator)
    better = score_function_grad(lifted, *parameters(), S, baseline=True, generator=generator)
    assert better.mu.mean().item() == pytest.approx(1.0, abs=6 * (13.2 / S) ** 0.5)
    assert better.mu.var() < plain.mu.var() / 100


def test_the_score_needs_no_derivative(generator):
    def step(z):
        return (z[:, 0] > 0).double()

    draws = score_function_grad(step, *parameters(), S, generator=generator)
    density = math.exp(-0.5 * (0.5 / 0.8) ** 2) / (0.8 * math.sqrt(2 * math.pi))
    assert draws.mu.mean().item() == pytest.approx(
        density, abs=6 * (draws.mu.var().item() / S) ** 0.5
    )


@pytest.mark.bad_input
@pytest.mark.parametrize("estimator", [pathwise_grad, score_function_grad])
@pytest.mark.parametrize(
    ("f", "mu", "sigma", "samples", "message"),
    [
        (square, torch.ones(2), torch.ones(1), 3, r"\(2,\), \(1,\), 3"),
        (square, torch.ones(2), torch.zeros(2), 3, "positive sigma"),
        (square, torch.ones(2), torch.ones(2), 0, "samples >= 1"),
        (lambda z: z, torch.ones(2), torch.ones(2), 3, r"must map \(3, 2\) to \(3,\)"),
    ],
)
def test_bad_input(estimator, f, mu, sigma, samples, message):
    with pytest.raises(ValueError, match=message):
        estimator(f, mu, sigma, samples)


@pytest.mark.bad_input
def test_a_baseline_needs_other_draws():
    with pytest.raises(ValueError, match="at least 2"):
        score_function_grad(square, torch.ones(1), torch.ones(1), 1, baseline=True)
