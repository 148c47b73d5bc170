"""EM against scikit-learn; bounds, bottlenecks and maximum entropy against SciPy."""

import math

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
import torch
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture as SklearnMixture
from sklearn.utils.estimator_checks import check_estimator

from dlcore.linalg import ConvergenceWarning
from dlcore.probability import (
    GaussianMixture,
    Mixture,
    Normal,
    elbo,
    entropy,
    fit_gaussian_kl,
    information_bottleneck,
    kl_divergence,
    maxent_distribution,
    mutual_information,
)
from tests.dlcore.probability.samples import f64
from tests.parity import assert_close

IRIS = load_iris().data
TWO_PEAKS = Mixture(f64([0.5, 0.5]), [Normal(f64(-4.0), 1.0), Normal(f64(4.0), 1.0)])


def test_the_interface_is_that_of_scikit_learn():
    results = check_estimator(GaussianMixture(random_state=0), on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}


@pytest.mark.reference("sklearn.mixture.GaussianMixture", of="dlcore.probability.GaussianMixture")
def test_em_on_iris():
    ours = GaussianMixture(3, n_init=10, tol=1e-6, max_iter=500, random_state=0).fit(IRIS)
    theirs = SklearnMixture(3, n_init=10, tol=1e-6, max_iter=500, random_state=0).fit(IRIS)
    assert ours.score(IRIS) >= theirs.score(IRIS) - 1e-3
    same = SklearnMixture(3).fit(IRIS)
    same.weights_, same.means_, same.covariances_ = ours.weights_, ours.means_, ours.covariances_
    same.precisions_cholesky_ = np.linalg.inv(np.linalg.cholesky(ours.covariances_)).mT
    assert_close(ours.score_samples(IRIS), same.score_samples(IRIS), rtol=1e-8)
    assert_close(ours.predict_proba(IRIS), same.predict_proba(IRIS), rtol=1e-6)
    assert (ours.predict(IRIS) == same.predict(IRIS)).all()


def test_one_round_of_em_is_scikit_learns():
    start = SklearnMixture(2, max_iter=1, random_state=0)
    with pytest.warns(Warning, match="converge"):
        start.fit(IRIS)
    shares = start.predict_proba(IRIS)
    ours = GaussianMixture(2, random_state=0)
    ours.weights_, ours.means_, ours.covariances_ = (
        start.weights_,
        start.means_,
        start.covariances_,
    )
    ours.n_features_in_ = 4
    assert_close(ours.predict_proba(IRIS), shares, rtol=1e-7)


def test_the_likelihood_never_falls(generator):
    X = TWO_PEAKS.sample((200, 2), generator=generator).numpy()
    for seed in range(5):
        mixture = GaussianMixture(4, tol=1e-6, max_iter=500, reg_covar=0, random_state=seed)
        assert (np.diff(mixture.fit(X).log_likelihoods_) > -1e-9).all()


def test_tensors_in_tensors_out():
    X = torch.as_tensor(IRIS)
    model = GaussianMixture(3, random_state=0).fit(X)
    assert isinstance(model.means_, torch.Tensor)
    assert isinstance(model.predict(X), torch.Tensor)
    assert_close(model.means_, GaussianMixture(3, random_state=0).fit(IRIS).means_)
    draws = model.sample(4000, generator=torch.Generator().manual_seed(0))
    mean = (model.weights_[:, None] * model.means_).sum(0)
    assert_close(draws.mean(0), mean, rtol=0, atol=4 * draws.std(0).max().item() / 4000**0.5)


def test_too_few_rounds_are_reported():
    with pytest.warns(ConvergenceWarning, match="1 rounds"):
        GaussianMixture(2, max_iter=1, random_state=0).fit(IRIS)


@pytest.mark.reference("torch.logsumexp", of="dlcore.probability.elbo")
def test_elbo_misses_the_evidence_by_the_divergence(generator):
    joint = torch.rand(5, 7, generator=generator, dtype=torch.float64)
    evidence = joint.log().logsumexp(1)
    q = torch.rand(5, 7, generator=generator, dtype=torch.float64).softmax(1)
    gap = scipy.stats.entropy(q.numpy(), (joint / joint.sum(1, keepdim=True)).numpy(), axis=1)
    assert_close(evidence - elbo(joint, q), gap, rtol=1e-7)
    assert_close(elbo(joint, joint / joint.sum(1, keepdim=True)), evidence)
    assert elbo(f64([[0.0, 1.0]]), f64([[0.5, 0.5]])).item() == -math.inf


@pytest.mark.reference("scipy.optimize.brute", of="dlcore.probability.fit_gaussian_kl")
def test_both_directions_of_kl():
    forward = fit_gaussian_kl(TWO_PEAKS, direction="forward")
    x = torch.linspace(-14, 14, 4001, dtype=torch.float64)
    p = TWO_PEAKS.log_prob(x).exp().numpy()

    def divergence(parameters, order):
        q = scipy.stats.norm.pdf(x.numpy(), parameters[0], np.exp(parameters[1]))
        a, b = (p, q) if order == "forward" else (q, p)
        return np.sum(a * (np.log(a + 1e-300) - np.log(b + 1e-300)))

    ranges = {"forward": ((-2, 2), (0.5, 2)), "reverse": ((2, 6), (-0.5, 0.5))}
    for order, q in (
        ("forward", forward),
        ("reverse", fit_gaussian_kl(TWO_PEAKS, direction="reverse", start=2.0)),
    ):
        best = scipy.optimize.brute(divergence, ranges[order], (order,), Ns=15)
        assert_close(q.loc.item(), best[0], rtol=0, atol=1e-3)
        assert_close(q.scale.item(), np.exp(best[1]), rtol=1e-3)
    assert fit_gaussian_kl(TWO_PEAKS, direction="reverse", start=-3.0).loc < -3.9


@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.probability.information_bottleneck")
@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.probability.InformationBottleneck")
def test_information_bottleneck():
    joint = torch.rand(4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64) ** 3
    joint = joint / joint.sum()
    p_x, beta = joint.sum(1).numpy(), 8.0

    def objective(logits):
        encoder = scipy.special.softmax(logits.reshape(4, 2), axis=1)
        p_xt, p_ty = p_x[:, None] * encoder, encoder.T @ joint.numpy()
        parts = []
        for table in (p_xt, p_ty):
            independent = table.sum(1, keepdims=True) * table.sum(0)
            parts.append(scipy.special.rel_entr(table, independent).sum())
        return parts[0] - beta * parts[1]

    random = np.random.default_rng(0)
    theirs = min(
        scipy.optimize.minimize(objective, random.normal(size=8), method="L-BFGS-B").fun
        for _ in range(20)
    )
    runs = [
        information_bottleneck(joint, 2, beta, generator=torch.Generator().manual_seed(s))
        for s in range(20)
    ]
    for run in runs:
        assert (np.diff(run.objective) < 1e-9).all()
        assert run.relevance <= mutual_information(joint) + 1e-9
    assert min(run.objective[-1] for run in runs) == pytest.approx(theirs, abs=1e-4)


def test_the_limits_of_the_bottleneck(generator):
    joint = torch.rand(5, 3, generator=generator, dtype=torch.float64)
    joint = joint / joint.sum()
    nothing = information_bottleneck(joint, 5, 0.5, generator=generator)
    assert nothing.compression < 1e-4
    runs = [information_bottleneck(joint, 5, 1e6, generator=generator) for _ in range(20)]
    assert max(run.relevance for run in runs) == pytest.approx(
        mutual_information(joint).item(), abs=1e-6
    )


@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.probability.maxent_distribution")
@pytest.mark.reference("scipy.optimize.minimize", of="dlcore.probability.MaximumEntropy")
def test_maximum_entropy_against_the_primal(generator):
    features = torch.randn(2, 6, generator=generator, dtype=torch.float64)
    targets = features @ torch.rand(6, generator=generator, dtype=torch.float64).softmax(0)
    ours = maxent_distribution(features, targets)
    result = scipy.optimize.minimize(
        lambda p: -scipy.special.entr(p).sum(),
        np.full(6, 1 / 6),
        bounds=[(1e-9, 1)] * 6,
        constraints=[
            {"type": "eq", "fun": lambda p: p.sum() - 1},
            {"type": "eq", "fun": lambda p: features.numpy() @ p - targets.numpy()},
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert_close(ours.p, result.x, rtol=1e-4)
    assert_close((ours.multipliers @ features).softmax(0), ours.p)


def test_the_loaded_die():
    die = torch.arange(1.0, 7.0, dtype=torch.float64)[None]
    ours = maxent_distribution(die, f64([4.5]))
    assert ours.multipliers.item() == pytest.approx(0.37105, abs=1e-5)
    assert entropy(ours.p).item() == pytest.approx(1.6136, abs=1e-4)
    uniform = maxent_distribution(die, f64([3.5])).p
    assert kl_divergence(uniform, torch.full((6,), 1 / 6, dtype=torch.float64)) < 1e-12


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: GaussianMixture(0).fit(IRIS), "n_components"),
        (lambda: GaussianMixture(200).fit(IRIS), "200 components"),
        (lambda: GaussianMixture(2, reg_covar=-1.0).fit(IRIS), "reg_covar"),
        (lambda: elbo(torch.ones(2, 3), torch.ones(2, 2)), "of its shape"),
        (lambda: elbo(torch.ones(1, 2), torch.ones(1, 2)), "sum to 1"),
        (lambda: fit_gaussian_kl(TWO_PEAKS, direction="sideways"), "forward"),
        (lambda: information_bottleneck(torch.eye(2) / 2, 0, 1.0), "clusters"),
        (lambda: information_bottleneck(torch.eye(2), 2, 1.0), "sum to 1"),
        (lambda: maxent_distribution(torch.ones(2), torch.ones(1)), r"\(m, k\)"),
        (lambda: maxent_distribution(torch.eye(2)[:1], torch.tensor([2.0])), "between 0 and 1"),
        (
            lambda: maxent_distribution(torch.eye(3)[:2], torch.tensor([0.7, 0.7])),
            "no distribution",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
