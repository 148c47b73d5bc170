"""Histogram boosting: features in bins, splits by gradient and curvature (XGBoost, LightGBM)."""

from typing import Any

import torch
from torch import Tensor

from dlcore.classical.binning import Bins, bin_features
from dlcore.classical.boosting_losses import Loss, SquaredLoss
from dlcore.classical.decision_tree import number_of_features
from dlcore.classical.estimator import as_generator
from dlcore.classical.gradient_boosting import (
    TINY,
    BoostedClassifier,
    BoostedRegressor,
    SumOfTrees,
    class_loss,
)
from dlcore.classical.tree_growing import Tree, join


def xgb_split_gain(
    G_left: Tensor,
    H_left: Tensor,
    G_right: Tensor,
    H_right: Tensor,
    reg_lambda: float = 0.0,
    gamma: float = 0.0,
) -> Tensor:
    r"""How much a split lowers the second-order approximation of the loss.

    A leaf with the sums G of gradients and H of second derivatives takes the step
    $-G/(H + \lambda)$ and lowers the loss by $\frac12 G^2/(H + \lambda)$. A split gains what its
    two leaves lower it, less what the node alone did and less the price $\gamma$.

    Args:
        G_left: sums of first derivatives left of the split, any shape.
        H_left: sums of second derivatives there.
        G_right: sums of first derivatives right of the split.
        H_right: sums of second derivatives there.
        reg_lambda: $\lambda$, the L2 penalty on a leaf's step.
        gamma: $\gamma$, the price of a leaf.

    Returns:
        The gain, of the inputs' common shape; a negative one is not worth the leaf.

    Raises:
        ValueError: a negative penalty or price.

    Equation: :eq:`eq-second-order-gain`
    Section: :ref:`sec-histogram-boosting`
    Source: Chen, Guestrin (2016), XGBoost: a scalable tree boosting system,
        doi:10.1145/2939672.2939785, eq. 7.

    Example:
        >>> left, right = torch.tensor(-30.0), torch.tensor(30.0)
        >>> xgb_split_gain(left, torch.tensor(2.0), right, torch.tensor(2.0))
        tensor(450.)

    In production: xgboost, lightgbm.
    """
    if reg_lambda < 0 or gamma < 0:
        raise ValueError(
            f"xgb_split_gain needs penalties of at least 0, got {reg_lambda} and {gamma}"
        )
    G, H = G_left + G_right, H_left + H_right
    left, right = G_left.square() / (H_left + reg_lambda), G_right.square() / (H_right + reg_lambda)
    return (left + right - G.square() / (H + reg_lambda)) / 2 - gamma


class HistogramBoosting(SumOfTrees):
    """What histogram boosting of labels and of real targets share."""

    max_iter: int
    learning_rate: float
    max_depth: int
    min_samples_leaf: int
    l2_regularization: float
    gamma: float
    max_features: Any
    max_bins: int
    random_state: Any

    def _check(self) -> None:
        for name, least in {"max_iter": 1, "max_depth": 1, "min_samples_leaf": 1}.items():
            if not getattr(self, name) >= least:
                raise ValueError(f"{name} must be at least {least}, got {getattr(self, name)!r}")
        for name in ("l2_regularization", "gamma"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0, got {getattr(self, name)!r}")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, got {self.learning_rate!r}")

    def _boost(self, X, A: Tensor, loss: Loss) -> None:
        self._check()
        generator = as_generator(self.random_state)
        features = number_of_features(self.max_features, A.shape[1])
        bins = Bins(*bin_features(A, self.max_bins))
        start = loss.start()
        F = start[:, None].expand(-1, len(A)).clone()
        trees: list[Tree] = []
        self.train_score_: list[float] = []
        for _ in range(self.max_iter):
            g, h = loss.gradient(F), loss.curvature(F)
            for k in range(len(F)):
                tree, leaf = self._tree(bins, g[k], h[k], features, generator)
                F[k] += tree.value[leaf, 0]
                trees.append(tree)
            self.train_score_.append(loss.value(F))
        self.trees_, self.n_iter_ = join(trees), self.max_iter
        self._learn(X, init_=start)

    def _tree(
        self, bins: Bins, g: Tensor, h: Tensor, features: int | None, generator: torch.Generator
    ) -> tuple[Tree, Tensor]:
        """One tree, level by level, and the leaf of each example."""
        one = torch.ones_like(g)
        parts = [g, one] if h.equal(one) else [g, one, h]
        node = torch.zeros_like(g, dtype=torch.long)
        sums = torch.stack([part.sum() for part in parts])[:, None]
        nodes, splits, size = [sums], [], 1
        level = node[:1]
        for _ in range(self.max_depth):
            left = bins.histograms(node, level, parts).cumsum(3)
            gain = self._gains(bins, left, sums, features, generator)
            best, at = gain.flatten(1).max(1)
            done = (best > 0).nonzero()[:, 0]
            if not len(done):
                break
            feature, cut = at[done] // bins.number, at[done] % bins.number
            yes = left[:, done, feature, cut]
            children = torch.cat([yes, sums[:, done] - yes], 1)
            ids = size + torch.arange(2 * len(done), device=g.device)
            splits.append((level[done], feature, cut, best[done], ids))
            node = bins.moved(node, level[done], feature, cut, ids)
            nodes.append(children)
            level, sums, size = ids, children, size + len(ids)
        return self._as_tree(torch.cat(nodes, 1), splits, bins), node

    def _gains(
        self,
        bins: Bins,
        left: Tensor,
        sums: Tensor,
        features: int | None,
        generator: torch.Generator,
    ) -> Tensor:
        """The gain of a cut after each bin, shape (k, d, b)."""
        right = sums[..., None, None] - left
        gain = xgb_split_gain(
            left[0], left[-1], right[0], right[-1], self.l2_regularization, self.gamma
        )
        allowed = torch.minimum(left[1], right[1]) >= self.min_samples_leaf
        allowed &= bins.thresholds < torch.inf
        if features is not None:
            k, d = gain.shape[:2]
            lot = torch.rand(k, d, generator=generator, device=generator.device).to(gain)
            allowed &= (lot <= lot.kthvalue(features, dim=1, keepdim=True).values)[..., None]
        return torch.where(allowed, gain, -torch.inf)

    def _as_tree(self, sums: Tensor, splits: list, bins: Bins) -> Tree:
        G, count, H = sums[0], sums[1], sums[-1]
        ids = torch.arange(len(G), device=G.device)
        left, right, feature = ids.clone(), ids.clone(), torch.full_like(ids, -1)
        threshold, gain = torch.zeros_like(G), torch.zeros_like(G)
        for parent, f, cut, best, children in splits:
            feature[parent], gain[parent] = f, best
            threshold[parent] = bins.thresholds[f, cut]
            left[parent], right[parent] = children.chunk(2)
        step = -self.learning_rate * G / (H + self.l2_regularization).clamp(min=TINY)
        return Tree(
            ids[:1], feature, threshold, left, right, step[:, None], torch.zeros_like(G), H,
            count.long(), gain,
        )  # fmt: skip


class HistGradientBoostingRegressor(HistogramBoosting, BoostedRegressor):
    r"""Gradient boosting on binned features with regularized second-order splits.

    Trees grow level by level. For each level one pass over the examples fills the histograms of
    all nodes, whatever the number of thresholds.

    Args:
        learning_rate: the shrinkage $\nu$.
        max_iter: how many trees.
        max_depth: the most questions on a way in each tree.
        min_samples_leaf: how many examples every leaf keeps.
        l2_regularization: $\lambda$, the penalty on a leaf's step.
        gamma: $\gamma$, the price of a leaf.
        max_features: the share of features that each node may ask about, drawn anew; 1.0 for all.
        max_bins: the most bins of a feature, up to 256.
        random_state: int, torch.Generator or None: draws the features.

    Attributes:
        trees_: the nodes of all trees, with $\nu$ times the leaf's step as values.
        init_: the first score, shape (1,).
        train_score_: half the mean squared error after each round.
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equation: :eq:`eq-second-order-gain`
    Section: :ref:`sec-histogram-boosting`
    Source: Chen, Guestrin (2016), doi:10.1145/2939672.2939785; Ke et al. (2017), LightGBM, NeurIPS.

    Example:
        >>> x = torch.linspace(0, 6, 200)[:, None]
        >>> model = HistGradientBoostingRegressor().fit(x, x[:, 0].sin())
        >>> model.score(x, x[:, 0].sin()) > 0.95
        True

    In production: sklearn.ensemble.HistGradientBoostingRegressor, which grows leaf by leaf.
    """

    def __init__(
        self,
        *,
        learning_rate=0.1,
        max_iter=100,
        max_depth=5,
        min_samples_leaf=20,
        l2_regularization=0.0,
        gamma=0.0,
        max_features=1.0,
        max_bins=255,
        random_state=None,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.gamma = gamma
        self.max_features = max_features
        self.max_bins = max_bins
        self.random_state = random_state

    def fit(self, X, y) -> "HistGradientBoostingRegressor":
        """Boost on (n, d) examples."""
        A, b = self._regression(X, y)
        self._boost(X, A, SquaredLoss(b.double()))
        return self


class HistGradientBoostingClassifier(HistogramBoosting, BoostedClassifier):
    r"""Gradient boosting of the cross-entropy on binned features with second-order splits.

    Args:
        learning_rate: the shrinkage $\nu$.
        max_iter: how many rounds; with K > 2 classes each fits K trees.
        max_depth: the most questions on a way in each tree.
        min_samples_leaf: how many examples every leaf keeps.
        l2_regularization: $\lambda$, the penalty on a leaf's step.
        gamma: $\gamma$, the price of a leaf.
        max_features: the share of features that each node may ask about, drawn anew; 1.0 for all.
        max_bins: the most bins of a feature, up to 256.
        random_state: int, torch.Generator or None: draws the features.

    Attributes:
        trees_: the nodes of all trees, with $\nu$ times the leaf's step as values.
        init_: the first scores, shape (1,), or (k,) for more than two classes.
        train_score_: the mean cross-entropy after each round.
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, fewer than two classes, or input that does not fit.

    Equation: :eq:`eq-second-order-gain`
    Section: :ref:`sec-histogram-boosting`
    Source: Chen, Guestrin (2016), doi:10.1145/2939672.2939785; Ke et al. (2017), LightGBM, NeurIPS.

    Example:
        >>> x = torch.linspace(0, 6, 200)[:, None]
        >>> model = HistGradientBoostingClassifier().fit(x, x[:, 0].sin() > 0)
        >>> model.score(x, x[:, 0].sin() > 0) > 0.95
        True

    In production: sklearn.ensemble.HistGradientBoostingClassifier, which grows leaf by leaf.
    """

    def __init__(
        self,
        *,
        learning_rate=0.1,
        max_iter=100,
        max_depth=5,
        min_samples_leaf=20,
        l2_regularization=0.0,
        gamma=0.0,
        max_features=1.0,
        max_bins=255,
        random_state=None,
    ) -> None:
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.gamma = gamma
        self.max_features = max_features
        self.max_bins = max_bins
        self.random_state = random_state

    def fit(self, X, y) -> "HistGradientBoostingClassifier":
        """Boost on (n, d) examples."""
        A, codes = self._classification(X, y, min_classes=2)
        everything = torch.arange(len(A), device=A.device)
        self._boost(X, A, class_loss(codes, len(self.classes_))(everything))
        return self
