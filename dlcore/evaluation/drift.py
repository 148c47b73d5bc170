"""Whether two sets of numbers have one distribution, feature by feature."""

import math
from typing import Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Float, Float64, Int, Real
from torch import Tensor

Values = Real[Tensor, " n"] | Real[Tensor, "n d"]
Others = Real[Tensor, " m"] | Real[Tensor, "m d"]
Statistic = Float64[Tensor, ""] | Float64[Tensor, " d"]
EXACT_UP_TO = 4_000_000


def _columns(a: Tensor, b: Tensor) -> tuple[Float64[Tensor, "d n"], Float64[Tensor, "d m"]]:
    """Both sets with features as rows, checked."""
    if a.ndim not in (1, 2) or a.shape[1:] != b.shape[1:] or min(len(a), len(b)) == 0:
        raise ValueError(
            "two sets of at least one example with the same features are needed, shapes (n,) and "
            f"(m,) or (n, d) and (m, d), got {tuple(a.shape)} and {tuple(b.shape)}"
        )
    x, y = (v.double().reshape(len(v), -1).T.contiguous() for v in (a, b))
    if not (x.isfinite().all() and y.isfinite().all()):
        raise ValueError("values must be finite")
    return x, y


def ks_statistic(a: Values, b: Others) -> Statistic:
    """The largest gap between two empirical distribution functions: of shares below any value.

    Args:
        a: values, shape (n,), or n examples of d features, shape (n, d).
        b: values to compare, shape (m,) or (m, d).

    Returns:
        A number in [0, 1], or one a feature, shape (d,), float64.

    Raises:
        ValueError: no examples, other features, or values that are not finite.

    Equation: :eq:`eq-ks-statistic`.
    Section: :ref:`sec-drift-detection`.

    Source: Smirnov (1948), Table for estimating the goodness of fit of empirical distributions,
        doi:10.1214/aoms/1177730256.

    Example:
        >>> ks_statistic(torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor([3.0, 4.0, 5.0, 6.0]))
        tensor(0.5000, dtype=torch.float64)

    In production: scipy.stats.ks_2samp(a, b).statistic.
    """
    x, y = _columns(a, b)
    points = torch.cat([x, y], dim=1)
    below = [torch.searchsorted(v.sort(dim=1).values, points, right=True) for v in (x, y)]
    gaps = (below[0].double() / len(a) - below[1].double() / len(b)).abs().amax(dim=1)
    return gaps[0] if a.ndim == 1 else gaps


class KSTest(NamedTuple):
    """The two-sample test of Kolmogorov and Smirnov.

    Attributes:
        statistic: the largest gap, a number or one a feature.
        p_value: the chance of a gap as large between samples of one continuous distribution; for
            values with ties it is at most this.
    """

    statistic: Statistic
    p_value: Statistic


def _crossing_chance(gaps: Int[Tensor, " d"], n: int, m: int) -> Float64[Tensor, " d"]:
    """The chance that i / n and j / m get gap / (n m) apart, for samples of one distribution.

    The merged sample is a path from (0, 0) to (n, m) on a grid, each equally likely. The paths
    that stay inside are counted row by row: to a point lead those of the row before that enter at
    it or at an earlier point inside. Rows are kept at size 1, and the logarithm of the count.
    """
    n, m = min(n, m), max(n, m)
    all_paths = math.lgamma(n + m + 1) - math.lgamma(n + 1) - math.lgamma(m + 1)
    logs = np.full(len(gaps), -all_paths)
    steps, limits = n * np.arange(m + 1), gaps.numpy()[:, None]
    paths = np.zeros((len(gaps), m + 1))
    paths[:, 0] = 1
    for i in range(n + 1):
        inside = np.abs(i * m - steps) < limits
        paths = np.cumsum(paths * inside, axis=1) * inside
        if i % 8 == 0:
            largest = np.maximum(paths.max(axis=1), 1e-300)
            paths /= largest[:, None]
            logs += np.log(largest)
    logs += np.log(np.maximum(paths[:, -1], 1e-300))
    return 1 - torch.from_numpy(np.exp(np.minimum(logs, 0)))


def _kolmogorov_tail(scaled: Float64[Tensor, " d"]) -> Float64[Tensor, " d"]:
    """The chance that the largest gap, times root of n m / (n + m), exceeds this in the limit."""
    k = torch.arange(1, 101, dtype=torch.float64)
    signs = 1 - 2 * ((k + 1) % 2)
    large = 2 * (signs * (-2 * (k * scaled[:, None]) ** 2).exp()).sum(dim=1)
    odd = (2 * k - 1) * math.pi / scaled.clamp(min=1e-12)[:, None]
    small = 1 - math.sqrt(2 * math.pi) / scaled.clamp(min=1e-12) * (-(odd**2) / 8).exp().sum(dim=1)
    return torch.where(scaled > 1, large, small).clamp(0, 1)


def ks_2samp(
    a: Values, b: Others, *, method: Literal["auto", "exact", "asymptotic"] = "auto"
) -> KSTest:
    """Whether two samples come from one distribution, by the largest gap of their shares.

    Args:
        a: values, shape (n,), or n examples of d features, shape (n, d).
        b: values to compare, shape (m,) or (m, d).
        method: "exact": counts all orders of the merged sample, which costs n m; "asymptotic":
            Kolmogorov's limit for many examples; "auto": exact as long as n m is at most
            4,000,000.

    Returns:
        Statistic and p-value, numbers or one a feature; exact p-values to about 10 decimals.

    Raises:
        ValueError: as in `ks_statistic`, or an unknown method.

    Equation: :eq:`eq-ks-statistic`.
    Section: :ref:`sec-drift-detection`.

    Source: Hodges (1958), The significance probability of the Smirnov two-sample test,
        doi:10.1007/BF02589501; Kolmogorov (1933), Sulla determinazione empirica di una legge di
        distribuzione.

    Example:
        >>> a, b = torch.arange(10.0), torch.arange(10.0) + 5.5
        >>> test = ks_2samp(a, b)
        >>> round(test.statistic.item(), 2), round(test.p_value.item(), 4)
        (0.6, 0.0524)

    In production: scipy.stats.ks_2samp.
    """
    if method not in ("auto", "exact", "asymptotic"):
        raise ValueError(f"method must be 'auto', 'exact' or 'asymptotic', got {method!r}")
    statistic = ks_statistic(a, b)
    gaps, n, m = statistic.reshape(-1).cpu(), len(a), len(b)
    if method == "exact" or (method == "auto" and n * m <= EXACT_UP_TO):
        chance = _crossing_chance((gaps * n * m).round().long(), n, m)
    else:
        chance = _kolmogorov_tail(gaps * math.sqrt(n * m / (n + m)))
    return KSTest(statistic, chance.reshape(statistic.shape).to(statistic.device))


def ks_critical_value(n: int, m: int, alpha: float = 0.05) -> float:
    """The gap that samples of one distribution exceed with chance alpha, if n and m are large.

    Args:
        n: examples in one sample.
        m: examples in the other.
        alpha: in (0, 1).

    Returns:
        The gap, which falls like one over the root of the number of examples.

    Raises:
        ValueError: no examples, or alpha outside (0, 1).

    Equation: :eq:`eq-ks-critical`.
    Section: :ref:`sec-drift-detection`.

    Source: Smirnov (1948), doi:10.1214/aoms/1177730256.

    Example:
        >>> round(ks_critical_value(1000, 1000), 4)
        0.0607

    In production: the p-value of scipy.stats.ks_2samp.
    """
    if min(n, m) < 1:
        raise ValueError(f"both samples need examples, got {n} and {m}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, got {alpha}")
    return math.sqrt(-math.log(alpha / 2) / 2 * (n + m) / (n * m))


def ks_false_alarm(threshold: float, n: int, m: int) -> float:
    """How often a fixed threshold on the gap gives alarm where nothing has changed, exactly.

    Args:
        threshold: alarm is given for a gap above it.
        n: examples in one sample.
        m: examples in the other.

    Returns:
        The chance for samples of one continuous distribution.

    Raises:
        ValueError: no examples.

    Equation: :eq:`eq-ks-critical`.
    Section: :ref:`sec-drift-detection`.

    Source: Hodges (1958), The significance probability of the Smirnov two-sample test,
        doi:10.1007/BF02589501.

    Example:
        >>> round(ks_false_alarm(0.2, 20, 20), 2), round(ks_false_alarm(0.2, 50, 50), 2)
        (0.57, 0.18)

    In production: scipy.stats.ks_2samp for the p-value of a sample.
    """
    if min(n, m) < 1:
        raise ValueError(f"both samples need examples, got {n} and {m}")
    above = math.floor(threshold * n * m + 1e-9) + 1
    return _crossing_chance(torch.tensor([above]), n, m).item()


def population_stability_index(
    reference: Values, current: Others, bins: int = 10, *, smoothing: float = 0.5
) -> Statistic:
    r"""How far the shares of current values have moved between bins of the reference's quantiles.

    With the shares e and a of reference and current it is $\sum_b (a_b - e_b) \log (a_b / e_b)$,
    the relative entropy in one direction plus that in the other.

    Args:
        reference: values of training, shape (n,) or (n, d); they alone make the bins.
        current: values of production, shape (m,) or (m, d).
        bins: how many, at least 2; equal quantiles make one bin of two.
        smoothing: a count added to each bin of both, so that an empty one does not make it
            infinite.

    Returns:
        A number from 0 on, or one a feature, shape (d,), float64. Below 0.1 is often called
        stable and above 0.25 a shift; by chance alone it is about (bins - 1) (1 / n + 1 / m).

    Raises:
        ValueError: no examples, other features, values that are not finite, fewer than 2 bins, or
            smoothing that is not positive.

    Equation: :eq:`eq-psi`.
    Section: :ref:`sec-drift-detection`.

    Source: Jeffreys (1946), An invariant form for the prior probability in estimation problems,
        doi:10.1098/rspa.1946.0056; Yurdakul, Naranjo (2020), Statistical properties of the
        population stability index, doi:10.21314/JRMV.2020.227.

    Example:
        >>> x = torch.arange(1000.0)
        >>> population_stability_index(x, x).item()
        0.0
        >>> round(population_stability_index(x, x / 2).item(), 1)
        2.9

    In production: evidently, or the same lines.
    """
    if bins < 2:
        raise ValueError(f"bins must be at least 2, got {bins}")
    if not smoothing > 0:
        raise ValueError(f"smoothing must be positive, got {smoothing}")
    x, y = _columns(reference, current)
    levels = torch.arange(1, bins, device=x.device)
    last = (x.shape[1] * levels + bins - 1) // bins - 1
    edges = x.sort(dim=1).values[:, last].contiguous()

    def shares(values: Float[Tensor, "d n"]) -> Float[Tensor, "d bins"]:
        counts = values.new_full((len(values), bins), smoothing)
        where = torch.searchsorted(edges, values)
        counts.scatter_add_(1, where, torch.ones_like(values))
        return counts / counts.sum(dim=1, keepdim=True)

    e, a = shares(x), shares(y)
    index = ((a - e) * (a / e).log()).sum(dim=1)
    return index[0] if reference.ndim == 1 else index
