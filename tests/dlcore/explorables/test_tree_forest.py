import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from dlcore.explorables import tree_forest
from dlcore.explorables.random_stream import uniforms
from dlcore.explorables.tree_forest import SCRIPTS, grow, sample, shares
from tests.parity import assert_close

(X, Y), (NEW_X, NEW_Y) = (tuple(v.numpy() for v in part) for part in sample())
PLACES = np.random.default_rng(0).uniform(-1.5, 1.5, (200, 2))


def listed(X, y):
    return [{"x": u, "y": v, "label": int(k)} for (u, v), k in zip(X.tolist(), y, strict=True)]


def drawn(seed):
    """How often each point is drawn."""
    return np.bincount((uniforms(seed, 100) * 100).astype(int), minlength=100)


def page_shares(javascript, X, y, trees):
    """The share of class 1 at all places, one column a depth."""
    return np.array(
        javascript(
            SCRIPTS,
            "((trees) => places.map(([x, y]) => sharesByDepth(trees, { x, y })))"
            "(forest(points, count))",
            points=listed(X, y),
            places=PLACES.tolist(),
            count=trees,
        )
    )


@pytest.mark.reference("sklearn.tree.DecisionTreeClassifier", of="dlcore.explorables.tree_forest")
def test_a_tree_in_the_page_agrees_with_scikit_learn(javascript):
    got = page_shares(javascript, X, Y, 1)
    for depth in range(1, 9):
        # Equally good splits are taken in random order: here there are none.
        expected = [
            DecisionTreeClassifier(max_depth=depth, random_state=seed)
            .fit(X, Y)
            .predict_proba(PLACES)
            for seed in range(3)
        ]
        assert (expected[0] == expected[1]).all()
        assert (expected[0] == expected[2]).all()
        assert_close(got[:, depth - 1].tolist(), expected[0][:, 1])


def test_on_a_line_the_forest_agrees_with_scikit_learn(javascript):
    """With one feature only, the first of equally good splits is the same for both."""
    line = np.column_stack([X[:, 0], np.zeros(len(X))])
    line[:, 0] += np.random.default_rng(1).uniform(-1e-3, 1e-3, len(X))
    got = page_shares(javascript, line, Y, 5)
    for depth in (1, 2, 3):
        trees = [
            DecisionTreeClassifier(max_depth=depth, random_state=0).fit(
                line[:, :1], Y, sample_weight=drawn(seed)
            )
            for seed in range(1, 6)
        ]
        expected = np.mean([tree.predict_proba(PLACES[:, :1])[:, 1] for tree in trees], axis=0)
        assert_close(got[:, depth - 1].tolist(), expected)


def test_every_split_in_the_page_is_the_best(javascript):
    """By trying all of them, in every node of a tree on a bootstrap sample."""
    weights = drawn(1)
    used = weights > 0
    tree = javascript(
        SCRIPTS,
        "grow(points, weights)",
        points=listed(X[used], Y[used]),
        weights=weights[used].tolist(),
    )

    def impurity(y, w):
        p = np.average(y, weights=w)
        return w.sum() * 2 * p * (1 - p)

    def check(node, X, y, w, depth):
        assert node["share"] == pytest.approx(np.average(y, weights=w))
        if "feature" not in node:
            assert impurity(y, w) == 0 or depth == 8
            return 1
        options = [
            (impurity(y[low], w[low]) + impurity(y[~low], w[~low]))
            for k in (0, 1)
            for v in np.unique(X[:, k])[:-1]
            for low in [X[:, k] <= v]
        ]
        low = X[:, "xy".index(node["feature"])] <= node["threshold"]
        chosen = impurity(y[low], w[low]) + impurity(y[~low], w[~low])
        assert chosen == pytest.approx(min(options), abs=1e-7)
        return check(node["low"], X[low], y[low], w[low], depth + 1) + check(
            node["high"], X[~low], y[~low], w[~low], depth + 1
        )

    assert check(tree, X[used], Y[used], weights[used], 0) > 8


def test_the_finding(javascript):
    new, own = (
        javascript(
            SCRIPTS,
            "[1, 50].map((count) => errorsByDepth(forest(points, count), places))",
            points=listed(X, Y),
            places=places,
        )
        for places in (listed(NEW_X, NEW_Y), listed(X, Y))
    )
    assert [round(100 * own[0][d]) for d in (1, 7)] == [9, 0]
    assert [round(200 * new[0][d]) for d in (1, 7)] == [22, 26]
    for d in (1, 7):
        tree = DecisionTreeClassifier(max_depth=d + 1, random_state=0).fit(X, Y)
        assert (tree.predict(NEW_X) != NEW_Y).mean() == pytest.approx(new[0][d])
    assert [round(200 * v) for v in new[1]] == [34, 22, 17, 16, 15, 14, 14, 14]
    wrong = [
        (
            RandomForestClassifier(50, max_depth=8, max_features=None, random_state=s)
            .fit(X, Y)
            .predict(NEW_X)
            != NEW_Y
        ).sum()
        for s in range(5)
    ]
    assert 10 < np.mean(wrong) < 20


def test_the_still_says_what_the_caller_asked_for():
    figure = tree_forest(2, 1, question="Deep?")
    assert "at this one 9 % of the points and 11.0 % of 200" in figure.alt
    assert (figure.state["depth"], figure.question) == (2, "Deep?")
    assert "3 trees of depth 2" in tree_forest(2, 3).panels[0].title
    trees = grow(*sample()[0], 3, 2)
    assert len(trees) == 2
    assert shares(trees, sample()[1][0]).shape == (200,)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 9}, "depth must lie between 1 and 8, got 9"),
        ({"trees": 4}, "trees must be one of 1, 2, 3, 5, 10, 20, 50, got 4"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        tree_forest(**arguments)
