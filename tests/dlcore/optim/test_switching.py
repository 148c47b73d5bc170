"""Switching in the middle against two torch optimizers, one after the other."""

import copy

import pytest
import torch

from dlcore.optim import SGD, Adam, SwitchOptimizer
from tests.parity import assert_close


def loss(w):
    return (w**4).sum() + (w[0] * w[1]) ** 2


def train(optimizer, w, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        loss(w).backward()
        optimizer.step()


def both(w, library=None, **options):
    adam, sgd = (Adam, SGD) if library is None else (library.Adam, library.SGD)
    return adam([w], lr=0.1), sgd([w], lr=0.02, momentum=0.9, nesterov=True)


def start():
    return torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)


@pytest.mark.reference("torch.optim.Adam, then torch.optim.SGD", of="dlcore.optim.SwitchOptimizer")
def test_one_after_the_other():
    mine, theirs = start(), start()
    train(SwitchOptimizer(*both(mine), switch_step=5), mine, 12)
    adam, sgd = both(theirs, torch.optim)
    train(adam, theirs, 5)
    train(sgd, theirs, 7)
    assert_close(mine, theirs)


def test_a_saved_state_continues_before_and_after_the_switch():
    for saved_after in (3, 8):
        w = start()
        optimizer = SwitchOptimizer(*both(w), switch_step=5)
        train(optimizer, w, saved_after)
        resumed = w.detach().clone().requires_grad_()
        other = SwitchOptimizer(*both(resumed), switch_step=5)
        other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
        assert other.switched is (saved_after == 8)
        for each, x in ((optimizer, w), (other, resumed)):
            train(each, x, 6)
        assert torch.equal(w, resumed)
        assert other.param_groups is other.second.param_groups


def test_it_switches_when_the_loss_no_longer_falls():
    optimizer = SwitchOptimizer(*both(start()), patience=2)
    seen = [optimizer.observe(value) for value in (3.0, 2.0, 2.5, 1.0, 1.0, 1.5, 0.1)]
    assert seen == [False] * 5 + [True, True]
    assert optimizer.current is optimizer.second
    patient = SwitchOptimizer(*both(start()))
    assert not any(patient.observe(1.0) for _ in range(50))
    patient.switch()
    assert patient.switched


def test_schedules_write_to_the_optimizer_in_use():
    w = start()
    optimizer = SwitchOptimizer(*both(w), switch_step=2)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t))
    for expected in (optimizer.first, optimizer.first, optimizer.second, optimizer.second):
        assert optimizer.param_groups is expected.param_groups
        train(optimizer, w, 1)
        schedule.step()
    assert optimizer.second.param_groups[0]["lr"] == pytest.approx(0.1 / 5)


def test_a_closure_is_handed_on():
    w = start()
    optimizer = SwitchOptimizer(*both(w), switch_step=1)

    def closure():
        optimizer.zero_grad()
        value = loss(w)
        value.backward()
        return value

    assert optimizer.step(closure).item() == 1 + 16 + 4
    assert optimizer.step(closure) < 21


@pytest.mark.bad_input
def test_optimizers_that_do_not_fit():
    with pytest.raises(ValueError, match="same parameters in the same order, got 1 and 1 tensors"):
        SwitchOptimizer(Adam([start()]), SGD([start()]))
    with pytest.raises(ValueError, match="switch_step must be at least 1, got 0"):
        SwitchOptimizer(*both(start()), switch_step=0)
    with pytest.raises(ValueError, match="patience must be at least 1"):
        SwitchOptimizer(*both(start()), patience=0)
