"""Frozen parts stay as they are, bit for bit; learning rates and stages follow the depth."""

import copy
import pickle

import pytest
import torch
from torch import nn

from dlcore import training


def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU()),
        nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU()),
        nn.Linear(8, 2),
    )


@pytest.fixture
def data(generator):
    X = torch.randn(64, 3, generator=generator)
    return X, (X[:, 0] > 0).long()


def train(model, data, groups=None, epochs=3, **options):
    optimizer = torch.optim.SGD(groups or model.parameters(), lr=0.1)
    return training.fit(
        model,
        *data,
        loss=nn.functional.cross_entropy,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=16,
        generator=torch.Generator().manual_seed(0),
        progress=False,
        **options,
    )


def state(module):
    return copy.deepcopy(module.state_dict())


def changed(before, module):
    return {name for name, t in module.state_dict().items() if not torch.equal(t, before[name])}


@pytest.mark.reference("torch.equal before and after", of="dlcore.training.freeze")
def test_nothing_frozen_changes_and_the_rest_learns(data):
    model = network()
    assert training.freeze(model[:2])[0] is model[0]
    before = state(model)
    train(model, data)
    assert changed(before, model) == {"2.weight", "2.bias"}


def test_without_gradients_alone_the_statistics_move(data):
    model = network()
    model[:2].requires_grad_(False)
    before = state(model)
    train(model, data)
    assert {"0.1.running_mean", "1.1.running_var"} <= changed(before, model)


def test_a_frozen_norm_answers_by_its_statistics_in_either_mode(data):
    model = network()
    train(model, data)
    expected = model.eval()(data[0])
    training.freeze(model).train()
    assert torch.equal(model(data[0]), expected)
    assert model[0][1].training  # the mode itself is the user's
    assert not model.eval()[0][1].training


@pytest.mark.reference("torch.equal before and after", of="dlcore.training.unfreeze")
def test_unfreezing_undoes_freezing(data):
    once, never = network(), network()
    training.freeze(training.freeze(once))
    assert training.unfreeze(once) is once
    train(once, data)
    train(never, data)
    assert changed(state(never), once) == set()
    assert not once[0][1]._forward_pre_hooks
    assert not once[0][1]._forward_hooks


def test_a_frozen_network_can_be_copied_and_stored(data):
    model = training.freeze(network())
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        before = state(copied)
        copied.train()(data[0])
        assert changed(before, copied) == set()
        training.unfreeze(copied)(data[0])
        assert "0.1.running_mean" in changed(before, copied)
    assert training.is_frozen(model)


def test_an_error_in_a_frozen_norm_leaves_its_mode():
    norm = training.freeze(nn.BatchNorm1d(3)).train()
    with pytest.raises(ValueError, match="expected 2D or 3D input"):
        norm(torch.zeros(3))
    assert norm.training


@pytest.mark.reference("requires_grad of every parameter", of="dlcore.training.is_frozen")
def test_is_frozen():
    model = network()
    assert not training.is_frozen(model)
    training.freeze(model[0])
    assert [training.is_frozen(part) for part in model] == [True, False, False]
    assert not training.is_frozen(model)
    assert not training.is_frozen(nn.ReLU())


@pytest.mark.reference("Howard, Ruder (2018): lr / 2.6 a layer", of="dlcore.training.param_groups")
def test_learning_rates_by_depth():
    model = network()
    groups = training.param_groups(list(model), lr=0.01, decay=1 / 2.6)
    assert [g["lr"] for g in groups] == pytest.approx([0.01 / 2.6**2, 0.01 / 2.6, 0.01])
    optimizer = torch.optim.SGD(groups)
    held = {p for group in optimizer.param_groups for p in group["params"]}
    assert held == set(model.parameters())


def test_frozen_stages_are_left_out_but_keep_their_place():
    model = network()
    training.freeze(model[1])
    groups = training.param_groups(list(model), lr=1.0, decay=0.5)
    assert [g["lr"] for g in groups] == [0.25, 1.0]
    every = training.param_groups(list(model), lr=1.0, decay=0.5, include_frozen=True)
    assert [g["lr"] for g in every] == [0.25, 0.5, 1.0]


def test_a_step_moves_each_stage_by_its_own_rate(data):
    model = network()
    before = state(model)
    groups = training.param_groups(list(model), lr=0.1, decay=0.1)
    optimizer = torch.optim.SGD(groups)
    nn.functional.cross_entropy(model(data[0]), data[1]).backward()
    optimizer.step()
    for lr, name in ((0.001, "0.0.weight"), (0.01, "1.0.weight"), (0.1, "2.weight")):
        parameter = model.get_parameter(name)
        torch.testing.assert_close(parameter.data, before[name] - lr * parameter.grad)


@pytest.mark.reference("Howard, Ruder (2018), section 3.3", of="dlcore.training.GradualUnfreezing")
@pytest.mark.parametrize("every", [1, 2])
def test_stages_are_freed_from_the_top(data, every):
    model = network()
    stages = list(model)
    thaw = training.GradualUnfreezing(stages, every)
    seen = [[training.is_frozen(stage) for stage in stages]]

    def after(epoch, model, history):
        thaw(epoch, model, history)
        seen.append([training.is_frozen(stage) for stage in stages])

    first = state(model[0])
    groups = training.param_groups(stages, lr=0.1, include_frozen=True)
    train(model, data, groups, epochs=2 * every, on_epoch_end=after)
    frozen = [sum(row) for row in seen]
    assert frozen == ([2, 1, 0] if every == 1 else [2, 2, 1, 1, 0])
    assert seen[0] == [True, True, False]
    assert changed(first, model[0]) == set()
    train(model, data, groups, epochs=1, on_epoch_end=after)
    assert "0.weight" in changed(first, model[0])
    assert thaw.trained == 3


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: training.param_groups([nn.Linear(2, 2)], lr=0.0), "lr must be positive, got 0.0"),
        (lambda: training.param_groups([nn.Linear(2, 2)], 1.0, -1), "decay must be positive"),
        (lambda: training.param_groups([nn.ReLU()], 1.0), "no parameter to train"),
        (
            lambda: (lambda m: training.param_groups([m, nn.Sequential(m)], 1.0))(nn.Linear(2, 2)),
            "a parameter belongs to two stages",
        ),
        (lambda: training.GradualUnfreezing([]), "got 0 and 1"),
        (lambda: training.GradualUnfreezing([nn.ReLU()], 0), "got 1 and 0"),
    ],
)
def test_bad_transfers(call, message):
    with pytest.raises(ValueError, match=message):
        call()
