"""Guidance on Gaussians, where each density and each noise is known."""

import pytest
import torch

from dlcore.generative import (
    DiffusionSchedule,
    GuidedDenoiser,
    classifier_free_guidance,
    classifier_guidance,
    convert_prediction,
    linear_beta_schedule,
)
from tests.dlcore.generative.exact_noise import gaussian_noise
from tests.parity import assert_close

SCHEDULE = DiffusionSchedule(linear_beta_schedule(50, 0.002, 0.2))
X = torch.linspace(-3, 6, 13).double()[:, None]


@pytest.mark.reference("tilted Gaussian", of="dlcore.generative.classifier_free_guidance")
def test_without_noise_it_is_the_tilted_density():
    """p(x|c) = N(2, 1), p(x) = N(0, 5): the tilted density by completing the square."""
    for w, mean, variance in (
        (0.0, 2.0, 1.0), (1.0, 2.2222, 0.5556), (3.0, 2.3529, 0.2941), (7.5, 2.4286, 0.1429),
    ):  # fmt: skip
        slope = -classifier_free_guidance(X - 2, X / 5, w)
        assert_close(slope, -(X - mean) / variance, rtol=2e-3, atol=2e-3)
    assert torch.equal(classifier_free_guidance(X - 2, X / 5, -1.0), X / 5)


@pytest.mark.reference("Bayes' rule", of="dlcore.generative.classifier_guidance")
def test_classifier_of_noisy_data_gives_the_class():
    """Two classes N(-1, 0.5), N(2, 0.5): the mixture's noise and the classifier's slope."""
    t = torch.full((13,), 20)
    a, s = SCHEDULE.split(t, X)
    variance = a**2 * 0.5 + s**2
    x = X.clone().requires_grad_()
    logits = torch.cat([-((x - a * m) ** 2) / (2 * variance) for m in (-1.0, 2.0)], dim=1)
    slope = torch.autograd.grad(logits.log_softmax(1)[:, 1].sum(), x, retain_graph=True)[0]
    mixture = -s * torch.autograd.grad(logits.logsumexp(1).sum(), x)[0]
    guided = classifier_guidance(mixture, slope, t, SCHEDULE)
    assert_close(guided, gaussian_noise(SCHEDULE, 0.5, 2.0)(X, t))
    twice = classifier_guidance(mixture, slope, t, SCHEDULE, scale=2.0)
    assert_close(twice - mixture, 2 * (guided - mixture))


@pytest.mark.reference("two calls", of="dlcore.generative.GuidedDenoiser")
def test_one_call_for_both():
    calls = []

    def model(x, t, labels):
        calls.append(len(x))
        return x * t[:, None] + labels[:, None] ** 2

    labels, t = torch.arange(13) % 4, torch.arange(1, 14)
    found = GuidedDenoiser(model, labels, 2.5)(X, t)
    assert calls == [26]
    expected = 3.5 * model(X, t, labels) - 2.5 * model(X, t, torch.full_like(labels, -1))
    assert_close(found, expected)


def test_guided_samples_are_not_the_tilted_density():
    """DDIM is a linear map here; the table promises variance 0.5556 for w = 1."""
    fine = DiffusionSchedule(linear_beta_schedule(200, 5e-4, 0.1))
    conditional, alone = gaussian_noise(fine, 1.0, 2.0), gaussian_noise(fine, 5.0, 0.0)
    x = torch.tensor([[0.0], [1.0]]).double()
    for step in range(200, 0, -1):
        t = torch.full((2,), step)
        eps = classifier_free_guidance(conditional(x, t), alone(x, t), 1.0)
        x_0 = convert_prediction(eps, x, t, fine)
        before = fine.alpha_bars[step - 1]
        x = before.sqrt() * x_0 + (1 - before).sqrt() * eps
    variance = (x[1] - x[0]).item() ** 2
    assert variance < 0.5
    assert x[0].item() > 2


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="same shape"):
        classifier_free_guidance(X, X[:2], 1.0)
    with pytest.raises(ValueError, match="same shape"):
        classifier_guidance(X, X[:2], torch.ones(13, dtype=torch.long), SCHEDULE)
    with pytest.raises(ValueError, match="2 labels do not fit 13"):
        GuidedDenoiser(lambda x, t, c: x, torch.tensor([0, 1]), 1.0)(X, torch.ones(13))
