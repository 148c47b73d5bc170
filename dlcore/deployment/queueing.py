"""Requests that wait for a server, one by one or in small batches, without a clock."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class Served(NamedTuple):
    """What became of the requests.

    Attributes:
        waiting: seconds from arrival to the start of the batch, shape (n,).
        latency: seconds from arrival to the end of the batch, shape (n,).
        batch_sizes: of each batch, in their order.
        utilization: the part of the time in which the server was busy.
    """

    waiting: Float[Tensor, " n"]
    latency: Float[Tensor, " n"]
    batch_sizes: Int[Tensor, " batches"]
    utilization: float


def poisson_arrivals(
    rate: float, n: int, *, generator: torch.Generator | None = None
) -> Float[Tensor, " n"]:
    """Times of requests that come independently of each other.

    Args:
        rate: requests a second.
        n: how many.
        generator: source of the times; by default torch's global one.

    Returns:
        Seconds from the beginning, ascending, in float64.

    Raises:
        ValueError: a rate that is not positive, or no requests.

    Section: :ref:`sec-tail-latency`
    Source: Kleinrock (1975), Queueing systems, volume 1, section 2.4.

    Example:
        >>> poisson_arrivals(100.0, 3).shape
        torch.Size([3])

    In production: a load generator with open arrivals.
    """
    if not rate > 0 or n < 1:
        raise ValueError(f"rate must be positive and n at least 1, got {rate} and {n}")
    gaps = torch.empty(n, dtype=torch.float64).exponential_(rate, generator=generator)
    return gaps.cumsum(0)


def simulate_serving(
    arrivals: Float[Tensor, " n"],
    service: Callable[[int], float],
    *,
    max_batch: int = 1,
    max_wait: float = 0.0,
) -> Served:
    """Let one server work through requests, first come, first served.

    It begins a batch when it is free and either `max_batch` requests wait, or the first of them has
    waited for `max_wait`.

    Args:
        arrivals: seconds, ascending, shape (n,).
        service: seconds that a batch of so many requests takes.
        max_batch: the most requests in a batch.
        max_wait: seconds that a request may wait for others while the server is free.

    Returns:
        Waiting times, latencies, batch sizes and utilization.

    Raises:
        ValueError: no arrivals, times that do not ascend, max_batch below 1, or a negative wait or
            service time.

    Section: :ref:`sec-serving`
    Source: Crankshaw, Wang, Zhou, Franklin, Gonzalez, Stoica (2017), Clipper: a low-latency online
        prediction serving system, arXiv:1612.03079, section 4.3.

    Example:
        >>> arrivals = torch.tensor([0.0, 1.0, 1.5, 2.0])
        >>> simulate_serving(arrivals, lambda size: 2.0).latency
        tensor([2.0000, 3.0000, 4.5000, 6.0000], dtype=torch.float64)
        >>> simulate_serving(arrivals, lambda size: 2.0, max_batch=4).latency
        tensor([2.0000, 3.0000, 2.5000, 2.0000], dtype=torch.float64)

    In production: a load test of the real server.
    """
    times = arrivals.double().tolist()
    if not times or times != sorted(times):
        raise ValueError("arrivals must ascend, and there must be one")
    if max_batch < 1 or not max_wait >= 0:
        raise ValueError(
            f"max_batch must be at least 1 and max_wait 0, got {max_batch}, {max_wait}"
        )
    begins, ends, batch_sizes = [], [], []
    free, busy, first = 0.0, 0.0, 0
    while first < len(times):
        full = times[first + max_batch - 1] if first + max_batch <= len(times) else float("inf")
        begin = max(free, min(times[first] + max_wait, full))
        last = first
        while last < min(first + max_batch, len(times)) and times[last] <= begin:
            last += 1
        seconds = service(last - first)
        if not seconds >= 0:
            raise ValueError(f"a batch of {last - first} took {seconds} seconds")
        free, busy = begin + seconds, busy + seconds
        begins += [begin] * (last - first)
        ends += [free] * (last - first)
        batch_sizes.append(last - first)
        first = last
    arrived = arrivals.double()
    return Served(
        torch.tensor(begins, dtype=torch.float64) - arrived,
        torch.tensor(ends, dtype=torch.float64) - arrived,
        torch.tensor(batch_sizes),
        busy / free if free > 0 else 0.0,
    )
