"""k nearest neighbours: the examples are the model."""

import torch
from torch import Tensor

from dlcore.classical.estimator import Classifier, Estimator, Regressor, like, recall
from dlcore.classical.neighbor_search import Neighbors, nearest_neighbors
from dlcore.classical.neighbor_trees import BallTree, KDTree

TREES = {"kd_tree": KDTree, "ball_tree": BallTree}


class _KNeighbors(Estimator):
    """What both share: keeping the examples, finding the nearest, weighing them."""

    def __init__(self, n_neighbors=5, *, weights="uniform", algorithm="brute", p=2) -> None:
        self.n_neighbors = n_neighbors
        self.weights = weights
        self.algorithm = algorithm
        self.p = p

    def kneighbors(self, X, n_neighbors=None) -> Neighbors:
        """Distances and positions of the nearest training examples, each of shape (m, k).

        Args:
            X: queries, shape (m, d).
            n_neighbors: k; default as in the constructor.

        Returns:
            `distances` and `indices`, in the kind of X, nearest first.

        Raises:
            ValueError: more neighbours than examples.
        """
        Q = self._inputs(X)
        return Neighbors(*(like(X, part) for part in self._search(Q, n_neighbors)))

    def _keep(self, X, A: Tensor) -> None:
        if self.weights not in ("uniform", "distance"):
            raise ValueError(f"weights must be 'uniform' or 'distance', got {self.weights!r}")
        if self.algorithm not in ("brute", *TREES):
            names = ["brute", *TREES]
            raise ValueError(f"algorithm must be one of {names}, got {self.algorithm!r}")
        if self.algorithm in TREES and self.p != 2:
            raise ValueError(f"{self.algorithm} needs p=2, got p={self.p}")
        if self.n_neighbors < 1 or self.p < 1:
            raise ValueError(
                f"n_neighbors and p must be at least 1, got {self.n_neighbors} and {self.p}"
            )
        self._learn(X, examples_=A)
        self._tree = TREES[self.algorithm](A) if self.algorithm in TREES else None

    def _search(self, Q: Tensor, k: int | None = None) -> Neighbors:
        k, n = self.n_neighbors if k is None else k, len(self.examples_)
        if k > n:
            raise ValueError(f"n_neighbors={k}, but there are n_samples={n} examples")
        if self._tree is None:
            return nearest_neighbors(recall(self.examples_, Q), Q, k, p=self.p)
        return Neighbors(*(part.to(Q.device) for part in self._tree.query(Q.to(self._tree.X), k)))

    def _weighted(self, Q: Tensor) -> tuple[Tensor, Tensor]:
        """Positions of the nearest and weights that sum to 1."""
        distances, indices = self._search(Q)
        weights = torch.ones_like(distances)
        if self.weights == "distance":
            same = distances == 0
            weights = torch.where(same.any(1, keepdim=True), same, 1 / distances)
        return indices, (weights / weights.sum(1, keepdim=True)).to(Q)


class KNeighborsClassifier(_KNeighbors, Classifier):
    r"""The label that most of the k nearest examples have.

    Args:
        n_neighbors: k.
        weights: "uniform", or "distance" for votes in proportion to 1 / distance, where examples at
            the very place of the query decide alone.
        algorithm: "brute" (all distances, by matrix products), "kd_tree" or "ball_tree".
        p: the norm of the difference, at least 1; with a tree 2.

    Attributes:
        examples_: the training examples, shape (n, d).
        classes_: the labels, shape (c,); of labels with equally many votes the first wins.
        n_features_in_: the number d of features.

    Raises:
        ValueError: an option out of range, fewer examples than neighbours, X that is no finite
            matrix, or another number of features than in `fit`.

    Equations: :eq:`eq-neighbor-vote`, :eq:`eq-weighted-neighbors`
    Section: :ref:`sec-nearest-neighbors`
    Source: Cover, Hart (1967), Nearest neighbor pattern classification,
        doi:10.1109/TIT.1967.1053964.

    Example:
        >>> X, y = torch.tensor([[0.0], [1.0], [5.0]]), torch.tensor([0, 0, 1])
        >>> KNeighborsClassifier(n_neighbors=3).fit(X, y).predict_proba(torch.tensor([[4.0]]))
        tensor([[0.6667, 0.3333]])

    In production: sklearn.neighbors.KNeighborsClassifier.
    """

    def fit(self, X, y) -> "KNeighborsClassifier":
        """Keep the examples, shape (n, d)."""
        A, codes = self._classification(X, y)
        self._keep(X, A)
        self._learn(X, codes_=codes)
        return self

    def predict_proba(self, X):
        """The share of the votes for each class, shape (m, c)."""
        return like(X, self._votes(self._inputs(X)))

    def predict(self, X):
        """The label with the most votes, shape (m,)."""
        return self._labels(X, self._votes(self._inputs(X)).argmax(1))

    def _votes(self, Q: Tensor) -> Tensor:
        indices, weights = self._weighted(Q)
        voters = torch.as_tensor(self.codes_).to(Q.device)[indices]
        return Q.new_zeros(len(Q), len(self.classes_)).scatter_add(1, voters, weights)


class KNeighborsRegressor(_KNeighbors, Regressor):
    r"""The mean target of the k nearest examples.

    Args:
        n_neighbors: k.
        weights: "uniform", or "distance" for a mean weighted by 1 / distance, where examples at the
            very place of the query decide alone.
        algorithm: "brute" (all distances, by matrix products), "kd_tree" or "ball_tree".
        p: the norm of the difference, at least 1; with a tree 2.

    Attributes:
        examples_: the training examples, shape (n, d).
        targets_: their targets, shape (n,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: an option out of range, fewer examples than neighbours, X that is no finite
            matrix, or another number of features than in `fit`.

    Equations: :eq:`eq-neighbor-mean`, :eq:`eq-weighted-neighbors`
    Section: :ref:`sec-nearest-neighbors`
    Source: Stone (1977), Consistent nonparametric regression, doi:10.1214/aos/1176343886.

    Example:
        >>> X, y = torch.tensor([[1.0], [-2.0]]), torch.tensor([10.0, 40.0])
        >>> model = KNeighborsRegressor(n_neighbors=2, weights="distance").fit(X, y)
        >>> model.predict(torch.tensor([[0.0]])).round(decimals=3)
        tensor([20.])

    In production: sklearn.neighbors.KNeighborsRegressor.
    """

    def fit(self, X, y) -> "KNeighborsRegressor":
        """Keep the examples, shape (n, d)."""
        A, targets = self._regression(X, y)
        self._keep(X, A)
        self._learn(X, targets_=targets)
        return self

    def predict(self, X):
        """The weighted mean of the targets, shape (m,)."""
        Q = self._inputs(X)
        indices, weights = self._weighted(Q)
        return like(X, (recall(self.targets_, Q)[indices] * weights).sum(1))
