"""Two identical runs give the same bits; names of settings; logs that survive."""

import hashlib
import json
import math
import platform
import random

import numpy as np
import pytest
import torch
from torch import nn

from dlcore.training import (
    ExperimentLog,
    LoggedRun,
    RandomState,
    config_hash,
    environment,
    fit,
    seed_everything,
)


@pytest.fixture(autouse=True)
def generators_are_put_back():
    state = RandomState.capture()
    yield
    state.restore()


def draws():
    return random.random(), np.random.rand(), torch.rand(2).tolist()  # noqa: NPY002


@pytest.mark.reference(
    "random.seed, numpy.random.seed, torch.manual_seed", of="dlcore.training.seed_everything"
)
def test_all_global_generators_are_seeded():
    generator = seed_everything(7)
    found = draws()
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002
    torch.manual_seed(7)
    assert found == draws()
    torch.manual_seed(7)
    assert torch.equal(torch.rand(3, generator=generator), torch.rand(3))


def test_two_trainings_with_one_seed_have_the_same_bits():
    def train():
        generator = seed_everything(3)
        model = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.Linear(8, 2))
        X = torch.randn(20, 4)
        fit(
            model,
            X,
            (X[:, 0] > 0).long(),
            loss=nn.CrossEntropyLoss(),
            optimizer=torch.optim.Adam(model.parameters()),
            epochs=2,
            batch_size=5,
            generator=generator,
            progress=False,
        )
        return nn.utils.parameters_to_vector(model.parameters())

    assert torch.equal(train(), train())


def test_operations_without_a_fixed_order_can_be_refused():
    try:
        seed_everything(0, deterministic=True)
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.use_deterministic_algorithms(False)


@pytest.mark.reference("torch.get_rng_state and the like", of="dlcore.training.RandomState")
def test_states_come_back():
    draws()
    state = RandomState.capture()
    assert torch.equal(state.torch, torch.get_rng_state())
    state.restore()
    first = draws()
    state.restore()
    assert first == draws()


@pytest.mark.reference("hashlib.sha256 of sorted JSON", of="dlcore.training.config_hash")
def test_the_name_of_a_configuration():
    config = {"lr": 0.1, "layers": [64, 10], "nested": {"b": None, "a": True}}
    text = '{"layers":[64,10],"lr":0.1,"nested":{"a":true,"b":null}}'
    assert config_hash(config) == hashlib.sha256(text.encode()).hexdigest()[:12]
    assert config_hash(config) == config_hash(json.loads(json.dumps(config)))
    assert config_hash(config) == config_hash({**config, "layers": (64, 10)})
    assert config_hash(config) != config_hash({**config, "lr": 0.01})


@pytest.mark.reference("platform", of="dlcore.training.environment")
def test_environment():
    found = environment()
    assert found["python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert all(isinstance(value, str) for value in found.values())


@pytest.mark.reference("json.loads line by line", of="dlcore.training.ExperimentLog")
@pytest.mark.reference("json.loads line by line", of="dlcore.training.LoggedRun")
def test_a_log_goes_on_where_it_ended(tmp_path):
    path = tmp_path / "new" / "runs.jsonl"
    log = ExperimentLog(path)
    for lr, loss in ((0.1, 0.5), (0.01, 0.25), (1.0, math.nan)):
        run = log.log({"lr": lr}, {"loss": loss, "accuracy": 1 - loss}, seed=1)
        assert isinstance(run, LoggedRun)
    lines = [json.loads(line) for line in path.read_text("utf8").splitlines()]
    assert [line["config"]["lr"] for line in lines] == [0.1, 0.01, 1.0]
    assert lines[0]["name"] == config_hash({"lr": 0.1})
    again = ExperimentLog(path)
    assert again.best("loss") == log.best("loss") == log.runs[1]
    assert again.best("accuracy", "max").config == {"lr": 0.01}
    assert math.isnan(again.runs[2].metrics["loss"])


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    path = tmp_path / "runs.jsonl"
    log = ExperimentLog(path)
    log.log({"lr": 1}, {"loss": 1.0})
    with path.open("a") as file:
        file.write('{"name": "cut o')
    log = ExperimentLog(path)
    assert len(log.runs) == 1
    log.log({"lr": 2}, {"loss": 2.0})
    assert len(ExperimentLog(path).runs) == 2


@pytest.mark.bad_input
def test_bad_input_is_refused(tmp_path):
    with pytest.raises(ValueError, match="seed must"):
        seed_everything(-1)
    with pytest.raises(TypeError, match="settings are"):
        config_hash({"model": nn.Linear(1, 1)})
    with pytest.raises(TypeError, match="names of settings"):
        config_hash({"sizes": {1: 2}})
    with pytest.raises(ValueError, match=r"Out of range|not JSON"):
        config_hash({"lr": math.nan})
    log = ExperimentLog(tmp_path / "runs.jsonl")
    with pytest.raises(ValueError, match="no run has"):
        log.best("loss")
    with pytest.raises(ValueError, match="mode"):
        log.best("loss", "least")
    (tmp_path / "bad.jsonl").write_text("not a run\n")
    with pytest.raises(ValueError, match="line 1 is no run"):
        ExperimentLog(tmp_path / "bad.jsonl")
