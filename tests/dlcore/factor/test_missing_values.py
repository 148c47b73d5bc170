"""Probabilistic PCA with gaps: the density of what is there, EM on it, and filling in."""

import math

import pytest
import torch
from scipy.linalg import subspace_angles
from scipy.stats import multivariate_normal

from dlcore.factor import (
    ProbabilisticPCA,
    ppca_em_missing,
    ppca_maximum_likelihood,
    ppca_observed_log_likelihood,
)
from tests.dlcore.factor.planted import loadings, planted
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

W = loadings()
X = planted(61, W, torch.full((7,), 0.5, dtype=torch.float64))
GAPS = X.masked_fill(gaussian(61, 7, seed=9) > 0.8, math.nan)


def seeded() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def covariance(fit) -> torch.Tensor:
    return fit.W @ fit.W.T + fit.sigma2 * torch.eye(len(fit.W)).double()


@pytest.mark.reference(
    "scipy.stats.multivariate_normal.logpdf of the entries that are there",
    of="dlcore.factor.ppca_observed_log_likelihood",
)
def test_the_density_of_what_is_there():
    mean, C = gaussian(7, seed=5), W @ W.T + 0.6 * torch.eye(7).double()
    rows = torch.cat([GAPS[:9], torch.full((1, 7), math.nan).double(), X[:1]])
    for row, density in zip(rows, ppca_observed_log_likelihood(rows, W, 0.6, mean), strict=True):
        o = ~row.isnan()
        law = multivariate_normal(mean[o], C[o][:, o]) if o.any() else None
        assert_close(density, law.logpdf(row[o]) if law else 0.0)
    single = ppca_observed_log_likelihood(rows.float(), W.float(), 0.6, mean.float())
    assert_close(single, ppca_observed_log_likelihood(rows, W, 0.6, mean), rtol=1e-4, atol=1e-4)
    w, m = W.clone().requires_grad_(), mean.clone().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda w, m: ppca_observed_log_likelihood(rows, w, 0.6, m), (w, m)
    )


@pytest.mark.reference(
    "the closed form where nothing is missing", of="dlcore.factor.ppca_em_missing"
)
def test_without_gaps_it_ends_at_the_closed_form():
    fit = ppca_em_missing(X, 2, tol=1e-12, generator=seeded())
    best = ppca_maximum_likelihood(X, 2)
    assert_close(fit.mean, best.mean, rtol=1e-5, atol=1e-5)
    assert_close(covariance(fit), covariance(best), rtol=1e-4, atol=1e-4)


def test_each_step_gains_and_the_end_is_stationary():
    fit = ppca_em_missing(GAPS, 3, tol=1e-12, generator=seeded())
    history = torch.tensor(fit.log_likelihoods)
    assert (history.diff() >= -1e-9).all()
    parts = [part.clone().requires_grad_() for part in fit[:3]]
    total = ppca_observed_log_likelihood(GAPS, *parts).sum()
    assert_close(total, history[-1], rtol=1e-6)
    for slope in torch.autograd.grad(total, parts):
        assert slope.abs().max() < 2e-3
    assert subspace_angles(fit.W.numpy(), W.numpy()).max() < 0.2


def test_a_row_that_is_wholly_missing_changes_nothing():
    empty = torch.full((3, 7), math.nan, dtype=torch.float64)
    fit = ppca_em_missing(GAPS, 2, max_iter=500, tol=1e-9, generator=seeded())
    more = ppca_em_missing(torch.cat([GAPS, empty]), 2, tol=1e-9, generator=seeded())
    assert_close(covariance(more), covariance(fit), rtol=1e-3, atol=1e-3)


def test_filling_in_beats_the_mean():
    for data in (GAPS, GAPS.float(), GAPS.numpy()):
        model = ProbabilisticPCA(3, method="em", random_state=0).fit(data)
        filled, gaps = torch.as_tensor(model.impute(data)), GAPS.isnan()
        assert type(model.impute(data)) is type(data)
        assert_close(filled[~gaps], torch.as_tensor(data)[~gaps])
        error = (filled - X)[gaps].square().mean()
        assert error < 0.5 * (GAPS.nanmean(0) - X)[gaps].square().mean()


def test_what_is_filled_in_is_the_conditional_mean():
    model = ProbabilisticPCA(2).fit(X)
    C, mean = model.get_covariance(), model.mean_
    for row, filled in zip(GAPS[:9], model.impute(GAPS[:9]), strict=True):
        o, m = ~row.isnan(), row.isnan()
        gain = C[m][:, o] @ torch.linalg.inv(C[o][:, o])
        assert_close(filled[m], mean[m] + gain @ (row - mean)[o], rtol=1e-7, atol=1e-9)


@pytest.mark.bad_input
def test_bad_input():
    never = X.clone()
    never[:, 2] = math.nan
    for data in (never, X.masked_fill(X > 5, math.inf)):
        with pytest.raises(ValueError, match="infinite, or a feature has no entry"):
            ppca_em_missing(data, 2)
    with pytest.raises(ValueError, match="components must be from 1 to 6"):
        ppca_em_missing(GAPS, 7)
    with pytest.raises(ValueError, match="max_iter must be at least 1"):
        ppca_em_missing(GAPS, 2, max_iter=0)
    with pytest.raises(ValueError, match="noise variance must be positive"):
        ppca_observed_log_likelihood(GAPS, W, 0.0, X.mean(0))
    for data in (GAPS, GAPS.numpy()):
        with pytest.raises(ValueError, match="allows that with method='em' only"):
            ProbabilisticPCA(2).fit(data)
        with pytest.raises(ValueError, match="allows that with method='em' only"):
            ProbabilisticPCA(2).fit(X).score_samples(data)
