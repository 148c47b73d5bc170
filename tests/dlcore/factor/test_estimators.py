"""ProbabilisticPCA and FactorAnalysis against scikit-learn, and the contract of all."""

import numpy as np
import pytest
import sklearn.decomposition
import torch
from scipy.linalg import subspace_angles
from sklearn.utils.estimator_checks import check_estimator

from dlcore.factor import EigenImages, FactorAnalysis, ProbabilisticPCA
from dlcore.linalg import ConvergenceWarning
from tests.dlcore.factor.planted import loadings, planted, simple_structure
from tests.parity import assert_close

W = loadings()
PSI = torch.tensor([0.2, 0.5, 1.0, 2.0, 0.3, 4.0, 0.7], dtype=torch.float64)
X = planted(211, W, PSI)
ESTIMATORS = pytest.mark.parametrize(
    "estimator",
    [
        ProbabilisticPCA(),
        ProbabilisticPCA(method="em", tol=1e-3),
        FactorAnalysis(tol=1e-3),
        FactorAnalysis(rotation="varimax", tol=1e-3),
        EigenImages(1),
    ],
    ids=["ml", "em", "factors", "varimax", "images"],
)


@ESTIMATORS
def test_the_contract_of_scikit_learn(estimator):
    results = check_estimator(estimator, on_skip=None)
    assert sum(result["status"] == "passed" for result in results) > 40


@pytest.mark.reference("sklearn.decomposition.PCA", of="dlcore.factor.ProbabilisticPCA")
@pytest.mark.parametrize("method", ["ml", "em"])
def test_probabilistic_pca(method):
    n = len(X)
    ours = ProbabilisticPCA(3, method=method, tol=1e-12, random_state=0).fit(X.numpy())
    theirs = sklearn.decomposition.PCA(3, svd_solver="full").fit(X.numpy())
    share = (n - 1) / n
    tolerance = {"rtol": 1e-4, "atol": 1e-3} if method == "em" else {"atol": 1e-9}
    assert_close(ours.noise_variance_, theirs.noise_variance_ * share, rtol=1e-5)
    assert_close(ours.get_covariance(), theirs.get_covariance() * share, **tolerance)
    signal = theirs.explained_variance_ * share - theirs.noise_variance_ * share
    aligned = theirs.components_.T * np.sign((theirs.components_.T * ours.loadings_).sum(0))
    assert_close(ours.loadings_, aligned * np.sqrt(signal), **tolerance)
    assert ours.score(X) == pytest.approx(theirs.score(X.numpy()), abs=1e-3)
    assert isinstance(ours.transform(X), torch.Tensor)
    assert_close(ours.inverse_transform(ours.transform(X)), X.numpy(), atol=8.0)


@pytest.mark.reference(
    'sklearn.decomposition.FactorAnalysis(svd_method="lapack")', of="dlcore.factor.FactorAnalysis"
)
def test_factor_analysis():
    data = simple_structure()
    ours = FactorAnalysis(2, tol=1e-12).fit(data.numpy())
    theirs = sklearn.decomposition.FactorAnalysis(2, svd_method="lapack", tol=1e-10)
    theirs.fit(data.numpy())
    assert_close(ours.noise_variance_, theirs.noise_variance_, rtol=1e-4)
    assert_close(ours.get_covariance(), theirs.get_covariance(), rtol=1e-4, atol=1e-5)
    expected = theirs.score_samples(data.numpy())
    assert_close(ours.score_samples(data.numpy()), expected, rtol=1e-4, atol=1e-4)
    mine, his = ours.transform(data.numpy()), theirs.transform(data.numpy())
    assert_close(mine @ mine.T, his @ his.T, rtol=1e-3, atol=1e-4)
    assert ours.score(data) == pytest.approx(ours.log_likelihoods_[-1], abs=1e-9)


def test_float32_and_tensors():
    for model in (ProbabilisticPCA(3), FactorAnalysis(3)):
        double, single = model.fit(X).loadings_.clone(), model.fit(X.float()).loadings_
        assert single.dtype == torch.float32
        assert_close(single, double, rtol=1e-3, atol=1e-3)
        assert model.transform(X.float()).dtype == torch.float32
        assert model.sample(5).dtype == torch.float32
        assert model.score_samples(X.numpy()).dtype == np.float64
        assert list(model.get_feature_names_out())[-1].endswith("2")


@pytest.mark.parametrize("model", [ProbabilisticPCA(3), FactorAnalysis(3)])
def test_samples_have_the_mean_and_covariance_of_the_model(model):
    model.fit(X)
    n = 100_000
    draws = model.sample(n, generator=torch.Generator().manual_seed(0))
    C = model.get_covariance()
    spread = (C.square() + C.diagonal()[:, None] * C.diagonal()).div(n).sqrt()
    assert ((draws.T.cov() - C).abs() < 5 * spread).all()
    assert ((draws.mean(0) - model.mean_).abs() < 5 * (C.diagonal() / n).sqrt()).all()


def test_factors_ignore_units_and_probabilistic_pca_does_not():
    scale = 10.0 ** torch.arange(-3, 4, dtype=torch.float64)
    fit, scaled = FactorAnalysis(2).fit(X), FactorAnalysis(2).fit(X * scale)
    assert_close(scaled.noise_variance_, fit.noise_variance_.clone() * scale**2, rtol=1e-6)
    assert_close(scaled.loadings_, fit.loadings_ * scale[:, None], rtol=1e-5, atol=1e-8)
    assert scaled.n_iter_ == fit.n_iter_
    fit, scaled = ProbabilisticPCA(2).fit(X), ProbabilisticPCA(2).fit(X * scale)
    assert subspace_angles(scaled.loadings_, fit.loadings_ * scale[:, None]).max() > 0.1


def test_factors_find_the_noise_of_each_feature():
    many = planted(20_000, W, PSI)
    fit = FactorAnalysis(3, tol=1e-7).fit(many)
    assert_close(fit.noise_variance_, PSI, rtol=0.15, atol=0.05)
    assert subspace_angles(fit.loadings_, W).max() < 0.05
    assert (torch.tensor(fit.log_likelihoods_).diff() >= -1e-9).all()


def test_criteria_prefer_the_planted_number():
    for cls in (ProbabilisticPCA, FactorAnalysis):
        noise = PSI if cls is FactorAnalysis else torch.ones(7).double()
        data = planted(800, W, noise)
        fits = [cls(k).fit(data) for k in (1, 2, 3, 4)]
        assert min(fits, key=lambda fit: fit.bic(data)).n_components == 3
        p = 7 * 3 - 3 + (2 * 7 if cls is FactorAnalysis else 8)
        total = fits[2].score(data) * 800
        assert fits[2].aic(data) == pytest.approx(2 * p - 2 * total)
        assert fits[2].bic(data) == pytest.approx(p * np.log(800) - 2 * total)


def test_a_heywood_case_and_a_constant_feature_stay_finite():
    data = torch.cat([X, X[:, :1] + 1e-9 * X[:, 1:2], torch.ones(len(X), 1)], 1)
    fit = FactorAnalysis(3).fit(data)
    variance = data.var(0, correction=0)
    assert fit.score_samples(data).isfinite().all()
    assert (fit.noise_variance_[:8] >= 0.99e-6 * variance[:8]).all()
    assert not fit.loadings_[8].any()
    assert (torch.tensor(fit.log_likelihoods_).diff() >= -1e-9).all()


def test_varimax_keeps_the_model():
    plain, turned = FactorAnalysis(3).fit(X), FactorAnalysis(3, rotation="varimax").fit(X)
    assert_close(turned.get_covariance(), plain.get_covariance(), rtol=1e-6, atol=1e-8)
    assert turned.score(X) == pytest.approx(plain.score(X))
    precision = plain.loadings_.T @ (plain.loadings_ / plain.noise_variance_[:, None])
    assert_close(precision, precision.diagonal().diag(), atol=1e-8)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="method must be 'ml' or 'em'"):
        ProbabilisticPCA(method="map").fit(X)
    with pytest.raises(ValueError, match="rotation must be None or 'varimax'"):
        FactorAnalysis(rotation="quartimax").fit(X)
    for least in (0, 1):
        with pytest.raises(ValueError, match="min_noise must be in"):
            FactorAnalysis(min_noise=least).fit(X)
    for model in (ProbabilisticPCA(7), FactorAnalysis(0)):
        with pytest.raises(ValueError, match="components must be from 1 to 6"):
            model.fit(X)
    fitted = ProbabilisticPCA().fit(X)
    with pytest.raises(ValueError, match="n_samples must be at least 1"):
        fitted.sample(0)
    with pytest.raises(ValueError, match="X has 3 features"):
        fitted.transform(X[:, :3])
    with pytest.raises(ValueError, match="NaN or infinity"):
        fitted.transform(X.masked_fill(X > 5, float("inf")))
    with pytest.raises(ValueError, match="max_iter must be at least 1"):
        FactorAnalysis(max_iter=0).fit(X)


def test_too_few_steps_are_said():
    with pytest.warns(ConvergenceWarning, match="FactorAnalysis: no convergence after 1 steps"):
        FactorAnalysis(2, max_iter=1).fit(X)
