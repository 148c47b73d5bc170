"""Trees against scikit-learn's: the same questions, the same rules, the same pruning."""

import itertools

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.tree import DecisionTreeClassifier as SklearnClassifier
from sklearn.tree import DecisionTreeRegressor as SklearnRegressor
from sklearn.tree import export_text as sklearn_text
from sklearn.utils.estimator_checks import check_estimator

from dlcore.classical import (
    DecisionTreeClassifier,
    DecisionTreeRegressor,
    best_split,
    cost_complexity_path,
    entropy,
    export_text,
    gini,
    information_gain,
    prune,
    variance_impurity,
)
from tests.parity import assert_close

CANCER = load_breast_cancer(return_X_y=True)
RANDOM = np.random.default_rng(0)
# no two gains tie, and every number is one of float32, in which scikit-learn's trees compute
X = RANDOM.normal(size=(400, 5)).astype(np.float32).astype(float)
VALUES = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.3 * RANDOM.normal(size=400)
LABELS = np.digitize(VALUES, [-0.7, 0.6])
NEW = RANDOM.normal(size=(300, 5)).astype(np.float32).astype(float)


def float64(values):
    return torch.tensor(values, dtype=torch.float64)


def test_the_interface_is_that_of_scikit_learn():
    model = DecisionTreeClassifier(criterion="entropy", max_features="sqrt", random_state=0)
    results = check_estimator(model, on_skip=None)
    assert {result["status"] for result in results} <= {"passed", "skipped"}


@pytest.mark.reference("closed form", of="dlcore.classical.gini")
def test_gini_is_the_chance_that_two_draws_differ(generator):
    p = torch.rand(3, 4, generator=generator, dtype=torch.float64).softmax(1)
    expected = [sum(a * b for a, b in itertools.permutations(row, 2)) for row in p.tolist()]
    assert_close(gini(p), expected)
    assert_close(gini(float64([0.6, 0.4])), 0.48)
    assert_close(gini(float64([1.0, 0.0])), 0.0)
    assert_close(gini(torch.full((7,), 1 / 7, dtype=torch.float64)), 6 / 7)


@pytest.mark.reference("numpy.var", of="dlcore.classical.variance_impurity")
def test_variance_impurity():
    assert_close(variance_impurity(torch.from_numpy(X)), X.var(1))


def test_the_node_of_six_and_four():
    assert_close(entropy(float64([0.6, 0.4]), base=2), 0.970951, rtol=1e-6)
    assert_close(entropy(float64([0.6, 0.4])), scipy.stats.entropy([0.6, 0.4]))


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.classical.information_gain")
def test_information_gain():
    branch = X[:, 0] > 0.3
    parts = [LABELS[branch], LABELS[~branch]]
    kept = sum(len(p) * scipy.stats.entropy(np.bincount(p, minlength=3)) for p in parts) / 400
    expected = scipy.stats.entropy(np.bincount(LABELS)) - kept
    y, at = torch.from_numpy(LABELS), torch.from_numpy(branch)
    assert_close(information_gain(y, at), expected)
    spread = VALUES.var() - sum(len(v) * v.var() for v in (VALUES[branch], VALUES[~branch])) / 400
    assert_close(information_gain(torch.from_numpy(VALUES), at, "squared_error"), spread)
    assert_close(information_gain(y, y, "gini"), 1 - np.square(np.bincount(LABELS) / 400).sum())


@pytest.mark.reference("sklearn.tree.DecisionTreeClassifier", of="dlcore.classical.best_split")
@pytest.mark.reference("brute force", of="dlcore.classical.Split")
@pytest.mark.parametrize("criterion", ["gini", "entropy", "squared_error"])
def test_best_split(criterion):
    y = VALUES if criterion == "squared_error" else LABELS
    split = best_split(torch.from_numpy(X), torch.from_numpy(y), criterion)
    make = SklearnRegressor if criterion == "squared_error" else SklearnClassifier
    root = make(criterion=criterion, max_depth=1).fit(X, y).tree_
    assert split.feature == root.feature[0]
    assert split.threshold == pytest.approx(root.threshold[0])
    decrease = root.impurity[0] - (root.impurity[1:] @ root.n_node_samples[1:]) / 400
    unit = np.log(2) if criterion == "entropy" else 1
    assert split.gain == pytest.approx(unit * decrease)
    branch = torch.from_numpy(X[:, split.feature] > split.threshold)
    gain = information_gain(torch.from_numpy(y), branch, criterion).item()
    assert split.gain == pytest.approx(gain)
    make = DecisionTreeRegressor if criterion == "squared_error" else DecisionTreeClassifier
    options = {} if criterion == "squared_error" else {"criterion": criterion}
    tree = make(max_depth=1, **options).fit(X, y).tree_
    assert (int(tree.feature[0]), float(tree.threshold[0])) == split[:2]
    assert float(tree.gain[0]) / 400 == pytest.approx(split.gain)


def test_children_are_weighted_by_their_size():
    x = torch.arange(6.0)[:, None]
    split = best_split(x, torch.tensor([1, 1, 1, 0, 1, 0]))
    assert (split.threshold, round(split.gain, 4)) == (2.5, 0.2222)


def test_no_question_between_equal_values():
    y = torch.tensor([0, 1, 0, 1])
    assert best_split(torch.ones(4, 2), y) is None
    split = best_split(torch.tensor([[1.0], [1.0], [2.0], [2.0]]), torch.tensor([0, 0, 0, 1]))
    assert split.threshold == 1.5
    assert best_split(torch.arange(4.0)[:, None], y, min_samples_leaf=3) is None
    assert DecisionTreeClassifier().fit(torch.ones(4, 2), y).get_n_leaves() == 1


def test_a_threshold_never_reaches_the_larger_value():
    low = np.float64(1.0)
    x = np.array([[low], [np.nextafter(low, 2)]])
    model = DecisionTreeRegressor().fit(x, [0.0, 1.0])
    assert model.predict(x).tolist() == [0.0, 1.0]


@pytest.mark.reference(
    "sklearn.tree.DecisionTreeClassifier", of="dlcore.classical.DecisionTreeClassifier"
)
@pytest.mark.parametrize("options", [{}, {"max_depth": 3}, {"min_samples_leaf": 40}])
@pytest.mark.parametrize("criterion", ["gini", "entropy"])
def test_classification_tree(criterion, options):
    ours = DecisionTreeClassifier(criterion=criterion, **options).fit(X, LABELS)
    theirs = SklearnClassifier(criterion=criterion, random_state=0, **options).fit(X, LABELS)
    assert_close(ours.predict_proba(X), theirs.predict_proba(X))
    if options:
        assert_close(ours.predict_proba(NEW), theirs.predict_proba(NEW))
        assert ours.get_n_leaves() == theirs.get_n_leaves()
    else:
        assert (ours.predict(NEW) == theirs.predict(NEW)).mean() > 0.85


@pytest.mark.reference(
    "sklearn.tree.DecisionTreeRegressor", of="dlcore.classical.DecisionTreeRegressor"
)
@pytest.mark.parametrize(
    "options", [{}, {"max_depth": 3}, {"min_samples_leaf": 7}, {"min_impurity_decrease": 0.01}]
)
def test_regression_tree(options):
    ours = DecisionTreeRegressor(**options).fit(X, VALUES)
    theirs = SklearnRegressor(random_state=0, **options).fit(X, VALUES)
    assert_close(ours.predict(X), theirs.predict(X))
    assert (ours.get_n_leaves(), ours.get_depth()) == (theirs.get_n_leaves(), theirs.get_depth())
    if options:
        assert_close(ours.predict(NEW), theirs.predict(NEW))
        assert_close(ours.feature_importances_, theirs.feature_importances_, rtol=1e-7)


@pytest.mark.parametrize("criterion", ["gini", "entropy"])
def test_two_classes_and_weights(criterion):
    y, weight = VALUES > 0, RANDOM.uniform(0.1, 3, size=400)
    options = {"criterion": criterion, "max_depth": 3}
    ours = DecisionTreeClassifier(**options).fit(X, y, sample_weight=weight)
    theirs = SklearnClassifier(**options).fit(X, y, sample_weight=weight)
    assert_close(ours.predict_proba(NEW), theirs.predict_proba(NEW))
    assert_close(ours.feature_importances_, theirs.feature_importances_, rtol=1e-7)
    impurities = sorted(ours.tree_.impurity.tolist())
    unit = np.log(2) if criterion == "entropy" else 1
    assert_close(impurities, sorted(unit * theirs.tree_.impurity), rtol=1e-7, atol=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 3))
def test_a_full_tree_knows_its_examples(seed, levels):
    random = np.random.default_rng(seed)
    points = random.integers(0, levels + 1, size=(30, 2)).astype(float)
    y = random.integers(0, 3, size=30)
    model = DecisionTreeClassifier().fit(points, y)
    leaves = [tuple(point) for point in points]
    for point in set(leaves):
        here = y[[leaf == point for leaf in leaves]]
        share = model.predict_proba(np.array([point]))[0]
        expected = [(here == label).mean() for label in model.classes_]
        assert_close(share, expected)


def test_any_monotone_transformation_of_a_feature_gives_the_same_tree():
    plain = DecisionTreeClassifier().fit(X, LABELS)
    bent = DecisionTreeClassifier().fit(np.exp(3 * X), LABELS)
    assert (plain.predict(X) == bent.predict(np.exp(3 * X))).all()
    assert plain.tree_.feature.equal(bent.tree_.feature)


def test_a_fresh_subset_of_features_for_each_node():
    model = DecisionTreeClassifier(max_features=1, random_state=0).fit(X, LABELS)
    assert len(set(model.tree_.feature.tolist()) - {-1}) > 1
    again = DecisionTreeClassifier(max_features=1, random_state=0).fit(X, LABELS)
    other = DecisionTreeClassifier(max_features=1, random_state=1).fit(X, LABELS)
    assert model.tree_.feature.equal(again.tree_.feature)
    assert not model.tree_.feature[:30].equal(other.tree_.feature[:30])


def test_tensors_in_tensors_out():
    A, y = torch.from_numpy(X).float(), torch.from_numpy(LABELS)
    model = DecisionTreeClassifier(max_depth=5).fit(A, y)
    assert model.predict(A).equal(
        torch.from_numpy(DecisionTreeClassifier(max_depth=5).fit(X, LABELS).predict(X))
    )
    assert model.predict_proba(A).dtype == torch.float32
    assert model.apply(A).unique().numel() == model.get_n_leaves()
    assert isinstance(model.feature_importances_, torch.Tensor)
    regressor = DecisionTreeRegressor(max_depth=5).fit(A, torch.from_numpy(VALUES))
    assert regressor.predict(A).dtype == torch.float32


@pytest.mark.reference("sklearn.tree.export_text", of="dlcore.classical.export_text")
def test_rules_as_text():
    iris = load_iris()
    ours = DecisionTreeClassifier(max_depth=2).fit(iris.data, iris.target)
    theirs = SklearnClassifier(max_depth=2, random_state=0).fit(iris.data, iris.target)
    names = ["a", "b", "c", "d"]
    theirs.tree_.feature[0] = ours.tree_.feature[0]  # petal length and width separate alike
    theirs.tree_.threshold[0] = ours.tree_.threshold[0]
    assert export_text(ours, names) == sklearn_text(theirs, feature_names=names)
    values = SklearnRegressor(max_depth=3).fit(X, VALUES)
    ours = DecisionTreeRegressor(max_depth=3).fit(X, VALUES)
    assert export_text(ours) == sklearn_text(values)


@pytest.mark.reference(
    "sklearn.tree.DecisionTreeClassifier", of="dlcore.classical.cost_complexity_path"
)
@pytest.mark.reference(
    "sklearn.tree.DecisionTreeClassifier", of="dlcore.classical.CostComplexityPath"
)
@pytest.mark.parametrize("make", ["gini", "squared_error"])
def test_cost_complexity_path(make):
    if make == "gini":
        model, peer = DecisionTreeClassifier(max_depth=6), SklearnClassifier(max_depth=6)
        y = LABELS
    else:
        model, peer, y = DecisionTreeRegressor(), SklearnRegressor(), VALUES
    ours = cost_complexity_path(model.fit(X, y))
    theirs = peer.cost_complexity_pruning_path(X, y)
    last = np.append(np.diff(theirs.ccp_alphas) > 1e-9 * theirs.ccp_alphas[1:], True)
    alphas, impurities = theirs.ccp_alphas[last], theirs.impurities[last]
    steps = len(alphas) - 1
    assert_close(ours.alphas[-steps:], alphas[-steps:], rtol=1e-7)
    assert_close(ours.impurities[-steps:], impurities[-steps:], rtol=1e-7)
    assert (ours.alphas.diff() > 0).all()
    assert (ours.leaves.diff() < 0).all()


@pytest.mark.reference("sklearn.tree.DecisionTreeRegressor", of="dlcore.classical.prune")
@pytest.mark.parametrize("alpha", [0.0, 0.003, 0.02, 0.1, 10.0])
def test_pruning(alpha):
    full = DecisionTreeRegressor().fit(X, VALUES)
    ours, before = prune(full, alpha), full.get_n_leaves()
    theirs = SklearnRegressor(ccp_alpha=alpha).fit(X, VALUES)
    assert ours.get_n_leaves() == theirs.get_n_leaves()
    assert len(ours.tree_.feature) == theirs.tree_.node_count
    assert_close(ours.predict(X), theirs.predict(X), rtol=1e-7)
    assert_close(DecisionTreeRegressor(ccp_alpha=alpha).fit(X, VALUES).predict(X), ours.predict(X))
    assert full.get_n_leaves() == before
    if alpha > 0.01:
        assert_close(ours.predict(NEW), theirs.predict(NEW), rtol=1e-7)
        assert_close(ours.feature_importances_, theirs.feature_importances_, rtol=1e-6)


def test_xor_needs_growing_before_pruning():
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = [0, 1, 1, 0]
    early = DecisionTreeClassifier(min_impurity_decrease=1e-6).fit(corners, y)
    late = DecisionTreeClassifier(ccp_alpha=0.01).fit(corners, y)
    assert (early.get_n_leaves(), late.get_n_leaves()) == (1, 4)
    assert late.score(corners, y) == 1


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gini(torch.tensor([0.5, 0.6])), "sum to 1"),
        (lambda: variance_impurity(torch.zeros(0)), "at least one"),
        (lambda: information_gain(torch.ones(3), torch.ones(2)), r"\(3,\) and \(2,\)"),
        (lambda: information_gain(torch.ones(3), torch.ones(3), "luck"), "criterion"),
        (lambda: best_split(torch.ones(3, 1), torch.ones(2)), r"\(3, 1\) and \(2,\)"),
        (lambda: DecisionTreeClassifier(criterion="luck").fit(X, LABELS), "criterion"),
        (lambda: DecisionTreeClassifier(max_depth=0).fit(X, LABELS), "max_depth"),
        (lambda: DecisionTreeRegressor(min_samples_split=1).fit(X, VALUES), "min_samples_split"),
        (lambda: DecisionTreeRegressor(max_features=9).fit(X, VALUES), "1 to 5"),
        (lambda: DecisionTreeRegressor(ccp_alpha=-1.0).fit(X, VALUES), "ccp_alpha"),
        (lambda: DecisionTreeRegressor().fit(X, VALUES, sample_weight=-np.ones(400)), "zero"),
        (lambda: DecisionTreeRegressor().fit(X, VALUES, sample_weight=np.ones(3)), r"\(400,\)"),
        (lambda: prune(DecisionTreeRegressor().fit(X, VALUES), -1.0), "alpha"),
        (lambda: export_text(DecisionTreeRegressor().fit(X, VALUES), ["a"]), "5 feature names"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
