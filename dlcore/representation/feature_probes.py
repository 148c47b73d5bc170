"""Judging features that no longer move: by their neighbours, and by few labels."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn
from torch.nn import functional as F

from dlcore.classical import KNeighborsClassifier
from dlcore.evaluation import linear_probe
from dlcore.training import predict


def _require_labels(X: Tensor, y: Tensor, X_val: Tensor, y_val: Tensor) -> None:
    if len(X) != len(y) or len(X_val) != len(y_val):
        raise ValueError(
            f"inputs and labels differ in length: {len(X)} and {len(y)}, {len(X_val)} and "
            f"{len(y_val)}"
        )


def knn_probe(
    backbone: nn.Module,
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    X_val: Shaped[Tensor, "m ..."],
    y_val: Int[Tensor, " m"],
    *,
    k: int = 5,
) -> float:
    """How often do the k most similar examples, by cosine of the features, tell the class?

    Nothing is fitted, so nothing but the features can be good.

    Args:
        backbone: maps inputs to features; in evaluation mode, without gradients.
        X: examples whose labels are known, shape (n, ...).
        y: labels, shape (n,).
        X_val: other examples, shape (m, ...).
        y_val: labels, shape (m,).
        k: neighbours that vote, at most n.

    Returns:
        The accuracy on the other examples.

    Raises:
        ValueError: inputs and labels of different lengths, k out of range.

    Section: :ref:`sec-representation-evaluation`.

    Source: Wu, Xiong, Yu, Lin (2018), Unsupervised feature learning via non-parametric instance
        discrimination, arXiv:1805.01978, who weight the votes.

    Example:
        >>> X, y = torch.tensor([[1.0, 0.1], [0.1, 1.0]] * 5), torch.tensor([0, 1] * 5)
        >>> knn_probe(nn.Identity(), X, y, 3 * X, y)
        1.0

    In production: sklearn.neighbors.KNeighborsClassifier(metric="cosine").
    """
    _require_labels(X, y, X_val, y_val)
    known, asked = (F.normalize(predict(backbone, A).flatten(1)) for A in (X, X_val))
    guesses = KNeighborsClassifier(k).fit(known, y).predict(asked)
    return (guesses == y_val).double().mean().item()


class LabelEfficiency(NamedTuple):
    """What a linear classifier makes of features with few labels.

    Attributes:
        per_class: how many labels of each class.
        accuracies: on other examples, for each number and each draw, shape (s, repeats).

    Section: :ref:`sec-representation-evaluation`.

    Example:
        >>> LabelEfficiency((1, 5), torch.tensor([[0.5, 0.7], [0.9, 0.9]])).accuracies.mean(1)
        tensor([0.6000, 0.9000])

    In production: sklearn.model_selection.learning_curve.
    """

    per_class: tuple[int, ...]
    accuracies: Float[Tensor, "s repeats"]


def label_efficiency_curve(
    backbone: nn.Module,
    X: Shaped[Tensor, "n ..."],
    y: Int[Tensor, " n"],
    X_val: Shaped[Tensor, "m ..."],
    y_val: Int[Tensor, " m"],
    *,
    per_class: Sequence[int] = (1, 2, 5, 10),
    repeats: int = 5,
    C: float = 1.0,
    generator: torch.Generator | None = None,
) -> LabelEfficiency:
    """The accuracy of a linear probe that sees only a few labels of each class.

    Args:
        backbone: maps inputs to features; in evaluation mode, without gradients.
        X: examples, shape (n, ...).
        y: their labels, shape (n,), of which few are used at a time.
        X_val: other examples, shape (m, ...).
        y_val: labels, shape (m,).
        per_class: numbers of labels, at most as many as the rarest class has.
        repeats: draws of the labelled examples, the same for each number but for what it adds.
        C: inverse strength of the probe's squared penalty.
        generator: source of the draws; by default torch's global one.

    Returns:
        The numbers and the accuracies on the other examples.

    Raises:
        ValueError: inputs and labels of different lengths, a single class, numbers below 1 or
            larger than a class.

    Section: :ref:`sec-representation-evaluation`.

    Source: Chen, Kornblith, Norouzi, Hinton (2020), arXiv:2002.05709, section 6, for 1 % and 10 %
        of ImageNet's labels.

    Example:
        >>> X, y = torch.tensor([[-1.0], [1.0]] * 10), torch.tensor([0, 1] * 10)
        >>> curve = label_efficiency_curve(nn.Identity(), X, y, X, y, per_class=(1, 5), repeats=2)
        >>> curve.accuracies.tolist()
        [[1.0, 1.0], [1.0, 1.0]]

    In production: sklearn.linear_model.LogisticRegression in a loop.
    """
    _require_labels(X, y, X_val, y_val)
    classes, counts = y.unique(return_counts=True)
    sizes = tuple(per_class)
    if len(classes) < 2 or not sizes or not 1 <= min(sizes) <= max(sizes) <= int(counts.min()):
        raise ValueError(
            f"expected numbers of labels in 1..{int(counts.min())} for at least 2 classes, got "
            f"{sizes} for {len(classes)}"
        )
    if repeats < 1:
        raise ValueError(f"expected at least one draw, got {repeats}")
    known, asked = (predict(backbone, A).flatten(1) for A in (X, X_val))
    where = generator.device if generator else torch.device("cpu")
    accuracies = torch.zeros(len(sizes), repeats)
    for r in range(repeats):
        order = torch.randperm(len(y), generator=generator, device=where).to(y.device)
        members = [order[y[order] == c] for c in classes]
        for s, size in enumerate(sizes):
            chosen = torch.cat([m[:size] for m in members])
            probe = linear_probe(nn.Identity(), known[chosen], y[chosen], asked, y_val, C=C)
            accuracies[s, r] = probe.validation
    return LabelEfficiency(sizes, accuracies)
