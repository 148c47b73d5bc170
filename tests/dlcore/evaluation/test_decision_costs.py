"""Thresholds by cost against closed forms and grids; selective risk by sorting."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore import evaluation


@pytest.mark.reference("expected costs over a grid", of="dlcore.evaluation.bayes_threshold")
@pytest.mark.parametrize(("cost_fp", "cost_fn"), [(1, 20), (3, 1), (1, 1)])
def test_no_other_threshold_costs_less(cost_fp, cost_fn):
    p = torch.linspace(0.0005, 0.9995, 1000, dtype=torch.float64)
    grid = torch.linspace(0, 1, 1001, dtype=torch.float64)
    yes = p >= grid[:, None]
    costs = torch.where(yes, cost_fp * (1 - p), cost_fn * p).mean(dim=1)
    best = evaluation.bayes_threshold(cost_fp, cost_fn)
    assert grid[costs.argmin()].item() == pytest.approx(best, abs=0.001)


def test_thresholds_at_the_ends():
    assert evaluation.bayes_threshold(0, 2) == 0
    assert evaluation.bayes_threshold(2, 0) == 1


@pytest.mark.reference("all thresholds, one by one", of="dlcore.evaluation.CostCurve")
@pytest.mark.reference("all thresholds, one by one", of="dlcore.evaluation.cost_curve")
@given(st.integers(1, 30), st.sampled_from([1, 4, 100]), st.integers(0, 999))
def test_costs_one_by_one(n, levels, seed):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randint(0, levels, (n,), generator=generator).double()
    y = torch.randint(0, 2, (n,), generator=generator)
    curve = evaluation.cost_curve(scores, y, 2.0, 5.0)
    assert curve.thresholds[1:].tolist() == scores.unique().flip(0).tolist()
    for threshold, cost in zip(curve.thresholds, curve.costs, strict=True):
        yes = scores >= threshold
        by_hand = (2 * (yes & (y == 0)) + 5 * (~yes & (y == 1))).double().mean().item()
        assert cost.item() == pytest.approx(by_hand, abs=1e-12)
    assert curve.lowest_cost == min(curve.costs.tolist())
    assert curve.best_threshold == curve.thresholds[curve.costs.tolist().index(curve.lowest_cost)]


def test_the_best_threshold_of_calibrated_scores(generator):
    p = 1 - torch.rand(40_000, generator=generator, dtype=torch.float64) ** (1 / 9)  # Beta(1, 9)
    y = (torch.rand(40_000, generator=generator) < p).long()
    curve = evaluation.cost_curve(p, y, 1, 20)
    assert curve.best_threshold == pytest.approx(1 / 21, abs=0.02)
    at_bayes = curve.costs[(curve.thresholds >= evaluation.bayes_threshold(1, 20)).sum() - 1]
    assert at_bayes.item() < curve.lowest_cost * 1.01


@pytest.mark.reference("sorted by hand", of="dlcore.evaluation.RiskCoverageCurve")
@pytest.mark.reference("the examples above a threshold", of="dlcore.evaluation.SelectiveRisk")
@pytest.mark.reference("sorted by hand", of="dlcore.evaluation.risk_coverage_curve")
@pytest.mark.reference("the examples above a threshold", of="dlcore.evaluation.selective_risk")
@given(st.integers(1, 30), st.sampled_from([1, 4, 100]), st.integers(0, 999))
def test_risk_of_the_confident(n, levels, seed):
    generator = torch.Generator().manual_seed(seed)
    confidence = torch.randint(0, levels, (n,), generator=generator).double()
    errors = torch.rand(n, generator=generator)
    curve = evaluation.risk_coverage_curve(confidence, errors)
    assert curve.thresholds.tolist() == confidence.unique().flip(0).tolist()
    for threshold, coverage, risk in zip(
        curve.thresholds.tolist(), curve.coverage.tolist(), curve.risk.tolist(), strict=True
    ):
        answered = confidence >= threshold
        assert coverage == pytest.approx(answered.double().mean().item())
        assert risk == pytest.approx(errors[answered].double().mean().item())
        assert evaluation.selective_risk(confidence, errors, threshold - 0.5) == (coverage, risk)


@pytest.mark.bad_input
def test_bad_input():
    p, y = torch.tensor([0.1, 0.9]), torch.tensor([0, 1])
    for costs in ((-1.0, 1.0), (0.0, 0.0), (1.0, float("inf")), (float("nan"), 1.0)):
        with pytest.raises(ValueError, match="not negative and not both 0"):
            evaluation.bayes_threshold(*costs)
        with pytest.raises(ValueError, match="not negative and not both 0"):
            evaluation.cost_curve(p, y, *costs)
    with pytest.raises(ValueError, match="y must be 0 or 1"):
        evaluation.cost_curve(p, y + 1, 1, 1)
    with pytest.raises(ValueError, match=r"got \(2,\) and \(1,\)"):
        evaluation.risk_coverage_curve(p, y[:1])
    with pytest.raises(ValueError, match="finite"):
        evaluation.risk_coverage_curve(p / 0, y)
    with pytest.raises(ValueError, match=r"confidence of 0\.95 or more"):
        evaluation.selective_risk(p, y, 0.95)
