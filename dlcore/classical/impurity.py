"""How mixed the targets of a node are, and the question that separates them best."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from dlcore.probability import entropy as entropy

CRITERIA = ("gini", "entropy", "squared_error")


def gini(p: Float[Tensor, "*batch k"]) -> Float[Tensor, "*batch"]:
    r"""How often two draws from a distribution differ, $1 - \sum_k p_k^2$.

    It is the sum of the variances of the K indicator variables.

    Args:
        p: class shares along the last axis, shape (..., k).

    Returns:
        Shape (...): from 0 for a pure node to $1 - 1/K$ for K equally frequent classes.

    Raises:
        ValueError: a share is negative, or the shares do not sum to one.

    Equation: :eq:`eq-gini-impurity`
    Section: :ref:`sec-decision-trees`
    Source: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees, section
        4.3.

    Example:
        >>> gini(torch.tensor([[0.6, 0.4], [1.0, 0.0]])).round(decimals=4)
        tensor([0.4800, 0.0000])

    In production: no function; sklearn.tree computes it inside.
    """
    if (p < 0).any() or not torch.allclose(p.sum(-1), p.new_ones(())):
        raise ValueError("gini needs shares of at least 0 that sum to 1 along the last axis")
    return (p * (1 - p)).sum(-1)


def variance_impurity(y: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    r"""The mean squared distance from the mean, $\frac1n\sum_i(y^{(i)} - \bar y)^2$.

    Args:
        y: targets of the n examples of a node along the last axis, shape (..., n).

    Returns:
        Shape (...), in squared units of y; divided by n, not by n - 1.

    Raises:
        ValueError: there are no targets.

    Equation: :eq:`eq-variance-impurity`
    Section: :ref:`sec-decision-trees`
    Source: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees, section
        8.3.

    Example:
        >>> variance_impurity(torch.tensor([10.0, 20.0, 30.0, 40.0]))
        tensor(125.)

    In production: torch.var(correction=0).
    """
    if not y.shape[-1:].numel():
        raise ValueError("variance_impurity needs at least one target")
    return (y - y.mean(-1, keepdim=True)).square().mean(-1)


def information_gain(
    y: Shaped[Tensor, " n"], branch: Shaped[Tensor, " n"], criterion: str = "entropy"
) -> Float[Tensor, ""]:
    r"""How much purer the children are than the parent, $I - \sum_j \frac{n_j}{n} I_j$.

    Args:
        y: labels, shape (n,); real targets for the criterion "squared_error".
        branch: the child that each example goes to, integers or booleans, shape (n,).
        criterion: "entropy" (in nats), "gini" or "squared_error".

    Returns:
        The gain, in the unit of the criterion; never negative but for rounding.

    Raises:
        ValueError: lengths that differ, no examples, or an unknown criterion.

    Equation: :eq:`eq-information-gain`
    Section: :ref:`sec-decision-trees`
    Source: Quinlan (1986), Induction of decision trees, doi:10.1007/BF00116251.

    Example:
        >>> y = torch.tensor([0, 0, 1, 1])
        >>> information_gain(y, torch.tensor([0, 0, 1, 1]), "gini")
        tensor(0.5000, dtype=torch.float64)

    In production: sklearn.feature_selection.mutual_info_classif(discrete_features=True).
    """
    if y.ndim != 1 or y.shape != branch.shape or not len(y):
        raise ValueError(
            f"information_gain needs one branch for each target, got shapes {tuple(y.shape)} and "
            f"{tuple(branch.shape)}"
        )
    targets = _targets(y, criterion)
    children = [targets[branch == j] for j in branch.unique()]
    lost = torch.stack([len(child) * _impurity(child, criterion) for child in children]).sum()
    return _impurity(targets, criterion) - lost / len(y)


class Split(NamedTuple):
    """A question to an example: is this feature at most this threshold?

    Attributes:
        feature: the column asked about.
        threshold: examples with a value up to it go left.
        gain: the information gain of the question.
    """

    feature: int
    threshold: float
    gain: float


def best_split(
    X: Float[Tensor, "n d"],
    y: Shaped[Tensor, " n"],
    criterion: str = "gini",
    *,
    min_samples_leaf: int = 1,
) -> Split | None:
    r"""The feature and threshold with the largest information gain, of all that there are.

    Each column is sorted once; cumulative sums then give the class counts (or sums of targets) left
    and right of all n - 1 gaps at the same time. Thresholds lie midway between different values. Of
    equal gains the first feature and the smallest threshold win.

    Args:
        X: examples as rows, shape (n, d).
        y: labels, shape (n,); real targets for the criterion "squared_error".
        criterion: "gini", "entropy" (in nats) or "squared_error".
        min_samples_leaf: how many examples must go either way.

    Returns:
        The split; None if no feature has two values that leave enough examples on both sides.

    Raises:
        ValueError: shapes that do not fit, or an unknown criterion.

    Equation: :eq:`eq-information-gain`
    Section: :ref:`sec-decision-trees`
    Source: Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees, section
        2.4.

    Example:
        >>> X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
        >>> best_split(X, torch.tensor([10.0, 20.0, 30.0, 40.0]), "squared_error")
        Split(feature=0, threshold=2.5, gain=100.0)

    In production: sklearn.tree.DecisionTreeClassifier(max_depth=1).
    """
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError(
            f"best_split needs X of shape (n, d) and y of shape (n,), got {tuple(X.shape)} and "
            f"{tuple(y.shape)}"
        )
    n = len(X)
    targets = _targets(y, criterion)
    x, order = X.sort(dim=0, stable=True)
    left = targets[order].cumsum(0)[:-1]
    right = targets.sum(0) - left
    n_left = torch.arange(1, n, dtype=left.dtype, device=X.device)[:, None, None]
    n_right = n - n_left
    if criterion == "entropy":
        cost = n_left * torch.special.entr(left / n_left) + n_right * torch.special.entr(
            right / n_right
        )
        gain = _impurity(targets, criterion) - cost.sum(-1) / n
    else:
        gain = ((n_right * left - n_left * right).square() / (n_left * n_right * n**2)).sum(-1)
    enough = torch.minimum(n_left, n_right)[..., 0] >= min_samples_leaf
    gain = gain.masked_fill(~((x[1:] > x[:-1]) & enough), -torch.inf)
    if not gain.numel() or not gain.isfinite().any():
        return None
    best = int((gain >= gain.max() - TIE * _impurity(targets, criterion)).T.int().argmax())
    feature, i = divmod(best, n - 1)
    threshold = midway(x[i, feature], x[i + 1, feature])
    return Split(feature, float(threshold), float(gain[i, feature]))


TIE = 1e-11


def midway(low: Tensor, high: Tensor) -> Tensor:
    """The mean of two numbers; the lower one if rounding would give the upper."""
    middle = low + (high - low) / 2
    return torch.where(middle < high, middle, low)


def one_hot_targets(y: Int[Tensor, " n"], k: int) -> Float[Tensor, "n k"]:
    """Labels as indicators: their variances add up to Gini's impurity."""
    return torch.nn.functional.one_hot(y.long(), k).double()


def _targets(y: Tensor, criterion: str) -> Float[Tensor, "n c"]:
    if criterion not in CRITERIA:
        raise ValueError(f"criterion must be one of {', '.join(CRITERIA)}, got {criterion!r}")
    if criterion == "squared_error":
        return (y.double() - y.double().mean())[:, None]
    classes, codes = y.unique(return_inverse=True)
    return one_hot_targets(codes, len(classes))


def _impurity(targets: Float[Tensor, "n c"], criterion: str) -> Float[Tensor, ""]:
    if criterion == "entropy":
        return entropy(targets.mean(0))
    return variance_impurity(targets.T).sum()
