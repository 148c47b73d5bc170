"""Measures of segmentation against scikit-learn."""

import pytest
import sklearn.metrics
import torch

from dlcore import evaluation
from tests.parity import assert_close

TRUTH = torch.tensor([0, 0, 1, 1, 0, 2, 2, 1])
PREDICTION = torch.tensor([0, 1, 1, 1, 0, 2, 0, 1])


@pytest.fixture
def images(generator):
    y = torch.randint(4, (3, 6, 5), generator=generator)
    wrong = torch.rand(3, 6, 5, generator=generator) < 0.4
    return torch.where(wrong, torch.randint(4, (3, 6, 5), generator=generator), y), y


@pytest.mark.reference("sklearn.metrics.jaccard_score", of="dlcore.evaluation.iou_per_class")
@pytest.mark.reference("sklearn.metrics.f1_score", of="dlcore.evaluation.dice_per_class")
@pytest.mark.reference("sklearn.metrics.jaccard_score", of="dlcore.evaluation.mean_iou")
def test_against_scikit_learn(images):
    predictions, y = images
    flat = y.flatten(), predictions.flatten()
    expected = sklearn.metrics.jaccard_score(*flat, average=None)
    assert_close(evaluation.iou_per_class(predictions, y), expected)
    assert_close(
        evaluation.dice_per_class(predictions, y), sklearn.metrics.f1_score(*flat, average=None)
    )
    macro = sklearn.metrics.jaccard_score(*flat, average="macro")
    assert evaluation.mean_iou(predictions, y) == pytest.approx(macro)


def test_by_hand():
    iou = evaluation.iou_per_class(PREDICTION, TRUTH)
    dice = evaluation.dice_per_class(PREDICTION, TRUTH)
    assert iou.tolist() == [0.5, 0.75, 0.5]
    assert dice.tolist() == pytest.approx([2 / 3, 6 / 7, 2 / 3])
    assert_close(dice, 2 * iou / (1 + iou))
    assert evaluation.mean_iou(PREDICTION, TRUTH) == pytest.approx(7 / 12)


def test_a_class_that_is_nowhere():
    iou = evaluation.iou_per_class(PREDICTION, TRUTH, classes=4)
    assert iou.isnan().tolist() == [False, False, False, True]
    assert evaluation.mean_iou(PREDICTION, TRUTH, 4) == pytest.approx(7 / 12)
    scores = {
        absent: evaluation.mean_iou(PREDICTION, TRUTH, 4, absent=absent)
        for absent in ("zero", "one")
    }
    assert scores["zero"] == pytest.approx(1.75 / 4)
    assert scores["one"] == pytest.approx(2.75 / 4)
    theirs = sklearn.metrics.jaccard_score(
        TRUTH, PREDICTION, labels=range(4), average="macro", zero_division=0
    )
    assert scores["zero"] == pytest.approx(theirs)


def test_predicting_background_everywhere_is_accurate_but_does_not_overlap():
    y = torch.zeros(1, 20, 20, dtype=torch.long)
    y[0, :2, :10] = 1
    nothing = torch.zeros_like(y)
    assert evaluation.accuracy(nothing.flatten(), y.flatten()) == 0.95
    assert evaluation.mean_iou(nothing, y) == pytest.approx(0.475)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluation.mean_iou(TRUTH, TRUTH[:3]), r"\(8,\), y \(3,\)"),
        (lambda: evaluation.mean_iou(TRUTH[:0], TRUTH[:0]), "no predictions to judge"),
        (lambda: evaluation.iou_per_class(TRUTH, TRUTH, 2), "labels must lie in 0..1"),
        (
            lambda: evaluation.mean_iou(TRUTH, TRUTH, absent="skip"),
            "absent must be 'ignore', 'zero' or 'one', got 'skip'",
        ),
    ],
)
def test_bad_segmentations(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.bad_input
def test_scores_in_the_place_of_labels():
    with pytest.raises(TypeError, match="must be scores"):
        evaluation.mean_iou(TRUTH.float(), TRUTH)
