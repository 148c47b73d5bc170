"""How sure a measured number is: intervals for shares, and for anything by resampling."""

from collections.abc import Callable
from statistics import NormalDist
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Float64, Int, Shaped
from torch import Tensor

CHUNK = 4_000_000


class Interval(NamedTuple):
    """The two ends of an interval: numbers, or tensors of one shape."""

    low: Any
    high: Any


def check_confidence(confidence: float) -> None:
    """Raise ValueError unless the confidence lies between 0 and 1."""
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}")


def wilson_interval(
    successes: int | Int[Tensor, "*shape"],
    n: int | Int[Tensor, "*shape"],
    confidence: float = 0.95,
) -> Interval:
    r"""All shares p from which the observed one is not further than chance allows.

    These are the solutions of $(\hat p - p)^2 \le z^2 p (1 - p) / n$. Unlike
    $\hat p \pm z \sqrt{\hat p (1 - \hat p) / n}$ the interval stays within [0, 1], and it has a
    width when all or none succeed.

    Args:
        successes: how many of n, a number or a tensor.
        n: at least 1.
        confidence: in (0, 1).

    Returns:
        Lower and upper end, numbers for numbers and float64 for tensors.

    Raises:
        ValueError: successes outside 0..n, n below 1, or a confidence outside (0, 1).

    Equation: :eq:`eq-wilson-interval`.
    Section: :ref:`sec-confidence-intervals`.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference,
        doi:10.1080/01621459.1927.10502953.

    Example:
        >>> low, high = wilson_interval(90, 100)
        >>> round(low, 4), round(high, 4)
        (0.8256, 0.9448)

    In production: scipy.stats.binomtest(k, n).proportion_ci(method="wilson").
    """
    check_confidence(confidence)
    k, total = torch.as_tensor(successes).double(), torch.as_tensor(n).double()
    if not ((k >= 0) & (k <= total) & (total >= 1)).all():
        raise ValueError(f"successes must lie in 0..n, n at least 1, got {successes} of {n}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = k / total
    centre = share + z**2 / (2 * total)
    half = z * (share * (1 - share) / total + z**2 / (4 * total**2)).sqrt()
    scale = 1 + z**2 / total
    low = torch.where(k == 0, 0.0, (centre - half) / scale)
    high = torch.where(k == total, 1.0, (centre + half) / scale)
    if isinstance(successes, Tensor) or isinstance(n, Tensor):
        return Interval(low, high)
    return Interval(low.item(), high.item())


def resampled(
    statistic: Callable[..., Any],
    samples: tuple[Shaped[Tensor, "n ..."], ...],
    resamples: int,
    vectorized: bool,
    generator: torch.Generator | None,
) -> Float64[Tensor, " resamples"]:
    """The statistic of rows drawn with replacement, the same rows of all samples."""
    n, device = len(samples[0]), samples[0].device
    source = device if generator is None else generator.device
    values = []
    for start in range(0, resamples, max(CHUNK // n, 1)):
        count = min(max(CHUNK // n, 1), resamples - start)
        rows = torch.randint(n, (count, n), generator=generator, device=source).to(device)
        if vectorized:
            values.append(statistic(*(sample[rows] for sample in samples)).double())
        else:
            each = [float(statistic(*(sample[r] for sample in samples))) for r in rows]
            values.append(torch.tensor(each, dtype=torch.float64))
    result = torch.cat(values)
    if result.shape != (resamples,):
        raise ValueError(
            f"a vectorized statistic returns one value a row of resamples, got a result of shape "
            f"{tuple(result.shape)} for {resamples} of them"
        )
    if result.isnan().any():
        raise ValueError("the statistic is not defined on some resamples: it returned NaN")
    return result


def percentile_interval(values: Float[Tensor, " n"], confidence: float) -> Interval:
    """The middle share of the values."""
    tails = values.new_tensor([(1 - confidence) / 2, (1 + confidence) / 2])
    low, high = values.quantile(tails).tolist()
    return Interval(low, high)


def bootstrap_ci(
    statistic: Callable[..., Any],
    *samples: Shaped[Tensor, "n ..."],
    resamples: int = 1000,
    confidence: float = 0.95,
    vectorized: bool = False,
    generator: torch.Generator | None = None,
) -> Interval:
    """The middle of what a statistic is on data drawn from the data, with replacement.

    Args:
        statistic: takes the samples, returns a number.
        *samples: data of n rows each, which belong together: drawn rows are the same in all.
        resamples: how often to draw.
        confidence: the share of the resamples within the interval, in (0, 1).
        vectorized: whether the statistic takes samples of shape (resamples, n, ...) and returns
            one number a resample, which is quicker.
        generator: of the draws.

    Returns:
        Lower and upper end: percentiles of the resampled statistics. With few examples, or for
        extremes, it covers the truth less often than it says.

    Raises:
        ValueError: no samples or rows, other lengths, fewer than 2 resamples, a confidence outside
            (0, 1), or a statistic that is NaN on a resample.

    Equation: :eq:`eq-bootstrap-interval`.
    Section: :ref:`sec-confidence-intervals`.

    Source: Efron (1979), Bootstrap methods: another look at the jackknife,
        doi:10.1214/aos/1176344552.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> right = (torch.arange(100) < 90).double()
        >>> interval = bootstrap_ci(torch.mean, right, generator=generator)
        >>> interval.low < 0.9 < interval.high
        True

    In production: scipy.stats.bootstrap, by default with a correction of bias (BCa).
    """
    check_confidence(confidence)
    if not samples or len(samples[0]) == 0 or len({len(sample) for sample in samples}) > 1:
        raise ValueError(
            f"samples of one length, at least 1, are needed, got lengths {[*map(len, samples)]}"
        )
    if resamples < 2:
        raise ValueError(f"resamples must be at least 2, got {resamples}")
    values = resampled(statistic, samples, resamples, vectorized, generator)
    return percentile_interval(values, confidence)
