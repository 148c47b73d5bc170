"""Minibatches visit each example once."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader, TensorDataset

from dlcore.data import iterate_minibatches


@pytest.mark.reference("torch.utils.data.DataLoader", of="dlcore.data.iterate_minibatches")
@pytest.mark.parametrize("batch_size", [1, 5, 13, 17])
def test_unshuffled_batches_are_those_of_torch(batch_size):
    X, y = torch.randn(13, 3, 2), torch.arange(13)
    expected = list(DataLoader(TensorDataset(X, y), batch_size))
    actual = list(iterate_minibatches(X, y, batch_size, shuffle=False))
    assert len(actual) == len(expected)
    for ours, theirs in zip(actual, expected, strict=True):
        assert torch.equal(ours[0], theirs[0])
        assert torch.equal(ours[1], theirs[1])


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 53), batch_size=st.integers(1, 60), seed=st.integers(0, 99))
def test_shuffled_each_example_comes_once_with_its_target(n, batch_size, seed):
    X, y = torch.arange(n)[:, None].float(), torch.arange(n)
    generator = torch.Generator().manual_seed(seed)
    batches = list(iterate_minibatches(X, y, batch_size, generator=generator))
    assert [len(b) for _, b in batches[:-1]] == [batch_size] * (len(batches) - 1)
    assert all(torch.equal(a[:, 0].long(), b) for a, b in batches)
    assert torch.cat([b for _, b in batches]).sort().values.tolist() == list(range(n))


def test_the_order_follows_the_generator_and_changes_from_epoch_to_epoch():
    X, y = torch.zeros(53, 1), torch.arange(53)

    def epochs(seed):
        generator = torch.Generator().manual_seed(seed)
        return [next(iterate_minibatches(X, y, 53, generator=generator))[1] for _ in range(2)]

    assert torch.equal(epochs(0)[0], epochs(0)[0])
    assert not torch.equal(epochs(0)[0], epochs(0)[1])
    assert not torch.equal(epochs(0)[0], epochs(1)[0])


def test_all_orders_are_equally_likely():
    """Chi-square over the 6 orders of 3 examples; false alarm 1e-4 (5 degrees of freedom)."""
    generator = torch.Generator().manual_seed(0)
    X, y = torch.zeros(3, 1), torch.arange(3)
    counts: dict[tuple, int] = {}
    for _ in range(1200):
        order = tuple(next(iterate_minibatches(X, y, 3, generator=generator))[1].tolist())
        counts[order] = counts.get(order, 0) + 1
    assert sum((c - 200) ** 2 / 200 for c in counts.values()) < 25.7
    assert len(counts) == 6


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("n", "labels", "batch_size", "message"),
    [
        (5, 7, 2, "differ in length"),
        (0, 0, 2, "no examples"),
        (5, 5, 0, "at least 1, got 0"),
    ],
)
def test_bad_input_is_refused_at_the_call_not_at_the_first_batch(n, labels, batch_size, message):
    with pytest.raises(ValueError, match=message):
        iterate_minibatches(torch.zeros(n, 1), torch.zeros(labels), batch_size)
