"""Measures of regressions against scikit-learn."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from dlcore import evaluation
from tests.parity import assert_close

MEASURES = (evaluation.mse, evaluation.rmse, evaluation.mae, evaluation.r2_score)


@pytest.mark.reference("sklearn.metrics.mean_squared_error", of="dlcore.evaluation.mse")
@pytest.mark.reference("sklearn.metrics.root_mean_squared_error", of="dlcore.evaluation.rmse")
@pytest.mark.reference("sklearn.metrics.mean_absolute_error", of="dlcore.evaluation.mae")
@pytest.mark.reference("sklearn.metrics.r2_score", of="dlcore.evaluation.r2_score")
@settings(max_examples=30)
@given(n=st.integers(2, 30), weighted=st.booleans(), seed=st.integers(0, 999))
def test_as_scikit_learn(n, weighted, seed):
    generator = torch.Generator().manual_seed(seed)
    predictions, y = torch.randn(2, n, generator=generator, dtype=torch.float64)
    weights = torch.rand(n, generator=generator, dtype=torch.float64) + 0.1 if weighted else None
    theirs = (
        metrics.mean_squared_error,
        metrics.root_mean_squared_error,
        metrics.mean_absolute_error,
        metrics.r2_score,
    )
    for ours, expected in zip(MEASURES, theirs, strict=True):
        options = {"sample_weight": weights}
        assert_close(ours(predictions, y, **options), expected(y, predictions, **options))


def test_by_hand():
    residuals, y = torch.tensor([1.0, 1.0, 1.0, 1.0, 10.0]), torch.zeros(5)
    assert evaluation.mse(residuals, y) == pytest.approx(20.8)
    assert evaluation.rmse(residuals, y) == pytest.approx(4.5607, abs=5e-5)
    assert evaluation.mae(residuals, y) == pytest.approx(2.8)
    y = torch.tensor([1, 2, 3])
    assert evaluation.r2_score(torch.tensor([3.0, 2.0, 1.0]), y) == -3
    assert evaluation.r2_score(torch.full((3,), 2.0), y) == 0
    assert evaluation.r2_score(y.double(), y) == 1


@pytest.mark.bad_input
def test_bad_input():
    p, y = torch.tensor([0.1, 0.9]), torch.tensor([0.0, 1.0])
    for measure in MEASURES:
        with pytest.raises(ValueError, match=r"got \(2,\) and \(1,\)"):
            measure(p, y[:1])
        with pytest.raises(ValueError, match="n at least 1"):
            measure(p[:0], y[:0])
        with pytest.raises(ValueError, match="finite"):
            measure(p / 0, y)
        with pytest.raises(ValueError, match="not all 0"):
            measure(p, y, sample_weight=torch.zeros(2))
    with pytest.raises(ValueError, match="no variance"):
        evaluation.r2_score(p, 0 * y + 0.1)
    with pytest.raises(ValueError, match="no variance"):
        evaluation.r2_score(p, y, sample_weight=torch.tensor([0, 1]))
