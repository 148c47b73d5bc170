from itertools import pairwise

import numpy as np
import pytest
import torch
from numpy.polynomial import Polynomial

from dlcore.explorables import polynomial_fit
from dlcore.explorables.polynomial_fit import HIGHEST, SCRIPTS, errors, fit, sample
from tests.parity import assert_close

GRID = np.linspace(0, 1, 1001)


@pytest.mark.reference("numpy.polynomial.Polynomial.fit", of="dlcore.explorables.polynomial_fit")
@pytest.mark.parametrize("n", [12, 15, 100])
def test_every_degree_in_the_page_agrees_with_numpy(javascript, n):
    x, y = (v.numpy() for v in sample(n, 0.3, 1))
    places = [0.0, 0.033, 0.5, 0.91, 1.0]
    got = javascript(
        SCRIPTS, "fits(sample(n, 0.3, 1), places).map((f) => f.values)", n=n, places=places
    )
    for degree in range(HIGHEST + 1):
        curve = Polynomial.fit(x, y, degree)
        assert_close(got[degree], curve(np.array(places)), rtol=1e-7, atol=1e-8)
        ours = fit(torch.from_numpy(x), torch.from_numpy(y), degree, torch.tensor(places).double())
        assert_close(ours, curve(torch.tensor(places).double().numpy()), rtol=1e-7, atol=1e-8)


def root_mean_squares(x, y, noise, degree):
    curve = Polynomial.fit(x, y, degree)
    off = np.square(curve(GRID) - np.sin(2 * np.pi * GRID)).mean()
    return np.sqrt(np.square(curve(x) - y).mean()), np.sqrt(off + noise**2)


@pytest.mark.parametrize(("n", "noise"), [(12, 0.3), (50, 0.1), (20, 0.0)])
def test_errors_in_the_page_agree_with_numpy(javascript, n, noise):
    x, y = (v.numpy() for v in sample(n, noise, 2))
    got = javascript(SCRIPTS, "errors(sample(n, noise, 2), noise)", n=n, noise=noise)
    expected = [root_mean_squares(x, y, noise, d) for d in range(HIGHEST + 1)]
    assert_close(got, expected, rtol=1e-6, atol=1e-7)
    assert_close(
        errors(torch.from_numpy(x), torch.from_numpy(y), noise), expected, rtol=1e-6, atol=1e-7
    )


def test_new_points_err_as_expected():
    """By drawing them: 200,000 new points of the sine with noise."""
    x, y = (v.numpy() for v in sample(12, 0.3, 0))
    rng = np.random.default_rng(0)
    new_x = rng.uniform(0, 1, 200_000)
    new_y = np.sin(2 * np.pi * new_x) + 0.3 * rng.normal(size=200_000)
    off = np.sqrt(np.square(Polynomial.fit(x, y, 5)(new_x) - new_y).mean())
    assert off == pytest.approx(root_mean_squares(x, y, 0.3, 5)[1], rel=0.01)


def test_the_finding():
    x, y = (v.numpy() for v in sample(12, 0.3, 0))
    rows = [root_mean_squares(x, y, 0.3, d) for d in range(HIGHEST + 1)]
    assert rows[11][0] < 1e-8
    assert [round(float(rows[d][1]), 2) for d in (1, 5, 11)] == [0.56, 0.36, 2.77]
    assert min(range(12), key=lambda d: rows[d][1]) == 5
    assert max(range(12), key=lambda d: rows[d][1]) == 11
    assert round(float(rows[11][1]) / 0.3) == 9
    assert all(b[0] <= a[0] + 1e-12 for a, b in pairwise(rows))
    x, y = (v.numpy() for v in sample(50, 0.3, 0))
    assert round(float(root_mean_squares(x, y, 0.3, 11)[1]), 2) == 0.33


def test_the_still_says_what_the_caller_asked_for():
    figure = polynomial_fit(9, 100, 0.1, 3, question="Which?")
    assert "100 noisy points of a sine and the polynomial of degree 9" in figure.alt
    assert (figure.state["noise"], figure.question) == (0.1, "Which?")
    assert "at degree 11 to 0.00; on new points it is 2.77 there" in polynomial_fit(11).alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"degree": 12}, "degree must lie between 0 and 11, got 12"),
        ({"noise": -0.1}, "noise must lie between 0 and 0.5, got -0.1"),
        ({"n": 13}, "n must be one of 12, 15, 20, 30, 50, 100, got 13"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        polynomial_fit(**arguments)
