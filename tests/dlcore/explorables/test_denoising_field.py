import math

import numpy as np
import pytest
import torch
from scipy.integrate import dblquad
from scipy.optimize import brentq
from scipy.special import i0e, i1e

from dlcore.autoencoder import denoiser_to_score
from dlcore.explorables import denoising_field
from dlcore.explorables.denoising_field import (
    LEAST_SIGMA,
    SCRIPTS,
    TIMES,
    Shape,
    denoised,
    distances,
    falling,
    follow,
    grid,
    shapes,
)
from tests.parity import assert_close

SIGMAS = [0.05, 0.3, 0.9, 1.5]
START = (1.6, 1.2)


@pytest.mark.parametrize("name", list(shapes()))
def test_the_page_denoises_as_python_does(javascript, name):
    state = denoising_field().state
    work = (
        "const shape = { ...state.shapes[name], centers: centersOf(state.shapes[name]) };"
        "const sigmas = (sigma) => falling(sigma, state.least, state.times);"
        "const tails = gridOf(state), all = (s) => tails.map((at) => denoised(shape, at, s));"
        "const path = (sigma) => follow(shape, state.start, sigmas(sigma));"
        "return [tails, given.map((s) => [all(s), path(s), distance(shape, [0.3, s])])];"
    )
    constants = {"state": state, "name": name, "given": SIGMAS}
    tails, each = javascript(SCRIPTS, f"(() => {{{work}}})()", **constants)
    shape = shapes()[name]
    assert_close(tails, grid(), rtol=1e-9)
    for sigma, (ends, path, away) in zip(SIGMAS, each, strict=True):
        assert_close(ends, denoised(shape, grid(), sigma), rtol=1e-8)
        assert_close(path, follow(shape, state["start"], falling(sigma)), rtol=1e-8)
        place = torch.tensor([[0.3, sigma]], dtype=torch.float64)
        assert away == pytest.approx(distances(shape, place)[0])


@pytest.mark.reference("scipy.integrate.dblquad", of="dlcore.explorables.denoising_field")
def test_the_answer_is_the_mean_of_the_clean_points():
    shape = Shape(torch.tensor([[-0.5, 0.0], [0.6, 0.4]], dtype=torch.float64), 0.3)
    at, sigma = np.array([0.4, -0.3]), 0.5

    def joint(x, y):
        clean = np.array([x, y])
        squares = ((clean - shape.centers.numpy()) ** 2).sum(1) / shape.width**2
        return np.exp(-squares / 2).sum() * np.exp(-((clean - at) ** 2).sum() / (2 * sigma**2))

    box, loose = (-2.5, 2.5, -2.5, 2.5), {"epsabs": 1e-5, "epsrel": 1e-5}
    total = dblquad(lambda y, x: joint(x, y), *box, **loose)[0]
    mean = [
        dblquad(lambda y, x, k=k: (x, y)[k] * joint(x, y), *box, **loose)[0] / total for k in (0, 1)
    ]
    got = denoised(shape, torch.from_numpy(at)[None], sigma)
    assert_close(got, [mean], rtol=1e-4)


@pytest.mark.parametrize("sigma", SIGMAS)
def test_an_arrow_over_the_variance_is_the_score(sigma):
    for shape in shapes().values():
        x = grid().requires_grad_()
        squares = (x[:, None] - shape.centers).square().sum(-1)
        density = (-squares / (2 * (shape.width**2 + sigma**2))).logsumexp(1)
        (slope,) = torch.autograd.grad(density.sum(), x)
        at = x.detach()
        assert_close(denoiser_to_score(denoised(shape, at, sigma), at, sigma), slope, rtol=1e-8)


def radius_of_peaks(variance):
    """On a ring of radius 1 blurred by that variance, in closed form."""
    return brentq(lambda r: i1e(r / variance) / i0e(r / variance) - r, 1e-3, 2)


def test_the_finding_where_repeating_stops():
    ring, finding = shapes()["ring"], denoising_field().finding
    for sigma in (0.3, 0.5):
        radius = follow(ring, START, [sigma] * TIMES)[-1].norm().item()
        assert radius == pytest.approx(radius_of_peaks(ring.width**2 + sigma**2), abs=2e-3)
        assert f"{radius:.2f} with σ = {sigma}" in finding.replace("and of ", "")
    limit = math.sqrt(0.5 - ring.width**2)
    assert f"From σ = {limit:.2f} on the only peak is the middle" in finding
    for sigma, middle in ((limit - 0.01, False), (limit + 0.01, True)):
        end = follow(ring, START, [sigma] * 3000)[-1].norm().item()
        assert (end < 0.01) is middle


def test_the_finding_what_falling_noise_reaches():
    ring, finding = shapes()["ring"], denoising_field().finding
    once = follow(ring, START, [0.9])
    assert f"it lies {distances(ring, once)[1]:.2f} from the data" in finding
    paths = [follow(ring, start, falling(0.9)) for start in grid().tolist()]
    assert max(distances(ring, torch.stack([path[-1] for path in paths]))) < 0.04
    assert min(path.norm(dim=1).min().item() for path in paths) < 0.5
    assert distances(ring, follow(ring, START, [LEAST_SIGMA] * TIMES))[-1] < 0.04


def test_the_still_says_what_the_caller_asked_for():
    figure = denoising_field("clusters", 1.2, (-1, 0.5), question="Where to?")
    data = shapes()["clusters"]
    same = distances(data, follow(data, (-1, 0.5), [1.2] * TIMES))[-1]
    assert f"with the same noise it ends {same:.2f} away, with falling noise 0.00." in figure.alt
    assert "data (three clusters)" in figure.alt
    assert figure.question == "Where to?"
    assert falling(0.05) == [0.05] * TIMES


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shape": "moon"}, "unknown shape 'moon': choose from ring, spiral, clusters"),
        ({"sigma": 0}, "sigma must lie between 0.05 and 1.5, got 0"),
        ({"start": (0, 3)}, "start must lie between -2.1 and 2.1, got 3"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        denoising_field(**arguments)
