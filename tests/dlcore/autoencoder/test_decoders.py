"""Decoders as distributions against torch.distributions."""

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Normal

from dlcore.autoencoder import BernoulliDecoder, Decoder, GaussianDecoder
from tests.parity import assert_close


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 10), nn.Unflatten(1, (2, 5))).double()


@pytest.mark.reference(
    "torch.distributions.Normal.log_prob", of="dlcore.autoencoder.GaussianDecoder"
)
def test_gaussian_likelihood_against_torch(generator):
    decoder = GaussianDecoder(network(), scale=0.3).double()
    x, z = draw(generator, 7, 2, 5), draw(generator, 11, 7, 3)
    mean = decoder.network(z.reshape(-1, 3)).reshape(11, 7, 2, 5)
    assert_close(decoder.log_prob(x, z), Normal(mean, 0.3).log_prob(x).sum((-2, -1)), rtol=1e-6)
    assert_close(decoder.log_prob(x, z[0]), decoder.log_prob(x, z)[0])
    assert_close(decoder(z), mean)


@pytest.mark.reference(
    "torch.distributions.Bernoulli.log_prob", of="dlcore.autoencoder.BernoulliDecoder"
)
@pytest.mark.reference("torch.distributions.Bernoulli", of="dlcore.autoencoder.Decoder")
def test_bernoulli_likelihood_against_torch(generator):
    decoder = BernoulliDecoder(network())
    assert isinstance(decoder, Decoder)
    x, z = (draw(generator, 7, 2, 5) > 0).double(), draw(generator, 11, 7, 3)
    logits = decoder.network(z.reshape(-1, 3)).reshape(11, 7, 2, 5)
    expected = Bernoulli(logits=logits).log_prob(x).sum((-2, -1))
    assert_close(decoder.log_prob(x, z), expected)
    assert_close(decoder(z), logits.sigmoid())
    grey = torch.full((7, 2, 5), 0.25, dtype=torch.float64)
    loss = nn.functional.binary_cross_entropy_with_logits(logits[0], grey, reduction="none").sum(
        (-2, -1)
    )
    assert_close(decoder.log_prob(grey, z[0]), -loss)


def test_huge_logits_stay_finite():
    decoder = BernoulliDecoder(nn.Identity())
    z = torch.tensor([[100.0, -100.0]])
    assert_close(decoder.log_prob(torch.tensor([[1.0, 0.0]]), z), torch.zeros(1), atol=1e-6)
    assert_close(decoder.log_prob(torch.tensor([[0.0, 0.0]]), z), torch.tensor([-100.0]))


# d log p / d log sigma = sum(error^2 / sigma^2 - 1)
def test_the_best_scale_is_where_the_likelihood_has_no_slope(generator):
    decoder = GaussianDecoder(network(), learn_scale=True).double()
    x, z = draw(generator, 7, 2, 5), draw(generator, 7, 3)
    best = decoder.optimal_scale(x, z)
    expected = (x - decoder.network(z)).square().mean().sqrt()
    assert_close(best, expected.detach())
    decoder.log_scale.data = best.log()
    decoder.log_prob(x, z).sum().backward()
    assert decoder.log_scale.grad.abs() < 1e-9
    assert_close(decoder.scale, best)


def test_only_a_learned_scale_is_a_parameter():
    learned, fixed = (GaussianDecoder(nn.Linear(1, 1), learn_scale=b) for b in (True, False))
    assert {"log_scale"} == {n for n, _ in learned.named_parameters()} - {
        n for n, _ in fixed.named_parameters()
    }
    assert "log_scale" in fixed.state_dict()


# means of 40,000 draws, 6 standard errors
def test_draws_have_the_moments_of_the_model(generator):
    z = torch.tensor([[0.4]], dtype=torch.float64).expand(40_000, 1)
    gaussian = GaussianDecoder(nn.Identity(), scale=0.5).sample(z, generator=generator)
    assert gaussian.mean().item() == pytest.approx(0.4, abs=6 * 0.5 / 200)
    assert gaussian.std().item() == pytest.approx(0.5, abs=6 * 0.5 / 2**0.5 / 200)
    coin = BernoulliDecoder(nn.Identity()).sample(z, generator=generator)
    assert set(coin.unique().tolist()) == {0.0, 1.0}
    p = torch.tensor(0.4).sigmoid().item()
    assert coin.mean().item() == pytest.approx(p, abs=6 * 0.5 / 200)


def test_another_network_shares_the_scale():
    decoder = GaussianDecoder(nn.Linear(1, 1), learn_scale=True)
    twin = decoder.around(nn.Identity())
    assert twin.log_scale is decoder.log_scale
    assert isinstance(decoder.network, nn.Linear)
    assert isinstance(twin.network, nn.Identity)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaussianDecoder(nn.Identity(), scale=0.0), "positive, got 0.0"),
        (
            lambda: GaussianDecoder(nn.Identity()).log_prob(torch.ones(2, 3), torch.ones(2, 4)),
            r"shape \(2, 4\), got x of shape \(2, 3\)",
        ),
        (
            lambda: BernoulliDecoder(nn.Identity()).log_prob(
                torch.full((1, 1), 2.0), torch.ones(1, 1)
            ),
            r"\[0, 1\], got 2 to 2",
        ),
        (lambda: BernoulliDecoder(nn.Identity())(torch.ones(3)), r"got shape \(3,\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
