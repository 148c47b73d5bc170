"""The variational autoencoder against linear Gaussian models, where all is known."""

import math

import pytest
import torch
from scipy import stats
from torch import nn
from torch.distributions import Normal, kl_divergence

from dlcore.autoencoder import (
    VAE,
    BernoulliDecoder,
    ElboTerms,
    GaussianCode,
    GaussianDecoder,
    beta_vae_loss,
    vae_loss,
)
from tests.dlcore.autoencoder.linear_model import exact_vae, linear_vae, scalar_vae
from tests.parity import assert_close

S = 100_000
X = torch.tensor([[2.0]], dtype=torch.float64)


# the reconstruction of one draw has standard deviation 4.25, so 6 standard errors are 0.081
@pytest.mark.reference(
    "the evidence less the divergence from the posterior", of="dlcore.autoencoder.VAE"
)
@pytest.mark.reference("torch.distributions.kl_divergence", of="dlcore.autoencoder.ElboTerms")
def test_bound_of_the_worked_example(generator):
    terms = scalar_vae()(X, samples=S, generator=generator)
    assert terms.reconstruction.item() == pytest.approx(-3.957365, abs=0.081)
    assert_close(terms.kl, torch.tensor([[0.135361]]), rtol=1e-5)
    assert_close(terms.bound, terms.reconstruction - terms.kl[:, 0])
    q, posterior = Normal(0.5, 0.9), Normal(12 / 11, math.sqrt(2 / 11))
    log_p = stats.norm(0, math.sqrt(1.5**2 + 0.5)).logpdf(2.0)
    expected = log_p - kl_divergence(q, posterior).item()
    assert expected == pytest.approx(-4.092725, abs=1e-5)
    assert terms.bound.item() == pytest.approx(expected, abs=0.081)


def test_at_the_posterior_every_weight_is_the_evidence(generator):
    model, W, noise = exact_vae()
    x = torch.randn(7, 4, generator=generator, dtype=torch.float64)
    covariance = W @ W.T + noise * torch.eye(4, dtype=torch.float64)
    evidence = torch.from_numpy(stats.multivariate_normal(cov=covariance.numpy()).logpdf(x.numpy()))
    weights = model.log_weights(x, 11, generator=generator)
    assert_close(weights, evidence.expand(11, 7), rtol=1e-8)


def test_weights_by_hand(generator):
    model = scalar_vae()
    state = generator.get_state()
    weights = model.log_weights(X, 5, generator=generator)
    epsilon = torch.randn(5, 1, 1, generator=generator.set_state(state), dtype=torch.float64)
    z = 0.5 + 0.9 * epsilon
    expected = (
        Normal(1.5 * z, math.sqrt(0.5)).log_prob(X)
        + Normal(0.0, 1.0).log_prob(z)
        - Normal(0.5, 0.9).log_prob(z)
    )
    assert_close(weights, expected[:, :, 0], rtol=1e-7)


def test_another_prior(generator):
    prior = GaussianCode(
        torch.tensor([1.0], dtype=torch.float64), torch.tensor([-0.5], dtype=torch.float64)
    )
    plain = scalar_vae()
    model = linear_vae(
        plain.decoder.network.weight.data,
        0.5,
        torch.tensor([[0.25]], dtype=torch.float64),
        torch.tensor([math.log(0.81)], dtype=torch.float64),
        prior,
    )
    state = generator.get_state()
    ours = model.log_weights(X, 5, generator=generator)
    theirs = plain.log_weights(X, 5, generator=generator.set_state(state))
    z = 0.5 + 0.9 * torch.randn(5, 1, generator=generator.set_state(state), dtype=torch.float64)
    p = Normal(1.0, math.exp(-0.25))
    assert_close(ours - theirs, p.log_prob(z) - Normal(0.0, 1.0).log_prob(z), rtol=1e-7)
    expected = kl_divergence(Normal(0.5, 0.9), p)
    assert model(X, generator=generator).kl.item() == pytest.approx(expected.item(), rel=1e-5)
    codes = model.sample(S, generator=generator) / 1.5
    assert codes.mean().item() == pytest.approx(1.0, abs=6 * math.exp(-0.25) / S**0.5)


@pytest.mark.reference("the mean of minus the bound", of="dlcore.autoencoder.vae_loss")
@pytest.mark.reference("the formula", of="dlcore.autoencoder.beta_vae_loss")
def test_losses_by_hand():
    terms = ElboTerms(torch.tensor([-4.0, -6.0]), torch.tensor([[0.5, 0.25], [1.0, 0.25]]))
    assert vae_loss(terms).item() == 6.0
    assert beta_vae_loss(terms, 1.0).item() == 6.0
    assert beta_vae_loss(terms, 4.0).item() == 9.0
    assert beta_vae_loss(terms, 0.0).item() == 5.0


def test_a_step_against_the_gradient_raises_the_bound():
    model = scalar_vae()

    def bound():
        noise = torch.Generator().manual_seed(1)
        return vae_loss(model(X, samples=50, generator=noise))

    before = bound()
    before.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= 1e-3 * parameter.grad
    assert bound() < before


def test_no_scale_of_pixels_reweights_the_terms(generator):
    x = (torch.randn(7, 6, generator=generator) > 0).float()
    torch.manual_seed(0)
    model = VAE.mlp([6, 5, 2])
    twice = VAE(
        nn.Sequential(_FirstHalf(), model.encoder),
        BernoulliDecoder(nn.Sequential(model.decoder.network, _Twice())),
        2,
    )
    seeds = [torch.Generator().manual_seed(4) for _ in range(2)]
    one, two = model(x, generator=seeds[0]), twice(x.repeat(1, 2), generator=seeds[1])
    assert_close(two.reconstruction, 2 * one.reconstruction, rtol=1e-5)
    assert_close(two.kl, one.kl, rtol=1e-5)


class _FirstHalf(nn.Module):
    def forward(self, x):
        return x[:, : x.shape[1] // 2]


class _Twice(nn.Module):
    def forward(self, x):
        return x.repeat(1, 2)


def test_shapes_of_images(generator):
    torch.manual_seed(0)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(12, 6))
    decoder = nn.Sequential(nn.Linear(3, 12), nn.Unflatten(1, (1, 3, 4)))
    model = VAE(encoder, GaussianDecoder(decoder, learn_scale=True), 3)
    x = torch.randn(7, 1, 3, 4, generator=generator)
    terms = model(x, samples=5, generator=generator)
    assert (terms.reconstruction.shape, terms.kl.shape) == ((7,), (7, 3))
    assert model.reconstruct(x).shape == x.shape
    assert model.decode(torch.zeros(2, 5, 3)).shape == (2, 5, 1, 3, 4)
    vae_loss(terms).backward()
    assert all(p.grad is not None for p in model.parameters())
    assert model.log_weights(x, 5).shape == (5, 7)


def test_samples(generator):
    torch.manual_seed(0)
    model = VAE.mlp([6, 5, 2])
    assert [
        m.weight.shape
        for m in model.decoder.network
        if isinstance(m, nn.Module) and hasattr(m, "weight")
    ] == [(5, 2), (6, 5)]
    clean = model.sample(4, generator=torch.Generator().manual_seed(1))
    noisy = model.sample(4, noise=True, generator=torch.Generator().manual_seed(1))
    assert_close(clean, model.sample(4, generator=torch.Generator().manual_seed(1)))
    assert ((clean > 0) & (clean < 1)).all()
    assert set(noisy.unique().tolist()) <= {0.0, 1.0}
    z = torch.randn(4, 2, generator=torch.Generator().manual_seed(1))
    assert_close(clean, model.decode(z).detach())
    assert not clean.requires_grad


def test_state_travels(generator):
    torch.manual_seed(0)
    model, other = (
        VAE.mlp([6, 5, 2], likelihood="gaussian", learn_scale=True),
        VAE.mlp([6, 5, 2], likelihood="gaussian", learn_scale=True),
    )
    other.load_state_dict(model.state_dict())
    x = torch.randn(3, 6, generator=generator)
    assert torch.equal(model.reconstruct(x), other.reconstruct(x))
    assert VAE.mlp([6, 5, 2], likelihood="gaussian", scale=0.5).decoder.scale.item() == 0.5


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: VAE.mlp([4, 2], likelihood="poisson"), "got 'poisson'"),
        (
            lambda: VAE(nn.Linear(4, 3), BernoulliDecoder(nn.Linear(2, 4)), 2)(torch.ones(5, 4)),
            r"must give \(5, 4\), it gave \(5, 3\)",
        ),
        (lambda: VAE(nn.Linear(1, 1), BernoulliDecoder(nn.Linear(1, 1)), 0), "at least 1, got 0"),
        (lambda: VAE.mlp([4, 2])(torch.ones(5, 4), samples=0), "at least 1, got 0"),
        (
            lambda: VAE(
                nn.Linear(4, 4),
                BernoulliDecoder(nn.Linear(2, 4)),
                2,
                prior=GaussianCode(torch.zeros(3, 2), torch.zeros(3, 2)),
            ).sample(5),
            "3 examples, not 5",
        ),
        (
            lambda: beta_vae_loss(ElboTerms(torch.zeros(1), torch.zeros(1, 1)), -1.0),
            "at least 0, got -1",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
