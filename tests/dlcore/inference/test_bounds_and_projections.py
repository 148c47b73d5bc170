"""The evidence split, EM as ascent, projections by both divergences: tables, sklearn, SciPy."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.special import rel_entr
from scipy.stats import norm
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture

from dlcore.inference import (
    EMAscent,
    EvidenceSplit,
    GaussianProjection,
    elbo_discrete,
    em_ascent,
    fit_forward_kl,
    fit_reverse_kl,
)
from tests.parity import assert_close

F64 = torch.float64


@pytest.mark.reference("scipy.special.rel_entr", of="dlcore.inference.elbo_discrete")
@pytest.mark.reference("scipy.special.rel_entr", of="dlcore.inference.EvidenceSplit")
@settings(max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from([(3,), (2, 5), (2, 3, 2)]), st.booleans())
def test_bound_and_gap_add_up(seed, shape, zeros):
    draws = torch.Generator().manual_seed(seed)
    joint = torch.rand(shape, generator=draws, dtype=F64) / 10
    q = torch.rand(shape, generator=draws, dtype=F64)
    if zeros:
        q.view(-1)[0] = 0
        joint.view(-1)[0] = 0
    q = q / q.sum()
    found = elbo_discrete(joint, q)
    assert isinstance(found, EvidenceSplit)
    evidence = joint.sum().item()
    gap = rel_entr(q.numpy(), joint.numpy() / evidence).sum()
    assert found.log_evidence == pytest.approx(math.log(evidence), abs=1e-12)
    assert found.gap == pytest.approx(gap, abs=1e-12)
    assert found.elbo == pytest.approx(math.log(evidence) - gap, abs=1e-12)
    assert elbo_discrete(joint, joint / evidence).gap == pytest.approx(0, abs=1e-12)


def test_two_states():
    half = torch.tensor([0.5, 0.5], dtype=F64)
    prior = torch.tensor([0.6, 0.4], dtype=F64)
    before = elbo_discrete(prior * torch.tensor([0.2, 0.7], dtype=F64), half)
    assert before == pytest.approx((-1.003467, 0.087177, -0.916291), abs=1e-6)
    # the bound of the new model is higher, its evidence lower
    after = elbo_discrete(prior * torch.tensor([19 / 60, 19 / 40], dtype=F64), half)
    assert after == pytest.approx((-0.967584, 0.0, -0.967584), abs=1e-6)


def test_what_the_joint_rules_out():
    found = elbo_discrete(torch.tensor([0.5, 0.0]), torch.tensor([0.5, 0.5]))
    assert found.gap == math.inf
    assert found.elbo == -math.inf


@pytest.mark.reference("sklearn.mixture.GaussianMixture", of="dlcore.inference.em_ascent")
@pytest.mark.reference("sklearn.mixture.GaussianMixture", of="dlcore.inference.EMAscent")
def test_em_climbs_in_half_steps():
    X = load_iris().data
    means = X[[0, 60, 120]]
    spread = np.linalg.inv(np.cov(X.T, bias=True) + 1e-6 * np.eye(4))
    theirs = GaussianMixture(
        3, weights_init=np.ones(3) / 3, means_init=means, precisions_init=[spread] * 3
    ).fit(X)
    ours = em_ascent(torch.as_tensor(X), 3, rounds=theirs.n_iter_, means=torch.as_tensor(means))
    assert isinstance(ours, EMAscent)
    assert ours.log_likelihoods[-1].item() == pytest.approx(theirs.score(X) * 150, rel=1e-6)
    assert_close(ours.means, theirs.means_, rtol=1e-6)
    assert_close(ours.covariances, theirs.covariances_, rtol=1e-5, atol=1e-6)
    assert_close(ours.weights, theirs.weights_, rtol=1e-6)
    # after the E step the bound touches, after the M step it lies below
    assert (ours.bounds.diff() > 0).all()
    assert_close(ours.bounds[::2], ours.log_likelihoods[:-1])
    assert (ours.bounds[1::2] < ours.log_likelihoods[1:]).all()


def humps(x):
    return torch.logaddexp(-((x[:, 0] - 3) ** 2) / 2, -((x[:, 0] + 3) ** 2) / 2)


BOX = torch.tensor([14.0], dtype=F64)


def scipy_reverse(mean, scale):
    """KL from a normal to the two humps, by SciPy's quadrature."""

    def integrand(x):
        log_p = np.logaddexp(norm.logpdf(x, 3), norm.logpdf(x, -3)) - np.log(2)
        return norm.pdf(x, mean, scale) * (norm.logpdf(x, mean, scale) - log_p)

    x = np.linspace(mean - 12 * scale, mean + 12 * scale, 8001)
    return integrate.simpson(integrand(x), x=x)


@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.fit_reverse_kl")
@pytest.mark.reference("scipy.integrate.simpson", of="dlcore.inference.GaussianProjection")
@pytest.mark.parametrize(
    ("start", "mean", "scale", "divergence"),
    [(3.0, 2.984, 1.0234, 0.68877), (-3.0, -2.984, 1.0234, 0.68877), (0.0, 0.0, 2.7438, 0.84062)],
)
def test_reverse_projection_of_two_humps(start, mean, scale, divergence):
    found = fit_reverse_kl(humps, -BOX, BOX, start=torch.tensor([start], dtype=F64))
    assert isinstance(found, GaussianProjection)
    assert found.mean.item() == pytest.approx(mean, abs=1e-3)
    assert found.covariance.item() ** 0.5 == pytest.approx(scale, abs=1e-4)
    assert found.divergence == pytest.approx(divergence, abs=1e-5)
    m, s = found.mean.item(), found.covariance.item() ** 0.5
    assert found.divergence == pytest.approx(scipy_reverse(m, s), abs=1e-8)
    around = [scipy_reverse(m, s * 1.01), scipy_reverse(m, s / 1.01)]
    if start:
        around += [scipy_reverse(m + 0.02, s), scipy_reverse(m - 0.02, s)]
    assert min(around) > found.divergence
    assert found.log_normalizer == pytest.approx(math.log(2 * math.sqrt(2 * math.pi)))


@pytest.mark.reference("closed form", of="dlcore.inference.fit_forward_kl")
def test_forward_projection_of_two_humps():
    found = fit_forward_kl(humps, -BOX, BOX)
    assert found.mean.item() == pytest.approx(0, abs=1e-9)
    assert found.covariance.item() == pytest.approx(10)
    assert found.divergence == pytest.approx(0.46199, abs=1e-5)
    valley = found.distribution.log_prob(torch.zeros(1, dtype=F64)).exp().item()
    assert valley == pytest.approx(0.1262, abs=1e-4)


@pytest.mark.parametrize("rho", [0.5, 0.9])
def test_correlated_gaussian_both_ways(rho):
    covariance = torch.tensor([[1.0, rho], [rho, 1.0]], dtype=F64)
    precision = covariance.inverse()
    box = torch.tensor([7.0, 7.0], dtype=F64)

    def log_density(x):
        return -((x - 0.2) @ precision * (x - 0.2)).sum(1) / 2

    gap = -math.log(1 - rho**2) / 2
    narrow = fit_reverse_kl(log_density, -box, box, diagonal=True)
    wide = fit_forward_kl(log_density, -box, box, diagonal=True)
    whole = fit_reverse_kl(log_density, -box, box)
    assert_close(narrow.covariance, (1 - rho**2) * torch.eye(2, dtype=F64), rtol=1e-5, atol=1e-6)
    assert_close(wide.covariance, torch.eye(2, dtype=F64), rtol=1e-6, atol=1e-9)
    assert_close(whole.covariance, covariance, rtol=1e-4, atol=1e-5)
    assert narrow.divergence == pytest.approx(gap, abs=1e-6)
    assert wide.divergence == pytest.approx(gap, abs=1e-6)
    assert whole.divergence == pytest.approx(0, abs=1e-6)
    for fit in (narrow, wide, whole):
        assert_close(fit.mean, torch.full((2,), 0.2, dtype=F64), rtol=1e-4)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="q of its shape"):
        elbo_discrete(torch.ones(2) / 2, torch.ones(3) / 3)
    with pytest.raises(ValueError, match="positive sum"):
        elbo_discrete(torch.zeros(2), torch.ones(2) / 2)
    with pytest.raises(ValueError, match="rounds >= 1"):
        em_ascent(torch.zeros(3, 1), 4)
    with pytest.raises(ValueError, match=r"means \(2, 1\)"):
        em_ascent(torch.zeros(3, 1), 2, means=torch.zeros(2, 2))
    for fit in (fit_forward_kl, fit_reverse_kl):
        with pytest.raises(ValueError, match="low < high"):
            fit(humps, BOX, -BOX)
        with pytest.raises(ValueError, match="cuts it off"):
            fit(humps, -BOX / 10, BOX / 10)
        with pytest.raises(ValueError, match="must give"):
            fit(lambda x: x, -BOX, BOX)
    with pytest.raises(ValueError, match="not finite round the start"):
        fit_reverse_kl(lambda x: humps(x).where(x[:, 0].abs() < 7, -math.inf), -BOX, BOX)
