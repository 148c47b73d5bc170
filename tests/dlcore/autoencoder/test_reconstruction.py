"""Losses against torch's, which average over dimensions where ours sum."""

import pytest
import torch
from torch.nn import functional as F

from dlcore.autoencoder import bernoulli_nll, gaussian_nll, reconstruction_loss
from tests.parity import assert_close


def batch(generator, *shape):
    return torch.randn(shape, dtype=torch.float64, generator=generator)


@pytest.mark.reference(
    "torch.nn.functional.gaussian_nll_loss", of="dlcore.autoencoder.gaussian_nll"
)
@pytest.mark.parametrize("sigma", [0.3, "per dimension"])
def test_the_gaussian_surprise_is_torchs_summed_over_dimensions(generator, sigma):
    x, x_hat = batch(generator, 5, 2, 3), batch(generator, 5, 2, 3)
    if sigma == "per dimension":
        sigma = batch(generator, 2, 3).exp()
    variance = torch.as_tensor(sigma, dtype=x.dtype).square().expand_as(x)
    expected = F.gaussian_nll_loss(x_hat, x, variance, full=True, reduction="sum") / 5
    assert_close(gaussian_nll(x_hat, x, sigma), expected)


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy_with_logits", of="dlcore.autoencoder.bernoulli_nll"
)
def test_the_surprise_of_coins_is_torchs_summed_over_dimensions(generator):
    x = torch.rand(5, 7, dtype=torch.float64, generator=generator)
    logits = 50 * batch(generator, 5, 7)
    expected = F.binary_cross_entropy_with_logits(logits, x, reduction="sum") / 5
    assert_close(bernoulli_nll(logits, x), expected)
    assert_close(reconstruction_loss(logits, x, "bernoulli"), expected)


@pytest.mark.reference("the entropy of a coin", of="dlcore.autoencoder.bernoulli_nll")
@pytest.mark.parametrize(("grey", "floor"), [(0.25, 0.562335), (0.5, 0.693147)])
def test_grey_levels_cost_their_entropy_at_least(grey, floor):
    x = torch.full((1, 1), grey, dtype=torch.float64)
    logits = torch.linspace(-4, 4, 201, dtype=torch.float64)
    losses = torch.stack([bernoulli_nll(z.reshape(1, 1), x) for z in logits])
    assert losses.min().item() == pytest.approx(floor, abs=1e-4)


@pytest.mark.reference("torch.nn.functional.mse_loss", of="dlcore.autoencoder.reconstruction_loss")
def test_the_squared_error_is_torchs_summed_over_dimensions(generator):
    x, x_hat = batch(generator, 5, 1, 3, 2), batch(generator, 5, 1, 3, 2)
    assert_close(reconstruction_loss(x_hat, x), F.mse_loss(x_hat, x, reduction="sum") / 5)
    half = F.gaussian_nll_loss(x_hat, x, torch.ones_like(x), full=True, reduction="sum") / 5
    assert_close(reconstruction_loss(x_hat, x, "gaussian"), half)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: reconstruction_loss(x, x, "absolute"), "kind must be"),
        (lambda x: reconstruction_loss(x, x[:, :2]), r"\(4, 3\) and \(4, 2\)"),
        (lambda x: gaussian_nll(x, x[0]), "differ in shape"),
        (lambda x: gaussian_nll(x, x, 0.0), "sigma must be positive"),
        (lambda x: bernoulli_nll(x, x + 2), "between 0 and 1"),
        (lambda x: reconstruction_loss(x[:0], x[:0]), "a batch of examples"),
        (lambda x: reconstruction_loss(x[0], x[0]), "a batch of examples"),
    ],
)
def test_what_does_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.zeros(4, 3))
