"""t-SNE against scikit-learn; the map in UMAP's manner against SciPy and counted pairs."""

import math

import numpy as np
import pytest
import sklearn.manifold
import torch
from scipy.optimize import brentq
from sklearn.datasets import load_digits, make_swiss_roll
from sklearn.manifold import trustworthiness
from torch.nn import functional as F

from dlcore.representation import (
    TSNE,
    fuzzy_graph,
    tsne,
    tsne_affinities,
    tsne_gradient,
    tsne_loss,
    umap,
    umap_curve,
    umap_loss,
)
from tests.parity import assert_close

X = torch.from_numpy(make_swiss_roll(61, random_state=0)[0])
DIGITS = torch.from_numpy(load_digits().data[:150])


@pytest.mark.reference("scipy.optimize.brentq", of="dlcore.representation.tsne_affinities")
def test_each_point_has_the_wanted_perplexity():
    P = tsne_affinities(X, 7.0)
    squares = torch.cdist(X, X).square().numpy()
    conditional = np.zeros((61, 61))
    for i in range(61):
        others = np.delete(squares[i], i)

        def softmax(beta, others=others):
            p = np.exp(-beta * (others - others.min()))
            return p / p.sum()

        def excess(log_beta, softmax=softmax):
            p = softmax(np.exp(log_beta))
            return -(p[p > 0] * np.log(p[p > 0])).sum() - math.log(7.0)

        conditional[i, np.arange(61) != i] = softmax(np.exp(brentq(excess, -15, 5, xtol=1e-13)))
    assert_close(P, (conditional + conditional.T) / 122, rtol=1e-6, atol=1e-12)
    assert_close(P.sum(), 1.0)
    assert_close(tsne_affinities(1e4 * X + 3, 7.0), P, rtol=1e-6, atol=1e-9)
    assert_close(tsne_affinities(X.float(), 7.0), P, rtol=1e-3, atol=1e-7)
    assert tsne_affinities(torch.ones(6, 2), 3.0).isfinite().all()


@pytest.mark.reference("torch.nn.functional.kl_div", of="dlcore.representation.tsne_loss")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.representation.tsne_gradient")
def test_loss_and_gradient_by_pairs(generator):
    P = tsne_affinities(X, 7.0)
    Y = torch.randn(61, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    kernel = 1 / (1 + (Y[:, None] - Y).square().sum(2))
    pairs = ~torch.eye(61, dtype=torch.bool)
    log_q = (kernel[pairs] / kernel[pairs].sum()).log()
    expected = F.kl_div(log_q, P[pairs], reduction="sum")
    assert_close(tsne_loss(P, Y.detach()), expected.detach())
    (gradient,) = torch.autograd.grad(expected, Y)
    assert_close(tsne_gradient(P, Y.detach()), gradient, atol=1e-12)
    (ours,) = torch.autograd.grad(tsne_loss(P, Y), Y)
    assert_close(ours, gradient, atol=1e-12)


@pytest.mark.reference("sklearn.manifold.TSNE", of="dlcore.representation.tsne")
@pytest.mark.reference("sklearn.manifold.TSNE", of="dlcore.representation.TSNE")
def test_map_of_scikit_learn():
    ours = tsne(DIGITS, perplexity=15, record_every=500)
    theirs = sklearn.manifold.TSNE(perplexity=15, init="pca", method="exact", random_state=0)
    reached = theirs.fit_transform(DIGITS.numpy())
    assert isinstance(ours, TSNE)
    assert len(ours.frames) == 3
    assert torch.equal(ours.frames[-1], ours.embedding)
    assert ours.loss == pytest.approx(theirs.kl_divergence_, rel=0.2)
    trusted = trustworthiness(DIGITS.numpy(), ours.embedding.numpy())
    assert trusted > trustworthiness(DIGITS.numpy(), reached) - 0.01
    assert trusted > trustworthiness(DIGITS.numpy(), ours.frames[0].numpy()) + 0.1
    start = torch.randn(150, 1, generator=torch.Generator().manual_seed(0))
    line = tsne(DIGITS.float(), 1, perplexity=15, lr=10.0, steps=3, init=1e-4 * start)
    assert line.embedding.dtype == torch.float32
    assert line.frames == []


def test_path_of_scikit_learn(generator):
    start = 1e-4 * torch.randn(150, 2, generator=generator, dtype=torch.float64)
    ours = tsne(DIGITS, perplexity=15, early_exaggeration=1, lr=50.0, init=start, record_every=250)
    theirs = sklearn.manifold.TSNE(
        perplexity=15, early_exaggeration=1, learning_rate=50.0, init=start.numpy(),
        method="exact", max_iter=250,
    )  # fmt: skip
    expected = theirs.fit_transform(DIGITS.numpy())
    gap = np.abs(ours.frames[1].numpy() - expected).max()
    assert gap < 0.03 * np.abs(expected).max()


def test_first_steps_by_hand():
    P = tsne_affinities(X, 7.0)
    start = X[:, :2] / 1e4
    first = start - 50.0 * 0.8 * tsne_gradient(3 * P, start)
    run = tsne(X, perplexity=7, early_exaggeration=3, init=start, steps=4, record_every=1)
    assert_close(run.frames[1], first)
    gradient = tsne_gradient(P, first)
    velocity = first - start
    gains = torch.where(velocity * gradient < 0, 1.0, 0.64)
    assert_close(run.frames[2], first + 0.8 * velocity - 50.0 * gains * gradient)


@pytest.mark.reference("scipy.optimize.brentq", of="dlcore.representation.fuzzy_graph")
def test_degrees_of_each_point():
    k, n = 9, len(X)
    distances = torch.cdist(X, X).fill_diagonal_(math.inf).numpy()
    degrees = np.zeros((n, n))
    for i in range(n):
        near = distances[i].argsort()[:k]
        beyond = distances[i, near] - distances[i, near[0]]
        log_sigma = brentq(
            lambda s, beyond=beyond: np.exp(-beyond / np.exp(s)).sum() - math.log2(k), -9, 9
        )
        degrees[i, near] = np.exp(-beyond / np.exp(log_sigma))
    either = 1 - (1 - degrees) * (1 - degrees.T)
    W = fuzzy_graph(X, k)
    assert_close(W, either, rtol=1e-6, atol=1e-9)
    assert_close(W.max(1).values, torch.ones(n).double())
    assert fuzzy_graph(torch.ones(7, 2), 3).isfinite().all()


@pytest.mark.reference("the numbers that umap-learn prints", of="dlcore.representation.umap_curve")
@pytest.mark.parametrize(("min_dist", "a", "b"), [(0.1, 1.577, 0.895), (0.5, 0.583, 1.334)])
def test_curve_of_umap(min_dist, a, b):
    assert_close(umap_curve(min_dist), (a, b), rtol=2e-3)


@pytest.mark.reference("edges and repelling points drawn", of="dlcore.representation.umap_loss")
def test_loss_is_the_mean_of_drawn_edges(generator):
    W = fuzzy_graph(X[:13], 4)
    Y = torch.randn(13, 2, generator=generator, dtype=torch.float64)
    a, b, m, drawn = 1.5, 0.9, 3, 40_000
    edge = W.flatten().multinomial(drawn, replacement=True, generator=generator)
    i, j = edge // 13, edge % 13
    others = torch.randint(13, (m, drawn), generator=generator)

    def log_q(u, v):
        return -torch.log1p(a * ((Y[u] - Y[v]).square().sum(-1) + 1e-3) ** b)

    repelled = torch.where(others == i, 0, -torch.log1p(-log_q(i, others).exp()))
    values = -log_q(i, j) + repelled.sum(0)
    error = values.std() / math.sqrt(drawn)
    assert (umap_loss(W, Y, a, b, negatives=m) - values.mean()).abs() < 4 * error


@pytest.mark.reference("sklearn.manifold.trustworthiness", of="dlcore.representation.umap")
def test_neighbours_stay_neighbours():
    data = DIGITS.float()
    found = umap(data, n_neighbors=10, steps=100)
    again = umap(data, n_neighbors=10, steps=100)
    assert torch.equal(found, again)
    assert found.dtype == torch.float32
    assert trustworthiness(DIGITS.numpy(), found.numpy()) > 0.95


@pytest.mark.bad_input
def test_what_does_not_fit():
    P = tsne_affinities(X, 7.0)
    for call, message in (
        (lambda: tsne_affinities(X, 60.0), "perplexity must be between 1 and 60"),
        (lambda: tsne_affinities(X, 1.0), "perplexity must be between"),
        (lambda: tsne_loss(P, X[:5]), r"expected P \(n, n\)"),
        (lambda: tsne_gradient(P, X[:5]), r"expected P \(n, n\)"),
        (lambda: tsne(X, perplexity=7, steps=0), "must be at least 1"),
        (lambda: tsne(X, perplexity=7, init=X), r"init must have shape \(61, 2\)"),
        (lambda: tsne(X, 61, perplexity=7), "n_components must be"),
        (lambda: fuzzy_graph(X, 1), "n_neighbors must be from 2 to 60"),
        (lambda: umap_curve(-0.1), "min_dist must be at least 0"),
        (lambda: umap_loss(P, X[:5], 1.0, 1.0), r"expected W \(n, n\)"),
        (lambda: umap(X, steps=0), "steps and lr must be positive"),
        (lambda: umap(X, 61), "n_components must be"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
