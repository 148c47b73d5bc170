"""Attacks whose optimum is known: on linear models, and inside the ball on others."""

import pytest
import torch

from dlcore.regularization import fgsm, pgd_attack
from tests.parity import assert_close


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.reference("the optimum x + ε sign w", of="dlcore.regularization.fgsm")
@pytest.mark.reference("the optimum x + ε sign w", of="dlcore.regularization.pgd_attack")
def test_a_linear_model_has_a_known_worst_case():
    w, x, y = random(7), random(5, 7, seed=1), torch.tensor([1.0, -1, 1, 1, -1]).double()

    def loss(x):
        return torch.nn.functional.softplus(-y * (x @ w)).sum()

    worst = x - 0.1 * y[:, None] * w.sign()
    generator = torch.Generator().manual_seed(0)
    assert_close(fgsm(loss, x, 0.1), worst)
    assert_close(pgd_attack(loss, x, 0.1), worst)
    assert_close(pgd_attack(loss, x, 0.1, generator=generator), worst)
    margins = y * (x @ w) - y * (fgsm(loss, x, 0.1) @ w)
    assert_close(margins, (0.1 * w.abs().sum()).expand(5))


def test_stays_in_the_ball_and_the_range():
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(7, 11), torch.nn.Tanh(), torch.nn.Linear(11, 3))
    x, y = random(13, 7).float().sigmoid(), torch.arange(13) % 3

    def loss(x):
        return torch.nn.functional.cross_entropy(net(x), y, reduction="sum")

    before, once, often = x.clone(), fgsm(loss, x, 0.3, lower=0, upper=1), None
    often = pgd_attack(loss, x, 0.3, steps=20, lower=0, upper=1)
    assert torch.equal(x, before)
    for attacked in (once, often):
        assert (attacked - x).abs().max() <= 0.3 + 1e-6
        assert attacked.min() >= 0
        assert attacked.max() <= 1
    assert loss(often) >= loss(once) > loss(x)
    assert all(p.grad is None for p in net.parameters())


@pytest.mark.bad_input
def test_bad_input():
    x = torch.zeros(3)
    for f in (fgsm, pgd_attack):
        with pytest.raises(ValueError, match="eps must be at least 0"):
            f(torch.sum, x, -0.1)
        with pytest.raises(ValueError, match=r"loss must be a single number, got \(3,\)"):
            f(torch.sin, x, 0.1)
        with pytest.raises(TypeError, match=r"got torch\.int64"):
            f(torch.sum, torch.arange(3), 0.1)
    with pytest.raises(ValueError, match="steps at least 1, got"):
        pgd_attack(torch.sum, x, 0.1, steps=0)
