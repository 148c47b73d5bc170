import warnings

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import Lasso, Ridge

from dlcore.explorables import l1_l2_paths
from dlcore.explorables.l1_l2_paths import LAMS, SCRIPTS, ellipse, hessian, lasso, ridge
from tests.parity import assert_close

CASES = [
    ((1.0, 2.0), 0.25, 0.0),
    ((1.5, -0.6), 1.0, 0.8),
    ((-2.5, 2.2), 0.1, -0.9),
    ((0.0, 0.0), 0.5, 0.3),
    ((-0.3, -2.2), 0.1, 0.9),
]
SOME = [0.0, 0.02, 0.1, 0.3, 0.5, 1.0, 2.0, 3.0]


def design(minimum, curvature, correlation):
    """A least-squares problem with that loss: X'X = H and y = X m."""
    c = correlation * np.sqrt(curvature)
    X = np.linalg.cholesky([[1, c], [c, curvature]]).T
    return X, X @ np.array(minimum)


def from_scikit_learn(case, lam):
    X, y = design(*case)
    quiet = {"fit_intercept": False, "tol": 1e-14}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        first = Lasso(alpha=lam / len(y), max_iter=100_000, **quiet).fit(X, y).coef_
    return first, Ridge(alpha=lam, solver="svd", **quiet).fit(X, y).coef_


@pytest.mark.reference("sklearn.linear_model.Lasso", of="dlcore.explorables.l1_l2_paths")
@pytest.mark.parametrize("case", CASES)
def test_solutions_in_the_page_agree_with_scikit_learn(javascript, case):
    minimum, curvature, correlation = case
    got = javascript(
        SCRIPTS,
        "lams.map((lam) => [lasso, ridge].map((solve) => solve(m, hessian(given), lam)))",
        lams=SOME,
        m=minimum,
        given={"curvature": curvature, "correlation": correlation},
    )
    H = hessian(curvature, correlation)
    for lam, both in zip(SOME, got, strict=True):
        expected = from_scikit_learn(case, lam)
        ours = lasso(minimum, H, lam), ridge(minimum, H, lam)
        for page, python, value in zip(both, ours, expected, strict=True):
            assert_close(page, value, rtol=1e-7, atol=1e-7)
            assert_close(python, value, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("case", CASES)
def test_lines_of_equal_loss(javascript, case):
    minimum, curvature, correlation = case
    X, y = design(*case)
    given = {"curvature": curvature, "correlation": correlation}
    points, heights = javascript(
        SCRIPTS,
        "((H) => [ellipse(m, H, 0.7), ellipse(m, H, 0.7).map((w) => height(w, m, H))])"
        "(hessian(given))",
        m=minimum,
        given=given,
    )
    assert_close(np.square(np.array(points) @ X.T - y).sum(1), np.full(73, 0.7), rtol=1e-9)
    assert_close(heights, [0.7] * 73, rtol=1e-9)
    xs, ys = ellipse(minimum, hessian(curvature, correlation), 0.7)
    assert_close(np.stack([xs, ys], axis=1), points, rtol=1e-9, atol=1e-12)


def test_the_solution_is_the_lowest_point_of_the_ball():
    """A line of equal loss touches the ball that the solution lies on."""
    (m, H), lam = (((1.0, 2.0), hessian(0.25, 0.0)), 0.3)
    X, y = design((1.0, 2.0), 0.25, 0.0)
    for w, power in ((lasso(m, H, lam), 1), (ridge(m, H, lam), 2)):
        size = np.linalg.norm(w, power)
        inside = {"type": "ineq", "fun": lambda v, p=power, s=size: s - np.linalg.norm(v, p)}
        found = minimize(
            lambda v: 50 * np.square(X @ v - y).sum(), [0.1, 0.2], constraints=inside, tol=1e-12
        )
        assert_close(np.array(w), found.x, rtol=1e-3)


def zero_from(path, k):
    return LAMS[max((n for n, w in enumerate(path) if w[k] != 0), default=-1) + 1]


def test_the_finding_the_larger_weight_goes_first(javascript):
    H = hessian(0.25, 0.0)
    path = [from_scikit_learn(CASES[0], lam)[0] for lam in LAMS]
    assert [zero_from(path, k) for k in (0, 1)] == [1.0, 0.5]
    paths = {"path": [lasso((1.0, 2.0), H, lam) for lam in LAMS], "lams": LAMS}
    assert javascript(SCRIPTS, "[0, 1].map((k) => zeroFrom(path, lams, k))", **paths) == [1, 0.5]
    ends = {"path": [[1, 0], [1, 0]], "lams": [0, 1]}
    assert javascript(SCRIPTS, "[0, 1].map((k) => zeroFrom(path, lams, k) ?? 'never')", **ends) == [
        "never",
        0,
    ]
    kept = from_scikit_learn(CASES[0], 1.0)[1] / (1.0, 2.0)
    assert_close(kept, np.array([1 / 2, 1 / 5]), rtol=1e-9)
    assert all(w != 0 for lam in LAMS for w in from_scikit_learn(CASES[0], lam)[1])


def test_the_finding_l1_stops_where_l2_passes():
    for lam in LAMS:
        first, second = from_scikit_learn(CASES[1], lam)
        if lam != 0.12:
            assert (first[1] == 0) == (lam > 0.12)
        if lam != 0.36:
            assert (second[1] > 0) == (lam > 0.36)


def test_the_still_says_what_the_caller_asked_for():
    figure = l1_l2_paths((-1, 0.5), 0.1, correlation=0.5, ball="l2", question="Which?")
    assert "equal loss about the minimum (-1, 0.5)" in figure.alt
    assert figure.state["minimum"] == (-1.0, 0.5)
    assert (figure.state["ball"], figure.question) == ("l2", "Which?")
    assert "L1 moves the minimum to (0.70, 0.80), L2 to (0.77, 0.91)" in l1_l2_paths().alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"minimum": (1, 2, 3)}, "minimum must be two numbers, got"),
        ({"minimum": (3, 0)}, "the first weight of the minimum must lie between -2.5 and 2.5"),
        ({"minimum": (0, -3)}, "the second weight of the minimum must lie between -2.2 and 2.2"),
        ({"lam": -1}, "lam must lie between 0 and 3, got -1"),
        ({"curvature": 0}, "curvature must lie between 0.1 and 1, got 0"),
        ({"correlation": 1}, "correlation must lie between -0.9 and 0.9, got 1"),
        ({"ball": "l3"}, "unknown ball 'l3': choose from l1, l2"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        l1_l2_paths(**arguments)
