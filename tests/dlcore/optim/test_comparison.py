"""The race against torch.optim's own steps, and how many steps the chapter's ravine takes."""

import math

import pytest
import torch

from dlcore.optim import (
    SGD,
    Adagrad,
    Adam,
    RMSprop,
    compare_optimizers,
    double_well,
    escape_time,
    ravine,
)
from tests.parity import assert_close

START = torch.ones(2, dtype=torch.float64)


def momentum(lr, beta=0.9, nesterov=False):
    return lambda p: SGD(p, lr=lr, momentum=beta, nesterov=nesterov)


@pytest.mark.reference("torch.optim.Adam, by hand", of="dlcore.optim.compare_optimizers")
@pytest.mark.reference("torch.optim.Adam, by hand", of="dlcore.optim.OptimizerRun")
def test_a_run_is_the_loop_written_out():
    run = compare_optimizers(ravine, START, {"Adam": lambda p: Adam(p, lr=0.1)}, steps=12)["Adam"]
    w = START.clone().requires_grad_()
    optimizer = torch.optim.Adam([w], lr=0.1)
    for t in range(13):
        assert_close(run.path[t], w)
        optimizer.zero_grad()
        loss = ravine(w)
        assert_close(run.losses[t], loss)
        loss.backward()
        optimizer.step()
    assert torch.equal(run.x, run.path[-1])
    assert run.steps == 12
    assert (run.seconds.diff() >= 0).all()


# GD and momentum have closed forms; the others' counts were taken with torch.optim
@pytest.mark.parametrize(
    ("make", "angle", "steps"),
    [
        (lambda p: SGD(p, lr=0.004), 0.0, 861),
        (lambda p: SGD(p, lr=0.009), 0.0, 381),
        (momentum(0.004), 0.0, 143),
        (momentum(0.009), 0.0, 133),
        (momentum(0.009), math.pi / 4, 133),
        (momentum(0.016529, 0.669421), 0.0, 71),
        (momentum(0.004, nesterov=True), 0.0, 73),
        (momentum(0.006, nesterov=True), 0.0, 54),
        (lambda p: Adagrad(p, lr=0.5), 0.0, 17),
        (lambda p: Adagrad(p, lr=0.5), math.pi / 4, 1024),
        (lambda p: RMSprop(p, lr=0.01, alpha=0.9), 0.0, 137),
        (lambda p: Adam(p, lr=0.1), 0.0, 82),
        (lambda p: Adam(p, lr=0.1), math.pi / 4, 516),
    ],
)
def test_how_long_the_ravine_takes(make, angle, steps):
    turn = torch.tensor(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]],
        dtype=torch.float64,
    )
    runs = compare_optimizers(
        lambda x: ravine(x, angle=angle), turn @ START, {"it": make}, steps=steps + 1
    )
    assert runs["it"].steps_to(1e-6) == pytest.approx(steps, abs=1)


def test_divergence_ends_a_run():
    race = {"diverges": lambda p: SGD(p, lr=0.5), "converges": lambda p: SGD(p, lr=0.005)}
    runs = compare_optimizers(ravine, START, race, steps=300)
    assert runs["diverges"].steps < 300
    assert not runs["diverges"].losses[-1].isfinite()
    assert runs["diverges"].steps_to(1e-6) is None
    assert runs["converges"].steps == 300


def test_nothing_is_shared_between_the_runs():
    race = {name: lambda p: Adam(p, lr=0.1) for name in ("first", "second")}
    noisy = lambda x, g: ravine(x) * (1 + 0.1 * torch.randn((), generator=g, dtype=x.dtype))  # noqa: E731
    runs = compare_optimizers(noisy, START, race, steps=20, seed=5)
    assert torch.equal(runs["first"].path, runs["second"].path)
    assert torch.equal(START, torch.ones(2, dtype=torch.float64))
    other = compare_optimizers(noisy, START, race, steps=20, seed=6)
    assert not torch.equal(runs["first"].path, other["first"].path)


def test_models_are_copied_and_trained():
    model = torch.nn.Linear(2, 1)
    before = model.weight.detach().clone()
    X, y = torch.eye(2), torch.tensor([[1.0], [-1.0]])
    race = {"sgd": lambda p: SGD(p, lr=0.5), "adam": lambda p: Adam(p, lr=0.1)}
    runs = compare_optimizers(lambda m: ((m(X) - y) ** 2).mean(), model, race, steps=200)
    assert torch.equal(model.weight, before)
    for run in runs.values():
        assert run.path is None
        assert run.losses[-1] < 1e-3
        assert_close(run.x(X), y, atol=0.1)


@pytest.mark.bad_input
def test_a_race_needs_a_start_and_steps():
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        compare_optimizers(ravine, START, {}, steps=0)
    with pytest.raises(TypeError, match="floating-point tensor or a model, got tensor"):
        compare_optimizers(ravine, torch.ones(2, dtype=torch.int64), {}, steps=1)
    with pytest.raises(ValueError, match="noise must not be negative"):
        escape_time(ravine, START, momentum(0.1), lambda x: True, noise=-1.0)


def outside(x):
    return (x[0].abs() - 1).abs() < 0.1


def by_recursion(x, lr, beta, most=5000):
    """The first coordinate's own recursion in plain numbers."""
    v = 0.0
    for t in range(most):
        if abs(abs(x) - 1) < 0.1:
            return t
        v = beta * v - lr * (4 * x**3 - 4 * x)
        x += v
    return None


@pytest.mark.reference("the recursion in plain numbers", of="dlcore.optim.escape_time")
@pytest.mark.parametrize("x0", [1e-2, 1e-6, 1e-12, 0.0])
@pytest.mark.parametrize("beta", [0.0, 0.9])
def test_how_long_leaving_the_saddle_takes(x0, beta):
    start = torch.tensor([x0, 1.0], dtype=torch.float64)
    steps = escape_time(double_well, start, momentum(0.05, beta), outside, max_steps=2000)
    assert steps == by_recursion(x0, 0.05, beta, 2001)
    known = {(1e-2, 0.0): 29, (1e-2, 0.9): 13, (1e-6, 0.0): 79, (1e-6, 0.9): 39, (1e-12, 0.0): 155}
    assert steps == known.get((x0, beta), steps)


def test_only_noise_leaves_the_stable_line():
    start = torch.tensor([0.0, 1.0], dtype=torch.float64)
    plain = lambda p: SGD(p, lr=0.05)  # noqa: E731
    leave = lambda seed, **how: escape_time(  # noqa: E731
        double_well, start, plain, outside, max_steps=500,
        generator=torch.Generator().manual_seed(seed), **how,
    )  # fmt: skip
    assert leave(0) is None
    times = [leave(seed, noise=0.01) for seed in range(20)]
    assert all(20 < t < 150 for t in times)
    assert leave(0, noise=0.01) == times[0]
    # the gradient is longer than 0.5 until y is below 0.25: noise comes 14 steps later
    assert all(leave(seed, noise=0.01, noise_below=0.5) > 14 for seed in range(5))
    assert leave(0, noise=0.01, noise_below=0.0) is None
