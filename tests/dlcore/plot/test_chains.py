"""Traces show every draw; ranks are counted as scipy and numpy count them."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.plot import plot_rank_histogram, plot_ranks, plot_trace


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.fixture
def samples():
    return torch.randn(3, 40, generator=torch.Generator().manual_seed(0))


@pytest.mark.reference("matplotlib.pyplot.plot", of="dlcore.plot.plot_trace")
def test_one_line_a_chain(samples):
    ax = plot_trace(samples, ylabel="x")
    assert [line.get_ydata().tolist() for line in ax.get_lines()] == samples.tolist()
    assert len({line.get_color() for line in ax.get_lines()}) == 3
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("draw", "x")


@pytest.mark.reference("scipy.stats.rankdata", of="dlcore.plot.plot_ranks")
def test_each_chain_is_ranked_among_all(samples):
    ax = plot_ranks(samples, bins=6)
    ranks = stats.rankdata(samples).reshape(3, 40)
    for patch, row in zip(ax.patches, ranks, strict=True):
        counts, _ = np.histogram(row, 6, (0.5, 120.5))
        assert patch.get_data().values.tolist() == counts.tolist()
    low, high = ax.collections[0].get_datalim(ax.transData).intervaly
    assert (low, high) == stats.binom.interval(0.99, 40, 1 / 6)
    assert ax.get_lines()[0].get_ydata()[0] == pytest.approx(40 / 6)


@pytest.mark.reference("numpy.bincount", of="dlcore.plot.plot_rank_histogram")
def test_ranks_of_the_truth_are_counted():
    ranks = torch.randint(20, (300,), generator=torch.Generator().manual_seed(0))
    for bins in (20, 5):
        ax = plot_rank_histogram(ranks, 19, bins=bins)
        counts = np.bincount(ranks.numpy() * bins // 20, minlength=bins)
        assert ax.patches[0].get_data().values.tolist() == counts.tolist()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: plot_trace([1.0, 2.0]), "chains, draws"),
        (lambda: plot_ranks(np.zeros((3, 0))), "chains, draws"),
        (lambda: plot_ranks([[1.0, 2.0]], bins=1), "2 bins"),
        (lambda: plot_rank_histogram([3], 2), "from 0 to 2"),
        (lambda: plot_rank_histogram([1], 4, bins=2), "one size"),
    ],
)
def test_bad_input(call, says):
    with pytest.raises(ValueError, match=says):
        call()
