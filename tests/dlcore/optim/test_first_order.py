"""Every optimizer that torch has, step for step beside torch's, under settings drawn at random."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore import optim
from tests.parity import assert_close

RATES = st.sampled_from([1e-3, 0.01, 0.1])
DECAYS = st.sampled_from([0.0, 0.01, 0.3])
FRACTIONS = st.floats(0.05, 0.95)
BETAS = st.tuples(FRACTIONS, st.floats(0.5, 0.999))
EPS = st.sampled_from([1e-8, 1e-2])
FLAG = st.booleans()
ADAM = {"lr": RATES, "betas": BETAS, "eps": EPS, "weight_decay": DECAYS, "maximize": FLAG}
SETTINGS = {
    "SGD": {
        "lr": RATES, "momentum": st.one_of(st.just(0.0), FRACTIONS), "dampening": FRACTIONS,
        "weight_decay": DECAYS, "maximize": FLAG,
    },
    "Adagrad": {
        "lr": RATES, "lr_decay": DECAYS, "weight_decay": DECAYS,
        "initial_accumulator_value": DECAYS, "eps": EPS, "maximize": FLAG,
    },
    "RMSprop": {
        "lr": RATES, "alpha": FRACTIONS, "eps": EPS, "weight_decay": DECAYS,
        "momentum": st.one_of(st.just(0.0), FRACTIONS), "centered": FLAG, "maximize": FLAG,
    },
    "Adadelta": {
        "lr": RATES, "rho": FRACTIONS, "eps": EPS, "weight_decay": DECAYS, "maximize": FLAG,
    },
    "Adam": {**ADAM, "amsgrad": FLAG, "decoupled_weight_decay": FLAG},
    "AdamW": {**ADAM, "amsgrad": FLAG},
    "NAdam": {**ADAM, "momentum_decay": DECAYS, "decoupled_weight_decay": FLAG},
    "RAdam": {**ADAM, "decoupled_weight_decay": FLAG},
}  # fmt: skip
EVERYTHING = {
    "SGD": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    "Adagrad": {"lr_decay": 0.1, "weight_decay": 0.1},
    "RMSprop": {"momentum": 0.9, "centered": True, "weight_decay": 0.1},
    "Adadelta": {"weight_decay": 0.1},
    "Adam": {"amsgrad": True, "weight_decay": 0.1},
    "AdamW": {"amsgrad": True},
    "NAdam": {"weight_decay": 0.1},
    "RAdam": {"weight_decay": 0.1},
}


@pytest.fixture(autouse=True)
def double_precision():
    """torch.optim keeps its own counters in the default type."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def start():
    """A vector, a matrix, and a number that has no gradient at first."""
    generator = torch.Generator().manual_seed(3)
    return [torch.randn(s, generator=generator).requires_grad_() for s in ((3,), (2, 3), ())]


def objective(a, B, c, t):
    J = ((B @ a - 1) ** 2).sum() + 0.1 * (a**4).sum() + 0.1 * (B.sin() ** 2).sum()
    return J + (c - a.sum()) ** 2 if t >= 4 else J


def walk(optimizer, parameters, steps, first=0):
    """The places of all parameters after each step; the rate changes on the way."""
    places = []
    for t in range(first, first + steps):
        if t in (7, 14):
            for group in optimizer.param_groups:
                group["lr"] *= 0.5 if t == 7 else 3
        optimizer.zero_grad()
        objective(*parameters, t).backward()
        optimizer.step()
        places.append(torch.cat([p.detach().flatten() for p in parameters]))
    return torch.stack(places)


@pytest.mark.reference("torch.optim.SGD", of="dlcore.optim.SGD")
@pytest.mark.reference("torch.optim.Adagrad", of="dlcore.optim.Adagrad")
@pytest.mark.reference("torch.optim.RMSprop", of="dlcore.optim.RMSprop")
@pytest.mark.reference("torch.optim.Adadelta", of="dlcore.optim.Adadelta")
@pytest.mark.reference("torch.optim.Adam", of="dlcore.optim.Adam")
@pytest.mark.reference("torch.optim.AdamW", of="dlcore.optim.AdamW")
@pytest.mark.reference("torch.optim.NAdam", of="dlcore.optim.NAdam")
@pytest.mark.reference("torch.optim.RAdam", of="dlcore.optim.RAdam")
@pytest.mark.parametrize("name", SETTINGS)
@given(data=st.data())
@settings(max_examples=15)
def test_the_walk_is_that_of_torch(name, data):
    chosen = data.draw(st.fixed_dictionaries(SETTINGS[name]))
    if name == "SGD" and chosen["momentum"] and data.draw(FLAG):
        chosen |= {"nesterov": True, "dampening": 0.0}
    mine, theirs = start(), start()
    ours = walk(getattr(optim, name)(mine, **chosen), mine, 20)
    peer = walk(getattr(torch.optim, name)(theirs, **chosen), theirs, 20)
    assert_close(ours, peer, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", SETTINGS)
def test_defaults_are_those_of_torch(name):
    mine = getattr(optim, name)(start()).defaults
    peer = getattr(torch.optim, name)(start()).defaults
    assert {key: peer[key] for key in mine} == mine


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("loaded", ["from ours", "from torch", "into torch"])
def test_a_saved_state_continues_the_walk(name, loaded):
    sources = {"from ours": (optim, optim), "from torch": (torch.optim, optim)}
    before, after = sources.get(loaded, (optim, torch.optim))
    parameters = start()
    optimizer = getattr(before, name)(parameters, **EVERYTHING[name])
    walk(optimizer, parameters, 5)
    resumed = [p.detach().clone().requires_grad_() for p in parameters]
    other = getattr(after, name)(resumed)
    other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    expected = walk(optimizer, parameters, 10, first=5)
    assert_close(walk(other, resumed, 10, first=5), expected, rtol=1e-8, atol=1e-10)


def test_a_state_with_unused_buffers_loads():
    saved = torch.optim.SGD(start(), momentum=0.9).state_dict()
    saved["state"] = {i: {"momentum_buffer": None} for i in range(3)}
    mine, theirs = start(), start()
    optimizer = optim.SGD(mine)
    optimizer.load_state_dict(saved)
    peer = walk(torch.optim.SGD(theirs, momentum=0.9), theirs, 10)
    assert_close(walk(optimizer, mine, 10), peer)


@pytest.mark.parametrize("name", SETTINGS)
def test_groups_keep_their_own_settings(name):
    walks = []
    for library in (optim, torch.optim):
        a, B, c = start()
        groups = [{"params": [a, c], "lr": 0.05}, {"params": [B], "weight_decay": 0.2}]
        walks.append(walk(getattr(library, name)(groups, lr=0.01), [a, B, c], 10))
    assert_close(*walks, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("name", SETTINGS)
def test_types_may_be_mixed(name):
    places = []
    for library in (optim, torch.optim):
        types = (torch.float64, torch.float32, torch.float64, torch.float32)
        parameters = [torch.full((3,), i + 1.0, dtype=t) for i, t in enumerate(types)]
        optimizer = getattr(library, name)(parameters)
        for t in range(5):
            for i, p in enumerate(parameters):
                p.grad = torch.full_like(p, (-1) ** t + i)
            optimizer.step()
        assert [p.dtype for p in parameters] == list(types)
        places.append(torch.stack([p.double() for p in parameters]))
    assert_close(*places, rtol=1e-6)


@pytest.mark.parametrize("name", SETTINGS)
def test_gradients_are_left_as_they_were(name):
    w, g = torch.ones(3, requires_grad=True), torch.tensor([1.0, -2.0, 3.0])
    w.grad = g.clone()
    optimizer = getattr(optim, name)([w], maximize=True, **EVERYTHING[name])
    for _ in range(3):
        optimizer.step()
    assert torch.equal(w.grad, g)


def test_the_source_puts_the_rate_into_the_velocity_and_agrees_while_it_is_constant():
    theta = torch.tensor([1.0, 1.0])
    w, v = theta.clone().requires_grad_(), torch.zeros(2)
    optimizer = optim.SGD([w], lr=0.009, momentum=0.9)
    for t in range(40):
        if t == 20:
            before = w.detach().clone(), theta.clone()
            optimizer.param_groups[0]["lr"] = 0.0009
        lr = optimizer.param_groups[0]["lr"]
        gradient = torch.tensor([200.0, 2.0]) * theta
        theta, v = optim.momentum_step(theta, v, gradient, lr=lr, momentum=0.9)
        optimizer.zero_grad()
        optim.ravine(w).backward()
        optimizer.step()
    assert_close(*before)
    assert (theta - w.detach()).norm() > 0.1


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("name", "wrong", "message"),
    [
        ("SGD", {"lr": -1.0}, "lr must be finite and not negative, got -1.0"),
        ("SGD", {"nesterov": True}, "nesterov needs momentum"),
        ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "dampening 0.1"),
        ("Adagrad", {"eps": -1e-8}, "eps must be"),
        ("RMSprop", {"alpha": 1.0}, "alpha must be at least 0 and below 1"),
        ("Adadelta", {"rho": -0.1}, "rho must be"),
        ("Adam", {"betas": (0.9, 1.0)}, r"betas\[1\] must be"),
        ("AdamW", {"weight_decay": float("nan")}, "weight_decay must be"),
        ("NAdam", {"momentum_decay": -1.0}, "momentum_decay must be"),
        ("RAdam", {"betas": (-0.1, 0.9)}, r"betas\[0\] must be"),
        ("Lion", {"betas": (0.9, 2.0)}, r"betas\[1\] must be"),
        ("LARS", {"trust_coefficient": -1.0}, "trust_coefficient must be"),
        ("LAMB", {"lr": float("inf")}, "lr must be finite"),
    ],
)
def test_settings_out_of_range(name, wrong, message):
    with pytest.raises(ValueError, match=message):
        getattr(optim, name)([torch.zeros(1, requires_grad=True)], **wrong)
