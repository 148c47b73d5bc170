"""What a user sees when the input of a training run is wrong."""

import copy

import pytest
import torch
from torch import nn

from dlcore.training import EarlyStopping, fit, predict

pytestmark = pytest.mark.bad_input


def attempt(model=None, X=None, y=None, **options):
    """Train a small classifier of 3 features and 2 classes with one thing wrong."""
    model = model or nn.Linear(3, 2)
    X = torch.randn(11, 3) if X is None else X
    y = torch.arange(11) % 2 if y is None else y
    settings = {
        "loss": nn.functional.cross_entropy,
        "epochs": 2,
        "batch_size": 5,
    }
    if "optimizer" not in options:
        settings["optimizer"] = torch.optim.SGD(model.parameters(), lr=0.1)
    fit(model, X, y, **{**settings, **options})


def test_the_template_itself_is_right():
    attempt()


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (torch.randn(7, 3), None, r"differ in length: X \(7, 3\), y \(11,\)"),
        (torch.zeros(0, 3), torch.zeros(0).long(), "there are no training examples"),
        (
            torch.randn(11, 4),
            None,
            r"cannot take a batch X of shape \(5, 4\) and dtype torch.float32",
        ),
        (torch.full((11, 3), float("nan")), None, "X contains 33 values that are NaN or infinite"),
        (None, torch.arange(11), r"labels must lie in 0\.\.1; y holds 0 to 10"),
        (None, torch.arange(11) - 3, r"y holds -3 to 7"),
        (None, torch.randn(11), "they would be broadcast"),
        (None, torch.randn(11, 1), "they would be broadcast"),
        (None, torch.full((11, 2), float("inf")), "y contains 22 values"),
        (torch.zeros(11, 3, device="meta"), None, r"X is on meta, the model on cpu"),
        (None, torch.zeros(11, device="meta").long(), r"y is on meta, the model on cpu"),
    ],
)
def test_data_that_cannot_be_trained_on(X, y, message):
    with pytest.raises(ValueError, match=message):
        attempt(X=X, y=y)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (torch.randn(11, 3).double(), None, "X is torch.float64, .* torch.float32"),
        (None, (torch.arange(11) % 2).int(), r"int64, got torch.int32: convert them with y.long"),
        ([[0.0] * 3] * 11, None, "X must be a torch tensor, got list"),
    ],
)
def test_data_of_the_wrong_type(X, y, message):
    with pytest.raises(TypeError, match=message):
        attempt(X=X, y=y)


def test_validation_data_are_checked_as_well():
    X, y = torch.randn(7, 3), torch.arange(7)
    with pytest.raises(ValueError, match="y holds 0 to 6"):
        attempt(validation=(X, y))
    with pytest.raises(ValueError, match=r"validation X and y differ"):
        attempt(validation=(X, y[:5]))
    with pytest.raises(ValueError, match=r"cannot take a batch X of shape \(5, 2\)"):
        attempt(validation=(X[:, :2], y % 2))


@pytest.mark.parametrize("lr", [0.0, float("inf"), float("nan")])
def test_learning_rates_that_cannot_train(lr):
    model = nn.Linear(3, 2)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    sgd.param_groups[0]["lr"] = lr
    with pytest.raises(ValueError, match=f"positive and finite, got lr={lr}"):
        attempt(model, optimizer=sgd)


@pytest.mark.parametrize("name", ["epochs", "batch_size"])
@pytest.mark.parametrize("value", [0, -1, 2.5])
def test_counts_that_are_not_counts(name, value):
    with pytest.raises(ValueError, match=f"{name} must be a whole number of at least 1"):
        attempt(**{name: value})


def test_an_optimizer_of_another_model():
    model = nn.Linear(3, 2)
    other = torch.optim.SGD(copy.deepcopy(model).parameters(), lr=0.1)
    with pytest.raises(ValueError, match="the optimizer holds no parameter of this model"):
        attempt(model, optimizer=other)
    with pytest.raises(ValueError, match="the model has no parameters"):
        attempt(nn.Identity(), optimizer=other)


def test_early_stopping_on_what_is_not_recorded():
    with pytest.raises(ValueError, match=r"watches 'validation_loss', but only \['loss'\]"):
        attempt(early_stopping=EarlyStopping(2))


def test_nothing_is_trained_when_the_input_is_wrong():
    model = nn.Linear(3, 2)
    before = model.weight.detach().clone()
    with pytest.raises(ValueError, match="labels"):
        attempt(model, y=torch.arange(11))
    assert torch.equal(model.weight, before)


def test_prediction_needs_examples():
    with pytest.raises(ValueError, match="there are no examples"):
        predict(nn.Linear(3, 2), torch.zeros(0, 3))
