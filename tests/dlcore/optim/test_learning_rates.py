"""The range test on quadratics, whose stability limit is known; how far a step moves weights."""

import pytest
import torch
from torch import nn

from dlcore.optim import SGD, Adam, lr_range_test, update_ratio
from tests.parity import assert_close


def quadratic(h):
    w = torch.ones(len(h), dtype=torch.float64, requires_grad=True)
    return w, lambda: 0.5 * (torch.tensor(h, dtype=torch.float64) * w**2).sum()


@pytest.mark.reference("the stability limit 2/λ of a quadratic", of="dlcore.optim.lr_range_test")
@pytest.mark.reference("the stability limit 2/λ of a quadratic", of="dlcore.optim.LRRangeTest")
@pytest.mark.parametrize("sharpness", [0.5, 4.0, 100.0])
def test_the_loss_blows_up_soon_after_the_stability_limit(sharpness):
    w, loss = quadratic([sharpness, sharpness / 4])
    limit = 2 / sharpness
    optimizer = SGD([w], lr=0.1)
    found = lr_range_test(
        loss, optimizer, min_lr=limit / 1000, max_lr=100 * limit, steps=200, blowup=10.0
    )
    assert limit / 4 < found.best < found.diverged < 8 * limit
    assert (found.losses[found.lrs < limit].diff() <= 0).all()
    assert found.diverged == found.lrs[-1]
    growth = found.lrs[1:] / found.lrs[:-1]
    assert_close(growth, torch.full_like(growth, 1e5 ** (1 / 199)))


def test_the_losses_are_those_of_training_by_hand():
    w, loss = quadratic([1.0, 3.0])
    found = lr_range_test(loss, SGD([w]), min_lr=0.01, max_lr=0.1, steps=5)
    by_hand, x = [], torch.ones(2, dtype=torch.float64)
    h = torch.tensor([1.0, 3.0], dtype=torch.float64)
    for lr in (0.01, 0.01 * 10**0.25, 0.01 * 10**0.5, 0.01 * 10**0.75, 0.1):
        by_hand.append((0.5 * h * x**2).sum())
        x = x * (1 - lr * h)
    assert_close(found.losses, torch.stack(by_hand))
    assert found.diverged is None


def test_everything_is_put_back():
    w, loss = quadratic([1.0, 3.0])
    optimizer = Adam([{"params": [w], "lr": 0.2}])
    loss().backward()
    optimizer.step()
    before, state = w.detach().clone(), optimizer.state[w]["exp_avg"].clone()
    lr_range_test(loss, optimizer)
    assert torch.equal(w, before)
    assert w.grad is None
    assert optimizer.param_groups[0]["lr"] == 0.2
    assert torch.equal(optimizer.state[w]["exp_avg"], state)
    assert optimizer.state[w]["step"] == 1


def test_smoothing_averages_with_the_start_corrected():
    w = torch.zeros(1, requires_grad=True)
    values = [2.0, 4.0, 0.0]
    losses = iter(values)
    found = lr_range_test(
        lambda: next(losses) + 0 * w.sum(), SGD([w]), steps=3, smoothing=0.5, blowup=100.0
    )
    weights = [[1.0], [1 / 3, 2 / 3], [1 / 7, 2 / 7, 4 / 7]]
    expected = [sum(a * b for a, b in zip(row, values, strict=False)) for row in weights]
    assert_close(found.losses, expected)


def test_a_loss_that_is_not_a_number_ends_it():
    w = torch.zeros(1, requires_grad=True)
    losses = iter([1.0, float("nan")])
    found = lr_range_test(lambda: next(losses) + 0 * w.sum(), SGD([w]), steps=10)
    assert len(found.lrs) == 2
    assert found.diverged == found.lrs[1]
    assert found.best == found.lrs[0]


@pytest.mark.reference("closed form of a step of SGD", of="dlcore.optim.update_ratio")
def test_the_ratio_of_a_step():
    model = nn.Linear(3, 2)
    nn.init.zeros_(model.bias)
    optimizer = SGD(model.parameters(), lr=0.01)
    model(torch.ones(4, 3)).sum().backward()
    expected = 0.01 * model.weight.grad.norm() / model.weight.detach().norm()
    ratios = update_ratio(model, optimizer.step)
    assert ratios["weight"] == pytest.approx(expected.item(), rel=1e-4)
    assert ratios["bias"] == float("inf")
    assert update_ratio(model, lambda: None) == {"weight": 0.0, "bias": 0.0}
    model.bias.requires_grad_(False)
    assert set(update_ratio(model, lambda: None)) == {"weight"}


@pytest.mark.bad_input
def test_numbers_out_of_range():
    w, loss = quadratic([1.0])
    for wrong in ({"min_lr": 0.0}, {"min_lr": 1.0, "max_lr": 0.5}, {"steps": 1}):
        with pytest.raises(ValueError, match="rates must grow from min_lr > 0"):
            lr_range_test(loss, SGD([w]), **wrong)
    for wrong in ({"smoothing": 1.0}, {"blowup": 1.0}):
        with pytest.raises(ValueError, match="smoothing must lie"):
            lr_range_test(loss, SGD([w]), **wrong)
    with pytest.raises(ValueError, match="no parameters to train"):
        update_ratio(nn.Linear(1, 1).requires_grad_(False), lambda: None)
