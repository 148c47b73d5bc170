import numpy as np
import pytest
from sklearn.svm import SVC

from dlcore.explorables import svm_margin
from dlcore.explorables.classify_points import sample
from dlcore.explorables.svm_margin import SCRIPTS
from tests.parity import assert_close

STRAY_X, STRAY_Y = (v.numpy() for v in sample())
X, Y = STRAY_X[:-1], STRAY_Y[:-1]
NOISE = np.random.default_rng(1).uniform(-1, 1, (23, 2)).round(2)
SETS = {
    "separable": (X, Y),
    "stray": (STRAY_X, STRAY_Y),
    "two": (X[[0, 20]], Y[[0, 20]]),
    "noise": (NOISE, (NOISE[:, 0] * NOISE[:, 1] > 0).astype(int)),
}


def listed(X, y):
    return [{"x": u, "y": v, "label": int(k)} for (u, v), k in zip(X.tolist(), y, strict=True)]


@pytest.mark.reference("sklearn.svm.SVC", of="dlcore.explorables.svm_margin")
@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize(("kernel", "gamma"), [("linear", 1.0), ("rbf", 0.3), ("rbf", 30.0)])
@pytest.mark.parametrize("name", SETS)
def test_scores_in_the_page_agree_with_scikit_learn(javascript, name, kernel, gamma, C):
    X, y = SETS[name]
    places = np.random.default_rng(0).uniform(-1.5, 1.5, (50, 2))
    model = SVC(kernel=kernel, C=C, gamma=gamma, tol=1e-9).fit(X, y)
    got = javascript(
        SCRIPTS,
        "(({ score, alpha }) => [places.map(([x, y]) => score({ x, y })), alpha])"
        "(scorer(points, KERNELS[kernel](gamma), C))",
        points=listed(X, y),
        places=places.tolist(),
        kernel=kernel,
        gamma=gamma,
        C=C,
    )
    scores, alpha = (np.array(v) for v in got)
    # Without a multiplier strictly between 0 and C the bias may be any of an interval.
    shift = (
        0 if ((alpha > 0) & (alpha < C)).any() else (model.decision_function(places) - scores)[0]
    )
    assert_close(scores + shift, model.decision_function(places), rtol=1e-4, atol=1e-4)
    objective = alpha.sum() - 0.5 * np.square(model.coef_).sum() if kernel == "linear" else None
    if objective is not None:
        own = np.abs(model.dual_coef_).sum() - 0.5 * np.square(model.coef_).sum()
        assert objective == pytest.approx(own, rel=1e-5)


@pytest.mark.parametrize("label", [0, 1])
def test_points_of_one_class_have_no_boundary(javascript, label):
    got = javascript(
        SCRIPTS,
        "scorer(points, KERNELS.linear(1), 1).score({ x: 0.3, y: 0.1 })",
        points=listed(X, np.full(len(X), label)),
    )
    assert np.sign(got) == 2 * label - 1


def fit(**arguments):
    return SVC(tol=1e-8, **arguments).fit(X, Y)


def test_the_finding_three_points_hold_it():
    model = fit(kernel="linear", C=10)
    assert (len(X), len(model.support_)) == (28, 3)
    for n in sorted(set(range(len(X))) - set(model.support_)):
        rest = np.delete(X, n, axis=0), np.delete(Y, n)
        without = SVC(kernel="linear", C=10, tol=1e-8).fit(*rest)
        assert_close(without.coef_.copy(), model.coef_.copy(), rtol=1e-5)
        assert max(0, 1 - (2 * Y[n] - 1) * model.decision_function(X[[n]])[0]) == 0


def test_the_finding_what_c_and_gamma_do():
    widths = [2 / np.linalg.norm(fit(kernel="linear", C=C).coef_) for C in (10, 0.1)]
    assert [round(float(w), 2) for w in widths] == [0.86, 1.79]
    assert len(fit(kernel="linear", C=0.1).support_) == 18
    narrow = fit(C=1, gamma=100)
    assert len(narrow.support_) == 26
    assert narrow.score(X, Y) == 1


def test_the_still_says_what_the_caller_asked_for():
    figure = svm_margin([[-1, 0], [1, 0.5]], [0, 1], kernel="rbf", C=100, question="Which?")
    assert "2 points of two classes" in figure.alt
    assert "(rbf, C = 100) and its margin; 2 support vectors" in figure.alt
    assert figure.state["xy"] == [-100, 0, 100, 50]
    assert (figure.state["C"], figure.question) == (2.0, "Which?")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel": "poly"}, "unknown kernel 'poly': choose from linear, rbf"),
        ({"C": 0}, "C must lie between 0.01 and 1000, got 0"),
        ({"gamma": 200}, "gamma must lie between 0.1 and 100, got 200"),
        ({"points": [[0, 0], [1, 1]]}, "give points and labels together, as numbers"),
        ({"points": [[0, 0], [2, 1]], "labels": [0, 1]}, r"within \(1.9, 1.15\) of the origin"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        svm_margin(**arguments)
