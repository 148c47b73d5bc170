import math

import numpy as np
import pytest
import torch
from scipy.optimize import linprog, minimize_scalar

from dlcore.explorables import unit_balls
from dlcore.explorables.unit_balls import LINE, SCRIPTS, ball, constraint, norm, shortest
from tests.parity import assert_close

LINES = [
    LINE,
    ((-0.5, -2.0), (0.3, 1.7)),
    ((2.0, 1.1), (-1.3, 1.1)),
    ((0.7, -1.0), (0.7, 2.0)),
    ((-2.0, -1.5), (1.0, -2.2)),
    ((-1.0, -1.0), (1.0, 1.5)),
]


def solve(javascript, line, p):
    """What the page and Python find, after comparing them."""
    value = "Infinity" if math.isinf(p) else repr(p)
    text = f"(() => {{ const c = constraint(line), x = shortest(c, {value});"
    got = javascript(SCRIPTS, f"{text} return [c.w, c.c, x, norm(x, {value})]; }})()", line=line)
    w, c = constraint(torch.tensor(line, dtype=torch.float64))
    x = shortest(w, c, p)
    for page, python in zip(got, (w, c, x, norm(x, p)), strict=True):
        assert_close(page, python, rtol=1e-12, atol=1e-14)
    return w.numpy(), c, x.numpy()


def length(x, p):
    return np.abs(x).max() if math.isinf(p) else (np.abs(x) ** p).sum() ** (1 / p)


@pytest.mark.reference("scipy.optimize.minimize_scalar", of="dlcore.explorables.unit_balls")
@pytest.mark.parametrize("p", [1.25, 1.5, 2, 4, 12])
@pytest.mark.parametrize("line", LINES)
def test_the_shortest_vector_agrees_with_scipy_along_the_line(javascript, line, p):
    start, end = np.array(line)
    _, _, x = solve(javascript, line, p)
    best = minimize_scalar(lambda t: length(start + t * (end - start), p))
    assert length(x, p) <= best.fun * (1 + 1e-12)
    assert_close(length(x, p), best.fun, rtol=1e-9)
    assert_close(np.cross(np.append(x - start, 0), np.append(end - start, 0))[2], 0.0)


@pytest.mark.parametrize("p", [1.0, math.inf])
@pytest.mark.parametrize("line", LINES)
def test_the_shortest_vector_agrees_with_linear_programming(javascript, line, p):
    w, c, x = solve(javascript, line, p)
    if p == 1:  # x = u - v with u, v not negative
        best = linprog(np.ones(4), A_eq=[[*w, *-w]], b_eq=[c])
    else:  # -t <= x_i <= t
        bounds = [[1, 0, -1], [-1, 0, -1], [0, 1, -1], [0, -1, -1]]
        best = linprog(
            [0, 0, 1], A_eq=[[*w, 0]], b_eq=[c], A_ub=bounds, b_ub=np.zeros(4), bounds=(None, None)
        )
    assert_close(length(x, p), best.fun)
    assert_close(w @ x, c)


@pytest.mark.parametrize("line", LINES)
def test_below_one_no_point_of_the_line_is_shorter(javascript, line):
    start, end = np.array(line)
    _, _, x = solve(javascript, line, 0.5)
    along = start + np.linspace(-9, 9, 20001)[:, None] * (end - start)
    assert length(x, 0.5) <= (np.abs(along) ** 0.5).sum(axis=1).min() ** 2 + 1e-12


@pytest.mark.parametrize("p", [0.5, 1.0, 1.5, 2.0, 20.0, math.inf])
def test_every_point_of_the_ball_has_the_radius_as_its_norm(javascript, p):
    got = javascript(SCRIPTS, f"ball({'Infinity' if math.isinf(p) else p}, 1.7)")
    assert_close(got, ball(p, 1.7).T, rtol=1e-9, atol=1e-9)
    assert_close([length(np.array(x), p) for x in got], np.full(201, 1.7))


def test_the_finding_corners_for_all_slopes_but_two():
    for angle in np.linspace(0, np.pi, 361)[1:-1]:
        if np.isclose(angle % (np.pi / 2), np.pi / 4) or np.isclose(angle, np.pi / 2):
            continue
        w = torch.tensor([math.cos(angle), math.sin(angle)], dtype=torch.float64)
        zeros = [(shortest(w, 1.0, p) == 0).sum().item() for p in (0.5, 1.0, 1.05, 1.5, 2.0)]
        assert zeros == [1, 1, 0, 0, 0]
    w, c = constraint(torch.tensor(LINE, dtype=torch.float64))
    assert shortest(w, c, 1.2).abs().min() < 0.1


def test_the_still_says_what_the_caller_asked_for():
    figure = unit_balls(math.inf, [[-1, 1], [1, 1]], prediction="Here.")
    assert "0.00 x1 + 1.00 x2 = 1.00" in figure.alt
    assert "p = inf" in figure.alt
    assert "(0.00, 1.00) for L1, (0.00, 1.00) for L2" in figure.alt
    assert (figure.state["p"], figure.prediction) == (None, "Here.")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": 0.3}, "p must be at least 0.5, got 0.3"),
        ({"p": math.nan}, "p must be at least 0.5, got nan"),
        ({"line": [1, 2]}, r"line must be two points, shape \(2, 2\), got \(2,\)"),
        ({"line": "x = 1"}, "line must be two points, got 'x = 1'"),
        ({"line": [[0, 3], [1, 1]]}, r"points must lie within \(2.5, 2.2\) of the origin"),
        ({"line": [[0, math.nan], [1, 1]]}, r"points must lie within \(2.5, 2.2\) of the origin"),
        ({"line": [[1, 1], [1, 1.2]]}, "the two points must be 0.5 apart"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        unit_balls(**arguments)
