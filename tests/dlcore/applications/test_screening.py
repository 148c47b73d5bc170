"""Medical measures by counting people, and scikit-learn's curve."""

import math

import numpy as np
import pytest
import torch
from sklearn import metrics

from dlcore.applications import (
    OperatingPoint,
    PredictiveValues,
    net_benefit,
    net_benefit_treat_all,
    ppv_npv,
    sensitivity_at_specificity,
    youden_threshold,
)
from tests.parity import assert_close


@pytest.mark.reference("count of 10,000 people", of="dlcore.applications.ppv_npv")
@pytest.mark.reference("count of 10,000 people", of="dlcore.applications.PredictiveValues")
def test_predictive_values_by_counting():
    values = ppv_npv(0.99, 0.99, prevalence=0.01)
    assert isinstance(values, PredictiveValues)
    assert_close(values.ppv, 99 / (99 + 99))
    assert_close(values.npv, 9801 / (9801 + 1))
    assert_close(ppv_npv(0.8, 0.9, 0.3).ppv, 2400 / (2400 + 700))
    prevalence = torch.tensor([0.0, 0.5, 1.0], dtype=torch.float64)
    assert_close(ppv_npv(0.8, 0.6, prevalence).ppv, [0.0, 2 / 3, 1.0])
    assert_close(ppv_npv(0.8, 0.6, prevalence).npv, [1.0, 0.75, 0.0])
    assert math.isnan(ppv_npv(0.0, 1.0, 0.5).ppv)


@pytest.mark.reference("count", of="dlcore.applications.net_benefit")
@pytest.mark.reference("count", of="dlcore.applications.net_benefit_treat_all")
def test_net_benefit(generator):
    risk, y = torch.rand(200, generator=generator), torch.rand(200, generator=generator) < 0.3
    thresholds = torch.tensor([0.05, 0.3, 0.9])
    expected = []
    for t in thresholds.tolist():
        treated = risk.numpy() >= np.float32(t)
        hits, needless = (treated & y.numpy()).sum(), (treated & ~y.numpy()).sum()
        expected.append(hits / 200 - needless / 200 * t / (1 - t))
        assert_close(net_benefit(risk, y, t), expected[-1], rtol=1e-6, atol=1e-9)
    assert_close(net_benefit(risk, y.long(), thresholds), expected, rtol=1e-5, atol=1e-7)
    everybody = net_benefit(torch.ones(200), y, 0.2)
    assert_close(net_benefit_treat_all(float(y.double().mean()), 0.2), everybody)
    assert_close(net_benefit_treat_all(0.2, torch.tensor([0.2], dtype=torch.float64)), [0.0])
    tested = torch.tensor([0.9] * 198 + [0.0] * 9802)
    ill = torch.tensor([1] * 99 + [0] * 99 + [1] + [0] * 9801)
    assert_close(net_benefit(tested, ill, 0.1), 0.0088)


@pytest.mark.reference("sklearn.metrics.roc_curve", of="dlcore.applications.youden_threshold")
@pytest.mark.reference("sklearn.metrics.roc_curve", of="dlcore.applications.OperatingPoint")
@pytest.mark.reference(
    "sklearn.metrics.roc_curve", of="dlcore.applications.sensitivity_at_specificity"
)
def test_operating_points(generator):
    for _ in range(10):
        y = (torch.rand(60, generator=generator) < 0.4).long()
        scores = (torch.randn(60, generator=generator) + y).round(decimals=1)
        fpr, tpr, thresholds = metrics.roc_curve(y, scores, drop_intermediate=False)
        point = youden_threshold(scores, y)
        assert isinstance(point, OperatingPoint)
        best = (tpr - fpr).argmax()
        assert_close(point, [thresholds[best], tpr[best], 1 - fpr[best]], rtol=1e-6)
        for least in (0.0, 0.7, 0.95, 1.0):
            found = sensitivity_at_specificity(scores, y, least)
            assert_close(found.sensitivity, tpr[fpr <= 1 - least + 1e-12].max())
            called = scores >= found.threshold
            assert_close(found.specificity, float((~called)[y == 0].double().mean()))
            assert_close(found.sensitivity, float(called[y == 1].double().mean()))
            assert found.specificity >= least - 1e-12


@pytest.mark.bad_input
def test_what_does_not_fit():
    risk, y = torch.tensor([0.2, 0.8]), torch.tensor([0, 1])
    for call, message in (
        (lambda: ppv_npv(1.1, 0.9, 0.5), "shares must lie between 0 and 1"),
        (lambda: ppv_npv(0.9, 0.9, torch.tensor([-0.1])), "shares must lie between 0 and 1"),
        (lambda: net_benefit(risk, y, 1.0), "thresholds must lie"),
        (lambda: net_benefit(risk, y[:1], 0.5), "one label per risk"),
        (lambda: net_benefit(risk, 2 * y, 0.5), "y must be 0 or 1"),
        (lambda: net_benefit_treat_all(1.2, 0.5), "prevalence must lie"),
        (lambda: net_benefit_treat_all(0.2, 0.0), "thresholds must lie"),
        (lambda: youden_threshold(risk, torch.tensor([1, 1])), "both classes"),
        (lambda: sensitivity_at_specificity(risk, y, 1.5), "specificity must lie"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
