"""Losses for detection and segmentation: boxes, rare objects, overlapping regions."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcore.nn.losses import (
    _reduce,
    _require,
    _require_probabilities,
    _same_shape,
    binary_cross_entropy_with_logits,
    check_labels,
)
from dlcore.numerics.stable import log_softmax


def smooth_l1_loss(
    prediction: Float[Tensor, "*shape"],
    targets: Float[Tensor, "*shape"],
    beta: float = 1.0,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """Squared for small errors, linear for large ones, with one slope where they meet.

    Args:
        prediction: outputs, any shape.
        targets: what they should be, of the same shape.
        beta: the error at which the square ends; 0 gives the absolute error.
        reduction: "mean" over all entries, "sum", or "none" for a loss per entry.

    Returns:
        A scalar, or a loss per entry: x^2 / (2 beta) for an error x below beta in size, else its
        size less beta / 2.

    Raises:
        ValueError: shapes differ, a negative beta, nothing to average, or an unknown reduction.

    Equation: :eq:`eq-smooth-l1`.
    Section: :ref:`sec-object-detection`.

    Source: Girshick (2015), Fast R-CNN, arXiv:1504.08083, equation 3.

    Example:
        >>> smooth_l1_loss(torch.tensor([0.5, 2.0]), torch.zeros(2), reduction="none")
        tensor([0.1250, 1.5000])

    In production: torch.nn.functional.smooth_l1_loss.
    """
    _same_shape(prediction, targets)
    if not beta >= 0:
        raise ValueError(f"beta must not be negative, got {beta}")
    error = (prediction - targets).abs()
    if beta == 0:
        return _reduce(error, reduction)
    losses = torch.where(error < beta, error**2 / (2 * beta), error - beta / 2)
    return _reduce(losses, reduction)


def _require_focus(gamma: float, alpha: Tensor | float | None) -> None:
    if not gamma >= 0:
        raise ValueError(f"gamma must not be negative, got {gamma}")
    if isinstance(alpha, float) and not 0 <= alpha <= 1:
        raise ValueError(f"alpha must lie between 0 and 1, got {alpha}")


def focal_loss(
    logits: Float[Tensor, "n k"],
    labels: Int[Tensor, " n"],
    gamma: float = 2.0,
    alpha: Float[Tensor, " k"] | None = None,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """The cross-entropy of softmax, turned down where the class is already recognized.

    Args:
        logits: pre-activations of the softmax output, shape (n, k).
        labels: true classes 0..k-1, shape (n,).
        gamma: how fast an example fades as its probability rises; 0 gives the cross-entropy.
        alpha: a weight for each class, shape (k,); by default 1.
        reduction: "mean" over the examples, "sum", or "none" for a loss per example.

    Returns:
        A scalar or shape (n,): -alpha (1 - p)^gamma log p of the true class's probability p.

    Raises:
        ValueError: shapes that do not fit, labels out of range, a negative gamma, nothing to
            average, or an unknown reduction.

    Equation: :eq:`eq-focal-loss`.
    Section: :ref:`sec-object-detection`.

    Source: Lin, Goyal, Girshick, He, Dollár (2017), Focal loss for dense object detection,
    arXiv:1708.02002.

    Example:
        >>> z = torch.tensor([[0.9, 0.1]]).log()
        >>> focal_loss(z, torch.tensor([0])), focal_loss(z, torch.tensor([0]), gamma=0.0)
        (tensor(0.0011), tensor(0.1054))

    In production: kornia.losses.focal_loss.
    """
    if logits.ndim != 2:
        raise ValueError(f"logits must have shape (n, k), got {tuple(logits.shape)}")
    check_labels(labels, *logits.shape)
    _require_focus(gamma, None)
    if alpha is not None and alpha.shape != logits.shape[1:]:
        raise ValueError(f"alpha needs {logits.shape[1]} weights, got {tuple(alpha.shape)}")
    true = labels.long()[:, None]
    log_p = log_softmax(logits, dim=1)
    weight = 1 if alpha is None else alpha.to(logits)[labels.long()]
    log_true = log_p.gather(1, true).squeeze(1)
    rest = -torch.expm1(log_true)
    faded = torch.ones_like(rest) if gamma == 0 else rest.clamp(min=0) ** gamma
    return _reduce(-weight * faded * log_true, reduction)


def sigmoid_focal_loss(
    logits: Float[Tensor, "*shape"],
    targets: Float[Tensor, "*shape"],
    gamma: float = 2.0,
    alpha: float | None = 0.25,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """The binary cross-entropy, turned down where the answer is already right.

    Args:
        logits: pre-activations of the sigmoid output, any shape.
        targets: 0 or 1, of the same shape.
        gamma: how fast an entry fades as it is answered rightly; 0 gives the cross-entropy.
        alpha: weight of the ones, 1 - alpha that of the zeros; None weighs both by 1.
        reduction: "mean" over all entries, "sum" or "none".

    Returns:
        A scalar, or a loss per entry: -alpha_t (1 - p_t)^gamma log p_t.

    Raises:
        ValueError: shapes differ, targets outside [0, 1], a negative gamma, an alpha outside
            [0, 1], nothing to average, or an unknown reduction.

    Equation: :eq:`eq-focal-loss`.
    Section: :ref:`sec-object-detection`.

    Source: Lin, Goyal, Girshick, He, Dollár (2017), Focal loss for dense object detection,
    arXiv:1708.02002.

    Example:
        >>> sigmoid_focal_loss(torch.zeros(1), torch.ones(1), alpha=None)
        tensor(0.1733)

    In production: torchvision.ops.sigmoid_focal_loss.
    """
    _require_focus(gamma, alpha)
    cross_entropies = binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p = torch.sigmoid(logits)
    wrong = p * (1 - targets) + (1 - p) * targets
    faded = torch.ones_like(wrong) if gamma == 0 else wrong**gamma
    weight = 1 if alpha is None else alpha * targets + (1 - alpha) * (1 - targets)
    return _reduce(weight * faded * cross_entropies, reduction)


def _overlap(boxes: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Intersection, union and common hull of each pair of boxes."""
    _same_shape(boxes, targets)
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must have shape (n, 4), got {tuple(boxes.shape)}")
    for name, b in (("boxes", boxes), ("targets", targets)):
        _require(b[:, 2:] >= b[:, :2], f"{name} must be (x1, y1, x2, y2), x1 <= x2 and y1 <= y2")
    corner = torch.maximum(boxes[:, :2], targets[:, :2])
    opposite = torch.minimum(boxes[:, 2:], targets[:, 2:])
    intersection = (opposite - corner).clamp(min=0).prod(dim=1)
    areas = [(b[:, 2:] - b[:, :2]).prod(dim=1) for b in (boxes, targets)]
    outer = torch.maximum(boxes[:, 2:], targets[:, 2:])
    hull = (outer - torch.minimum(boxes[:, :2], targets[:, :2])).prod(dim=1)
    return intersection, areas[0] + areas[1] - intersection, hull


def _share(part: Tensor, whole: Tensor) -> Tensor:
    """The share of the whole; 0, with slope 0, where there is nothing."""
    some = whole > 0
    return torch.where(some, part / torch.where(some, whole, 1), 0)


def iou_loss(
    boxes: Float[Tensor, "n 4"], targets: Float[Tensor, "n 4"], reduction: str = "mean"
) -> Float[Tensor, "*reduced"]:
    """One less the intersection over union of each predicted box with its own target.

    Args:
        boxes: predicted corners (x1, y1, x2, y2), shape (n, 4).
        targets: what they should be, shape (n, 4).
        reduction: "mean" over the boxes, "sum", or "none" for a loss per box.

    Returns:
        A scalar or shape (n,), between 0 and 1; boxes that do not meet cost 1 and get no gradient.

    Raises:
        ValueError: shapes that do not fit, corners in the wrong order, nothing to average, or an
            unknown reduction.

    Equation: :eq:`eq-box-iou`.
    Section: :ref:`sec-object-detection`.

    Source: Yu, Jiang, Wang, Cao, Huang (2016), UnitBox: an advanced object detection network,
    arXiv:1608.01471 (there with a logarithm).

    Example:
        >>> a, b = torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([[1.0, 0.0, 3.0, 2.0]])
        >>> iou_loss(a, b)
        tensor(0.6667)

    In production: 1 - torchvision.ops.box_iou, or torchvision.ops.generalized_box_iou_loss.
    """
    intersection, union, _ = _overlap(boxes, targets)
    return _reduce(1 - _share(intersection, union), reduction)


def giou_loss(
    boxes: Float[Tensor, "n 4"], targets: Float[Tensor, "n 4"], reduction: str = "mean"
) -> Float[Tensor, "*reduced"]:
    """One less the generalized intersection over union: boxes that do not meet attract, too.

    Args:
        boxes: predicted corners (x1, y1, x2, y2), shape (n, 4).
        targets: what they should be, shape (n, 4).
        reduction: "mean" over the boxes, "sum", or "none" for a loss per box.

    Returns:
        A scalar or shape (n,), between 0 and 2.

    Raises:
        ValueError: shapes that do not fit, corners in the wrong order, nothing to average, or an
            unknown reduction.

    Equation: :eq:`eq-giou`.
    Section: :ref:`sec-object-detection`.

    Source: Rezatofighi et al. (2019), Generalized intersection over union, arXiv:1902.09630.

    Example:
        >>> a, b = torch.tensor([[0.0, 0.0, 1.0, 1.0]]), torch.tensor([[3.0, 0.0, 4.0, 1.0]])
        >>> giou_loss(a, b)
        tensor(1.5000)

    In production: torchvision.ops.generalized_box_iou_loss.
    """
    intersection, union, hull = _overlap(boxes, targets)
    generalized = _share(intersection, union) - _share(hull - union, hull)
    return _reduce(1 - generalized, reduction)


def pixel_cross_entropy(
    logits: Float[Tensor, "n k *space"],
    labels: Int[Tensor, " n *space"],
    *,
    weight: Float[Tensor, " k"] | None = None,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """The cross-entropy of a segmentation: one classification for each pixel.

    Args:
        logits: shape (b, k, h, w).
        labels: true classes, shape (b, h, w).
        weight: of the pixels of each class, shape (k,); the mean is then a weighted one.
        ignore_index: a label whose pixels do not count, such as 255.
        reduction: "mean" over the pixels that count, "sum", or "none" for a loss per pixel (0
            where it does not count).

    Returns:
        A scalar or shape (b, h, w).

    Raises:
        ValueError: shapes that do not fit, labels out of range, no pixel to average, or an unknown
            reduction.

    Equation: :eq:`eq-cross-entropy`.
    Section: :ref:`sec-semantic-segmentation`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic
    segmentation, arXiv:1411.4038.

    Example:
        >>> pixel_cross_entropy(torch.zeros(1, 4, 2, 2), torch.zeros(1, 2, 2, dtype=torch.long))
        tensor(1.3863)

    In production: torch.nn.functional.cross_entropy.
    """
    if logits.ndim < 3 or labels.shape != (len(logits), *logits.shape[2:]):
        raise ValueError(
            f"expected logits (b, k, h, w) and labels (b, h, w), got {tuple(logits.shape)} and "
            f"{tuple(labels.shape)}"
        )
    k = logits.shape[1]
    if weight is not None and weight.shape != (k,):
        raise ValueError(f"weight needs {k} numbers, got shape {tuple(weight.shape)}")
    counted = torch.ones_like(labels, dtype=torch.bool)
    if ignore_index is not None:
        counted = labels != ignore_index
    y = labels.long().masked_fill(~counted, 0)
    _require((y >= 0) & (y < k), f"labels must lie between 0 and {k - 1}")
    weights = counted.to(logits) if weight is None else counted * weight.to(logits)[y]
    losses = -weights * log_softmax(logits, dim=1).gather(1, y[:, None]).squeeze(1)
    if reduction != "mean":
        return _reduce(losses, reduction)
    _require(counted.any(), "the mean over no pixels is not defined")
    return losses.sum() / weights.sum()


def _sums(probabilities: Tensor, targets: Tensor, epsilon: float) -> tuple[Tensor, Tensor]:
    """The sum of products and the sum of both, over space, for each example and class."""
    _same_shape(probabilities, targets)
    if probabilities.ndim < 3:
        raise ValueError(f"expected shape (b, k, ...), got {tuple(probabilities.shape)}")
    _require_probabilities(probabilities, "probabilities")
    _require_probabilities(targets, "targets")
    if not epsilon >= 0:
        raise ValueError(f"epsilon must not be negative, got {epsilon}")
    both = (probabilities * targets).flatten(2).sum(dim=2)
    return both, (probabilities + targets).flatten(2).sum(dim=2)


def dice_loss(
    probabilities: Float[Tensor, "n k *space"],
    targets: Float[Tensor, "n k *space"],
    epsilon: float = 1e-5,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """One less the Dice overlap of a region in probabilities with the true one.

    Unlike the cross-entropy it does not ask how large the region is: a small object counts as
    much as the background.

    Args:
        probabilities: of each class at each pixel, shape (b, k, h, w).
        targets: 0 or 1 (one-hot over the classes), the same shape.
        epsilon: added to both sums; without it a class that is neither there nor predicted has no
            value.
        reduction: "mean" over examples and classes, "sum", or "none" for shape (b, k).

    Returns:
        1 - (2 sum p g + epsilon) / (sum p + sum g + epsilon), sums over the pixels.

    Raises:
        ValueError: shapes that do not fit, entries outside [0, 1], a negative epsilon, nothing to
            average, or an unknown reduction.

    Equation: :eq:`eq-soft-dice`.
    Section: :ref:`sec-semantic-segmentation`.

    Source: Milletari, Navab, Ahmadi (2016), V-Net: fully convolutional neural networks for
    volumetric medical image segmentation, arXiv:1606.04797 (there with squares in the
    denominator).

    Example:
        >>> p = torch.tensor([[[1.0, 1.0, 0.0]]])
        >>> dice_loss(p, torch.tensor([[[1.0, 0.0, 1.0]]]), epsilon=0.0)
        tensor(0.5000)

    In production: monai.losses.DiceLoss.
    """
    both, total = _sums(probabilities, targets, epsilon)
    return _reduce(1 - (2 * both + epsilon) / (total + epsilon), reduction)


def soft_iou_loss(
    probabilities: Float[Tensor, "n k *space"],
    targets: Float[Tensor, "n k *space"],
    epsilon: float = 1e-5,
    reduction: str = "mean",
) -> Float[Tensor, "*reduced"]:
    """One less the intersection over union of a region in probabilities with the true one.

    Args:
        probabilities: of each class at each pixel, shape (b, k, h, w).
        targets: 0 or 1 (one-hot over the classes), the same shape.
        epsilon: added to both sums; without it a class that is neither there nor predicted has no
            value.
        reduction: "mean" over examples and classes, "sum", or "none" for shape (b, k).

    Returns:
        1 - (sum p g + epsilon) / (sum (p + g - p g) + epsilon), sums over the pixels.

    Raises:
        ValueError: shapes that do not fit, entries outside [0, 1], a negative epsilon, nothing to
            average, or an unknown reduction.

    Equation: :eq:`eq-soft-dice`.
    Section: :ref:`sec-semantic-segmentation`.

    Source: Rahman, Wang (2016), Optimizing intersection-over-union in deep neural networks for
    image segmentation, doi:10.1007/978-3-319-50835-1_22.

    Example:
        >>> p = torch.tensor([[[1.0, 1.0, 0.0]]])
        >>> soft_iou_loss(p, torch.tensor([[[1.0, 0.0, 1.0]]]), epsilon=0.0)
        tensor(0.6667)

    In production: segmentation_models_pytorch.losses.JaccardLoss.
    """
    both, total = _sums(probabilities, targets, epsilon)
    return _reduce(1 - (both + epsilon) / (total - both + epsilon), reduction)
