"""Accuracy and confusion against scikit-learn."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from dlcore.evaluation import accuracy, confusion_matrix
from tests.parity import assert_close


@pytest.mark.reference("sklearn.metrics.accuracy_score", of="dlcore.evaluation.accuracy")
@pytest.mark.reference("sklearn.metrics.confusion_matrix", of="dlcore.evaluation.confusion_matrix")
@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 61), k=st.integers(2, 7), seed=st.integers(0, 999))
def test_agree_with_scikit_learn(n, k, seed):
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(n, k, generator=generator)
    y = torch.randint(0, k, (n,), generator=generator)
    labels = scores.argmax(dim=1)
    assert_close(accuracy(scores, y), metrics.accuracy_score(y, labels))
    expected = metrics.confusion_matrix(y, labels, labels=range(k))
    assert torch.equal(confusion_matrix(scores, y), torch.from_numpy(expected))
    assert torch.equal(confusion_matrix(labels, y, classes=k), torch.from_numpy(expected))


def test_the_first_of_tied_scores_counts():
    assert accuracy(torch.zeros(3, 5), torch.tensor([0, 1, 0])) == pytest.approx(2 / 3)


def test_the_number_of_classes_is_that_of_the_labels_when_there_are_no_scores():
    assert confusion_matrix(torch.tensor([0, 2]), torch.tensor([1, 2])).shape == (3, 3)


@pytest.mark.bad_input
@pytest.mark.parametrize("measure", [accuracy, confusion_matrix])
def test_bad_input(measure):
    y = torch.tensor([0, 1])
    with pytest.raises(ValueError, match=r"predictions \(3, 2\), y \(2,\)"):
        measure(torch.zeros(3, 2), y)
    with pytest.raises(ValueError, match="no predictions"):
        measure(torch.zeros(0, 2), y[:0])
    with pytest.raises(ValueError, match="NaN"):
        measure(torch.full((2, 2), float("nan")), y)
    with pytest.raises(TypeError, match=r"float32 of shape \(2,\)"):
        measure(torch.zeros(2), y)


@pytest.mark.bad_input
@pytest.mark.parametrize(("predicted", "true"), [([0, 3], [0, 1]), ([0, 1], [0, -1])])
def test_labels_out_of_range(predicted, true):
    with pytest.raises(ValueError, match=r"labels must lie in 0\.\.2"):
        confusion_matrix(torch.tensor(predicted), torch.tensor(true), classes=3)
