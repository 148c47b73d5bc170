"""k-means against scikit-learn from the same start, and the draws of k-means++."""

import numpy as np
import pytest
import torch
from sklearn.cluster import KMeans as SklearnKMeans
from sklearn.datasets import make_blobs

from dlcore.classical import KMeans, kmeans_plus_plus
from tests.parity import assert_close

X, _ = make_blobs(500, 3, centers=25, cluster_std=0.7, random_state=0)


@pytest.mark.reference("sklearn.cluster.KMeans", of="dlcore.classical.KMeans")
def test_lloyd_from_the_same_start():
    start = X[::20]
    ours = KMeans(25, init=start, tol=0).fit(X)
    theirs = SklearnKMeans(25, init=start, n_init=1, tol=0, algorithm="lloyd").fit(X)
    assert_close(ours.inertia_, theirs.inertia_, rtol=1e-9)
    assert_close(ours.cluster_centers_, theirs.cluster_centers_, rtol=1e-7)
    assert (ours.labels_ == theirs.labels_).all()
    assert (ours.predict(X + 0.1) == theirs.predict(X + 0.1)).all()
    assert_close(ours.transform(X), theirs.transform(X), rtol=1e-7, atol=1e-7)
    assert_close(ours.score(X), theirs.score(X), rtol=1e-7)
    assert (np.diff(ours.inertias_) <= 1e-9 * ours.inertia_).all()


def test_restarts_reach_what_scikit_learn_reaches():
    ours = KMeans(25, n_init=10, random_state=0).fit(X).inertia_
    theirs = SklearnKMeans(25, n_init=10, random_state=0).fit(X).inertia_
    assert ours < 1.05 * theirs


def test_careful_seeding_beats_random_examples():
    means = {
        init: np.mean([KMeans(25, init=init, random_state=s).fit(X).inertia_ for s in range(20)])
        for init in ("random", "k-means++")
    }
    assert means["k-means++"] < 0.8 * means["random"]


@pytest.mark.reference("closed form", of="dlcore.probability.kmeans_plus_plus")
def test_centres_are_drawn_in_proportion_to_squared_distance(generator):
    points = torch.tensor([[0.0], [1.0], [10.0]], dtype=torch.float64)
    seconds = []
    while len(seconds) < 1500:
        first, second = kmeans_plus_plus(points, 2, generator=generator)[:, 0].tolist()
        if first == 0:
            seconds.append(second)
    assert 0 not in seconds
    expected = 1 / 101
    share = seconds.count(1.0) / len(seconds)
    assert abs(share - expected) < 4 * (expected * (1 - expected) / len(seconds)) ** 0.5
    assert kmeans_plus_plus(points, 3, generator=generator).sum() == 11


def test_more_trials_choose_better_centres(generator):
    A = torch.from_numpy(X)
    cost = {
        trials: np.mean(
            [
                torch.cdist(A, kmeans_plus_plus(A, 25, trials=trials, generator=generator))
                .amin(1)
                .square()
                .sum()
                for _ in range(20)
            ]
        )
        for trials in (1, 5)
    }
    assert cost[5] < 0.9 * cost[1]


def test_a_cluster_without_examples_gets_some():
    points = np.array([[0.0], [1.0], [10.0], [11.0]])
    model = KMeans(3, init=np.array([[0.0], [100.0], [200.0]])).fit(points)
    assert len(set(model.labels_)) == 3
    assert model.inertia_ == 0.5


def test_tensors_in_tensors_out():
    A = torch.tensor(X).float()
    model = KMeans(5, random_state=0).fit(A)
    assert model.cluster_centers_.dtype == torch.float32
    assert model.predict(A).equal(model.labels_)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: KMeans(0).fit(X), "n_clusters"),
        (lambda: KMeans(501).fit(X), "n_samples=500"),
        (lambda: KMeans(2, init="corner").fit(X), "corner"),
        (lambda: KMeans(2, init=X[:3]).fit(X), r"\(3, 3\)"),
        (lambda: kmeans_plus_plus(torch.ones(3, 1), 4), "1 to 3"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
