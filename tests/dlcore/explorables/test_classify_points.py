import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier

from dlcore.explorables import classify_points
from dlcore.explorables.classify_points import SCRIPTS, STRAY, sample
from tests.parity import assert_close

X, Y = (v.numpy() for v in sample())
TWISTED = np.random.default_rng(1).uniform(-1, 1, (17, 2)).round(2)
SETS = {
    "sample": (X, Y),
    "separable": (X[:-1], Y[:-1]),
    "two": (X[[0, 20]], Y[[0, 20]]),
    "noise": (TWISTED, (TWISTED[:, 0] * TWISTED[:, 1] > 0).astype(int)),
}


def listed(X, y):
    return [{"x": u, "y": v, "label": int(k)} for (u, v), k in zip(X.tolist(), y, strict=True)]


@pytest.mark.reference(
    "sklearn.linear_model.LogisticRegression", of="dlcore.explorables.classify_points"
)
@pytest.mark.parametrize("penalty", [0.001, 0.1, 10.0])
@pytest.mark.parametrize("name", SETS)
def test_logistic_regression_in_the_page_agrees_with_scikit_learn(javascript, name, penalty):
    X, y = SETS[name]
    got = javascript(
        SCRIPTS, "logisticRegression(points, penalty)", points=listed(X, y), penalty=penalty
    )
    model = LogisticRegression(C=1 / penalty, tol=1e-12, solver="newton-cholesky").fit(X, y)
    assert_close(got, np.append(model.coef_, model.intercept_), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("k", [1, 3, 15])
@pytest.mark.parametrize("name", SETS)
def test_neighbours_in_the_page_agree_with_scikit_learn(javascript, name, k):
    X, y = SETS[name]
    places = np.random.default_rng(0).uniform(-1.5, 1.5, (101, 2))
    got = javascript(
        SCRIPTS,
        "neighbourShares(points, k, places)",
        points=listed(X, y),
        k=k,
        places=places.ravel().tolist(),
    )
    model = KNeighborsClassifier(min(k, len(X))).fit(X, y)
    assert_close(got, model.predict_proba(places)[:, 1])


def test_points_of_one_class_have_no_boundary(javascript):
    for label in (0, 1):
        got = javascript(
            SCRIPTS, "logisticRegression(points, 0.1)", points=listed(X, np.full(len(X), label))
        )
        assert got == [0, 0, 10 if label else -10]


GRID = np.stack(np.meshgrid(np.linspace(-2, 2, 161), np.linspace(-1.25, 1.25, 101)), -1)


def regions(X, y):
    """The class of every place by logistic regression and by 1 and 3 neighbours."""
    places = GRID.reshape(-1, 2)
    models = [LogisticRegression(C=10.0), KNeighborsClassifier(1), KNeighborsClassifier(3)]
    return [model.fit(X, y).predict(places) for model in models]


def test_the_finding_only_the_nearest_neighbour_gives_way():
    assert tuple(X[-1]) == STRAY
    with_stray, without = regions(X, Y), regions(X[:-1], Y[:-1])
    line, one, three = (a != b for a, b in zip(with_stray, without, strict=True))
    assert 0.04 < line.mean() < 0.06
    distance = np.hypot(*(GRID.reshape(-1, 2) - STRAY).T)
    assert not line[distance < 0.5].any()
    assert one[distance < 0.03].all()
    assert not one[distance > 0.9].any()
    assert not three[distance < 0.3].any()


def test_the_finding_the_plane_becomes_less_certain():
    places = GRID.reshape(-1, 2)
    sure = [
        np.abs(LogisticRegression(C=10.0).fit(a, b).predict_proba(places)[:, 1] - 0.5).mean()
        for a, b in ((X, Y), (X[:-1], Y[:-1]))
    ]
    assert sure[0] < 0.95 * sure[1]


def test_the_finding_a_far_point_of_the_right_side_matters_little():
    farthest = int((X * [1, 0.3])[:-1].sum(1).argmax())
    assert Y[farthest] == 1
    moved = X.copy()
    moved[farthest] = (1.9, 0.5)
    changed = [(a != b).mean() for a, b in zip(regions(moved, Y), regions(X, Y), strict=True)]
    assert max(changed) < 0.02


def test_the_still_says_what_the_caller_asked_for():
    figure = classify_points([[-1, 0], [1, 0.5]], [0, 1], k=3, penalty=1, finding="There.")
    assert "The same 2 points" in figure.alt
    assert figure.state["xy"] == [-100, 0, 100, 50]
    assert (figure.state["penalty"], figure.finding) == (0.0, "There.")


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 2}, "k must be an odd number from 1 to 15, got 2"),
        ({"penalty": 0}, "penalty must lie between 0.001 and 100, got 0"),
        ({"points": [[0, 0], [1, 1]]}, "give points and labels together, as numbers"),
        ({"points": [[0, 0], [1, 1]], "labels": [0]}, r"shapes \(2, 2\) and \(1,\)"),
        ({"points": torch.zeros(61, 2), "labels": [0, 1] * 30 + [0]}, "2 to 60 of them"),
        ({"points": [[0, 0], [2, 1]], "labels": [0, 1]}, r"within \(1.9, 1.15\) of the origin"),
        ({"points": [[0, 0], [1, 1]], "labels": [0, 0]}, r"0 and 1, both, got \[0.0\]"),
        ({"points": [[0, 0], [1, 1]], "labels": [0, 2]}, r"0 and 1, both, got \[0.0, 2.0\]"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        classify_points(**arguments)
