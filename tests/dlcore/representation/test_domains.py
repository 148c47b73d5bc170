"""Distances of domains and adaptation to one, against SciPy, NumPy, torch and hand computation."""

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import norm
from torch import nn
from torch.nn import functional as F

from dlcore.representation import (
    DANN,
    FeatureMatching,
    adapt_domain,
    coral_loss,
    dann_lambda,
    mmd_rbf,
    proxy_a_distance,
)
from dlcore.training import NonFiniteLossError
from tests.parity import assert_close, assert_parity


def sets(generator, n: int = 11, m: int = 7, d: int = 3):
    X = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return X, 2 * torch.randn(m, d, generator=generator, dtype=torch.float64) + 1


@pytest.mark.reference("scipy.spatial.distance.cdist", of="dlcore.representation.mmd_rbf")
def test_mean_discrepancy(generator):
    X, Y = sets(generator)

    def kernel(A, B, gamma):
        return np.exp(-gamma * cdist(A, B, "sqeuclidean"))

    for gamma in (0.3, 2.0):
        kxx, kyy, kxy = (kernel(A, B, gamma) for A, B in ((X, X), (Y, Y), (X, Y)))
        biased = kxx.mean() + kyy.mean() - 2 * kxy.mean()
        assert_close(mmd_rbf(X, Y, gamma=gamma), biased)
        off = [K[~np.eye(len(K), dtype=bool)].mean() for K in (kxx, kyy)]
        assert_close(mmd_rbf(X, Y, gamma=gamma, unbiased=True), sum(off) - 2 * kxy.mean())
    Z = torch.cat([X, Y])
    pairs = cdist(Z, Z, "sqeuclidean")[np.triu_indices(18, 1)]
    gamma = 1 / np.sort(pairs)[(len(pairs) - 1) // 2]
    assert_close(mmd_rbf(X, Y), mmd_rbf(X, Y, gamma=float(gamma)))
    assert mmd_rbf(torch.ones(3, 2), torch.ones(4, 2)) == 0

    def by_pairs(X, Y):
        k = [(-0.3 * (A[:, None] - B).square().sum(2)).exp() for A, B in ((X, X), (Y, Y), (X, Y))]
        return k[0].mean() + k[1].mean() - 2 * k[2].mean()

    assert_parity(lambda X, Y: mmd_rbf(X, Y, gamma=0.3), by_pairs, X, Y)


@pytest.mark.reference("numpy.cov", of="dlcore.representation.coral_loss")
def test_difference_of_covariances(generator):
    X, Y = sets(generator)
    gap = np.cov(X.T.numpy()) - np.cov(Y.T.numpy())
    assert_close(coral_loss(X, Y), (gap**2).sum() / 36)
    assert_parity(coral_loss, lambda X, Y: (X.T.cov() - Y.T.cov()).square().sum() / 36, X, Y)
    assert_close(coral_loss(X, X + 100), 0.0, atol=1e-12)


@pytest.mark.reference("scipy.stats.norm.cdf", of="dlcore.representation.proxy_a_distance")
def test_distance_of_two_normals(generator):
    X = torch.randn(3000, 1, generator=generator)
    Y = torch.randn(1000, 1, generator=generator) + 2
    error = norm.cdf(-1)
    spread = 4 * math.sqrt(error * (1 - error) * (1 / 3000 + 1 / 1000) / 4)
    assert abs(proxy_a_distance(X, Y) - 2 * (1 - 2 * error)) < 4 * spread
    assert abs(proxy_a_distance(X[:1000], X[1000:])) < 0.3
    assert proxy_a_distance(X[:50], X[:50] + 99) == 2


@pytest.mark.reference("math.tanh", of="dlcore.representation.dann_lambda")
def test_schedule():
    for p, expected in ((0, 0.0), (0.1, 0.4621), (0.5, 0.9866), (1, 0.9999)):
        assert_close(dann_lambda(p), expected, atol=5e-5)
        assert_close(dann_lambda(p, 3.0), math.tanh(1.5 * p), atol=1e-12)


@pytest.mark.reference("torch.autograd.grad of both losses", of="dlcore.representation.DANN")
def test_critic_descends_and_encoder_climbs(generator):
    encoder, classifier, critic = nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(4, 1)
    model = DANN(encoder, classifier, critic, steepness=4.0).double()
    X, Y = sets(generator)
    labels = torch.arange(11) % 2
    model.progress = 0.3
    loss = model(X, labels, Y)
    known = F.cross_entropy(classifier(encoder(X)), labels)
    odds = critic(encoder(X)), critic(encoder(Y))
    told = [
        F.binary_cross_entropy_with_logits(o, torch.full_like(o, float(side)))
        for side, o in enumerate(odds)
    ]
    domain = (told[0] + told[1]) / 2
    assert_close(loss, known + domain)
    loss.backward()
    by_label = torch.autograd.grad(known, [encoder.weight, classifier.weight])
    by_domain = torch.autograd.grad(domain, [encoder.weight, critic.weight])
    weight = 2 / (1 + math.exp(-1.2)) - 1
    assert_close(encoder.weight.grad, by_label[0] - weight * by_domain[0], atol=1e-12)
    assert_close(classifier.weight.grad, by_label[1])
    assert_close(critic.weight.grad, by_domain[1])
    assert_close(model.predict(Y), classifier(model.features(Y)))


@pytest.mark.reference("sum of both terms by hand", of="dlcore.representation.FeatureMatching")
def test_distance_is_added(generator):
    encoder, classifier = nn.Linear(3, 4).double(), nn.Linear(4, 2).double()
    X, Y = sets(generator)
    labels = torch.arange(11) % 2
    known = F.cross_entropy(classifier(encoder(X)), labels)
    a, b = encoder(X).T.cov(), encoder(Y).T.cov()
    for weight in (0.0, 2.5):
        loss = FeatureMatching(encoder, classifier, weight=weight)(X, labels, Y)
        assert_close(loss, known + weight * (a - b).square().sum() / 64)
    loss = FeatureMatching(encoder, classifier, lambda u, v: (u.mean() - v.mean()).abs())
    assert_close(loss(X, labels, Y), known + (encoder(X).mean() - encoder(Y).mean()).abs())


@pytest.mark.reference("torch.optim.Adam by hand", of="dlcore.representation.adapt_domain")
def test_training_steps(generator):
    X, Y = sets(generator)
    labels = torch.arange(11) % 2

    def model():
        torch.manual_seed(0)
        return FeatureMatching(nn.Linear(3, 4), nn.Linear(4, 2), weight=0.0).double()

    ours, theirs = model(), model()
    history = adapt_domain(ours, X, labels, Y, epochs=3, batch_size=11, lr=0.1, generator=generator)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=0.1)
    for expected in history["loss"]:
        loss = F.cross_entropy(theirs.predict(X), labels)
        assert_close(expected, loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert_close(ours.encoder.weight, theirs.encoder.weight, rtol=1e-6)


def test_progress_runs_from_0_towards_1_and_modes_come_back(generator):
    seen = []

    class Watched(DANN):
        def forward(self, x_source, y_source, x_target):
            seen.append((self.progress, self.training, len(x_source), len(x_target)))
            return super().forward(x_source, y_source, x_target)

    X, Y = sets(generator)
    model = Watched(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(4, 1)).double().eval()
    adapt_domain(model, X, torch.arange(11) % 2, Y, epochs=2, batch_size=6, generator=generator)
    assert seen == [(0.0, True, 6, 6), (0.25, True, 5, 5), (0.5, True, 6, 6), (0.75, True, 5, 5)]
    assert not model.training


@pytest.mark.bad_input
def test_what_does_not_fit(generator):
    X, Y = sets(generator)
    labels = torch.arange(11) % 2
    plain = FeatureMatching(nn.Linear(3, 4), nn.Linear(4, 2)).double()
    wide = DANN(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(4, 2)).double()
    for call, message in (
        (lambda: mmd_rbf(X, Y[:, :2]), "needs two sets"),
        (lambda: mmd_rbf(X, Y, gamma=0.0), "gamma must be positive"),
        (lambda: coral_loss(X, Y[:1]), "at least 2 examples"),
        (lambda: proxy_a_distance(X, Y[:4]), "at least 5 examples"),
        (lambda: dann_lambda(1.1), r"progress must be in \[0, 1\]"),
        (lambda: wide(X, labels, Y), "the critic must give shape"),
        (lambda: FeatureMatching(plain, plain, weight=-1.0), "weight must be at least 0"),
        (lambda: adapt_domain(plain, X, labels, Y, epochs=0), "at least one epoch"),
        (lambda: adapt_domain(plain, X, labels, Y[:0], epochs=1), "one example of the target"),
        (lambda: adapt_domain(plain, X, labels[:3], Y, epochs=1), "differ in length"),
        (lambda: adapt_domain(plain, X, labels, Y, epochs=1, batch_size=0), "batch_size"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(NonFiniteLossError, match="at step 0 of epoch 0"):
        adapt_domain(plain, X * torch.nan, labels, Y, epochs=1)
