"""A/B tests against SciPy and statsmodels; a canary's errors by simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest

from dlcore import evaluation


@pytest.mark.reference("scipy.stats.chi2_contingency", of="dlcore.evaluation.ZTest")
@pytest.mark.reference("scipy.stats.chi2_contingency", of="dlcore.evaluation.two_proportion_ztest")
@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
def test_ztest(n_a, n_b, share_a, share_b):
    a, b = round(share_a * n_a), round(share_b * n_b)
    ours = evaluation.two_proportion_ztest(a, n_a, b, n_b)
    if 0 < a + b < n_a + n_b:
        table = [[a, n_a - a], [b, n_b - b]]
        chi2, p_value, *_ = stats.chi2_contingency(table, correction=False)
        assert ours.z**2 == pytest.approx(chi2, abs=1e-9)
        assert ours.p_value == pytest.approx(p_value, abs=1e-9)
        z, _ = proportions_ztest([b, a], [n_b, n_a])
        assert ours.z == pytest.approx(z, abs=1e-9)
    else:
        assert ours == (0.0, 1.0)


@pytest.mark.reference("power by simulation", of="dlcore.evaluation.ab_sample_size")
@pytest.mark.parametrize(("p_a", "p_b", "power"), [(0.3, 0.36, 0.8), (0.5, 0.4, 0.9)])
def test_sample_size_has_the_power(p_a, p_b, power):
    n = evaluation.ab_sample_size(p_a, p_b, power=power)
    rng = np.random.default_rng(0)
    a, b = rng.binomial(n, p_a, 4000), rng.binomial(n, p_b, 4000)
    found = [
        evaluation.two_proportion_ztest(int(x), n, int(y), n).p_value <= 0.05
        for x, y in zip(a, b, strict=True)
    ]
    # four standard errors of a share of 4000
    assert np.mean(found) == pytest.approx(power, abs=0.026)


def test_sample_size_by_hand():
    assert evaluation.ab_sample_size(0.05, 0.055) == 31234
    assert evaluation.ab_sample_size(0.055, 0.05) == 31234
    assert evaluation.ab_sample_size(0.05, 0.06) < 31234 / 3


def rollout(rng, rates, **options):
    """Run one to its end with these failure rates of the old and the new version."""
    canary = evaluation.CanaryRollout(**options)
    while canary.state == "running":
        new = int(rng.binomial(2000, canary.share))
        old = 2000 - new
        canary.observe(int(rng.binomial(old, rates[0])), old, int(rng.binomial(new, rates[1])), new)
    return canary


@pytest.mark.reference("simulated rollouts", of="dlcore.evaluation.CanaryRollout")
def test_canary_errors():
    rng = np.random.default_rng(1)
    options = {"stages": (0.1, 0.5), "requests_per_stage": 400, "alpha": 0.1}
    for rate in (0.002, 0.05):
        back = sum(rollout(rng, (rate, rate), **options).state == "rolled back" for _ in range(200))
        assert back <= 33  # binomial(200, 0.1): 3 standard deviations above its mean
    found = sum(rollout(rng, (0.05, 0.12), **options).state == "rolled back" for _ in range(60))
    assert found >= 55
    better = sum(rollout(rng, (0.05, 0.02), **options).state == "complete" for _ in range(20))
    assert better == 20


def test_canary_asks_fisher_once_a_stage():
    canary = evaluation.CanaryRollout((0.1, 0.5), requests_per_stage=100)
    assert canary.observe(5, 500, 1, 50) == "running"
    assert (canary.p_values, canary.stage, canary.share) == ([], 0, 0.1)
    assert canary.observe(5, 500, 2, 60) == "running"
    expected = stats.fisher_exact([[3, 107], [10, 990]], alternative="greater").pvalue
    assert canary.p_values == pytest.approx([expected])
    assert (canary.stage, canary.share) == (1, 0.5)
    assert canary.observe(0, 0, 0, 200) == "running"
    assert canary.observe(1, 100, 0, 0) == "complete"
    assert (canary.share, len(canary.p_values)) == (1.0, 2)


def test_users_stay_where_they_are():
    canary = evaluation.CanaryRollout((0.1, 0.3), requests_per_stage=10)
    first = {user for user in range(4000) if canary.routes(user)}
    assert len(first) / 4000 == pytest.approx(0.1, abs=0.02)
    canary.observe(0, 10, 0, 10)
    second = {user for user in range(4000) if canary.routes(user)}
    assert first < second
    assert len(second) / 4000 == pytest.approx(0.3, abs=0.03)
    other = evaluation.CanaryRollout((0.1, 0.3), salt="other")
    assert {user for user in range(4000) if other.routes(user)} != first
    canary.observe(0, 10, 10, 10)
    assert not any(canary.routes(user) for user in range(100))


@pytest.mark.bad_input
def test_bad_input():
    for counts in ((1, 0, 0, 5), (6, 5, 1, 5), (1, 5, -1, 5)):
        with pytest.raises(ValueError, match=r"successes must lie in 0\.\.n"):
            evaluation.two_proportion_ztest(*counts)
    for name in ("p_a", "p_b", "alpha", "power"):
        options = {"p_a": 0.1, "p_b": 0.2, name: 1.0}
        with pytest.raises(ValueError, match=f"{name} must lie between 0 and 1"):
            evaluation.ab_sample_size(**options)
    with pytest.raises(ValueError, match=r"tells 0\.1 from itself"):
        evaluation.ab_sample_size(0.1, 0.1)
    for stages in ((), (0.5, 0.5), (0.0, 0.5), (0.5, 1.0)):
        with pytest.raises(ValueError, match=r"rise within \(0, 1\)"):
            evaluation.CanaryRollout(stages)
    with pytest.raises(ValueError, match="at least 1 request, got 0"):
        evaluation.CanaryRollout(requests_per_stage=0)
    with pytest.raises(ValueError, match="alpha must lie"):
        evaluation.CanaryRollout(alpha=0)
    canary = evaluation.CanaryRollout((0.5,), requests_per_stage=10)
    for counts in ((2, 1, 0, 0), (0, 1, -1, 4), (0, 1, 5, 4)):
        with pytest.raises(ValueError, match=r"failures must lie in 0\.\.requests"):
            canary.observe(*counts)
    canary.observe(0, 10, 10, 10)
    with pytest.raises(ValueError, match="over: rolled back"):
        canary.observe(0, 1, 0, 1)
