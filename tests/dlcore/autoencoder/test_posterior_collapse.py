"""Collapse against integrals, an independent optimizer, and PCA."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from sklearn.decomposition import PCA

from dlcore.autoencoder import active_units, kl_decomposition, linear_vae_optimum
from tests.parity import assert_close


@pytest.mark.reference("numpy.var", of="dlcore.autoencoder.active_units")
def test_active_units_against_numpy(generator):
    mu = torch.randn(50, 4, generator=generator) * torch.tensor([1.0, 0.099, 0.05, 0.3]) + 5
    expected = np.var(mu.numpy(), axis=0, ddof=1) > 0.01
    assert active_units(mu).tolist() == expected.tolist()
    assert expected.any()
    assert not expected.all()
    assert active_units(mu, threshold=0.5).tolist() == [True, False, False, False]


# information = mean of log q(z|x) - log q(z); 6 standard errors of 3 * 2000 draws
@pytest.mark.reference("scipy.integrate.quad", of="dlcore.autoencoder.kl_decomposition")
@pytest.mark.reference("scipy.integrate.quad", of="dlcore.autoencoder.KLDecomposition")
def test_decomposition_against_integrals(generator):
    mu, sigma = np.array([-1.0, 0.5, 2.0]), np.array([0.4, 0.8, 0.5])

    def marginal(z):
        return stats.norm(mu, sigma).pdf(z).mean()

    def integrand(z):
        return marginal(z) * (np.log(marginal(z)) - stats.norm.logpdf(z))

    expected = integrate.quad(integrand, -8, 8, limit=200)[0]
    parts = kl_decomposition(
        torch.tensor(mu)[:, None],
        2 * torch.tensor(sigma).log()[:, None],
        samples=2000,
        generator=generator,
    )
    kl = 0.5 * (mu**2 + sigma**2 - 1 - np.log(sigma**2)).mean()
    assert parts.kl.item() == pytest.approx(kl)
    assert parts.marginal_kl.item() == pytest.approx(expected, abs=6 * 0.6 / 6000**0.5)
    assert_close(parts.information + parts.marginal_kl, parts.kl)


def test_information_between_nothing_and_everything(generator):
    same = kl_decomposition(torch.ones(300, 2), torch.zeros(300, 2), generator=generator)
    assert abs(same.information.item()) < 1e-5
    apart = kl_decomposition(
        100 * torch.arange(300.0)[:, None], torch.zeros(300, 1), generator=generator
    )
    assert apart.information.item() == pytest.approx(math.log(300), abs=1e-4)


def trained(spectrum, noise, k, beta):
    """Minimize the exact expected loss of a linear VAE by L-BFGS from a random start."""
    torch.manual_seed(0)
    S = spectrum.diag()
    W = (0.5 * torch.randn(len(S), k, dtype=torch.float64)).requires_grad_()
    V = (0.5 * torch.randn(k, len(S), dtype=torch.float64)).requires_grad_()
    logvar = torch.zeros(k, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [W, V, logvar],
        max_iter=500,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-10,
        tolerance_change=1e-14,
    )

    def divergences():
        return 0.5 * ((V @ S @ V.T).diagonal() + logvar.exp() - 1 - logvar)

    def loss():
        optimizer.zero_grad()
        rest = torch.eye(len(S), dtype=torch.float64) - W @ V
        error = (rest @ S @ rest.T).trace() + (W.square() * logvar.exp()).sum()
        value = error / (2 * noise) + beta * divergences().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return torch.linalg.svdvals(W).square().detach(), divergences().sum().detach()


@pytest.mark.reference(
    "torch.optim.LBFGS on the exact loss", of="dlcore.autoencoder.linear_vae_optimum"
)
@pytest.mark.reference("the table of Lucas et al.", of="dlcore.autoencoder.LinearVAEOptimum")
@pytest.mark.parametrize(
    ("beta", "gains", "kl"),
    [
        (1.0, [3.5, 1.5, 0.3, 0.0], [1.0397, 0.6931, 0.2350, 0.0]),
        (2.0, [3.0, 1.0, 0.0, 0.0], [0.6931, 0.3466, 0.0, 0.0]),
        (5.0, [1.5, 0.0, 0.0, 0.0], [0.2350, 0.0, 0.0, 0.0]),
    ],
)
def test_linear_optimum_against_optimization(beta, gains, kl):
    spectrum = torch.tensor([0.8, 4.0, 0.3, 2.0], dtype=torch.float64)
    best = linear_vae_optimum(spectrum, 0.5, latent_dim=4, beta=beta)
    assert_close(best.gains, torch.tensor(gains), rtol=1e-6)
    assert_close(best.kl, torch.tensor(kl), rtol=0, atol=5e-5)
    found, total = trained(spectrum, 0.5, 4, beta)
    assert_close(found, best.gains, rtol=0, atol=1e-3)
    assert_close(total, best.kl.sum(), rtol=0, atol=1e-3)


def test_linear_optimum_is_probabilistic_pca(generator):
    X = torch.randn(200, 5, generator=generator, dtype=torch.float64) * torch.arange(1, 6)
    pca = PCA(2).fit(X.numpy())
    spectrum = torch.linalg.eigvalsh(torch.cov(X.T))
    best = linear_vae_optimum(spectrum, pca.noise_variance_, latent_dim=2)
    assert_close(best.gains, pca.explained_variance_ - pca.noise_variance_)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: active_units(torch.ones(1, 3)), r"got \(1, 3\)"),
        (lambda: active_units(torch.ones(3, 3), -1.0), "-1.0"),
        (lambda: kl_decomposition(torch.ones(3, 2), torch.ones(3)), r"\(3, 2\), \(3,\), 1"),
        (lambda: kl_decomposition(torch.ones(3, 2), torch.ones(3, 2), samples=0), ", 0"),
        (lambda: linear_vae_optimum(torch.tensor([1.0, -1.0]), 0.5, latent_dim=1), "at least 0"),
        (lambda: linear_vae_optimum(torch.ones(2), 0.0, latent_dim=1), "noise > 0"),
        (lambda: linear_vae_optimum(torch.ones(2), 0.5, latent_dim=3), "from 1 to 2, got 3"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
