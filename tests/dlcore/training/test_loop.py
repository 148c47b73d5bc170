"""The loop takes the steps of a loop written by hand, and learns what others learn."""

import time
from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from torch import nn

from dlcore.data import iterate_minibatches, load_breast_cancer, load_digits, two_moons
from dlcore.evaluation import accuracy
from dlcore.training import EarlyStopping, NonFiniteLossError, fit, predict
from tests.parity import assert_close

cross_entropy = nn.functional.cross_entropy


def mlp(*sizes, seed=0, dropout=0.0):
    torch.manual_seed(seed)
    layers: list[nn.Module] = []
    for d_in, d_out in pairwise(sizes[:-1]):
        layers += [nn.Linear(d_in, d_out), nn.ReLU(), nn.Dropout(dropout)]
    return nn.Sequential(*layers, nn.Linear(*sizes[-2:]))


def moons():
    return two_moons(53, generator=torch.Generator().manual_seed(0))


def train(model, X, y, **options):
    settings = {"epochs": 3, "batch_size": 7, "generator": torch.Generator().manual_seed(1)}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    return fit(model, X, y, loss=cross_entropy, optimizer=optimizer, **{**settings, **options})


@pytest.mark.reference("torch.optim.SGD.step", of="dlcore.training.fit")
def test_the_steps_are_those_of_a_loop_written_by_hand():
    X, y = moons()
    ours, theirs = mlp(2, 5, 2), mlp(2, 5, 2)
    history = train(ours, X, y)
    sgd = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    generator = torch.Generator().manual_seed(1)
    for epoch in range(3):
        total = 0.0
        for X_batch, y_batch in iterate_minibatches(X, y, 7, generator=generator):
            J = cross_entropy(theirs(X_batch), y_batch)
            total += J.item() * len(y_batch)
            sgd.zero_grad()
            J.backward()
            sgd.step()
        assert_close(history["loss"][epoch], total / 53)
    for a, b in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(a, b)


def test_validation_and_metrics_are_those_of_the_trained_model():
    X, y = moons()
    V, t = two_moons(31, generator=torch.Generator().manual_seed(5))
    model = mlp(2, 5, 2)
    history = train(model, X, y, validation=(V, t), metrics={"accuracy": accuracy})
    outputs = model(V)
    assert list(history) == ["loss", "accuracy", "validation_loss", "validation_accuracy"]
    assert_close(history["validation_loss"][-1], cross_entropy(outputs, t).item(), rtol=1e-6)
    assert history["validation_accuracy"][-1] == accuracy(outputs, t)


def test_training_metrics_come_from_the_outputs_of_the_steps():
    X, y = moons()
    model = mlp(2, 5, 2)
    before = accuracy(model(X), y)
    history = train(model, X, y, epochs=1, batch_size=53, metrics={"accuracy": accuracy})
    assert history["accuracy"] == [before]


@pytest.mark.reference("torch.nn.Module.__call__", of="dlcore.training.predict")
@pytest.mark.parametrize("batch_size", [1, 7, 1000])
def test_predict_is_the_model_in_evaluation_mode(batch_size):
    model = mlp(2, 5, 2, dropout=0.5).double()
    model[0].eval()
    X = moons().X.double()
    outputs = predict(model, X, batch_size)
    assert not outputs.requires_grad
    assert model.training
    assert not model[0].training
    assert_close(outputs, model.eval()(X).detach())


def test_the_model_returns_to_the_mode_it_was_in():
    model = mlp(2, 5, 2).eval()
    train(model, *moons(), epochs=1)
    assert not model.training


def test_early_stopping_stops_and_returns_to_the_best_epoch():
    X, y = moons()
    states = []
    model = mlp(2, 31, 2)
    history = train(
        model,
        X,
        y,
        epochs=100,
        validation=two_moons(31, noise=1.0, generator=torch.Generator().manual_seed(5)),
        early_stopping=EarlyStopping(patience=4),
        on_epoch_end=lambda epoch, m, h: states.append(m[0].weight.detach().clone()),
    )
    best = int(np.argmin(history["validation_loss"]))
    assert len(history) == len(states) == best + 5 < 100
    assert torch.equal(model[0].weight, states[best])


def test_the_callback_sees_each_epoch_with_its_record():
    seen = []
    train(mlp(2, 5, 2), *moons(), on_epoch_end=lambda e, m, h: seen.append((e, len(h))))
    assert seen == [(0, 1), (1, 2), (2, 3)]


def test_training_is_the_same_each_time_and_follows_the_generator():
    def weights(seed):
        model = mlp(2, 5, 2)
        train(model, *moons(), generator=torch.Generator().manual_seed(seed))
        return model[0].weight

    assert torch.equal(weights(0), weights(0))
    assert not torch.equal(weights(0), weights(1))


def test_regression_targets_and_targets_that_are_the_inputs():
    X = moons().X
    model = mlp(2, 5, 2)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    mse = nn.functional.mse_loss
    history = fit(model, X, X, loss=mse, optimizer=sgd, epochs=50, batch_size=7)
    assert history["loss"][-1] < history["loss"][0] / 5


def test_labels_that_the_loss_ignores_are_allowed():
    X, y = moons()
    y = y.clone()
    y[::5] = -100
    model = mlp(2, 5, 2)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    fit(model, X, y, loss=nn.CrossEntropyLoss(), optimizer=sgd, epochs=1, batch_size=53)


def test_no_bar_where_nobody_looks(capsys):
    train(mlp(2, 5, 2), *moons())
    assert capsys.readouterr().err == ""


def test_a_bar_in_a_terminal_unless_turned_off(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    train(mlp(2, 5, 2), *moons())
    assert "24/24" in capsys.readouterr().err
    train(mlp(2, 5, 2), *moons(), progress=False)
    assert capsys.readouterr().err == ""


def test_digits_reach_97_percent_within_20_seconds():
    digits = load_digits()
    X = torch.cat([digits.train.X, digits.validation.X])
    y = torch.cat([digits.train.y, digits.validation.y])
    model = mlp(64, 128, 64, 10)
    adam = torch.optim.AdamW(model.parameters(), lr=2e-3)
    start = time.perf_counter()
    fit(
        model,
        X,
        y,
        loss=cross_entropy,
        optimizer=adam,
        epochs=40,
        batch_size=32,
        generator=torch.Generator().manual_seed(0),
    )
    assert time.perf_counter() - start < 20
    assert accuracy(predict(model, digits.test.X), digits.test.y) >= 0.97


@pytest.mark.parametrize("C", [0.01, 0.1])
def test_logistic_regression_reaches_the_optimum_of_scikit_learn(C):
    """Both minimize mean cross-entropy + |w|^2 / (2 C N); ours by momentum descent, full batch."""
    data = load_breast_cancer().train
    X = torch.from_numpy(StandardScaler().fit_transform(data.X.double().numpy()))
    y = data.y.double()[:, None]
    reference = LogisticRegression(C=C, tol=1e-12, max_iter=10_000).fit(X, data.y)
    model = nn.Linear(30, 1).double()
    penalized = [
        {"params": [model.weight], "weight_decay": 1 / (C * len(X))},
        {"params": [model.bias]},
    ]
    sgd = torch.optim.SGD(penalized, lr=0.5, momentum=0.9)
    bce = nn.functional.binary_cross_entropy_with_logits
    history = fit(model, X, y, loss=bce, optimizer=sgd, epochs=500, batch_size=len(X))
    assert_close(model.weight[0], reference.coef_[0], rtol=1e-5, atol=1e-7)
    assert_close(model.bias, reference.intercept_, rtol=1e-5)
    optimum = bce(torch.from_numpy(reference.decision_function(X))[:, None], y)
    assert_close(history["loss"][-1], optimum.item(), rtol=1e-6)


@pytest.mark.bad_input
@pytest.mark.reference("math.isfinite", of="dlcore.training.NonFiniteLossError")
def test_a_loss_that_is_not_finite_names_epoch_and_step_before_the_step_is_taken():
    X, y = moons()
    model = mlp(2, 5, 2)
    calls = []

    def loss(outputs, targets):
        calls.append(model[0].weight.detach().clone())
        J = cross_entropy(outputs, targets)
        return J * float("nan") if len(calls) == 8 + 3 else J

    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(NonFiniteLossError, match="nan at step 2 of epoch 1") as caught:
        fit(model, X, y, loss=loss, optimizer=sgd, epochs=3, batch_size=7)
    assert (caught.value.epoch, caught.value.step) == (1, 2)
    assert torch.equal(model[0].weight, calls[-1])
    assert model.training


@pytest.mark.bad_input
def test_a_learning_rate_far_too_large_is_named():
    X, y = moons()
    model = mlp(2, 5, 2)
    sgd = torch.optim.SGD(model.parameters(), lr=1e30)
    with pytest.raises(NonFiniteLossError, match="lower the learning rate"):
        fit(model, X, y, loss=cross_entropy, optimizer=sgd, epochs=3, batch_size=7)


@pytest.mark.bad_input
def test_a_validation_loss_that_is_not_finite():
    X, y = moons()
    model = mlp(2, 5, 2)

    def loss(outputs, targets):
        return cross_entropy(outputs, targets) * (1 if outputs.requires_grad else float("inf"))

    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(NonFiniteLossError, match="inf in validation of epoch 0"):
        fit(model, X, y, loss=loss, optimizer=sgd, epochs=3, batch_size=7, validation=(X, y))


@pytest.mark.gpu
def test_on_a_gpu_it_learns_as_on_the_cpu():
    X, y = moons()
    on_cpu, on_gpu = mlp(2, 5, 2), mlp(2, 5, 2).cuda()
    expected = train(on_cpu, X, y, metrics={"accuracy": accuracy})
    actual = train(on_gpu, X.cuda(), y.cuda(), metrics={"accuracy": accuracy})
    assert_close(actual["loss"], expected["loss"], rtol=1e-4)
    assert predict(on_gpu, X.cuda()).is_cuda
