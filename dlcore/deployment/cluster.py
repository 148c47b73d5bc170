"""A small model of a cluster: what becomes of a training step on 1, 2, 8 or 1,000 workers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from scipy.optimize import nnls

from dlcore.deployment.critical_batch import require_positive, steps_to_target
from dlcore.optim import scale_learning_rate


def all_reduce_bytes(size: float, workers: int) -> float:
    r"""What each of P workers in a ring sends to add up a tensor, $2 \frac{P - 1}{P}$ of its size.

    Args:
        size: of the tensor, in bytes.
        workers: how many there are, P.

    Returns:
        Bytes sent by each worker, and received by each.

    Raises:
        ValueError: a negative size, or fewer than one worker.

    Equation: :eq:`eq-all-reduce-volume`
    Section: :ref:`sec-cluster-model`
    Source: Patarasuk, Yuan (2009), Bandwidth optimal all-reduce algorithms for clusters of
        workstations, Journal of Parallel and Distributed Computing,
        doi:10.1016/j.jpdc.2008.09.002.

    Example:
        >>> [all_reduce_bytes(1000, workers) for workers in (1, 2, 1000)]
        [0.0, 1000.0, 1998.0]

    In production: the counters of the network cards.
    """
    require_positive(workers=workers)
    if not 0 <= size < math.inf:
        raise ValueError(f"size must be finite and not negative, got {size}")
    return 2 * (workers - 1) / workers * size


@dataclass(frozen=True)
class Cluster:
    r"""Equal workers in a ring.

    Args:
        latency: of one message between neighbours, in seconds.
        bandwidth: between neighbours, in bytes a second.
        flops: operations that a worker makes in a second of this work, not its data sheet's.
        overhead: seconds that each step takes however small it is.

    Raises:
        ValueError: a number that is not positive; latency and overhead may be 0.

    Equation: :eq:`eq-all-reduce-time`
    Section: :ref:`sec-cluster-model`
    Source: Thakur, Rabenseifner, Gropp (2005), Optimization of collective communication operations
        in MPICH, International Journal of High Performance Computing Applications,
        doi:10.1177/1094342005051521.

    Example:
        >>> cluster = Cluster(latency=1e-5, bandwidth=1e10, flops=1e14)
        >>> round(cluster.all_reduce_seconds(4e9, workers=8), 3)
        0.7

    In production: measurements, such as those of NVIDIA's nccl-tests.
    """

    latency: float
    bandwidth: float
    flops: float
    overhead: float = 0.0

    def __post_init__(self) -> None:
        require_positive(bandwidth=self.bandwidth, flops=self.flops)
        for name in ("latency", "overhead"):
            if not 0 <= getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be finite and at least 0 seconds")

    def all_reduce_seconds(self, size: float, workers: int) -> float:
        """How long it takes to add up a tensor of so many bytes over so many workers."""
        messages = 2 * (workers - 1)
        return messages * self.latency + all_reduce_bytes(size, workers) / self.bandwidth


def fit_link(sizes: Sequence[float], seconds: Sequence[float], workers: int) -> tuple[float, float]:
    r"""Latency and bandwidth from measured all-reduces, by least squares of relative errors.

    Args:
        sizes: of the tensors, in bytes; at least two different ones.
        seconds: what each took.
        workers: how many there were, at least 2.

    Returns:
        Latency in seconds, and bandwidth in bytes a second: infinite if size did not matter.

    Raises:
        ValueError: too few measurements, lists of different lengths, times that are not positive,
            or fewer than two workers.

    Equation: :eq:`eq-all-reduce-time`
    Section: :ref:`sec-cluster-model`
    Source: Hockney (1994), The communication challenge for MPP, Parallel Computing,
        doi:10.1016/S0167-8191(06)80021-9.

    Example:
        >>> there = Cluster(latency=0.001, bandwidth=1e6, flops=1.0)
        >>> sizes = [1e3, 1e5, 1e6]
        >>> seconds = [there.all_reduce_seconds(size, 4) for size in sizes]
        >>> latency, bandwidth = fit_link(sizes, seconds, 4)
        >>> round(latency, 6), round(bandwidth)
        (0.001, 1000000)

    In production: scipy.optimize.nnls, as here.
    """
    if len(sizes) != len(seconds) or len(set(sizes)) < 2:
        raise ValueError(
            f"two different sizes or more are needed, and a time for each, got {len(sizes)} sizes "
            f"and {len(seconds)} times"
        )
    if workers < 2:
        raise ValueError(f"a message needs two workers, got {workers}")
    require_positive(**{f"seconds[{i}]": value for i, value in enumerate(seconds)})
    times = torch.tensor(seconds, dtype=torch.float64)
    volumes = [all_reduce_bytes(size, workers) for size in sizes]
    unit = max(volumes)
    A = torch.tensor([[2 * (workers - 1), volume / unit] for volume in volumes]) / times[:, None]
    (latency, per_unit), _ = nnls(A.double().numpy(), torch.ones(len(times)).numpy())
    return float(latency), float(unit / per_unit) if per_unit > 0 else math.inf


class StepTime(NamedTuple):
    """What a training step takes, in seconds.

    Attributes:
        compute: forward and backward on the worker's share, and what every step costs.
        communication: adding up the gradients.
        total: both, without the part of the communication that computing hides.
    """

    compute: float
    communication: float
    total: float


@dataclass(frozen=True)
class Workload:
    """What is trained.

    Args:
        parameters: how many there are; each has a gradient that all workers add up.
        flops_per_example: operations of forward and backward; about 6 a parameter (and token).
        bytes_per_parameter: of a gradient as it is sent.
        overlap: the part of the computing time during which gradients can already travel: less
            than 2/3, since they come up in the backward pass.

    Raises:
        ValueError: a number that is not positive, or an overlap outside 0 to 1.

    Section: :ref:`sec-cluster-model`
    Source: Kaplan et al. (2020), Scaling laws for neural language models, arXiv:2001.08361,
        section 2.1.

    Example:
        >>> Workload(parameters=1e9, flops_per_example=6e9 * 2048).gradient_bytes
        4000000000.0

    In production: torch.utils.flop_counter.FlopCounterMode counts.
    """

    parameters: float
    flops_per_example: float
    bytes_per_parameter: float = 4.0
    overlap: float = 0.0

    def __post_init__(self) -> None:
        require_positive(
            parameters=self.parameters,
            flops_per_example=self.flops_per_example,
            bytes_per_parameter=self.bytes_per_parameter,
        )
        if not 0 <= self.overlap <= 1:
            raise ValueError(f"overlap must be in 0 to 1, got {self.overlap}")

    @property
    def gradient_bytes(self) -> float:
        """What all workers add up in each step."""
        return self.parameters * self.bytes_per_parameter


def step_seconds(workload: Workload, cluster: Cluster, workers: int, batch_size: float) -> StepTime:
    r"""What a step takes when P workers share a minibatch.

    Args:
        workload: what is trained.
        cluster: where.
        workers: how many, P.
        batch_size: examples in a minibatch, B, over all workers.

    Returns:
        Computing, communication and total, in seconds.

    Raises:
        ValueError: fewer than one worker, or an empty minibatch.

    Equation: :eq:`eq-step-time`
    Section: :ref:`sec-cluster-model`
    Source: Ben-Nun, Hoefler (2019), Demystifying parallel and distributed deep learning,
        arXiv:1802.09941, section 2.5.

    Example:
        >>> workload = Workload(parameters=1e6, flops_per_example=1e8)
        >>> cluster = Cluster(latency=0.0, bandwidth=1e9, flops=1e10)
        >>> time = step_seconds(workload, cluster, workers=2, batch_size=20)
        >>> [round(seconds, 3) for seconds in time]
        [0.1, 0.004, 0.104]

    In production: torch.profiler measures.
    """
    require_positive(workers=workers, batch_size=batch_size)
    share = batch_size / workers
    compute = cluster.overhead + share * workload.flops_per_example / cluster.flops
    communication = cluster.all_reduce_seconds(workload.gradient_bytes, workers)
    shown = max(0.0, communication - workload.overlap * compute)
    return StepTime(compute, communication, compute + shown)


class ScalingRow(NamedTuple):
    """Training on so many workers.

    Attributes:
        workers: how many, P.
        batch_size: examples in a minibatch over all of them, B.
        lr: learning rate for that batch.
        bytes_sent: by each worker in each step.
        compute: seconds of a step, as `StepTime` has them.
        communication: likewise.
        step: likewise, in all.
        examples_per_second: of all workers.
        efficiency: of a worker, beside one that is alone.
        steps: to the target; NaN if nothing was said about it.
        hours: to the target, likewise.
    """

    workers: int
    batch_size: float
    lr: float
    bytes_sent: float
    compute: float
    communication: float
    step: float
    examples_per_second: float
    efficiency: float
    steps: float
    hours: float


def scaling_table(
    workload: Workload,
    cluster: Cluster,
    *,
    batch_size: int,
    lr: float,
    workers: Sequence[int] = (1, 2, 8, 1000),
    mode: Literal["weak", "strong"] = "weak",
    min_steps: float = math.nan,
    critical_batch: float = math.nan,
) -> list[ScalingRow]:
    """What changes with the number of workers: batch, learning rate, traffic, time.

    Args:
        workload: what is trained.
        cluster: where.
        batch_size: for each worker ("weak"), or for all together ("strong").
        lr: learning rate of one worker alone; it grows in proportion to the batch over all.
        workers: numbers of workers.
        mode: whether the minibatch grows with the workers ("weak") or is cut up ("strong").
        min_steps: steps to the target with a batch of any size.
        critical_batch: the batch with which twice as many are needed.

    Returns:
        A row for each number of workers.

    Raises:
        ValueError: an unknown mode, or numbers that are not positive.

    Equation: :eq:`eq-step-time`
    Section: :ref:`sec-cluster-model`
    Source: Goyal, Dollár, Girshick, Noordhuis, Wesolowski, Kyrola, Tulloch, Jia, He (2017),
        Accurate, large minibatch SGD: training ImageNet in 1 hour, arXiv:1706.02677.

    Example:
        >>> workload = Workload(parameters=1e6, flops_per_example=1e8)
        >>> cluster = Cluster(latency=1e-4, bandwidth=1e9, flops=1e12)
        >>> for row in scaling_table(workload, cluster, batch_size=32, lr=0.25):
        ...     print(row.workers, row.batch_size, row.lr, f"{row.efficiency:.2f}")
        1 32 0.25 1.00
        2 64 0.5 0.43
        8 256 2.0 0.28
        1000 32000 250.0 0.02

    In production: measurements on a few workers first.
    """
    if mode not in ("weak", "strong"):
        raise ValueError(f"mode must be 'weak' or 'strong', got {mode!r}")
    require_positive(batch_size=batch_size)
    alone = batch_size / step_seconds(workload, cluster, 1, batch_size).total
    rows = []
    for P in workers:
        B = batch_size * P if mode == "weak" else batch_size
        time = step_seconds(workload, cluster, P, B)
        speed = B / time.total
        steps = math.nan
        if not math.isnan(min_steps + critical_batch):
            steps = steps_to_target(B, min_steps=min_steps, critical_batch=critical_batch)
        rows.append(
            ScalingRow(
                workers=P,
                batch_size=B,
                lr=scale_learning_rate(lr, batch_size=B, base_batch_size=batch_size),
                bytes_sent=all_reduce_bytes(workload.gradient_bytes, P),
                compute=time.compute,
                communication=time.communication,
                step=time.total,
                examples_per_second=speed,
                efficiency=speed / (P * alone),
                steps=steps,
                hours=steps * time.total / 3600,
            )
        )
    return rows
