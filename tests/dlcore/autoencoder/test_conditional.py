"""The conditional variational autoencoder against its terms written out."""

import pytest
import torch
from torch import nn
from torch.distributions import Bernoulli, Normal, kl_divergence

from dlcore.autoencoder import ConditionalVAE, vae_loss
from tests.parity import assert_close


def made(generator, **options):
    torch.manual_seed(0)
    model = ConditionalVAE.mlp([6, 5, 2], condition_dim=3, **options)
    x = (torch.randn(7, 6, generator=generator) > 0).float()
    c = nn.functional.one_hot(torch.arange(7) % 3, 3).float()
    return model, x, c


@pytest.mark.reference("torch.distributions", of="dlcore.autoencoder.ConditionalVAE")
@pytest.mark.parametrize("learned_prior", [False, True])
def test_terms_written_out(generator, learned_prior):
    model, x, c = made(generator, learned_prior=learned_prior)
    terms = model.given(c)(x, samples=5, generator=torch.Generator().manual_seed(1))
    mu, logvar = model.encoder(torch.cat([x, c], 1)).chunk(2, 1)
    z = mu + (logvar / 2).exp() * torch.randn(5, 7, 2, generator=torch.Generator().manual_seed(1))
    logits = torch.stack([model.decoder.network(torch.cat([row, c], 1)) for row in z])
    assert_close(
        terms.reconstruction, Bernoulli(logits=logits).log_prob(x).sum(2).mean(0), rtol=1e-5
    )
    prior = Normal(0.0, 1.0)
    if learned_prior:
        prior_mu, prior_logvar = model.prior_network(c).chunk(2, 1)
        prior = Normal(prior_mu, (prior_logvar / 2).exp())
    expected = kl_divergence(Normal(mu, (logvar / 2).exp()), prior)
    assert_close(terms.kl, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"learned_prior": True}])
def test_gradients_reach_every_part(generator, options):
    model, x, c = made(generator, likelihood="gaussian", learn_scale=True, **options)
    vae_loss(model.given(c)(x)).backward()
    assert all(p.grad is not None and p.grad.any() for p in model.parameters())


def test_the_condition_decides(generator):
    model, _, c = made(generator)
    one, two = (
        model.given(rows).sample(7, generator=torch.Generator().manual_seed(1))
        for rows in (c, c.roll(1, 1))
    )
    assert (one != two).any(1).all()
    walk = model.given(c[:1]).decode(torch.zeros(2, 4, 2))
    assert walk.shape == (2, 4, 6)
    assert model.given(c).log_weights(torch.zeros(7, 6), 3).shape == (3, 7)


def test_the_mode_is_kept(generator):
    model, _, c = made(generator)
    assert model.given(c).training
    model.eval()
    assert not any(module.training for module in model.given(c).modules())
    assert not any(module.training for module in model.modules())


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.given(torch.ones(3)), r"\(b, m\), got \(3,\)"),
        (lambda m: m.given(torch.ones(2, 3))(torch.ones(5, 6)), "5 inputs do not fit 2 conditions"),
        (lambda m: ConditionalVAE(m.encoder, m.decoder, 0), "at least 1, got 0"),
        (lambda m: ConditionalVAE.mlp([6, 2], 3, likelihood="poisson"), "got 'poisson'"),
        (
            lambda m: ConditionalVAE(m.encoder, m.decoder, 2, prior_network=nn.Linear(3, 3)).given(
                torch.ones(5, 3)
            ),
            r"must give \(5, 4\), it gave \(5, 3\)",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(ConditionalVAE.mlp([6, 5, 2], condition_dim=3))
