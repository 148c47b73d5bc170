"""Measures of a classifier made of its confusion matrix: what is found, and what is right of it."""

from typing import Literal

import torch
from jaxtyping import Float, Float64, Int, Real
from torch import Tensor
from torch.nn import functional as F

from dlcore.evaluation.classification import confusion_matrix

Average = Literal["binary", "macro", "micro", "weighted"] | None
Predictions = Float[Tensor, "n k"] | Int[Tensor, " n"]


def _matrix(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    average: Average,
    classes: int | None,
    sample_weight: Real[Tensor, " n"] | None,
) -> Float64[Tensor, "k k"]:
    """The confusion matrix of two or more classes; of two if the average is "binary"."""
    if average not in ("binary", "macro", "micro", "weighted", None):
        raise ValueError(
            f"average must be 'binary', 'macro', 'micro', 'weighted' or None, got {average!r}"
        )
    C = confusion_matrix(predictions, y, classes, sample_weight=sample_weight).double()
    if len(C) == 1:
        C = F.pad(C, (0, 1, 0, 1))
    if average == "binary" and len(C) > 2:
        raise ValueError(
            f"average='binary' is for two classes, got {len(C)}: choose 'macro', 'micro', "
            "'weighted' or None"
        )
    return C


def _averaged(
    part: Float64[Tensor, " k"],
    whole: Float64[Tensor, " k"],
    support: Float64[Tensor, " k"],
    average: Average,
    zero_division: float,
) -> float | Float64[Tensor, " k"]:
    """The ratio of part and whole of each class, or one number for all classes."""
    if average == "micro":
        part, whole = part.sum(), whole.sum()
    ratio = torch.where(whole > 0, part / whole, zero_division)
    if average is None:
        return ratio
    if average == "binary":
        return ratio[1].item()
    if average == "micro":
        return ratio.item()
    if average == "macro":
        return ratio.nanmean().item()
    defined = ~ratio.isnan()
    return ((ratio * support)[defined].sum() / support[defined].sum()).item()


def precision_score(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    *,
    average: Average = "binary",
    classes: int | None = None,
    sample_weight: Real[Tensor, " n"] | None = None,
    zero_division: float = 0.0,
) -> float | Float64[Tensor, " k"]:
    """Of the examples that are predicted as a class, the share that belongs to it.

    Args:
        predictions: scores of shape (n, k), of which the largest counts, or labels of shape (n,).
        y: true labels 0..k-1, shape (n,).
        average: "binary": of class 1 of two; "macro": the mean over classes; "weighted": the mean
            weighted by how often a class is true; "micro": the ratio of the sums over classes;
            None: one value a class.
        classes: the number of classes; by default k, or the largest label plus one.
        sample_weight: how much each example counts, shape (n,); all the same by default.
        zero_division: what a class counts that is never predicted; NaN leaves it out of the mean.

    Returns:
        A number in [0, 1], or one for each class, shape (k,), float64.

    Raises:
        ValueError: lengths differ, no examples, a label out of range, an unknown average, more
            than two classes for "binary", or weights that are negative or all 0.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-precision-recall`.
    Section: :ref:`sec-confusion-matrix`.

    Source: van Rijsbergen (1979), Information Retrieval, chapter 7.

    Example:
        >>> precision_score(torch.tensor([1, 1, 1, 0]), torch.tensor([1, 0, 1, 1]))
        0.6666666666666666

    In production: sklearn.metrics.precision_score.
    """
    C = _matrix(predictions, y, average, classes, sample_weight)
    return _averaged(C.diagonal(), C.sum(0), C.sum(1), average, zero_division)


def recall_score(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    *,
    average: Average = "binary",
    classes: int | None = None,
    sample_weight: Real[Tensor, " n"] | None = None,
    zero_division: float = 0.0,
) -> float | Float64[Tensor, " k"]:
    """Of the examples that belong to a class, the share that is found: its true-positive rate.

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,), as in `precision_score`.
        y: true labels 0..k-1, shape (n,).
        average: "binary" (class 1), "macro", "weighted", "micro" or None, as in `precision_score`.
        classes: the number of classes; by default k, or the largest label plus one.
        sample_weight: how much each example counts, shape (n,); all the same by default.
        zero_division: what a class without examples counts; NaN leaves it out of the mean.

    Returns:
        A number in [0, 1], or one for each class, shape (k,), float64.

    Raises:
        ValueError: as in `precision_score`.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-precision-recall`.
    Section: :ref:`sec-confusion-matrix`.

    Source: van Rijsbergen (1979), Information Retrieval, chapter 7.

    Example:
        >>> recall_score(torch.tensor([1, 1, 0, 0]), torch.tensor([1, 0, 1, 1]))
        0.3333333333333333

    In production: sklearn.metrics.recall_score.
    """
    C = _matrix(predictions, y, average, classes, sample_weight)
    return _averaged(C.diagonal(), C.sum(1), C.sum(1), average, zero_division)


def fbeta_score(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    beta: float,
    *,
    average: Average = "binary",
    classes: int | None = None,
    sample_weight: Real[Tensor, " n"] | None = None,
    zero_division: float = 0.0,
) -> float | Float64[Tensor, " k"]:
    """A harmonic mean of precision and recall in which recall counts beta squared times as much.

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,), as in `precision_score`.
        y: true labels 0..k-1, shape (n,).
        beta: not negative; above 1 recall counts more, below 1 precision.
        average: "binary" (class 1), "macro", "weighted", "micro" or None, as in `precision_score`.
        classes: the number of classes; by default k, or the largest label plus one.
        sample_weight: how much each example counts, shape (n,); all the same by default.
        zero_division: what a class counts that is neither there nor predicted; NaN leaves it out
            of the mean.

    Returns:
        A number in [0, 1], or one for each class, shape (k,), float64.

    Raises:
        ValueError: a negative or infinite beta, or as in `precision_score`.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-f-beta`.
    Section: :ref:`sec-confusion-matrix`.

    Source: van Rijsbergen (1979), Information Retrieval, chapter 7.

    Example:
        >>> predictions, y = torch.tensor([1, 1, 0, 0]), torch.tensor([1, 0, 1, 1])
        >>> round(fbeta_score(predictions, y, 2.0), 4)
        0.3571

    In production: sklearn.metrics.fbeta_score.
    """
    if not 0 <= beta < float("inf"):
        raise ValueError(f"beta must be finite and not negative, got {beta}")
    C = _matrix(predictions, y, average, classes, sample_weight)
    whole = beta**2 * C.sum(1) + C.sum(0)
    return _averaged((1 + beta**2) * C.diagonal(), whole, C.sum(1), average, zero_division)


def f1_score(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    *,
    average: Average = "binary",
    classes: int | None = None,
    sample_weight: Real[Tensor, " n"] | None = None,
    zero_division: float = 0.0,
) -> float | Float64[Tensor, " k"]:
    """The harmonic mean of precision and recall: high only if both are.

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,), as in `precision_score`.
        y: true labels 0..k-1, shape (n,).
        average: "binary" (class 1), "macro", "weighted", "micro" (with one label an example this
            is the accuracy) or None, as in `precision_score`.
        classes: the number of classes; by default k, or the largest label plus one.
        sample_weight: how much each example counts, shape (n,); all the same by default.
        zero_division: what a class counts that is neither there nor predicted; NaN leaves it out
            of the mean.

    Returns:
        A number in [0, 1], or one for each class, shape (k,), float64.

    Raises:
        ValueError: as in `precision_score`.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-f1`; averages: :eq:`eq-macro-micro`.
    Section: :ref:`sec-class-averaging`.

    Source: van Rijsbergen (1979), Information Retrieval, chapter 7.

    Example:
        >>> f1_score(torch.tensor([1, 1, 0, 0]), torch.tensor([1, 0, 1, 1]))
        0.4

    In production: sklearn.metrics.f1_score.
    """
    return fbeta_score(
        predictions,
        y,
        1.0,
        average=average,
        classes=classes,
        sample_weight=sample_weight,
        zero_division=zero_division,
    )


def specificity(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    *,
    average: Average = "binary",
    classes: int | None = None,
    sample_weight: Real[Tensor, " n"] | None = None,
    zero_division: float = 0.0,
) -> float | Float64[Tensor, " k"]:
    """Of the examples outside of a class, the share that is not predicted as it.

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,), as in `precision_score`.
        y: true labels 0..k-1, shape (n,).
        average: "binary" (class 1), "macro", "weighted", "micro" or None, as in `precision_score`.
        classes: the number of classes; by default k, or the largest label plus one.
        sample_weight: how much each example counts, shape (n,); all the same by default.
        zero_division: what a class counts to which all examples belong; NaN leaves it out of the
            mean.

    Returns:
        A number in [0, 1], or one for each class, shape (k,), float64: 1 less the false-positive
        rate.

    Raises:
        ValueError: as in `precision_score`.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-precision-recall`.
    Section: :ref:`sec-confusion-matrix`.

    Source: Yerushalmy (1947), Statistical problems in assessing methods of medical diagnosis,
        doi:10.2307/4586294.

    Example:
        >>> specificity(torch.tensor([1, 0, 0, 0]), torch.tensor([0, 0, 0, 1]))
        0.6666666666666666

    In production: sklearn.metrics.recall_score(pos_label=0).
    """
    C = _matrix(predictions, y, average, classes, sample_weight)
    others = 1 - torch.eye(len(C), dtype=C.dtype, device=C.device)
    outside, false_positives = others @ C.sum(1), (others * C).sum(0)
    return _averaged(outside - false_positives, outside, C.sum(1), average, zero_division)


def balanced_accuracy(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The mean recall over the classes that have examples: rare ones count as much as others.

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,), as in `precision_score`.
        y: true labels 0..k-1, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number in [0, 1]; 1 / k for a guess that does not look at the example.

    Raises:
        ValueError: lengths differ, no examples, a negative label, or weights that are negative or
            all 0.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-balanced-accuracy`.
    Section: :ref:`sec-confusion-matrix`.

    Source: Brodersen, Ong, Stephan, Buhmann (2010), The balanced accuracy and its posterior
        distribution, doi:10.1109/ICPR.2010.764.

    Example:
        >>> balanced_accuracy(torch.tensor([0, 0, 0, 0]), torch.tensor([0, 0, 0, 1]))
        0.5

    In production: sklearn.metrics.balanced_accuracy_score.
    """
    C = _matrix(predictions, y, None, None, sample_weight)
    return (C.diagonal() / C.sum(1)).nanmean().item()


def matthews_corrcoef(
    predictions: Predictions,
    y: Int[Tensor, " n"],
    *,
    sample_weight: Real[Tensor, " n"] | None = None,
) -> float:
    """The correlation of predicted and true classes, which all parts of the matrix enter.

    Args:
        predictions: scores of shape (n, k) or labels of shape (n,), as in `precision_score`.
        y: true labels 0..k-1, shape (n,).
        sample_weight: how much each example counts, shape (n,); all the same by default.

    Returns:
        A number in [-1, 1]; 0 for predictions that know nothing, and where all predictions or all
        labels are the same.

    Raises:
        ValueError: lengths differ, no examples, a negative label, or weights that are negative or
            all 0.
        TypeError: predictions are real numbers without a class axis.

    Equation: :eq:`eq-matthews`.
    Section: :ref:`sec-confusion-matrix`.

    Source: Matthews (1975), doi:10.1016/0005-2795(75)90109-9; several classes: Gorodkin (2004),
        Comparing two K-category assignments by a K-category correlation coefficient,
        doi:10.1016/j.compbiolchem.2004.09.006.

    Example:
        >>> round(matthews_corrcoef(torch.tensor([1, 1, 0, 0]), torch.tensor([1, 0, 0, 0])), 4)
        0.5774

    In production: sklearn.metrics.matthews_corrcoef.
    """
    C = _matrix(predictions, y, None, None, sample_weight)
    C = C / C.sum()
    predicted, true = C.sum(0), C.sum(1)
    others = 1 - torch.eye(len(C), dtype=C.dtype, device=C.device)
    spread = (predicted @ others @ predicted) * (true @ others @ true)
    if spread == 0:
        return 0.0
    return ((C.trace() - predicted @ true) / spread.sqrt()).item()
