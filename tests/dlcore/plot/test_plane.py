"""Arrows end where their vectors do, and the grid lies where the matrix sends it."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlcore.plot import COLORS, plot_linear_map, plot_vectors


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def tips(ax):
    return np.array([text.xy for text in ax.texts if not text.get_text()])


@pytest.mark.reference("matplotlib.axes.Axes.annotate", of="dlcore.plot.plot_vectors")
def test_each_arrow_ends_at_its_vector():
    V = torch.tensor([[1.0, 2.0], [-3.0, 0.5], [0.0, 0.0]])
    ax = plot_vectors(V, ["a", "b", "c"])
    assert np.allclose(tips(ax), V)
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["a", "b", "c"]
    low, high = np.array([ax.get_xlim(), ax.get_ylim()]).T
    assert ((low <= V.numpy()) & (V.numpy() <= high)).all()
    assert ax.get_aspect() == 1


@pytest.mark.reference("numpy.matmul", of="dlcore.plot.plot_linear_map")
@pytest.mark.parametrize("A", [[[2.0, 1.0], [-1.0, 3.0]], [[1.0, 2.0], [0.5, 1.0]]])
def test_the_grid_is_moved_by_the_matrix(A):
    A = np.array(A)
    ax = plot_linear_map(torch.tensor(A), reach=3)
    assert np.allclose(tips(ax), A.T)
    before = [l.get_xydata() for l in ax.get_lines() if l.get_color() == COLORS["gray"]]
    after = [l.get_xydata() for l in ax.get_lines() if l.get_color() == COLORS["blue"]]
    assert len(before) == len(after) == 14
    for old, new in zip(before, after, strict=True):
        assert np.allclose(old @ A.T, new)
    corners = ax.patches[0].get_xy()[:4]
    assert np.allclose(corners, np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) @ A.T)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match=r"shape \(n, 2\), got \(3, 3\)"):
        plot_vectors(torch.eye(3))
    with pytest.raises(ValueError, match="2 vectors, 1 labels, 2 colors"):
        plot_vectors(torch.eye(2), ["a"])
    with pytest.raises(ValueError, match=r"shape \(2, 2\), got \(3, 3\)"):
        plot_linear_map(torch.eye(3))
    with pytest.raises(ValueError, match="at least 1, got 0"):
        plot_linear_map(torch.eye(2), reach=0)
