"""Attacks whose optimum is known: on linear models, and inside the ball on others."""

from functools import partial

import pytest
import torch
from torch import nn

from dlcore.regularization import (
    adversarial_training_step,
    fgsm,
    pgd_attack,
    robust_accuracy,
)
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


def linear_classes(w):
    """Two classes by the sign of x @ w, whose margin against a change of eps is known."""
    model = nn.Linear(len(w), 2, bias=False).double()
    with torch.no_grad():
        model.weight.copy_(torch.stack([-w, w]) / 2)
    return model


@pytest.mark.reference("closed form", of="dlcore.regularization.robust_accuracy")
@pytest.mark.parametrize("batch_size", [7, 256])
def test_robust_accuracy_of_a_linear_model_counts_the_margins(batch_size):
    w, X = random(5), random(101, 5, seed=1)
    y = (X @ w + random(101, seed=2) > 0).long()
    signed = (2 * y - 1) * (X @ w)
    model = linear_classes(w)
    for eps in (0.0, 0.05, 0.2, 1.0):
        expected = (signed > eps * w.abs().sum()).double().mean()
        for attack in (partial(fgsm, eps=eps), partial(pgd_attack, eps=eps, steps=5)):
            robust = robust_accuracy(model, X, y, attack, batch_size=batch_size)
            assert robust == pytest.approx(expected.item())


@pytest.mark.reference(
    "gradient worked by hand", of="dlcore.regularization.adversarial_training_step"
)
@pytest.mark.reference("closed form", of="dlcore.regularization.AdversarialLosses")
@pytest.mark.parametrize("clean_share", [0.0, 0.5, 1.0])
def test_a_step_descends_on_both_losses_of_a_linear_model(clean_share):
    w, x = random(5), random(13, 5, seed=1)
    y = torch.arange(13) % 2
    sign = (2 * y - 1).double()
    model = linear_classes(w)
    worst = x - 0.1 * sign[:, None] * w.sign()
    sgd = torch.optim.SGD(model.parameters(), lr=0.3)
    losses = adversarial_training_step(
        model, x, y, partial(fgsm, eps=0.1), sgd, clean_share=clean_share
    )
    slope = torch.zeros(5).double()
    for inputs, share, loss in (
        (x, clean_share, losses.clean),
        (worst, 1 - clean_share, losses.adversarial),
    ):
        margins = sign * (inputs @ w)
        assert_close(loss, torch.nn.functional.softplus(-margins).mean())
        slope -= share * ((-margins).sigmoid() * sign) @ inputs / 13
    assert_close(model.weight[1], w / 2 - 0.3 * slope)
    assert_close(model.weight[0], -model.weight[1])


def test_the_attack_sees_evaluation_mode_and_the_step_the_mode_of_the_model():
    seen = []

    class Watched(nn.Linear):
        def forward(self, x):
            seen.append(self.training)
            return super().forward(x)

    model, y = Watched(5, 3), torch.arange(7) % 3
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    adversarial_training_step(model, random(7, 5).float(), y, partial(fgsm, eps=0.1), sgd)
    assert seen == [False, True, True]
    assert model.training
    robust_accuracy(model, random(7, 5).float(), y, partial(fgsm, eps=0.1))
    assert seen[3:] == [False, False]
    assert model.training


def test_adversarial_training_makes_a_model_robust():
    generator = torch.Generator().manual_seed(0)
    y = torch.randint(2, (400,), generator=generator)
    strong = 1.0 * (2 * y - 1)[:, None] + 0.5 * torch.randn(400, 1, generator=generator)
    weak = 0.1 * (2 * y - 1)[:, None] + 0.03 * torch.randn(400, 20, generator=generator)
    X, attack = torch.cat([strong, weak], dim=1), partial(fgsm, eps=0.2)
    robust = {}
    for clean_share in (0.0, 1.0):
        model = nn.Linear(21, 2)
        nn.init.zeros_(model.weight)
        sgd = torch.optim.SGD(model.parameters(), lr=0.5)
        for _ in range(200):
            adversarial_training_step(model, X, y, attack, sgd, clean_share=clean_share)
        robust[clean_share] = robust_accuracy(model, X, y, attack)
    assert robust[0.0] > 0.9 > robust[1.0] + 0.05


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
    model, y = nn.Linear(3, 2), torch.zeros(4).long()
    sgd, attack = torch.optim.SGD(model.parameters(), lr=0.1), partial(fgsm, eps=0.1)
    with pytest.raises(ValueError, match=r"clean_share must lie between 0 and 1, got 1\.5"):
        adversarial_training_step(model, torch.zeros(4, 3), y, attack, sgd, clean_share=1.5)
    with pytest.raises(ValueError, match="got 0 examples, 0 labels"):
        robust_accuracy(model, torch.zeros(0, 3), y[:0], attack)
    with pytest.raises(ValueError, match="got 4 examples, 3 labels"):
        robust_accuracy(model, torch.zeros(4, 3), y[:3], attack)
    with pytest.raises(ValueError, match="batch_size=0"):
        robust_accuracy(model, torch.zeros(4, 3), y, attack, batch_size=0)
