"""The forward process against the book's numbers, Bayes' rule and moments."""

import math

import pytest
import torch

from dlcore.generative import (
    DiffusionSchedule,
    convert_prediction,
    cosine_beta_schedule,
    eps_to_score,
    linear_beta_schedule,
    q_posterior,
    q_sample,
    q_step,
)
from tests.parity import assert_close


@pytest.fixture(scope="module")
def linear():
    return DiffusionSchedule(linear_beta_schedule(1000))


@pytest.mark.reference("published values", of="dlcore.generative.linear_beta_schedule")
@pytest.mark.reference("closed forms", of="dlcore.generative.DiffusionSchedule")
def test_linear_schedule(linear):
    left = linear.alpha_bars
    assert linear.T == 1000
    assert left[0] == 1
    assert left[500].item() == pytest.approx(0.0785872, rel=1e-5)
    assert left[1000].item() == pytest.approx(4.03583e-5, rel=1e-5)
    assert int((left < 0.5).nonzero()[0]) == 260
    assert linear.snr[1].item() == pytest.approx(9999)
    assert linear.snr[1000].item() == pytest.approx(4.036e-5, rel=1e-3)
    assert linear.posterior_variances[:2].tolist() == [0, 0]
    assert linear.posterior_variances[2].item() == pytest.approx(5.453e-5, rel=1e-3)
    assert linear.posterior_variances[1000].item() == pytest.approx(0.01999998, rel=1e-6)
    weights = [linear.eps_weights[t].item() for t in (0, 1, 10, 100, 500, 1000)]
    expected = [0, 0.50005, 0.0737, 0.01008, 0.00550, 0.0102]
    assert weights == pytest.approx(expected, rel=5e-3)


def test_variance_is_kept(linear):
    variance = torch.tensor(1.0).double()
    grown = variance
    for t in range(1, 1001):
        variance = linear.alphas[t] * variance + linear.betas[t]
        grown = grown + linear.betas[t]
    assert variance.item() == pytest.approx(1)
    assert grown.item() == pytest.approx(11.05)


@pytest.mark.reference("squared cosine", of="dlcore.generative.cosine_beta_schedule")
def test_cosine_schedule():
    betas = cosine_beta_schedule(1000)
    left = DiffusionSchedule(betas).alpha_bars
    assert left[500].item() == pytest.approx(0.493844, rel=1e-5)
    assert betas[-1].item() == 0.999
    angles = [(t / 1000 + 0.008) / 1.008 * math.pi / 2 for t in (0, 300)]
    assert left[300].item() == pytest.approx((math.cos(angles[1]) / math.cos(angles[0])) ** 2)


@pytest.mark.reference("moments", of="dlcore.generative.q_sample")
@pytest.mark.reference("moments", of="dlcore.generative.q_step")
def test_walking_and_jumping_have_the_same_moments(generator):
    schedule = DiffusionSchedule(linear_beta_schedule(8, 0.05, 0.3))
    x_0 = torch.full((40_000, 1), 1.5).double()
    walked = x_0
    for t in range(1, 9):
        walked = q_step(walked, torch.full((40_000,), t), schedule, generator=generator)
    jumped = q_sample(x_0, torch.full((40_000,), 8), schedule, generator=generator)
    left = math.prod(1 - b for b in schedule.betas[1:].tolist())
    for x in (walked, jumped):
        assert x.mean().item() == pytest.approx(1.5 * left**0.5, abs=4 / 200)
        assert x.var().item() == pytest.approx(1 - left, abs=4 * 2**0.5 / 200)


def test_images_and_a_step_for_each(linear):
    x_0 = torch.ones(3, 2, 5, 7)
    t = torch.tensor([0, 260, 1000])
    x = q_sample(x_0, t, linear, noise=torch.zeros_like(x_0))
    assert torch.equal(x[0], x_0[0])
    assert_close(x[:, 0, 0, 0], linear.alpha_bars[t].sqrt().float(), rtol=1e-6)
    assert x.dtype == torch.float32


@pytest.mark.reference("Bayes' rule of Gaussians", of="dlcore.generative.q_posterior")
@pytest.mark.reference("published values", of="dlcore.generative.DiffusionPosterior")
def test_posterior(linear):
    t = torch.tensor([2, 501, 1000])
    x_0 = torch.tensor([[0.3], [1.3], [-2.0]]).double()
    eps = torch.tensor([[1.1], [-0.7], [0.4]]).double()
    x_t = q_sample(x_0, t, linear, eps)
    mean, variance = q_posterior(x_0, x_t, t, linear)
    alpha, beta = linear.alphas[t][:, None], linear.betas[t][:, None]
    prior_mean = linear.alpha_bars[t - 1].sqrt()[:, None] * x_0
    prior_variance = 1 - linear.alpha_bars[t - 1][:, None]
    precision = 1 / prior_variance + alpha / beta
    assert_close(variance, 1 / precision, rtol=1e-7)
    expected = (prior_mean / prior_variance + alpha.sqrt() * x_t / beta) / precision
    assert_close(mean, expected, rtol=1e-7)
    left = linear.alpha_bars[t][:, None]
    from_noise = (x_t - beta / (1 - left).sqrt() * eps) / alpha.sqrt()
    assert_close(mean, from_noise, rtol=1e-7)
    assert mean[1].item() == pytest.approx(-0.303822, abs=1e-6)
    first = q_posterior(x_0, x_t, torch.ones(3, dtype=torch.long), linear)
    assert_close(first.mean, x_0)
    assert first.variance.abs().max() == 0


@pytest.mark.reference("definitions", of="dlcore.generative.convert_prediction")
def test_three_predictions(linear, generator):
    x_0, eps = torch.randn(2, 5, 3, generator=generator).double()
    t = torch.tensor([1, 7, 300, 800, 1000])
    x_t = q_sample(x_0, t, linear, eps)
    left = linear.alpha_bars[t][:, None]
    truth = {"x0": x_0, "eps": eps, "v": left.sqrt() * eps - (1 - left).sqrt() * x_0}
    for given, value in truth.items():
        for wanted, expected in truth.items():
            found = convert_prediction(value, x_t, t, linear, given=given, wanted=wanted)
            assert_close(found, expected, atol=1e-11)


@pytest.mark.reference("mixture in closed form", of="dlcore.generative.eps_to_score")
def test_mean_noise_is_the_score(linear):
    """Data -1 and 1 equally often: the mean noise by Bayes, the score by differentiation."""
    t = torch.full((41,), 300)
    a, s = linear.alpha_bars[300].sqrt(), (1 - linear.alpha_bars[300]).sqrt()
    x = torch.linspace(-3, 3, 41).double()[:, None].requires_grad_()
    log_parts = -((x - a * torch.tensor([-1.0, 1.0]).double()) ** 2) / (2 * s**2)
    score = torch.autograd.grad(log_parts.logsumexp(1).sum(), x)[0]
    x = x.detach()
    mean_data = torch.tanh(a * x / s**2)
    eps = (x - a * mean_data) / s
    assert_close(eps_to_score(eps, t, linear), score)


@pytest.mark.bad_input
def test_bad_input(linear):
    x, t = torch.zeros(3, 2), torch.ones(3, dtype=torch.long)
    with pytest.raises(ValueError, match="T >= 1"):
        linear_beta_schedule(0)
    with pytest.raises(ValueError, match="max_beta"):
        cosine_beta_schedule(5, max_beta=1.0)
    with pytest.raises(ValueError, match=r"numbers in \(0, 1\)"):
        DiffusionSchedule(torch.tensor([0.5, 1.0]))
    with pytest.raises(ValueError, match="does not fit"):
        q_sample(x, t, linear, torch.zeros(3, 1))
    with pytest.raises(ValueError, match="a step for each of 3"):
        q_sample(x, t[:2], linear)
    with pytest.raises(ValueError, match="from 0 to 1000, got 1001"):
        q_sample(x, t + 1000, linear)
    with pytest.raises(ValueError, match="begin at 1, got 0"):
        q_step(x, t - 1, linear)
    with pytest.raises(ValueError, match="differ in shape"):
        q_posterior(x, x[:, :1], t, linear)
    with pytest.raises(ValueError, match="one of"):
        convert_prediction(x, x, t, linear, wanted="noise")
    with pytest.raises(ValueError, match="differ in shape"):
        convert_prediction(x, x[:, :1], t, linear)
