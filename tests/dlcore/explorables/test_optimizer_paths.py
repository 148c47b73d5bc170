import math

import numpy as np
import pytest
import torch
from contourpy import contour_generator
from scipy.optimize import minimize

from dlcore.explorables import optimizer_paths
from dlcore.explorables.optimizer_paths import (
    LOWEST,
    NAMES,
    SCRIPTS,
    STARTS,
    SURFACES,
    descent,
    height,
)
from tests.parity import assert_close


@pytest.mark.reference("torch.optim.Adam", of="dlcore.explorables.optimizer_paths")
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("optimizer", NAMES)
def test_every_step_in_the_page_agrees_with_torch(javascript, surface, optimizer):
    # RMSProp's last steps turn round at every gradient's sign and magnify any rounding.
    steps = 25 if optimizer == "rmsprop" else 60
    for eta, momentum in ((0.01, 0.9), (0.1, 0.9), (0.05, 0.5)):
        path = descent(surface, optimizer, STARTS[surface], eta, steps, momentum)
        got = javascript(
            SCRIPTS,
            "descent(surface, optimizer, start, eta, steps, momentum)",
            surface=surface,
            optimizer=optimizer,
            start=STARTS[surface],
            eta=eta,
            steps=steps,
            momentum=momentum,
        )
        assert len(got) == len(path)
        assert_close(got, path, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("surface", SURFACES)
def test_heights_and_gradients_in_the_page_agree_with_autograd(javascript, surface):
    places = np.random.default_rng(0).uniform(-2.5, 2.5, (7, 2))
    got = javascript(
        SCRIPTS,
        "places.map((at) => { const [f, g, low] = SURFACES[surface];"
        "return [f(...at) - low, g(...at)]; })",
        surface=surface,
        places=places.tolist(),
    )
    for (h, gradient), at in zip(got, places, strict=True):
        where = torch.tensor(at, requires_grad=True)
        SURFACES[surface](*where).backward()
        assert_close(gradient, where.grad, rtol=1e-12)
        assert_close(h, height(surface, *at), rtol=1e-12)


@pytest.mark.parametrize("surface", SURFACES)
def test_the_lowest_points_are_what_scipy_finds(surface):
    for lowest in LOWEST[surface]:
        found = minimize(
            lambda at: SURFACES[surface](*torch.tensor(at)).item(), np.add(lowest, 0.3), tol=1e-12
        )
        assert_close(found.x, lowest, rtol=0, atol=1e-5)


def test_contour_lines_in_the_page_are_as_long_as_contourpys(javascript):
    x, y = np.linspace(-2.8, 2.8, 85), np.linspace(-2.45, 2.45, 75)
    field = (1 - x) ** 2 + 10 * (y[:, None] - x**2) ** 2
    place = "(j, i) => [1e4 * (-2.8 + (5.6 * j) / 84), 1e4 * (-2.45 + (4.9 * i) / 74)]"
    d = javascript(SCRIPTS, f"contour(field.flat(), 85, 7.5, {place})", field=field.tolist())
    ends = np.array([part.replace("L", ",").split(",") for part in d.split("M")[1:]], dtype=float)
    length = np.hypot(*(ends[:, :2] - ends[:, 2:]).T).sum() / 1e4
    lines = contour_generator(x=x, y=y, z=field).lines(7.5)
    assert length == pytest.approx(
        sum(np.hypot(*np.diff(line, axis=0).T).sum() for line in lines), rel=1e-3
    )


def settled(surface, optimizer, eta=0.05):
    """The step from which on the height stays below 0.001."""
    path = descent(surface, optimizer, STARTS[surface], eta, 300)
    high = [t for t, at in enumerate(path) if height(surface, *at) >= 1e-3]
    return high[-1] + 1


def test_the_finding_adam_knows_axes_and_gradient_descent_does_not():
    steps = {(s, o): settled(s, o) for s in ("ravine", "turned") for o in NAMES}
    assert (steps["ravine", "adam"], steps["turned", "adam"]) == (84, 217)
    for surface in ("ravine", "turned"):
        assert (steps[surface, "sgd"], steps[surface, "momentum"]) == (78, 88)
        assert steps[surface, "rmsprop"] == 301


def test_the_finding_what_diverges_and_what_cannot():
    for eta, diverges in ((0.079, False), (0.081, True)):
        path = descent("ravine", "sgd", STARTS["ravine"], eta, 300)
        assert (height("ravine", *path[-1]) > 1) == diverges
    for optimizer in ("rmsprop", "adam"):
        path = np.array(descent("ravine", optimizer, STARTS["ravine"], 0.5, 300))
        assert np.abs(np.diff(path, axis=0)).max() <= 0.5 / math.sqrt(0.1) + 1e-9
    steps = np.diff(descent("ravine", "rmsprop", STARTS["ravine"], 0.05, 300), axis=0)
    assert 0.5 * 0.05 < np.abs(steps[-50:, 1]).mean() < 2 * 0.05


def test_the_finding_adams_path_does_not_depend_on_the_walls(javascript):
    """A ravine four times as steep: the same steps but for what epsilon does."""
    at = torch.tensor(STARTS["ravine"], dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([at], lr=0.05)
    for _ in range(50):
        adam.zero_grad()
        (0.5 * at[0] ** 2 + 50 * at[1] ** 2).backward()
        adam.step()
    assert_close(at, descent("ravine", "adam", STARTS["ravine"], 0.05, 50)[-1], atol=1e-6)


def test_the_still_says_what_the_caller_asked_for():
    figure = optimizer_paths("wells", 0.1, 20, (1, -2), question="Where?")
    assert "After 20 steps of size 0.1" in figure.alt
    assert (figure.state["start"], figure.question) == ([1.0, -2.0], "Where?")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"surface": "hill"}, "unknown surface 'hill': choose from ravine"),
        ({"step_size": 0}, "step_size must lie between 0.001 and 1, got 0"),
        ({"step_size": math.nan}, "step_size must lie between 0.001 and 1, got nan"),
        ({"momentum": 1}, "momentum must lie between 0 and 0.99, got 1"),
        ({"steps": 301}, "steps must lie between 0 and 300, got 301"),
        ({"start": (0, 3)}, r"start must be a place within \(2.7, 2.35\) of the origin"),
        ({"start": (1, 1, 1)}, "start must be a place within"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        optimizer_paths(**arguments)
