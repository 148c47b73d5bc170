"""Dimensions against SciPy's distributions, grids against scikit-learn's."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.model_selection import ParameterGrid

from dlcore.evaluation import Choice, IntUniform, LogUniform, Uniform, parameter_grid
from tests.parity import assert_close

SHARES = (0.0, 0.013, 0.25, 0.5, 0.77, 1.0)


@pytest.mark.reference("scipy.stats.uniform", of="dlcore.evaluation.Uniform")
@pytest.mark.reference("scipy.stats.loguniform", of="dlcore.evaluation.LogUniform")
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Uniform(-2.0, 3.0), stats.uniform(-2, 5)),
        (LogUniform(1e-5, 1e-1), stats.loguniform(1e-5, 1e-1)),
    ],
)
def test_quantiles_and_shares(ours, theirs):
    values = [ours.quantile(u) for u in SHARES]
    assert_close(values, theirs.ppf(SHARES), rtol=1e-9)
    assert_close([ours.cdf(v) for v in values], theirs.cdf(values), rtol=1e-9, atol=1e-9)
    assert ours.cdf(ours.low / 2 - 10) == 0
    assert ours.cdf(ours.high + 10) == 1


@pytest.mark.reference("scipy.stats.randint", of="dlcore.evaluation.IntUniform")
def test_whole_numbers():
    ours, theirs = IntUniform(3, 9), stats.randint(3, 10)
    for u in (0.01, 0.3, 0.6, 0.99):
        assert ours.quantile(u) == theirs.ppf(u)
    assert ours.quantile(1.0) == 9
    for value in range(3, 10):
        assert theirs.cdf(value - 1) < ours.cdf(value) < theirs.cdf(value)
        assert ours.quantile(ours.cdf(value)) == value


@pytest.mark.reference("enumeration", of="dlcore.evaluation.Choice")
def test_a_choice_gives_each_option_its_share():
    dimension = Choice(["a", "b", "c"])
    found = [dimension.quantile((i + 0.5) / 30) for i in range(30)]
    assert [found.count(option) for option in "abc"] == [10, 10, 10]
    assert dimension.quantile(1.0) == "c"
    assert [dimension.quantile(dimension.cdf(option)) for option in "abc"] == ["a", "b", "c"]


@given(st.floats(0, 1), st.floats(1e-8, 1.0), st.floats(1.1, 1e6))
def test_no_draw_leaves_a_log_uniform_interval(u, low, factor):
    dimension = LogUniform(low, low * factor)
    assert dimension.low <= dimension.quantile(u) <= dimension.high


def test_draws_have_a_quarter_in_each_of_four_decades():
    generator = torch.Generator().manual_seed(0)
    rates = [LogUniform(1e-5, 1e-1).sample(generator) for _ in range(2000)]
    counts = np.histogram(np.log10(rates), bins=[-5, -4, -3, -2, -1])[0]
    assert stats.chisquare(counts).pvalue > 1e-4


@pytest.mark.reference(
    "sklearn.model_selection.ParameterGrid", of="dlcore.evaluation.parameter_grid"
)
def test_a_grid_has_all_combinations():
    space = {"lr": [0.1, 0.01], "norm": ["batch", "layer", "none"], "depth": [1, 2]}
    ours, theirs = parameter_grid(space), list(ParameterGrid(space))
    assert len(ours) == len(theirs) == 12
    assert all(point in theirs for point in ours)


def test_dimensions_are_cut_into_levels():
    grid = parameter_grid({"x": Uniform(0, 1), "y": IntUniform(1, 2), "z": Choice("ab")}, levels=5)
    assert len(grid) == 5 * 2 * 2
    assert [p["x"] for p in grid[::4]] == [0, 0.25, 0.5, 0.75, 1]
    assert Uniform(0, 1).levels(1) == [0.5]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Uniform(1, 1), "in order"),
        (lambda: Uniform(0, float("inf")), "finite"),
        (lambda: LogUniform(0.0, 1.0), "positive"),
        (lambda: IntUniform(3, 2), "whole numbers"),
        (lambda: IntUniform(0.5, 2), "whole numbers"),
        (lambda: Choice([]), "options"),
        (lambda: Uniform(0, 1).levels(0), "at least one level"),
        (lambda: parameter_grid({"x": Uniform(0, 1)}), "continuous"),
        (lambda: parameter_grid({"x": []}), "no values"),
    ],
)
def test_bad_spaces_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()
