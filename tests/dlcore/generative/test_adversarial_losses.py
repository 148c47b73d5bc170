"""Losses of the adversarial game against torch's, closed forms and enumeration."""

import math

import pytest
import torch
from scipy.spatial import distance
from torch.nn import functional as F

from dlcore.generative import (
    clip_weights_,
    discriminator_loss,
    generator_loss,
    gradient_penalty,
    minimax_value,
    optimal_discriminator,
    wgan_critic_loss,
)
from tests.parity import assert_close

bce = F.binary_cross_entropy_with_logits


@pytest.fixture
def scores(generator):
    real = torch.randn(5, 1, generator=generator, dtype=torch.float64) * 3
    return real, torch.randn(7, 1, generator=generator, dtype=torch.float64) * 3


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy_with_logits",
    of="dlcore.generative.discriminator_loss",
)
def test_discriminator(scores):
    real, fake = scores
    expected = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    for kind in ("minimax", "non_saturating"):
        assert_close(discriminator_loss(real, fake, kind), expected)
    half = (F.mse_loss(real, torch.ones_like(real)) + F.mse_loss(fake, 0 * fake)) / 2
    assert_close(discriminator_loss(real, fake, "least_squares"), half)
    margins = F.hinge_embedding_loss(real, -torch.ones_like(real))
    margins = margins + F.hinge_embedding_loss(-fake, -torch.ones_like(fake))
    assert_close(discriminator_loss(real, fake, "hinge"), margins)


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy_with_logits", of="dlcore.generative.generator_loss"
)
def test_generator(scores):
    _, fake = scores
    assert_close(generator_loss(fake), bce(fake, torch.ones_like(fake)))
    assert_close(generator_loss(fake, "minimax"), -bce(fake, torch.zeros_like(fake)))
    assert_close(generator_loss(fake, "least_squares"), F.mse_loss(fake, torch.ones_like(fake)) / 2)
    for kind in ("hinge", "wasserstein"):
        assert_close(generator_loss(fake, kind), -fake.mean())


def test_extreme_scores_are_finite():
    far = torch.tensor([1000.0, -1000.0])
    assert discriminator_loss(far, far).item() == pytest.approx(1000)
    assert generator_loss(far).item() == pytest.approx(500)


def test_where_the_generators_gradient_dies():
    s = torch.tensor([-5.0], requires_grad=True)
    slopes = [
        torch.autograd.grad(generator_loss(s, kind), s)[0].item()
        for kind in ("minimax", "non_saturating")
    ]
    assert slopes == pytest.approx([-1 / (1 + math.exp(5)), -1 / (1 + math.exp(-5))], rel=1e-4)


@pytest.mark.reference("closed form", of="dlcore.generative.optimal_discriminator")
def test_no_discriminator_is_better(generator):
    p = torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64)
    best = optimal_discriminator(p, p.flip(0))
    assert_close(best, torch.tensor([0.2, 0.4, 0.6, 0.8], dtype=torch.float64))
    for _ in range(50):
        other = torch.rand(4, generator=generator, dtype=torch.float64)
        assert minimax_value(other, p, p.flip(0)) < minimax_value(best, p, p.flip(0))
    assert optimal_discriminator(torch.zeros(1), torch.zeros(1)).item() == 0.5


@pytest.mark.reference("scipy.spatial.distance.jensenshannon", of="dlcore.generative.minimax_value")
def test_the_value_at_the_optimum(generator):
    p, q = torch.rand(2, 6, generator=generator, dtype=torch.float64)
    p, q = p / p.sum(), q / q.sum()
    p[2] += p[0].item()
    p[0] = 0
    js = distance.jensenshannon(p.numpy(), q.numpy()) ** 2
    value = minimax_value(optimal_discriminator(p, q), p, q).item()
    assert value == pytest.approx(-math.log(4) + 2 * js)
    sure_and_wrong = torch.tensor([0.0, 1.0])
    assert minimax_value(sure_and_wrong, sure_and_wrong.flip(0), sure_and_wrong) == -math.inf


@pytest.mark.reference("closed form", of="dlcore.generative.wgan_critic_loss")
def test_critic(scores):
    real, fake = scores
    loss = wgan_critic_loss(real, fake).item()
    assert loss == pytest.approx(sum(fake.flatten()) / 7 - sum(real.flatten()) / 5)
    assert discriminator_loss(real, fake, "wasserstein").item() == loss


@pytest.mark.reference("closed form", of="dlcore.generative.gradient_penalty")
def test_penalty_of_a_linear_and_a_quadratic_critic(generator):
    real, fake = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    critic = torch.nn.Linear(3, 1).double()
    norm = critic.weight.norm()
    penalty = gradient_penalty(critic, real, fake)
    assert_close(penalty.detach(), (norm.detach() - 1).square())
    slope = torch.autograd.grad(penalty, critic.weight)[0]
    assert_close(slope, (2 * (norm - 1) * critic.weight / norm).detach())
    images = real.reshape(3, 1, 2, 3)
    same = gradient_penalty(lambda x: x.square().flatten(1).sum(1) / 2, images, images)
    assert_close(same, (images.flatten(1).norm(dim=1) - 1).square().mean())


def test_penalized_points_lie_between(generator):
    seen = []

    def critic(x):
        seen.append(x.detach())
        return x.sum(1)

    gradient_penalty(critic, torch.zeros(200, 2), torch.ones(200, 2), generator=generator)
    u = seen[0]
    assert (u[:, 0] == u[:, 1]).all()
    assert 0 <= u.min() < 0.1
    assert 0.9 < u.max() <= 1


@pytest.mark.reference("torch.clamp", of="dlcore.generative.clip_weights_")
def test_clipping():
    layer = torch.nn.Linear(5, 4)
    expected = layer.weight.detach().clamp(-0.1, 0.1), layer.bias.detach().clamp(-0.1, 0.1)
    assert clip_weights_(layer, 0.1) is layer
    assert torch.equal(layer.weight, expected[0])
    assert torch.equal(layer.bias, expected[1])


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: generator_loss(torch.ones(2), "cubic"), "kind must be one of"),
        (lambda: discriminator_loss(torch.ones(2), torch.ones(0)), "needs scores"),
        (lambda: wgan_critic_loss(torch.ones(0), torch.ones(2)), "needs scores"),
        (lambda: gradient_penalty(len, torch.ones(2, 1), torch.ones(3, 1)), "of one shape"),
        (
            lambda: gradient_penalty(torch.exp, torch.ones(2, 2), torch.ones(2, 2)),
            "one score each",
        ),
        (lambda: clip_weights_(torch.nn.Linear(1, 1), 0.0), "positive, got 0"),
        (lambda: optimal_discriminator(torch.ones(2), torch.ones(3)), "one shape"),
        (lambda: optimal_discriminator(-torch.ones(2), torch.ones(2)), "at least 0"),
        (lambda: minimax_value(2 * torch.ones(2), torch.ones(2), torch.ones(2)), "at most 1"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
