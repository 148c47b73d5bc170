"""How many factors: counts, criteria, evidence, and the spectrum of noise."""

import numpy as np
import pytest
import sklearn.decomposition
import torch

from dlcore.factor import (
    covariance_spectrum,
    fa_n_parameters,
    ledermann_bound,
    minka_log_evidence,
    parallel_analysis,
    ppca_aic,
    ppca_bic,
    ppca_max_log_likelihood,
    ppca_n_parameters,
)
from tests.dlcore.factor.planted import loadings, planted, simple_structure
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

SPECTRUM = torch.tensor([4.0, 1.0, 0.6, 0.4])
X = planted(211, loadings(), torch.ones(7, dtype=torch.float64))


def tangent_dimension(k: int, d: int, *, equal_noise: bool) -> int:
    """In how many directions the covariance moves as the parameters do."""
    W = gaussian(d, k)
    moves = []
    for i in range(d):
        for j in range(k):
            E = torch.zeros_like(W)
            E[i, j] = 1
            moves.append((E @ W.T + W @ E.T).flatten())
    noise = torch.eye(d).double()
    moves += [noise.flatten()] if equal_noise else [row.diag().flatten() for row in noise]
    return int(torch.linalg.matrix_rank(torch.stack(moves)))


@pytest.mark.reference("the rank of the Jacobian", of="dlcore.factor.ppca_n_parameters")
def test_parameters_of_probabilistic_pca():
    assert [ppca_n_parameters(4, k) for k in range(4)] == [5, 9, 12, 14]
    for d, k in [(4, 1), (6, 2), (7, 5)]:
        assert ppca_n_parameters(d, k) == tangent_dimension(k, d, equal_noise=True) + d


@pytest.mark.reference("the rank of the Jacobian", of="dlcore.factor.fa_n_parameters")
def test_parameters_of_factor_analysis():
    for d, k in [(4, 1), (6, 2), (8, 4)]:
        assert fa_n_parameters(d, k) == tangent_dimension(k, d, equal_noise=False) + d


@pytest.mark.reference("the rank of the Jacobian", of="dlcore.factor.ledermann_bound")
def test_above_the_bound_parameters_outnumber_covariances():
    assert [ledermann_bound(d) for d in (1, 2, 3, 4, 5, 6, 8, 10)] == [0, 0, 1, 1, 2, 3, 4, 6]
    for d in range(3, 9):
        k = ledermann_bound(d)
        assert tangent_dimension(k, d, equal_noise=False) == fa_n_parameters(d, k) - d
        assert fa_n_parameters(d, k + 1) - d > d * (d + 1) // 2


@pytest.mark.reference(
    "sklearn.decomposition.PCA.score", of="dlcore.factor.ppca_max_log_likelihood"
)
def test_the_best_likelihood():
    # scikit-learn's divisor n - 1: the same function of a spectrum n / (n - 1) as large
    n, d = X.shape
    values = covariance_spectrum(X)
    for k in (1, 3, 6):
        theirs = sklearn.decomposition.PCA(k, svd_solver="full").fit(X.numpy())
        expected = n * theirs.score(X.numpy())
        ours = ppca_max_log_likelihood(values, k, n)
        inflated = ours - n / 2 * d * (np.log(n / (n - 1)) + (n - 1) / n - 1)
        assert inflated == pytest.approx(expected, rel=1e-9)
    table = [ppca_max_log_likelihood(SPECTRUM, k, 1) for k in range(4)]
    expected = torch.tensor([-6.486684, -5.760704, -5.675754, -5.655343])
    assert_close(torch.tensor(table), expected, atol=2e-6)


@pytest.mark.reference("the table worked out by hand", of="dlcore.factor.ppca_bic")
def test_bic():
    table = [ppca_bic(SPECTRUM, k, 100) for k in range(4)]
    assert_close(torch.tensor(table), torch.tensor([1320.36, 1193.59, 1190.41, 1195.54]), atol=6e-3)
    many = [ppca_bic(SPECTRUM, k, 1000) for k in range(4)]
    assert min(many) == many[3] == pytest.approx(11407.39, abs=6e-3)


@pytest.mark.reference("the table worked out by hand", of="dlcore.factor.ppca_aic")
def test_aic():
    table = [ppca_aic(SPECTRUM, k, 100) for k in range(4)]
    assert_close(torch.tensor(table), torch.tensor([1307.34, 1170.14, 1159.15, 1159.07]), atol=6e-3)


@pytest.mark.reference(
    'sklearn.decomposition.PCA(n_components="mle")', of="dlcore.factor.minka_log_evidence"
)
@pytest.mark.parametrize("seed", [0, 10, 20])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_evidence(seed, k):
    data = planted(90, loadings(8, k), torch.ones(8, dtype=torch.float64), seed=seed)
    theirs = sklearn.decomposition.PCA("mle", svd_solver="full").fit(data.numpy())
    spectrum = torch.from_numpy(sklearn.decomposition.PCA().fit(data.numpy()).explained_variance_)
    ours = [minka_log_evidence(spectrum, j, 90) for j in range(1, 8)]
    assert 1 + int(np.argmax(ours)) == theirs.n_components_


def test_one_component_by_hand():
    # d = 2, k = 1: the direction is one angle, with a uniform prior on the half circle
    a, b, n = 3.0, 0.5, 40
    prior = -np.log(2) - np.log(np.pi)
    fit = -n / 2 * np.log(a * b)
    curvature = np.log((a - b) * (1 / b - 1 / a)) + np.log(n)
    expected = prior + fit + np.log(2 * np.pi) - curvature / 2 - np.log(n) / 2
    assert minka_log_evidence(torch.tensor([a, b]), 1, n) == pytest.approx(expected)


@pytest.mark.reference(
    "numpy.corrcoef and independent columns", of="dlcore.factor.parallel_analysis"
)
def test_parallel_analysis():
    data = simple_structure()
    result = parallel_analysis(data, draws=40, generator=torch.Generator().manual_seed(0))
    assert result.k == 2
    expected = np.linalg.eigvalsh(np.corrcoef(data.numpy().T))[::-1].copy()
    assert_close(result.eigenvalues, expected, atol=1e-10)
    rng = np.random.default_rng(0)
    noise = [np.linalg.eigvalsh(np.corrcoef(rng.normal(size=(8, 300))))[::-1] for _ in range(400)]
    assert_close(result.thresholds, np.quantile(noise, 0.95, axis=0), rtol=0.05)
    single = parallel_analysis(data.float(), draws=5, generator=torch.Generator().manual_seed(0))
    assert single.k == 2
    assert single.thresholds.dtype == torch.float32


def test_noise_has_no_factors():
    found = [
        parallel_analysis(
            gaussian(60, 5, seed=s), draws=40, generator=torch.Generator().manual_seed(s)
        ).k
        for s in range(20)
    ]
    # 20 times a chance of 1 in 20 or a little more: above 4 has a chance below 1 in 100
    assert sum(k > 0 for k in found) <= 4


@pytest.mark.bad_input
def test_bad_input():
    for count in (ppca_n_parameters, fa_n_parameters):
        with pytest.raises(ValueError, match="needs 0 <= k <= d"):
            count(3, 4)
    with pytest.raises(ValueError, match="at least one feature"):
        ledermann_bound(0)
    for k, n in ((4, 9), (-1, 9), (1, 0)):
        for criterion in (ppca_max_log_likelihood, ppca_bic, ppca_aic, minka_log_evidence):
            with pytest.raises(ValueError, match="k from 0 to 3 and n >= 1"):
                criterion(SPECTRUM, k, n)
    for wrong in (SPECTRUM.flip(0), -SPECTRUM.flip(0), SPECTRUM[None]):
        with pytest.raises(ValueError, match="eigenvalues in decreasing order"):
            ppca_max_log_likelihood(wrong, 1, 9)
    with pytest.raises(ValueError, match="no noise is left"):
        ppca_max_log_likelihood(torch.tensor([2.0, 1.0, 0.0]), 2, 9)
    for spectrum, k in ((SPECTRUM, 0), (torch.tensor([2.0, 2.0, 1.0]), 1)):
        with pytest.raises(ValueError, match="k >= 1 and different eigenvalues"):
            minka_log_evidence(spectrum, k, 9)
    for options in ({"draws": 0}, {"quantile": 1.0}):
        with pytest.raises(ValueError, match="needs draws >= 1, quantile in"):
            parallel_analysis(X, **options)
    with pytest.raises(ValueError, match="a feature is constant"):
        parallel_analysis(torch.cat([X, torch.ones(211, 1)], 1))
