"""Tails of latencies: NumPy's percentiles, exact probabilities, queues in closed form."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from dlcore.deployment import (
    LRUCache,
    Served,
    fanout_tail,
    latency_percentile,
    measure_latency,
    poisson_arrivals,
    queue_quantile,
    simulate_serving,
)


@pytest.mark.reference("numpy.percentile", of="dlcore.deployment.latency_percentile")
@pytest.mark.parametrize("percent", [0, 37.5, 50, 99, 100])
def test_percentiles(percent, generator):
    seconds = torch.rand(101, generator=generator)
    wanted = np.percentile(seconds.double().numpy(), percent)
    assert latency_percentile(seconds, percent) == pytest.approx(wanted)


@pytest.mark.reference("scipy.stats.binom.sf", of="dlcore.deployment.fanout_tail")
@pytest.mark.parametrize("p", [0.0, 1e-12, 0.01, 0.5, 1.0])
def test_one_slow_call_of_many(p):
    for calls in (1, 10, 100):
        assert fanout_tail(p, calls) == pytest.approx(stats.binom.sf(0, calls, p))


@pytest.mark.reference("scipy.stats.expon.ppf", of="dlcore.deployment.queue_quantile")
def test_quantiles_of_a_queue():
    for q in (0.0, 0.5, 0.95, 0.99):
        assert queue_quantile(q, 70, 100) == pytest.approx(stats.expon.ppf(q, scale=1 / 30))


@pytest.mark.reference("calls counted", of="dlcore.deployment.measure_latency")
def test_measured_calls():
    calls = []
    seconds = measure_latency(lambda: calls.append(None), repeats=5, warmup=2)
    assert (len(calls), len(seconds)) == (7, 5)
    assert (seconds >= 0).all()


@pytest.mark.reference("scipy.stats.kstest", of="dlcore.deployment.poisson_arrivals")
def test_arrivals_are_independent(generator):
    gaps = poisson_arrivals(50.0, 4000, generator=generator).diff()
    assert stats.kstest(gaps, stats.expon(scale=1 / 50).cdf).pvalue > 0.01
    assert abs(stats.pearsonr(gaps[1:], gaps[:-1]).statistic) < 0.06


@pytest.mark.reference("M/M/1 in closed form", of="dlcore.deployment.simulate_serving")
def test_a_queue_with_random_times(generator):
    arrivals = poisson_arrivals(60.0, 60_000, generator=generator)
    times = iter((torch.empty(60_000).exponential_(100.0, generator=generator)).tolist())
    served = simulate_serving(arrivals, lambda size: next(times))
    assert served.utilization == pytest.approx(0.6, rel=0.03)
    assert served.latency.mean().item() == pytest.approx(1 / 40, rel=0.06)
    for percent in (50, 95, 99):
        exact = queue_quantile(percent / 100, 60, 100)
        assert latency_percentile(served.latency, percent) == pytest.approx(exact, rel=0.1)


def test_a_queue_with_equal_times(generator):
    arrivals = poisson_arrivals(60.0, 30_000, generator=generator)
    served = simulate_serving(arrivals, lambda size: 0.01)
    pollaczek_khinchine = 0.6 / (2 * 100 * (1 - 0.6))
    assert served.waiting.mean().item() == pytest.approx(pollaczek_khinchine, rel=0.06)


@pytest.mark.reference("by hand", of="dlcore.deployment.Served")
def test_batches_by_hand():
    arrivals = torch.tensor([0.0, 0.5, 1.0, 5.0, 5.25, 9.0])
    served = simulate_serving(arrivals, lambda size: 1.0 + size, max_batch=2, max_wait=0.75)
    # 0 and 0.5 are full at 0.5, end 3.5; 1.0 has waited enough, ends 5.5; 5 and 5.25 end 8.5
    assert isinstance(served, Served)
    assert served.batch_sizes.tolist() == [2, 1, 2, 1]
    assert served.latency.tolist() == pytest.approx([3.5, 3.0, 4.5, 3.5, 3.25, 2.75])
    assert served.waiting.tolist() == pytest.approx([0.5, 0.0, 2.5, 0.5, 0.25, 0.75])
    assert served.utilization == pytest.approx(10 / 11.75)


@pytest.mark.reference("functools.lru_cache", of="dlcore.deployment.LRUCache")
@pytest.mark.parametrize("capacity", [1, 3, 8])
def test_a_cache_hits_when_pythons_does(capacity, generator):
    from functools import lru_cache

    theirs = lru_cache(capacity)(lambda key: key)
    cache = LRUCache(capacity)
    assert cache.hit_rate == 0
    for key in torch.randint(0, 10, (500,), generator=generator).tolist():
        theirs(key)
        if cache.get(key) is None:
            cache.put(key, str(key))
        assert cache.get(key) == str(key)
        cache.hits -= 1
    info = theirs.cache_info()
    assert (cache.hits, cache.misses, len(cache)) == (info.hits, info.misses, info.currsize)
    assert cache.hit_rate == pytest.approx(info.hits / 500)


def test_looking_into_a_cache_changes_nothing():
    cache = LRUCache(2)
    cache.put("a", None)
    cache.put("b", 2)
    assert "a" in cache
    assert cache.get("c", "?") == "?"
    cache.put("c", 3)
    assert "a" not in cache
    cache.put("b", 5)
    cache.put("d", 4)
    assert cache.get("b") == 5
    assert "c" not in cache


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: latency_percentile(torch.zeros(0), 50), "there are no requests"),
        (lambda: latency_percentile(torch.ones(1), 101), "percent must be in 0 to 100, got 101"),
        (lambda: fanout_tail(1.5, 2), "p must be in 0 to 1 and calls at least 1"),
        (lambda: queue_quantile(1, 1, 2), "q must be at least 0 and below 1, got 1"),
        (lambda: queue_quantile(0.5, 2, 2), "more slowly than they are served"),
        (lambda: measure_latency(len, repeats=0), "repeats must be at least 1"),
        (lambda: poisson_arrivals(0, 1), "rate must be positive"),
        (lambda: simulate_serving(torch.tensor([2.0, 1.0]), float), "arrivals must ascend"),
        (lambda: simulate_serving(torch.ones(1), float, max_batch=0), "max_batch must be"),
        (lambda: simulate_serving(torch.ones(1), float, max_wait=math.nan), "max_wait 0"),
        (lambda: simulate_serving(torch.ones(1), lambda size: -1.0), "took -1.0 seconds"),
        (lambda: LRUCache(0), "capacity must be at least 1, got 0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
