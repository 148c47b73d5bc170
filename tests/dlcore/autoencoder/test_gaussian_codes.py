"""Codes that are Gaussians against torch.distributions and numbers by hand."""

import math

import pytest
import torch
from torch.distributions import Independent, Normal, kl_divergence

from dlcore import autoencoder
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def diagonal(mu, logvar):
    return Independent(Normal(mu, (logvar / 2).exp()), 1)


@pytest.mark.reference(
    "torch.distributions.kl_divergence", of="dlcore.autoencoder.kl_standard_normal"
)
def test_divergence_from_the_prior_against_torch(generator):
    def theirs(mu, logvar):
        return kl_divergence(
            diagonal(mu, logvar), diagonal(torch.zeros_like(mu), torch.zeros_like(mu))
        )

    mu, logvar = draw(generator, 7, 5, 3), draw(generator, 7, 5, 3)
    assert_parity(autoencoder.kl_standard_normal, theirs, mu, logvar)
    apart = autoencoder.kl_standard_normal(mu, logvar, per_dimension=True)
    assert apart.shape == (7, 5, 3)
    assert_close(apart.sum(-1), theirs(mu, logvar))


@pytest.mark.parametrize(
    ("mu", "sigma", "expected"),
    [([1.0], [1.0], 0.5), ([0.0], [0.5], 0.3181471806), ([1.0, -0.5], [0.5, 2.0], 1.75)],
)
def test_divergence_by_hand(mu, sigma, expected):
    logvar = 2 * torch.tensor(sigma, dtype=torch.float64).log()
    kl = autoencoder.kl_standard_normal(torch.tensor(mu, dtype=torch.float64), logvar)
    assert kl.item() == pytest.approx(expected, abs=1e-9)


def test_a_tiny_divergence_keeps_its_digits():
    kl = autoencoder.kl_standard_normal(torch.zeros(1), torch.full((1,), 2e-3))
    assert kl.item() == pytest.approx(0.5 * (math.expm1(2e-3) - 2e-3), rel=2e-4)


@pytest.mark.reference(
    "torch.distributions.kl_divergence", of="dlcore.autoencoder.kl_diag_gaussians"
)
def test_divergence_of_two_codes_against_torch(generator):
    def theirs(mu_q, logvar_q, mu_p, logvar_p):
        return kl_divergence(diagonal(mu_q, logvar_q), diagonal(mu_p, logvar_p))

    args = [draw(generator, 7, 3) for _ in range(4)]
    assert_parity(autoencoder.kl_diag_gaussians, theirs, *args)
    apart = autoencoder.kl_diag_gaussians(*args, per_dimension=True)
    assert_close(apart.sum(-1), theirs(*args))
    mu, logvar, prior_mu, prior_logvar = *args[:2], args[2][0], args[3][0]
    assert_close(
        autoencoder.kl_diag_gaussians(mu, logvar, prior_mu, prior_logvar),
        theirs(mu, logvar, prior_mu.expand(7, 3), prior_logvar.expand(7, 3)),
    )


@pytest.mark.reference("torch.distributions.Normal.rsample", of="dlcore.autoencoder.reparameterize")
def test_draws_equal_those_of_torch(generator):
    mu, logvar = draw(generator, 5, 3), draw(generator, 5, 3)

    def theirs(mu, logvar):
        torch.manual_seed(3)
        return Normal(mu, (logvar / 2).exp()).rsample((11,))

    def ours(mu, logvar):
        torch.manual_seed(3)
        return autoencoder.reparameterize(mu, logvar, samples=11)

    assert_parity(ours, theirs, mu, logvar)


def test_each_entry_and_each_call_has_its_own_noise(generator):
    mu = torch.zeros(4, 3)
    first, second = (autoencoder.reparameterize(mu, mu, generator=generator) for _ in range(2))
    assert torch.cat([first, second]).unique().numel() == 24


# the gradient of E z^2 = mu^2 + sigma^2 is (2 mu, 2 sigma); of 200,000 draws the mean misses it by
# more than 6 standard errors with probability below 1e-8
def test_gradients_reach_mean_and_spread(generator):
    mu = torch.tensor([0.5], dtype=torch.float64, requires_grad=True)
    logvar = torch.tensor([2 * math.log(0.8)], dtype=torch.float64, requires_grad=True)
    z = autoencoder.reparameterize(mu, logvar, samples=200_000, generator=generator)
    z.square().mean().backward()
    assert mu.grad.item() == pytest.approx(1.0, abs=6 * 1.6 / 200_000**0.5)
    assert logvar.grad.item() == pytest.approx(0.64, abs=6 * 1.3 / 200_000**0.5)


@pytest.mark.reference("torch.distributions.Normal", of="dlcore.autoencoder.GaussianCode")
def test_a_code_is_a_distribution(generator):
    code = autoencoder.GaussianCode(draw(generator, 5, 3), draw(generator, 5, 3))
    z = draw(generator, 7, 5, 3)
    assert_close(code.log_prob(z), diagonal(*code).log_prob(z))
    assert_close(code.std, diagonal(*code).base_dist.scale)
    assert code.sample(generator=generator).shape == (5, 3)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: autoencoder.kl_standard_normal(torch.ones(2, 3), torch.ones(3)),
            r"\(2, 3\) and \(3,\)",
        ),
        (
            lambda: autoencoder.kl_diag_gaussians(*[torch.ones(2)] * 3, torch.ones(3)),
            r"p, needs mu and logvar",
        ),
        (
            lambda: autoencoder.kl_diag_gaussians(*[torch.ones(2)] * 2, *[torch.ones(3)] * 2),
            "got 2 and 3",
        ),
        (lambda: autoencoder.reparameterize(torch.ones(2), torch.ones(1)), r"\(2,\) and \(1,\)"),
        (
            lambda: autoencoder.reparameterize(torch.ones(2), torch.ones(2), samples=0),
            "at least 1, got 0",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
