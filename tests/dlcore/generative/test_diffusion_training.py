"""Losses of exact predictors, a tiny model that must find them, and a bound that is tight."""

import pytest
import torch
from torch import nn

from dlcore.generative import (
    DiffusionSchedule,
    ddpm_loss,
    diffusion_elbo,
    linear_beta_schedule,
    train_ddpm,
)
from dlcore.training import NonFiniteLossError
from tests.dlcore.generative.exact_noise import gaussian_noise
from tests.parity import assert_close

SHORT = DiffusionSchedule(linear_beta_schedule(10, 0.02, 0.4))


@pytest.mark.reference("closed forms", of="dlcore.generative.ddpm_loss")
def test_least_losses(generator):
    """0 if all data are one point; else the noise's variance given x_t."""
    x_0 = torch.full((500, 2), 3.0).double()
    assert ddpm_loss(gaussian_noise(SHORT, 0.0, 3.0), x_0, SHORT, generator=generator) < 1e-20
    x_0 = 0.5 * torch.randn(40_000, 1, generator=generator).double()
    left = SHORT.alpha_bars[1:]
    least = (left * 0.25 / (left * 0.25 + 1 - left)).mean().item()
    loss = ddpm_loss(gaussian_noise(SHORT, 0.25), x_0, SHORT, generator=generator)
    assert loss.item() == pytest.approx(least, abs=0.02)
    worse = ddpm_loss(lambda x, t: 0 * x, x_0, SHORT, generator=generator)
    assert worse.item() == pytest.approx(1, abs=0.03)


def test_steps_and_labels_reach_the_model(generator):
    seen = {}

    def model(x, t, labels):
        seen["t"], seen["labels"] = t, labels
        return 0 * x

    labels = torch.arange(3000) % 3
    ddpm_loss(model, torch.zeros(3000, 1), SHORT, labels=labels, generator=generator)
    counts = seen["t"].bincount()
    assert counts[0] == 0
    assert len(counts) == 11
    assert counts[1:].min() > 220
    assert torch.equal(seen["labels"], labels)
    t = torch.full((3000,), 4)
    ddpm_loss(model, torch.zeros(3000, 1), SHORT, labels=labels, t=t)
    assert torch.equal(seen["t"], t)


class SlopePerStep(nn.Module):
    """The predicted noise is a number times x, one for each step."""

    def __init__(self, steps):
        super().__init__()
        self.slopes = nn.Parameter(torch.zeros(steps + 1))
        self.told = []

    def forward(self, x, t, labels=None):
        if labels is not None:
            self.told.append(labels)
        return self.slopes[t][:, None] * x


@pytest.mark.reference("regression in closed form", of="dlcore.generative.train_ddpm")
@pytest.mark.reference("losses by hand", of="dlcore.generative.DiffusionHistory")
def test_training_finds_the_slopes(generator):
    schedule = DiffusionSchedule(torch.tensor([0.3, 0.5]))
    X = 0.5 * torch.randn(4000, 1, generator=generator)
    model = SlopePerStep(2)
    history = train_ddpm(
        model, X, schedule, steps=150, batch_size=1000, lr=0.05, ema=0.9, generator=generator,
        progress=False,
    )  # fmt: skip
    left = schedule.alpha_bars[1:]
    best = (1 - left).sqrt() / (left * X.square().mean() + 1 - left)
    assert_close(model.slopes[1:], best, rtol=0.06)
    assert_close(history.averaged.slopes[1:], best, rtol=0.06)
    assert not history.averaged.slopes.requires_grad
    assert len(history.losses) == 150
    assert history.losses[0].item() == pytest.approx(1, abs=0.2)


def test_labels_are_left_out_at_times(generator):
    model, labels = SlopePerStep(10), torch.ones(50, dtype=torch.long)
    for share, expected in ((0.0, {1}), (1.0, {-1}), (0.5, {-1, 1})):
        model.told.clear()
        train_ddpm(
            model, torch.ones(50, 1), SHORT, labels=labels, label_dropout=share, steps=2,
            batch_size=40, generator=generator, progress=False,
        )  # fmt: skip
        assert set(torch.cat(model.told).tolist()) == expected


@pytest.mark.reference("normal log-density", of="dlcore.generative.diffusion_elbo")
def test_bound_is_tight_where_the_reverse_is_exact(generator):
    """Standard normal data: each step back is Gaussian, so no nat is lost."""
    x_0 = torch.tensor([[0.3, -1.0], [2.0, 0.5]]).double()
    rows = x_0.repeat(3000, 1)
    bound = diffusion_elbo(gaussian_noise(SHORT, 1.0), rows, SHORT, generator=generator)
    exact = torch.distributions.Normal(0.0, 1.0).log_prob(x_0).sum(1)
    spread = bound.reshape(3000, 2).std(0) / 3000**0.5
    assert ((bound.reshape(3000, 2).mean(0) - exact).abs() < 4 * spread).all()
    worse = diffusion_elbo(
        gaussian_noise(SHORT, 1.0), rows, SHORT, variance="posterior", generator=generator
    )
    assert worse.mean() < bound.mean()


@pytest.mark.bad_input
def test_bad_input():
    X, model = torch.zeros(4, 1), SlopePerStep(10)
    with pytest.raises(ValueError, match="no examples"):
        ddpm_loss(model, X[:0], SHORT)
    with pytest.raises(ValueError, match="the model gave"):
        ddpm_loss(lambda x, t: x[:2], X, SHORT)
    with pytest.raises(ValueError, match="a share of labels"):
        train_ddpm(model, X, SHORT, label_dropout=2.0)
    with pytest.raises(ValueError, match="as many labels"):
        train_ddpm(model, X, SHORT, labels=torch.zeros(3, dtype=torch.long))
    with pytest.raises(NonFiniteLossError):
        train_ddpm(model, X * float("nan"), SHORT, steps=2, progress=False)
    with pytest.raises(ValueError, match="beta or posterior"):
        diffusion_elbo(model, X, SHORT, variance="zero")
