"""Histograms count what numpy counts, on common bins."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from dlcore.plot import plot_histograms


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


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="there is no sample"):
        plot_histograms({})
    for values in ([], [1.0, float("nan")]):
        with pytest.raises(ValueError, match="a: a sample needs at least one value"):
            plot_histograms({"a": values})
