"""Robust losses against torch and scikit-learn, values and gradients."""

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_pinball_loss
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity, edge_grid


@pytest.mark.reference("torch.nn.functional.huber_loss", of="dlcore.nn.huber_loss")
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("delta", [0.3, 1.0, 5.0])
def test_huber(delta, reduction, generator):
    prediction, targets = 4 * torch.randn(2, 7, 5, generator=generator)
    options = {"delta": delta, "reduction": reduction}
    assert_parity(nn.huber_loss, F.huber_loss, prediction, targets, **options)
    scaled = delta * nn.smooth_l1_loss(prediction, targets, delta, reduction)
    assert_close(nn.huber_loss(prediction, targets, **options), scaled, rtol=1e-5)


def test_huber_has_one_slope_where_its_parts_meet():
    error = torch.tensor([-1.5, 1.5], dtype=torch.float64, requires_grad=True)
    losses = nn.huber_loss(error, torch.zeros_like(error), 1.5, "none")
    assert losses.tolist() == [1.125, 1.125]
    assert torch.autograd.grad(losses.sum(), error)[0].tolist() == [-1.5, 1.5]


@pytest.mark.reference("sklearn.metrics.mean_pinball_loss", of="dlcore.nn.pinball_loss")
@pytest.mark.parametrize("tau", [0.05, 0.5, 0.9])
def test_pinball(tau, generator):
    prediction, targets = torch.randn(2, 40, generator=generator, dtype=torch.float64)
    expected = mean_pinball_loss(targets, prediction, alpha=tau)
    assert_close(nn.pinball_loss(prediction, targets, tau), expected)
    assert_close(nn.pinball_loss(prediction, targets, tau, "sum"), 40 * expected)
    slopes = torch.func.grad(lambda z: nn.pinball_loss(z, targets, tau, "sum"))(prediction)
    assert_close(slopes, (prediction > targets).double() - tau)


def test_a_quantile_minimizes_the_pinball_loss(generator):
    targets = torch.randn(501, generator=generator, dtype=torch.float64)
    for tau in (0.1, 0.5, 0.8):
        losses = [nn.pinball_loss(t.expand(501), targets, tau).item() for t in targets]
        best = targets[int(np.argmin(losses))].item()
        assert best == pytest.approx(np.quantile(targets, tau, method="inverted_cdf"))


@pytest.mark.reference("log cosh", of="dlcore.nn.log_cosh_loss")
def test_log_cosh(generator):
    prediction, targets = torch.randn(2, 6, 5, generator=generator)

    def by_name(z, y):
        return (z - y).cosh().log().mean()

    assert_parity(nn.log_cosh_loss, by_name, prediction, targets, factor=10.0)
    large = edge_grid()
    losses = nn.log_cosh_loss(large, torch.zeros_like(large), "none")
    expected = np.logaddexp(large.numpy(), -large.numpy()) - np.log(2)
    assert_close(losses, expected)


@pytest.mark.bad_input
def test_bad_input():
    z = torch.zeros(3)
    for loss in (nn.huber_loss, nn.pinball_loss, nn.log_cosh_loss):
        with pytest.raises(ValueError, match=r"\(3,\) and \(2,\)"):
            loss(z, z[:2])
        with pytest.raises(ValueError, match="reduction must be"):
            loss(z, z, reduction="max")
        with pytest.raises(ValueError, match="no examples"):
            loss(z[:0], z[:0])
    with pytest.raises(ValueError, match="delta must be positive, got 0"):
        nn.huber_loss(z, z, 0)
    for tau in (0.0, 1.0):
        with pytest.raises(ValueError, match="tau must lie between 0 and 1"):
            nn.pinball_loss(z, z, tau)
