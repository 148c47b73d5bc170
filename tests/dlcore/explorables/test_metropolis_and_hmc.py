import math

import numpy as np
import pytest
import torch

from dlcore import montecarlo
from dlcore.explorables import metropolis_and_hmc
from dlcore.explorables.metropolis_and_hmc import (
    DENSITIES,
    LEAPS,
    SCRIPTS,
    SHOWN,
    effective,
    first,
    roll,
    walk,
    worth,
)
from tests.parity import assert_close

TARGETS = {
    "correlated": montecarlo.correlated_gaussian(0.95),
    "banana": montecarlo.banana(0.5, 1.5),
    "modes": montecarlo.two_modes(7.0),
}


@pytest.mark.reference("torch.autograd.grad", of="dlcore.explorables.metropolis_and_hmc")
@pytest.mark.parametrize("name", TARGETS)
def test_densities_are_those_of_the_chapter(javascript, name):
    x = torch.tensor(np.random.default_rng(0).normal(size=(7, 2)) * 2).requires_grad_()
    logs = TARGETS[name](x)
    (slope,) = torch.autograd.grad(logs.sum(), x)
    at = x.detach().tolist()
    page = javascript(SCRIPTS, "at.map((place) => DENSITIES[name](...place))", at=at, name=name)
    for found in (page, [DENSITIES[name](*place) for place in at]):
        values = torch.tensor(found, dtype=torch.float64)
        assert_close(values[:, 0] - values[0, 0], (logs - logs[0]).detach(), atol=1e-9)
        assert_close(values[:, 1:], slope, atol=1e-9)


@pytest.mark.parametrize(("name", "step"), [("correlated", 0.22), ("banana", 0.15), ("modes", 1.0)])
def test_the_page_moves_as_python_does(javascript, name, step):
    state = {**metropolis_and_hmc().state, "density": name}
    work = "[walk, roll].map((move) => move(state, step, 5)).map((run) => [run, worth(run)])"
    found = javascript(SCRIPTS, work, state=state, step=step)
    for (run, value), expected in zip(
        found, (walk(name, step, 5), roll(name, step, 5)), strict=True
    ):
        assert run["accepted"] == expected.accepted
        assert_close(run["states"], torch.tensor(expected.states, dtype=torch.float64), atol=1e-6)
        assert value == pytest.approx(worth(expected), rel=1e-6)


def test_the_worth_of_a_chain_is_the_library_s():
    for run in (walk("banana", 0.68, 0), roll("correlated", 0.22, 1)):
        x = torch.tensor(run.states[1:], dtype=torch.float64)
        library = montecarlo.effective_sample_size(x[None], kind="mean")
        assert worth(run) == pytest.approx(library.min().item())
        assert effective(x[:, 1].numpy()) == pytest.approx(library[1].item())


def test_acceptance_is_that_of_the_library_s_samplers():
    g = torch.Generator().manual_seed(0)
    x = TARGETS["correlated"].sample(64, generator=g).double()
    library = montecarlo.random_walk_metropolis(
        TARGETS["correlated"], x, 300, step_size=1.0, generator=g
    )
    ours = np.mean([np.mean(walk("correlated", 1.0, seed).accepted) for seed in range(10)])
    assert ours == pytest.approx(library.acceptance_rate.mean().item(), abs=0.02)
    library = montecarlo.hamiltonian_monte_carlo(
        TARGETS["correlated"], x, 40, step_size=0.32, steps=LEAPS, generator=g
    )
    ours = np.mean([np.mean(roll("correlated", 0.32, seed).accepted) for seed in range(10)])
    assert ours == pytest.approx(library.acceptance_rate.mean().item(), abs=0.06)


def test_the_finding():
    def means(move, name, step):
        runs = [move(name, step, seed) for seed in range(20)]
        share = 100 * np.mean([np.mean(run.accepted) for run in runs])
        crossed = sum(any(x > 0 for x, _ in run.states) for run in runs)
        return share, np.mean([worth(run) for run in runs]), crossed

    finding = metropolis_and_hmc().finding
    share, value, _ = means(walk, "correlated", 0.1)
    assert f"step 0.1 is accepted in {share:.0f} % of the cases" in finding
    assert f"1,500 steps are worth {value:.0f} independent draws" in finding
    share, value, _ = means(walk, "correlated", 1.0)
    assert share == pytest.approx(25, abs=3)
    assert f"refused three times out of four, and is worth {value:.0f}." in finding
    share, value, _ = means(roll, "correlated", 0.22)
    assert f"{share:.0f} % are accepted, and 100 draws are worth {value:.0f}," in finding
    _, value, crossed = means(roll, "modes", 0.15)
    assert f"worth {value:.0f}, but has found the other mode in {crossed} of the twenty" in finding
    unstable = 2 * math.sqrt(1 - 0.95)
    assert f"From a leap of {unstable:.2f} on" in finding
    assert not any(roll("correlated", 0.46, 0).accepted)
    assert any(roll("correlated", 0.43, 0).accepted)


def test_the_still_says_what_the_caller_asked_for():
    figure = metropolis_and_hmc("banana", walk_step=0.99, leap=0.1, question="Which?")
    assert figure.question == "Which?"
    run = first(walk("banana", 1.0, 0), SHOWN)
    assert (
        f"Random walk with step 1: {100 * np.mean(run.accepted):.0f} % accepted, worth "
        f"{worth(run):.0f} draws; HMC with {LEAPS} leaps of 0.1" in figure.alt
    )
    assert "(banana)" in figure.alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"density": "moon"}, "unknown density 'moon': choose from correlated, banana, modes"),
        ({"walk_step": 11}, "walk_step must lie between 0.032 and 10, got 11"),
        ({"leap": 0}, "leap must lie between 0.032 and 10, got 0"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        metropolis_and_hmc(**arguments)
