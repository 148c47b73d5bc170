"""Gradient descent on least squares: torch's own steps, and where they end."""

import math

import pytest
import sklearn.linear_model
import torch

from dlcore.classical import GradientFit, SGDRegressor, add_bias_column, fit_gd
from dlcore.training import NonFiniteLossError
from tests.dlcore.linalg.matrices import gaussian
from tests.parity import assert_close

X = add_bias_column(gaussian(61, 3))
Y = X @ torch.tensor([1.0, -2.0, 0.5, 3.0], dtype=torch.float64) + gaussian(61, seed=1)
BEST = torch.linalg.lstsq(X, Y[:, None]).solution[:, 0]


def torch_path(lr, steps, lr_lambda):
    w = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=lr)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda)
    path = [w.detach().clone()]
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(X @ w, Y).backward()
        optimizer.step()
        schedule.step()
        path.append(w.detach().clone())
    return torch.stack(path)


@pytest.mark.reference("torch.optim.SGD", of="dlcore.classical.fit_gd")
@pytest.mark.reference("torch.optim.SGD", of="dlcore.classical.GradientFit")
@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_the_steps_of_torch(decay):
    fit = fit_gd(X, Y, lr=0.1, steps=7, decay=decay)
    assert isinstance(fit, GradientFit)
    expected = torch_path(0.1, 7, lambda t: 1 / (1 + decay * t))
    assert_close(fit.path, expected)
    assert_close(fit.costs, [torch.nn.functional.mse_loss(X @ w, Y) for w in expected])


def test_all_examples_at_once_reach_least_squares():
    assert_close(fit_gd(X, Y, lr=0.2, steps=500).w, BEST, rtol=1e-8)


def test_a_smaller_or_falling_rate_ends_nearer(generator):
    def distance(lr, decay):
        fit = fit_gd(X, Y, lr, 6000, batch_size=1, decay=decay, generator=generator)
        return (fit.path[-1000:] - BEST).norm(dim=1).mean().item()

    assert distance(0.05, 0.0) > 2 * distance(0.005, 0.0) > 4 * distance(0.05, 0.05)


def test_every_example_counts_once_in_an_epoch(generator):
    start = fit_gd(X, Y, 1e-9, 61, batch_size=1, generator=generator).w
    assert_close(start, fit_gd(X, Y, 61e-9, 1).w, rtol=1e-5)


@pytest.mark.reference("sklearn.linear_model.LinearRegression", of="dlcore.classical.SGDRegressor")
def test_sgd_regressor():
    model = SGDRegressor(decay=1e-3, epochs=400, random_state=0).fit(X[:, :3], Y)
    theirs = sklearn.linear_model.LinearRegression().fit(X[:, :3], Y)
    assert_close(model.coef_, theirs.coef_, atol=0.02)
    assert_close(model.intercept_, theirs.intercept_, atol=0.02)
    again = SGDRegressor(decay=1e-3, epochs=400, random_state=0).fit(X[:, :3], Y)
    assert torch.equal(model.coef_, again.coef_)


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="lr must be positive and decay at least 0"):
        fit_gd(X, Y, -1.0, 3)
    with pytest.raises(ValueError, match="lr must be positive"):
        SGDRegressor(lr=math.inf).fit(X, Y)
    with pytest.raises(NonFiniteLossError, match="the loss is inf at step 0 of epoch"):
        fit_gd(X, Y, 10.0, 2000)
    with pytest.raises(NonFiniteLossError, match="lower the learning rate"):
        SGDRegressor(lr=10.0, epochs=1000).fit(X, Y)
    with pytest.raises(ValueError, match="batch_size"):
        SGDRegressor(batch_size=0).fit(X, Y)
