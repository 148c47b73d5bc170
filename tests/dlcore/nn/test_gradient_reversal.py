"""The reversed gradient beside torch's own, through batches of functions and second derivatives."""

import pytest
import torch

from dlcore.nn import GradientReversal, reverse_gradient
from tests.parity import assert_close


@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.reverse_gradient")
@pytest.mark.reference("torch.autograd.grad", of="dlcore.nn.GradientReversal")
def test_values_pass_and_gradients_turn(generator):
    x = torch.randn(3, 4, generator=generator, requires_grad=True)
    (plain,) = torch.autograd.grad(x.sin().square().sum(), x)
    for turned in (reverse_gradient(x.sin(), 0.3), GradientReversal(0.3)(x.sin())):
        assert torch.equal(turned, x.sin())
        (found,) = torch.autograd.grad(turned.square().sum(), x)
        assert_close(found, -0.3 * plain, rtol=1e-6)
    assert repr(GradientReversal(0.3)) == "GradientReversal(weight=0.3)"


@pytest.mark.reference("closed form", of="dlcore.nn.reverse_gradient")
def test_under_vmap():
    def slope(x):
        return torch.func.grad(lambda t: reverse_gradient(t, 2.0) ** 3)(x)

    points = torch.tensor([1.0, 2.0])
    assert_close(torch.func.vmap(slope)(points), [-6.0, -24.0])


@pytest.mark.bad_input
def test_no_negative_weight():
    with pytest.raises(ValueError, match="at least 0"):
        reverse_gradient(torch.ones(1), -1.0)
    with pytest.raises(ValueError, match="at least 0"):
        GradientReversal(-0.1)
