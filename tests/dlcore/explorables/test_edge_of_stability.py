import json
import statistics
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from dlcore.explorables import edge_of_stability
from dlcore.explorables.edge_of_stability import (
    EVERY,
    MOMENTA,
    RATES,
    SCRIPTS,
    SIZES,
    examples,
    first_weights,
    quadratic_path,
    trained,
)
from tests.parity import assert_close


def network():
    """The same network as modules of torch."""
    layers = [nn.Linear(*pair, dtype=torch.float64) for pair in pairwise(SIZES)]
    with torch.no_grad():
        for p, value in zip(
            (p for layer in layers for p in (layer.weight, layer.bias)),
            first_weights(),
            strict=True,
        ):
            p.copy_(value.T if p.ndim == 2 else value[0])
    return nn.Sequential(layers[0], nn.Tanh(), layers[1], nn.Tanh(), layers[2])


def largest_eigenvalue(model):
    X, y = examples()
    parameters = list(model.parameters())
    g = torch.autograd.grad(nn.functional.mse_loss(model(X), y), parameters, create_graph=True)
    flat = torch.cat([p.flatten() for p in g])
    rows = [torch.autograd.grad(v, parameters, retain_graph=True) for v in flat]
    H = torch.stack([torch.cat([p.flatten() for p in row]) for row in rows])
    return np.linalg.eigvalsh(H.numpy())[-1]


@pytest.mark.reference("torch.optim.SGD", of="dlcore.explorables.edge_of_stability")
@pytest.mark.parametrize("momentum", MOMENTA)
@pytest.mark.parametrize("rate", [0.05, 0.1])
def test_the_runs_are_torchs(momentum, rate):
    model, (X, y) = network(), examples()
    sgd = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    sharpness, losses = trained()[momentum, rate]
    for t in range(2 * EVERY + 1):
        loss = nn.functional.mse_loss(model(X), y)
        if t % EVERY == 0:
            assert losses[t // EVERY] == pytest.approx(loss.item(), rel=1e-6)
            assert sharpness[t // EVERY] == pytest.approx(largest_eigenvalue(model), rel=0.02)
        sgd.zero_grad()
        loss.backward()
        sgd.step()


@pytest.mark.parametrize(
    ("curvature", "rate", "momentum"), [(8, 0.2, 0), (11, 0.2, 0), (30, 0.1, 0.9)]
)
def test_every_step_in_the_page_agrees_with_torch(javascript, curvature, rate, momentum):
    x = torch.tensor(1.6, dtype=torch.float64, requires_grad=True)
    sgd, path = torch.optim.SGD([x], lr=rate, momentum=momentum), [1.6]
    for _ in range(30):
        sgd.zero_grad()
        (curvature * x**2 / 2).backward()
        sgd.step()
        path.append(x.item())
    given = {"curvature": curvature, "rate": rate, "momentum": momentum}
    got = javascript(SCRIPTS, "quadraticPath(curvature, rate, momentum, 1.6, 30)", **given)
    assert_close(got, path, rtol=1e-9)
    assert_close(quadratic_path(**given), path, rtol=1e-9)


def test_the_page_says_by_what_the_distance_is_multiplied(javascript):
    cases = [(c, rate, b) for c in (1, 8.7, 30, 80) for rate in RATES for b in (*MOMENTA, 0.5)]
    got = javascript(SCRIPTS, "cases.map((c) => factor(...c))", cases=cases)
    for by, (curvature, rate, beta) in zip(got, cases, strict=True):
        step = np.array([[1 - rate * curvature, -rate * beta], [curvature, beta]])
        assert abs(by) == pytest.approx(np.abs(np.linalg.eigvals(step)).max(), rel=1e-6)
        if beta == 0:
            assert by == pytest.approx(1 - rate * curvature)
        assert (abs(by) > 1) == (rate > 2 * (1 + beta) / curvature)


def late(momentum, rate):
    return trained()[momentum, rate][0][-25:]


def test_the_finding_the_sharpness_stops_at_the_limit():
    for rate, about in ((0.2, 10), (0.15, 13), (0.3, 7)):
        assert statistics.median(late(0.0, rate)) == pytest.approx(about, rel=0.08)
        losses = trained()[0.0, rate][1]
        assert losses[-1] < 0.2 * losses[0]
        assert any(b > a for a, b in pairwise(losses))
    assert 18 < min(late(0.0, 0.05)) < max(late(0.0, 0.05)) < 22
    losses = trained()[0.0, 0.05][1]
    assert all(b < a for a, b in pairwise(losses))


def test_the_finding_too_large_for_the_first_step():
    first = trained()[0.0, 0.3][0][0]
    assert 2 / first == pytest.approx(0.23, abs=0.005)
    ends = {rate: trained()[0.0, rate][1] for rate in RATES}
    assert len(ends[0.4]) < 5
    assert min(ends, key=lambda rate: min(ends[rate])) == 0.3


def test_the_finding_momentum_jumps_to_a_flatter_place():
    sharpness, losses = trained()[0.9, 0.05]
    peak = sharpness.index(max(sharpness))
    assert 76 < sharpness[peak] < 90
    jump = max(b / a for a, b in pairwise(losses))
    assert jump > 100
    assert min(sharpness[peak : peak + 5]) < 0.3 * sharpness[peak]


def test_the_still_says_what_the_caller_asked_for():
    figure = edge_of_stability(0.3, 0.9, 500, question="Where?")
    assert "learning rate 0.3 and momentum 0.9" in figure.alt
    assert (figure.state["rate"], figure.state["momentum"]) == (4, 1)
    assert figure.question == "Where?"
    assert edge_of_stability(step=409).state["step"] == 400
    assert "NaN" not in json.dumps(figure.state)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"learning_rate": 0.25}, "learning_rate must be one of 0.05, 0.1, .* got 0.25"),
        ({"momentum": 0.5}, "momentum must be one of 0.0, 0.9, got 0.5"),
        ({"step": 1001}, "step must lie between 0 and 1000, got 1001"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        edge_of_stability(**arguments)
