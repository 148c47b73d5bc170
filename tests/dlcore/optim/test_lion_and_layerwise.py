"""Lion, LARS and LAMB, which torch.optim lacks, against their papers' formulas in NumPy."""

import copy

import numpy as np
import pytest
import torch

from dlcore.optim import LAMB, LARS, Lion
from tests.parity import assert_close

TARGETS = (np.array([3.0, -1.0, 0.5]), np.array([[2.0, 2.0], [-2.0, 1.0]]))
STARTS = (np.array([1.0, 1.0, -1.0]), np.array([[0.5, -0.5], [4.0, 1.0]]))


def walk(make, steps):
    parameters = [torch.from_numpy(x.copy()).requires_grad_() for x in STARTS]
    optimizer = make(parameters)
    for _ in range(steps):
        optimizer.zero_grad()
        for p, target in zip(parameters, TARGETS, strict=True):
            ((p - torch.from_numpy(target)) ** 4).sum().backward()
        optimizer.step()
    return parameters


def expected(rule, steps):
    """Each tensor by itself: the rule gets the weights, the gradient, what it remembers, and t."""
    for start, target in zip(STARTS, TARGETS, strict=True):
        w, memory = start, {}
        for t in range(1, steps + 1):
            w = rule(w, 4 * (w - target) ** 3, memory, t)
        yield w


def lion(w, g, memory, t, lr=0.01, b1=0.8, b2=0.95, wd=0.3):
    m = memory.get("m", np.zeros_like(w))
    u = np.sign(b1 * m + (1 - b1) * g)
    memory["m"] = b2 * m + (1 - b2) * g
    return w - lr * (u + wd * w)


def lars(w, g, memory, t, lr=0.5, beta=0.8, wd=0.3, trust=0.01):
    local = trust * np.linalg.norm(w) / (np.linalg.norm(g) + wd * np.linalg.norm(w) + 1e-8)
    memory["v"] = beta * memory.get("v", 0) + local * (g + wd * w)
    return w - lr * memory["v"]


def lamb(w, g, memory, t, lr=0.02, b1=0.8, b2=0.95, wd=0.3):
    memory["m"] = b1 * memory.get("m", 0) + (1 - b1) * g
    memory["v"] = b2 * memory.get("v", 0) + (1 - b2) * g**2
    r = memory["m"] / (1 - b1**t) / (np.sqrt(memory["v"] / (1 - b2**t)) + 1e-6) + wd * w
    return w - lr * np.linalg.norm(w) / np.linalg.norm(r) * r


@pytest.mark.reference("Chen et al. (2023), algorithm 2, in NumPy", of="dlcore.optim.Lion")
@pytest.mark.reference("You et al. (2017), equation 6, in NumPy", of="dlcore.optim.LARS")
@pytest.mark.reference("You et al. (2020), algorithm 2, in NumPy", of="dlcore.optim.LAMB")
@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (lambda p: Lion(p, lr=0.01, betas=(0.8, 0.95), weight_decay=0.3), lion),
        (lambda p: LARS(p, lr=0.5, momentum=0.8, weight_decay=0.3, trust_coefficient=0.01), lars),
        (lambda p: LAMB(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.3), lamb),
    ],
    ids=["Lion", "LARS", "LAMB"],
)
def test_thirty_steps_of_the_formula(make, rule):
    for w, by_formula in zip(walk(make, 30), expected(rule, 30), strict=True):
        assert_close(w, by_formula, rtol=1e-8)


@pytest.mark.parametrize("make", [Lion, LARS, LAMB])
def test_a_saved_state_continues_the_walk(make):
    def go_on(optimizer, w):
        for _ in range(4):
            optimizer.zero_grad()
            (w**2).sum().backward()
            optimizer.step()

    straight = torch.ones(3, requires_grad=True)
    optimizer = make([straight], lr=0.1)
    go_on(optimizer, straight)
    resumed = straight.detach().clone().requires_grad_()
    other = make([resumed])
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    for each, w in ((optimizer, straight), (other, resumed)):
        go_on(each, w)
    assert torch.equal(straight, resumed)


@pytest.mark.parametrize("make", [LARS, LAMB])
def test_weights_that_start_at_zero_move(make):
    w = torch.zeros(3, requires_grad=True)
    w.grad = torch.ones(3)
    make([w], lr=0.1).step()
    assert (w < 0).all()


def test_a_step_of_lamb_changes_every_tensor_by_the_same_fraction():
    for scale in (1e-3, 1.0, 1e3):
        w = (scale * torch.ones(4)).requires_grad_()
        w.grad = torch.tensor([1.0, -2.0, 3.0, -4.0])
        LAMB([w], lr=0.1).step()
        assert_close((w.detach() - scale).norm() / (2 * scale), 0.1, rtol=1e-4)
