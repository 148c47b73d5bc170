"""Wilson's interval by SciPy and by coverage; the bootstrap by SciPy and by all resamples."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from dlcore import evaluation
from tests.parity import assert_close


@pytest.mark.reference("scipy.stats.binomtest.proportion_ci", of="dlcore.evaluation.Interval")
@pytest.mark.reference(
    "scipy.stats.binomtest.proportion_ci", of="dlcore.evaluation.wilson_interval"
)
@given(st.integers(1, 300), st.floats(0, 1), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_wilson(n, share, confidence):
    k = round(share * n)
    expected = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
    ours = evaluation.wilson_interval(k, n, confidence)
    assert ours == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_of_tensors():
    k, n = torch.tensor([90, 10, 0]), torch.tensor([100, 10, 20])
    low, high = evaluation.wilson_interval(k, n)
    assert_close(low, [0.8256343, 0.7224672, 0.0], atol=1e-6)
    assert_close(high, [0.9447708, 1.0, 0.1611252], atol=1e-6)
    assert evaluation.wilson_interval(k, 100).low.shape == (3,)
    for i in range(3):
        one = evaluation.wilson_interval(int(k[i]), int(n[i]))
        assert one == pytest.approx((low[i].item(), high[i].item()))


def test_wilson_covers_where_the_normal_interval_does_not():
    n, p = 20, 0.95
    k = torch.arange(n + 1)
    chance = torch.from_numpy(stats.binom(n, p).pmf(k))
    low, high = evaluation.wilson_interval(k, n)
    assert chance[(low <= p) & (p <= high)].sum().item() == pytest.approx(0.925, abs=5e-4)
    half = 1.96 * (k / n * (1 - k / n) / n).sqrt()
    wald = (k / n - half <= p) & (p <= k / n + half)
    assert chance[wald].sum().item() == pytest.approx(0.639, abs=5e-4)


@pytest.mark.reference("scipy.stats.bootstrap", of="dlcore.evaluation.bootstrap_ci")
def test_bootstrap_as_scipy(generator):
    x = torch.randn(80, generator=generator, dtype=torch.float64).exp()
    ours = evaluation.bootstrap_ci(
        lambda rows: rows.mean(dim=1), x, resamples=20_000, vectorized=True, generator=generator
    )
    theirs = stats.bootstrap(
        (x.numpy(),), np.mean, n_resamples=20_000, method="percentile", rng=1
    ).confidence_interval
    # an end has a standard error of about 1/50 of the statistic's own
    tolerance = 6 * x.std().item() / 80**0.5 / 50
    assert ours == pytest.approx((theirs.low, theirs.high), abs=tolerance)


def test_bootstrap_against_all_resamples(generator):
    x = torch.tensor([0.0, 1.0, 4.0, 9.0], dtype=torch.float64)
    exact = [x[list(rows)].median().item() for rows in itertools.product(range(4), repeat=4)]
    ours = evaluation.bootstrap_ci(
        torch.median, x, resamples=3000, confidence=0.5, generator=generator
    )
    expected = np.quantile(exact, [0.25, 0.75], method="inverted_cdf")
    assert ours == pytest.approx(tuple(expected))


def test_rows_of_all_samples_are_drawn_together(generator):
    scores = torch.randn(50, generator=generator)
    y = (scores > 0).long()
    auc = evaluation.bootstrap_ci(evaluation.roc_auc, scores, y, resamples=50, generator=generator)
    assert auc == (1.0, 1.0)
    same = evaluation.bootstrap_ci(
        lambda a, b: (a - b).abs().sum(), scores, scores, resamples=20, generator=generator
    )
    assert same == (0.0, 0.0)


def test_draws_follow_the_generator_and_many_rows_are_drawn_in_parts(monkeypatch):
    x = torch.arange(10.0)

    def interval(seed, vectorized=True):
        generator = torch.Generator().manual_seed(seed)
        mean = (lambda rows: rows.mean(dim=1)) if vectorized else torch.mean
        return evaluation.bootstrap_ci(
            mean, x, resamples=64, vectorized=vectorized, generator=generator
        )

    first = interval(1)
    assert first == interval(1) == pytest.approx(interval(1, vectorized=False)) != interval(2)
    monkeypatch.setattr("dlcore.evaluation.intervals.CHUNK", 70)
    assert interval(1) == first


@pytest.mark.bad_input
def test_bad_input():
    for k, n in ((-1, 10), (11, 10), (0, 0)):
        with pytest.raises(ValueError, match=rf"n at least 1, got {k} of {n}"):
            evaluation.wilson_interval(k, n)
    x = torch.arange(4.0)
    for confidence in (0.0, 1.0, 95.0):
        with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
            evaluation.wilson_interval(1, 2, confidence)
        with pytest.raises(ValueError, match="confidence must lie between 0 and 1"):
            evaluation.bootstrap_ci(torch.mean, x, confidence=confidence)
    for samples, lengths in (((), r"\[\]"), ((x[:0],), r"\[0\]"), ((x, x[:2]), r"\[4, 2\]")):
        with pytest.raises(ValueError, match=f"got lengths {lengths}"):
            evaluation.bootstrap_ci(torch.mean, *samples)
    with pytest.raises(ValueError, match="at least 2, got 1"):
        evaluation.bootstrap_ci(torch.mean, x, resamples=1)
    with pytest.raises(ValueError, match="returned NaN"):
        evaluation.bootstrap_ci(lambda rows: float("nan"), x)
    with pytest.raises(ValueError, match=r"shape \(1000, 4\) for 1000"):
        evaluation.bootstrap_ci(lambda rows: rows, x, vectorized=True)
