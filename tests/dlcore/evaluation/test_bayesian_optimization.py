"""Gaussian processes against scikit-learn, acquisition functions against Monte Carlo."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process import kernels as peer

from dlcore.evaluation import (
    BayesianOptimizer,
    Choice,
    GaussianProcess,
    IntUniform,
    LogUniform,
    Uniform,
    expected_improvement,
    lower_confidence_bound,
    matern_kernel,
    upper_confidence_bound,
)
from tests.parity import assert_close

GENERATOR = torch.Generator().manual_seed(0)
X = torch.rand(13, 2, generator=GENERATOR, dtype=torch.float64)
Z = torch.rand(7, 2, generator=GENERATOR, dtype=torch.float64)
Y = (5 * X[:, 0]).sin() + X[:, 1]
SCALES = torch.tensor([0.4, 1.5], dtype=torch.float64)


@pytest.mark.reference(
    "sklearn.gaussian_process.kernels.Matern", of="dlcore.evaluation.matern_kernel"
)
@pytest.mark.parametrize("nu", [0.5, 1.5, 2.5])
def test_matern(nu):
    theirs = peer.Matern(length_scale=SCALES.numpy(), nu=nu)
    ours = matern_kernel(X, Z, length_scale=SCALES, nu=nu)
    assert_close(ours, theirs(X.numpy(), Z.numpy()))
    assert_close(matern_kernel(X, X, nu=nu).diagonal(), torch.ones(13))


def test_matern_has_a_gradient_where_points_agree():
    points = X[:3].clone().requires_grad_()
    matern_kernel(points, points, nu=0.5).sum().backward()
    assert points.grad.isfinite().all()


@pytest.mark.reference(
    "sklearn.gaussian_process.GaussianProcessRegressor", of="dlcore.evaluation.GaussianProcess"
)
@pytest.mark.parametrize("kernel", ["rbf", "matern"])
def test_posterior(kernel):
    scales = SCALES.numpy()
    shape = peer.RBF(scales) if kernel == "rbf" else peer.Matern(scales, nu=1.5)
    theirs = GaussianProcessRegressor(
        peer.ConstantKernel(0.7**2) * shape, alpha=0.05**2, optimizer=None
    ).fit(X.numpy(), (Y - Y.mean()).numpy())
    ours = GaussianProcess(kernel, length_scale=SCALES, amplitude=0.7, noise=0.05, nu=1.5).fit(X, Y)
    mean, std = ours.predict(Z)
    their_mean, their_std = theirs.predict(Z.numpy(), return_std=True)
    assert_close(mean - Y.mean(), their_mean, rtol=1e-7, atol=1e-9)
    assert_close(std, their_std, rtol=1e-6, atol=1e-9)
    assert_close(ours.log_marginal_likelihood_, theirs.log_marginal_likelihood_value_, rtol=1e-8)


def test_chosen_scales_are_as_likely_as_those_of_scikit_learn():
    theirs = GaussianProcessRegressor(
        peer.ConstantKernel(1.0, (1e-6, 1e6)) * peer.Matern([1.0, 1.0], (1e-3, 1e3), nu=2.5),
        alpha=0.1**2,
    ).fit(X.numpy(), (Y - Y.mean()).numpy())
    ours = GaussianProcess(noise=0.1, optimize=True).fit(X, Y)
    assert ours.log_marginal_likelihood_ == pytest.approx(
        theirs.log_marginal_likelihood_value_, abs=1e-3
    )


def test_functions_drawn_have_the_posterior_mean_and_spread():
    process = GaussianProcess(noise=0.1).fit(X, Y)
    mean, std = process.predict(Z)
    draws = process.sample(Z, 4000, generator=torch.Generator().manual_seed(0))
    assert draws.shape == (4000, 7)
    assert ((draws.mean(0) - mean).abs() < 4.5 * std / math.sqrt(4000) + 1e-9).all()
    assert_close(draws.std(0), std, rtol=0.06)


@pytest.mark.reference("Monte Carlo", of="dlcore.evaluation.expected_improvement")
def test_expected_improvement_is_the_mean_gain():
    mean = torch.tensor([0.3, 0.1, 2.0], dtype=torch.float64)
    std = torch.tensor([0.2, 0.5, 0.1], dtype=torch.float64)
    ours = expected_improvement(mean, std, 0.25)
    assert ours[0].item() == pytest.approx(0.05727, abs=5e-6)
    noise = torch.randn(200_000, 1, generator=torch.Generator().manual_seed(0)).double()
    gains = (0.25 - mean - std * noise).clamp(min=0)
    assert ((ours - gains.mean(0)).abs() < 5 * gains.std(0) / math.sqrt(200_000) + 1e-12).all()


def test_expected_improvement_where_the_outcome_is_certain():
    mean, std = torch.tensor([0.5, 2.0]), torch.zeros(2)
    assert expected_improvement(mean, std, 1.0).tolist() == [0.5, 0.0]


@pytest.mark.reference("scipy.stats.norm.ppf", of="dlcore.evaluation.lower_confidence_bound")
@pytest.mark.reference("scipy.stats.norm.ppf", of="dlcore.evaluation.upper_confidence_bound")
def test_bounds_are_normal_quantiles():
    mean, std = torch.tensor([0.0, 1.0, -2.0]).double(), torch.tensor([1.0, 0.5, 0.0]).double()
    kappa = float(stats.norm.ppf(0.975))
    lower, upper = (
        stats.norm.ppf(0.025, mean[:2], std[:2]),
        stats.norm.ppf(0.975, mean[:2], std[:2]),
    )
    assert_close(lower_confidence_bound(mean, std, kappa)[:2], lower)
    assert_close(upper_confidence_bound(mean, std, kappa)[:2], upper)
    assert lower_confidence_bound(mean, std)[2] == upper_confidence_bound(mean, std)[2] == -2


@pytest.mark.reference("the known minimum", of="dlcore.evaluation.BayesianOptimizer")
@pytest.mark.parametrize("acquisition", ["ei", "lcb"])
def test_a_smooth_valley_is_found_in_few_trials(acquisition):
    space = {"lr": LogUniform(1e-5, 1.0), "dropout": Uniform(0, 1), "depth": IntUniform(1, 3)}
    optimizer = BayesianOptimizer(
        space, acquisition=acquisition, generator=torch.Generator().manual_seed(0)
    )

    def valley(p):
        return (math.log10(p["lr"]) + 2) ** 2 + (p["dropout"] - 0.3) ** 2 + abs(p["depth"] - 2)

    search = optimizer.minimize(valley, 18)
    assert search.best.params["depth"] == 2
    assert search.best.value < 0.3
    for trial in search.trials:
        assert 1e-5 <= trial.params["lr"] <= 1
        assert 0 <= trial.params["dropout"] <= 1


def test_runs_that_broke_down_are_passed_over():
    optimizer = BayesianOptimizer(
        {"x": Uniform(0, 1), "kind": Choice("ab")}, generator=torch.Generator().manual_seed(0)
    )
    for i in range(8):
        params = optimizer.ask()
        assert params.keys() == {"x", "kind"}
        optimizer.tell(params, math.nan if i == 2 else 1.0)
    assert np.isnan(optimizer.trials[2].value)


@pytest.mark.bad_input
def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="nu must"):
        matern_kernel(X, Z, nu=1.0)
    with pytest.raises(ValueError, match="length_scale"):
        matern_kernel(X, Z, length_scale=0.0)
    with pytest.raises(ValueError, match="one dimension"):
        matern_kernel(X, Z[:, :1])
    for options in ({"kernel": "linear"}, {"nu": 2.0}, {"noise": 0.0}, {"amplitude": -1.0}):
        with pytest.raises(ValueError, match=r"must be|got"):
            GaussianProcess(**options)
    with pytest.raises(ValueError, match="targets"):
        GaussianProcess().fit(X, Y[:-1])
    with pytest.raises(ValueError, match="finite"):
        GaussianProcess().fit(X, Y * torch.nan)
    with pytest.raises(RuntimeError, match="fit first"):
        GaussianProcess().predict(X)
    with pytest.raises(ValueError, match="differ in shape"):
        expected_improvement(Y, Y[:-1], 0.0)
    with pytest.raises(ValueError, match="negative"):
        expected_improvement(Y, -torch.ones(13), 0.0)
    with pytest.raises(ValueError, match="kappa"):
        lower_confidence_bound(Y, torch.ones(13), -1.0)
    space = {"x": Uniform(0, 1)}
    for options in ({"acquisition": "pi"}, {"initial": 1}, {"noise": 0.0}, {"kappa": -1.0}):
        with pytest.raises(ValueError, match="got"):
            BayesianOptimizer(space, **options)
    with pytest.raises(ValueError, match="values for"):
        BayesianOptimizer(space).tell({"y": 1.0}, 0.0)
    with pytest.raises(ValueError, match="at least one trial"):
        BayesianOptimizer(space).minimize(lambda p: 0.0, 0)
