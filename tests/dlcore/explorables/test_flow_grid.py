import base64
import math
import zlib

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal
from torch import nn

from dlcore.explorables import flow_grid
from dlcore.explorables.flow_grid import (
    LINES,
    SAMPLES,
    SCRIPTS,
    SIDE,
    UNIT,
    lattice,
    levels,
    nearest,
    push,
)
from tests.dlcore.explorables.pages import made_up_flow
from tests.parity import assert_close

FLOW, X = made_up_flow()
COUNT = SIDE**2 + SAMPLES


class Map(nn.Module):
    """A layer from a function."""

    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, z):
        return self.f(z)


def chain(*functions):
    flow = nn.Module()
    flow.layers = nn.ModuleList([Map(f) for f in functions])
    return flow


def bytes_of(figure):
    return list(zlib.decompress(base64.b64decode(figure.state["packed"])))


@pytest.mark.reference("torch.func.jacrev", of="dlcore.explorables.flow_grid")
def test_stages_are_those_of_the_flow():
    stages = push(FLOW)
    x, total = FLOW(stages.places[0].float())
    assert_close(stages.places[-1], x.detach().double(), atol=1e-5)
    assert_close(stages.log_dets.sum(0), total.detach().double(), atol=1e-5)
    for n in (0, 500, nearest((0.9, 0.6)), COUNT - 1):
        z = stages.places[0, n].float()
        jacobian = torch.func.jacrev(lambda v: FLOW(v[None])[0][0])(z)
        log_det = jacobian.double().det().abs().log().item()
        assert stages.log_dets[:, n].sum().item() == pytest.approx(log_det, abs=1e-4)
        log_prob = FLOW.log_prob(stages.places[-1, n][None].float()).item()
        assert levels(stages, n)[-1] == pytest.approx(log_prob, abs=1e-3)


@pytest.mark.reference("scipy.stats.multivariate_normal", of="dlcore.explorables.flow_grid")
def test_the_page_adds_up_what_travels(javascript):
    figure = flow_grid(FLOW, X)
    stages = push(FLOW)
    work = (
        "[layersOf(Uint8Array.from(data).buffer, state)].map((layers) => ({ layers,"
        "levels: at.map((n) => levelsOf(layers, latticeOf(state)[n], n)),"
        "nodes: latticeOf(state), lines: linesOf(state),"
        "near: places.map((place) => nearestCode(state, place)) }))[0]"
    )
    at, places = [0, 777, SIDE**2 - 1], [[0.9, 0.6], [-3.4, 1.06], [0.05, -0.02]]
    there = javascript(
        SCRIPTS, work, data=bytes_of(figure), state=figure.state, at=at, places=places
    )
    assert_close(there["nodes"], lattice(), atol=1e-12)
    for k, layer in enumerate(there["layers"]):
        for name, expected in (
            ("x", stages.places[k + 1, :, 0]),
            ("y", stages.places[k + 1, :, 1]),
            ("logDet", stages.log_dets[k]),
        ):
            assert_close(layer[name], expected, atol=UNIT / 2 + 1e-9)
    for n, heights in zip(at, there["levels"], strict=True):
        base = multivariate_normal([0, 0], np.eye(2)).logpdf(lattice()[n].numpy())
        assert heights[0] == pytest.approx(base)
        assert_close(heights, torch.tensor(levels(stages, n)).double(), atol=3 * UNIT)
    assert there["near"] == [nearest((0.9, 0.6)), nearest((-3, 1.06)), nearest((0.05, -0.02))]
    first = there["lines"][0]
    assert first == list(range(0, SIDE, 2))
    assert len(there["lines"]) == 2 * math.ceil(SIDE / LINES)
    assert there["lines"][-1] == [SIDE * k + SIDE - 1 for k in range(0, SIDE, 2)]


def test_places_far_away_are_kept_at_the_edge(javascript):
    figure = flow_grid(chain(lambda z: (100 * z, z.new_full((len(z),), 9.21))))
    work = "layersOf(Uint8Array.from(data).buffer, state)[0].x"
    there = javascript(SCRIPTS, work, data=bytes_of(figure), state=figure.state)
    stages = push(chain(lambda z: (100 * z, z.new_zeros(len(z)))))
    assert_close(there, stages.places[1, :, 0].clamp(-65.534, 65.534), atol=UNIT)


def test_nearest_is_nearest():
    for place in ((0.9, 0.6), (-2.99, 2.93), (0.0, 0.0)):
        gaps = (lattice() - torch.tensor(place, dtype=torch.float64)).norm(dim=1)
        assert gaps[nearest(place)] == gaps.min()


def test_the_finding_of_a_flow_that_is_known():
    def stretch(z):
        return z * torch.tensor([2.0, 0.5]), torch.zeros(len(z))

    def squeeze(z):
        return z / 2, torch.full((len(z),), -2 * math.log(2))

    figure = flow_grid(chain(stretch, squeeze))
    assert "the ratio of areas goes from 0.25 to 0.25." in figure.finding
    assert "the one with the densest image is 0.00, 0.00: log density −0.45, of the base −1.84" in (
        figure.finding
    )
    assert figure.finding.endswith("has −1.84 in the base and −0.45 as data.")
    assert "The code 0.90, 0.60 goes to 0.90, 0.15." in figure.alt


def test_the_still_says_what_the_caller_asked_for():
    figure = flow_grid(FLOW, X, layer=1, point=(-1.5, 0.0), question="Where?")
    stages, at = push(FLOW), nearest((-1.5, 0))
    end = levels(stages, at)
    assert figure.question == "Where?"
    assert "where 1 of 3 layers have put them. The code −1.50, 0.00 goes to " in figure.alt
    assert figure.alt.endswith(f"{end[0]:.2f} in the base, {end[1]:.2f} there.".replace("-", "−"))
    assert figure.panels[1].title == "After 1 of 3 layers"


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("flow", "arguments", "message"),
    [
        (chain(), {}, "the flow must have a list of 1 to 12 layers, got ModuleList"),
        (nn.Linear(2, 2), {}, "the flow must have a list of 1 to 12 layers, got None"),
        (FLOW, {"layer": 4}, "layer must lie between 0 and 3, got 4"),
        (FLOW, {"point": (0, 3.5)}, r"point must lie between -3 and 3, got 3\.5"),
        (FLOW, {"X": X[:, :1]}, r"X must be points of the plane, \(n, 2\), got \(50, 1\)"),
        (chain(lambda z: (z, z)), {}, "a logarithm for each, got "),
        (chain(lambda z: (z / 0, z[:, 0])), {}, "to no finite place"),
    ],
)
def test_bad_input(flow, arguments, message):
    with pytest.raises(ValueError, match=message):
        flow_grid(flow, **arguments)
