"""Masks pair by pair, and how many pairs they leave."""

import pytest
import torch

from dlcore import nn


def by_pairs(t_query, t_key, allowed):
    return torch.tensor([[allowed(i, j) for j in range(t_key)] for i in range(t_query)])


@pytest.mark.reference("torch.tril", of="dlcore.nn.causal_mask")
def test_causal():
    for t in (1, 5):
        assert torch.equal(nn.causal_mask(t), torch.ones(t, t, dtype=torch.bool).tril())
    assert torch.equal(nn.causal_mask(3, 7), torch.ones(3, 7, dtype=torch.bool).tril())
    assert torch.equal(nn.causal_mask(3, past=4), torch.ones(3, 7, dtype=torch.bool).tril(4))
    assert torch.equal(nn.causal_mask(7)[4:], nn.causal_mask(3, past=4))
    assert nn.causal_mask(0).shape == (0, 0)


@pytest.mark.reference("pairs enumerated", of="dlcore.nn.local_attention_mask")
@pytest.mark.parametrize("window", [0, 1, 3, 9])
def test_local(window):
    expected = by_pairs(7, 7, lambda i, j: abs(i - j) <= window)
    assert torch.equal(nn.local_attention_mask(7, window), expected)
    assert torch.equal(nn.local_attention_mask(7, window, causal=True), expected.tril())


@pytest.mark.reference("pairs enumerated", of="dlcore.nn.strided_attention_mask")
@pytest.mark.parametrize("stride", [1, 2, 3, 9])
def test_strided(stride):
    expected = by_pairs(11, 11, lambda i, j: j <= i and (i - j < stride or (i - j) % stride == 0))
    assert torch.equal(nn.strided_attention_mask(11, stride), expected)
    two_steps = expected.int() @ expected.int() > 0
    assert torch.equal(two_steps, torch.ones(11, 11, dtype=torch.bool).tril())


def test_number_of_pairs_at_1024_positions():
    assert nn.local_attention_mask(1024, 32).sum() == 1024 * 65 - 32 * 33 == 65_504
    assert nn.strided_attention_mask(1024, 32).sum() == 48_144
    assert nn.causal_mask(1024).sum() == 524_800


@pytest.mark.bad_input
def test_bad_input():
    with pytest.raises(ValueError, match="past must be at least 0, got -1"):
        nn.causal_mask(3, past=-1)
    with pytest.raises(ValueError, match="window must be at least 0, got -1"):
        nn.local_attention_mask(3, -1)
    with pytest.raises(ValueError, match="stride must be at least 1, got 0"):
        nn.strided_attention_mask(3, 0)
