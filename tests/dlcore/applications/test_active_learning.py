"""Scores beside SciPy's, choices beside a loop and beside every possible choice."""

from itertools import combinations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from scipy.stats import entropy
from sklearn.naive_bayes import GaussianNB

from dlcore.applications import (
    LabellingRounds,
    active_learning_curve,
    covering_radius,
    k_center_greedy,
    uncertainty_sampling,
    uncertainty_scores,
)
from tests.parity import assert_close


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.applications.uncertainty_scores")
@pytest.mark.reference("numpy.sort", of="dlcore.applications.uncertainty_scores")
def test_three_ways_to_be_unsure(generator):
    p = torch.rand(50, 4, generator=generator, dtype=torch.float64).softmax(1)
    p[0] = torch.tensor([1.0, 0.0, 0.0, 0.0])
    rows = np.sort(p.numpy(), axis=1)
    assert_close(uncertainty_scores(p), 1 - (rows[:, -1] - rows[:, -2]))
    assert_close(uncertainty_scores(p, "least-confidence"), 1 - rows[:, -1])
    assert_close(uncertainty_scores(p, "entropy"), entropy(p.numpy(), axis=1))
    two = torch.stack([p[:, 0], 1 - p[:, 0]], 1)
    orders = [uncertainty_scores(two, s).argsort(stable=True) for s in ("margin", "entropy")]
    assert torch.equal(*orders)


@pytest.mark.reference("closed form", of="dlcore.applications.uncertainty_sampling")
def test_the_least_sure_that_have_no_label():
    p = torch.tensor([[0.5, 0.49, 0.01], [0.4, 0.3, 0.3], [0.9, 0.1, 0.0], [0.6, 0.4, 0.0]])
    assert uncertainty_sampling(p, 3).tolist() == [0, 1, 3]
    assert uncertainty_sampling(p, 3, strategy="least-confidence").tolist() == [1, 0, 3]
    assert uncertainty_sampling(p, 2, strategy="entropy").tolist() == [1, 0]
    labelled = torch.tensor([1, 0, 1])
    assert uncertainty_sampling(p, 2, labelled=labelled).tolist() == [3, 2]


@pytest.mark.reference("scipy.spatial.distance.cdist", of="dlcore.applications.k_center_greedy")
@pytest.mark.reference("scipy.spatial.distance.cdist", of="dlcore.applications.covering_radius")
def test_the_farthest_point_comes_next(generator):
    X = torch.randn(60, 3, generator=generator, dtype=torch.float64)
    distances = cdist(X.numpy(), X.numpy())
    start = torch.tensor([4, 17])
    expected = [4, 17]
    for _ in range(6):
        expected.append(int(distances[:, expected].min(1).argmax()))
    assert k_center_greedy(X, 6, centers=start).tolist() == expected[2:]
    radius = distances[:, expected].min(1).max()
    assert_close(covering_radius(X, torch.tensor(expected)), radius, atol=1e-6)
    twins = torch.zeros(4, 2)
    assert sorted(k_center_greedy(twins, 4).tolist()) == [0, 1, 2, 3]


@pytest.mark.reference("exhaustive enumeration", of="dlcore.applications.k_center_greedy")
def test_never_worse_than_twice_the_best(generator):
    for _ in range(5):
        X = torch.randn(11, 2, generator=generator, dtype=torch.float64)
        distances = cdist(X.numpy(), X.numpy())
        best = min(distances[:, list(c)].min(1).max() for c in combinations(range(11), 3))
        assert covering_radius(X, k_center_greedy(X, 3)) <= 2 * best + 1e-9


@pytest.mark.reference(
    "sklearn.naive_bayes.GaussianNB", of="dlcore.applications.active_learning_curve"
)
@pytest.mark.reference("sklearn.naive_bayes.GaussianNB", of="dlcore.applications.LabellingRounds")
def test_each_round_trains_on_what_is_labelled(generator):
    y = torch.randint(3, (90,), generator=generator)
    X = torch.randn(90, 2, generator=generator, dtype=torch.float64) + 2 * y[:, None]
    pool, rest = slice(0, 60), slice(60, 90)
    initial = torch.cat([(y[pool] == k).nonzero()[:3, 0] for k in range(3)])
    for acquire in ("random", "k-center", "margin", "least-confidence", "entropy"):
        found = active_learning_curve(
            GaussianNB(),
            X[pool],
            y[pool],
            X[rest],
            y[rest],
            acquire=acquire,
            initial=initial,
            batch=4,
            rounds=3,
            generator=generator,
        )
        assert isinstance(found, LabellingRounds)
        assert found.labels.tolist() == [9, 13, 17, 21]
        assert len(found.chosen.unique()) == 21
        assert torch.equal(found.chosen[:9], initial)
        for count, accuracy in zip(found.labels.tolist(), found.accuracy, strict=True):
            known = found.chosen[:count]
            model = GaussianNB().fit(X[known].numpy(), y[known].numpy())
            score = model.score(X[rest].numpy(), y[rest].numpy())
            assert_close(accuracy, score, rtol=1e-6)
        if acquire == "margin":
            known = found.chosen[:9]
            p = GaussianNB().fit(X[known], y[known]).predict_proba(X[pool])
            gaps = np.diff(np.sort(p, axis=1)[:, -2:])[:, 0]
            gaps[known] = np.inf
            assert set(found.chosen[9:13].tolist()) == set(np.argsort(gaps)[:4].tolist())


@pytest.mark.bad_input
def test_what_cannot_be_chosen():
    p, X = torch.tensor([[0.5, 0.5], [0.9, 0.1]]), torch.ones(3, 2)
    y, one = torch.tensor([0, 1, 0]), torch.tensor([0])

    def curve(**changes):
        settings = {"acquire": "margin", "initial": one, "batch": 1, "rounds": 1, **changes}
        return active_learning_curve(GaussianNB(), X, y, X, y, **settings)

    for call, message in (
        (lambda: uncertainty_scores(p[:, :1]), "k at least 2"),
        (lambda: uncertainty_scores(2 * p), "sum to 1"),
        (lambda: uncertainty_scores(p, "variance"), "strategy must be"),
        (lambda: uncertainty_sampling(p, 3), "2 examples are left"),
        (lambda: uncertainty_sampling(p, 2, labelled=torch.tensor([0])), "1 examples are left"),
        (lambda: k_center_greedy(X, 4), "new centres"),
        (lambda: k_center_greedy(X[0], 1), "new centres"),
        (lambda: covering_radius(X, one[:0]), "points"),
        (lambda: curve(acquire="guess"), "unknown way"),
        (lambda: curve(rounds=3), "cannot give"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
