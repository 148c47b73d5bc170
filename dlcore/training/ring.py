"""A sum over workers that stand in a ring."""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor


def ring_all_reduce(x: Tensor, group: Any = None) -> int:
    r"""Add a tensor up over all workers, in place, by messages between neighbours in a ring.

    The tensor is cut into P chunks. In P - 1 turns each worker passes one chunk to its right
    neighbour, which adds it to its own: then every worker holds one finished chunk. In P - 1 more
    turns these go round the ring. Each worker sends $2 (P - 1) / P$ times the tensor, hardly more
    for 1,000 workers than for 8.

    Args:
        x: of the same shape and dtype on every worker, contiguous, on the CPU.
        group: the workers; by default all that `process_group` joined.

    Returns:
        The bytes that this worker sent.

    Raises:
        ValueError: x is not contiguous.

    Equation: :eq:`eq-all-reduce-volume`
    Section: :ref:`sec-cluster-model`
    Source: Patarasuk, Yuan (2009), Bandwidth optimal all-reduce algorithms for clusters of
        workstations, Journal of Parallel and Distributed Computing,
        doi:10.1016/j.jpdc.2008.09.002.

    Example:
        >>> from datetime import timedelta
        >>> minute = timedelta(minutes=1)
        >>> alone = dist.ProcessGroupGloo(dist.HashStore(), 0, 1, minute)
        >>> ring_all_reduce(torch.ones(3), alone)
        0

    In production: torch.distributed.all_reduce.
    """
    if not x.is_contiguous():
        raise ValueError(f"x must be contiguous, got strides {x.stride()} for {tuple(x.shape)}")
    group = group or dist.group.WORLD
    rank, size = group.rank(), group.size()
    chunks = x.view(-1).tensor_split(size)
    sent = 0
    for turn in range(2 * (size - 1)):
        out, into = chunks[(rank - turn) % size], chunks[(rank - turn - 1) % size]
        received = torch.empty_like(into)
        sending = group.send([out], (rank + 1) % size, turn)
        group.recv([received], (rank - 1) % size, turn).wait()
        sending.wait()
        into.copy_(into + received if turn < size - 1 else received)
        sent += out.nbytes
    return sent
