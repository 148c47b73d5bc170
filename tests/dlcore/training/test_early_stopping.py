"""Early stopping against the definition, epoch by epoch."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from dlcore.training import EarlyStopping, History


@pytest.mark.reference("numpy.argmin", of="dlcore.training.EarlyStopping")
@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(st.integers(0, 9), min_size=1, max_size=23),
    patience=st.integers(1, 5),
    mode=st.sampled_from(["min", "max"]),
)
def test_stops_when_the_best_is_patience_epochs_old(values, patience, mode):
    stopping = EarlyStopping(patience, monitor="m", mode=mode)
    model, history = nn.Linear(1, 1, bias=False), History()
    for epoch, value in enumerate(values):
        history.append({"m": float(value)})
        nn.init.constant_(model.weight, epoch)
        stop = stopping.update(history, model)
        seen = np.array(values[: epoch + 1])
        best = int(seen.argmin() if mode == "min" else seen.argmax())
        assert stopping.best_epoch == best
        assert stopping.best == seen[best]
        assert stop == (epoch - best >= patience)
        if stop:
            break
    stopping.restore(model)
    assert model.weight.item() == best


def test_the_kept_parameters_are_a_copy():
    stopping, model = EarlyStopping(1), nn.Linear(2, 2)
    before = model.weight.detach().clone()
    stopping.update(History({"validation_loss": [1.0]}), model)
    nn.init.zeros_(model.weight)
    stopping.restore(model)
    assert torch.equal(model.weight, before)


def test_reset_forgets():
    stopping, model = EarlyStopping(1), nn.Linear(2, 2)
    stopping.update(History({"validation_loss": [1.0]}), model)
    stopping.reset()
    assert stopping.best_epoch == -1
    stopping.restore(model)


def test_numbers_without_a_history_and_least_gains():
    stopping, model = EarlyStopping(2, mode="max", min_delta=0.1), nn.Linear(1, 1)
    values = (0.5, 0.55, 0.65, 0.7, float("nan"))
    assert [stopping.step(value, model) for value in values] == [False] * 4 + [True]
    assert (stopping.best, stopping.best_epoch, stopping.evaluations) == (0.65, 2, 5)


def test_the_state_continues_elsewhere():
    first, second, model = EarlyStopping(2), EarlyStopping(2), nn.Linear(1, 1)
    for value in (3.0, 2.0, 2.5):
        first.step(value, model)
    second.load_state_dict(first.state_dict())
    nn.init.zeros_(model.weight)
    assert second.step(2.5, model)
    assert second.best_epoch == 1
    second.restore(model)
    assert model.weight.item() != 0


@pytest.mark.bad_input
def test_bad_settings():
    with pytest.raises(ValueError, match="at least 1 evaluation, got 0"):
        EarlyStopping(0)
    with pytest.raises(ValueError, match="'min' or 'max', got 'lowest'"):
        EarlyStopping(3, mode="lowest")
    with pytest.raises(ValueError, match="min_delta must be at least 0, got -1"):
        EarlyStopping(3, min_delta=-1)
