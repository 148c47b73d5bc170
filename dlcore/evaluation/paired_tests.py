"""Whether one model is better than another on the same examples."""

import math
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.evaluation.intervals import check_confidence, percentile_interval, resampled

Scores = Float[Tensor, " n"] | Int[Tensor, " n"] | Bool[Tensor, " n"]


class PairedTest(NamedTuple):
    """The difference of two models and how sure it is.

    Attributes:
        difference: mean score of the first less that of the second.
        low: lower end of its interval.
        high: upper end.
        p_value: how often chance alone gives a difference of this size, two-sided; never 0.
    """

    difference: float
    low: float
    high: float
    p_value: float


def paired_bootstrap_test(
    a: Scores,
    b: Scores,
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    generator: torch.Generator | None = None,
) -> PairedTest:
    """Whether two models' mean scores differ, by resampling the differences of pairs.

    An example that is hard for one model is mostly hard for the other: the difference on each
    example varies less than either score, and pairs are drawn as pairs.

    Args:
        a: scores of the first model, one an example (1 for right, 0 for wrong, or any other) or
            one a seed, shape (n,).
        b: those of the second on the same examples or seeds, shape (n,).
        resamples: how often to draw n pairs with replacement.
        confidence: of the interval, in (0, 1).
        generator: of the draws.

    Returns:
        The difference, its percentile interval, and the p-value: the share of resamples, one more
        counted, in which differences moved to mean 0 reach the observed size.

    Raises:
        ValueError: shapes differ, fewer than 2 pairs, numbers that are not finite, no resamples,
            or a confidence outside (0, 1).

    Equation: :eq:`eq-paired-bootstrap`.
    Section: :ref:`sec-paired-tests`.

    Source: Efron, Tibshirani (1993), An Introduction to the Bootstrap, sections 13.3 and 16.4;
        Koehn (2004), Statistical significance tests for machine translation evaluation, EMNLP.

    Example:
        >>> a, b = torch.tensor([1, 1, 1, 1, 1, 0]), torch.tensor([0, 1, 0, 1, 0, 0])
        >>> generator = torch.Generator().manual_seed(0)
        >>> round(paired_bootstrap_test(a, b, generator=generator).difference, 3)
        0.5

    In production: scipy.stats.bootstrap(paired=True), scipy.stats.permutation_test.
    """
    check_confidence(confidence)
    if a.ndim != 1 or a.shape != b.shape or len(a) < 2:
        raise ValueError(
            f"two scores for each of 2 examples or more are needed, got {tuple(a.shape)} and "
            f"{tuple(b.shape)}"
        )
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")
    differences = a.double() - b.double()
    if not differences.isfinite().all():
        raise ValueError("scores must be finite")
    mean = differences.mean().item()
    values = resampled(lambda d: d.mean(dim=1), (differences,), resamples, True, generator)
    rounding = 1e-12 * differences.abs().max().item()
    extreme = int(((values - mean).abs() >= abs(mean) - rounding).sum())
    low, high = percentile_interval(values, confidence)
    return PairedTest(mean, low, high, (1 + extreme) / (1 + resamples))


class McNemar(NamedTuple):
    """The examples on which two models disagree.

    Attributes:
        only_a: how many the first alone gets right.
        only_b: how many the second alone gets right.
        p_value: how often a fair coin is as uneven, two-sided.
    """

    only_a: int
    only_b: int
    p_value: float


def mcnemar_test(
    right_a: Bool[Tensor, " n"] | Int[Tensor, " n"],
    right_b: Bool[Tensor, " n"] | Int[Tensor, " n"],
    *,
    exact: bool = True,
) -> McNemar:
    """Whether two classifiers are right equally often: only examples that split them say.

    Args:
        right_a: whether the first is right on each example, booleans or 0 and 1, shape (n,).
        right_b: the same of the second.
        exact: by the binomial distribution; else by the chi-squared one with a correction for
            whole numbers, good from about 25 disagreements on.

    Returns:
        Both counts of disagreements and the p-value, 1 if there are none.

    Raises:
        ValueError: shapes differ, no examples, or values other than 0 and 1.

    Equation: :eq:`eq-mcnemar`.
    Section: :ref:`sec-paired-tests`.

    Source: McNemar (1947), Note on the sampling error of the difference between correlated
        proportions or percentages, doi:10.1007/BF02295996.

    Example:
        >>> a, b = torch.arange(20) < 18, torch.arange(20) >= 8
        >>> only_a, only_b, p_value = mcnemar_test(a, b)
        >>> only_a, only_b, round(p_value, 4)
        (8, 2, 0.1094)

    In production: statsmodels.stats.contingency_tables.mcnemar.
    """
    if right_a.ndim != 1 or right_a.shape != right_b.shape or len(right_a) == 0:
        raise ValueError(
            f"two answers for each of 1 example or more are needed, got {tuple(right_a.shape)} and "
            f"{tuple(right_b.shape)}"
        )
    both = torch.stack([right_a.long(), right_b.long()])
    if not ((both == 0) | (both == 1)).all():
        raise ValueError("whether a model is right is 0 or 1")
    only_a, only_b = int((both[0] > both[1]).sum()), int((both[1] > both[0]).sum())
    n, fewer = only_a + only_b, min(only_a, only_b)
    if n == 0 or only_a == only_b:
        return McNemar(only_a, only_b, 1.0)
    if not exact:
        chi2 = torch.tensor((abs(only_a - only_b) - 1) ** 2 / n, dtype=torch.float64)
        return McNemar(only_a, only_b, torch.special.erfc((chi2 / 2).sqrt()).item())
    k = torch.arange(fewer + 1, dtype=torch.float64)
    size = torch.tensor(n + 1, dtype=torch.float64)
    logs = size.lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma() - n * math.log(2)
    return McNemar(only_a, only_b, min(1.0, 2 * logs.exp().sum().item()))
