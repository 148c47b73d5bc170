"""Tests of drift against SciPy; false alarms counted; stability indices by relative entropy."""

import itertools
import math
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import kolmogorov

from dlcore import evaluation
from tests.parity import assert_close


def samples(n, m, levels, seed):
    generator = torch.Generator().manual_seed(seed)
    a = torch.randint(0, levels, (n,), generator=generator)
    b = torch.randint(0, levels, (m,), generator=generator) + levels // 7
    return a, b


SIZES = {"n": st.integers(1, 40), "m": st.integers(1, 40), "seed": st.integers(0, 999)}


@pytest.mark.reference("scipy.stats.ks_2samp", of="dlcore.evaluation.KSTest")
@pytest.mark.reference("scipy.stats.ks_2samp", of="dlcore.evaluation.ks_statistic")
@pytest.mark.reference("scipy.stats.ks_2samp", of="dlcore.evaluation.ks_2samp")
@settings(max_examples=30)
@given(levels=st.sampled_from([2, 30, 10_000]), **SIZES)
def test_as_scipy(n, m, levels, seed):
    a, b = samples(n, m, levels, seed)
    ours = evaluation.ks_2samp(a, b)
    with warnings.catch_warnings(record=True) as failures:  # SciPy fails at some ties
        expected = stats.ks_2samp(a, b, method="exact")
    assert_close(ours.statistic, expected.statistic)
    if not failures:
        assert_close(ours.p_value, expected.pvalue, atol=1e-10)
    assert_close(evaluation.ks_statistic(b, a), expected.statistic)


@pytest.mark.parametrize(("n", "m", "shift"), [(60, 50, 40), (1000, 800, 0), (1000, 800, 150)])
def test_larger_samples(n, m, shift):
    a, b = torch.arange(n) * m, torch.arange(m) * n + shift * m + 1
    expected = stats.ks_2samp(a, b, method="exact").pvalue
    ours = evaluation.ks_2samp(a, b).p_value.item()
    assert 0 <= ours == pytest.approx(expected, abs=1e-10)


def test_features_are_judged_one_by_one(generator):
    a = torch.randn(30, 3, generator=generator)
    b = torch.randn(20, 3, generator=generator) + torch.tensor([0.0, 0.5, 3.0])
    for method in ("exact", "asymptotic"):
        together = evaluation.ks_2samp(a, b, method=method)
        for j in range(3):
            alone = evaluation.ks_2samp(a[:, j], b[:, j], method=method)
            assert_close(together.statistic[j], alone.statistic)
            assert_close(together.p_value[j], alone.p_value)


def test_the_limit_for_many_examples():
    n, m = 400, 300
    a = torch.arange(n, dtype=torch.float64)
    p_values, expected = [], []
    for shift in (0, 1, 5, 20, 40, 60, 100, 400):
        b = torch.arange(m, dtype=torch.float64) * (n / m) + shift + 0.25
        p_values.append(evaluation.ks_2samp(a, b, method="asymptotic").p_value.item())
        gap = stats.ks_2samp(a, b).statistic
        expected.append(kolmogorov(gap * math.sqrt(n * m / (n + m))))
    assert_close(p_values, expected)


def test_many_examples_take_the_limit(generator):
    a, b = torch.randn(2, 3000, generator=generator)
    ours = evaluation.ks_2samp(a, b)
    assert torch.equal(ours.p_value, evaluation.ks_2samp(a, b, method="asymptotic").p_value)
    assert ours.p_value.item() == pytest.approx(stats.ks_2samp(a, b).pvalue, abs=0.02)


@pytest.mark.reference("all orders of the merged sample", of="dlcore.evaluation.ks_false_alarm")
@pytest.mark.parametrize(("n", "m"), [(3, 4), (4, 4), (1, 6), (5, 2)])
def test_false_alarms_over_all_orders(n, m):
    orders = list(itertools.combinations(range(n + m), n))
    rest = [sorted(set(range(n + m)) - set(order)) for order in orders]
    gaps = np.array(
        [stats.ks_2samp(a, b, method="asymp").statistic for a, b in zip(orders, rest, strict=True)]
    )
    for threshold in (0.0, 0.2, 0.5, 0.75, 1.0):
        share = (gaps > threshold + 1e-9).mean()
        assert evaluation.ks_false_alarm(threshold, n, m) == pytest.approx(share, abs=1e-12)


def test_a_fixed_threshold_means_something_else_at_each_size():
    shares = [evaluation.ks_false_alarm(0.2, n, n) for n in (20, 50, 93, 1000)]
    assert shares == pytest.approx([0.571, 0.179, 0.041, 0.0], abs=5e-4)


@pytest.mark.reference("scipy.special.kolmogorov", of="dlcore.evaluation.ks_critical_value")
@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.1])
def test_critical_value(alpha):
    n, m = 500, 300
    gap = evaluation.ks_critical_value(n, m, alpha)
    assert kolmogorov(gap * math.sqrt(n * m / (n + m))) == pytest.approx(alpha, rel=1e-3)
    assert evaluation.ks_critical_value(4 * n, 4 * m, alpha) == pytest.approx(gap / 2)
    assert evaluation.ks_critical_value(1000, 1000) == pytest.approx(1.358 / 500**0.5, rel=1e-4)


@pytest.mark.reference("scipy.stats.entropy", of="dlcore.evaluation.population_stability_index")
@settings(max_examples=10)
@given(bins=st.integers(2, 8), smoothing=st.sampled_from([0.5, 2.0]), **SIZES)
def test_stability_index_is_relative_entropy_both_ways(n, m, bins, smoothing, seed):
    generator = torch.Generator().manual_seed(seed)
    a = torch.randn(n * bins, generator=generator, dtype=torch.float64)
    b = torch.randn(m, generator=generator, dtype=torch.float64) + 0.5
    edges = np.sort(a)[n * np.arange(1, bins) - 1]  # n values of a in each bin
    e, s = (np.bincount(np.digitize(v, edges, right=True), minlength=bins) for v in (a, b))
    assert (e == n).all()
    e, s = e + smoothing, s + smoothing
    expected = stats.entropy(e, s) + stats.entropy(s, e)
    ours = evaluation.population_stability_index(a, b, bins, smoothing=smoothing)
    assert_close(ours, expected)
    columns = evaluation.population_stability_index(
        torch.stack([a, a], 1), torch.stack([b, b * 0 + 9], 1), bins, smoothing=smoothing
    )
    assert_close(columns[0], ours)
    assert columns[1].isfinite()


def test_stability_index_of_a_shift(generator):
    a, b = torch.randn(2, 100_000, generator=generator)
    index = evaluation.population_stability_index
    assert index(a, b).item() < 0.001
    shifted = [index(a, b + d).item() for d in (0.25, 0.5, 1.0)]
    assert shifted == pytest.approx([0.060, 0.238, 0.926], rel=0.08)
    assert index(torch.zeros(50), torch.zeros(50)).item() == 0


@pytest.mark.bad_input
def test_bad_input():
    a = torch.arange(6.0)
    for measure in (
        evaluation.ks_statistic,
        evaluation.ks_2samp,
        evaluation.population_stability_index,
    ):
        for x, y in ((a, a[:0]), (a, a.reshape(3, 2)), (a.reshape(3, 2), a.reshape(2, 3))):
            with pytest.raises(ValueError, match="the same features"):
                measure(x, y)
        with pytest.raises(ValueError, match="finite"):
            measure(a, a / 0)
    with pytest.raises(ValueError, match="method must be"):
        evaluation.ks_2samp(a, a, method="asymp")
    with pytest.raises(ValueError, match="got 0 and 3"):
        evaluation.ks_critical_value(0, 3)
    with pytest.raises(ValueError, match="alpha must lie"):
        evaluation.ks_critical_value(3, 3, 0.0)
    with pytest.raises(ValueError, match="got 3 and 0"):
        evaluation.ks_false_alarm(0.2, 3, 0)
    with pytest.raises(ValueError, match="bins must be at least 2"):
        evaluation.population_stability_index(a, a, 1)
    with pytest.raises(ValueError, match="smoothing must be positive"):
        evaluation.population_stability_index(a, a, smoothing=0)
