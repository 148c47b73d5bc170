from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import Perceptron

from dlcore.explorables import perceptron_rule
from dlcore.explorables.perceptron_rule import MOST, NAMES, SCRIPTS, examples, updates, wrong
from tests.parity import assert_close

SETS = {name: tuple(v.numpy() for v in examples(name)) for name in NAMES}


def listed(X, y):
    return [{"x": u, "y": v, "label": int(k)} for (u, v), k in zip(X.tolist(), y, strict=True)]


@pytest.mark.reference("sklearn.linear_model.Perceptron", of="dlcore.explorables.perceptron_rule")
@pytest.mark.parametrize("name", ["wide", "narrow"])
def test_the_page_comes_to_rest_where_scikit_learn_does(javascript, name):
    X, y = SETS[name]
    got = javascript(SCRIPTS, "updates(points)", points=listed(X, y))
    model = Perceptron(shuffle=False, tol=None, max_iter=200).fit(X, y)
    assert got["rests"]
    assert_close(got["history"][-1]["w"], [*model.coef_[0].tolist(), *model.intercept_.tolist()])
    for epochs in (1, 2):
        part = Perceptron(shuffle=False, tol=None, max_iter=epochs).fit(X, y)
        weights = np.append(part.coef_, part.intercept_)
        assert any(np.allclose(step["w"], weights) for step in got["history"])


@pytest.mark.parametrize("name", NAMES)
def test_the_page_makes_the_updates_of_the_still(javascript, name):
    got = javascript(SCRIPTS, "updates(points).history", points=listed(*SETS[name]))
    ours = updates(*examples(name))
    assert [step["point"] for step in got] == [n for n, _ in ours]
    assert_close([step["w"] for step in got], [w.tolist() for _, w in ours])
    X, y = SETS[name]
    for step, (_, w) in zip(got[::5], updates(*examples(name))[::5], strict=True):
        off = (2 * y - 1) * (X @ step["w"][:2] + step["w"][2]) <= 0
        assert wrong(*examples(name), w) == off.sum()


def bound(X, y):
    """Novikoff's (R / gamma)^2, by the widest margin through the origin of the augmented space."""
    Z = np.column_stack([X, np.ones(len(X))]) * (2 * y - 1)[:, None]
    constraint = {"type": "ineq", "fun": lambda w: Z @ w - 1, "jac": lambda w: Z}
    start = np.array([6.0, 8.0, -1.0]) * 10
    found = minimize(lambda w: 0.5 * w @ w, start, jac=lambda w: w, constraints=constraint)
    assert found.success
    return np.square(Z).sum(1).max() * (found.x @ found.x)


def test_the_finding():
    for name, count in (("wide", 15), ("narrow", 83)):
        history = updates(*examples(name))
        assert len(history) == count
        assert count <= bound(*SETS[name])
        X, y = examples(name)
        assert wrong(X, y, history[-1][1]) == 0
    counts = [wrong(*examples("wide"), w) for _, w in updates(*examples("wide"))]
    assert any(b > a for a, b in pairwise(counts))
    xor = updates(*examples("xor"))
    assert len(xor) == MOST
    assert [bool((w == 0).all()) for _, w in xor[:8]] == [False, False, False, True] * 2
    least = min(wrong(*examples("xor"), w) for _, w in xor)
    assert least == 1


def test_the_still_says_what_the_caller_asked_for():
    figure = perceptron_rule("xor", 4, question="Rest?")
    assert "4 points of two classes and the line after 4 updates" in figure.alt
    assert "update: 4 now, 4 after 100" in figure.alt
    assert (figure.state["set"], figure.question) == ("xor", "Rest?")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": "moons"}, "unknown data 'moons': choose from wide, narrow, xor"),
        ({"shown": 16}, "shown must lie between 0 and 15, got 16"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        perceptron_rule(**arguments)
