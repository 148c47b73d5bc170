"""The record of a training run."""

import json

import pytest

from dlcore.training import History


@pytest.mark.reference("dict", of="dlcore.training.History")
def test_a_history_is_lists_by_name():
    history = History()
    for epoch in range(3):
        history.append({"loss": 1 / (epoch + 1), "accuracy": epoch})
    assert len(history) == 3
    assert list(history) == ["loss", "accuracy"]
    assert history["accuracy"] == [0.0, 1.0, 2.0]
    assert json.loads(json.dumps(history.as_dict())) == history.as_dict()
    assert History(history.as_dict()) == history
    assert repr(history) == "History(3 epochs: loss 0.3333, accuracy 2)"


def test_what_is_handed_out_as_dict_is_a_copy():
    history = History({"loss": [1.0]})
    history.as_dict()["loss"].append(5.0)
    assert history["loss"] == [1.0]


def test_an_empty_history():
    assert len(History()) == 0
    assert repr(History()) == "History(0 epochs)"


@pytest.mark.bad_input
def test_bad_names():
    history = History({"loss": [1.0]})
    with pytest.raises(KeyError, match=r"'acc' was not recorded; there are \['loss'\]"):
        history["acc"]
    with pytest.raises(ValueError, match=r"records \['acc'\], those before \['loss'\]"):
        history.append({"acc": 1.0})
