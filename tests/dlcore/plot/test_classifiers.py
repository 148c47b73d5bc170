"""Confusion matrices show their numbers; regions are where the classifier says."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix
from sklearn.neighbors import NearestCentroid

from dlcore.data import blobs
from dlcore.plot import plot_confusion_matrix, plot_decision_regions
from dlcore.plot.classifiers import RASTERIZE_ABOVE


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.reference("sklearn.metrics.confusion_matrix", of="dlcore.plot.plot_confusion_matrix")
def test_every_count_stands_in_its_cell():
    true = np.array([0, 0, 1, 2, 2, 2])
    C = confusion_matrix(true, [0, 1, 1, 2, 2, 0])
    ax = plot_confusion_matrix(torch.from_numpy(C), ["a", "b", "c"])
    for text in ax.texts:
        column, row = text.get_position()
        assert text.get_text() == str(C[row, column])
    assert np.allclose(ax.get_images()[0].get_array(), C / C.sum(axis=1, keepdims=True))
    assert ax.get_ylabel() == "true class"


def test_a_class_without_examples_is_drawn_empty():
    ax = plot_confusion_matrix([[2, 0], [0, 0]])
    assert np.array_equal(ax.get_images()[0].get_array(), [[1, 0], [0, 0]])


@pytest.mark.reference("sklearn.neighbors.NearestCentroid", of="dlcore.plot.plot_decision_regions")
@pytest.mark.parametrize("scores", [False, True])
def test_regions_are_the_classifiers_answers(scores):
    centers = torch.tensor([[0.0, 3.0], [3.0, 0.0], [-3.0, -1.0]])
    X, y = blobs(61, centers, 0.5, generator=torch.Generator().manual_seed(0))
    model = NearestCentroid().fit(X, y)

    def predict(points):
        if not scores:
            return torch.from_numpy(model.predict(points))
        return -torch.cdist(points, torch.from_numpy(model.centroids_).float())

    ax = plot_decision_regions(predict, X, y, resolution=17, classes=["a", "b", "c"])
    mesh = ax.collections[0]
    corners = mesh.get_coordinates()
    middles = (corners[1:, 1:] + corners[:-1, :-1]) / 2
    expected = model.predict(middles.reshape(-1, 2).astype(np.float32))
    assert np.array_equal(np.asarray(mesh.get_array()).ravel(), expected)
    points = np.concatenate([c.get_offsets() for c in ax.collections[2:]])
    assert np.allclose(np.sort(points, axis=0), np.sort(X.numpy(), axis=0))
    assert mesh.get_rasterized()


def test_many_points_are_rasterized_and_one_region_has_no_boundary():
    X = torch.randn(RASTERIZE_ABOVE + 1, 2)
    ax = plot_decision_regions(lambda P: torch.zeros(len(P)).long(), X, torch.zeros(len(X)).long())
    assert len(ax.collections) == 2
    assert ax.collections[1].get_rasterized()


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"square, got shape \(2, 3\)"):
        plot_confusion_matrix(torch.zeros(2, 3))
    with pytest.raises(ValueError, match="2 classes, 3 names"):
        plot_confusion_matrix(torch.zeros(2, 2), ["a", "b", "c"])
    with pytest.raises(ValueError, match=r"got \(5, 3\) and \(5,\)"):
        plot_decision_regions(lambda P: P, torch.zeros(5, 3), torch.zeros(5))
