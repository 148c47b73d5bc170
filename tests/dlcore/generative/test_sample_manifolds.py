"""Neighbourhoods against sets made for the answer and loops over scikit-learn's neighbours."""

import pytest
import torch
from sklearn.neighbors import NearestNeighbors

from dlcore.generative import nearest_train_distance, precision_recall_knn
from tests.parity import assert_close


@pytest.mark.reference(
    "sklearn.neighbors.NearestNeighbors", of="dlcore.generative.precision_recall_knn"
)
@pytest.mark.reference("loops", of="dlcore.generative.PrecisionRecall")
def test_against_loops(generator):
    real = torch.randn(25, 3, generator=generator).double()
    fake = 1.5 * torch.randn(20, 3, generator=generator).double() + 0.5
    k = 3
    radius = {}
    for name, X in (("real", real), ("fake", fake)):
        found, _ = NearestNeighbors(n_neighbors=k + 1).fit(X.numpy()).kneighbors(X.numpy())
        radius[name] = found[:, -1]
    near = [[(r - f).norm().item() for f in fake] for r in real]
    n, m = range(25), range(20)
    precision = sum(any(near[i][j] <= radius["real"][i] for i in n) for j in m) / 20
    recall = sum(any(near[i][j] <= radius["fake"][j] for j in m) for i in n) / 25
    density = sum(near[i][j] <= radius["real"][i] for i in n for j in m) / (k * 20)
    coverage = sum(any(near[i][j] <= radius["real"][i] for j in m) for i in n) / 25
    found = precision_recall_knn(real, fake, k)
    assert tuple(found) == pytest.approx((precision, recall, density, coverage))
    assert 0 < precision < 1
    assert 0 < recall < 1


def test_what_each_notices(generator):
    two = torch.randn(200, 2, generator=generator)
    two[100:, 0] += 20
    same = torch.randn(200, 2, generator=generator)
    same[100:, 0] += 20
    dropped = torch.randn(200, 2, generator=generator)
    good, drop = precision_recall_knn(two, same), precision_recall_knn(two, dropped)
    assert good.precision > 0.9
    assert good.recall > 0.9
    assert drop.precision > 0.9
    assert 0.4 < drop.recall < 0.55
    assert 0.4 < drop.coverage < 0.55
    wild = precision_recall_knn(two, 9 * torch.randn(200, 2, generator=generator))
    assert wild.precision < 0.4
    assert precision_recall_knn(two, two)[:2] == (1.0, 1.0)


@pytest.mark.reference("torch.cdist", of="dlcore.generative.nearest_train_distance")
@pytest.mark.reference("sets made for it", of="dlcore.generative.TrainDistances")
def test_copies_are_noticed(generator):
    train, held_out, fresh = torch.randn(3, 300, 2, generator=generator).double()
    copies = train + 1e-3 * torch.randn(300, 2, generator=generator).double()
    found = nearest_train_distance(copies, train, held_out)
    assert found.closer > 0.99
    assert_close(found.fake, torch.cdist(copies, train).amin(1), rtol=1e-5)
    assert_close(found.held_out, torch.cdist(held_out, train).amin(1), rtol=1e-5)
    assert abs(nearest_train_distance(fresh, train, held_out).closer - 0.5) < 0.15


@pytest.mark.bad_input
def test_bad_input():
    X = torch.zeros(4, 2)
    with pytest.raises(ValueError, match="k must be at least 1"):
        precision_recall_knn(X, X, 0)
    with pytest.raises(ValueError, match="at least 5 examples"):
        precision_recall_knn(X, X, 4)
    with pytest.raises(ValueError, match="needs features"):
        nearest_train_distance(X, X, torch.zeros(4, 3))
