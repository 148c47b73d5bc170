"""How long requests take: measured, and the tails that a mean does not show."""

import math
import time
from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor


def measure_latency(
    call: Callable[[], Any], *, repeats: int = 200, warmup: int = 10
) -> Float[Tensor, " repeats"]:
    """Seconds that each of many calls took, one after the other.

    Args:
        call: what to measure; it must return only when the work is done.
        repeats: measured calls.
        warmup: calls before, not measured.

    Returns:
        Seconds in float64, in the order of the calls.

    Raises:
        ValueError: no repeats, or a negative warmup.

    Section: :ref:`sec-tail-latency`
    Source: the definition.

    Example:
        >>> measure_latency(lambda: None, repeats=3).shape
        torch.Size([3])

    In production: torch.utils.benchmark.Timer.
    """
    if repeats < 1 or warmup < 0:
        raise ValueError(f"repeats must be at least 1, warmup at least 0, got {repeats}, {warmup}")
    for _ in range(warmup):
        call()
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begin)
    return torch.tensor(seconds, dtype=torch.float64)


def latency_percentile(seconds: Float[Tensor, " n"], percent: float) -> float:
    """The latency that so many percent of the requests do not exceed.

    Args:
        seconds: of each request, shape (n,).
        percent: 50 for the median, 99 for p99.

    Returns:
        Seconds, by a straight line between the two nearest requests.

    Raises:
        ValueError: no requests, or a percentage outside 0 to 100.

    Section: :ref:`sec-tail-latency`
    Source: Dean, Barroso (2013), The tail at scale, doi:10.1145/2408776.2408794.

    Example:
        >>> seconds = torch.tensor([1.0] * 95 + [10.0] * 5)
        >>> [round(latency_percentile(seconds, q), 2) for q in (50, 94, 99)]
        [1.0, 1.0, 10.0]

    In production: numpy.percentile, or a histogram that is kept as requests come.
    """
    if seconds.numel() == 0:
        raise ValueError("there are no requests")
    if not 0 <= percent <= 100:
        raise ValueError(f"percent must be in 0 to 100, got {percent}")
    return torch.quantile(seconds.double(), percent / 100).item()


def fanout_tail(p: float, calls: int) -> float:
    r"""How probably a request is slow that waits for k calls, $1 - (1 - p)^k$.

    Args:
        p: the probability that a single call is slow.
        calls: how many run side by side, k.

    Returns:
        The probability that at least one is slow.

    Raises:
        ValueError: p is no probability, or there are no calls.

    Equation: :eq:`eq-fan-out`
    Section: :ref:`sec-tail-latency`
    Source: Dean, Barroso (2013), The tail at scale, doi:10.1145/2408776.2408794.

    Example:
        >>> round(fanout_tail(0.01, 100), 3)
        0.634

    In production: measure the tail of whole requests.
    """
    if not 0 <= p <= 1 or calls < 1:
        raise ValueError(f"p must be in 0 to 1 and calls at least 1, got {p} and {calls}")
    return 1.0 if p == 1 else -math.expm1(calls * math.log1p(-p))


def queue_quantile(q: float, arrival_rate: float, service_rate: float) -> float:
    r"""A quantile of the latency in an M/M/1 queue, $-\ln(1 - q) / (\mu - \lambda)$.

    Requests come at random and independently, and are served one after the other in times that are
    exponentially distributed. Waiting is included.

    Args:
        q: 0.99 for p99.
        arrival_rate: requests a second, lambda.
        service_rate: requests that a busy server finishes in a second, mu.

    Returns:
        Seconds.

    Raises:
        ValueError: not 0 <= q < 1, or not 0 < lambda < mu: the queue would grow without end.

    Equation: :eq:`eq-queue-quantile`
    Section: :ref:`sec-tail-latency`
    Source: Kleinrock (1975), Queueing systems, volume 1, section 3.2.

    Example:
        >>> round(queue_quantile(0.99, arrival_rate=90, service_rate=100), 3)
        0.461

    In production: a load test.
    """
    if not 0 <= q < 1:
        raise ValueError(f"q must be at least 0 and below 1, got {q}")
    if not 0 < arrival_rate < service_rate < math.inf:
        raise ValueError(
            f"requests must come more slowly than they are served, got {arrival_rate} and "
            f"{service_rate} a second"
        )
    return -math.log1p(-q) / (service_rate - arrival_rate)
