"""Batches, momentum and the look-ahead as functions, against closed forms and torch.optim.SGD."""

import numpy as np
import pytest
import torch

from dlcore.optim import SGD, momentum_step, nesterov_step, sgd
from tests.parity import assert_close

H = torch.tensor([[3.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
LINE = torch.arange(7, dtype=torch.float64)


def squares(w, X, y):
    return ((X @ w - y) ** 2).mean()


@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.optim.sgd")
@pytest.mark.reference("numpy.linalg.lstsq", of="dlcore.optim.StochasticDescent")
def test_batch_descent_finds_the_least_squares_solution(generator):
    X = torch.randn(20, 3, generator=generator, dtype=torch.float64)
    y = torch.randn(20, generator=generator, dtype=torch.float64)
    descent = sgd(squares, torch.zeros(3).double(), X, y, lr=0.2, batch_size=20, epochs=300)
    assert_close(descent.theta, np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0])
    assert descent.path.shape == (301, 3)
    assert torch.equal(descent.path[-1], descent.theta)


@pytest.mark.parametrize(
    ("lr", "after_200"), [(0.05, 0.5**200), (0.1, 0.0), (0.19, 0.9**200), (0.2, 1.0)]
)
def test_a_quadratic_follows_its_closed_form(lr, after_200):
    one = torch.ones(1, dtype=torch.float64)
    bowl = lambda w, X, y: 5 * (w**2).sum()  # noqa: E731
    descent = sgd(bowl, one, one[:, None], one, lr=lr, epochs=200)
    assert_close(descent.theta, [after_200], rtol=1e-6, atol=1e-50)


def test_an_epoch_sees_each_example_once_in_a_new_order(generator):
    seen = []

    def loss(w, X, y):
        seen.append(X.tolist())
        assert torch.equal(X, y)
        return (w * X.mean()).sum()

    how = {"batch_size": 3, "epochs": 2, "generator": generator}
    sgd(loss, torch.zeros(1).double(), LINE, LINE, lr=0.1, **how)
    assert [len(batch) for batch in seen] == [3, 3, 1, 3, 3, 1]
    epochs = [[x for batch in part for x in batch] for part in (seen[:3], seen[3:])]
    assert all(sorted(epoch) == LINE.tolist() for epoch in epochs)
    assert epochs[0] != epochs[1]


def test_the_steps_are_those_of_torch_with_a_schedule(generator):
    X, y = torch.randn(8, 2, generator=generator), torch.randn(8, generator=generator)
    descent = sgd(squares, torch.ones(2), X, y, lr=lambda t: 0.1 / (1 + t), batch_size=8, epochs=5)
    w = torch.ones(2, requires_grad=True)
    optimizer = torch.optim.SGD([w])
    for t in range(5):
        optimizer.param_groups[0]["lr"] = 0.1 / (1 + t)
        optimizer.zero_grad()
        J = squares(w, X, y)
        assert_close(descent.losses[t], J, rtol=1e-5)
        J.backward()
        optimizer.step()
    assert_close(descent.theta, w, rtol=1e-5)


def test_the_start_is_not_changed():
    start = torch.ones(2, requires_grad=True)
    sgd(squares, start, torch.eye(2), torch.zeros(2), lr=0.1)
    assert torch.equal(start, torch.ones(2))
    assert start.grad is None


@pytest.mark.reference("torch.optim.SGD(momentum)", of="dlcore.optim.momentum_step")
@pytest.mark.parametrize("dampening", [0.0, 0.8])
def test_the_heavy_ball_is_that_of_torch(dampening):
    theta = torch.tensor([1.0, -2.0], dtype=torch.float64)
    w, v = theta.clone().requires_grad_(), torch.zeros(2, dtype=torch.float64)
    optimizer = torch.optim.SGD([w], lr=0.1, momentum=0.8, dampening=dampening)
    for t in range(50):
        # torch's first step takes the whole gradient
        theta, v = momentum_step(
            theta, v, H @ theta, lr=0.1, momentum=0.8, dampening=dampening if t else 0.0
        )
        optimizer.zero_grad()
        (w @ H @ w / 2).backward()
        optimizer.step()
        assert_close(theta, w)


def test_a_constant_gradient_is_summed_up():
    theta = v = torch.zeros(1, dtype=torch.float64)
    average = torch.zeros(1, dtype=torch.float64)
    g = torch.ones(1, dtype=torch.float64)
    for t in range(1, 400):
        theta, v = momentum_step(theta, v, g, lr=0.1, momentum=0.9)
        _, average = momentum_step(theta, average, g, lr=0.1, momentum=0.9, dampening=0.9)
        assert_close(v, [-0.1 * (1 - 0.9**t) / (1 - 0.9)])
        assert_close(average, [-0.1 * (1 - 0.9**t)])


@pytest.mark.reference("torch.optim.SGD(nesterov=True)", of="dlcore.optim.nesterov_step")
def test_torch_keeps_the_place_that_nesterov_looks_at():
    theta = torch.tensor([1.0, -2.0], dtype=torch.float64)
    v = torch.zeros(2, dtype=torch.float64)
    walks = []
    for library in (SGD, torch.optim.SGD):
        w = theta.clone().requires_grad_()
        walks.append((w, library([w], lr=0.1, momentum=0.8, nesterov=True)))
    for _ in range(50):
        theta, v = nesterov_step(lambda x: H @ x, theta, v, lr=0.1, momentum=0.8)
        for w, optimizer in walks:
            optimizer.zero_grad()
            (w @ H @ w / 2).backward()
            optimizer.step()
            assert_close(theta + 0.8 * v, w)


def test_nesterov_asks_for_one_gradient_a_step():
    asked = []

    def gradient(x):
        asked.append(x)
        return x

    nesterov_step(gradient, torch.ones(2), torch.full((2,), 0.5), lr=0.1, momentum=0.5)
    assert len(asked) == 1
    assert_close(asked[0], [1.25, 1.25])


@pytest.mark.parametrize("step", [momentum_step, nesterov_step])
def test_without_momentum_both_are_gradient_descent(step):
    theta, v = torch.ones(2), torch.ones(2)
    arguments = (theta, v, 2 * theta) if step is momentum_step else (lambda x: 2 * x, theta, v)
    new, _ = step(*arguments, lr=0.25, momentum=0.0)
    assert torch.equal(new, torch.full((2,), 0.5))
    assert torch.equal(theta, torch.ones(2))


@pytest.mark.bad_input
def test_steps_that_do_not_fit():
    one, two = torch.ones(1), torch.ones(2)
    with pytest.raises(ValueError, match=r"velocity must be shaped like theta, \(1,\), got \(2,\)"):
        momentum_step(one, two, one, lr=0.1)
    with pytest.raises(ValueError, match="gradient must be shaped"):
        momentum_step(one, one, two, lr=0.1)
    with pytest.raises(ValueError, match="velocity must be shaped"):
        nesterov_step(lambda x: x, one, two, lr=0.1)
    with pytest.raises(ValueError, match="lr must be"):
        nesterov_step(lambda x: x, one, one, lr=-0.1)
    with pytest.raises(ValueError, match="epochs must be at least 1, got 0"):
        sgd(squares, one, torch.ones(2, 1), two, lr=0.1, epochs=0)
    with pytest.raises(ValueError, match="batch_size must be at least 1"):
        sgd(squares, one, torch.ones(2, 1), two, lr=0.1, batch_size=0)
