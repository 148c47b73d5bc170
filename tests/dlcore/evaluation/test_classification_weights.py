"""Accuracy and confusion with weights against scikit-learn."""

import pytest
import torch
from sklearn import metrics

from dlcore.evaluation import accuracy, confusion_matrix
from tests.parity import assert_close


def test_weighted_as_scikit_learn(generator):
    labels, y = torch.randint(0, 4, (2, 50), generator=generator)
    for weights in (
        torch.rand(50, generator=generator, dtype=torch.float64),
        torch.randint(0, 3, (50,), generator=generator),
    ):
        assert_close(
            accuracy(labels, y, sample_weight=weights),
            metrics.accuracy_score(y, labels, sample_weight=weights),
        )
        assert_close(
            confusion_matrix(labels, y, sample_weight=weights),
            metrics.confusion_matrix(y, labels, sample_weight=weights.double()),
        )


def test_a_weight_is_a_number_of_copies():
    labels, y = torch.tensor([0, 1, 1]), torch.tensor([0, 1, 0])
    copies = torch.tensor([3, 1, 2])
    expected = confusion_matrix(labels.repeat_interleave(copies), y.repeat_interleave(copies))
    assert_close(confusion_matrix(labels, y, sample_weight=copies), expected)


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"sample_weight \(1,\) for 2 examples"),
        ([1.0, -1.0], "not negative"),
        ([0.0, 0.0], "not all 0"),
        ([1.0, float("inf")], "finite"),
        ([1.0, float("nan")], "finite"),
    ],
)
@pytest.mark.parametrize("measure", [accuracy, confusion_matrix])
def test_bad_weights(measure, weights, message):
    y = torch.tensor([0, 1])
    with pytest.raises(ValueError, match=message):
        measure(y, y, sample_weight=torch.tensor(weights))
