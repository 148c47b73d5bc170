"""Histograms count what numpy counts; bars, icons and ellipses stand where they should."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from scipy.spatial.distance import mahalanobis

from dlcore.plot import plot_ellipses, plot_histograms, plot_icons, plot_pmf


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.reference("numpy.histogram", of="dlcore.plot.plot_histograms")
def test_shares_are_those_of_numpy_on_common_bins():
    generator = torch.Generator().manual_seed(0)
    a, b = torch.randn(7, 11, generator=generator), 2 * torch.randn(53, generator=generator)
    samples = {"a": a, "b": b}
    figure = plot_histograms(samples, bins=13, xlabel="h")
    everything = np.concatenate([s.numpy().ravel() for s in samples.values()])
    for ax, sample in zip(figure.axes, samples.values(), strict=True):
        steps = ax.patches[0].get_data()
        values, limits = sample.numpy().ravel(), (everything.min(), everything.max())
        counts, edges = np.histogram(values, 13, limits)
        assert np.allclose(steps.values, counts / values.size)
        assert np.allclose(steps.edges, edges)
    assert figure.get_supxlabel() == "h"


def test_what_lies_outside_is_said():
    figure = plot_histograms({"a": [0.0, 0.5, 9.0, -9.0]}, limits=(-1.0, 1.0))
    assert [t.get_text() for t in figure.axes[0].texts] == ["50.0% outside"]
    assert plot_histograms({"a": [0.0, 1.0]}).axes[0].texts[:] == []


@pytest.mark.reference("matplotlib.pyplot.bar", of="dlcore.plot.plot_pmf")
def test_bars_are_as_high_as_their_probabilities():
    p = torch.tensor([0.125, 0.25, 0.625])
    ax = plot_pmf(p, [3, 5, 11], digits=3)
    assert [bar.get_height() for bar in ax.patches] == p.tolist()
    centres = [bar.get_x() + bar.get_width() / 2 for bar in ax.patches]
    assert centres == pytest.approx([3, 5, 11])
    assert ax.get_xticks().tolist() == [3, 5, 11]
    assert [text.get_text() for text in ax.texts] == ["0.125", "0.250", "0.625"]


def test_bars_carry_the_names_of_the_outcomes():
    ax = plot_pmf([0.25, 0.75], ["rain", "dry"], digits=None)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["rain", "dry"]
    assert not ax.texts


@pytest.mark.reference("numpy.divmod by hand", of="dlcore.plot.plot_icons")
def test_icons_stand_row_by_row():
    ax = plot_icons({"a": 2, "b": 3}, columns=3, colors=["red", "blue"])
    assert [line.get_color() for line in ax.get_lines()] == ["red", "blue"]
    a, b = (line.get_xydata().tolist() for line in ax.get_lines())
    assert a == [[0, 0], [1, 0]]
    assert b == [[2, 0], [0, -1], [1, -1]]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a: 2", "b: 3"]


@pytest.mark.reference("scipy.spatial.distance.mahalanobis", of="dlcore.plot.plot_ellipses")
def test_ellipses_are_lines_of_equal_distance():
    mean, S = np.array([1.0, -2.0]), np.array([[4.0, 1.5], [1.5, 1.0]])
    for ellipse, r in zip(plot_ellipses(mean, S, [1, 3]).patches, (1, 3), strict=True):
        at_four = ellipse.get_patch_transform().transform([(1, 0), (0, 1), (-1, 0), (0, -1)])
        found = [mahalanobis(point, mean, np.linalg.inv(S)) for point in at_four]
        assert found == pytest.approx([r] * 4)


@pytest.mark.bad_input
def test_bad_probabilities_icons_and_ellipses():
    with pytest.raises(ValueError, match=r"shape \(2,\), there are 3 outcomes"):
        plot_pmf([0.5, 0.5], ["a", "b", "c"])
    with pytest.raises(ValueError, match=r"shape \(1, 2\)"):
        plot_pmf([[0.5, 0.5]])
    for counts in ({}, {"a": 0}, {"a": 2, "b": -1}):
        with pytest.raises(ValueError, match="at least one member"):
            plot_icons(counts)
    with pytest.raises(ValueError, match="at most 10 groups"):
        plot_icons(dict.fromkeys("abcdefghijk", 1))
    with pytest.raises(ValueError, match="1 groups, 2 colors"):
        plot_icons({"a": 1}, colors=["red", "blue"])
    with pytest.raises(ValueError, match="a column"):
        plot_icons({"a": 1}, columns=0)
    with pytest.raises(ValueError, match=r"mean \(2,\)"):
        plot_ellipses([0.0], [[1.0]])
    with pytest.raises(ValueError, match="eigenvalue -1, not positive"):
        plot_ellipses([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]])


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="there is no sample"):
        plot_histograms({})
    for values in ([], [1.0, float("nan")]):
        with pytest.raises(ValueError, match="a: a sample needs at least one value"):
            plot_histograms({"a": values})
