"""Whether a model leans on a feature that only happens to go with the label."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float, Float64, Int, Shaped
from torch import Tensor

from dlcore.evaluation.classification import _labels
from dlcore.numerics import sigmoid, softmax


def counterfactual_flip_rate(
    predict: Callable[[Tensor], Tensor],
    X: Shaped[Tensor, "n ..."],
    change: Callable[[Tensor], Tensor],
) -> float:
    """How often the answer changes when one feature does and all else stays.

    Args:
        predict: from inputs to labels, shape (n,), or scores, shape (n, k).
        X: inputs, shape (n, ...).
        change: from inputs to inputs of the same shape in which the feature is altered (swapped,
            set to another value), on a copy.

    Returns:
        A number in [0, 1]; 0 for a model that does not look at the feature. A causal feature
        should change answers: the rate accuses only where the feature must not matter.

    Raises:
        ValueError: no inputs, another shape after the change, or `change` altered its argument.
        TypeError: predictions that are real numbers without a class axis.

    Equation: :eq:`eq-flip-rate`.
    Section: :ref:`sec-spurious-features`.

    Source: Garg, Perot, Limtiaco, Taly, Chi, Beutel (2019), Counterfactual fairness in text
        classification through robustness, doi:10.1145/3306618.3317950.

    Example:
        >>> X = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.2, 1.0], [3.0, 1.0]])
        >>> predict = lambda X: (X[:, 0] + X[:, 1] > 1).long()
        >>> counterfactual_flip_rate(predict, X, lambda X: X * torch.tensor([1.0, 0.0]))
        0.25

    In production: the same lines.
    """
    before = X.clone()
    changed = change(X)
    if not torch.equal(X, before):
        raise ValueError("change must return altered inputs and leave its argument as it is")
    if changed.shape != X.shape:
        raise ValueError(f"change must keep the shape {tuple(X.shape)}, got {tuple(changed.shape)}")
    first, second = predict(X), predict(changed)
    labels = first.argmax(dim=1) if first.ndim == 2 else first.long()
    return (_labels(second, labels) != _labels(first, labels)).double().mean().item()


Logits = Float[Tensor, " _"] | Float[Tensor, "_ k"]


def irm_penalty(logits: Sequence[Logits], y: Sequence[Int[Tensor, " _"]]) -> Float[Tensor, ""]:
    r"""How far the environments are from sharing one best scale of the logits.

    In each environment e it is the square of the slope of the risk $R_e(w z)$ in the factor w at
    w = 1: 0 where no other scale of the logits z is better. Added to the risk it makes a model
    prefer features whose use is right in all environments.

    Args:
        logits: those of each environment, of class 1, shape (n,), or of all classes, (n, k).
        y: the true labels of each environment, shape (n,).

    Returns:
        The mean over environments, through which gradients flow.

    Raises:
        ValueError: no environments, other numbers of logits and labels, or labels out of range.

    Equation: :eq:`eq-irm-penalty`.
    Section: :ref:`sec-spurious-features`.

    Source: Arjovsky, Bottou, Gulrajani, Lopez-Paz (2019), Invariant risk minimization,
        arXiv:1907.02893, equation IRMv1.

    Example:
        >>> z, y = torch.tensor([1.0, 1.0, 1.0, 1.0]), torch.tensor([1, 1, 1, 0])
        >>> round(irm_penalty([z], [y]).item(), 5)
        0.00036

    In production: the same lines.
    """
    if not logits or len(logits) != len(y):
        raise ValueError(
            f"logits and labels of at least one environment are needed, got {len(logits)} and "
            f"{len(y)}"
        )
    slopes = []
    for z, labels in zip(logits, y, strict=True):
        k = 2 if z.ndim == 1 else z.shape[1]
        if len(z) == 0 or labels.shape != z.shape[:1] or not ((labels >= 0) & (labels < k)).all():
            raise ValueError(
                f"an environment needs one label in 0..{k - 1} for each of its logits, got "
                f"{tuple(z.shape)} and {tuple(labels.shape)}"
            )
        if z.ndim == 1:
            slopes.append(((sigmoid(z) - labels) * z).mean())
        else:
            truth = torch.nn.functional.one_hot(labels, k)
            slopes.append(((softmax(z, dim=1) - truth) * z).sum(dim=1).mean())
    return torch.stack(slopes).square().mean()


def group_accuracies(
    predictions: Float[Tensor, "n k"] | Int[Tensor, " n"],
    y: Int[Tensor, " n"],
    groups: Int[Tensor, " n"] | Bool[Tensor, " n"],
) -> Float64[Tensor, " g"]:
    """The accuracy within each group.

    Args:
        predictions: scores of shape (n, k), of which the largest counts, or labels, shape (n,).
        y: true labels, shape (n,).
        groups: which group each example belongs to, any integers, shape (n,).

    Returns:
        One number a group, in the order of `groups.unique()`, shape (g,), float64.

    Raises:
        ValueError: lengths differ, or there are no examples.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-worst-group`.
    Section: :ref:`sec-spurious-features`.

    Source: Sagawa, Koh, Hashimoto, Liang (2020), Distributionally robust neural networks for group
        shifts, arXiv:1911.08731.

    Example:
        >>> y = torch.tensor([0, 1, 1, 1])
        >>> group_accuracies(torch.tensor([0, 1, 0, 1]), y, torch.tensor([5, 5, 7, 7]))
        tensor([1.0000, 0.5000], dtype=torch.float64)

    In production: fairlearn.metrics.MetricFrame.
    """
    right = (_labels(predictions, y) == y).double()
    if groups.shape != y.shape:
        raise ValueError(
            f"one group per example is needed: groups {tuple(groups.shape)}, y {tuple(y.shape)}"
        )
    _, where, counts = groups.unique(return_inverse=True, return_counts=True)
    return right.new_zeros(len(counts)).index_add_(0, where, right) / counts


def worst_group_accuracy(
    predictions: Float[Tensor, "n k"] | Int[Tensor, " n"],
    y: Int[Tensor, " n"],
    groups: Int[Tensor, " n"] | Bool[Tensor, " n"],
) -> float:
    """The accuracy within the group that fares worst.

    Args:
        predictions: scores of shape (n, k), of which the largest counts, or labels, shape (n,).
        y: true labels, shape (n,).
        groups: which group each example belongs to (often a pair of label and spurious feature),
            any integers, shape (n,).

    Returns:
        A number in [0, 1]; of small groups it is noisy.

    Raises:
        ValueError: lengths differ, or there are no examples.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-worst-group`.
    Section: :ref:`sec-spurious-features`.

    Source: Sagawa, Koh, Hashimoto, Liang (2020), Distributionally robust neural networks for group
        shifts, arXiv:1911.08731.

    Example:
        >>> y = torch.tensor([0, 1, 1, 1])
        >>> worst_group_accuracy(torch.tensor([0, 1, 0, 1]), y, torch.tensor([0, 0, 1, 1]))
        0.5

    In production: fairlearn.metrics.MetricFrame(...).group_min().
    """
    return group_accuracies(predictions, y, groups).min().item()
