"""Many trees, each on its own bootstrap sample and with few features to ask about at each node."""

from typing import Any

import torch
from jaxtyping import Int
from sklearn.metrics import r2_score
from torch import Tensor

from dlcore.classical.decision_tree import class_shares, class_targets, limits_of, majority
from dlcore.classical.estimator import Classifier, Estimator, Regressor, as_generator, like
from dlcore.classical.tree_growing import Growth, Presorted, Tree, join, shares

TOGETHER = 2**19


def bootstrap_indices(n: int, *, generator: torch.Generator | None = None) -> Int[Tensor, " n"]:
    r"""A bootstrap sample: n draws from n examples with replacement.

    It holds each example with the probability $1 - (1 - 1/n)^n \approx 1 - 1/e \approx 0.632$; the
    others are "out of bag".

    Args:
        n: how many examples there are, and how many are drawn.
        generator: source of the draws; by default torch's global one.

    Returns:
        Positions of examples, shape (n,).

    Raises:
        ValueError: n is below 1.

    Equation: :eq:`eq-bootstrap-share`
    Section: :ref:`sec-random-forests`
    Source: Efron (1979), Bootstrap methods: another look at the jackknife,
        doi:10.1214/aos/1176344552.

    Example:
        >>> i = bootstrap_indices(10_000, generator=torch.Generator().manual_seed(0))
        >>> round(i.unique().numel() / 10_000, 2)
        0.63

    In production: torch.randint, sklearn.utils.resample.
    """
    if n < 1:
        raise ValueError(f"bootstrap_indices needs at least one example, got n = {n}")
    device = generator.device if generator else None
    return torch.randint(n, (n,), generator=generator, device=device)


class Forest(Estimator):
    """What forests share, for labels and for real targets."""

    trees_: Tree
    n_estimators: int
    bootstrap: bool
    oob_score: bool
    random_state: Any

    def _grow(self, X, A: Tensor, targets: Tensor, *, entropy: bool = False) -> Tensor | None:
        """Grow the trees; returns the mean target out of bag, shape (n, c), if it is wanted."""
        limits = limits_of(self, A.shape[1])
        if not self.n_estimators >= 1:
            raise ValueError(f"n_estimators must be at least 1, got {self.n_estimators!r}")
        if self.oob_score and not self.bootstrap:
            raise ValueError("oob_score needs bootstrap=True: else no example is out of bag")
        generator, data = as_generator(self.random_state), Presorted(A)
        n, together = len(A), max(1, TOGETHER // A.numel())
        trees, sums, votes = [], torch.zeros_like(targets), torch.zeros_like(targets[:, :1])
        for first in range(0, self.n_estimators, together):
            t = min(together, self.n_estimators - first)
            weight = targets.new_ones(t, n)
            if self.bootstrap:
                drawn = [bootstrap_indices(n, generator=generator) for _ in range(t)]
                counts = torch.stack([i.bincount(minlength=n) for i in drawn])
                weight = counts.to(targets)
            tree = Growth(
                data,
                targets.expand(t, -1, -1),
                weight,
                limits,
                entropy=entropy,
                generator=generator,
            ).tree()
            trees.append(tree)
            if self.oob_score:
                out = (weight == 0)[..., None]
                sums += (tree.value[tree.apply(A)] * out).sum(0)
                votes += out.sum(0)
        self.trees_ = join(trees)
        importances = shares(self.trees_.importances(A.shape[1])).mean(0)
        self._learn(X, feature_importances_=shares(importances[None])[0])
        return sums / votes if self.oob_score else None

    def _mean(self, X) -> tuple[Tensor, torch.dtype]:
        """The mean target of each example's leaves, shape (n, c)."""
        A = self._inputs(X)
        return mean_over_trees(self.trees_.to(A.device), A), A.dtype


def mean_over_trees(trees: Tree, A: Tensor) -> Tensor:
    """The mean value of the leaves that each example ends in, some trees at a time."""
    total = trees.value.new_zeros(len(A), trees.value.shape[1])
    for roots in trees.roots.split(max(1, TOGETHER // len(A))):
        total += trees.value[trees.apply(A, roots)].sum(0)
    return total / len(trees.roots)


class RandomForestClassifier(Forest, Classifier):
    r"""Decision trees that differ by bootstrap sample and feature subsets, and vote.

    The vote is a mean of the trees' class shares, $\hat p = \frac1B \sum_b p_b(x)$; for trees that
    are grown until their leaves are pure this is a majority vote. A mean of B estimators with
    variance $\sigma^2$ and correlation $\rho$ has the variance
    $\rho\sigma^2 + (1 - \rho)\sigma^2/B$: few features at each node lower $\rho$, more trees the
    rest.

    Args:
        n_estimators: B, how many trees.
        criterion: "gini" or "entropy".
        max_depth: the most questions on a way; None for no limit.
        min_samples_split: how many different examples a node needs to be split.
        min_samples_leaf: how many different examples every leaf keeps.
        min_impurity_decrease: the least gain of a question.
        max_features: how many features, drawn anew for each node, a question may choose from: a
            number, a share, "sqrt", "log2", or None for all (then this is bagging of trees).
        bootstrap: whether each tree gets a bootstrap sample instead of all examples.
        oob_score: whether each example is also predicted by the trees that have not seen it.
        random_state: int, torch.Generator or None: draws the samples and features.

    Attributes:
        trees_: the nodes of all trees.
        feature_importances_: the mean over trees of each feature's share of the decrease of
            impurity, shape (d,).
        oob_decision_function_: the class shares out of bag, shape (n, k); NaN for an example that
            every tree has seen.
        oob_score_: the accuracy out of bag.
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equations: :eq:`eq-forest-vote`, :eq:`eq-variance-of-correlated-mean`
    Section: :ref:`sec-random-forests`
    Source: Breiman (2001), Random forests, doi:10.1023/A:1010933404324.

    Example:
        >>> from dlcore.data import two_moons
        >>> X, y = two_moons(200, generator=torch.Generator().manual_seed(0))
        >>> forest = RandomForestClassifier(20, oob_score=True, random_state=0).fit(X, y)
        >>> forest.oob_score_ > 0.9
        True

    In production: sklearn.ensemble.RandomForestClassifier.
    """

    def __init__(
        self,
        n_estimators=100,
        *,
        criterion="gini",
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_impurity_decrease=0.0,
        max_features="sqrt",
        bootstrap=True,
        oob_score=False,
        random_state=None,
    ) -> None:
        self.n_estimators = n_estimators
        self.criterion = criterion
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_impurity_decrease = min_impurity_decrease
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.random_state = random_state

    def fit(self, X, y) -> "RandomForestClassifier":
        """Grow the trees on (n, d) examples."""
        A, codes = self._classification(X, y)
        k = len(self.classes_)
        targets = class_targets(codes, k, self.criterion)
        out_of_bag = self._grow(X, A, targets, entropy=self.criterion == "entropy")
        if out_of_bag is not None:
            share = class_shares(out_of_bag, k)
            seen = share[:, 0].isfinite()
            right = codes[seen] == majority(share[seen])
            self._learn(X, oob_decision_function_=share)
            self.oob_score_ = float(right.double().mean())
        return self

    def predict_proba(self, X):
        """The mean over the trees of the shares of the classes, shape (n, k)."""
        mean, dtype = self._mean(X)
        return like(X, class_shares(mean, len(self.classes_)).to(dtype))

    def predict(self, X):
        """The class with the largest share, the first on a tie, shape (n,)."""
        mean, _ = self._mean(X)
        return self._labels(X, majority(class_shares(mean, len(self.classes_))))


class RandomForestRegressor(Forest, Regressor):
    r"""Decision trees that differ by bootstrap sample and feature subsets, averaged.

    Args:
        n_estimators: B, how many trees.
        max_depth: the most questions on a way; None for no limit.
        min_samples_split: how many different examples a node needs to be split.
        min_samples_leaf: how many different examples every leaf keeps.
        min_impurity_decrease: the least decrease of the mean squared error by a question.
        max_features: how many features, drawn anew for each node, a question may choose from: a
            number, a share, "sqrt", "log2", or None for all (then this is bagging of trees).
        bootstrap: whether each tree gets a bootstrap sample instead of all examples.
        oob_score: whether each example is also predicted by the trees that have not seen it.
        random_state: int, torch.Generator or None: draws the samples and features.

    Attributes:
        trees_: the nodes of all trees.
        feature_importances_: the mean over trees of each feature's share of the decrease of
            impurity, shape (d,).
        oob_prediction_: the predictions out of bag, shape (n,); NaN for an example that every tree
            has seen.
        oob_score_: $R^2$ out of bag.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equations: :eq:`eq-forest-vote`, :eq:`eq-variance-of-correlated-mean`
    Section: :ref:`sec-random-forests`
    Source: Breiman (2001), Random forests, doi:10.1023/A:1010933404324.

    Example:
        >>> x = torch.linspace(0, 6, 200)[:, None]
        >>> forest = RandomForestRegressor(20, random_state=0).fit(x, x[:, 0].sin())
        >>> round(forest.score(x, x[:, 0].sin()), 2)
        1.0

    In production: sklearn.ensemble.RandomForestRegressor.
    """

    def __init__(
        self,
        n_estimators=100,
        *,
        max_depth=None,
        min_samples_split=2,
        min_samples_leaf=1,
        min_impurity_decrease=0.0,
        max_features=1.0,
        bootstrap=True,
        oob_score=False,
        random_state=None,
    ) -> None:
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.min_impurity_decrease = min_impurity_decrease
        self.max_features = max_features
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.random_state = random_state

    def fit(self, X, y) -> "RandomForestRegressor":
        """Grow the trees on (n, d) examples."""
        A, b = self._regression(X, y)
        out_of_bag = self._grow(X, A, b.double()[:, None])
        if out_of_bag is not None:
            mean = out_of_bag[:, 0]
            seen = mean.isfinite()
            self._learn(X, oob_prediction_=mean.to(A.dtype))
            self.oob_score_ = float(r2_score(b[seen].cpu(), mean[seen].cpu()))
        return self

    def predict(self, X):
        """The mean over the trees, shape (n,)."""
        mean, dtype = self._mean(X)
        return like(X, mean[:, 0].to(dtype))
