"""Trees, ensembles and k-means beside scikit-learn: 10,000 examples, fit and predict.

Both calls of a pair return a score on examples held out (for k-means the inertia), so that speed is
compared at equal accuracy.
"""

from collections.abc import Callable

import sklearn.cluster
import sklearn.ensemble
import sklearn.tree
import torch
from sklearn.datasets import make_blobs, make_classification, make_friedman1

import dlcore.classical as ours

Pair = tuple[Callable[[], object], Callable[[], object]]
N, FEATURES = 10_000, 20


def _labels(n: int) -> tuple:
    return make_classification(n, FEATURES, n_informative=10, random_state=0)


def _numbers(n: int) -> tuple:
    return make_friedman1(n, FEATURES, noise=1.0, random_state=0)


def _pair(data: Callable[[int], tuple], mine: Callable, peer: Callable) -> Callable[..., Pair]:
    def make(device: torch.device, n: int = N) -> Pair:
        X, y = data(n + n // 4)
        A, b = torch.tensor(X, device=device), torch.tensor(y, device=device)

        def fit_ours() -> object:
            return (torch.tensor(mine().fit(A[:n], b[:n]).score(A[n:], b[n:])),)

        def fit_theirs() -> object:
            return (torch.tensor(peer().fit(X[:n], y[:n]).score(X[n:], y[n:])),)

        return fit_ours, fit_theirs

    return make


def _kmeans(device: torch.device, n: int = N) -> Pair:
    """Lloyd's algorithm from the same centres to the end."""
    X, _ = make_blobs(n, FEATURES, centers=10, cluster_std=6.0, random_state=0)
    A = torch.tensor(X, device=device)

    def fit_ours() -> object:
        return (torch.tensor(ours.KMeans(10, init=A[:10], tol=0).fit(A).inertia_),)

    def fit_theirs() -> object:
        model = sklearn.cluster.KMeans(10, init=X[:10], n_init=1, tol=0)
        return (torch.tensor(model.fit(X).inertia_),)

    return fit_ours, fit_theirs


HISTOGRAMS = {"max_iter": 50, "max_depth": 5}

CLASSICAL_ENSEMBLES: dict[str, tuple[str, Callable[..., Pair]]] = {
    "decision tree, unpruned": (
        "sklearn DecisionTree",
        _pair(
            _labels,
            ours.DecisionTreeClassifier,
            lambda: sklearn.tree.DecisionTreeClassifier(random_state=0),
        ),
    ),
    "decision tree, depth 5": (
        "sklearn DecisionTree",
        _pair(
            _numbers,
            lambda: ours.DecisionTreeRegressor(max_depth=5),
            lambda: sklearn.tree.DecisionTreeRegressor(max_depth=5, random_state=0),
        ),
    ),
    "random forest, 20 trees": (
        "sklearn RandomForest",
        _pair(
            _labels,
            lambda: ours.RandomForestClassifier(20, random_state=0),
            lambda: sklearn.ensemble.RandomForestClassifier(20, random_state=0),
        ),
    ),
    "AdaBoost, 20 stumps": (
        "sklearn AdaBoost",
        _pair(
            _labels,
            lambda: ours.AdaBoostClassifier(20),
            lambda: sklearn.ensemble.AdaBoostClassifier(n_estimators=20, random_state=0),
        ),
    ),
    "gradient boosting, 20 trees": (
        "sklearn GradientBoosting",
        _pair(
            _numbers,
            lambda: ours.GradientBoostingRegressor(20),
            lambda: sklearn.ensemble.GradientBoostingRegressor(n_estimators=20, random_state=0),
        ),
    ),
    "histogram boosting, 50 trees": (
        "sklearn HistGradientBoost.",
        _pair(
            _numbers,
            lambda: ours.HistGradientBoostingRegressor(**HISTOGRAMS),
            lambda: sklearn.ensemble.HistGradientBoostingRegressor(
                max_leaf_nodes=None, early_stopping=False, **HISTOGRAMS
            ),
        ),
    ),
    "k-means, Lloyd's algorithm": ("sklearn KMeans", _kmeans),
}
