"""Gradient boosting: a sum of small trees, each fitted to the negative gradient of the loss."""

from typing import Any

import torch
from torch import Tensor

from dlcore.classical.boosting_losses import LogisticLoss, Loss, SoftmaxLoss, SquaredLoss
from dlcore.classical.decision_tree import limits_of
from dlcore.classical.estimator import Classifier, Estimator, Regressor, as_generator, like
from dlcore.classical.tree_growing import Growth, Presorted, Tree, join, shares

TINY = 1e-150
TOGETHER = 2**19


class SumOfTrees(Estimator):
    """A model whose scores are a constant and a sum of trees, t of them each round."""

    trees_: Tree
    init_: Any

    def _scores(self, A: Tensor) -> Tensor:
        """The scores of each example, shape (t, n), some trees at a time."""
        trees, start = self.trees_.to(A.device), torch.as_tensor(self.init_, device=A.device)
        t = len(start)
        total = start[:, None].repeat(1, len(A))
        for roots in trees.roots.split(t * max(1, TOGETHER // (t * len(A)))):
            total += trees.value[trees.apply(A, roots), 0].view(-1, t, len(A)).sum(0)
        return total


class BoostedRegressor(SumOfTrees, Regressor):
    """Predictions of real numbers."""

    def predict(self, X):
        """The sum of the trees, shape (n,)."""
        A = self._inputs(X)
        return like(X, self._scores(A)[0].to(A.dtype))


class BoostedClassifier(SumOfTrees, Classifier):
    """Predictions of labels."""

    def decision_function(self, X):
        """The log odds of the second class, shape (n,), or the scores of each, shape (n, k)."""
        A = self._inputs(X)
        scores = self._scores(A).to(A.dtype)
        return like(X, scores[0] if len(scores) == 1 else scores.T)

    def predict_proba(self, X):
        """The probabilities of the classes, shape (n, k)."""
        A = self._inputs(X)
        return like(X, probabilities(self._scores(A)).to(A.dtype))

    def predict(self, X):
        """The likeliest class, shape (n,)."""
        return self._labels(X, probabilities(self._scores(self._inputs(X))).argmax(1))


class Boosting(SumOfTrees):
    """What gradient boosting of labels and of real targets share."""

    n_estimators: int
    learning_rate: float
    subsample: float
    validation_fraction: float
    n_iter_no_change: int | None
    tol: float
    random_state: Any

    def _check(self) -> None:
        if not self.n_estimators >= 1:
            raise ValueError(f"n_estimators must be at least 1, got {self.n_estimators!r}")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, got {self.learning_rate!r}")
        if not 0 < self.subsample <= 1:
            raise ValueError(f"subsample must be a share in (0, 1], got {self.subsample!r}")
        if not 0 < self.validation_fraction < 1:
            raise ValueError(
                f"validation_fraction must be a share in (0, 1), got {self.validation_fraction!r}"
            )

    def _boost(self, X, A: Tensor, loss_of) -> None:
        """Fit the trees; `loss_of(i)` is the loss of the examples at the positions i."""
        self._check()
        limits, generator = limits_of(self, A.shape[1]), as_generator(self.random_state)
        train, held = torch.arange(len(A), device=A.device), None
        if self.n_iter_no_change is not None:
            order = torch.randperm(len(A), generator=generator, device=generator.device)
            order = order.to(A.device)
            size = max(1, round(self.validation_fraction * len(A)))
            held, train = order[:size], order[size:].sort().values
            judge = loss_of(held)
        loss: Loss = loss_of(train)
        data = Presorted(A[train])
        start = loss.start()
        F = start[:, None].expand(-1, len(train)).clone()
        G = start[:, None].expand(-1, 0 if held is None else len(held)).clone()
        trees: list[Tree] = []
        self.train_score_: list[float] = []
        self.validation_score_: list[float] = []
        while len(trees) < self.n_estimators:
            tree, leaf = self._round(data, loss, F, limits, generator)
            F = F + tree.value[leaf, 0]
            trees.append(tree)
            self.train_score_.append(loss.value(F))
            if held is not None:
                G = G + tree.value[tree.apply(A[held]), 0]
                self.validation_score_.append(judge.value(G))
                if self._stalled():
                    break
        self.trees_, self.n_estimators_ = join(trees), len(trees)
        self._learn(X, init_=start)
        total = self.trees_.importances(A.shape[1]).sum(0)
        self._learn(X, feature_importances_=shares(total[None])[0])

    def _round(
        self, data: Presorted, loss: Loss, F: Tensor, limits, generator: torch.Generator
    ) -> tuple[Tree, Tensor]:
        """The trees of one round, with steps as values, and each example's leaf in them."""
        t, n = F.shape
        weight = torch.ones_like(F)
        if self.subsample < 1:
            order = torch.randperm(n, generator=generator, device=generator.device).to(F.device)
            weight[:, order[max(1, int(self.subsample * n)) :]] = 0
        g, h = loss.gradient(F), loss.curvature(F)
        growth = Growth(data, -g[..., None], weight, limits, generator=generator)
        tree = growth.tree()
        inside = weight.flatten().nonzero()[:, 0]
        at = growth.leaf[inside]
        G, H = (
            torch.zeros_like(tree.impurity).index_add(0, at, part.flatten()[inside])
            for part in (g, h)
        )
        step = -self.learning_rate * torch.where(H > TINY, G / H, 0)
        leaf = growth.leaf.view(t, n)
        if self.subsample < 1:
            leaf = tree.apply(data.columns.T)
        return tree.with_values(step[:, None]), leaf

    def _stalled(self) -> bool:
        """Whether the loss on the held-out examples has not fallen for a while."""
        past, patience = self.validation_score_, self.n_iter_no_change
        if patience is None or len(past) <= patience:
            return False
        return min(past[-patience:]) > min(past[:-patience]) - self.tol

    def _stages(self, A: Tensor) -> Tensor:
        """The scores after each round, shape (m, t, n)."""
        trees, start = self.trees_.to(A.device), torch.as_tensor(self.init_, device=A.device)
        steps = trees.value[trees.apply(A), 0].view(-1, len(start), len(A))
        return start[:, None] + steps.cumsum(0)


class GradientBoostingRegressor(Boosting, BoostedRegressor):
    r"""Trees fitted one after the other to the residuals of their sum, $F_m = F_{m-1} + \nu h_m$.

    Args:
        n_estimators: the most trees M.
        learning_rate: the shrinkage $\nu$.
        subsample: the share of the examples, drawn anew for each tree without replacement.
        max_depth: the most questions on a way in each tree.
        min_samples_split: how many examples a node needs to be split.
        min_samples_leaf: how many examples every leaf keeps.
        max_features: how many features, drawn anew for each node, a question may choose from: a
            number, a share, "sqrt", "log2", or None for all.
        n_iter_no_change: stop when the loss on held-out examples has not fallen by `tol` for so
            many rounds; None never stops early.
        validation_fraction: the share of examples held out for that.
        tol: the least fall that counts.
        random_state: int, torch.Generator or None: draws subsamples, features, held-out examples.

    Attributes:
        trees_: the nodes of all trees, with $\nu$ times the leaf's step as values.
        init_: $F_0$, the mean target, shape (1,).
        n_estimators_: how many trees there are.
        train_score_: half the mean squared error after each round.
        validation_score_: the same on the held-out examples; empty without them.
        feature_importances_: each feature's share of the decrease of impurity, shape (d,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equation: :eq:`eq-boosting-update`
    Section: :ref:`sec-gradient-boosting`
    Source: Friedman (2001), Greedy function approximation: a gradient boosting machine,
        doi:10.1214/aos/1013203451; Friedman (2002), Stochastic gradient boosting,
        doi:10.1016/S0167-9473(01)00065-2.

    Example:
        >>> X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        >>> y = torch.tensor([10.0, 20.0, 30.0, 40.0])
        >>> GradientBoostingRegressor(1, learning_rate=0.1, max_depth=1).fit(X, y).predict(X)
        tensor([24., 24., 26., 26.])

    In production: sklearn.ensemble.GradientBoostingRegressor.
    """

    def __init__(
        self,
        n_estimators=100,
        *,
        learning_rate=0.1,
        subsample=1.0,
        max_depth=3,
        min_samples_split=2,
        min_samples_leaf=1,
        max_features=None,
        n_iter_no_change=None,
        validation_fraction=0.1,
        tol=1e-4,
        random_state=None,
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.subsample = subsample
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.n_iter_no_change = n_iter_no_change
        self.validation_fraction = validation_fraction
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y) -> "GradientBoostingRegressor":
        """Boost on (n, d) examples."""
        A, b = self._regression(X, y, min_samples=2 if self.n_iter_no_change else 1)
        self._boost(X, A, lambda i: SquaredLoss(b[i].double()))
        return self

    def staged_predict(self, X):
        """The predictions after each round, shape (m, n)."""
        A = self._inputs(X)
        return like(X, self._stages(A)[:, 0].to(A.dtype))


class GradientBoostingClassifier(Boosting, BoostedClassifier):
    r"""Trees fitted to the negative gradient of the cross-entropy; each leaf takes a Newton step.

    With two classes the sum of the trees is the log odds; with K > 2 each round fits K trees, and
    the softmax of their sums gives the probabilities.

    Args:
        n_estimators: the most rounds M.
        learning_rate: the shrinkage $\nu$.
        subsample: the share of the examples, drawn anew for each round without replacement.
        max_depth: the most questions on a way in each tree.
        min_samples_split: how many examples a node needs to be split.
        min_samples_leaf: how many examples every leaf keeps.
        max_features: how many features, drawn anew for each node, a question may choose from: a
            number, a share, "sqrt", "log2", or None for all.
        n_iter_no_change: stop when the loss on held-out examples has not fallen by `tol` for so
            many rounds; None never stops early.
        validation_fraction: the share of examples held out for that.
        tol: the least fall that counts.
        random_state: int, torch.Generator or None: draws subsamples, features, held-out examples.

    Attributes:
        trees_: the nodes of all trees, with $\nu$ times the leaf's step as values.
        init_: the first scores, shape (1,), or (k,) for more than two classes.
        n_estimators_: how many rounds there are.
        train_score_: the mean cross-entropy after each round.
        validation_score_: the same on the held-out examples; empty without them.
        feature_importances_: each feature's share of the decrease of impurity, shape (d,).
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, fewer than two classes, or input that does not fit.

    Equations: :eq:`eq-boosting-update`, :eq:`eq-pseudo-residual`
    Section: :ref:`sec-gradient-boosting`
    Source: Friedman (2001), Greedy function approximation: a gradient boosting machine,
        doi:10.1214/aos/1013203451.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
        >>> y = torch.tensor([0, 1, 1, 0])
        >>> GradientBoostingClassifier(20).fit(X, y).predict(X)
        tensor([0, 1, 1, 0])

    In production: sklearn.ensemble.GradientBoostingClassifier.
    """

    def __init__(
        self,
        n_estimators=100,
        *,
        learning_rate=0.1,
        subsample=1.0,
        max_depth=3,
        min_samples_split=2,
        min_samples_leaf=1,
        max_features=None,
        n_iter_no_change=None,
        validation_fraction=0.1,
        tol=1e-4,
        random_state=None,
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.subsample = subsample
        self.max_depth = max_depth
        self.min_samples_split = min_samples_split
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.n_iter_no_change = n_iter_no_change
        self.validation_fraction = validation_fraction
        self.tol = tol
        self.random_state = random_state

    def fit(self, X, y) -> "GradientBoostingClassifier":
        """Boost on (n, d) examples."""
        A, codes = self._classification(X, y, min_classes=2)
        self._boost(X, A, class_loss(codes, len(self.classes_)))
        return self

    def staged_predict(self, X):
        """The labels predicted after each round, m arrays of shape (n,)."""
        stages = self._stages(self._inputs(X))
        return [self._labels(X, probabilities(scores).argmax(1)) for scores in stages]


def class_loss(codes: Tensor, k: int):
    """The loss of any part of the examples."""
    return lambda i: LogisticLoss(codes[i]) if k == 2 else SoftmaxLoss(codes[i], k)


def probabilities(scores: Tensor) -> Tensor:
    """Log odds (1, n) or scores (k, n) as probabilities, shape (n, k)."""
    logits = torch.cat([torch.zeros_like(scores), scores]) if len(scores) == 1 else scores
    return logits.softmax(0).T
