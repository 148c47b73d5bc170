"""Fidelity apart from diversity: neighbourhoods of real and of generated samples."""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

from dlcore.linalg import pairwise_distances


class PrecisionRecall(NamedTuple):
    """Shares of samples that lie where the others do, each in [0, 1] but density.

    Attributes:
        precision: of generated samples within the ball of some real one: do they look real?
        recall: of real samples within the ball of some generated one: are all of them made?
        density: in how many real balls a generated sample lies, over k: about 1 for equal
            distributions; an outlier with its large ball weighs less than in precision.
        coverage: of real samples whose own ball holds a generated one.

    Equation: :eq:`eq-manifold-precision`.
    Section: :ref:`sec-generative-evaluation`.

    Example:
        >>> PrecisionRecall(1.0, 0.5, 1.2, 0.5).recall
        0.5

    In production: the package prdc.
    """

    precision: float
    recall: float
    density: float
    coverage: float


def _require(name: str, real: Tensor, fake: Tensor, least: int) -> None:
    fits = real.ndim == 2 and fake.ndim == 2 and real.shape[1:] == fake.shape[1:]
    if not fits or min(len(real), len(fake)) < least:
        raise ValueError(
            f"{name} needs features (n, d) and (m, d) of at least {least} examples, got "
            f"{tuple(real.shape)} and {tuple(fake.shape)}"
        )


def precision_recall_knn(
    real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], k: int = 5
) -> PrecisionRecall:
    """Do generated samples lie among the real ones, and real ones among the generated?

    Around each sample is a ball that reaches to its k-th neighbour in its own set.

    Args:
        real: features of real samples, shape (n, d).
        fake: features of generated samples, shape (m, d).
        k: which neighbour gives the radius, below n and m.

    Returns:
        Precision, recall, density and coverage.

    Raises:
        ValueError: shapes that do not fit, k below 1, or no more than k samples in a set.

    Equation: :eq:`eq-manifold-precision`.
    Section: :ref:`sec-generative-evaluation`.

    Source: Kynkäänniemi, Karras, Laine, Lehtinen, Aila (2019), Improved precision and recall metric
        for assessing generative models, arXiv:1904.06991; Naeem, Oh, Uh, Choi, Yoo (2020), Reliable
        fidelity and diversity metrics for generative models, arXiv:2002.09797.

    Example:
        >>> import torch
        >>> real = torch.tensor([[0.0], [1.0], [10.0], [11.0]])
        >>> precision_recall_knn(real, real[:2] + 0.1, k=1)
        PrecisionRecall(precision=1.0, recall=0.5, density=1.5, coverage=0.5)

    In production: the package prdc.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, got {k}")
    _require("precision_recall_knn", real, fake, k + 1)
    across = pairwise_distances(real, fake)
    r_real, r_fake = _radii(real, k), _radii(fake, k)
    in_real = across <= r_real[:, None]
    in_fake = across <= r_fake[None]
    return PrecisionRecall(
        precision=in_real.any(0).double().mean().item(),
        recall=in_fake.any(1).double().mean().item(),
        density=in_real.double().sum(0).mean().item() / k,
        coverage=in_real.any(1).double().mean().item(),
    )


def _radii(X: Tensor, k: int) -> Tensor:
    """The distance from each point to its k-th neighbour."""
    return pairwise_distances(X).fill_diagonal_(0).kthvalue(k + 1, dim=1).values


class TrainDistances(NamedTuple):
    """How close generated samples come to the training set, beside real samples that are new.

    Attributes:
        fake: from each generated sample to the nearest training example, shape (m,).
        held_out: the same of the held-out samples, shape (h,).
        closer: the share of generated samples closer to the training set than the median held-out
            sample: about 0.5 where nothing was memorized, near 1 where much was.

    Section: :ref:`sec-generative-evaluation`.

    Example:
        >>> import torch
        >>> TrainDistances(torch.zeros(3), torch.ones(2), 1.0).closer
        1.0

    In production: the same lines.
    """

    fake: Float[Tensor, " m"]
    held_out: Float[Tensor, " h"]
    closer: float


def nearest_train_distance(
    fake: Float[Tensor, "m d"], train: Float[Tensor, "n d"], held_out: Float[Tensor, "h d"]
) -> TrainDistances:
    """Are generated samples copies? The distance to the nearest training example, with a yardstick.

    Args:
        fake: features of generated samples, shape (m, d).
        train: of the training set, shape (n, d).
        held_out: of real examples that were not trained on, shape (h, d).

    Returns:
        Both kinds of distances, and the share of generated samples that are closer.

    Raises:
        ValueError: shapes that do not fit, or an empty set.

    Section: :ref:`sec-generative-evaluation`.

    Source: Meehan, Chaudhuri, Dasgupta (2020), A three sample hypothesis test for evaluating
        generative models, arXiv:2004.05675, in a simple form.

    Example:
        >>> import torch
        >>> train, new = torch.tensor([[0.0], [10.0]]), torch.tensor([[1.0], [8.0]])
        >>> nearest_train_distance(train, train, new).closer
        1.0

    In production: the same lines on features that see content, not pixels.
    """
    _require("nearest_train_distance", train, fake, 1)
    _require("nearest_train_distance", train, held_out, 1)
    own, new = (pairwise_distances(Z, train).amin(1) for Z in (fake, held_out))
    return TrainDistances(own, new, (own < new.quantile(0.5)).double().mean().item())
