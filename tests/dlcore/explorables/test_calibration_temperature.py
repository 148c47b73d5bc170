import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss

from dlcore import evaluation
from dlcore.explorables import calibration_temperature
from dlcore.explorables.calibration_temperature import (
    SCRIPTS,
    SHARPENED,
    TEMPERATURES,
    binned,
    calibration_error,
    claims,
    made_up,
)
from tests.parity import assert_close

UNPACKED = "examplesOf(await unpack(state.packed), state)"


def given(n=61, k=3):
    """Logits in whole hundredths, which travel without loss."""
    rng = np.random.default_rng(0)
    logits = torch.from_numpy(rng.normal(0, 2, (n, k)).round(2))
    return logits, torch.from_numpy(rng.integers(0, k, n))


def on_the_page(javascript, figure, temperature, bins):
    work = (
        f"const all = {UNPACKED}, found = claims(all, T), bins = binned(found.confidence, all, b);"
        "return [found, bins, calibrationError(bins)];"
    )
    call = f"(async () => {{{work}}})()"
    return javascript(SCRIPTS, call, state=figure.state, T=temperature, b=bins)


@pytest.mark.reference("sklearn.metrics.log_loss", of="dlcore.explorables.calibration_temperature")
@pytest.mark.parametrize(("temperature", "bins"), [(0.3, 7), (1.0, 15), (3.0, 40)])
def test_the_page_computes_what_scikit_learn_and_the_library_do(javascript, temperature, bins):
    logits, y = given()
    found, rows, error = on_the_page(
        javascript, calibration_temperature(logits, y), temperature, bins
    )
    p = (logits / temperature).softmax(1)
    confidence, predicted = p.max(1)
    assert_close(found["confidence"], confidence, rtol=1e-9)
    assert found["loss"] == pytest.approx(log_loss(y, p, labels=[0, 1, 2]))
    happened, claimed = calibration_curve(predicted == y, confidence, n_bins=bins)
    assert_close([row["accuracy"] for row in rows], happened, rtol=1e-9)
    assert_close([row["confidence"] for row in rows], claimed, rtol=1e-9)
    curve = evaluation.reliability_curve(p, y, bins)
    assert [row["count"] for row in rows] == curve.counts.tolist()
    assert error == pytest.approx(evaluation.expected_calibration_error(p, y, bins))


def test_the_still_and_the_page_agree(javascript):
    logits, y = given()
    gaps = logits - logits.max(1, keepdim=True).values
    right = (logits.argmax(1) == y).double()
    confidence, loss = claims(gaps, y, 1.7)
    error = calibration_error(binned(confidence, right, 9))
    found, _, shown = on_the_page(javascript, calibration_temperature(logits, y), 1.7, 9)
    assert (found["loss"], shown) == pytest.approx((loss, error))
    steps = javascript(
        SCRIPTS,
        "[0, 40, 80].map((k) => temperatureAt(k, state))",
        state=calibration_temperature().state,
    )
    assert steps == pytest.approx([TEMPERATURES[k] for k in (0, 40, 80)])


def test_the_finding_accuracy_stays_and_the_loss_has_one_lowest_place():
    logits, y = made_up()
    finding = calibration_temperature().finding
    scaler = evaluation.TemperatureScaler().fit(logits, y)
    assert scaler.temperature_ == pytest.approx(SHARPENED, rel=0.1)
    assert scaler.temperature_ == pytest.approx(2.4, abs=0.06)
    assert "lowest place, at T = 2.4;" in finding
    losses = [log_loss(y, (logits / T).softmax(1)) for T in TEMPERATURES]
    best = int(np.argmin(losses))
    turns = [(b - a) > 0 for a, b in pairwise(losses)]
    assert turns == sorted(turns)

    def error(k, bins=15):
        p = (logits / TEMPERATURES[k]).softmax(1)
        return evaluation.expected_calibration_error(p, y, bins)

    errors, many = ([error(k, bins) for k in range(81)] for bins in (15, 50))
    places = [TEMPERATURES[int(np.argmin(each))] for each in (errors, many)]
    assert f"lowest at T = {places[0]:.2g}, with 50 at {places[1]:.2g}" in finding
    assert abs(places[0] - places[1]) > 0.1
    assert f"falls from {losses[40]:.3f} to {losses[best]:.3f}" in finding
    assert f"from {errors[40]:.3f} to {errors[best]:.3f}" in finding
    assert 0 < errors[best] < many[best]
    assert f"have an error of {many[best]:.3f}" in finding
    first, second = logits.topk(2).values.T
    assert (first > second).all()
    accuracy = float((logits.argmax(1) == y).double().mean())
    assert f"stays {100 * accuracy:.0f} %" in finding


def test_the_still_says_what_the_caller_asked_for():
    figure = calibration_temperature(*given(), temperature=2.02, bins=5, question="Where?")
    assert figure.state["notch"] == round(50 * math.log10(2)) + 40
    assert "of 3 classes is right, over how sure it is, in 5 bins, at temperature 2:" in figure.alt
    assert figure.question == "Where?"
    far = torch.tensor([[0.0, -1e6], [0.0, -1.0]])
    assert "lowest at " in calibration_temperature(far, torch.tensor([0, 1])).alt


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"logits": [[0.1, 0.2]]}, "give logits and y together, as numbers"),
        ({"logits": [[0.1], [0.2]], "y": [0, 0]}, r"logits must be \(n, k\) with n labels"),
        ({"logits": torch.zeros(3, 2), "y": [0, 1]}, r"got \(3, 2\) and \(2,\)"),
        ({"logits": torch.zeros(2000, 11), "y": [0] * 2000}, "there may be 20000 logits"),
        ({"logits": [[0.1, math.inf]] * 2, "y": [0, 1]}, "logits must be finite"),
        ({"logits": [[0.1, 0.2]] * 2, "y": [0, 2]}, "labels must be whole numbers in 0..1"),
        ({"logits": [[0.1, 0.2]] * 2, "y": [0.0, 1.0]}, "labels must be whole numbers in 0..1"),
        ({"temperature": 0.1}, "temperature must lie between 0.158489 and 6.30957, got 0.1"),
        ({"bins": 1}, "bins must lie between 2 and 50, got 1"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        calibration_temperature(**arguments)
