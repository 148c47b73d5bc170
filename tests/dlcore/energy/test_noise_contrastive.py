"""Noise-contrastive estimation: torch's cross-entropy, optima of tables, asymptotic variances."""

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore.energy import nce_covariance, nce_loss, nce_posterior
from tests.parity import assert_close, assert_parity

P_DATA = torch.tensor([0.1, 0.2, 0.3, 0.4]).double()


@pytest.mark.reference("worked by hand", of="dlcore.energy.nce_posterior")
def test_posterior_hangs_on_the_scale():
    scores = (0.3 * torch.tensor([1.0, 2.0, 10.0]).double()).log()
    log_noise = torch.full((3,), math.log(0.2), dtype=torch.float64)
    assert_close(nce_posterior(scores, log_noise), np.array([0.6, 0.75, 0.9375]))
    assert_close(nce_posterior(scores, log_noise, 5.0), np.array([3 / 13, 6 / 16, 3 / 4]))


@pytest.mark.reference(
    "torch.nn.functional.binary_cross_entropy_with_logits", of="dlcore.energy.nce_loss"
)
@pytest.mark.parametrize("scale", [1.0, 500.0])
def test_loss_is_a_logistic_regression(generator, scale):
    s, log_n = scale * torch.randn(2, 7, generator=generator).double()
    noise_s, noise_log_n = scale * torch.randn(2, 7, 3, generator=generator).double()

    def reference(s, log_n, noise_s, noise_log_n):
        odds = torch.cat([s - log_n, (noise_s - noise_log_n).flatten()]) - math.log(3)
        label = torch.cat([torch.ones_like(s), torch.zeros_like(noise_s).flatten()])
        return 4 * F.binary_cross_entropy_with_logits(odds, label)

    assert_parity(nce_loss, reference, s, log_n, noise_s, noise_log_n)


@pytest.mark.parametrize("k", [1.0, 5.0])
def test_free_scores_become_normalized(k):
    """Both averages exact: k-fold noise and data as weights of repeated rows."""
    p_n = P_DATA.flip(0)
    data = torch.repeat_interleave(torch.arange(4), (10 * P_DATA).round().long())
    noise = torch.repeat_interleave(torch.arange(4), (10 * p_n).round().long())
    s = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([s], max_iter=100, tolerance_grad=1e-12)

    def closure():
        optimizer.zero_grad()
        loss = nce_loss(s[data], p_n.log()[data], s[noise], p_n.log()[noise], k=k)
        loss.backward()
        return loss

    optimizer.step(closure)
    assert_close(s.exp(), P_DATA, rtol=1e-4)


def gaussian_grid():
    x = torch.linspace(-12, 12, 4001).double()
    return x, torch.full_like(x, 24 / 4000), -x.square() / 2 - math.log(2 * math.pi) / 2


def test_the_constant_is_learned_too():
    """Data N(0, 1), noise N(0, 4) by their quantiles: precision 1, c = -log sqrt(2 pi)."""
    u = (torch.arange(20_000).double() + 0.5) / 20_000
    x, y = torch.special.ndtri(u), 2 * torch.special.ndtri(u)
    log_n = [-z.square() / 8 - math.log(8 * math.pi) / 2 for z in (x, y)]
    for learned, precision, constant in ((1, 1.0, -0.918939), (0, 1.556, 0.0)):
        theta = torch.tensor([0.5, 0.0]).double().requires_grad_()
        optimizer = torch.optim.LBFGS([theta], max_iter=50)

        def closure(theta=theta, optimizer=optimizer, learned=learned):
            optimizer.zero_grad()
            s = [-theta[0] * z.square() / 2 + learned * theta[1] for z in (x, y)]
            loss = nce_loss(s[0], log_n[0], s[1], log_n[1])
            loss.backward()
            return loss

        optimizer.step(closure)
        assert theta[0].item() == pytest.approx(precision, abs=2e-3)
        assert theta[1].item() == pytest.approx(constant, abs=2e-3)


@pytest.mark.reference("closed form of maximum likelihood", of="dlcore.energy.nce_covariance")
def test_efficiency_nears_maximum_likelihood():
    x, dx, log_p = gaussian_grid()
    g = torch.stack([-x.square() / 2, torch.ones_like(x)], 1)
    for sd, variances in ((2.0, (2.995, 2.236, 2.062, 2.013)), (1.0, (4, 2.4, 2.1, 2.02))):
        log_n = -(x / sd).square() / 2 - math.log(sd * math.sqrt(2 * math.pi))
        for k, expected in zip((1, 5, 20, 100), variances, strict=True):
            found = nce_covariance(g, log_p, log_n, dx, k)[0, 0].item()
            assert found == pytest.approx(expected, abs=6e-4)
    assert nce_covariance(g, log_p, log_p, dx, 1e6)[0, 0].item() == pytest.approx(2, abs=1e-4)


def test_variance_is_that_of_repeated_fits():
    """Two states with free scores: the best ones have a closed form, here of 600 data sets."""
    g = torch.Generator().manual_seed(0)
    p, p_n, n, k = P_DATA[[1, 3]] / 0.6, P_DATA[[2, 2]] / 0.6, 2000, 2
    found = nce_covariance(torch.eye(2).double(), p.log(), p_n.log(), torch.ones(2).double(), k)
    data = torch.multinomial(p, 600 * n, replacement=True, generator=g).reshape(600, -1)
    noise = torch.multinomial(p_n, 600 * k * n, replacement=True, generator=g).reshape(600, -1)
    scores = (p_n[1] * data.double().mean(1) / noise.double().mean(1)).log()
    assert n * scores.var().item() == pytest.approx(found[1, 1].item(), rel=0.25)


@pytest.mark.bad_input
def test_bad_input():
    z = torch.zeros(3)
    with pytest.raises(ValueError, match="differ in shape"):
        nce_loss(z, z[:2], z, z)
    with pytest.raises(ValueError, match="both data and noise"):
        nce_loss(z, z, z[:0], z[:0])
    with pytest.raises(ValueError, match="must be positive"):
        nce_posterior(z, z, 0.0)
    with pytest.raises(ValueError, match=r"gradients \(g, p\)"):
        nce_covariance(torch.zeros(4, 2), z, z, z)
