import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier

from dlcore.explorables import nearest_neighbours
from dlcore.explorables.nearest_neighbours import METRICS, SCRIPTS, errors, sample
from tests.parity import assert_close

X, Y = (v.numpy() for v in sample())
# A step aside for every point leaves no two distances equal, where the order would be free.
ASIDE = X + np.random.default_rng(1).uniform(-1e-4, 1e-4, X.shape)


def listed(X, y):
    return [{"x": u, "y": v, "label": int(k)} for (u, v), k in zip(X.tolist(), y, strict=True)]


@pytest.mark.reference(
    "sklearn.neighbors.KNeighborsClassifier", of="dlcore.explorables.nearest_neighbours"
)
@pytest.mark.parametrize("metric", METRICS)
def test_votes_in_the_page_agree_with_scikit_learn(javascript, metric):
    places = np.random.default_rng(0).uniform(-1.5, 1.5, (101, 2))
    for k in (1, 7, 31):
        got = javascript(
            SCRIPTS,
            "neighbourShares(points, k, places, metric)",
            points=listed(ASIDE, Y),
            k=k,
            metric=metric,
            places=places.ravel().tolist(),
        )
        model = KNeighborsClassifier(k, p=float(metric)).fit(ASIDE, Y)
        assert_close(got, model.predict_proba(places)[:, 1])


@pytest.mark.parametrize("metric", METRICS)
def test_errors_in_the_page_agree_with_scikit_learn(javascript, metric):
    rows = javascript(
        SCRIPTS, "errorsByNeighbours(points, metric)", points=listed(X, Y), metric=metric
    )
    assert rows == [list(row) for row in errors(*sample(), metric)]
    rows = javascript(
        SCRIPTS, "errorsByNeighbours(points, metric)", points=listed(ASIDE, Y), metric=metric
    )
    for k, train, out in rows[::7]:
        model = KNeighborsClassifier(k, p=float(metric))
        assert train == (model.fit(ASIDE, Y).predict(ASIDE) != Y).sum()
        assert out == (cross_val_predict(model, ASIDE, Y, cv=LeaveOneOut()) != Y).sum()


def test_the_finding():
    wrong = {
        k: (cross_val_predict(KNeighborsClassifier(k), X, Y, cv=LeaveOneOut()) != Y).sum()
        for k in (1, 7, 9, 31, 59)
    }
    assert wrong == {1: 10, 7: 4, 9: 4, 31: 13, 59: 60}
    assert KNeighborsClassifier(1).fit(X, Y).score(X, Y) == 1
    assert min(out for _, _, out in errors(*sample(), "2")) == 4
    assert Y.sum() == 30


def test_the_still_says_what_the_caller_asked_for():
    figure = nearest_neighbours(7, (0.5, 0), finding="Seven.")
    assert "for k = 7 there are 4 if points are their own neighbours and 4 if" in figure.alt
    assert (figure.state["query"], figure.finding) == ([0.5, 0.0], "Seven.")
    assert figure.panels[0].svg().split('data-part="links"')[1].split("/>")[0].count("M") == 7


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"k": 2}, "k must be an odd number from 1 to 59, got 2"),
        ({"metric": "3"}, "unknown metric '3': choose from 1, 2, inf"),
        ({"query": (2, 0)}, r"query must be a place within \(1.9, 1.15\)"),
        ({"query": (1, 0, 0)}, "query must be a place"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        nearest_neighbours(**arguments)
