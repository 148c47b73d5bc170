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


@pytest.mark.bad_input
def test_bad_settings():
    with pytest.raises(ValueError, match="at least 1 epoch, got 0"):
        EarlyStopping(0)
    with pytest.raises(ValueError, match="'min' or 'max', got 'lowest'"):
        EarlyStopping(3, mode="lowest")
