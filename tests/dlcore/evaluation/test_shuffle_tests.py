"""Shuffles: scores fall to chance where they should, and leaks keep them up."""

import numpy as np
import pytest
import sklearn.model_selection as peer
import torch
from scipy.stats import binomtest, ttest_1samp
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier

from dlcore.data import load_digits
from dlcore.evaluation import (
    PermutationTest,
    ShuffleTest,
    label_shuffle_test,
    permutation_test_score,
    pixel_shuffle_test,
)

DIGITS = load_digits()
PARTS = (*DIGITS.train, *DIGITS.validation)
IRIS = load_iris(return_X_y=True)


def fit_score(X, y, X_val, y_val):
    return float(KNeighborsClassifier(1).fit(X, y).score(X_val, y_val))


def leaky(X, y, X_val, y_val):
    """As if the validation examples had been trained on."""
    return fit_score(torch.cat([X, X_val]), torch.cat([y, y_val]), X_val, y_val)


@pytest.mark.reference("scipy.stats.ttest_1samp", of="dlcore.evaluation.label_shuffle_test")
def test_shuffled_labels():
    seen = []

    def spy(*parts):
        seen.append(fit_score(*parts))
        return seen[-1]

    found = label_shuffle_test(spy, *PARTS, generator=torch.Generator().manual_seed(0))
    interval = ttest_1samp(seen, 0).confidence_interval(0.95)
    assert len(seen) == 5
    assert found.accuracy == pytest.approx(np.mean(seen))
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.at_chance
    assert fit_score(*PARTS) > 0.95


def test_a_leak_keeps_the_score_up():
    found = label_shuffle_test(leaky, *PARTS, repeats=2, generator=torch.Generator().manual_seed(0))
    assert not found.at_chance
    assert found.accuracy > 0.9


@pytest.mark.reference(
    "scipy.stats.binomtest.proportion_ci", of="dlcore.evaluation.pixel_shuffle_test"
)
@pytest.mark.reference("numpy.bincount", of="dlcore.evaluation.ShuffleTest")
def test_shuffled_pixels():
    generator = torch.Generator().manual_seed(0)
    each = pixel_shuffle_test(fit_score, *PARTS, generator=generator)
    same = pixel_shuffle_test(fit_score, *PARTS, same=True, generator=generator)
    assert isinstance(each, ShuffleTest)
    assert each.accuracy < 0.25
    assert same.accuracy == pytest.approx(fit_score(*PARTS))
    assert not same.at_chance
    y_val = PARTS[3].numpy()
    interval = binomtest(round(each.accuracy * len(y_val)), len(y_val)).proportion_ci(
        0.99, "wilson"
    )
    assert (each.low, each.high) == pytest.approx((interval.low, interval.high))
    assert each.chance == np.bincount(y_val).max() / len(y_val)


def test_each_image_keeps_its_pixels():
    images = torch.arange(24.0).reshape(2, 3, 4)
    seen = []

    def look(X, y, X_val, y_val):
        seen.append(X)
        return 0.5

    y = torch.tensor([0, 1])
    pixel_shuffle_test(look, images, y, images, y, generator=torch.Generator().manual_seed(0))
    assert seen[0].shape == images.shape
    assert torch.equal(seen[0].flatten(1).sort().values, images.flatten(1))
    order = seen[0].flatten(1) - images.flatten(1)[:, :1]
    assert not torch.equal(order[0], order[1])


@pytest.mark.reference(
    "sklearn.model_selection.permutation_test_score", of="dlcore.evaluation.permutation_test_score"
)
@pytest.mark.reference(
    "sklearn.model_selection.permutation_test_score", of="dlcore.evaluation.PermutationTest"
)
def test_permutation_test():
    model = KNeighborsClassifier(5)
    ours = permutation_test_score(model, *IRIS, n_permutations=20, random_state=0)
    score, permuted, p = peer.permutation_test_score(
        model, *IRIS, cv=peer.StratifiedKFold(5), n_permutations=20, random_state=0
    )
    assert isinstance(ours, PermutationTest)
    assert ours.score == pytest.approx(score)
    assert ours.p_value == pytest.approx(p) == 1 / 21
    spread = np.hypot(ours.permuted.std(), permuted.std()) / np.sqrt(20)
    assert abs(ours.permuted.mean() - permuted.mean()) < 4.5 * spread


def test_p_values_of_noise_count_ties_as_chance():
    X, y = torch.zeros(20, 1), torch.arange(20) % 2
    found = permutation_test_score(KNeighborsClassifier(1), X, y, n_permutations=9, cv=2)
    assert found.p_value == (1 + (found.permuted >= found.score).sum()) / 10
    assert found.p_value > 0.1


@pytest.mark.bad_input
def test_bad_input_is_refused():
    X, y, X_val, y_val = PARTS
    with pytest.raises(ValueError, match="X and y must be"):
        label_shuffle_test(fit_score, X, y[:-1], X_val, y_val)
    with pytest.raises(ValueError, match="X_val and y_val"):
        pixel_shuffle_test(fit_score, X, y, X_val[:0], y_val[:0])
    with pytest.raises(ValueError, match="2 shuffles"):
        label_shuffle_test(fit_score, *PARTS, repeats=1)
    with pytest.raises(ValueError, match="confidence"):
        label_shuffle_test(fit_score, *PARTS, confidence=1.0)
    for score in (1.5, float("nan")):
        for shuffle in (label_shuffle_test, pixel_shuffle_test):
            with pytest.raises(ValueError, match="accuracy in"):
                shuffle(lambda *parts, score=score: score, *PARTS)
    with pytest.raises(ValueError, match="one permutation"):
        permutation_test_score(KNeighborsClassifier(), *IRIS, n_permutations=0)
