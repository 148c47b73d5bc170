"""Searches against enumeration and closed forms."""

import math

import numpy as np
import pytest
import torch

from dlcore.evaluation import (
    Choice,
    LogUniform,
    Search,
    Trial,
    Uniform,
    exhaustive_search,
    parameter_grid,
    random_search,
    two_stage_search,
)

SQUARE = {"x": Uniform(0, 1), "y": Uniform(0, 1)}


@pytest.mark.reference("numpy.fmin.accumulate", of="dlcore.evaluation.Search")
@pytest.mark.reference("numpy.nanargmin", of="dlcore.evaluation.Trial")
def test_the_best_and_the_record():
    values = [3.0, math.nan, 2.0, 5.0, 2.0, math.inf]
    search = Search([Trial({"i": i}, v) for i, v in enumerate(values)])
    assert search.best.params["i"] == np.nanargmin(values)
    assert search.best_so_far == np.fmin.accumulate(values).tolist()
    assert Search([Trial({}, math.nan)]).best_so_far == [math.inf]


@pytest.mark.reference("numpy.argmin", of="dlcore.evaluation.exhaustive_search")
def test_a_grid_search_finds_the_smallest_value_of_the_table():
    xs, ys = np.linspace(0, 1, 5), np.linspace(0, 1, 3)
    table = np.cos(9 * xs)[:, None] + np.sin(7 * ys)
    search = exhaustive_search(
        lambda p: math.cos(9 * p["x"]) + math.sin(7 * p["y"]),
        parameter_grid({"x": xs.tolist(), "y": ys.tolist()}),
    )
    assert np.allclose([trial.value for trial in search.trials], table.ravel())
    assert search.best == search.trials[int(table.argmin())]


@pytest.mark.reference("closed form: 1 - 0.95^20", of="dlcore.evaluation.random_search")
def test_twenty_draws_hit_the_best_twentieth_with_probability_0_64():
    generator = torch.Generator().manual_seed(0)
    runs = 300
    hits = sum(
        random_search(
            lambda p: float(p["x"] > 0.05), {"x": Uniform(0, 1)}, 20, generator=generator
        ).best.value
        == 0
        for _ in range(runs)
    )
    expected = 1 - 0.95**20
    assert abs(hits / runs - expected) < 4.5 * math.sqrt(expected * (1 - expected) / runs)


@pytest.mark.reference("closed form", of="dlcore.evaluation.two_stage_search")
def test_the_second_stage_multiplies_a_rate_by_log_normal_factors():
    """The first trial stays the best, so that all others step from it."""
    seen = []

    def objective(params):
        seen.append(params["lr"])
        return len(seen)

    space = {"lr": LogUniform(1e-12, 1e12), "kind": Choice("ab")}
    generator = torch.Generator().manual_seed(0)
    search = two_stage_search(
        objective, space, explore=1, exploit=200, width=0.01, generator=generator
    )
    steps = np.log([trial.params["lr"] / seen[0] for trial in search.trials[1:]])
    deviation = 0.01 * math.log(1e24)
    assert abs(steps.std() / deviation - 1) < 4 / math.sqrt(2 * 200)
    assert abs(steps.mean()) < 4 * deviation / math.sqrt(200)
    assert {trial.params["kind"] for trial in search.trials} == {search.trials[0].params["kind"]}


def test_two_stages_have_thirty_trials_and_stay_in_bounds():
    calls = []

    def objective(params):
        calls.append(params)
        return abs(math.log10(params["lr"]) + 5)

    generator = torch.Generator().manual_seed(1)
    space = {"lr": LogUniform(1e-5, 1e-1)}
    search = two_stage_search(objective, space, width=0.5, generator=generator)
    assert len(calls) == len(search.trials) == 30
    assert all(1e-5 <= params["lr"] <= 1e-1 for params in calls)
    record = search.best_so_far
    assert record == sorted(record, reverse=True)
    assert search.best.value == min(trial.value for trial in search.trials)


def test_the_same_seed_gives_the_same_search():
    first, second = (
        random_search(sum_of, SQUARE, 5, generator=torch.Generator().manual_seed(3))
        for _ in range(2)
    )
    assert first == second


def sum_of(params):
    return sum(params.values())


@pytest.mark.bad_input
def test_bad_searches_are_refused():
    with pytest.raises(ValueError, match="nothing to try"):
        exhaustive_search(sum_of, [])
    with pytest.raises(ValueError, match="at least one trial"):
        random_search(sum_of, SQUARE, 0)
    with pytest.raises(ValueError, match="empty"):
        random_search(sum_of, {}, 3)
    with pytest.raises(TypeError, match="must be a Uniform"):
        random_search(sum_of, {"x": [1, 2]}, 3)
    for options in ({"explore": 0}, {"exploit": -1}, {"width": 0.0}):
        with pytest.raises(ValueError, match="two_stage_search"):
            two_stage_search(sum_of, SQUARE, **options)
