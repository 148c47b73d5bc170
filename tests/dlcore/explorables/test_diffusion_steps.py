import base64
import math
import zlib

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from dlcore.explorables import diffusion_steps
from dlcore.explorables.diffusion_steps import (
    COLUMNS,
    ROWS,
    SCRIPTS,
    UNIT,
    Mixture,
    clean,
    distance,
    forward_chain,
    framed,
    grid,
    score,
    times,
    visited,
)
from dlcore.generative import DiffusionSchedule, ddim_sample, eps_to_score, linear_beta_schedule
from tests.dlcore.explorables.pages import made_up_diffusion
from tests.parity import assert_close

X, LEFT, PATHS, EPS = made_up_diffusion()
SHOWN = (100 * X).round() / 100


def mixture(left, width):
    """The noisy data as torch knows them."""
    spread = math.sqrt(left * width**2 + 1 - left)
    parts = Independent(Normal(math.sqrt(left) * SHOWN, spread), 1)
    return MixtureSameFamily(Categorical(logits=torch.zeros(len(SHOWN)).double()), parts)


@pytest.mark.reference(
    "torch.distributions.MixtureSameFamily", of="dlcore.explorables.diffusion_steps"
)
@pytest.mark.parametrize("t", [0, 1, 7, 30])
def test_the_score_is_the_slope_of_the_log_density(javascript, t):
    left, width = LEFT[t].item(), 0.3
    x = torch.from_numpy(np.random.default_rng(t).normal(size=(9, 2))).requires_grad_()
    logs = mixture(left, width).log_prob(x)
    (slope,) = torch.autograd.grad(logs.sum(), x)
    at = x.detach()
    work = "at.map((place) => [scoreOf(centers, w, left, place), cleanAt(centers, w, left, place)])"
    there = javascript(SCRIPTS, work, at=at.tolist(), centers=SHOWN.tolist(), w=width, left=left)
    noisy = Mixture(SHOWN, width, left)
    assert_close(score(noisy, at), slope, rtol=1e-8)
    assert_close([each["slope"] for each, _ in there], slope, rtol=1e-8)
    densities = torch.tensor([each["density"] for each, _ in there], dtype=torch.float64)
    assert_close((densities / densities[0]).log(), (logs - logs[0]).detach(), atol=1e-9)
    assert_close([place for _, place in there], clean(noisy, at), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("left", [0.9, 0.3])
def test_the_mean_of_the_clean_data_by_weighing_draws(left):
    noisy, at = Mixture(SHOWN, 0.2, left), torch.tensor([[0.3, -0.2]], dtype=torch.float64)
    rng = np.random.default_rng(0)
    data = SHOWN.numpy()[rng.integers(len(SHOWN), size=200_000)]
    data = data + 0.2 * rng.normal(size=data.shape)
    squares = ((at.numpy() - math.sqrt(left) * data) ** 2).sum(1)
    weights = np.exp(-squares / (2 * (1 - left)))
    assert_close(clean(noisy, at)[0], weights @ data / weights.sum(), atol=0.02)


def test_the_page_adds_the_same_noise(javascript):
    state = diffusion_steps(X, LEFT, PATHS, EPS).state
    work = (
        "[forwardChain(pairsOf(state.xy, 0.01), state.left, state.width, state.times), "
        "tailsOf(state)]"
    )
    chain, tails = javascript(SCRIPTS, work, state=state)
    assert_close(chain, forward_chain(SHOWN, LEFT, 0.1)[times(30)], atol=1e-7)
    assert_close(tails, grid(state["reach"][1]), atol=1e-3)


def test_the_chain_has_the_right_moments():
    still = torch.tensor([[1.5, -2.0]], dtype=torch.float64).repeat(4000, 1)
    chain = forward_chain(still, LEFT, 0.1)
    for t in (0, 5, 30):
        left = LEFT[t].item()
        assert_close(chain[t].mean(0), math.sqrt(left) * still[0], atol=0.06)
        assert_close(chain[t].var(0), torch.full((2,), 1 - left + left * 0.01).double(), atol=0.06)


def test_what_travels_is_what_was_given(javascript):
    state = diffusion_steps(X, LEFT, PATHS, EPS).state
    data = list(zlib.decompress(base64.b64decode(state["packed"])))
    work = "pathsOf(Uint8Array.from(data).buffer, state)"
    there = javascript(SCRIPTS, work, data=data, state=state)
    for got, path in zip(there["paths"], PATHS.values(), strict=True):
        assert_close(got, framed(path, 30, times(30)), atol=UNIT / 2 + 1e-9)
    tails, left = grid(3.0), LEFT[times(30)][:, None, None]
    arrows = -(1 - left).sqrt() * 0.5 * tails
    assert_close(there["arrows"], arrows, atol=UNIT / 2 + 1e-6)
    arrows = eps_to_score(
        0.5 * tails, torch.full((len(tails),), 30), DiffusionSchedule(1 - LEFT[1:] / LEFT[:-1])
    )
    assert_close(there["arrows"][-1], (1 - LEFT[30]) * arrows, atol=UNIT / 2 + 1e-6)
    assert len(tails) == COLUMNS * ROWS
    alone = diffusion_steps(X, LEFT, PATHS).state
    assert alone["network"] is False


@pytest.mark.parametrize(("T", "steps"), [(30, 30), (30, 5), (7, 3), (1000, 50)])
def test_a_path_visits_what_ddim_visits(T, steps):
    asked = []

    def eps(x, t):
        asked.append(int(t[0]))
        return 0 * x

    path = ddim_sample(
        eps,
        torch.ones(1, 2),
        DiffusionSchedule(linear_beta_schedule(T)),
        steps=steps,
        trajectory=True,
    )
    assert visited(T, len(path)) == [*asked, 0]


def test_frames_show_the_last_state_reached():
    path = torch.arange(6, dtype=torch.float64)[:, None, None].repeat(1, 1, 2)
    assert visited(30, 6) == [30, 23, 16, 8, 1, 0]
    got = framed(path, 30, [0, 1, 2, 8, 29, 30])[:, 0, 0]
    assert got.tolist() == [5, 4, 3, 3, 0, 0]
    assert times(1000)[:3] == [0, 42, 83]
    assert times(1000)[-1] == 1000
    assert times(3) == [0, 1, 2, 3]


@pytest.mark.reference("scipy.spatial.cKDTree", of="dlcore.explorables.diffusion_steps")
def test_the_finding_and_the_still(javascript):
    figure = diffusion_steps(X, LEFT, PATHS, EPS)
    ends = [path[-1] for path in PATHS.values()]
    tree = cKDTree(SHOWN.numpy())
    away = [tree.query(end.numpy())[0].mean() for end in ends]
    there = javascript(
        SCRIPTS,
        "ends.map((end) => distance(end, data))",
        ends=[end.tolist() for end in ends],
        data=SHOWN.tolist(),
    )
    assert_close(there, away, rtol=1e-9)
    assert f"of {away[0]:.2f} by DDPM, {away[1]:.2f} by DDIM, 5 steps; the data" in figure.finding
    assert f"After 30 steps the data are shrunk to {math.sqrt(LEFT[30]):.2g}" in figure.finding
    assert f"falls to {away[0]:.2f} (DDPM), {away[1]:.2f} (DDIM, 5 steps)." in figure.alt
    spread = distance(forward_chain(SHOWN, LEFT, 0.1)[0], SHOWN)
    assert f"spread by 0.1, lie at {spread:.2f}." in figure.finding
    late = clean(Mixture(SHOWN, 0.1, LEFT[30].item()), torch.ones(1, 2).double())[0]
    assert f"1, 1 it is {(late - SHOWN.mean(0)).norm().item():.2f} away" in figure.finding
    other = diffusion_steps(X, LEFT, PATHS, question="Why?", prediction="So.", finding="No.")
    assert (other.question, other.prediction, other.finding) == ("Why?", "So.", "No.")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"X": X[:5]}, r"X must be 10 to 120 points of the plane, got \(5, 2\)"),
        ({"alpha_bars": LEFT[1:]}, "alpha_bars must fall from 1 towards 0 in 1 to 1000 steps"),
        ({"alpha_bars": LEFT.flip(0)}, "alpha_bars must fall from 1 towards 0"),
        ({"paths": {}}, r"there may be 1 to 3 paths, none named Forward, got \[\]"),
        ({"paths": {"Forward": X[None]}}, "none named Forward"),
        ({"paths": {"a": X}}, r"paths must be \(s, b, 2\) with 2 to 31 states of up to 120"),
        ({"width": 2}, "width must lie between 0.01 and 1, got 2"),
        ({"point": (0, 4)}, r"point must lie between -3\.0 and 3\.0, got 4|between -3 and 3"),
        ({"eps": lambda x, t: x[:, :1]}, r"eps gave \(120, 1\) for \(120, 2\)"),
    ],
)
def test_bad_input(changed, message):
    given = {"X": X, "alpha_bars": LEFT, "paths": PATHS, **changed}
    with pytest.raises(ValueError, match=message):
        diffusion_steps(**given)
