"""The gradients of a convolution, written out, against autograd and torch.nn.grad."""

import itertools

import pytest
import scipy.signal
import torch
from torch.nn import functional as F
from torch.nn import grad as torch_grad

from dlcore import nn
from tests.parity import assert_close


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.conv2d_backward")
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    list(itertools.product((1, 2, (3, 2)), (0, 1, (2, 3)), (1, (2, 1)), (1, 2, 4))),
)
def test_every_option_as_in_torch(stride, padding, dilation, groups, generator):
    x = draw(generator, 2, 4, 7, 9).requires_grad_()
    weight = draw(generator, 8, 4 // groups, 2, 3).requires_grad_()
    bias = draw(generator, 8).requires_grad_()
    options = (stride, padding, dilation, groups)
    y = F.conv2d(x, weight, bias, *options)
    grad = draw(generator, *y.shape)
    expected = torch.autograd.grad(y, (x, weight, bias), grad)
    actual = nn.conv2d_backward(grad, x.detach(), weight.detach(), *options)
    for ours, theirs in zip(actual, expected, strict=True):
        assert_close(ours, theirs, atol=1e-10)
    assert_close(actual[0], torch_grad.conv2d_input(x.shape, weight, grad, *options), atol=1e-10)
    assert_close(actual[1], torch_grad.conv2d_weight(x, weight.shape, grad, *options), atol=1e-10)


def test_same_padding_and_one_example(generator):
    x, weight = draw(generator, 4, 7, 9).requires_grad_(), draw(generator, 6, 4, 3, 5)
    y = F.conv2d(x, weight, padding="same")
    grad = draw(generator, *y.shape)
    (expected,) = torch.autograd.grad(y, x, grad)
    assert_close(nn.conv2d_backward(grad, x.detach(), weight, padding="same")[0], expected)


def test_the_worked_example():
    I = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
    K = torch.tensor([[[[1.0, 2], [3, 4]]]])
    grad_x, grad_weight, grad_bias = nn.conv2d_backward(torch.ones(1, 1, 2, 2), I, K)
    assert_close(grad_x[0, 0], [[1, 3, 2], [4, 10, 6], [3, 7, 4]])
    assert_close(grad_weight[0, 0], [[12, 16], [24, 28]])
    assert_close(grad_bias, [4])


def test_which_of_the_two_operations_is_which(generator):
    x, k = draw(generator, 5, 6), draw(generator, 2, 3)
    G = draw(generator, 4, 4)
    grad_x, grad_k, _ = nn.conv2d_backward(G[None, None], x[None, None], k[None, None])
    x, k, G = x.numpy(), k.numpy(), G.numpy()
    turned = k[::-1, ::-1].copy()
    assert_close(grad_k[0, 0], scipy.signal.correlate2d(x, G, "valid"))
    assert_close(grad_x[0, 0], scipy.signal.correlate2d(G, turned, "full"), atol=1e-10)
    assert_close(grad_x[0, 0], scipy.signal.convolve2d(G, k, "full"), atol=1e-10)
    double_flip = scipy.signal.convolve2d(G, turned, "full")
    assert abs(grad_x[0, 0].numpy() - double_flip).max() > 0.1


def test_gradcheck(generator):
    args = [
        draw(generator, *s).requires_grad_() for s in ((1, 2, 2, 3), (1, 2, 4, 5), (2, 1, 2, 2))
    ]
    f = lambda grad, x, w: nn.conv2d_backward(grad, x, w, 2, 1, 1, 2)[:2]  # noqa: E731
    grad = draw(generator, *F.conv2d(args[1], args[2], None, 2, 1, 1, 2).shape).requires_grad_()
    assert torch.autograd.gradcheck(f, (grad, *args[1:]))


@pytest.mark.bad_input
def test_bad_input():
    x, weight = torch.ones(2, 4, 7, 9), torch.ones(6, 4, 3, 3)
    with pytest.raises(ValueError, match=r"outputs, \(2, 6, 5, 7\); got \(2, 6, 7, 9\)"):
        nn.conv2d_backward(torch.ones(2, 6, 7, 9), x, weight)
    with pytest.raises(ValueError, match="need 4 input channels"):
        nn.conv2d_backward(torch.ones(2, 6, 5, 7), x[:, :3], weight)
