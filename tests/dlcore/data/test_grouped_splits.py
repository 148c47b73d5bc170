"""Splits that keep groups whole and time in order."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcore.data import split_by_group, split_by_time


@pytest.mark.reference("set intersection", of="dlcore.data.split_by_group")
@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=60).filter(lambda g: len(set(g)) >= 3),
    st.integers(0, 99),
)
def test_no_group_is_in_two_parts(groups, seed):
    ids, numbers = torch.tensor(groups), torch.arange(len(groups))
    parts = split_by_group(
        ids[:, None], numbers, ids, generator=torch.Generator().manual_seed(seed)
    )
    assert sorted(i for part in parts for i in part.y.tolist()) == numbers.tolist()
    held = [set(part.X[:, 0].tolist()) for part in parts]
    assert all(held)
    assert sum(len(each) for each in held) == len(set(groups))


def test_many_small_groups_give_the_shares():
    groups = torch.arange(1000) // 2
    parts = split_by_group(groups[:, None], groups, groups)
    assert [len(part.y) for part in parts] == pytest.approx([700, 150, 150], abs=2)
    again = split_by_group(groups[:, None], groups, groups)
    assert all(torch.equal(a.y, b.y) for a, b in zip(parts, again, strict=True))


@pytest.mark.reference("torch.sort", of="dlcore.data.split_by_time")
def test_the_newest_are_for_the_test():
    times = torch.randperm(100, generator=torch.Generator().manual_seed(0))
    parts = split_by_time(times[:, None], times, times)
    assert torch.cat([part.y for part in parts]).tolist() == list(range(100))
    assert [len(part.y) for part in parts] == [70, 15, 15]
    with_gap = split_by_time(times[:, None], times, times, gap=3)
    assert with_gap[1].y.tolist() == list(range(73, 85))
    assert with_gap[2].y.tolist() == list(range(88, 100))
    in_order = split_by_time(times[:, None], times)
    assert torch.equal(torch.cat([part.y for part in in_order]), times)


@pytest.mark.bad_input
def test_bad_input_is_refused():
    X, y = torch.zeros(10, 1), torch.arange(10)
    with pytest.raises(ValueError, match="one group for each"):
        split_by_group(X, y, y[:-1])
    with pytest.raises(ValueError, match="2 groups into three"):
        split_by_group(X, y, y % 2)
    with pytest.raises(ValueError, match="one time for each"):
        split_by_time(X, y, y[:-1])
    with pytest.raises(ValueError, match="sum to 1"):
        split_by_time(X, y, fractions=(0.5, 0.5, 0.5))
    for gap in (-1, 2):
        with pytest.raises(ValueError, match="gap="):
            split_by_time(X, y, gap=gap)
