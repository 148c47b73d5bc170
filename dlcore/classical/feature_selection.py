"""Which features to keep: by filters, by trying subsets, by what a model makes of them."""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int, Shaped
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.feature_selection import SelectorMixin
from torch import Tensor

from dlcore.classical.cross_validation import cross_val_score
from dlcore.classical.estimator import Estimator, as_array, like
from dlcore.linalg.shapes import require_one_matrix
from dlcore.probability import mutual_information

FeatureScore = Callable[[Tensor, Tensor], Tensor]


def f_classif(X: Float[Tensor, "n d"], y: Shaped[Tensor, " n"]) -> Float[Tensor, " d"]:
    r"""How much the classes' means differ, as a multiple of what chance would give: F of ANOVA.

    Args:
        X: examples as rows, shape (n, d).
        y: labels, shape (n,).

    Returns:
        F of each feature, shape (d,); infinite where it does not vary within the classes.

    Raises:
        ValueError: shapes that do not fit, a single class, or as many classes as examples.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-f-score`
    Section: :ref:`sec-feature-selection`
    Source: Fisher (1925), Statistical Methods for Research Workers, chapter 7.

    Example:
        >>> X = torch.tensor([[0.0, 1.0], [2.0, 0.0], [8.0, 1.0], [10.0, 0.0]])
        >>> f_classif(X, torch.tensor([0, 0, 1, 1]))
        tensor([32.,  0.])

    In production: sklearn.feature_selection.f_classif.
    """
    _require_fitting("f_classif", X, y)
    _, codes = y.unique(return_inverse=True)
    members = torch.nn.functional.one_hot(codes).to(X).T
    k, n = members.shape
    if not 1 < k < n:
        raise ValueError(f"f_classif needs from 2 to {n - 1} classes, got {k}")
    A = X - X.mean(0)
    counts = members.sum(1)
    means = members @ A / counts[:, None]
    between = counts @ means.square() / (k - 1)
    within = (A - means[codes]).square().sum(0) / (n - k)
    return torch.where(between > 0, between / within, 0)


def f_regression(X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> Float[Tensor, " d"]:
    r"""The squared correlation with the target as F, $(n - 2)\, r^2/(1 - r^2)$.

    Args:
        X: examples as rows, shape (n, d).
        y: targets, shape (n,).

    Returns:
        F of each feature, shape (d,); 0 for a constant one.

    Raises:
        ValueError: shapes that do not fit, or fewer than 3 examples.
        TypeError: no floating-point tensors.

    Equation: :eq:`eq-f-score`
    Section: :ref:`sec-feature-selection`
    Source: Fisher (1925), Statistical Methods for Research Workers, chapter 6.

    Example:
        >>> X = torch.tensor([[0.0, 1.0], [1.0, -1.0], [2.0, -1.0], [3.0, 1.0]])
        >>> f_regression(X, torch.tensor([0.0, 1.0, 1.0, 2.0])).round(decimals=3)
        tensor([18.,  0.])

    In production: sklearn.feature_selection.f_regression.
    """
    _require_fitting("f_regression", X, y)
    if len(X) < 3:
        raise ValueError(f"f_regression needs at least 3 examples, got {len(X)}")
    A, b = X - X.mean(0), (y - y.mean()).to(X)
    size = A.square().sum(0) * b.square().sum()
    r2 = torch.where(size > 0, (b @ A).square() / size, 0)
    return (len(X) - 2) * r2 / (1 - r2)


def mutual_info(
    X: Float[Tensor, "n d"], y: Shaped[Tensor, " n"], *, bins: int = 10
) -> Float[Tensor, " d"]:
    r"""What each feature tells about the label, in nats, with the feature in bins of equal counts.

    It also sees dependence that is not linear. With few examples a bin it is too large.

    Args:
        X: examples as rows, shape (n, d).
        y: labels, shape (n,).
        bins: how many bins, at least 2; equal values share one.

    Returns:
        The estimate for each feature, shape (d,).

    Raises:
        ValueError: shapes that do not fit, or fewer than 2 bins.
        TypeError: X is no floating-point tensor.

    Equation: :eq:`eq-mutual-information`
    Section: :ref:`sec-feature-selection`
    Source: Battiti (1994), Using mutual information for selecting features in supervised neural net
        learning, doi:10.1109/72.298224.

    Example:
        >>> X = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
        >>> mutual_info(X, torch.tensor([0, 0, 1, 1]), bins=2)
        tensor([0.6931])

    In production: sklearn.feature_selection.mutual_info_classif.
    """
    _require_fitting("mutual_info", X, y)
    if bins < 2:
        raise ValueError(f"mutual_info needs at least 2 bins, got {bins}")
    _, codes = y.unique(return_inverse=True)
    k = int(codes.max()) + 1
    cuts = X.quantile(torch.arange(1, bins, dtype=X.dtype, device=X.device) / bins, dim=0)
    found = []
    for x, cut in zip(X.T, cuts.T, strict=True):
        cell = torch.bucketize(x.contiguous(), cut.contiguous()) * k + codes
        table = cell.bincount(minlength=bins * k).reshape(bins, k)
        found.append(mutual_information(table.to(X) / len(X)))
    return torch.stack(found)


SCORES: dict[str, FeatureScore] = {
    "f_classif": f_classif,
    "f_regression": f_regression,
    "mutual_info": mutual_info,
}


def select_k_best(
    X: Float[Tensor, "n d"],
    y: Shaped[Tensor, " n"],
    k: int,
    score_func: str | FeatureScore = "f_classif",
) -> Int[Tensor, " k"]:
    """A filter: the k features with the largest scores, each looked at alone.

    Args:
        X: examples as rows, shape (n, d).
        y: labels or targets, shape (n,).
        k: how many, from 1 to d.
        score_func: "f_classif", "f_regression", "mutual_info", or a function of X and y.

    Returns:
        Positions of the features in ascending order, shape (k,).

    Raises:
        ValueError: k out of range, an unknown score, or shapes that do not fit.
        TypeError: X is no floating-point tensor.

    Section: :ref:`sec-feature-selection`
    Source: Guyon, Elisseeff (2003), An introduction to variable and feature selection, JMLR 3.

    Example:
        >>> X = torch.tensor([[0.0, 1.0], [2.0, 0.0], [8.0, 1.0], [10.0, 0.0]])
        >>> select_k_best(X, torch.tensor([0, 0, 1, 1]), k=1)
        tensor([0])

    In production: sklearn.feature_selection.SelectKBest.
    """
    _require_fitting("select_k_best", X, y)
    if not 1 <= k <= X.shape[1]:
        raise ValueError(f"k must be from 1 to the {X.shape[1]} features, got {k}")
    if isinstance(score_func, str) and score_func not in SCORES:
        raise ValueError(
            f"score_func must be one of {list(SCORES)} or a function, got {score_func!r}"
        )
    score = SCORES[score_func] if isinstance(score_func, str) else score_func
    values = score(X, y)
    return (
        values.nan_to_num(-torch.inf).sort(descending=True, stable=True).indices[:k].sort().values
    )


class SelectKBest(SelectorMixin, TransformerMixin, Estimator):
    """`select_k_best` as a step of a pipeline, so that it sees the training folds alone.

    Args:
        k: how many features to keep; all if there are fewer.
        score_func: as in `select_k_best`.

    Attributes:
        selected_: positions of the features that are kept, shape (k,).
        n_features_in_: the number d of features.

    Raises:
        ValueError: as in `select_k_best`.

    Section: :ref:`sec-feature-selection`
    Source: Ambroise, McLachlan (2002), Selection bias in gene extraction on the basis of microarray
        gene-expression data, doi:10.1073/pnas.102102699.

    Example:
        >>> X = torch.tensor([[0.0, 1.0], [2.0, 0.0], [8.0, 1.0], [10.0, 0.0]])
        >>> SelectKBest(1).fit(X, torch.tensor([0, 0, 1, 1])).transform(X).flatten()
        tensor([ 0.,  2.,  8., 10.])

    In production: sklearn.feature_selection.SelectKBest.
    """

    def __init__(self, k=10, *, score_func="f_classif") -> None:
        self.k = k
        self.score_func = score_func

    def fit(self, X, y) -> "SelectKBest":
        """Choose the features from examples of shape (n, d)."""
        A, y = self._with_targets(X, y, numeric=False, min_samples=2)
        if not isinstance(y, Tensor):
            kinds = {label: i for i, label in enumerate(sorted(set(y.tolist())))}
            numeric = y.dtype.kind in "fiub"
            y = torch.as_tensor(y if numeric else [kinds[label] for label in y.tolist()])
        k = min(self.k, A.shape[1])
        self._learn(X, selected_=select_k_best(A, y.to(A.device), k, self.score_func))
        return self

    def transform(self, X):
        """The features that were chosen, shape (n, k)."""
        A = self._inputs(X)
        return like(X, A[:, torch.as_tensor(self.selected_).to(A.device)])

    def _get_support_mask(self):
        mask = torch.zeros(self.n_features_in_, dtype=torch.bool)
        mask[torch.as_tensor(self.selected_).cpu()] = True
        return mask.numpy()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


def forward_selection(estimator: BaseEstimator, X, y, k: int, *, cv=5) -> list[int]:
    """A wrapper: k times the feature with which cross-validation is best, beside those taken.

    Args:
        estimator: anything with `fit` and `score`; it is copied, not changed.
        X: examples as rows, shape (n, d), array or tensor.
        y: labels or targets, shape (n,).
        k: how many, from 1 to d.
        cv: as in `cross_val_score`.

    Returns:
        Positions of the features, in the order in which they were taken.

    Raises:
        ValueError: k out of range.

    Section: :ref:`sec-feature-selection`
    Source: Kohavi, John (1997), Wrappers for feature subset selection,
        doi:10.1016/S0004-3702(97)00043-X.

    Example:
        >>> from dlcore.classical import LinearRegression
        >>> X = torch.randn(30, 3, generator=torch.Generator().manual_seed(0))
        >>> forward_selection(LinearRegression(), X, 5 * X[:, 2] + X[:, 0], k=2)
        [2, 0]

    In production: sklearn.feature_selection.SequentialFeatureSelector.
    """
    if not 1 <= k <= X.shape[1]:
        raise ValueError(f"k must be from 1 to the {X.shape[1]} features, got {k}")
    taken: list[int] = []
    while len(taken) < k:
        left = [j for j in range(X.shape[1]) if j not in taken]
        scores = [cross_val_score(estimator, X[:, [*taken, j]], y, cv=cv).mean() for j in left]
        taken.append(max(zip(scores, left, strict=True), key=lambda pair: pair[0])[1])
    return taken


def rfe(estimator: BaseEstimator, X, y, k: int) -> list[int]:
    """Embedded: fit, drop the feature with the smallest weight, and again until k are left.

    Weights are comparable only if the features are on one scale.

    Args:
        estimator: anything with `fit` and `coef_` or `feature_importances_`; it is copied.
        X: examples as rows, shape (n, d), array or tensor.
        y: labels or targets, shape (n,).
        k: how many, from 1 to d.

    Returns:
        Positions of the features in ascending order.

    Raises:
        ValueError: k out of range, or the model weighs no features.

    Section: :ref:`sec-feature-selection`
    Source: Guyon, Weston, Barnhill, Vapnik (2002), Gene selection for cancer classification using
        support vector machines, doi:10.1023/A:1012487302797.

    Example:
        >>> from dlcore.classical import LinearRegression
        >>> X = torch.randn(30, 3, generator=torch.Generator().manual_seed(0))
        >>> rfe(LinearRegression(), X, 5 * X[:, 2] + X[:, 0], k=2)
        [0, 2]

    In production: sklearn.feature_selection.RFE.
    """
    if not 1 <= k <= X.shape[1]:
        raise ValueError(f"k must be from 1 to the {X.shape[1]} features, got {k}")
    left = list(range(X.shape[1]))
    while len(left) > k:
        model = clone(estimator).fit(X[:, left], y)
        weights = getattr(model, "coef_", getattr(model, "feature_importances_", None))
        if weights is None:
            raise ValueError(f"{type(model).__name__} has neither coef_ nor feature_importances_")
        sizes = torch.as_tensor(as_array(weights)).reshape(-1, len(left)).square().sum(0)
        left.pop(int(sizes.argmin()))
    return left


def _require_fitting(name: str, X: Tensor, y: Tensor) -> None:
    require_one_matrix(name, X)
    if y.shape != X.shape[:1]:
        raise ValueError(f"{name}: y must have shape ({len(X)},), got {tuple(y.shape)}")
