import math

import pytest
import torch

from dlcore.explorables import quadratic_descent
from dlcore.explorables.quadratic_descent import SCRIPTS, descent
from tests.parity import assert_close


@pytest.mark.reference("torch.optim.SGD", of="dlcore.explorables.quadratic_descent")
@pytest.mark.parametrize(
    ("condition", "eta"), [(25.0, 0.076), (1.0, 1.0), (100.0, 0.021), (3, 0.1)]
)
def test_every_step_in_the_page_agrees_with_torch(javascript, condition, eta):
    at = torch.tensor([-2.4, 0.8], dtype=torch.float64, requires_grad=True)
    curvatures = torch.tensor([1.0, condition], dtype=torch.float64)
    optimizer, path = torch.optim.SGD([at], lr=eta), [at.tolist()]
    for _ in range(40):
        optimizer.zero_grad()
        (0.5 * curvatures @ at.square()).backward()
        optimizer.step()
        path.append(at.tolist())
    got = javascript(
        SCRIPTS, "descent(condition, eta, [-2.4, 0.8], 40)", condition=condition, eta=eta
    )
    assert_close(got, path, rtol=1e-9, atol=1e-12)
    assert_close(descent(condition, eta, (-2.4, 0.8), 40), path, rtol=1e-9, atol=1e-12)


def steps_to_a_thousandth(condition, eta):
    """By trying, from the worse of both directions."""
    starts = ((1, 0), (0, 1))
    paths = [descent(condition, eta, start, 800) for start in starts]
    return max(
        next(t for t, at in enumerate(path) if math.hypot(*at) <= 1e-3 + 1e-12) for path in paths
    )


@pytest.mark.parametrize("times", [0.3, 1.0, 2 * 25 / 26, 1.9, 1.98])
@pytest.mark.parametrize("condition", [2, 25])
def test_the_page_says_how_many_steps_it_takes(javascript, condition, times):
    eta = times / condition
    said = javascript(SCRIPTS, "fate(condition, eta)", condition=condition, eta=eta)
    wanted = steps_to_a_thousandth(condition, eta)
    assert said == f"a thousandth is left after {wanted} steps at most."


def test_the_page_says_when_it_does_not_converge(javascript):
    got = javascript(SCRIPTS, "[[25, 2.02 / 25], [25, 2 / 25], [1, 1]].map((c) => fate(...c))")
    assert got[0] == "it diverges."
    assert got[1] == "it goes to and fro for ever."
    assert got[2] == "a thousandth is left after 1 step at most."


def test_the_finding():
    assert steps_to_a_thousandth(25, 2 / 26) == 87
    assert steps_to_a_thousandth(25, 1 / 25) == 170
    assert steps_to_a_thousandth(25, 1.98 / 25) == 342
    assert steps_to_a_thousandth(100, 2 / 101) == 346
    assert steps_to_a_thousandth(1, 1.0) == 1
    assert round(24 / 26, 3) == 0.923
    rates = [k / 1000 / 25 for k in range(1500, 2000)]
    best = min(rates, key=lambda eta: max(abs(1 - eta), abs(1 - 25 * eta)))
    assert best == pytest.approx(2 / 26, rel=1e-3)
    for eta, grows in ((1.99 / 25, False), (2.01 / 25, True)):
        assert (abs(descent(25, eta, (0, 1), 99)[-1][1]) > 1) == grows


def test_the_still_says_what_the_caller_asked_for():
    figure = quadratic_descent(10, 0.2, 12, (1, -2), question="When?")
    assert (
        "12 steps of gradient descent with learning rate 0.2; the best would be 0.182" in figure.alt
    )
    assert "multiplies by up to 1.000" in figure.alt
    assert (figure.state["start"], figure.question) == ([1.0, -2.0], "When?")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"condition": 0.5}, "condition must lie between 1 and 100, got 0.5"),
        ({"learning_rate": 0.1}, "learning_rate must lie between 0.0008 and 0.084, got 0.1"),
        ({"steps": 101}, "steps must lie between 0 and 100, got 101"),
        ({"start": (0, 3)}, r"start must be a place within \(2.7, 2.35\) of the origin"),
        ({"start": (1, 1, 1)}, "start must be a place within"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        quadratic_descent(**arguments)
