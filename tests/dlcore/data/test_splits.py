"""Splits are disjoint, complete, stratified and the same each time."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from dlcore.data import Examples, Provenance, Splits, load_iris, split_examples

PROVENANCE = Provenance("name", "source", "licence", "citation", "13 examples")


def rows(n, classes=1):
    return torch.arange(n)[:, None].float(), torch.arange(n) % classes


@pytest.mark.reference("sklearn.model_selection.train_test_split", of="dlcore.data.split_examples")
def test_class_counts_are_those_of_scikit_learn():
    y = torch.tensor([0] * 53 + [1] * 17 + [2] * 31)
    parts = split_examples(torch.zeros(101, 1), y, stratify=True)
    rest, test = train_test_split(y.numpy(), test_size=20, stratify=y.numpy(), random_state=0)
    train, validation = train_test_split(rest, test_size=20, stratify=rest, random_state=0)
    for part, reference in zip(parts, (train, validation, test), strict=True):
        difference = part.y.bincount(minlength=3) - torch.from_numpy(np.bincount(reference))
        assert len(part.y) == len(reference)
        assert difference.abs().max() <= 1


@settings(max_examples=30, deadline=None)
@given(n=st.integers(3, 61), classes=st.integers(1, 7), seed=st.integers(0, 99), by=st.booleans())
def test_every_example_is_in_exactly_one_part(n, classes, seed, by):
    X, y = rows(n, classes)
    parts = split_examples(X, y, stratify=by, generator=torch.Generator().manual_seed(seed))
    together = torch.cat([part.X[:, 0] for part in parts])
    assert torch.equal(together.sort().values, X[:, 0])
    for part in parts:
        assert torch.equal(part.y, y[part.X[:, 0].long()])


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.integers(1, 29), min_size=2, max_size=5), seed=st.integers(0, 99))
def test_stratified_shares_deviate_by_at_most_one_example(sizes, seed):
    y = torch.cat([torch.full((n,), k) for k, n in enumerate(sizes)] + [torch.zeros(3).long()])
    generator = torch.Generator().manual_seed(seed)
    parts = split_examples(torch.zeros(len(y), 1), y, stratify=True, generator=generator)
    overall = y.bincount().double()
    for part, fraction in zip(parts, (0.6, 0.2, 0.2), strict=True):
        counts = part.y.bincount(minlength=len(sizes)).double()
        assert (counts - fraction * overall).abs().max() < 2


def test_the_default_split_is_the_same_each_time_and_another_seed_gives_another():
    X, y = rows(53)
    first, again = split_examples(X, y)[0].X, split_examples(X, y)[0].X
    other = split_examples(X, y, generator=torch.Generator().manual_seed(1))[0].X
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.reference("tuple", of="dlcore.data.Examples")
def test_examples_unpack_and_move():
    X, y = Examples(*rows(5)).to("cpu")
    assert X.shape == (5, 1)
    assert y.shape == (5,)


@pytest.mark.reference("torch.Tensor.to", of="dlcore.data.Splits")
def test_splits_move_as_a_whole_and_keep_what_they_know():
    splits = load_iris()
    moved = splits.to("meta")
    assert isinstance(moved, Splits)
    assert {p.X.device.type for p in (moved.train, moved.validation, moved.test)} == {"meta"}
    assert moved.features == splits.features
    assert moved.classes == splits.classes


@pytest.mark.reference("str.format", of="dlcore.data.Provenance")
def test_provenance_reads_as_a_sentence():
    assert str(PROVENANCE) == "name: 13 examples. source. citation. Licence: licence."


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("n", "labels", "fractions", "message"),
    [
        (5, 7, (0.6, 0.2, 0.2), r"differ in length: \(5, 1\) and \(7,\)"),
        (5, 5, (0.6, 0.2, 0.3), "sum to 1"),
        (5, 5, (1.2, -0.2, 0.0), "sum to 1"),
        (2, 2, (0.6, 0.2, 0.2), "cannot split 2 examples"),
    ],
)
def test_bad_input(n, labels, fractions, message):
    with pytest.raises(ValueError, match=message):
        split_examples(torch.zeros(n, 1), torch.zeros(labels), fractions)
