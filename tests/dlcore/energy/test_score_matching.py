"""Scores and their losses against closed forms of Gaussians and mixtures."""

import math

import pytest
import torch
from torch import distributions

from dlcore.energy import (
    denoising_score_matching_loss,
    explicit_score_matching_loss,
    fisher_divergence,
    score,
    score_matching_loss,
    sliced_score_matching_loss,
)
from tests.parity import assert_close


def mixture(a, share=0.5):
    return distributions.MixtureSameFamily(
        distributions.Categorical(torch.tensor([1 - share, share]).double()),
        distributions.Normal(torch.tensor([-a, a]).double(), 1.0),
    )


def quantiles(n=20_000, mean=0.0, sd=1.0):
    """A sample of a normal without luck, shape (n, 1)."""
    u = (torch.arange(n).double() + 0.5) / n
    return (mean + sd * torch.special.ndtri(u))[:, None]


@pytest.mark.reference("closed forms", of="dlcore.energy.score")
def test_scores_in_closed_form(generator):
    x = torch.randn(6, 3, generator=generator).double()
    A = torch.randn(3, 3, generator=generator).double()
    precision = A @ A.T + torch.eye(3).double()
    assert_close(score(lambda x: -(x @ precision * x).sum(1) / 2 + 9, x), -x @ precision)
    x = x[:, :1]
    weight = torch.sigmoid(2 * 1.5 * x)
    found = score(lambda x: mixture(1.5).log_prob(x[:, 0]), x)
    assert_close(found, -x + 1.5 * (2 * weight - 1))


def test_scores_reach_the_parameters():
    theta = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
    x = torch.ones(3, 1).double()
    found = score(lambda x: -theta * x[:, 0] ** 2 / 2, x, create_graph=True)
    found.sum().backward()
    assert theta.grad.item() == -3.0
    assert not score(lambda x: -theta * x[:, 0] ** 2 / 2, x).requires_grad
    with torch.no_grad():
        assert_close(score(lambda x: -(x[:, 0] ** 2), x), -2 * x)


def gaussian_score(x, mean=2.0, precision=1 / 1.5**2):
    return -precision * (x - mean)


@pytest.mark.reference("closed form", of="dlcore.energy.explicit_score_matching_loss")
@pytest.mark.reference("closed form", of="dlcore.energy.score_matching_loss")
def test_explicit_and_implicit_differ_by_a_constant():
    """Half the mean square of the true score, 1 / (2 * 1.5^2), for every model."""
    x = quantiles(mean=2.0, sd=1.5)
    truth = gaussian_score(x)
    for mean, precision in ((2.0, 0.4444), (0.0, 1.0), (3.0, 0.1)):

        def model(x, mean=mean, precision=precision):
            return gaussian_score(x, mean, precision)

        explicit = explicit_score_matching_loss(model, x, truth)
        implicit = score_matching_loss(model, x)
        assert explicit.item() == pytest.approx(
            (precision**2 * (1.5**2 + (mean - 2) ** 2) - 2 * precision + 1 / 1.5**2) / 2, abs=1e-3
        )
        assert (explicit - implicit).item() == pytest.approx(1 / (2 * 1.5**2), abs=1e-3)


def test_gaussian_fit_is_maximum_likelihood(generator):
    """The loss of a Gaussian is quadratic: its minimum is mean and inverse covariance."""
    A = torch.randn(3, 3, generator=generator).double()
    x = torch.randn(50, 3, generator=generator).double() @ A + 1
    mean = x.mean(0).requires_grad_()
    precision = torch.linalg.inv((x - x.mean(0)).T @ (x - x.mean(0)) / 50).requires_grad_()
    loss = score_matching_loss(lambda x: -(x - mean) @ precision, x)
    slopes = torch.autograd.grad(loss, [mean, precision])
    for slope in slopes:
        assert slope.abs().max() < 1e-9
    worse = score_matching_loss(lambda x: -(x - mean) @ (1.1 * precision), x)
    assert worse > loss


def curl(x):
    """A score whose derivative is neither symmetric nor constant."""
    return torch.stack([x[:, 0] * x[:, 1], x[:, 1].square() - x[:, 2], x[:, 0] * x[:, 2]], 1)


@pytest.mark.reference("trace in closed form", of="dlcore.energy.sliced_score_matching_loss")
def test_trace_and_its_slices(generator):
    x = torch.randn(5, 3, generator=generator).double()
    trace = 3 * x[:, 1] + x[:, 0]
    half = curl(x).square().sum(1) / 2
    assert_close(score_matching_loss(curl, x), (trace + half).mean())
    rows = x.repeat(8000, 1)
    for reduced in (True, False):
        found = sliced_score_matching_loss(
            curl, rows, directions=2, variance_reduced=reduced, generator=generator
        )
        spread = 4 * (trace.abs().max() * 3 + 3 * half.max()) / 80_000**0.5
        assert abs(found.item() - (trace + half).mean().item()) < spread
    linear = sliced_score_matching_loss(lambda x: 0 * x, rows[:4], generator=generator)
    assert linear.item() == 0


def test_gradients_flow_through_slopes():
    theta = torch.tensor(0.3, dtype=torch.float64, requires_grad=True)
    x = quantiles(50)
    for loss in (score_matching_loss, sliced_score_matching_loss):
        walk = {"generator": torch.Generator().manual_seed(0)}
        value = loss(
            lambda x: -theta * x**3, x, **(walk if loss is not score_matching_loss else {})
        )
        assert torch.autograd.grad(value, theta)[0].item() != 0
    exact = torch.autograd.grad(score_matching_loss(lambda x: -theta * x**3, x), theta)[0]
    assert exact.item() == pytest.approx((-3 * x**2 + 0.3 * x**6).mean().item())


@pytest.mark.reference("closed form", of="dlcore.energy.denoising_score_matching_loss")
def test_denoising_finds_the_blurred_score(generator):
    """N(0, 1) blurred by 0.5 has slope -1/1.25 = -0.8: the loss is a parabola with that top."""
    x = torch.randn(100_000, 1, generator=generator).double()
    losses = []
    for slope in (-0.9, -0.8, -0.7):
        walk = torch.Generator().manual_seed(1)
        losses.append(denoising_score_matching_loss(lambda x: slope * x, x, 0.5, generator=walk))  # noqa: B023
    a, b, c = (loss.item() for loss in losses)
    best = -0.8 + 0.05 * (a - c) / (a - 2 * b + c)
    assert best == pytest.approx(-0.8, abs=0.02)
    expected = (0.64 * 1.25 - 2 * 0.8 + 4) / 2
    assert b == pytest.approx(expected, abs=0.05)


@pytest.mark.reference("quadrature of closed forms", of="dlcore.energy.fisher_divergence")
def test_far_modes_hide_their_shares():
    x = torch.linspace(-14, 14, 5601).double()[:, None]
    measure = torch.full((5601,), 28 / 5600).double()
    expected = (0.171, 0.0999, 0.0131, 0.00054, 7.6e-6)
    for a, value in zip((1.0, 2.0, 3.0, 4.0, 5.0), expected, strict=True):
        p, q = mixture(a, 0.5), mixture(a, 0.9)
        found = fisher_divergence(
            lambda x, p=p: p.log_prob(x[:, 0]), lambda x, q=q: q.log_prob(x[:, 0]) - 3, x, measure
        )
        assert found.item() == pytest.approx(value, rel=0.01)
    shifted = fisher_divergence(
        lambda x: -(x[:, 0] ** 2) / 2 - math.log(2 * math.pi) / 2,
        lambda x: -((x[:, 0] - 2) ** 2) / 2,
        x,
        measure,
    )
    assert shifted.item() == pytest.approx(2.0)


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(4, 2)
    with pytest.raises(ValueError, match="one number for each row"):
        score(lambda x: x, x)
    with pytest.raises(ValueError, match="depends on it"):
        score(lambda x: torch.zeros(4), x)
    with pytest.raises(ValueError, match="scores and targets"):
        explicit_score_matching_loss(lambda x: x, x, x[:2])
    with pytest.raises(ValueError, match=r"scores \(n, d\)"):
        score_matching_loss(lambda x: x[:, :1], x)
    with pytest.raises(ValueError, match="a direction"):
        sliced_score_matching_loss(lambda x: x, x, directions=0)
    with pytest.raises(ValueError, match="sigma must be positive"):
        denoising_score_matching_loss(lambda x: x, x, 0.0)
    with pytest.raises(ValueError, match="as many weights"):
        fisher_divergence(lambda x: x[:, 0], lambda x: x[:, 0], x, torch.ones(3))
