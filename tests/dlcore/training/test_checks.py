"""Checks on trainings whose health is known."""

import math

import pytest
import torch
from torch import nn

from dlcore.training import (
    Check,
    initial_loss_check,
    mixing_check,
    overfit_check,
    stale_gradient_check,
)

X = torch.randn(12, 5, generator=torch.Generator().manual_seed(0))
Y = torch.arange(12) % 3


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 3))


def step_of(model, loss, lr=0.5, zero_grad=True):
    sgd = torch.optim.SGD(model.parameters(), lr=lr)

    def step(inputs, labels):
        value = loss(model(inputs), labels)
        if zero_grad:
            sgd.zero_grad()
        value.backward()
        sgd.step()
        return value

    return step


@pytest.mark.reference("closed form: log K", of="dlcore.training.initial_loss_check")
def test_the_first_loss_of_equal_outputs_is_log_k():
    model = nn.Linear(5, 3)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    loss = nn.CrossEntropyLoss()
    check = initial_loss_check(model, loss, X, Y, classes=3, tolerance=1e-6)
    assert check.passed
    assert check.value == pytest.approx(math.log(3))
    assert not initial_loss_check(model, lambda z, y: -loss(z, y), X, Y, classes=3).passed
    nn.init.normal_(model.weight, std=10)
    assert not initial_loss_check(model, loss, X, Y, classes=3).passed


@pytest.mark.reference("torch.optim.SGD by hand", of="dlcore.training.overfit_check")
def test_a_few_examples_are_learned_by_heart_or_not():
    loss = nn.CrossEntropyLoss()
    assert overfit_check(step_of(network(), loss), X, Y, steps=300).passed
    frozen = overfit_check(step_of(network(), loss, lr=1e-9), X, Y, steps=20)
    assert not frozen.passed
    assert frozen.value == pytest.approx(loss(network()(X), Y).item(), rel=1e-4)


def test_a_run_that_breaks_down_stops():
    values = iter([1.0, math.nan, 0.0])
    check = overfit_check(lambda X, y: next(values), X, Y)
    assert math.isnan(check.value)
    assert not check.passed
    assert next(values) == 0.0


class Scramble(nn.Module):
    def forward(self, h):
        return h.T.reshape(h.shape)


@pytest.mark.reference("torch.autograd.functional.jacobian", of="dlcore.training.mixing_check")
def test_the_share_of_the_gradient_on_other_examples():
    model = nn.Sequential(nn.Linear(5, 4), Scramble(), nn.Tanh(), nn.Linear(4, 3))
    J = torch.autograd.functional.jacobian(lambda inputs: model(inputs)[1].sum(), X)
    reach = J.abs().sum(1)
    check = mixing_check(model, X, example=1)
    assert check.value == pytest.approx(1 - (reach[1] / reach.sum()).item(), abs=1e-5)
    assert not check.passed
    assert mixing_check(network(), X).passed


def test_batch_norm_mixes_in_training_only():
    model = nn.Sequential(nn.Linear(5, 4), nn.BatchNorm1d(4)).train()
    assert mixing_check(model, X).passed
    assert model.training
    assert mixing_check(Constant(), X).value == 0


class Constant(nn.Module):
    def forward(self, x):
        return 0 * x


@pytest.mark.reference("torch.autograd.grad", of="dlcore.training.stale_gradient_check")
def test_gradients_of_earlier_batches():
    loss = nn.CrossEntropyLoss()
    model = network()
    assert stale_gradient_check(model, loss, step_of(model, loss), X, Y).value == 0
    model = network()
    check = stale_gradient_check(model, loss, step_of(model, loss, zero_grad=False), X, Y)
    assert not check.passed
    weights = tuple((model := network()).parameters())
    first = torch.autograd.grad(loss(model(X), Y), weights)
    with torch.no_grad():
        for w, g in zip(weights, first, strict=True):
            w -= 0.5 * g
    second = torch.autograd.grad(loss(model(X), Y), weights)
    expected = (
        nn.utils.parameters_to_vector(first).norm() / nn.utils.parameters_to_vector(second).norm()
    )
    assert check.value == pytest.approx(expected.item(), rel=1e-4)


def test_a_part_that_the_loss_does_not_see_is_no_fault():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused = nn.Linear(5, 3), nn.Linear(2, 2)

        def forward(self, x):
            return self.used(x)

    model, loss = Two(), nn.CrossEntropyLoss()
    assert stale_gradient_check(model, loss, step_of(model, loss), X, Y).passed


@pytest.mark.reference("the words", of="dlcore.training.Check")
def test_a_verdict_says_what_was_found():
    assert str(Check("thing", False, 3.14159, "less")) == "thing: FAILED, 3.142, wanted less"
    assert str(Check("thing", True, 1, "less")) == "thing: passed, 1, wanted less"


@pytest.mark.bad_input
def test_bad_input_is_refused():
    model, loss = network(), nn.CrossEntropyLoss()
    with pytest.raises(ValueError, match="2 classes"):
        initial_loss_check(model, loss, X, Y, classes=1)
    with pytest.raises(ValueError, match="tolerance"):
        initial_loss_check(model, loss, X, Y, classes=3, tolerance=-1.0)
    for options in ({"steps": 0}, {"target": 0.0}):
        with pytest.raises(ValueError, match="a step"):
            overfit_check(lambda X, y: 0.0, X, Y, **options)
    with pytest.raises(ValueError, match="examples"):
        overfit_check(lambda X, y: 0.0, X[:0], Y[:0])
    with pytest.raises(ValueError, match="two examples"):
        mixing_check(model, X[:1])
    with pytest.raises(ValueError, match="floating-point"):
        mixing_check(model, Y[:, None])
    with pytest.raises(ValueError, match="outputs of shape"):
        mixing_check(nn.Flatten(0), X)
    with pytest.raises(ValueError, match="parameters to train"):
        stale_gradient_check(nn.ReLU(), loss, lambda X, y: None, X, Y)
