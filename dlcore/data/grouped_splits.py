"""Splits in three that keep groups whole, or the order of time."""

import torch
from jaxtyping import Shaped
from torch import Tensor

from dlcore.data.splits import SPLIT_SEED, Examples, _check_split

SHARES = (0.7, 0.15, 0.15)


def split_by_group(
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, " n"],
    groups: Shaped[Tensor, " n"],
    fractions: tuple[float, float, float] = SHARES,
    *,
    generator: torch.Generator | None = None,
) -> tuple[Examples, Examples, Examples]:
    """Split examples into training, validation and test so that no group is in two of them.

    Groups come in a random order and fill one part after the other; the shares hold as well as
    whole groups allow, and no part stays empty.

    Args:
        X: inputs, shape (n, ...).
        y: targets, shape (n,).
        groups: what each example belongs to (a patient, a user, a document), shape (n,).
        fractions: shares of the three parts; they sum to 1.
        generator: source of the random order; by default one seeded with 0.

    Returns:
        Training, validation and test examples.

    Raises:
        ValueError: lengths that differ, fractions that do not sum to 1, fewer than 3 groups.

    Section: :ref:`sec-data-splitting`
    Source: Roberts et al. (2017), Cross-validation strategies for data with temporal, spatial,
        hierarchical, or phylogenetic structure, doi:10.1111/ecog.02881.

    Example:
        >>> patients = torch.arange(20) // 2
        >>> parts = split_by_group(torch.zeros(20, 1), patients, patients, (0.6, 0.2, 0.2))
        >>> [len(part.y) for part in parts]
        [12, 4, 4]

    In production: sklearn.model_selection.GroupShuffleSplit.
    """
    _check_split(X, y, fractions)
    if groups.shape != y.shape[:1]:
        raise ValueError(f"one group for each of {len(y)} examples is needed, got {groups.shape}")
    _, codes, counts = groups.cpu().unique(return_inverse=True, return_counts=True)
    if len(counts) < 3:
        raise ValueError(f"cannot split {len(counts)} groups into three parts")
    generator = generator or torch.Generator().manual_seed(SPLIT_SEED)
    order = torch.randperm(len(counts), generator=generator, device=generator.device).cpu()
    # a group goes to the part in which its middle falls
    middle = (counts[order].cumsum(0) - counts[order].double() / 2) / len(y)
    ends = torch.tensor([fractions[0], fractions[0] + fractions[1]], dtype=middle.dtype)
    first, second = torch.searchsorted(middle, ends).tolist()
    first = min(max(first, 1), len(counts) - 2)
    second = min(max(second, first + 1), len(counts) - 1)
    part_of = torch.empty(len(counts), dtype=torch.long)
    part_of[order] = (torch.arange(len(counts)) >= first).long()
    part_of[order[second:]] = 2
    return _three(X, y, [(part_of[codes] == part).nonzero()[:, 0] for part in range(3)])


def split_by_time(
    X: Shaped[Tensor, "n ..."],
    y: Shaped[Tensor, " n"],
    times: Shaped[Tensor, " n"] | None = None,
    fractions: tuple[float, float, float] = SHARES,
    *,
    gap: int = 0,
) -> tuple[Examples, Examples, Examples]:
    """Train on the oldest examples, validate on later ones, test on the newest.

    Args:
        X: inputs, shape (n, ...).
        y: targets, shape (n,).
        times: when each example was observed, shape (n,); by default they stand in order.
        fractions: shares of the three parts; they sum to 1.
        gap: examples dropped before validation and before test, where windows overlap.

    Returns:
        Training, validation and test examples, each in the order of time.

    Raises:
        ValueError: lengths that differ, fractions that do not sum to 1, fewer than 3 examples, or
            a gap that is negative or leaves a part empty.

    Section: :ref:`sec-data-splitting`
    Source: Tashman (2000), Out-of-sample tests of forecasting accuracy,
        doi:10.1016/S0169-2070(00)00065-0.

    Example:
        >>> days = torch.tensor([3, 1, 2, 5, 4, 6])
        >>> parts = split_by_time(days[:, None], days, days, (0.5, 0.25, 0.25))
        >>> [part.y.tolist() for part in parts]
        [[1, 2, 3], [4], [5, 6]]

    In production: sklearn.model_selection.TimeSeriesSplit.
    """
    _check_split(X, y, fractions)
    if times is not None and times.shape != y.shape[:1]:
        raise ValueError(f"one time for each of {len(y)} examples is needed, got {times.shape}")
    order = torch.arange(len(y)) if times is None else times.cpu().argsort(stable=True)
    first, second = round(fractions[0] * len(y)), round((fractions[0] + fractions[1]) * len(y))
    if gap < 0 or (gap > 0 and min(second - first, len(y) - second) <= gap):
        raise ValueError(f"gap={gap} is negative or leaves a part of {len(y)} examples empty")
    positions = [order[:first], order[first + gap : second], order[second + gap :]]
    return _three(X, y, positions)


def _three(X: Tensor, y: Tensor, positions: list[Tensor]) -> tuple[Examples, Examples, Examples]:
    train, validation, test = (Examples(X[i.to(X.device)], y[i.to(y.device)]) for i in positions)
    return train, validation, test
