import base64
import zlib

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from dlcore.explorables import gan_training
from dlcore.explorables.gan_training import (
    ARROWS,
    CODES,
    COLUMNS,
    RATIO,
    ROWS,
    SCRIPTS,
    SHOWN,
    grid,
    observe,
    reached,
)
from tests.dlcore.explorables.pages import made_up_game
from tests.parity import assert_close

RUNS, X, CENTERS = made_up_game()
REACH = 3.0


def seen(players, radius=0.3):
    return observe(players, X.double(), CENTERS.double(), radius, REACH)


@pytest.mark.reference("torch.autograd.grad", of="dlcore.explorables.gan_training")
def test_what_is_seen_is_what_the_players_do():
    players = RUNS["even"][50]
    frame = seen(players)
    at = frame.points.float().requires_grad_()
    scores = players.discriminator(at)[:, 0]
    (slope,) = torch.autograd.grad(scores.sum(), at)
    assert_close(frame.slopes, ((1 - scores.sigmoid())[:, None] * slope).double(), atol=1e-6)
    assert frame.fake == pytest.approx(scores.sigmoid().mean().item(), abs=1e-6)
    assert frame.real == pytest.approx(players.scores(X).sigmoid().mean().item(), abs=1e-6)
    x, y = 7, 20
    place = torch.tensor(
        [[RATIO * REACH * (2 * x / (COLUMNS - 1) - 1), REACH * (2 * y / (ROWS - 1) - 1)]]
    )
    assert_close(grid(REACH)[y, x], place[0].double(), atol=1e-6)
    assert frame.surface[y, x].item() == pytest.approx(
        players.scores(place).sigmoid().item(), abs=1e-6
    )
    step = 0.01 * frame.slopes / frame.slopes.norm(dim=1, keepdim=True)
    ahead = players.scores((frame.points + step).float())
    assert (ahead > scores).double().mean() > 0.95


@pytest.mark.reference("scipy.spatial.cKDTree", of="dlcore.explorables.gan_training")
@pytest.mark.parametrize("radius", [0.2, 0.8, 3.0])
def test_modes_reached(radius):
    points = seen(RUNS["uneven"][0]).points
    gaps = cKDTree(points.numpy()).query(CENTERS.double().numpy())[0]
    assert reached(points, CENTERS.double(), radius) == (gaps <= radius).sum()
    assert reached(points, CENTERS[:0].double(), radius) == 0
    assert len(points) == CODES


def test_what_travels_is_what_was_seen(javascript):
    state = gan_training(*made_up_game()).state
    data = list(zlib.decompress(base64.b64decode(state["packed"])))
    work = "[0, 1, 2, 3].map((k) => frameOf(Uint8Array.from(data).buffer, state, k))"
    frames = javascript(SCRIPTS, work, data=data, state=state)
    players = [each for run in RUNS.values() for each in run.values()]
    assert state["reach"][1] == REACH
    for frame, each, k in zip(frames, players, range(4), strict=True):
        expected = seen(each)
        assert_close(frame["surface"], expected.surface.flatten(), atol=0.5 / 255 + 1e-6)
        edge = torch.tensor([RATIO * REACH, REACH], dtype=torch.float64)
        kept = expected.points[:SHOWN].clamp(-edge, edge)
        assert_close(frame["points"], kept, atol=0.5 / 127 * RATIO * REACH + 1e-4)
        slopes = expected.slopes[:ARROWS]
        scaled = state["longest"] * slopes / slopes.norm(dim=1).max()
        assert_close(frame["slopes"], scaled, atol=0.5 / 127 * state["longest"] + 1e-6)
        assert state["real"][k] == pytest.approx(expected.real, abs=1e-3)
        assert state["fake"][k] == pytest.approx(expected.fake, abs=1e-3)
        assert state["reached"][k] == expected.modes
        length = expected.slopes.norm(dim=1).mean().item()
        assert state["lengths"][k] == pytest.approx(length, rel=1e-2)


def test_the_finding_counts_what_was_seen():
    finding = gan_training(RUNS, X, CENTERS, radius=0.8).finding
    for name, run in RUNS.items():
        frames = {k: seen(each, 0.8) for k, each in run.items()}
        end, most = frames[50], max(frame.modes for frame in frames.values())
        assert (
            f"{name.capitalize()}: after 50 steps {end.modes} of 4 modes are reached, the "
            f"discriminator gives data {end.real:.2f} and generated {end.fake:.2f}; at most {most} "
            "at any step seen" in finding
        )


def test_the_still_says_what_the_caller_asked_for():
    figure = gan_training(RUNS, X, question="Where?", finding="There.")
    end = seen(RUNS["even"][50])
    assert (figure.question, figure.finding) == ("Where?", "There.")
    assert "modes" not in figure.alt
    assert (
        f"(even) on the discriminator's surface after 50 steps, with arrows along the slope of log "
        f"D: the discriminator gives data {end.real:.2f}" in figure.alt
    )
    assert figure.state["modes"] == 0
    many = X.repeat(20, 1)
    assert "data" in figure.svg()
    assert (
        gan_training({"even": RUNS["even"]}, many).svg().count("h0")
        < figure.svg().count("h0") + 301
    )


def test_a_sorted_set_is_shown_as_a_whole():
    two = torch.cat([torch.zeros(400, 2), torch.ones(400, 2)])
    figure = gan_training({"even": RUNS["even"]}, two)
    [dots] = [part for part in figure.panels[0].svg().split("<path") if 'data-part="data"' in part]
    assert len(set(np.unique(dots.split(' d="')[1].split('"')[0].split("M")[1:]))) == 2


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("runs", "arguments", "message"),
    [
        (RUNS, {"X": X[:, :1]}, r"X must be points of the plane, \(n, 2\), got \(40, 1\)"),
        (RUNS, {"X": X, "centers": X[:30]}, r"centers must be \(k, 2\), at most 25, got"),
        (RUNS, {"X": X, "radius": 0}, "radius must lie between 1e-06 and 100, got 0"),
        ({}, {"X": X}, "there may be 1 to 3 regimes with the same steps, got {}"),
        (
            {"a": RUNS["even"], "b": {0: RUNS["even"][0]}},
            {"X": X},
            r"the same steps, got {'a': \[0, 50\], 'b': \[0\]}",
        ),
        ({"a": {5: RUNS["even"][0]}}, {"X": X}, r"2 to 16 rising numbers, got \[5\]"),
    ],
)
def test_bad_input(runs, arguments, message):
    with pytest.raises(ValueError, match=message):
        gan_training(runs, **arguments)


@pytest.mark.bad_input
def test_players_of_another_dimension():
    class Wide(torch.nn.Linear):
        latent_dim = 2

        def generate(self, z):
            return torch.cat([z, z], dim=1)

        def scores(self, x):
            return self(x)[:, 0]

    wide = Wide(2, 1)
    with pytest.raises(ValueError, match=r"must make points of the plane, got \(500, 4\)"):
        gan_training({"wide": {0: wide, 1: wide}}, X)
