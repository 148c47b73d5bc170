import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score, roc_curve

from dlcore import evaluation
from dlcore.explorables import threshold_curves
from dlcore.explorables.threshold_curves import (
    EXAMPLES,
    RARE,
    SCRIPTS,
    areas,
    confusion,
    falling_thresholds,
    precision,
    share_above,
)
from tests.parity import assert_close

SHARES = [0.5, 0.1, RARE]


def scored(n=90):
    """Scores with ties, a third of them positive."""
    rng = np.random.default_rng(0)
    y = (rng.random(n) < 0.3).astype(int)
    return rng.normal(y, 1).round(1), y


def weights(y, prevalence):
    return np.where(y == 1, prevalence / y.mean(), (1 - prevalence) / (1 - y.mean()))


def on_the_page(javascript, figure, prevalence):
    names = "ratesOf(state)", "areasOf(ratesOf(state), p)"
    names += ("ratesOf(state).map((rate) => precisionAt(rate, p))",)
    return javascript(SCRIPTS, f"[{', '.join(names)}]", state=figure.state, p=prevalence)


@pytest.mark.reference("sklearn.metrics.roc_curve", of="dlcore.explorables.threshold_curves")
@pytest.mark.parametrize("prevalence", SHARES)
def test_the_page_draws_the_curves_of_scikit_learn_and_of_the_library(javascript, prevalence):
    scores, y = scored()
    figure = threshold_curves(torch.from_numpy(scores), torch.from_numpy(y))
    rates, (area, mean), heights = on_the_page(javascript, figure, prevalence)
    fpr, tpr, _ = roc_curve(y, scores, drop_intermediate=False)
    assert_close(rates, np.stack([fpr, tpr], axis=1), rtol=1e-12)
    w = weights(y, prevalence)
    assert area == pytest.approx(roc_auc_score(y, scores, sample_weight=w))
    assert mean == pytest.approx(average_precision_score(y, scores, sample_weight=w))
    given = torch.from_numpy(scores), torch.from_numpy(y)
    curve = evaluation.precision_recall_curve(*given, sample_weight=torch.from_numpy(w))
    assert_close(heights, curve.precision, rtol=1e-9)
    hits, alarms = torch.from_numpy(tpr.copy()), torch.from_numpy(fpr.copy())
    assert_close(heights, evaluation.precision_at_prevalence(hits, alarms, prevalence), rtol=1e-9)


@pytest.mark.parametrize("separation", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("prevalence", SHARES)
def test_the_areas_of_two_normal_classes_are_those_of_calculus(javascript, prevalence, separation):
    figure = threshold_curves(separation=separation)
    _, (area, mean), _ = on_the_page(javascript, figure, prevalence)
    assert area == pytest.approx(norm.cdf(separation / math.sqrt(2)), abs=1e-4)

    def height(t):
        right = prevalence * norm.sf(t - separation)
        return right / (right + (1 - prevalence) * norm.sf(t)) * norm.pdf(t - separation)

    assert mean == pytest.approx(quad(height, -7, 9)[0], abs=3e-3)


def test_the_tail_of_the_normal_distribution(javascript):
    t = np.linspace(-6, 8, 57)
    assert_close(javascript(SCRIPTS, "t.map(tail)", t=t.tolist()), norm.sf(t), rtol=2e-7)


@pytest.mark.parametrize("given", [False, True], ids=["normal", "scores"])
def test_the_still_and_the_page_agree(javascript, given):
    scores, y = scored()
    figure = threshold_curves(scores, y) if given else threshold_curves()
    s = {k: v and torch.tensor(v, dtype=torch.float64) for k, v in figure.state.items()
         if k in ("positive", "negative")}  # fmt: skip
    every = falling_thresholds(**s)
    tpr, fpr = share_above(every, s["positive"], 2.0), share_above(every, s["negative"], 0.0)
    rates, (area, mean), heights = on_the_page(javascript, figure, 0.1)
    assert_close(rates[1:], torch.stack([fpr, tpr], dim=1), rtol=0, atol=2e-7)
    assert_close(heights[1:], precision(tpr, fpr, 0.1), rtol=0, atol=1e-5)
    assert areas(tpr, fpr, 0.1) == pytest.approx((area, mean), abs=1e-6)
    low, high = figure.state["low"], figure.state["high"]
    call = "outline(state.positive, state.separation, state.low, state.high)"
    outline = np.array(javascript(SCRIPTS, call, state=figure.state))
    if given:
        heights, edges = np.histogram(scores[y == 1], 30, (low, high))
        assert_close(outline[1:-1:2, 1], heights / y.sum(), rtol=1e-12)
        assert_close(outline[1:-1:2, 0], edges[:-1], rtol=0, atol=1e-12)
    else:
        assert_close(outline[:, 1] / math.sqrt(2 * math.pi), norm.pdf(outline[:, 0] - 2), rtol=1e-9)


@pytest.mark.parametrize("prevalence", SHARES)
def test_the_confusion_matrix_counts_what_is_decided(javascript, prevalence):
    scores, y = scored()
    rate = [float(np.mean(scores[y == k] >= 0.5)) for k in (0, 1)]
    got = javascript(SCRIPTS, "confusionOf(rate, p)", rate=rate, p=prevalence)
    assert got == confusion(rate[1], rate[0], prevalence)
    w = weights(y, prevalence)
    expected = confusion_matrix(y, scores >= 0.5, sample_weight=w) * EXAMPLES / w.sum()
    assert np.abs(got - expected).max() <= 0.51
    assert np.sum(got) == EXAMPLES


def test_the_finding_precision_falls_and_roc_stays():
    finding = threshold_curves().finding
    right, wrong = norm.sf(-1), norm.sf(1)
    for p in (0.5, RARE):
        share = 100 * p * right / (p * right + (1 - p) * wrong)
        assert f"{share:.3g} % " in finding
    assert "falls from 84.1 % with 50 % positives to 5.08 % with 1 %" in finding
    assert f"area of {norm.cdf(math.sqrt(2)):.3f}" in finding
    assert "from 0.921 to 0.268" in finding
    scores, y = scored()
    finding = threshold_curves(scores, y).finding
    assert f"area of {roc_auc_score(y, scores):.3f}" in finding
    usual, rare = (
        average_precision_score(y, scores, sample_weight=weights(y, p)) for p in (0.5, RARE)
    )
    assert f"from {usual:.3f} to {rare:.3f}" in finding


def test_the_still_says_what_the_caller_asked_for():
    figure = threshold_curves(threshold=1.98, prevalence=0.03, separation=1.5, question="Where?")
    assert figure.state["threshold"] == 2.0
    assert 0.03 in figure.state["prevalences"]
    assert "threshold at 2 where 3 % are positive" in figure.alt
    assert f"recall {norm.sf(0.5):.3f}" in figure.alt
    assert figure.question == "Where?"
    scores, y = scored()
    assert threshold_curves(scores, y, threshold=scores.max()).state["threshold"] == scores.max()


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scores": [0.1, 0.2]}, "give scores and y together, as numbers"),
        ({"scores": [0.1, 0.2], "y": [0, 1, 1]}, r"one shape \(n,\), n from 2 to 1000, got \(2,\)"),
        ({"scores": [0.1, math.nan], "y": [0, 1]}, "scores must be finite and not all equal"),
        ({"scores": [0.1, 0.1], "y": [0, 1]}, "scores must be finite and not all equal"),
        ({"scores": [0.1, 0.2], "y": [1, 1]}, r"y must be 0 and 1, both, got \[1.0\]"),
        ({"scores": [0.1, 0.2], "y": [0, 1], "threshold": 0.3}, "threshold must lie between 0.1"),
        ({"prevalence": 0}, "prevalence must lie between 0.001 and 0.9, got 0"),
        ({"separation": 4}, "separation must lie between 0 and 3, got 4"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        threshold_curves(**arguments)
