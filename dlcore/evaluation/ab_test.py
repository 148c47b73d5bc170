"""Comparing two versions on live traffic: the test, and how many users it needs."""

import math
from statistics import NormalDist
from typing import NamedTuple


class ZTest(NamedTuple):
    """A difference in units of its standard error.

    Attributes:
        z: positive if the second share is the larger one.
        p_value: how often chance alone gives a difference of this size, two-sided.
    """

    z: float
    p_value: float


def two_proportion_ztest(successes_a: int, n_a: int, successes_b: int, n_b: int) -> ZTest:
    """Whether two versions succeed equally often.

    Args:
        successes_a: how many users of the first version did what is hoped for.
        n_a: how many users it had.
        successes_b: the same of the second version.
        n_b: how many users that had.

    Returns:
        z with the pooled share in its standard error, and the p-value; 0 and 1 if all or none
        succeed in both. It holds for one look at numbers fixed before: who looks daily and stops
        at the first small p-value is wrong far more often.

    Raises:
        ValueError: no users, or successes outside 0..n.

    Equation: :eq:`eq-two-proportion-z`.
    Section: :ref:`sec-ab-test`.

    Source: Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions, section 3.1.

    Example:
        >>> test = two_proportion_ztest(500, 10_000, 570, 10_000)
        >>> round(test.z, 3), round(test.p_value, 3)
        (2.2, 0.028)

    In production: statsmodels.stats.proportion.proportions_ztest.
    """
    for k, n in ((successes_a, n_a), (successes_b, n_b)):
        if n < 1 or not 0 <= k <= n:
            raise ValueError(f"successes must lie in 0..n, n at least 1, got {k} of {n}")
    pooled = (successes_a + successes_b) / (n_a + n_b)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    if error == 0:
        return ZTest(0.0, 1.0)
    z = (successes_b / n_b - successes_a / n_a) / error
    return ZTest(z, math.erfc(abs(z) / math.sqrt(2)))


def ab_sample_size(p_a: float, p_b: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """How many users each version needs, so that the test finds the difference often enough.

    Args:
        p_a: the share of successes that is expected of the first version, in (0, 1).
        p_b: the share that is worth finding in the second, another one, in (0, 1).
        alpha: how often a difference may be claimed where there is none, in (0, 1), two-sided.
        power: how often this difference is to be found, in (0, 1).

    Returns:
        Users per version.

    Raises:
        ValueError: shares, alpha or power outside (0, 1), or equal shares.

    Equation: :eq:`eq-ab-sample-size`.
    Section: :ref:`sec-ab-test`.

    Source: Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions, section 4.2.

    Example:
        >>> ab_sample_size(0.05, 0.055)
        31234

    In production: statsmodels.stats.power.NormalIndPower().solve_power.
    """
    for name, value in (("p_a", p_a), ("p_b", p_b), ("alpha", alpha), ("power", power)):
        if not 0 < value < 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {value}")
    if p_a == p_b:
        raise ValueError(f"no number of users tells {p_a} from itself")
    mean = (p_a + p_b) / 2
    without = NormalDist().inv_cdf(1 - alpha / 2) * math.sqrt(2 * mean * (1 - mean))
    within = NormalDist().inv_cdf(power) * math.sqrt(p_a * (1 - p_a) + p_b * (1 - p_b))
    return math.ceil(((without + within) / (p_a - p_b)) ** 2)
