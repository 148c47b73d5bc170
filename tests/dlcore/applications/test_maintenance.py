"""Windows of a machine's life by slices; the score by its two formulas; machines that wear out."""

import math

import pytest
import torch
from scipy.stats import spearmanr
from sklearn.linear_model import Ridge

from dlcore.applications import phm_score, rul_windows
from dlcore.data import make_run_to_failure
from tests.parity import assert_close


@pytest.mark.reference("slices", of="dlcore.applications.rul_windows")
def test_windows(generator):
    run = torch.randn(23, 3, generator=generator)
    for width, stride, limit in ((5, 1, math.inf), (7, 4, 9.0), (23, 1, math.inf)):
        windows, left = rul_windows(run, width, stride=stride, max_rul=limit)
        ends = [end for end in range(width, 24) if (23 - end) % stride == 0]
        assert_close(windows, torch.stack([run[end - width : end] for end in ends]))
        assert left.tolist() == [min(23 - end, limit) for end in ends]


@pytest.mark.reference("closed form", of="dlcore.applications.phm_score")
def test_score():
    actual = torch.tensor([50.0, 50.0, 50.0], dtype=torch.float64)
    predicted = torch.tensor([37.0, 50.0, 60.0], dtype=torch.float64)
    assert_close(phm_score(predicted, actual), 2 * (math.e - 1))
    assert phm_score(actual + 20, actual) > phm_score(actual - 20, actual)


@pytest.mark.reference("scipy.stats.spearmanr", of="dlcore.data.make_run_to_failure")
def test_machines_wear_out_visibly_in_half_of_the_sensors():
    runs = make_run_to_failure(20, sensors=5, noise=0.05)
    assert all(80 <= len(run) <= 200 and run.shape[1] == 5 for run in runs)
    for run in runs:
        trends = [spearmanr(range(len(run)), run[:, i]).statistic for i in range(5)]
        assert trends[0] > 0.6
        assert trends[2] < -0.5
        assert trends[4] > 0.6
        assert max(abs(trends[1]), abs(trends[3])) < 0.4
    parts = [rul_windows(run, 30, stride=5, max_rul=60.0) for run in runs]
    X, y = (torch.cat(part) for part in zip(*parts, strict=True))
    model = Ridge().fit(X.flatten(1)[:300], y[:300])
    error = torch.from_numpy(model.predict(X.flatten(1)[300:])) - y[300:]
    assert error.abs().mean() < 0.7 * (y[300:] - y[:300].mean()).abs().mean()


@pytest.mark.bad_input
def test_what_does_not_fit():
    run = torch.ones(4, 2)
    for call, message in (
        (lambda: rul_windows(run[0], 1), "expected"),
        (lambda: rul_windows(run, 5), "1 <= width <= t"),
        (lambda: rul_windows(run, 2, stride=0), "stride >= 1"),
        (lambda: rul_windows(run, 2, max_rul=-1.0), "max_rul must be at least 0"),
        (lambda: phm_score(run[0], run[:, 0]), "shapes differ"),
        (lambda: make_run_to_failure(0), "units, sensors >= 1"),
        (lambda: make_run_to_failure(2, shortest=90, longest=80), "shortest <= longest"),
        (lambda: make_run_to_failure(2, noise=-1.0), "noise >= 0"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
