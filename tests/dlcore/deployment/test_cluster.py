"""The model of a cluster: volumes by counting, times by simulation, limits in closed form."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import least_squares

from dlcore.deployment import (
    Cluster,
    ScalingRow,
    StepTime,
    Workload,
    all_reduce_bytes,
    fit_link,
    scaling_table,
    simple_noise_scale,
    step_seconds,
    steps_to_target,
)

CLUSTER = Cluster(latency=2e-5, bandwidth=5e9, flops=3e13, overhead=1e-3)
WORKLOAD = Workload(parameters=2.5e7, flops_per_example=2.4e10)


def messages_of_a_ring(size, workers):
    """The bytes of each message that a worker sends, chunk by chunk."""
    chunk = size / workers
    return [chunk for _ in range(workers - 1)] + [chunk for _ in range(workers - 1)]


@pytest.mark.reference("sum of the messages", of="dlcore.deployment.all_reduce_bytes")
@pytest.mark.reference("message after message", of="dlcore.deployment.Cluster")
@pytest.mark.parametrize("workers", [1, 2, 7, 1000])
def test_volume_and_time_are_those_of_the_messages(workers):
    size = 1e8
    messages = messages_of_a_ring(size, workers)
    assert all_reduce_bytes(size, workers) == pytest.approx(sum(messages))
    seconds = sum(CLUSTER.latency + message / CLUSTER.bandwidth for message in messages)
    assert CLUSTER.all_reduce_seconds(size, workers) == pytest.approx(seconds)


@pytest.mark.reference("scipy.optimize.least_squares", of="dlcore.deployment.fit_link")
def test_a_link_from_noisy_times():
    generator = np.random.default_rng(0)
    sizes = np.geomspace(1e3, 1e8, 12)
    clean = np.array([CLUSTER.all_reduce_seconds(size, 4) for size in sizes])
    seconds = clean * generator.normal(1, 0.05, 12)

    def relative_errors(logs):
        latency, bandwidth = np.exp(logs)
        return (6 * latency + 1.5 * sizes / bandwidth) / seconds - 1

    wanted = np.exp(least_squares(relative_errors, [-10, 20], xtol=1e-14, ftol=1e-14).x)
    latency, bandwidth = fit_link(sizes.tolist(), seconds.tolist(), 4)
    assert latency == pytest.approx(wanted[0], rel=1e-4)
    assert bandwidth == pytest.approx(wanted[1], rel=1e-4)


def test_a_link_on_which_size_does_not_matter():
    latency, bandwidth = fit_link([1e3, 1e4], [0.02, 0.02], 2)
    assert latency == pytest.approx(0.01)
    assert bandwidth > 1e12


@pytest.mark.reference("nothing and all overlapped", of="dlcore.deployment.step_seconds")
@pytest.mark.reference("typing.NamedTuple", of="dlcore.deployment.StepTime")
@pytest.mark.reference("product", of="dlcore.deployment.Workload")
def test_communication_hides_behind_computing():
    assert WORKLOAD.gradient_bytes == 1e8
    shown = step_seconds(WORKLOAD, CLUSTER, 8, 256)
    assert isinstance(shown, StepTime)
    assert shown.compute == pytest.approx(1e-3 + 32 * 2.4e10 / 3e13)
    assert shown.total == pytest.approx(shown.compute + shown.communication)
    for overlap in (0.3, 1.0):
        workload = Workload(2.5e7, 2.4e10, overlap=overlap)
        hidden = step_seconds(workload, CLUSTER, 8, 256)
        least = max(shown.compute, shown.total - overlap * shown.compute)
        assert hidden.total == pytest.approx(least)
    assert step_seconds(WORKLOAD, CLUSTER, 1, 256).communication == 0


@pytest.mark.reference("closed form", of="dlcore.deployment.scaling_table")
@pytest.mark.reference("typing.NamedTuple", of="dlcore.deployment.ScalingRow")
def test_weak_and_strong_scaling():
    weak = scaling_table(
        WORKLOAD, CLUSTER, batch_size=32, lr=0.1, min_steps=1000, critical_batch=4096
    )
    strong = scaling_table(WORKLOAD, CLUSTER, batch_size=256, lr=0.1, mode="strong")
    assert all(isinstance(row, ScalingRow) for row in weak + strong)
    assert [row.batch_size for row in weak] == [32, 64, 256, 32_000]
    assert [row.lr for row in weak] == pytest.approx([0.1, 0.2, 0.8, 100])
    assert [row.batch_size for row in strong] == 4 * [256]
    assert [row.lr for row in strong] == 4 * [0.1]
    for rows in (weak, strong):
        assert rows[0].efficiency == 1
        assert [row.efficiency for row in rows] == sorted(
            (r.efficiency for r in rows), reverse=True
        )
        for row in rows:
            time = step_seconds(WORKLOAD, CLUSTER, row.workers, row.batch_size).total
            assert row.examples_per_second == pytest.approx(row.batch_size / time)
            assert row.bytes_sent == all_reduce_bytes(1e8, row.workers)
    assert weak[2].efficiency == pytest.approx(weak[0].step / weak[2].step)
    assert strong[2].efficiency == pytest.approx(strong[0].step / (8 * strong[2].step))
    assert weak[3].steps == pytest.approx(1000 * (1 + 4096 / 32_000))
    assert weak[3].hours == pytest.approx(weak[3].steps * weak[3].step / 3600)
    assert math.isnan(strong[3].hours)


@pytest.mark.reference("closed form", of="dlcore.deployment.steps_to_target")
def test_steps_and_examples_trade_on_a_hyperbola():
    for B in (1, 50, 200, 10_000):
        S = steps_to_target(B, min_steps=300, critical_batch=200)
        assert pytest.approx(1) == (S / 300 - 1) * (S * B / (300 * 200) - 1)


@pytest.mark.reference("trace of a covariance", of="dlcore.deployment.simple_noise_scale")
def test_noise_scale_from_two_batch_sizes(generator):
    G = torch.tensor([3.0, -1.0, 2.0], dtype=torch.float64)
    spread = torch.tensor([1.0, 2.0, 5.0], dtype=torch.float64)
    gradients = G + spread * torch.randn(40_000, 16, 3, dtype=torch.float64, generator=generator)
    small = gradients[:, :2].mean(1).square().sum(1).mean()
    big = gradients.mean(1).square().sum(1).mean()
    found = simple_noise_scale(small, big, batch_small=2, batch_big=16)
    assert found == pytest.approx(30 / 14, rel=0.05)
    assert simple_noise_scale(4.0, 1.0, batch_small=1, batch_big=4) == math.inf


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: all_reduce_bytes(8, 0), "workers must be positive and finite, got 0"),
        (lambda: all_reduce_bytes(-1, 2), "size must be finite and not negative"),
        (lambda: Cluster(0, 0, 1), "bandwidth must be positive"),
        (lambda: Cluster(-1, 1, 1), "latency must be finite and at least 0"),
        (lambda: Workload(1, 1, overlap=1.5), "overlap must be in 0 to 1, got 1.5"),
        (lambda: Workload(0, 1), "parameters must be positive"),
        (lambda: fit_link([1, 1], [1, 1], 2), "two different sizes"),
        (lambda: fit_link([1, 2], [1], 2), "2 sizes and 1 times"),
        (lambda: fit_link([1, 2], [1, 2], 1), "needs two workers, got 1"),
        (lambda: fit_link([1, 2], [1, 0], 2), r"seconds\[1\] must be positive"),
        (lambda: step_seconds(WORKLOAD, CLUSTER, 2, 0), "batch_size must be positive"),
        (lambda: steps_to_target(1, min_steps=0, critical_batch=1), "min_steps must be"),
        (lambda: simple_noise_scale(1, 1, batch_small=4, batch_big=4), "batches must grow"),
        (
            lambda: scaling_table(WORKLOAD, CLUSTER, batch_size=1, lr=1, mode="none"),
            "mode must be 'weak' or 'strong', got 'none'",
        ),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
