"""Measures of a segmentation: how well predicted regions cover the true ones, class by class."""

from jaxtyping import Float, Int
from torch import Tensor

from dlcore.evaluation.classification import confusion_matrix


def _counts(
    predictions: Tensor, y: Tensor, classes: int | None
) -> tuple[Float[Tensor, " k"], Float[Tensor, " k"], Float[Tensor, " k"]]:
    """Of each class the pixels that are found, predicted and there."""
    if predictions.shape != y.shape:
        raise ValueError(
            f"one label per pixel is needed: predictions {tuple(predictions.shape)}, "
            f"y {tuple(y.shape)}"
        )
    matrix = confusion_matrix(predictions.flatten(), y.flatten(), classes).double()
    return matrix.diagonal(), matrix.sum(dim=0), matrix.sum(dim=1)


def iou_per_class(
    predictions: Int[Tensor, "*space"], y: Int[Tensor, "*space"], classes: int | None = None
) -> Float[Tensor, " k"]:
    """Intersection over union of the predicted and the true pixels of each class.

    Args:
        predictions: labels of any shape, of one image or of a whole data set.
        y: true labels of the same shape.
        classes: the number of classes; by default the largest label plus one.

    Returns:
        TP / (TP + FP + FN) of each class, shape (k,), float64; NaN for a class that is neither
        there nor predicted.

    Raises:
        ValueError: shapes differ, there are no pixels, or a label is out of range.
        TypeError: predictions are real numbers.

    Equation: :eq:`eq-mean-iou`.
    Section: :ref:`sec-semantic-segmentation`.

    Source: Everingham et al. (2010), The Pascal visual object classes challenge,
    doi:10.1007/s11263-009-0275-4.

    Example:
        >>> import torch
        >>> y = torch.tensor([0, 0, 1, 1, 0, 2, 2, 1])
        >>> iou_per_class(torch.tensor([0, 1, 1, 1, 0, 2, 0, 1]), y).tolist()
        [0.5, 0.75, 0.5]

    In production: sklearn.metrics.jaccard_score(average=None), torchmetrics.JaccardIndex.
    """
    found, predicted, there = _counts(predictions, y, classes)
    return found / (predicted + there - found)


def dice_per_class(
    predictions: Int[Tensor, "*space"], y: Int[Tensor, "*space"], classes: int | None = None
) -> Float[Tensor, " k"]:
    """The Dice overlap (F1 score) of the predicted and the true pixels of each class.

    Args:
        predictions: labels of any shape, of one image or of a whole data set.
        y: true labels of the same shape.
        classes: the number of classes; by default the largest label plus one.

    Returns:
        2 TP / (2 TP + FP + FN) of each class, which is 2 IoU / (1 + IoU); shape (k,), float64; NaN
        for a class that is neither there nor predicted.

    Raises:
        ValueError: shapes differ, there are no pixels, or a label is out of range.
        TypeError: predictions are real numbers.

    Section: :ref:`sec-semantic-segmentation`.

    Source: Dice (1945), Measures of the amount of ecologic association between species,
    doi:10.2307/1932409.

    Example:
        >>> import torch
        >>> y = torch.tensor([0, 0, 1, 1])
        >>> dice_per_class(torch.tensor([0, 1, 1, 1]), y).round(decimals=3).tolist()
        [0.667, 0.8]

    In production: sklearn.metrics.f1_score(average=None), torchmetrics.segmentation.DiceScore.
    """
    found, predicted, there = _counts(predictions, y, classes)
    return 2 * found / (predicted + there)


def mean_iou(
    predictions: Int[Tensor, "*space"],
    y: Int[Tensor, "*space"],
    classes: int | None = None,
    *,
    absent: str = "ignore",
) -> float:
    """The mean over the classes of intersection over union: rare classes count as much as others.

    Args:
        predictions: labels of any shape, of one image or of a whole data set.
        y: true labels of the same shape.
        classes: the number of classes; by default the largest label plus one.
        absent: what a class counts that is neither there nor predicted: "ignore" leaves it out,
            "zero" counts 0, as scikit-learn does, "one" counts 1.

    Returns:
        A number in [0, 1].

    Raises:
        ValueError: shapes differ, there are no pixels, a label is out of range, or an unknown
            option.
        TypeError: predictions are real numbers.

    Equation: :eq:`eq-mean-iou`.
    Section: :ref:`sec-semantic-segmentation`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic
    segmentation, arXiv:1411.4038, section 5.

    Example:
        >>> import torch
        >>> y = torch.tensor([0, 0, 1, 1, 0, 2, 2, 1])
        >>> round(mean_iou(torch.tensor([0, 1, 1, 1, 0, 2, 0, 1]), y), 4)
        0.5833

    In production: sklearn.metrics.jaccard_score(average="macro"), torchmetrics.JaccardIndex.
    """
    if absent not in ("ignore", "zero", "one"):
        raise ValueError(f"absent must be 'ignore', 'zero' or 'one', got {absent!r}")
    iou = iou_per_class(predictions, y, classes)
    if absent == "ignore":
        return iou.nanmean().item()
    return iou.nan_to_num(0.0 if absent == "zero" else 1.0).mean().item()
