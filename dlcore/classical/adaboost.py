"""AdaBoost: weak learners, each trained on what its predecessors got wrong."""

import math

import torch
from torch import Tensor

from dlcore.classical.decision_tree import class_shares, class_targets, majority
from dlcore.classical.estimator import Classifier, like
from dlcore.classical.tree_growing import Growth, Limits, Presorted, Tree, join


class AdaBoostClassifier(Classifier):
    r"""Small trees that vote with weights, each trained on the mistakes of those before.

    Round m fits a tree to weighted examples; with its weighted error $\epsilon_m$ its vote counts
    $\alpha_m = \frac12 \ln\frac{1 - \epsilon_m}{\epsilon_m}$ (for K classes $\frac12\ln(K - 1)$ is
    added), and the weights become $w_i e^{-\alpha_m y_i h_m(x_i)}$, normalized: those it got wrong
    and those it got right then weigh the same. With more than two classes this is SAMME.

    Args:
        n_estimators: the most rounds M; fewer if a tree makes no mistake or is no better than
            chance.
        learning_rate: $\nu$: each $\alpha_m$ is multiplied by it.
        max_depth: the depth of the trees; 1 is a stump.
        random_state: unused, as nothing is random; there for scikit-learn's interface.

    Attributes:
        trees_: the nodes of all trees.
        estimator_weights_: $\alpha_m$, shape (M,); scikit-learn's are twice as large.
        estimator_errors_: $\epsilon_m$, shape (M,).
        classes_: the labels, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: a parameter out of range, or input that does not fit.

    Equations: :eq:`eq-adaboost-vote`, :eq:`eq-adaboost-weights`
    Section: :ref:`sec-adaboost`
    Source: Freund, Schapire (1997), doi:10.1006/jcss.1997.1504; Hastie, Rosset, Zhu, Zou (2009),
        Multi-class AdaBoost, doi:10.4310/SII.2009.v2.n3.a8.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
        >>> y = torch.tensor([0, 1, 1, 0])
        >>> AdaBoostClassifier(n_estimators=5).fit(X, y).predict(X)
        tensor([0, 1, 1, 0])

    In production: sklearn.ensemble.AdaBoostClassifier.
    """

    def __init__(
        self, n_estimators=50, *, learning_rate=1.0, max_depth=1, random_state=None
    ) -> None:
        self.n_estimators = n_estimators
        self.learning_rate = learning_rate
        self.max_depth = max_depth
        self.random_state = random_state

    def fit(self, X, y) -> "AdaBoostClassifier":
        """Boost on (n, d) examples."""
        for name in ("n_estimators", "max_depth"):
            if not getattr(self, name) >= 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)!r}")
        if not self.learning_rate > 0:
            raise ValueError(f"learning_rate must be above 0, got {self.learning_rate!r}")
        A, codes = self._classification(X, y)
        k = len(self.classes_)
        data, targets = Presorted(A), class_targets(codes, k)
        weight = targets.new_full((len(A),), 1 / len(A))
        trees: list[Tree] = []
        alphas: list[float] = []
        errors: list[float] = []
        for _ in range(self.n_estimators):
            growth = Growth(data, targets[None], weight[None], Limits(self.max_depth))
            tree = growth.tree()
            answer = majority(class_shares(tree.value, k))[growth.leaf]
            wrong = answer != codes
            error = float(weight[wrong].sum())
            if error >= 1 - 1 / k and trees:
                break
            trees.append(tree)
            errors.append(error)
            if error <= 0 or k == 1:
                alphas.append(1.0)
                break
            alphas.append(
                self.learning_rate * (math.log((1 - error) / error) + math.log(k - 1)) / 2
            )
            weight = weight * torch.exp(2 * alphas[-1] * wrong)
            weight = weight / weight.sum()
        self.trees_ = join(trees)
        self._learn(
            X,
            estimator_weights_=weight.new_tensor(alphas),
            estimator_errors_=weight.new_tensor(errors),
        )
        return self

    def staged_predict(self, X):
        """The labels predicted after each round, M arrays of shape (n,)."""
        votes = self._votes(self._inputs(X)).cumsum(0)
        return [self._labels(X, majority(vote)) for vote in votes]

    def decision_function(self, X):
        r"""The weighted vote, $\sum_m \alpha_m h_m(x) / \sum_m \alpha_m$.

        Shape (n,) in [-1, 1] for two classes, positive for the second; else (n, k), where a vote
        for a class is $-1/(k - 1)$ for each other.
        """
        A = self._inputs(X)
        share = self._shares(A)
        k = share.shape[1]
        score = share[:, 1] - share[:, 0] if k == 2 else share - (1 - share) / max(k - 1, 1)
        return like(X, score.to(A.dtype))

    def predict(self, X):
        """The label with the largest weighted vote, the first on a tie, shape (n,)."""
        return self._labels(X, majority(self._shares(self._inputs(X))))

    def predict_proba(self, X):
        """The softmax of the votes' log odds, shape (n, k): often far too sure."""
        A = self._inputs(X)
        alphas = torch.as_tensor(self.estimator_weights_, device=A.device)
        logits = 2 * alphas.sum() * self._shares(A)
        return like(X, logits.softmax(1).to(A.dtype))

    def _votes(self, A: Tensor) -> Tensor:
        """Each tree's weighted vote, shape (m, n, k)."""
        k, trees = len(self.classes_), self.trees_.to(A.device)
        answer = majority(class_shares(trees.value, k))[trees.apply(A)]
        alphas = torch.as_tensor(self.estimator_weights_, device=A.device)
        return alphas[:, None, None] * torch.nn.functional.one_hot(answer, k)

    def _shares(self, A: Tensor) -> Tensor:
        """The share of each class in the weighted vote, shape (n, k)."""
        votes = self._votes(A).sum(0)
        return votes / votes.sum(1, keepdim=True)
