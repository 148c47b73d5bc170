"""Paired tests against SciPy, statsmodels and all resamples."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from dlcore import evaluation

TABLES = st.tuples(*[st.integers(0, 40)] * 2, st.integers(1, 9), st.integers(0, 9))


@pytest.mark.reference(
    "statsmodels.stats.contingency_tables.mcnemar", of="dlcore.evaluation.McNemar"
)
@pytest.mark.reference(
    "statsmodels.stats.contingency_tables.mcnemar", of="dlcore.evaluation.mcnemar_test"
)
@given(TABLES)
def test_mcnemar(table):
    only_a, only_b, both, neither = table
    a = torch.tensor([1] * only_a + [0] * only_b + [1] * both + [0] * neither)
    b = torch.tensor([0] * only_a + [1] * only_b + [1] * both + [0] * neither)
    ours = evaluation.mcnemar_test(a, b.bool() if only_a % 2 else b)
    assert ours[:2] == (only_a, only_b)
    expected = stats.binomtest(only_a, only_a + only_b).pvalue if only_a + only_b else 1.0
    assert ours.p_value == pytest.approx(expected, abs=1e-12)
    if only_a != only_b:
        theirs = mcnemar([[both, only_a], [only_b, neither]], exact=False).pvalue
        approximate = evaluation.mcnemar_test(a, b, exact=False).p_value
        assert approximate == pytest.approx(theirs, abs=1e-12)


def test_mcnemar_of_many_disagreements():
    a = torch.arange(10_000) < 5100
    expected = stats.binomtest(5100, 10_000).pvalue
    assert evaluation.mcnemar_test(a, ~a).p_value == pytest.approx(expected, rel=1e-6)


@pytest.mark.reference("all resamples", of="dlcore.evaluation.PairedTest")
@pytest.mark.reference("all resamples", of="dlcore.evaluation.paired_bootstrap_test")
def test_paired_bootstrap_against_all_resamples(generator):
    a, b = torch.tensor([1.0, 1.0, 1.0, 0.0]), torch.tensor([0.0, 0.0, 1.0, 0.0])
    test = evaluation.paired_bootstrap_test(a, b, resamples=4000, generator=generator)
    means = [(a - b)[list(rows)].mean().item() for rows in itertools.product(range(4), repeat=4)]
    assert test.difference == 0.5
    chance = sum(abs(m - 0.5) >= 0.5 for m in means) / len(means)
    # four standard errors of a share of 4000 draws
    assert test.p_value == pytest.approx(chance, abs=4 * (chance * (1 - chance) / 4000) ** 0.5)
    assert (test.low, test.high) == (0.0, 1.0)


def test_pairs_say_more_than_two_samples(generator):
    hard = torch.randn(200, generator=generator)
    a = hard + 0.1 * torch.randn(200, generator=generator)
    b = hard + 0.1 * torch.randn(200, generator=generator) - 0.05
    paired = evaluation.paired_bootstrap_test(a, b, resamples=2000, generator=generator)
    t_test = stats.ttest_rel(a, b)
    assert paired.p_value < 0.01 < 0.5 < stats.ttest_ind(a, b).pvalue
    assert paired.low > 0
    interval = t_test.confidence_interval()
    assert (paired.low, paired.high) == pytest.approx(interval, abs=0.004)


def test_without_a_difference_small_p_values_are_rare(generator):
    p_values = []
    for _ in range(200):
        a, b = torch.randn(2, 40, generator=generator)
        test = evaluation.paired_bootstrap_test(a, b, resamples=200, generator=generator)
        p_values.append(test.p_value)
    below = sum(p <= 0.1 for p in p_values)
    assert 8 <= below <= 40  # binomial(200, 0.12), about 3 standard deviations


def test_equal_models_and_p_values_above_0(generator):
    right = torch.tensor([1, 0, 1, 1])
    same = evaluation.paired_bootstrap_test(right, right, resamples=50, generator=generator)
    assert same == (0.0, 0.0, 0.0, 1.0)
    far = torch.arange(50.0) / 50
    test = evaluation.paired_bootstrap_test(far + 9, far * 0.5, resamples=99, generator=generator)
    assert test.p_value == 0.01
    assert evaluation.mcnemar_test(right, right) == (0, 0, 1.0)


@pytest.mark.bad_input
def test_bad_input():
    a = torch.tensor([1, 0])
    bootstrap, mc = evaluation.paired_bootstrap_test, evaluation.mcnemar_test
    for test in (bootstrap, mc):
        with pytest.raises(ValueError, match=r"got \(2,\) and \(1,\)"):
            test(a, a[:1])
        with pytest.raises(ValueError, match=r"got \(0,\) and \(0,\)"):
            test(a[:0], a[:0])
    with pytest.raises(ValueError, match="2 examples or more"):
        bootstrap(a[:1], a[:1])
    with pytest.raises(ValueError, match="finite"):
        bootstrap(a / 0, a)
    with pytest.raises(ValueError, match="resamples must be at least 1"):
        bootstrap(a, a, resamples=0)
    with pytest.raises(ValueError, match="confidence"):
        bootstrap(a, a, confidence=95)
    with pytest.raises(ValueError, match="is 0 or 1"):
        mc(a, a + 1)
