"""Non-Gaussianity and independent components against SciPy, scikit-learn and the true sources."""

from itertools import permutations

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.stats
import sklearn.decomposition
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import check_estimator

from dlcore.data import load_recording, recording_names
from dlcore.factor import (
    ICA,
    FastICA,
    Match,
    amari_index,
    excess_kurtosis,
    fastica,
    infomax_ica,
    match_sources,
    mixture_kurtosis,
    negentropy_approx,
)
from dlcore.linalg import ConvergenceWarning
from tests.parity import assert_close

A = torch.tensor([[1.0, 0.5], [0.6, 1.0]], dtype=torch.float64)


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def laplace(n: int, seed: int) -> torch.Tensor:
    u = torch.rand(n, dtype=torch.float64, generator=seeded(seed)) - 0.5
    return -u.sign() * (1 - 2 * u.abs()).log() / 2**0.5


def uniform(n: int, seed: int) -> torch.Tensor:
    return 12**0.5 * (torch.rand(n, dtype=torch.float64, generator=seeded(seed)) - 0.5)


def gaussian(n: int, seed: int) -> torch.Tensor:
    return torch.randn(n, dtype=torch.float64, generator=seeded(seed))


S = torch.stack([laplace(5000, 1), uniform(5000, 2)], 1)
X = S @ A.T + 3


@pytest.mark.reference("scipy.stats.kurtosis", of="dlcore.factor.excess_kurtosis")
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_kurtosis_is_that_of_scipy(dim):
    x = gaussian(77, 0).reshape(7, 11).exp()
    assert_close(excess_kurtosis(x, dim), scipy.stats.kurtosis(x, axis=dim))


@pytest.mark.reference("closed form", of="dlcore.factor.mixture_kurtosis")
def test_the_law_of_mixtures():
    kurtosis = torch.tensor([-1.2, 3.0], dtype=torch.float64)
    exact = [
        (-1.2 + 3 * 0.5**4) / 1.25**2,
        (-1.2 * 0.6**4 + 3) / 1.36**2,
    ]
    assert_close(mixture_kurtosis(A, kurtosis), exact)
    # three-point sources: the law holds for all outcomes of independent ones
    values, p = torch.tensor([-2.0, 0.0, 2.0]).double(), torch.tensor([1 / 8, 3 / 4, 1 / 8])
    pairs, weights = torch.cartesian_prod(values, values), torch.cartesian_prod(p, p).prod(1)
    a = torch.tensor([1.3, -0.4], dtype=torch.float64)
    y = pairs @ a
    moments = [(weights * y**power).sum() for power in (2, 4)]
    law = mixture_kurtosis(a, torch.ones(2, dtype=torch.float64))
    assert_close(law, moments[1] / moments[0] ** 2 - 3)


@given(st.lists(st.floats(0.1, 3), min_size=2, max_size=5))
def test_mixing_equal_sources_brings_the_kurtosis_nearer_to_zero(weights):
    a = torch.tensor(weights, dtype=torch.float64)
    assert 0 < mixture_kurtosis(a, torch.full_like(a, 3.0)) < 3


@pytest.mark.reference("scipy.integrate.quad", of="dlcore.factor.negentropy_approx")
@pytest.mark.parametrize(
    ("g", "G"),
    [
        ("logcosh", lambda y: np.log(np.cosh(y))),
        ("exp", lambda y: -np.exp(-(y**2) / 2)),
        ("cube", lambda y: y**4 / 4),
    ],
)
def test_negentropy_compares_with_a_gaussian(g, G):
    x = laplace(1000, 3).reshape(2, 500) + 5
    gauss, _ = scipy.integrate.quad(lambda y: G(y) * scipy.stats.norm.pdf(y), -12, 12)
    standard = scipy.stats.zscore(x, axis=1)
    assert_close(negentropy_approx(x, g=g), (G(standard).mean(1) - gauss) ** 2, rtol=1e-6)
    if g == "cube":
        assert_close(negentropy_approx(x, g=g), (scipy.stats.kurtosis(x, axis=1) / 4) ** 2)


def test_a_gaussian_has_least_negentropy():
    n = 20_000
    least = negentropy_approx(gaussian(n, 0))
    assert least < 1e-2 * min(negentropy_approx(laplace(n, 1)), negentropy_approx(uniform(n, 2)))


@pytest.mark.reference("sklearn.decomposition.fastica", of="dlcore.factor.fastica")
@pytest.mark.parametrize("algorithm", ["symmetric", "deflation"])
@pytest.mark.parametrize("g", ["logcosh", "exp", "cube"])
def test_sources_are_those_of_scikit_learn(algorithm, g):
    theirs = sklearn.decomposition.FastICA(
        algorithm={"symmetric": "parallel"}.get(algorithm, algorithm),
        fun=g,
        whiten="unit-variance",
        random_state=0,
        tol=1e-10,
    ).fit_transform(X.numpy())
    ours = fastica(X, g=g, algorithm=algorithm, tol=1e-10, generator=seeded())
    order, signs, _ = match_sources(ours.sources, torch.from_numpy(theirs))
    assert_close(ours.sources[:, order] * signs, theirs, atol=1e-4, rtol=0)
    assert amari_index(ours.unmixing, A) < 0.03


@pytest.mark.reference("the true mixing matrix", of="dlcore.factor.ICA")
def test_the_parts_fit_together():
    found = fastica(X, generator=seeded())
    assert isinstance(found, ICA)
    assert_close(found.sources @ found.mixing.T + found.mean, X, rtol=1e-9)
    assert_close((X - found.mean) @ found.unmixing.T, found.sources, atol=1e-9)
    assert_close(found.sources.T.cov(correction=0), torch.eye(2), atol=1e-9)
    order, signs, _ = match_sources(found.sources, S)
    assert_close(found.mixing[:, order] * signs, A, atol=0.03, rtol=0)


def test_fewer_sources_than_microphones():
    wide = torch.cat([X, X @ A, X[:, :1]], 1)
    found = fastica(wide, generator=seeded())
    assert found.unmixing.shape == (2, 5)
    assert match_sources(found.sources, S).correlations.min() > 0.99
    assert fastica(wide, 1, generator=seeded()).mixing.shape == (5, 1)


def test_real_sounds_are_separated():
    sounds = torch.stack([load_recording(name).wave for name in recording_names()], 1)
    M = torch.tensor([[1.0, 0.6, 0.4], [0.5, 1.0, 0.6], [0.4, 0.5, 1.0]])
    mixed = (sounds / sounds.std(0)) @ M.T
    assert match_sources(mixed, sounds).correlations.max() < 0.9
    for found in (fastica(mixed, generator=seeded()), infomax_ica(mixed)):
        assert match_sources(found.sources, sounds).correlations.min() > 0.99


@pytest.mark.filterwarnings("ignore::dlcore.linalg.ConvergenceWarning")
def test_two_gaussians_have_no_directions_of_their_own():
    mixed = torch.stack([gaussian(5000, 1), gaussian(5000, 2)], 1) @ A.T
    parts = [fastica(mixed[part::4], generator=seeded()).unmixing for part in range(4)]
    assert max(amari_index(W, A) for W in parts) > 0.1
    one = torch.stack([gaussian(20_000, 1), laplace(20_000, 2)], 1) @ A.T
    assert amari_index(fastica(one, generator=seeded()).unmixing, A) < 0.05


@pytest.mark.reference("sklearn.decomposition.FastICA", of="dlcore.factor.FastICA")
def test_the_estimator_is_that_of_scikit_learn():
    ours = FastICA(tol=1e-10, random_state=0).fit(X.numpy())
    theirs = sklearn.decomposition.FastICA(whiten="unit-variance", tol=1e-10, random_state=0).fit(
        X.numpy()
    )
    sources = [torch.from_numpy(model.transform(X.numpy())) for model in (ours, theirs)]
    order, signs, _ = match_sources(*sources)
    signs, order = signs.numpy(), order.numpy()
    assert_close(ours.components_[order] * signs[:, None], theirs.components_, atol=1e-4, rtol=0)
    assert_close(ours.mixing_[:, order] * signs, theirs.mixing_, atol=1e-4, rtol=0)
    assert_close(ours.inverse_transform(ours.transform(X.numpy())), X.numpy(), rtol=1e-9)
    assert FastICA(random_state=0).fit(X).components_.dtype == torch.float64


@pytest.mark.filterwarnings("ignore::dlcore.linalg.ConvergenceWarning")
def test_the_interface_is_that_of_scikit_learn():
    results = check_estimator(FastICA(), on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}


@pytest.mark.reference("the true mixing matrix", of="dlcore.factor.infomax_ica")
def test_infomax_needs_to_know_the_tails():
    long = torch.stack([laplace(5000, 1), laplace(5000, 4)], 1) @ A.T
    short = torch.stack([uniform(5000, 1), uniform(5000, 4)], 1) @ A.T
    assert amari_index(infomax_ica(long).unmixing, A) < 0.03
    assert amari_index(infomax_ica(short).unmixing, A) > 0.3
    for mixed in (long, short, X):
        assert amari_index(infomax_ica(mixed, extended=True).unmixing, A) < 0.05


def test_infomax_stops_where_the_likelihood_is_level():
    found = infomax_ica(X, tol=1e-9)
    scales = [
        scipy.optimize.brentq(lambda c, y=y: float((torch.tanh(c * y) * c * y).mean()) - 1, 0.1, 9)
        for y in found.sources.T
    ]  # which the answer lost, as its sources have variance 1
    W = (found.unmixing * torch.tensor(scales)[:, None]).requires_grad_()
    Y = (X - found.mean) @ W.T
    log_likelihood = torch.linalg.det(W).abs().log() - Y.cosh().log().mean(0).sum()
    (slope,) = torch.autograd.grad(log_likelihood, W)
    assert slope.abs().max() < 1e-6


@pytest.mark.reference("permutation and scale", of="dlcore.factor.amari_index")
@settings(max_examples=30)
@given(st.permutations(range(4)), st.integers(0, 1000))
def test_the_index_sees_neither_order_nor_sign(order, seed):
    M = torch.randn(4, 4, generator=seeded(seed), dtype=torch.float64)
    scale = torch.linspace(-3, 2, 4, dtype=torch.float64)[:, None]
    assert amari_index((M.inverse() * scale)[list(order)], M) < 1e-8
    other = torch.randn(4, 4, generator=seeded(seed + 1), dtype=torch.float64)
    turned = (other * scale.sign())[list(order)]
    assert_close(amari_index(turned, M), amari_index(other, M), rtol=1e-8)
    assert 0 < amari_index(other, M) <= 1


def test_the_worst_index_is_one():
    assert_close(amari_index(torch.ones(3, 3), torch.ones(3, 3)), torch.tensor(1.0))


@pytest.mark.reference("numpy.corrcoef", of="dlcore.factor.match_sources")
def test_matching_undoes_order_and_sign():
    true = torch.stack([laplace(300, seed) for seed in range(4)], 1)
    noisy = true + 0.3 * torch.stack([gaussian(300, seed) for seed in range(4, 8)], 1)
    estimated = torch.cat([gaussian(300, 9)[:, None], -noisy[:, [2, 0, 3, 1]] * 5], 1)
    order, signs, correlations = match_sources(estimated, true)
    assert order.tolist() == [2, 4, 1, 3]
    assert signs.tolist() == [-1] * 4
    C = np.corrcoef(true.T, (estimated[:, order] * signs).T)[:4, 4:]
    assert_close(correlations, np.diag(C))


@pytest.mark.reference("all permutations", of="dlcore.factor.Match")
def test_the_pairing_is_the_best_of_all():
    true, estimated = gaussian(80, 1).reshape(20, 4), gaussian(80, 2).reshape(20, 4)
    C = np.abs(np.corrcoef(true.T, estimated.T)[:4, 4:])
    best = max(sum(C[range(4), p]) for p in permutations(range(4)))
    match = match_sources(estimated, true)
    assert isinstance(match, Match)
    assert_close(match.correlations.sum(), best)


def test_too_few_steps_are_said():
    with pytest.warns(ConvergenceWarning, match="fastica: no convergence after 1 steps"):
        fastica(X, max_iter=1, tol=1e-12, generator=seeded())
    with pytest.warns(ConvergenceWarning, match="infomax_ica: no convergence after 2 steps"):
        infomax_ica(X, max_iter=2)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: excess_kurtosis(torch.ones(5)), "a sample of 5 is constant"),
        (lambda: negentropy_approx(X, g="sine"), "logcosh, exp, cube, got 'sine'"),
        (lambda: mixture_kurtosis(torch.zeros(2), torch.ones(2)), "all zero"),
        (lambda: fastica(X, g="sine"), "got 'sine'"),
        (lambda: fastica(X, algorithm="both"), "got 'both'"),
        (lambda: fastica(X, 3), "from 1 to the rank 2 of X, got 3"),
        (lambda: fastica(torch.ones(5, 2)), "rank 0 of X, got 0"),
        (lambda: fastica(X[:1]), "at least 2 examples, got 1"),
        (lambda: infomax_ica(X, learning_rate=0), "must be positive, got 0"),
        (lambda: amari_index(A, A[:1]), r"got \(2, 2\) and \(1, 2\)"),
        (lambda: amari_index(0 * A, A), "a source is lost"),
        (lambda: match_sources(X[:, :1], X), "at least as many estimates"),
        (lambda: match_sources(0 * X, X), "constant column"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
