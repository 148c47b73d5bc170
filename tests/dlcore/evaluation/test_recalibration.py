"""Temperature by SciPy, Platt's curve and isotonic steps by scikit-learn."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression, isotonic_regression

from dlcore import evaluation
from tests.parity import assert_close


def overconfident(generator, n=300, k=4, sharpness=3.0):
    """Logits whose softmax is right at temperature `sharpness`, and labels drawn from it."""
    honest = torch.randn(n, k, generator=generator, dtype=torch.float64) * 1.5
    y = torch.multinomial(honest.softmax(1), 1, generator=generator)[:, 0]
    return sharpness * honest, y


@pytest.mark.reference("scipy.optimize.minimize_scalar", of="dlcore.evaluation.TemperatureScaler")
def test_temperature_is_the_most_likely_one(generator):
    for sharpness in (0.5, 1.0, 3.0):
        logits, y = overconfident(generator, sharpness=sharpness)
        z, true = logits.numpy(), np.eye(4)[y]

        def surprise(temperature, z=z, true=true):
            return -(true * log_softmax(z / temperature, axis=1)).sum(axis=1).mean()

        best = minimize_scalar(
            surprise, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-9}
        )
        scaler = evaluation.TemperatureScaler().fit(logits, y)
        assert scaler.temperature_ == pytest.approx(best.x, rel=1e-5)
        assert scaler.temperature_ == pytest.approx(sharpness, rel=0.25)


def test_temperature_changes_confidence_and_not_the_answer(generator):
    logits, y = overconfident(generator, n=2000)
    scaler = evaluation.TemperatureScaler().fit(logits[:1000], y[:1000])
    held_out, truth = logits[1000:], y[1000:]
    p = scaler.predict_proba(held_out)
    assert_close(p, (held_out / scaler.temperature_).softmax(1))
    assert_close(scaler.transform(held_out), held_out / scaler.temperature_)
    assert torch.equal(p.argmax(1), held_out.argmax(1))
    error = evaluation.expected_calibration_error
    assert error(p, truth) < 0.06 < 0.15 < error(held_out.softmax(1), truth)


def test_labels_without_a_best_temperature():
    logits = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    for y, end in (([0, 1], 0.01), ([1, 0], 100.0)):
        with pytest.warns(RuntimeWarning, match="no maximum between"):
            scaler = evaluation.TemperatureScaler().fit(logits, torch.tensor(y))
        assert scaler.temperature_ == end


@pytest.mark.reference(
    "sklearn.calibration._SigmoidCalibration", of="dlcore.evaluation.PlattScaling"
)
@pytest.mark.reference(
    "sklearn.calibration._SigmoidCalibration", of="dlcore.evaluation.platt_scaling"
)
def test_platt(generator):
    y = torch.randint(0, 2, (200,), generator=generator)
    scores = 2 * y - 1 + 2 * torch.randn(200, generator=generator, dtype=torch.float64)
    for f, labels in ((scores, y), (scores[:9], y[:9]), (y.double(), y)):
        curve = evaluation.platt_scaling(f, labels)
        theirs = _SigmoidCalibration().fit(f.numpy(), labels.numpy())
        grid = torch.linspace(-6, 6, 13, dtype=torch.float64)
        assert_close(curve(grid), theirs.predict(grid.numpy()), rtol=1e-4, atol=1e-5)


VALUES = st.lists(st.integers(-5, 5), min_size=1, max_size=30)


@pytest.mark.reference("sklearn.isotonic.isotonic_regression", of="dlcore.evaluation.pava")
@given(VALUES, st.integers(0, 99))
def test_pava(values, seed):
    y = torch.tensor(values).double()
    weights = torch.rand(len(y), generator=torch.Generator().manual_seed(seed)) + 0.1
    assert_close(evaluation.pava(y), isotonic_regression(y.numpy()), atol=1e-9)
    expected = isotonic_regression(y.numpy(), sample_weight=weights.double().numpy())
    assert_close(evaluation.pava(y, weights), expected, atol=1e-9)


def test_pava_of_sorted_and_reversed_values():
    y = torch.arange(5.0)
    assert evaluation.pava(y).tolist() == y.tolist()
    assert evaluation.pava(-y).tolist() == [-2.0] * 5
    assert evaluation.pava(torch.tensor([1, 2, 3, -6])).tolist() == [0.0] * 4


@pytest.mark.reference(
    "sklearn.isotonic.IsotonicRegression", of="dlcore.evaluation.IsotonicCalibrator"
)
@settings(max_examples=30)
@given(n=st.integers(1, 50), levels=st.sampled_from([1, 3, 10, 1000]), seed=st.integers(0, 999))
def test_isotonic_with_ties(n, levels, seed):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randint(0, levels, (n,), generator=generator).double() / levels
    y = (torch.rand(n, generator=generator) < scores).long()
    ours = evaluation.IsotonicCalibrator().fit(scores, y)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(scores.numpy(), y.numpy())
    grid = torch.cat([torch.linspace(-0.5, 1.5, 41, dtype=torch.float64), scores])
    assert_close(ours.predict(grid), theirs.predict(grid.numpy()), rtol=1e-6, atol=1e-9)
    assert ours.predict(grid[:40].reshape(5, 8).float()).dtype == torch.float32


@pytest.mark.bad_input
def test_bad_input():
    scores, y = torch.tensor([0.1, 0.9]), torch.tensor([0, 1])
    for fit in (evaluation.platt_scaling, evaluation.IsotonicCalibrator().fit):
        with pytest.raises(ValueError, match=r"got \(2,\) and \(1,\)"):
            fit(scores, y[:1])
        with pytest.raises(ValueError, match="finite"):
            fit(scores / 0, y)
        with pytest.raises(ValueError, match="0 or 1"):
            fit(scores, y + 1)
    with pytest.raises(ValueError, match=r"bounds must be positive and rising, got \(0, 1\)"):
        evaluation.TemperatureScaler((0, 1))
    fit = evaluation.TemperatureScaler().fit
    with pytest.raises(ValueError, match=r"logits of shape \(n, k\) with k >= 2"):
        fit(scores, y)
    with pytest.raises(ValueError, match=r"a label in 0\.\.1 for each of 2 rows"):
        fit(torch.eye(2), y + 1)
    with pytest.raises(ValueError, match=r"finite values of shape \(n,\)"):
        evaluation.pava(scores[:0])
    with pytest.raises(ValueError, match="weights must be positive"):
        evaluation.pava(scores, torch.tensor([0.0, 1.0]))
