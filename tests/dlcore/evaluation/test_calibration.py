"""Calibration against bins made with numpy, and cases worked by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from dlcore.evaluation import expected_calibration_error


@pytest.mark.reference("numpy.digitize", of="dlcore.evaluation.expected_calibration_error")
@given(st.integers(1, 61), st.integers(2, 7), st.integers(1, 20), st.integers(0, 999))
def test_agrees_with_bins_of_numpy(n, k, bins, seed):
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(n, k, generator=generator, dtype=torch.float64).softmax(dim=1)
    y = torch.randint(0, k, (n,), generator=generator)
    confidence, right = rows.max(dim=1).values.numpy(), (rows.argmax(dim=1) == y).numpy()
    bin_of = np.digitize(confidence, np.linspace(0, 1, bins + 1), right=True)
    expected = sum(
        (bin_of == b).mean() * abs(right[bin_of == b].mean() - confidence[bin_of == b].mean())
        for b in np.unique(bin_of)
    )
    assert expected_calibration_error(rows, y, bins) == pytest.approx(expected, abs=1e-12)


def test_by_hand():
    rows = torch.tensor([[0.95, 0.05], [0.91, 0.09], [0.65, 0.35], [0.4, 0.6]]).double()
    y = torch.tensor([0, 1, 0, 1])
    # above 0.9: half right, 0.93 sure; in (0.6, 0.7] 1 and 0.65; in (0.5, 0.6] 1 and 0.6
    expected = 2 / 4 * 0.43 + 1 / 4 * 0.35 + 1 / 4 * 0.4
    assert expected_calibration_error(rows, y, bins=10) == pytest.approx(expected)


def test_certain_and_right_or_wrong():
    sure = torch.eye(3)
    assert expected_calibration_error(sure, torch.arange(3)) == 0
    assert expected_calibration_error(sure, torch.tensor([1, 2, 0])) == 1


@pytest.mark.bad_input
def test_bad_input():
    rows, y = torch.full((2, 2), 0.5), torch.tensor([0, 1])
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        expected_calibration_error(rows, y, 0)
    with pytest.raises(ValueError, match=r"got \(2, 2\) and \(1,\)"):
        expected_calibration_error(rows, y[:1])
    with pytest.raises(ValueError, match=r"got \(0, 2\) and \(0,\)"):
        expected_calibration_error(rows[:0], y[:0])
    for logits in (2 * rows, torch.tensor([[1.5, -0.5]]), torch.full((2, 2), float("nan"))):
        with pytest.raises(ValueError, match="apply softmax to logits"):
            expected_calibration_error(logits, y[: len(logits)])
