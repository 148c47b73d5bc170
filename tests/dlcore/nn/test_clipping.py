"""Clipping by value against torch."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close


@pytest.mark.reference("torch.nn.utils.clip_grad_value_", of="dlcore.nn.clip_grad_value_")
@pytest.mark.parametrize("c", [0.0, 0.5, 10.0, float("inf")])
def test_same_as_torch(c, generator):
    gradient = torch.randn(3, 5, generator=generator)
    gradient[0, :2] = torch.tensor([torch.inf, torch.nan])
    ours, theirs = torch.nn.Linear(5, 3), torch.nn.Linear(5, 3)
    for layer in (ours, theirs):
        layer.weight.grad = gradient.clone()
    assert nn.clip_grad_value_(ours.parameters(), c) is None
    torch.nn.utils.clip_grad_value_(theirs.parameters(), c)
    assert_close(ours.weight.grad, theirs.weight.grad, rtol=0, atol=0)
    nn.clip_grad_value_(theirs.weight, 0)
    assert not theirs.weight.grad.nan_to_num().any()


def test_the_direction_changes():
    w = torch.zeros(2, requires_grad=True)
    (w @ torch.tensor([100.0, 1.0])).backward()
    before = w.grad.clone()
    nn.clip_grad_value_(w, 1.0)
    assert w.grad.tolist() == [1, 1]
    assert round(torch.cosine_similarity(before, w.grad, dim=0).item(), 3) == 0.714


@pytest.mark.bad_input
@pytest.mark.parametrize("c", [-1.0, float("nan")])
def test_bad_input(c):
    with pytest.raises(ValueError, match="clip_value must be at least 0, got"):
        nn.clip_grad_value_(torch.ones(2), c)
