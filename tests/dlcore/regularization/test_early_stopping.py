"""Early stopping against traces worked by hand, exhaustive search, and descent on a quadratic."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from dlcore.regularization import early_stopping_shrinkage, train_with_early_stopping
from tests.parity import assert_close


def run(values, every=1, **options):
    """The training of a model whose one weight is the number of steps made."""
    model, coming = nn.Linear(1, 1, bias=False), iter(values)
    nn.init.zeros_(model.weight)

    def step():
        with torch.no_grad():
            model.weight += 1

    stopped = train_with_early_stopping(
        model, step, lambda: next(coming), every=every, max_steps=len(values) * every, **options
    )
    return stopped, model.weight.item()


@pytest.mark.reference(
    "traces worked by hand", of="dlcore.regularization.train_with_early_stopping"
)
@pytest.mark.reference("traces worked by hand", of="dlcore.regularization.StoppedTraining")
@pytest.mark.parametrize(
    ("values", "patience", "best", "steps"),
    [
        ([5, 4, 4, 4, 3, 3.5, 3.2, 3.1, 2], 3, 5, 8),
        ([5, 4, 3, 3.5, 3.2, 3.1, 2], 3, 3, 6),
        ([5, 4, 6, 3, 6, 6, 2.5, 9, 9, 9], 3, 7, 10),
        ([5, 4, 4, 4, 4, 3], 3, 2, 5),
        ([1, 2], 1, 1, 2),
        ([5, math.nan, 4, math.nan, math.nan], 2, 3, 5),
        ([math.nan, math.nan, 1], 2, 0, 2),
    ],
)
@pytest.mark.parametrize("every", [1, 7])
def test_traces(values, patience, best, steps, every):
    stopped, weight = run(values, every, patience=patience)
    assert (stopped.best_step, stopped.steps) == (best * every, steps * every)
    assert weight == (best or steps) * every
    np.testing.assert_array_equal(stopped.values, values[:steps])


def test_an_accuracy_that_peaks_is_followed_for_as_long_as_patience_lasts():
    accuracy = [0.9 - 1e-3 * abs(epoch - 142) for epoch in range(1, 301)]
    stopped, weight = run(accuracy, mode="max", patience=20)
    assert (stopped.best_step, stopped.steps, weight) == (142, 162, 142)
    assert stopped.best == pytest.approx(0.9)


def test_a_small_gain_does_not_count():
    assert run([3.0, 2.95, 2.9, 2.5], patience=2, min_delta=0.2)[0].best_step == 1
    assert run([3.0, 2.95, 2.7, 2.65], patience=2, min_delta=0.2)[0].best_step == 3


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=19),
    st.integers(1, 5),
    st.sampled_from(["min", "max"]),
    st.integers(0, 2),
)
def test_the_rule_by_exhaustive_search(values, patience, mode, min_delta):
    sign = 1 if mode == "min" else -1
    records, record = [], math.inf
    for i, value in enumerate(values, start=1):
        if sign * value < record - min_delta:
            record, records = sign * value, [*records, i]
    gaps = zip(records, [*records[1:], math.inf], strict=True)
    best = next(r for r, following in gaps if following > r + patience)
    stopped, weight = run(values, patience=patience, mode=mode, min_delta=min_delta)
    assert stopped.steps == min(best + patience, len(values))
    assert stopped.best_step == weight == best
    assert stopped.best == values[best - 1]


def test_steps_end_at_the_limit_between_two_evaluations():
    values = iter([3.0, 2.0, 1.0])
    stopped = train_with_early_stopping(
        nn.Identity(), lambda: None, lambda: next(values), patience=5, every=2, max_steps=5
    )
    assert (stopped.steps, stopped.values) == (5, [3.0, 2.0])


@pytest.mark.reference("descent in numpy", of="dlcore.regularization.early_stopping_shrinkage")
@pytest.mark.parametrize("steps", [0, 1, 100])
def test_shrinkage_is_that_of_descent_on_a_quadratic(steps):
    curvature, minimizer = np.array([10.0, 1.0, 0.1, 0.01, 0.0]), np.array([2.0, -1, 3, 5, 1])
    w = np.zeros(5)
    for _ in range(steps):
        w = w - 0.01 * curvature * (w - minimizer)
    kept = early_stopping_shrinkage(torch.from_numpy(curvature), 0.01, steps)
    assert_close(kept * torch.from_numpy(minimizer), w)


def test_shrinkage_resembles_that_of_a_penalty_where_the_cost_is_flat():
    flat = torch.logspace(-4, -1, 50, dtype=torch.float64)
    kept, ridge = early_stopping_shrinkage(flat, 0.01, 100), flat / (flat + 1)
    assert (kept / ridge - 1).abs().max() < 0.06
    assert (kept >= ridge).all()


@pytest.mark.bad_input
def test_bad_input():
    def train(**options):
        return train_with_early_stopping(nn.Identity(), lambda: None, lambda: 0.0, **options)

    with pytest.raises(ValueError, match="max_steps at least every, got 3 and 2"):
        train(patience=1, every=3, max_steps=2)
    with pytest.raises(ValueError, match="at least 1 evaluation, got 0"):
        train(patience=0, max_steps=2)
    with pytest.raises(ValueError, match="min_delta must be at least 0, got -1"):
        train(patience=1, max_steps=2, min_delta=-1)
    with pytest.raises(ValueError, match="got 0 and 3"):
        early_stopping_shrinkage(torch.ones(2), 0, 3)
    with pytest.raises(TypeError, match=r"got torch\.int64"):
        early_stopping_shrinkage(torch.arange(2), 0.1, 3)
