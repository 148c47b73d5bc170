"""Schedules against torch.optim.lr_scheduler, step by step, and against hand-computed values."""

import math
import warnings
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from dlcore import optim
from tests.parity import assert_close

ALL = {
    "inverse_time_decay": {"decay": 0.1},
    "step_decay": {"step_size": 10, "gamma": 0.5},
    "exponential_decay": {"decay": 0.05},
    "cosine_annealing": {"T_max": 50, "eta_min": 0.01},
    "linear_warmup": {"warmup_steps": 10},
    "warmup_cosine": {"warmup_steps": 10, "total_steps": 50},
    "one_cycle": {"total_steps": 50},
    "cosine_warm_restarts": {"T_0": 10, "T_mult": 2},
    "cyclical_lr": {"base_lr": 0.01, "step_size_up": 8},
}


def by_torch(make, steps, lr=0.1, entry="lr"):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr, momentum=0.9)
    scheduler = make(optimizer)
    values = []
    for _ in range(steps):
        values.append(float(optimizer.param_groups[0][entry]))
        optimizer.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scheduler.step()
    return torch.tensor(values, dtype=torch.float64)


def ours(schedule, steps, lr=0.1, **options):
    return schedule(torch.arange(steps, dtype=torch.float64), lr, **options)


@pytest.mark.reference("torch.optim.lr_scheduler.StepLR", of="dlcore.optim.step_decay")
@pytest.mark.parametrize(("size", "gamma"), [(10, 0.5), (1, 0.9), (7, 0.1)])
def test_step_decay(size, gamma):
    peer = by_torch(lambda o: lr_scheduler.StepLR(o, size, gamma), 40)
    assert_close(ours(optim.step_decay, 40, step_size=size, gamma=gamma), peer)


@pytest.mark.reference(
    "torch.optim.lr_scheduler.ExponentialLR", of="dlcore.optim.exponential_decay"
)
def test_exponential_decay():
    peer = by_torch(lambda o: lr_scheduler.ExponentialLR(o, math.exp(-0.05)), 40)
    assert_close(ours(optim.exponential_decay, 40, decay=0.05), peer)


@pytest.mark.reference("torch.optim.lr_scheduler.LambdaLR", of="dlcore.optim.inverse_time_decay")
def test_inverse_time_decay():
    peer = by_torch(lambda o: lr_scheduler.LambdaLR(o, lambda t: 1 / (1 + 0.1 * t)), 40)
    assert_close(ours(optim.inverse_time_decay, 40, decay=0.1), peer)


@pytest.mark.reference(
    "torch.optim.lr_scheduler.CosineAnnealingLR", of="dlcore.optim.cosine_annealing"
)
def test_cosine_annealing_goes_down_once():
    peer = by_torch(lambda o: lr_scheduler.CosineAnnealingLR(o, 50, 0.001), 101)
    mine = ours(optim.cosine_annealing, 101, T_max=50, eta_min=0.001)
    assert_close(mine[:51], peer[:51])
    assert (mine[50:] == 0.001).all()
    assert peer[100] == pytest.approx(0.1)


@pytest.mark.reference("torch.optim.lr_scheduler.LinearLR", of="dlcore.optim.linear_warmup")
def test_linear_warmup():
    peer = by_torch(lambda o: lr_scheduler.LinearLR(o, 1 / 10, 1, total_iters=9), 15)
    assert_close(ours(optim.linear_warmup, 15, warmup_steps=10), peer)


@pytest.mark.reference("torch.optim.lr_scheduler.SequentialLR", of="dlcore.optim.warmup_cosine")
def test_warmup_then_cosine():
    def make(optimizer):
        rise = lr_scheduler.LinearLR(optimizer, 1 / 10, 1, total_iters=9)
        fall = lr_scheduler.CosineAnnealingLR(optimizer, 40, 0.001)
        return lr_scheduler.SequentialLR(optimizer, [rise, fall], [10])

    peer = by_torch(make, 50)
    assert_close(
        ours(optim.warmup_cosine, 50, warmup_steps=10, total_steps=50, eta_min=0.001), peer
    )


@pytest.mark.reference("torch.optim.lr_scheduler.OneCycleLR", of="dlcore.optim.one_cycle")
@pytest.mark.reference("torch.optim.lr_scheduler.OneCycleLR", of="dlcore.optim.one_cycle_momentum")
@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize(("total", "start"), [(50, 0.3), (37, 0.45), (10, 0.8)])
def test_one_cycle(strategy, total, start):
    options = {"total_steps": total, "pct_start": start, "anneal_strategy": strategy}
    make = partial(lr_scheduler.OneCycleLR, max_lr=0.1, **options)
    factors = {"div_factor": 10.0, "final_div_factor": 100.0}
    assert_close(
        ours(optim.one_cycle, total, **options, **factors),
        by_torch(lambda o: make(o, **factors), total - 1 + 1),
    )
    momenta = optim.one_cycle_momentum(torch.arange(total).double(), **options)
    assert_close(momenta, by_torch(make, total, entry="momentum"))


@pytest.mark.reference(
    "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts", of="dlcore.optim.cosine_warm_restarts"
)
@pytest.mark.parametrize(("first", "times"), [(10, 1), (10, 2), (3, 3), (1, 2), (7, 4)])
def test_warm_restarts(first, times):
    make = partial(lr_scheduler.CosineAnnealingWarmRestarts, T_0=first, T_mult=times, eta_min=0.001)
    mine = ours(optim.cosine_warm_restarts, 400, T_0=first, T_mult=times, eta_min=0.001)
    assert_close(mine, by_torch(make, 400))


@pytest.mark.reference("torch.optim.lr_scheduler.CyclicLR", of="dlcore.optim.cyclical_lr")
@pytest.mark.parametrize("mode", ["triangular", "triangular2", "exp_range"])
@pytest.mark.parametrize("down", [None, 5])
def test_cycles(mode, down):
    options = {"base_lr": 0.01, "step_size_up": 8, "step_size_down": down, "mode": mode}
    gamma = 0.97 if mode == "exp_range" else 1.0
    make = partial(lr_scheduler.CyclicLR, max_lr=0.1, gamma=gamma, cycle_momentum=False, **options)
    mine = ours(optim.cyclical_lr, 60, gamma=gamma, **options)
    assert_close(mine, by_torch(make, 60), rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "options", "t", "rate"),
    [
        ("step_decay", {"step_size": 10, "gamma": 0.5}, 9, 0.1),
        ("step_decay", {"step_size": 10, "gamma": 0.5}, 10, 0.05),
        ("step_decay", {"step_size": 10, "gamma": 0.5}, 25, 0.025),
        ("exponential_decay", {"decay": 0.05}, 10, 0.0606530660),
        ("exponential_decay", {"decay": 0.05}, 25, 0.0286504797),
        ("inverse_time_decay", {"decay": 0.1}, 10, 0.05),
        ("cosine_annealing", {"T_max": 100, "eta_min": 0.001}, 50, 0.0505),
        ("linear_warmup", {"warmup_steps": 10}, 0, 0.01),
        ("linear_warmup", {"warmup_steps": 10}, 9, 0.1),
    ],
)
def test_values_by_hand(name, options, t, rate):
    assert getattr(optim, name)(t, 0.1, **options) == pytest.approx(rate, rel=1e-8)


def test_the_inverse_rates_sum_to_infinity_and_their_squares_do_not():
    t = torch.arange(2_000_000, dtype=torch.float64)
    rates = optim.inverse_time_decay(t, decay=0.1)
    trigamma = torch.special.polygamma(1, torch.tensor(10.0, dtype=torch.float64))
    assert rates.square().sum().item() == pytest.approx(100 * trigamma.item(), rel=1e-5)
    halves = rates[: 10**6].sum(), rates.sum()
    assert (halves[1] - halves[0]).item() == pytest.approx(10 * math.log(2), rel=1e-4)


@pytest.mark.parametrize("name", ALL)
@given(t=st.integers(0, 200))
def test_a_number_and_a_tensor_of_steps_give_the_same(name, t):
    schedule = partial(getattr(optim, name), **ALL[name])
    alone = schedule(t, 0.1)
    assert isinstance(alone, float)
    assert 0 <= alone <= 0.1 + 1e-12
    together = schedule(torch.arange(201), 0.1)
    assert together.dtype == torch.float32
    assert together[t].item() == pytest.approx(alone, rel=1e-6, abs=1e-9)
    assert schedule(torch.tensor([float(t)], dtype=torch.float64), 0.1).item() == alone


@pytest.mark.parametrize("name", ALL)
def test_it_drives_an_optimizer(name):
    schedule = partial(getattr(optim, name), **ALL[name])
    optimizer = optim.Adam([torch.zeros(1, requires_grad=True)], lr=0.2)
    scheduler = lr_scheduler.LambdaLR(optimizer, schedule)
    for t in range(12):
        assert optimizer.param_groups[0]["lr"] == pytest.approx(0.2 * schedule(t))
        optimizer.step()
        scheduler.step()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("inverse_time_decay", {"t": -1, "decay": 0.1}, "steps are counted from 0, got -1"),
        ("inverse_time_decay", {"t": 1, "decay": -0.1}, "decay must be"),
        ("step_decay", {"t": 1, "step_size": 0}, "step_size must be positive, got 0"),
        ("step_decay", {"t": 1, "step_size": 5, "gamma": -1.0}, "gamma must be"),
        ("exponential_decay", {"t": 1, "decay": float("nan")}, "decay must be"),
        ("cosine_annealing", {"t": torch.tensor([0, -3]), "T_max": 5}, "counted from 0, got -3"),
        ("linear_warmup", {"t": 1, "warmup_steps": 0}, "warmup_steps must be positive"),
        ("warmup_cosine", {"t": 1, "warmup_steps": 5, "total_steps": 5}, "before total_steps"),
        ("one_cycle", {"t": 1, "total_steps": 3, "pct_start": 0.3}, "the peak is at step"),
        ("one_cycle", {"t": 1, "total_steps": 30, "anneal_strategy": "sin"}, "'cos' or 'linear'"),
        ("one_cycle_momentum", {"t": 1, "total_steps": 30, "pct_start": 1.0}, "the peak"),
        ("cosine_warm_restarts", {"t": 1, "T_0": 0}, "T_0 must be positive"),
        ("cosine_warm_restarts", {"t": 1, "T_0": 2, "T_mult": 0}, "T_mult must be at least 1"),
        ("cyclical_lr", {"t": 1, "base_lr": 0.0, "step_size_up": 0}, "step_size_up must be"),
        ("cyclical_lr", {"t": 1, "base_lr": 0.0, "step_size_up": 2, "mode": "sine"}, "mode must"),
    ],
)
def test_steps_and_settings_out_of_range(name, options, message):
    with pytest.raises(ValueError, match=message):
        getattr(optim, name)(**options)
