"""The sets of scikit-learn arrive complete, with their own labels and names."""

import numpy as np
import pytest
import torch
from sklearn import datasets

from dlcore import data


def check(splits, bunch, scale=1):
    """The parts together are the original, row for row, whatever the order."""
    parts = (splits.train, splits.validation, splits.test)
    X = torch.cat([p.X for p in parts]).numpy()
    y = torch.cat([p.y for p in parts]).numpy()
    ours = np.column_stack([X, y])
    theirs = np.column_stack([bunch.data.astype(np.float32) / scale, bunch.target])
    assert X.dtype == np.float32
    order = np.lexsort(ours.T), np.lexsort(theirs.T)
    assert np.array_equal(ours[order[0]], theirs[order[1]])
    assert all(getattr(splits.provenance, f) for f in ("name", "source", "licence", "citation"))
    return splits


@pytest.mark.reference("sklearn.datasets.load_digits", of="dlcore.data.load_digits")
def test_digits():
    splits = check(data.load_digits(), datasets.load_digits(), scale=16)
    assert [len(p.y) for p in (splits.train, splits.validation, splits.test)] == [1078, 360, 359]
    assert splits.train.X.min() == 0
    assert splits.train.X.max() == 1
    assert splits.train.y.dtype == torch.int64
    assert splits.image_shape == (8, 8)
    assert splits.classes == tuple("0123456789")


@pytest.mark.reference("sklearn.datasets.load_iris", of="dlcore.data.load_iris")
def test_iris():
    splits = check(data.load_iris(), datasets.load_iris())
    assert splits.test.y.bincount().tolist() == [10, 10, 10]
    assert splits.features[0] == "sepal length (cm)"


@pytest.mark.reference("sklearn.datasets.load_wine", of="dlcore.data.load_wine")
def test_wine():
    assert len(check(data.load_wine(), datasets.load_wine()).features) == 13


@pytest.mark.reference("sklearn.datasets.load_breast_cancer", of="dlcore.data.load_breast_cancer")
def test_breast_cancer():
    splits = check(data.load_breast_cancer(), datasets.load_breast_cancer())
    assert splits.classes == ("malignant", "benign")


@pytest.mark.reference("sklearn.datasets.load_diabetes", of="dlcore.data.load_diabetes")
def test_diabetes():
    splits = check(data.load_diabetes(), datasets.load_diabetes(scaled=False))
    assert splits.train.y.dtype == torch.float32
    assert splits.classes == ()
    assert splits.image_shape is None


@pytest.mark.parametrize("name", ["digits", "iris", "wine", "breast_cancer", "diabetes"])
def test_the_split_is_the_same_each_time_and_follows_the_generator(name):
    load = getattr(data, f"load_{name}")
    assert torch.equal(load().test.X, load().test.X)
    assert not torch.equal(load().test.X, load(generator=torch.Generator().manual_seed(5)).test.X)
