"""Gradients of single examples beside a loop, and steps beside torch's optimizer and by hand."""

import copy
import math

import pytest
import torch
from scipy import stats
from torch import nn
from torch.nn import functional as F

from dlcore.applications import (
    DPSGD,
    per_example_gradients,
    poisson_batch,
    store_per_example_gradients,
)
from tests.parity import assert_close


def network_and_data(generator, n=6):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    X = torch.randn(n, 4, generator=generator, dtype=torch.float64)
    return model, X, torch.randint(3, (n,), generator=generator)


def by_loop(model, X, y):
    """Each example's gradient by torch.autograd, flattened, shape (n, p)."""
    rows = []
    for x, target in zip(X, y, strict=True):
        loss = F.cross_entropy(model(x[None]), target[None])
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        rows.append(torch.cat([g.flatten() for g in gradients]))
    return torch.stack(rows)


def flat(tensors):
    return torch.cat([t.flatten() for t in tensors])


@pytest.mark.reference("torch.autograd.grad", of="dlcore.applications.per_example_gradients")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.applications.store_per_example_gradients")
def test_one_pass_gives_every_examples_gradient(generator):
    model, X, y = network_and_data(generator)
    expected = by_loop(model, X, y)
    found = per_example_gradients(model, F.cross_entropy, X, y)
    assert_close(torch.cat([g.flatten(1) for g in found.values()], 1), expected)
    store_per_example_gradients(model, F.cross_entropy, X, y)
    stored = torch.cat([p.grad_sample.flatten(1) for p in model.parameters()], 1)
    assert torch.equal(stored, torch.cat([g.flatten(1) for g in found.values()], 1))
    model[0].weight.requires_grad_(False)
    assert "0.weight" not in per_example_gradients(model, F.cross_entropy, X, y)


@pytest.mark.reference("torch.optim.SGD", of="dlcore.applications.DPSGD")
def test_without_clipping_and_noise_it_is_gradient_descent(generator):
    model, X, y = network_and_data(generator)
    twin = copy.deepcopy(model)
    plain = torch.optim.SGD(twin.parameters(), lr=0.3)
    private = DPSGD(model.parameters(), lr=0.3, max_norm=1e9, noise_multiplier=0.0, batch_size=6)
    for _ in range(3):
        plain.zero_grad()
        F.cross_entropy(twin(X), y).backward()
        plain.step()
        store_per_example_gradients(model, F.cross_entropy, X, y)
        private.step()
    assert_close(flat(model.parameters()), flat(twin.parameters()))
    assert private.steps == 3
    again = DPSGD(model.parameters(), lr=1.0, max_norm=1.0, noise_multiplier=1.0, batch_size=1)
    again.load_state_dict(private.state_dict())
    assert again.steps == 3


@pytest.mark.reference("closed form", of="dlcore.applications.DPSGD")
def test_no_example_moves_the_sum_by_more_than_the_norm(generator):
    model, X, y = network_and_data(generator)
    gradients, before = by_loop(model, X, y), flat(model.parameters()).detach()
    norms = gradients.norm(dim=1)
    limit = float(norms.median())
    clipped = gradients * (limit / norms).clamp(max=1)[:, None]
    assert bool((clipped.norm(dim=1) <= limit * (1 + 1e-12)).all())

    def move(count):
        own = copy.deepcopy(model)
        step = DPSGD(own.parameters(), lr=1.0, max_norm=limit, noise_multiplier=0.0, batch_size=4)
        store_per_example_gradients(own, F.cross_entropy, X[:count], y[:count])
        step.step()
        return flat(own.parameters()).detach() - before

    assert_close(move(6), -clipped.sum(0) / 4)
    assert (move(6) - move(5)).norm() <= limit / 4 * (1 + 1e-9)
    assert_close(move(0), torch.zeros_like(before))


@pytest.mark.reference("scipy.stats.norm", of="dlcore.applications.DPSGD")
def test_the_noise_is_the_multiplier_times_the_norm(generator):
    model = nn.Linear(100, 100, bias=False)
    before = model.weight.detach().clone()
    optimizer = DPSGD(
        model.parameters(),
        lr=0.5,
        max_norm=2.0,
        noise_multiplier=3.0,
        batch_size=4,
        generator=generator,
    )
    store_per_example_gradients(model, F.mse_loss, torch.ones(0, 100), torch.ones(0, 100))
    optimizer.step()
    moved = ((model.weight.detach() - before).flatten() / 0.5 * 4).numpy()
    assert stats.kstest(moved, stats.norm(0, 3.0 * 2.0).cdf).pvalue > 1e-3


@pytest.mark.reference("scipy.stats.binom", of="dlcore.applications.poisson_batch")
def test_batches_of_random_size(generator):
    sizes = [len(poisson_batch(50, 0.2, generator=generator)) for _ in range(400)]
    assert stats.binomtest(sum(sizes), 400 * 50, 0.2).pvalue > 1e-3
    spread = torch.tensor(sizes).double().var().item() / (50 * 0.2 * 0.8)
    assert abs(spread - 1) < 5 * math.sqrt(2 / 400)
    batch = poisson_batch(50, 0.5, generator=generator)
    assert torch.equal(batch, batch.unique())


@pytest.mark.bad_input
def test_steps_that_cannot_be_private(generator):
    model, X, y = network_and_data(generator)

    def optimizer(**changes):
        settings = {"lr": 0.1, "max_norm": 1.0, "noise_multiplier": 1.0, "batch_size": 4, **changes}
        return DPSGD(model.parameters(), **settings)

    private = optimizer()
    store_per_example_gradients(model, F.cross_entropy, X, y)
    private.step()
    for call, message in (
        (private.step, "before each step"),  # gradients are used once
        (lambda: optimizer(lr=-1.0), "at least 0"),
        (lambda: optimizer(noise_multiplier=-1.0), "at least 0"),
        (lambda: optimizer(max_norm=0.0), "above 0"),
        (lambda: optimizer(batch_size=0), "above 0"),
        (lambda: per_example_gradients(model, F.cross_entropy, X, y[:2]), "one target"),
        (lambda: per_example_gradients(model, F.cross_entropy, X[:0], y[:0]), "at least one"),
        (lambda: poisson_batch(-1, 0.5), "at least 0"),
        (lambda: poisson_batch(3, 0.0), "rate in"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    store_per_example_gradients(model, F.cross_entropy, X, y)
    private.zero_grad()
    with pytest.raises(ValueError, match="before each step"):
        private.step()
