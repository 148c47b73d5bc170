"""The residual block: its Jacobian is I + J_F."""

import pytest
import torch

from dlcore import nn
from tests.parity import assert_close


def branch():
    return torch.nn.Sequential(
        torch.nn.Linear(5, 7), torch.nn.Tanh(), torch.nn.Linear(7, 5)
    ).double()


@pytest.mark.reference("torch.func.jacrev", of="dlcore.nn.ResidualBlock")
def test_value_and_jacobian(generator):
    F = branch()
    block = nn.ResidualBlock(F)
    x = torch.randn(5, generator=generator, dtype=torch.float64)
    assert_close(block(x), x + F(x))
    J_F = torch.func.jacrev(F)(x)
    eye = torch.eye(5, dtype=torch.float64)
    assert_close(torch.func.jacrev(block)(x), eye + J_F)
    y_bar = torch.randn(5, generator=generator, dtype=torch.float64)
    x = x.requires_grad_()
    (x_bar,) = torch.autograd.grad(block(x), x, y_bar)
    assert_close(x_bar, y_bar + J_F.T @ y_bar)


def test_fifty_blocks_with_nothing_in_them_pass_signal_and_gradient_unchanged(generator):
    blocks = torch.nn.Sequential(*[nn.ResidualBlock(branch()) for _ in range(50)])
    for p in blocks.parameters():
        torch.nn.init.zeros_(p)
    X = torch.randn(3, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    Y_bar = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    Y = blocks(X)
    assert torch.equal(Y, X)
    assert torch.equal(torch.autograd.grad(Y, X, Y_bar)[0], Y_bar)


@pytest.mark.bad_input
def test_a_branch_that_changes_the_shape():
    with pytest.raises(ValueError, match=r"keep the shape \(2, 5\), it gave \(2, 3\)"):
        nn.ResidualBlock(torch.nn.Linear(5, 3))(torch.zeros(2, 5))
    with pytest.raises(ValueError, match=r"keep the shape \(2, 5\), it gave \(2, 1\)"):
        nn.ResidualBlock(torch.nn.Linear(5, 1))(torch.zeros(2, 5))
