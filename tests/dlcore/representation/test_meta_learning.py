"""MAML, its first order and Reptile against closed forms and torch.func."""

import math

import pytest
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

from dlcore.representation import (
    MAML,
    adapt_parameters,
    maml_meta_gradient,
    reptile_gradient,
    sine_task,
    train_reptile,
)
from tests.parity import assert_close

CENTRES = (1.0, 3.0, -2.0)


def bowl(c, h=1.0):
    return lambda params: h * (params["w"] - c).square().sum() / 2


def start(value):
    return {"w": torch.tensor(value, dtype=torch.float64)}


@pytest.mark.reference("closed form on a bowl", of="dlcore.representation.maml_meta_gradient")
@pytest.mark.parametrize("steps", [0, 1, 4])
def test_gradient_on_bowls(steps):
    tasks = [(bowl(c), bowl(c)) for c in CENTRES]
    found = maml_meta_gradient(start(0.7), tasks, 0.3, steps=steps)["w"]
    apart = 0.7 - sum(CENTRES) / 3
    assert_close(found, 0.7 ** (2 * steps) * apart)
    first = maml_meta_gradient(start(0.7), tasks, 0.3, steps=steps, first_order=True)["w"]
    assert_close(first, 0.7**steps * apart)
    if steps == 1:
        assert_close((found, first), (0.016333, 0.023333), atol=5e-7)
        steep = [(bowl(1.0, 2.0), bowl(1.0, 2.0))]
        assert_close(maml_meta_gradient(start(3.0), steep, 0.1)["w"], 2.56)


def test_gradient_of_torch_func(generator):
    net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    data = torch.randn(4, 7, 3, generator=generator, dtype=torch.float64)
    params = {name: p.detach() for name, p in net.named_parameters()}
    untouched = {name: p.clone() for name, p in params.items()}

    def loss(p, part):
        return F.mse_loss(functional_call(net, p, (part[:, :2],)), part[:, 2:])

    def after(p):
        for _ in range(2):
            g = torch.func.grad(loss)(p, data[0])
            p = {name: p[name] - 0.2 * g[name] for name in p}
        return loss(p, data[1])

    tasks = [(lambda p: loss(p, data[0]), lambda p: loss(p, data[1]))]
    found = maml_meta_gradient(params, tasks, 0.2, steps=2)
    for name, expected in torch.func.grad(after)(params).items():
        assert_close(found[name], expected, rtol=1e-8)
        assert torch.equal(params[name], untouched[name])
        assert not params[name].requires_grad


@pytest.mark.reference("torch.optim.SGD", of="dlcore.representation.adapt_parameters")
@pytest.mark.reference("torch.optim.SGD", of="dlcore.representation.reptile_gradient")
def test_steps_of_sgd():
    ends = []
    for c in CENTRES:
        w = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=0.3)
        for _ in range(3):
            optimizer.zero_grad()
            (2 * (w - c).square() / 2).backward()
            optimizer.step()
        ends.append(w.detach())
        assert_close(adapt_parameters(bowl(c, 2.0), start(0.7), 0.3, steps=3)["w"], w)
    tasks = [bowl(c, 2.0) for c in CENTRES]
    found = reptile_gradient(start(0.7), tasks, 0.3, steps=3)["w"]
    assert_close(found, 0.7 - torch.stack(ends).mean())
    assert not found.requires_grad
    plain = reptile_gradient(start(0.7), tasks, 0.3, steps=1)["w"]
    assert_close(plain, 0.3 * 2 * (0.7 - sum(CENTRES) / 3))


def test_what_adapted_parameters_know_of_the_start():
    theta = {"w": torch.tensor(1.0, requires_grad=True), "unused": torch.ones(2)}
    for differentiable, slope in ((True, 0.7), (False, 1.0)):
        adapted = adapt_parameters(bowl(0.0), theta, 0.3, differentiable=differentiable)
        assert_close(torch.autograd.grad(adapted["w"], theta["w"])[0], slope, rtol=1e-6)
        assert torch.equal(adapted["unused"], theta["unused"])
    with torch.no_grad():
        assert_close(adapt_parameters(bowl(0.0), start(1.0), 0.3)["w"], 0.7)


@pytest.mark.reference("torch.func.grad", of="dlcore.representation.MAML")
@pytest.mark.parametrize("first_order", [False, True])
def test_backward_of_the_module_is_the_meta_gradient(generator, first_order):
    net = nn.Linear(1, 1).double()
    net.register_parameter("still", nn.Parameter(torch.ones(1), requires_grad=False))
    maml = MAML(net, inner_lr=0.2, steps=2, first_order=first_order, loss=F.mse_loss)
    task = [part.double() for part in sine_task(6, 5, generator=generator)]
    F.mse_loss(maml(*task[:3]), task[3]).backward()

    def loss(w, b, x, y):
        return F.mse_loss(x * w + b, y)

    def after(w, b):
        for _ in range(2):
            dw, db = torch.func.grad(loss, argnums=(0, 1))(w, b, *task[:2])
            if first_order:
                dw, db = dw.detach(), db.detach()
            w, b = w - 0.2 * dw, b - 0.2 * db
        return loss(w, b, *task[2:])

    w, b = net.weight.detach(), net.bias.detach()
    expected = torch.func.grad(after, argnums=(0, 1))(w, b)
    assert_close(net.weight.grad, expected[0], rtol=1e-8)
    assert_close(net.bias.grad, expected[1], rtol=1e-8)
    assert set(maml.adapt(*task[:2])) == {"weight", "bias"}
    maml.eval()
    with torch.no_grad():
        assert_close(maml.adapt(*task[:2], steps=0)["weight"], net.weight)
        assert_close(F.mse_loss(maml(*task[:3]), task[3]), after(w, b), rtol=1e-8)


@pytest.mark.reference("mean of the ends, by hand", of="dlcore.representation.train_reptile")
def test_reptile_moves_towards_the_ends():
    net = nn.Linear(1, 1)
    maml = MAML(net, inner_lr=0.02, steps=4, loss=F.mse_loss)
    before = [p.detach().clone() for p in net.parameters()]

    def sample(generator):
        return sine_task(4, 3, generator=generator)

    losses = train_reptile(
        maml, sample, steps=1, lr=0.25, tasks_per_step=2, generator=torch.Generator().manual_seed(1)
    )
    source, ends, total = torch.Generator().manual_seed(1), [], 0.0
    for _ in range(2):
        task = sample(source)
        x, y = torch.cat([task.support_x, task.query_x]), torch.cat([task.support_y, task.query_y])
        params = [p.clone().requires_grad_() for p in before]
        optimizer = torch.optim.SGD(params, lr=0.02)
        for _ in range(4):
            optimizer.zero_grad()
            F.mse_loss(F.linear(x, *params), y).backward()
            optimizer.step()
        ends.append([p.detach() for p in params])
        total += F.mse_loss(F.linear(x, *params), y).item() / 2
    assert_close(losses, [total], rtol=1e-5)
    for p, old, a, b in zip(net.parameters(), before, *ends, strict=True):
        assert_close(p, old + 0.25 * ((a + b) / 2 - old), rtol=1e-5, atol=1e-7)
    assert maml.training


@pytest.mark.reference("numpy.sin of fitted waves", of="dlcore.representation.sine_task")
def test_points_lie_on_one_sine(generator):
    task = sine_task(40, 30, generator=generator)
    x, y = torch.cat([task.support_x, task.query_x]), torch.cat([task.support_y, task.query_y])
    waves = torch.cat([x.sin(), x.cos()], 1).double()
    fit = torch.linalg.lstsq(waves, y.double()).solution
    assert_close(waves @ fit, y.double(), atol=1e-5)
    amplitude, phase = float(fit.norm()), math.atan2(-float(fit[1]), float(fit[0]))
    assert 0.1 <= amplitude <= 5
    assert 0 <= phase <= math.pi
    assert x.abs().max() <= 5
    assert x.std() > 2


@pytest.mark.bad_input
def test_what_does_not_fit():
    for call, message in (
        (lambda: adapt_parameters(bowl(0.0), {}, 0.1), "parameters and at least 0 steps"),
        (lambda: adapt_parameters(bowl(0.0), start(1.0), 0.1, steps=-1), "at least 0 steps"),
        (lambda: maml_meta_gradient(start(1.0), [], 0.1), "there are no tasks"),
        (lambda: reptile_gradient(start(1.0), [], 0.1), "there are no tasks"),
        (lambda: reptile_gradient(start(1.0), [bowl(1.0)], 0.1, steps=0), "at least 1"),
        (lambda: MAML(nn.Linear(1, 1), inner_lr=0.1, steps=-1), "at least 0, got -1"),
        (lambda: sine_task(0), "must be at least 1"),
        (
            lambda: train_reptile(MAML(nn.Linear(1, 1), inner_lr=0.1, steps=0), sine_task, steps=1),
            "must be at least 1",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()
