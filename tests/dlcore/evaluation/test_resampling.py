"""Class weights against scikit-learn, resampled sets against what each method promises."""

from collections import Counter

import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from dlcore.evaluation import class_weights, random_oversample, random_undersample, smote
from tests.parity import assert_close

Y = torch.tensor([0] * 17 + [1] * 5 + [2] * 3)[torch.randperm(25, generator=torch.Generator())]
X = torch.randn(25, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def rows(A):
    return Counter(tuple(row) for row in A.tolist())


@pytest.mark.reference(
    "sklearn.utils.class_weight.compute_class_weight", of="dlcore.evaluation.class_weights"
)
def test_class_weights():
    expected = compute_class_weight("balanced", classes=Y.unique().numpy(), y=Y.numpy())
    assert_close(class_weights(Y), expected, rtol=1e-6)
    spam = torch.tensor([0] * 19 + [1])
    assert_close(class_weights(spam), [1 / 1.9, 10.0], rtol=1e-6)
    assert class_weights(Y, classes=4)[3] == torch.inf


@pytest.mark.reference("collections.Counter", of="dlcore.evaluation.random_oversample")
def test_oversampling_repeats_the_rare():
    X_new, y_new = random_oversample(X, Y, generator=torch.Generator().manual_seed(0))
    assert torch.equal(X_new[:25], X)
    assert torch.equal(y_new[:25], Y)
    assert Counter(y_new.tolist()) == {0: 17, 1: 17, 2: 17}
    for c in range(3):
        assert set(rows(X_new[y_new == c])) == set(rows(X[c == Y]))


@pytest.mark.reference("collections.Counter", of="dlcore.evaluation.random_undersample")
def test_undersampling_keeps_a_part_of_the_common():
    X_new, y_new = random_undersample(X, Y, generator=torch.Generator().manual_seed(0))
    assert Counter(y_new.tolist()) == {0: 3, 1: 3, 2: 3}
    for c in range(3):
        assert rows(X_new[y_new == c]) <= rows(X[c == Y])
    images = torch.arange(25 * 6).reshape(25, 2, 3)
    assert random_undersample(images, Y)[0].shape == (9, 2, 3)


@pytest.mark.reference("the segments between all pairs", of="dlcore.evaluation.smote")
def test_smote_puts_points_between_neighbours_of_a_class():
    X_new, y_new = smote(X, Y, k=2, generator=torch.Generator().manual_seed(0))
    assert Counter(y_new.tolist()) == {0: 17, 1: 17, 2: 17}
    assert torch.equal(X_new[:25], X)
    for c in (1, 2):
        members = X[c == Y]
        distances = torch.cdist(members, members)
        for point in X_new[25:][y_new[25:] == c]:
            ends = [
                (i, j)
                for i in range(len(members))
                for j in range(len(members))
                if i != j
                and abs((point - members[i]).norm() + (point - members[j]).norm() - distances[i, j])
                < 1e-9
            ]
            assert any(j in distances[i].argsort()[1:3] for i, j in ends)


def test_points_between_independent_ones_vary_by_two_thirds():
    """E[(1 - u)^2 + u^2] = 2/3: with all as neighbours."""
    generator = torch.Generator().manual_seed(0)
    rare = torch.randn(300, 20, generator=generator)
    X_all = torch.cat([rare, torch.zeros(5000, 20)])
    y_all = (torch.arange(5300) < 300).long()
    made = smote(X_all, y_all, k=299, generator=generator)[0][5300:]
    assert made.var(0).mean() / rare.var(0).mean() == pytest.approx(2 / 3, rel=0.05)


def test_one_copy_of_a_pair_is_enough():
    X_new, y_new = smote(
        torch.tensor([[0.0], [0.0], [1.0], [2.0], [3.0]]), torch.tensor([0, 0, 1, 1, 1])
    )
    assert X_new[5:].tolist() == [[0.0]]
    assert y_new.tolist() == [0, 0, 1, 1, 1, 0]


@pytest.mark.bad_input
def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="0 to 1"):
        class_weights(Y, classes=2)
    with pytest.raises(ValueError, match="labels of shape"):
        class_weights(torch.zeros(0, dtype=torch.long))
    for resample in (random_oversample, random_undersample, smote):
        with pytest.raises(ValueError, match="differ in length"):
            resample(X[:-1], Y)
    with pytest.raises(ValueError, match="k >= 1"):
        smote(X, Y, k=0)
    with pytest.raises(ValueError, match="single member"):
        smote(X[:3], torch.tensor([0, 0, 1]))
