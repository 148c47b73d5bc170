"""Decision trees as estimators, and their rules as text."""

import math
from typing import Any

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from dlcore.classical.estimator import (
    Classifier,
    Estimator,
    Regressor,
    as_array,
    as_generator,
    like,
)
from dlcore.classical.impurity import CRITERIA, one_hot_targets
from dlcore.classical.pruning import prune_tree
from dlcore.classical.tree_growing import Growth, Limits, Presorted, Tree, shares


class TreeModel(Estimator):
    """What single trees share, for labels and for real targets."""

    tree_: Tree
    random_state: Any
    ccp_alpha: float

    def _grow(self, X, A: Tensor, targets: Tensor, sample_weight, *, entropy: bool = False) -> None:
        growth = Growth(
            Presorted(A),
            targets[None],
            weights_of(sample_weight, A)[None],
            limits_of(self, A.shape[1]),
            entropy=entropy,
            generator=as_generator(self.random_state),
        )
        self.tree_ = prune_tree(growth.tree(), self.ccp_alpha)
        self._learn(X, feature_importances_=shares(self.tree_.importances(A.shape[1]))[0])

    def _leaves(self, X) -> tuple[Tensor, Tree, torch.dtype]:
        A = self._inputs(X)
        tree = self.tree_.to(A.device)
        return tree.apply(A)[0], tree, A.dtype

    def apply(self, X):
        """The number of the leaf that each example ends in, shape (n,)."""
        return like(X, self._leaves(X)[0])

    def get_depth(self) -> int:
        """The number of questions on the longest way."""
        check_is_fitted(self)
        return self.tree_.depth

    def get_n_leaves(self) -> int:
        """The number of leaves."""
        check_is_fitted(self)
        return self.tree_.n_leaves


class DecisionTreeClassifier(TreeModel, Classifier):
    r"""A tree of yes-or-no questions whose leaves answer with the shares of the classes (CART).

    Grown greedily: each node asks the question with the largest information gain, until its
    examples are of one class or a limit is reached (pre-pruning); `ccp_alpha` then cuts back what
    does not pay (post-pruning). Of questions that are equally good the one with the first feature
    and the smallest threshold is asked, so that the tree is unique.

    Args:
        criterion: "gini" or "entropy" (in nats).
        max_depth: the most questions on a way; None for no limit.
        min_samples_split: how many examples a node needs to be split.
        min_samples_leaf: how many examples every leaf keeps.
        min_impurity_decrease: the least gain of a question, weighted by the node's share of all
            examples.
        max_features: how many features, drawn anew for each node, a question may choose from: a
            number, a share, "sqrt", "log2", or None for all.
        ccp_alpha: what a leaf costs when the tree is pruned.
        random_state: int, torch.Generator or None: draws the features.

    Attributes:
        tree_: the nodes.
        feature_importances_: each feature's share of the decrease of impurity, shape (d,).
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equations: :eq:`eq-gini-impurity`, :eq:`eq-information-gain`
    Section: :ref:`sec-decision-trees`
    Source: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees.

    Example:
        >>> X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
        >>> y = torch.tensor([0, 1, 1, 0])
        >>> DecisionTreeClassifier().fit(X, y).predict(X)
        tensor([0, 1, 1, 0])

    In production: sklearn.tree.DecisionTreeClassifier.
    """

    def __init__(
        self,
        *,
        criterion="gini",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_impurity_decrease=0.0,
        max_features=None,
        ccp_alpha=0.0,
        random_state=None,
    ) -> None:
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_impurity_decrease = min_impurity_decrease
        self.max_features = max_features
        self.ccp_alpha = ccp_alpha
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None) -> "DecisionTreeClassifier":
        """Grow the tree on (n, d) examples; weights at least 0, shape (n,), default 1."""
        A, codes = self._classification(X, y)
        targets = class_targets(codes, len(self.classes_), self.criterion)
        self._grow(X, A, targets, sample_weight, entropy=self.criterion == "entropy")
        return self

    def predict_proba(self, X):
        """The shares of the classes in the leaf of each example, shape (n, k)."""
        leaves, tree, dtype = self._leaves(X)
        return like(X, class_shares(tree.value[leaves], len(self.classes_)).to(dtype))

    def predict(self, X):
        """The most frequent class in the leaf of each example, the first on a tie, shape (n,)."""
        leaves, tree, _ = self._leaves(X)
        return self._labels(X, majority(class_shares(tree.value[leaves], len(self.classes_))))


class DecisionTreeRegressor(TreeModel, Regressor):
    r"""A tree of yes-or-no questions whose leaves answer with the mean of their targets (CART).

    Args:
        max_depth: the most questions on a way; None for no limit.
        min_samples_split: how many examples a node needs to be split.
        min_samples_leaf: how many examples every leaf keeps.
        min_impurity_decrease: the least decrease of the mean squared error by a question, weighted
            by the node's share of all examples.
        max_features: how many features, drawn anew for each node, a question may choose from: a
            number, a share, "sqrt", "log2", or None for all.
        ccp_alpha: what a leaf costs when the tree is pruned.
        random_state: int, torch.Generator or None: draws the features.

    Attributes:
        tree_: the nodes.
        feature_importances_: each feature's share of the decrease of impurity, shape (d,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equations: :eq:`eq-variance-impurity`, :eq:`eq-information-gain`
    Section: :ref:`sec-decision-trees`
    Source: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees, chapter 8.

    Example:
        >>> X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        >>> y = torch.tensor([10.0, 20.0, 30.0, 40.0])
        >>> DecisionTreeRegressor(max_depth=1).fit(X, y).predict(X)
        tensor([15., 15., 35., 35.])

    In production: sklearn.tree.DecisionTreeRegressor.
    """

    def __init__(
        self,
        *,
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_impurity_decrease=0.0,
        max_features=None,
        ccp_alpha=0.0,
        random_state=None,
    ) -> None:
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_impurity_decrease = min_impurity_decrease
        self.max_features = max_features
        self.ccp_alpha = ccp_alpha
        self.random_state = random_state

    def fit(self, X, y, sample_weight=None) -> "DecisionTreeRegressor":
        """Grow the tree on (n, d) examples; weights at least 0, shape (n,), default 1."""
        A, b = self._regression(X, y)
        self._grow(X, A, b.double()[:, None], sample_weight)
        return self

    def predict(self, X):
        """The mean target in the leaf of each example, shape (n,)."""
        leaves, tree, dtype = self._leaves(X)
        return like(X, tree.value[leaves, 0].to(dtype))


def export_text(
    model: DecisionTreeClassifier | DecisionTreeRegressor,
    feature_names: list[str] | None = None,
    *,
    decimals: int = 2,
) -> str:
    """The rules of a tree, one line a node, indented by depth.

    Args:
        model: a fitted tree.
        feature_names: names of the d features; default feature_0, feature_1, ...
        decimals: digits of thresholds and predictions.

    Returns:
        The text; lines end in newlines.

    Raises:
        ValueError: another number of names than of features.

    Section: :ref:`sec-decision-trees`

    Example:
        >>> X, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([0, 1, 1])
        >>> print(export_text(DecisionTreeClassifier().fit(X, y), ["size"]), end="")
        |--- size <= 1.50
        |   |--- class: 0
        |--- size >  1.50
        |   |--- class: 1

    In production: sklearn.tree.export_text.
    """
    d, tree = model.n_features_in_, model.tree_
    names = feature_names or [f"feature_{j}" for j in range(d)]
    if len(names) != d:
        raise ValueError(f"export_text needs {d} feature names, got {len(names)}")

    def answer(node: int) -> str:
        value = tree.value[node]
        if isinstance(model, DecisionTreeRegressor):
            return f"value: [{float(value):.{decimals}f}]"
        code = int(majority(class_shares(value[None], len(model.classes_)))[0])
        return f"class: {as_array(model.classes_)[code]}"

    def rules(node: int, indent: str) -> str:
        if tree.feature[node] < 0:
            return f"{indent}|--- {answer(node)}\n"
        name, threshold = (
            names[int(tree.feature[node])],
            f"{float(tree.threshold[node]):.{decimals}f}",
        )
        return "".join(
            f"{indent}|--- {name} {sign} {threshold}\n{rules(int(child[node]), indent + '|   ')}"
            for sign, child in (("<=", tree.left), ("> ", tree.right))
        )

    return rules(int(tree.roots[0]), "")


def limits_of(model, d: int) -> Limits:
    """The limits that an estimator's parameters set for d features, checked."""
    at_least = {"max_depth": 1, "min_samples_split": 2, "min_samples_leaf": 1}
    at_least |= {"min_impurity_decrease": 0, "ccp_alpha": 0}
    for name, least in at_least.items():
        value = getattr(model, name, least)
        if not (value is None and name == "max_depth") and not value >= least:
            raise ValueError(f"{name} must be at least {least}, got {value!r}")
    return Limits(
        model.max_depth,
        getattr(model, "min_samples_split", 2),
        model.min_samples_leaf,
        getattr(model, "min_impurity_decrease", 0.0),
        number_of_features(model.max_features, d),
    )


def number_of_features(max_features, d: int) -> int | None:
    """How many of d features a node draws; None for all of them."""
    if max_features is None:
        return None
    if max_features in ("sqrt", "log2"):
        return max(1, int(math.sqrt(d) if max_features == "sqrt" else math.log2(d)))
    if isinstance(max_features, float) and 0 < max_features <= 1:
        return max(1, int(max_features * d))
    if isinstance(max_features, int | np.integer) and 1 <= max_features <= d:
        return int(max_features)
    raise ValueError(
        f"max_features must be None, 'sqrt', 'log2', a share up to 1.0 or a number from 1 to {d}, "
        f"got {max_features!r}"
    )


def weights_of(sample_weight, A: Tensor) -> Tensor:
    """One weight an example, float64."""
    if sample_weight is None:
        return torch.ones(len(A), dtype=torch.float64, device=A.device)
    weight = torch.as_tensor(np.array(as_array(sample_weight), dtype=np.float64), device=A.device)
    if weight.shape != A.shape[:1]:
        raise ValueError(f"sample_weight must have shape ({len(A)},), got {tuple(weight.shape)}")
    if not weight.isfinite().all() or (weight < 0).any() or not weight.any():
        raise ValueError("sample_weight must be finite and at least 0, and not every weight zero")
    return weight


def class_targets(codes: Tensor, k: int, criterion: str = "gini") -> Tensor:
    """Indicators of the classes; of two classes one is enough, scaled to give Gini's impurity."""
    if criterion not in CRITERIA[:2]:
        raise ValueError(f"criterion must be 'gini' or 'entropy', got {criterion!r}")
    if k == 2 and criterion == "gini":
        return math.sqrt(2) * codes.double()[:, None]
    return one_hot_targets(codes, k)


def class_shares(value: Tensor, k: int) -> Tensor:
    """The shares of the k classes, from means of the targets above."""
    if k == 2 and value.shape[-1] == 1:
        second = value / math.sqrt(2)
        return torch.cat([1 - second, second], -1)
    return value


def majority(share: Tensor) -> Tensor:
    """The class with the largest share; the first of those that are equal to rounding."""
    return (share >= share.amax(-1, keepdim=True) - 1e-12).int().argmax(-1)
