"""Inputs read off torch's gradients."""

import pytest
import torch
from torch.nn import functional as F

from dlcore.applications import invert_linear_gradient
from tests.parity import assert_close


@pytest.mark.reference("torch.autograd.grad", of="dlcore.applications.invert_linear_gradient")
def test_one_example_is_recovered_and_a_batch_is_mixed(generator):
    W = torch.randn(4, 6, generator=generator, dtype=torch.float64, requires_grad=True)
    b = torch.randn(4, generator=generator, dtype=torch.float64, requires_grad=True)
    X = torch.randn(3, 6, generator=generator, dtype=torch.float64)
    y = torch.tensor([0, 2, 1])
    for x, target in zip(X, y, strict=True):
        loss = F.cross_entropy(F.linear(x, W, b), target)
        assert_close(invert_linear_gradient(*torch.autograd.grad(loss, (W, b))), x)
    z = F.linear(X, W, b)
    loss = F.cross_entropy(z, y, reduction="sum")
    dz, dW, db = torch.autograd.grad(loss, (z, W, b))
    row = int(db.abs().argmax())
    assert_close(invert_linear_gradient(dW, db), dz[:, row] @ X / dz[:, row].sum())


@pytest.mark.bad_input
def test_nothing_to_read():
    with pytest.raises(ValueError, match="are needed"):
        invert_linear_gradient(torch.ones(2, 3), torch.ones(3))
    with pytest.raises(ValueError, match="tell nothing"):
        invert_linear_gradient(torch.zeros(2, 3), torch.zeros(2))
