"""Losses that put vectors of one kind near each other and keep different kinds apart."""

import math
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from dlcore.nn.linear import Linear


def _distance(a: Tensor, b: Tensor) -> Tensor:
    """Euclidean distance of rows, with a gradient of 0 where they are equal."""
    squared = (a - b).square().sum(dim=-1)
    zero = squared == 0
    return squared.where(~zero, torch.ones_like(squared)).sqrt().where(~zero, squared)


def triplet_loss(
    anchor: Float[Tensor, "n d"],
    positive: Float[Tensor, "n d"],
    negative: Float[Tensor, "n d"],
    margin: float = 1.0,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Float[Tensor, "*batch"]:
    r"""The positive shall be nearer to the anchor than the negative is, by a margin.

    Args:
        anchor: vectors, shape (n, d).
        positive: of the same kinds as the anchors, shape (n, d).
        negative: of other kinds, shape (n, d).
        margin: m, by how much.
        reduction: "mean", "sum" or "none".

    Returns:
        $\max(0, d_+ - d_- + m)$ with Euclidean distances, reduced.

    Raises:
        ValueError: shapes that differ, a margin that is not positive, another reduction.

    Equation: :eq:`eq-triplet-loss`.
    Section: :ref:`sec-face-recognition`.

    Source: Schroff, Kalenichenko, Philbin (2015), FaceNet, arXiv:1503.03832, where the distances
        are squared.

    Example:
        >>> a, p, n = torch.zeros(1, 2), torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 5.5]])
        >>> triplet_loss(a, p, n).item()
        0.5

    In production: torch.nn.TripletMarginLoss.
    """
    if not anchor.shape == positive.shape == negative.shape or anchor.ndim != 2:
        raise ValueError(
            f"expected three tensors of one shape (n, d), got {tuple(anchor.shape)}, "
            f"{tuple(positive.shape)} and {tuple(negative.shape)}"
        )
    _require_margin(margin)
    difference = _distance(anchor, positive) - _distance(anchor, negative)
    return _reduce((difference + margin).clamp(min=0), reduction)


def pairwise_contrastive_loss(
    x1: Float[Tensor, "n d"],
    x2: Float[Tensor, "n d"],
    same: Bool[Tensor, " n"],
    margin: float = 1.0,
    reduction: Literal["mean", "sum", "none"] = "mean",
) -> Float[Tensor, "*batch"]:
    r"""Two vectors of a kind shall be equal, two of different kinds at least a margin apart.

    Args:
        x1: vectors, shape (n, d).
        x2: the other of each pair, shape (n, d).
        same: whether the two are of one kind, shape (n,).
        margin: m, how far apart different kinds shall be.
        reduction: "mean", "sum" or "none".

    Returns:
        $d^2$ for pairs of a kind, $\max(0, m - d)^2$ for others, reduced.

    Raises:
        ValueError: shapes that do not fit, a margin that is not positive, another reduction.

    Equation: :eq:`eq-pair-loss`.
    Section: :ref:`sec-face-recognition`.

    Source: Hadsell, Chopra, LeCun (2006), Dimensionality reduction by learning an invariant
        mapping, doi:10.1109/CVPR.2006.100; without its factor of one half.

    Example:
        >>> a, b = torch.zeros(2, 1), torch.tensor([[0.5], [0.5]])
        >>> pairwise_contrastive_loss(a, b, torch.tensor([True, False]), reduction="none")
        tensor([0.2500, 0.2500])

    In production: pytorch_metric_learning.losses.ContrastiveLoss.
    """
    if x1.shape != x2.shape or x1.ndim != 2 or same.shape != x1.shape[:1]:
        raise ValueError(
            f"expected two tensors (n, d) and n flags, got {tuple(x1.shape)}, {tuple(x2.shape)} "
            f"and {tuple(same.shape)}"
        )
    _require_margin(margin)
    distance = _distance(x1, x2)
    apart = (margin - distance).clamp(min=0)
    return _reduce(distance.where(same, apart).square(), reduction)


def _require_margin(margin: float) -> None:
    if not margin > 0:
        raise ValueError(f"margin must be positive, got {margin}")


def _reduce(losses: Tensor, reduction: str) -> Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


class ArcFaceHead(nn.Module):
    r"""Scores of classes from angles: the true class must win by an angle of m to lose nothing.

    Vectors and the classes' weights are brought to length 1, so that a score is s times the cosine
    of the angle between them; of the true class the angle is first made larger by m.

    Args:
        in_features: length of the vectors, d.
        num_classes: K.
        scale: s; with a small one even a perfect score leaves a loss.
        margin: m, in radians.

    Attributes:
        weight: a direction for each class, shape (K, d).

    Raises:
        ValueError: sizes or scale that are not positive, a margin outside [0, pi); in use, shapes
            that do not fit or labels outside 0..K - 1.

    Equation: :eq:`eq-arcface`.
    Section: :ref:`sec-face-recognition`.

    Source: Deng, Guo, Xue, Zafeiriou (2019), ArcFace, arXiv:1801.07698; beyond an angle of
        pi - m, where the cosine would rise again, it falls by m sin(m) as in their code.

    Example:
        >>> head = ArcFaceHead(8, 5)
        >>> head(torch.ones(2, 8), torch.tensor([0, 3])).shape
        torch.Size([2, 5])

    In production: pytorch_metric_learning.losses.ArcFaceLoss.
    """

    def __init__(
        self, in_features: int, num_classes: int, scale: float = 30.0, margin: float = 0.5
    ) -> None:
        super().__init__()
        if in_features < 1 or num_classes < 1 or not scale > 0:
            raise ValueError(
                f"in_features, num_classes and scale must be positive, got {in_features}, "
                f"{num_classes} and {scale}"
            )
        if not 0 <= margin < math.pi:
            raise ValueError(f"margin must lie in [0, pi), got {margin}")
        self.scale, self.margin = scale, margin
        self.weight = Linear(in_features, num_classes, bias=False).weight

    def forward(
        self, x: Float[Tensor, "n d"], labels: Int[Tensor, " n"] | None = None
    ) -> Float[Tensor, "n k"]:
        """Logits for a cross-entropy; without labels those to predict with, without margin."""
        if x.ndim != 2 or x.shape[1] != self.weight.shape[1]:
            raise ValueError(f"expected vectors (n, {self.weight.shape[1]}), got {tuple(x.shape)}")
        cosine = nn.functional.normalize(x) @ nn.functional.normalize(self.weight).T
        if labels is None or not self.margin:
            return self.scale * cosine
        if labels.shape != x.shape[:1]:
            raise ValueError(f"expected {len(x)} labels, got shape {tuple(labels.shape)}")
        if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < len(self.weight):
            raise ValueError(f"labels must lie in 0..{len(self.weight) - 1}")
        own = cosine.gather(1, labels[:, None])
        sine = (1 - own.square()).clamp(min=1e-12).sqrt()
        shifted = own * math.cos(self.margin) - sine * math.sin(self.margin)
        beyond = own - self.margin * math.sin(self.margin)
        own = shifted.where(own > math.cos(math.pi - self.margin), beyond)
        return self.scale * cosine.scatter(1, labels[:, None], own)
