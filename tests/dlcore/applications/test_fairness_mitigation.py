"""Weights that make exactly independent, and thresholds beside a linear program."""

import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from scipy.spatial import ConvexHull
from sklearn.metrics import confusion_matrix
from sklearn.metrics import roc_curve as sklearn_roc_curve

from dlcore.applications import (
    FairThresholds,
    OddsRegion,
    RocHull,
    equalized_odds_region,
    equalized_odds_thresholds,
    reweigh,
    roc_hull,
)
from tests.parity import assert_close


def scored(generator, n=240, groups=3):
    """Scores that are good in group 0 and poor in the last, with ties."""
    group = torch.randint(groups, (n,), generator=generator)
    y = (torch.rand(n, generator=generator) < 0.6 - 0.15 * group).long()
    scores = torch.randn(n, generator=generator) + y * (1.8 - 0.7 * group)
    return (4 * scores).round() / 4, y, group


def curves(scores, y, group):
    """Each group's rates at all thresholds, by scikit-learn."""
    return [
        sklearn_roc_curve(y[group == g].numpy(), scores[group == g].numpy())[:2]
        for g in group.unique()
    ]


def program(rates, objective, fpr=None):
    """The best common (fpr, tpr) of mixtures of thresholds, as a linear program."""
    sizes = [len(f) for f, _ in rates]
    n = sum(sizes) + 2
    equalities, values, start = [], [], 0
    for f, t in rates:
        for row, common in ((f, -2), (t, -1), (np.ones_like(f), None)):
            line = np.zeros(n)
            line[start : start + len(f)] = row
            if common is not None:
                line[common] = -1.0
            equalities.append(line)
            values.append(0.0 if common is not None else 1.0)
        start += len(f)
    if fpr is not None:
        equalities.append(np.eye(n)[-2])
        values.append(fpr)
    costs = np.zeros(n)
    costs[-2:] = objective
    return linprog(costs, A_eq=np.array(equalities), b_eq=np.array(values))


@pytest.mark.reference("closed form", of="dlcore.applications.reweigh")
def test_weighted_classes_and_groups_are_independent(generator):
    group = torch.randint(3, (200,), generator=generator) - 1
    y = (torch.rand(200, generator=generator) < 0.3 + 0.2 * group).long()
    weights = reweigh(y, group)
    assert_close(weights.mean(), 1.0)
    for g in group.unique():
        rate = weights[(group == g) & (y == 1)].sum() / weights[group == g].sum()
        assert_close(rate, y.double().mean())
        assert_close(weights[group == g].mean(), 1.0)
    assert_close(reweigh(torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])), torch.ones(4))


@pytest.mark.reference("scipy.spatial.ConvexHull", of="dlcore.applications.roc_hull")
@pytest.mark.reference("scipy.spatial.ConvexHull", of="dlcore.applications.RocHull")
def test_the_hull_of_a_roc_curve(generator):
    scores, y, _ = scored(generator)
    hull = roc_hull(scores, y)
    assert isinstance(hull, RocHull)
    fpr, tpr, _ = sklearn_roc_curve(y.numpy(), scores.numpy())
    points = np.stack([np.append(fpr, 1.0), np.append(tpr, 0.0)], 1)  # closed from below
    corners = points[ConvexHull(points).vertices]
    corners = corners[~((corners[:, 0] == 1) & (corners[:, 1] == 0))]
    found = torch.stack([hull.fpr, hull.tpr], 1)
    assert_close(found, corners[np.lexsort((corners[:, 1], corners[:, 0]))])
    for f, t, threshold in zip(*hull, strict=True):
        passed = scores >= threshold
        assert_close([f, t], [passed[y == 0].double().mean(), passed[y == 1].double().mean()])


@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.equalized_odds_region")
@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.OddsRegion")
def test_the_edge_of_what_all_groups_reach(generator):
    scores, y, group = scored(generator)
    region = equalized_odds_region(scores, y, group)
    assert isinstance(region, OddsRegion)
    for fpr in (0.0, 0.07, 0.3, 0.62, 1.0):
        best = -program(curves(scores, y, group), [0.0, -1.0], fpr).fun
        assert_close(np.interp(fpr, region.fpr, region.tpr), best, atol=1e-7)
    for fpr, tpr in zip(*region, strict=True):
        best = -program(curves(scores, y, group), [0.0, -1.0], float(fpr)).fun
        assert_close(tpr, best, atol=1e-7)


@pytest.mark.reference("scipy.optimize.linprog", of="dlcore.applications.equalized_odds_thresholds")
@pytest.mark.reference("closed form", of="dlcore.applications.FairThresholds")
def test_the_cheapest_equal_rates(generator):
    for costs in ((1.0, 1.0), (1.0, 4.0), (5.0, 1.0)):
        scores, y, group = scored(generator)
        fair = equalized_odds_thresholds(scores, y, group, fp_cost=costs[0], fn_cost=costs[1])
        assert isinstance(fair, FairThresholds)
        rate = float(y.double().mean())
        objective = [costs[0] * (1 - rate), -costs[1] * rate]
        best = program(curves(scores, y, group), objective).fun + costs[1] * rate
        assert_close(fair.cost, best, atol=1e-7)
        assert_close(fair.weights.sum(1), torch.ones(3))
        assert bool((fair.weights >= -1e-12).all())
        chance = fair.probability(scores, group)
        for g in range(3):
            assert_close(chance[(group == g) & (y == 0)].mean(), fair.fpr, atol=1e-9)
            assert_close(chance[(group == g) & (y == 1)].mean(), fair.tpr, atol=1e-9)


@pytest.mark.reference("sklearn.metrics.confusion_matrix", of="dlcore.applications.FairThresholds")
def test_drawn_decisions_have_the_rates(generator):
    scores, y, group = (part.repeat(100) for part in scored(generator))
    fair = equalized_odds_thresholds(scores, y, group)
    decisions = fair.predict(scores, group, generator=generator)
    for g in range(3):
        chosen = group == g
        tn, fp, fn, tp = confusion_matrix(y[chosen].numpy(), decisions[chosen].numpy()).ravel()
        # five standard errors
        assert abs(fp / (fp + tn) - fair.fpr) < 2.5 / (fp + tn) ** 0.5
        assert abs(tp / (tp + fn) - fair.tpr) < 2.5 / (tp + fn) ** 0.5


@pytest.mark.bad_input
def test_what_does_not_fit(generator):
    scores, y, group = scored(generator, 40, 2)
    fair = equalized_odds_thresholds(scores, y, group)
    for call, message in (
        (lambda: reweigh(y[:3], group), "one group per target"),
        (lambda: reweigh(y[:0], group[:0]), "one group per target"),
        (lambda: equalized_odds_thresholds(scores, y[:3], group), "one shape"),
        (lambda: equalized_odds_thresholds(scores, y, 0 * group), "at least two groups"),
        (lambda: equalized_odds_thresholds(scores, group, group), "both classes"),
        (lambda: equalized_odds_thresholds(scores, y, group, fn_cost=-1.0), "at least 0"),
        (lambda: fair.probability(scores, group + 1), "needs one of the groups"),
        (lambda: fair.probability(scores[:3], group), "needs one of the groups"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
