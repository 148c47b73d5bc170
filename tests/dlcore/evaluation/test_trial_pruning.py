"""Pruners on curves written by hand."""

import math
from itertools import pairwise

import pytest

from dlcore.evaluation import MedianPruner, NoProgressPruner


def first_stop(pruner, values):
    return next((t for t, v in enumerate(values) if pruner.should_stop(t, v)), None)


@pytest.mark.reference("scripted curves", of="dlcore.evaluation.NoProgressPruner")
@pytest.mark.parametrize(
    ("values", "stop"),
    [
        ([1.0] * 10, 2),
        ([1.0, 0.9, 0.95, 0.9, 0.8], 3),
        ([1 / (t + 1) for t in range(10)], None),
        ([1.0, math.nan, math.nan], 2),
        ([1.0, 1.2, 0.99, 1.0, 1.0], 4),
    ],
)
def test_a_fifth_of_the_run_without_progress_ends_it(values, stop):
    assert first_stop(NoProgressPruner(total=10), values) == stop


def test_a_tiny_gain_is_none():
    curve = [1 - 0.001 * t for t in range(10)]
    assert first_stop(NoProgressPruner(10, min_delta=0.01), curve) == 2
    assert first_stop(NoProgressPruner(10), curve) is None


@pytest.mark.reference("statistics.median of scripted curves", of="dlcore.evaluation.MedianPruner")
def test_a_run_worse_than_the_median_ends():
    pruner = MedianPruner(warmup=1, min_runs=3)
    for start in (1.0, 2.0, 3.0):
        pruner.start()
        assert first_stop(pruner, [start, start - 0.5, start - 1]) is None
    pruner.start()
    assert first_stop(pruner, [9.0, 1.6]) == 1
    pruner.start()
    assert first_stop(pruner, [1.2, 9.0, 9.0, 9.0]) == 2
    pruner.start()
    assert first_stop(pruner, [math.nan, math.nan]) == 1


def test_values_at_the_median_are_kept():
    pruner = MedianPruner(min_runs=1)
    curves = [[3.0, 2.0], [3.0, 2.0], [2.9, 2.0]]
    for earlier, later in pairwise(curves):
        assert earlier[1] == later[1]
    for curve in curves:
        pruner.start()
        assert first_stop(pruner, curve) is None


@pytest.mark.bad_input
def test_bad_pruners_are_refused():
    for options in ({"total": 0}, {"total": 5, "share": 0.0}, {"total": 5, "min_delta": -1.0}):
        with pytest.raises(ValueError, match="total must"):
            NoProgressPruner(**options)
    for options in ({"warmup": -1}, {"min_runs": 0}):
        with pytest.raises(ValueError, match="min_runs"):
            MedianPruner(**options)
    with pytest.raises(ValueError, match="start"):
        MedianPruner().should_stop(0, 1.0)
    pruner = MedianPruner()
    pruner.start()
    with pytest.raises(ValueError, match="every step"):
        pruner.should_stop(1, 1.0)
