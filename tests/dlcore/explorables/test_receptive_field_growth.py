import numpy as np
import pytest
import torch
from torch.nn import functional as F

from dlcore.explorables import receptive_field_growth
from dlcore.explorables.receptive_field_growth import PRESETS, SCRIPTS, growth, paths
from tests.parity import assert_close

STACKS = [
    *PRESETS.values(),
    [(7, 2, 1), (3, 2, 1), (3, 1, 1)],
    [(5, 3, 2), (1, 2, 8), (7, 1, 3)],
    [(1, 1, 1)],
    [(3, 2, 1), (5, 1, 8), (3, 3, 1), (3, 1, 2), (3, 1, 1)],
]


def gradient(layers):
    """What one unit's sum depends on if all weights are 1, from its middle on, as a dictionary."""
    jump = int(np.prod([s for _, s, _ in layers]))
    size = 1 + sum(
        d * (k - 1) * int(np.prod([s for _, s, _ in layers[:n]]))
        for n, (k, _, d) in enumerate(layers)
    )
    unit = size // jump + 2
    x = torch.zeros(1, 1, 2 * unit * jump + 1, dtype=torch.float64, requires_grad=True)
    h = x
    for k, s, d in layers:
        weight = torch.ones(1, 1, k, dtype=torch.float64)
        h = F.conv1d(h, weight, stride=s, dilation=d, padding=d * (k - 1) // 2)
    h[0, 0, unit].backward()
    found = x.grad[0, 0]
    return {int(n) - unit * jump: int(found[n]) for n in found.nonzero()[:, 0]}


@pytest.mark.reference("torch.autograd.grad", of="dlcore.explorables.receptive_field_growth")
@pytest.mark.parametrize("layers", STACKS)
def test_pixels_and_paths_are_those_of_the_gradient(javascript, layers):
    expected = gradient(layers)
    assert dict(paths(layers)[0]) == expected
    got = javascript(SCRIPTS, "paths(layers, 0).map((row) => [...row])", layers=layers)
    assert dict(map(tuple, got[0])) == expected
    for level, row in enumerate(got[1:], start=1):
        rest = layers[level:]
        assert dict(map(tuple, row)) == (gradient(rest) if rest else {0: 1})


@pytest.mark.parametrize("layers", STACKS)
@pytest.mark.parametrize("unit", [-2, 1])
def test_another_unit_sees_the_same_further_on(javascript, layers, unit):
    got = javascript(
        SCRIPTS, "[growth(layers), [...paths(layers, unit)[0]]]", layers=layers, unit=unit
    )
    sizes, jumps = growth(layers)
    assert got[0] == {"sizes": sizes, "jumps": jumps}
    moved = {place + unit * jumps[-1]: n for place, n in gradient(layers).items()}
    assert dict(map(tuple, got[1])) == moved == dict(paths(layers, unit)[0])
    assert sizes[-1] == max(moved) - min(moved) + 1


def width(name):
    places = gradient(PRESETS[name])
    return max(places) - min(places) + 1, len(places)


def test_the_finding():
    assert width("three plain") == width("stride 2 last") == (7, 7)
    assert width("stride 2 first") == (11, 11)
    assert width("dilations 1, 2, 4") == (15, 15)
    assert width("dilations 2, 2, 2") == (13, 7)
    assert list(gradient(PRESETS["three plain"]).values()) == [1, 3, 6, 7, 6, 3, 1]


def test_paths_of_plain_layers_are_powers_of_a_polynomial():
    row = paths([(3, 1, 1)] * 5)[0]
    expected = np.polynomial.polynomial.polypow([1, 1, 1], 5)
    assert_close([row[n] for n in range(-5, 6)], expected, rtol=0, atol=1e-9)


def test_the_still_says_what_the_caller_asked_for():
    figure = receptive_field_growth([(3, 2, 1), (5, 1, 2)], question="Where?")
    assert figure.alt.startswith("Rows of units with lines from one unit in layer 2 down to 15 pix")
    assert "in a field 19 wide. After each layer: field 3, 19; jump 2, 2." in figure.alt
    assert figure.question == "Where?"


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([], r"give 1 to 5 layers \(kernel, stride, dilation\), got \[\]"),
        ([(3, 1, 1)] * 6, "give 1 to 5 layers"),
        ([(3, 1)], r"got \[\(3, 1\)\]"),
        ([(9, 1, 1)], "kernel must lie between 1 and 7, got 9"),
        ([(2, 1, 1)], "kernel must be odd, so that it has a middle; got 2"),
        ([(3, 0, 1)], "stride must lie between 1 and 3, got 0"),
        ([(3, 1, 9)], "dilation must lie between 1 and 8, got 9"),
    ],
)
def test_bad_input(layers, message):
    with pytest.raises(ValueError, match=message):
        receptive_field_growth(layers)
