import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn
from torch.nn import functional as F

from dlcore.explorables import activation_stack
from dlcore.explorables.activation_stack import DEPTH, EXAMPLES, SCALES, SCRIPTS, UNITS, propagate
from dlcore.explorables.random_stream import normals, uniforms
from tests.parity import assert_close

TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "elu": F.elu,
    "silu": F.silu,
    "gelu": F.gelu,
}


def test_the_page_draws_the_same_random_numbers(javascript):
    got = javascript(SCRIPTS, "[uniforms(seed, 101), normals(seed, 101)]", seed=4_000_000_007)
    assert got[0] == uniforms(4_000_000_007, 101).tolist()
    assert_close(got[1], normals(4_000_000_007, 101), rtol=1e-13, atol=1e-15)


def test_the_numbers_are_standard_normal():
    draws = normals(5, 100_003).numpy()
    assert stats.kstest(draws, "norm").pvalue > 1e-6  # false alarm once in a million
    assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 5 / math.sqrt(len(draws))


@pytest.mark.parametrize("name", TORCH)
def test_activations_and_slopes_in_the_page_agree_with_torch(javascript, name):
    z = torch.linspace(-40, 40, 1601, dtype=torch.float64, requires_grad=True)
    y = TORCH[name](z)
    (slope,) = torch.autograd.grad(y.sum(), z)
    got = javascript(SCRIPTS, "ACTIVATIONS[name].map((f) => z.map(f))", name=name, z=z.tolist())
    atol = 1e-14 if name == "gelu" else 2e-15  # 1 + erf cancels on the left, in both
    assert_close(got[0], y, rtol=1e-13, atol=atol)
    assert_close(got[1], slope, rtol=1e-13, atol=atol)


def torch_stack(draws, activation, scale, depth):
    """The same stack as torch.nn layers; returns spreads and gradient ratios from autograd."""
    batch = EXAMPLES * UNITS
    H, G = draws[: 2 * batch].reshape(2, EXAMPLES, UNITS)
    weights = draws[2 * batch :].reshape(DEPTH, UNITS, UNITS)
    signal, Z = [H.std(0, correction=0).square().mean().sqrt()], []
    for W in weights[:depth]:
        layer = nn.Linear(UNITS, UNITS, bias=False, dtype=torch.float64)
        with torch.no_grad():
            layer.weight.copy_(W * scale / math.sqrt(UNITS))
        Z.append(layer(H))
        H = TORCH[activation](Z[-1])
        signal.append(H.std(0, correction=0).square().mean().sqrt())
    sizes = [g.square().mean().sqrt() for g in torch.autograd.grad((H * G).sum(), Z)]
    return torch.stack(signal), torch.stack(sizes) / sizes[-1]


@pytest.mark.reference("torch.nn.Linear", of="dlcore.explorables.activation_stack")
@pytest.mark.parametrize(
    ("activation", "scale", "depth"),
    [(name, SCALES["xavier"], 13) for name in TORCH]
    + [("sigmoid", SCALES["large"], DEPTH), ("relu", SCALES["he"], DEPTH), ("tanh", 0.1, 1)],
)
def test_signal_and_gradient_in_the_page_agree_with_torch(javascript, activation, scale, depth):
    seed = 7
    count = 2 * EXAMPLES * UNITS + DEPTH * UNITS**2
    got = javascript(
        SCRIPTS,
        "propagate(activation, scale, depth, normals(seed, count))",
        activation=activation,
        scale=scale,
        depth=depth,
        seed=seed,
        count=count,
    )
    signal, gradient = torch_stack(normals(seed, count), activation, scale, depth)
    assert_close(got["signal"], signal, rtol=1e-11, atol=1e-15)
    assert_close(got["gradient"], gradient, rtol=1e-11, atol=0)
    still = propagate(activation, scale, depth, seed)
    assert_close(got["counts"], still.counts)
    assert_close(got["flat"], still.flat)
    assert_close(got["gradient"], still.gradient, rtol=1e-11, atol=0)


def test_the_finding_larger_weights_do_not_cure_the_sigmoid():
    for seed in range(3):
        xavier = propagate("sigmoid", 1.0, 20, seed).gradient
        assert all(0.15 < a / b < 0.3 for a, b in pairwise(xavier))
        assert 1e-13 < xavier[0] < 1e-11
        assert propagate("sigmoid", 5.0, 20, seed).gradient[0] < 0.01
        window = propagate("sigmoid", 12.0, 20, seed)
        assert 0.1 < window.gradient[0] < 10
        assert window.flat > 0.5
        assert propagate("sigmoid", 20.0, 20, seed).gradient[0] > 30
        for activation, scale in (("tanh", SCALES["xavier"]), ("relu", SCALES["he"])):
            run = propagate(activation, scale, 20, seed)
            assert all(0.1 <= v <= 10 for v in [*run.signal, *run.gradient])


def test_the_finding_the_window_narrows_with_depth():
    def range_over(depth):
        low, high = (propagate("sigmoid", scale, depth, 0).gradient[0] for scale in (8.0, 20.0))
        return high / low

    assert range_over(5) < range_over(10) < range_over(20)


def test_the_still_shows_what_the_caller_asked_for():
    figure = activation_stack("relu", "he", depth=11)
    assert "ReLU with 11 layers at weight scale 1.4" in figure.alt
    assert figure.state["scale"] == math.sqrt(2)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"activation": "softmax"}, "unknown choice 'softmax': choose from sigmoid"),
        ({"weights": "huge"}, "unknown choice 'huge': choose from small"),
        ({"depth": 31}, "depth must lie between 1 and 30, got 31"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        activation_stack(**arguments)
