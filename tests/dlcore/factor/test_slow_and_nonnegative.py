"""Slow features against SciPy's eigenvectors, nonnegative factors against scikit-learn."""

import numpy as np
import pytest
import scipy.linalg
import scipy.special
import sklearn.decomposition
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.classical import polynomial_features
from dlcore.data import load_digits
from dlcore.factor import NMF, SlowFeatures, nmf, slow_feature_analysis
from dlcore.linalg import ConvergenceWarning
from tests.parity import assert_close


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def random(*shape, seed=0):
    return torch.randn(shape, generator=seeded(seed), dtype=torch.float64)


SERIES = random(301, 5).cumsum(0) @ random(5, 5, seed=1) + random(301, 5, seed=2)


@pytest.mark.reference("scipy.linalg.eigh", of="dlcore.factor.slow_feature_analysis")
@pytest.mark.parametrize("k", [2, 5, None])
def test_slow_features_are_generalized_eigenvectors(k):
    centred = (SERIES - SERIES.mean(0)).numpy()
    changes = np.diff(centred, axis=0)
    slowness, vectors = scipy.linalg.eigh(changes.T @ changes / 300, centred.T @ centred / 301)
    found = slow_feature_analysis(SERIES, k)
    assert_close(found.slowness, slowness[:k], rtol=1e-7)
    largest = np.take_along_axis(vectors, np.abs(vectors).argmax(0, keepdims=True), 0)
    assert_close(found.weights, (vectors * np.sign(largest))[:, :k], rtol=1e-6, atol=1e-9)


@pytest.mark.reference("numpy.cov", of="dlcore.factor.SlowFeatures")
def test_features_have_variance_one_and_change_as_slowly_as_said():
    found = slow_feature_analysis(SERIES)
    assert isinstance(found, SlowFeatures)
    assert_close(np.cov(found.features.T, bias=True), np.eye(5), atol=1e-8)
    assert_close((np.diff(found.features, axis=0) ** 2).mean(0), found.slowness, rtol=1e-7)
    assert_close((SERIES - found.mean) @ found.weights, found.features, atol=1e-9)
    assert (found.slowness.diff() >= 0).all()


def test_the_slowest_product_is_found():
    """A slow sine hides in products: no linear combination shows it."""
    t = torch.linspace(0, 4 * torch.pi, 2000, dtype=torch.float64)
    X = torch.stack([t.sin() + (11 * t).cos() ** 2, (11 * t).cos()], 1)
    slow = slow_feature_analysis(polynomial_features(X, 2, bias=False), 1)
    both = torch.stack([slow.features[:, 0], t.sin()])
    assert both.corrcoef()[0, 1].abs() > 1 - 1e-6
    linear = slow_feature_analysis(X, 1)
    assert linear.slowness > 5 * slow.slowness


def test_white_noise_has_slowness_two():
    assert_close(slow_feature_analysis(random(20_000, 2)).slowness, [2, 2], rtol=0.05)


DATA = random(20, 11).abs()
START = (random(20, 3, seed=1).abs(), random(3, 11, seed=2).abs())


@pytest.mark.reference("sklearn.decomposition.NMF", of="dlcore.factor.nmf")
@pytest.mark.parametrize(("loss", "theirs"), [("frobenius", 2.0), ("kl", 1.0)])
def test_updates_are_those_of_scikit_learn(loss, theirs):
    codes, parts, _ = sklearn.decomposition.non_negative_factorization(
        DATA.numpy(), START[0].numpy().copy(), START[1].numpy().copy(), n_components=3,
        init="custom", solver="mu", beta_loss=theirs, max_iter=9, tol=0,
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning, match="nmf: no convergence after 9 steps"):
        ours = nmf(DATA, 3, loss=loss, start=START, max_iter=9, tol=-1)
    assert_close(ours.codes, codes, rtol=1e-6)
    assert_close(ours.parts, parts, rtol=1e-6)


@pytest.mark.reference("scipy.special.kl_div", of="dlcore.factor.NMF")
def test_losses_are_what_they_say():
    for loss in ("frobenius", "kl"):
        found = nmf(DATA, 3, loss=loss, generator=seeded())
        assert isinstance(found, NMF)
        product = (found.codes @ found.parts).numpy()
        divergence = scipy.special.kl_div(DATA.numpy(), product).sum()
        squares = np.linalg.norm(DATA.numpy() - product) ** 2
        expected = {"kl": divergence, "frobenius": squares}[loss]
        assert found.losses[-1] == pytest.approx(expected)


@settings(max_examples=15)
@given(st.integers(0, 1000), st.sampled_from(["frobenius", "kl"]))
def test_no_step_raises_the_loss(seed, loss):
    data = random(9, 7, seed=seed).clamp(min=0)  # with zeros
    found = nmf(data, 2, loss=loss, tol=1e-4, generator=seeded(seed))
    assert (np.diff(found.losses) <= 1e-9 * found.losses[0]).all()
    assert (found.codes >= 0).all()
    assert (found.parts >= 0).all()


def test_a_product_is_factored_and_its_scale_is_free():
    low = START[0] @ START[1]
    found = nmf(low, 3, tol=1e-9, max_iter=20_000, generator=seeded())
    assert found.losses[-1] < 1e-3 * low.square().sum()
    scale = torch.tensor([0.1, 5.0, 30.0], dtype=torch.float64)
    assert_close((found.codes * scale) @ (found.parts / scale[:, None]), found.codes @ found.parts)


def test_parts_of_digits_are_nearly_as_good_as_those_of_scikit_learn():
    digits = load_digits().train.X[:300].flatten(1).double()
    theirs = sklearn.decomposition.NMF(8, max_iter=400, init="nndsvda", tol=1e-4)
    theirs.fit(digits.numpy())
    ours = nmf(digits, 8, generator=seeded())
    assert ours.losses[-1] ** 0.5 < 1.05 * theirs.reconstruction_err_
    assert (ours.parts < 1e-3 * ours.parts.max()).double().mean() > 0.3


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: slow_feature_analysis(SERIES, 6), "from 1 to the rank 5 of X, got 6"),
        (lambda: slow_feature_analysis(SERIES[:1]), "at least 2 examples, got 1"),
        (lambda: nmf(-DATA, 2), "negative entries, down to -"),
        (lambda: nmf(DATA, 0), "got 'frobenius' and 0"),
        (lambda: nmf(DATA, 2, loss="l1"), "got 'l1' and 2"),
        (lambda: nmf(DATA, 2, start=START), r"shapes \(20, 3\) and \(3, 11\)"),
        (lambda: nmf(DATA, 3, start=(-START[0], START[1])), "start has negative"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
