"""Loops, one matrix, Fourier transforms and Winograd's tiles against torch and SciPy."""

import itertools

import pytest
import scipy.linalg
import scipy.signal
import torch
from torch.nn import functional as F

from dlcore import nn
from tests.parity import assert_close, assert_parity


def draw(generator, *shape):
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.conv2d_naive")
@pytest.mark.parametrize("options", [(1, 0, 1, 1), (2, 1, 1, 2), (1, 2, 2, 1), (3, 0, 1, 2)])
def test_loops_as_in_torch(options, generator):
    x, b = draw(generator, 2, 4, 5, 6), draw(generator, 6)
    weight = draw(generator, 6, 4 // options[3], 2, 3)
    assert_close(nn.conv2d_naive(x, weight, b, *options), F.conv2d(x, weight, b, *options))


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.conv2d_fft")
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    list(itertools.product((1, (2, 3)), (0, (1, 2), "same"), (1, 2), (1, 2))),
)
def test_fourier_transforms_as_in_torch(stride, padding, dilation, groups, generator):
    stride = 1 if padding == "same" else stride
    x, b = draw(generator, 2, 4, 8, 9), draw(generator, 6)
    weight = draw(generator, 6, 4 // groups, 3, 3)
    options = (stride, padding, dilation, groups)
    expected = F.conv2d(x, weight, b, *options)
    assert_close(nn.conv2d_fft(x, weight, b, *options), expected, atol=1e-10)
    assert_close(nn.conv2d_fft(x[0], weight, None, *options)[0] + b[0], expected[0, 0], atol=1e-10)


@pytest.mark.reference("torch.nn.functional.conv2d", of="dlcore.nn.conv2d_winograd")
@pytest.mark.parametrize("padding", [0, 1, (2, 0), "same"])
@pytest.mark.parametrize("size", [(8, 6), (5, 8), (7, 9), (3, 3)])
def test_winograd_as_in_torch(padding, size, generator):
    x, weight, b = draw(generator, 2, 4, *size), draw(generator, 6, 4, 3, 3), draw(generator, 6)
    peer = lambda x, w, b, padding: F.conv2d(x, w, b, 1, padding)  # noqa: E731
    assert_parity(nn.conv2d_winograd, peer, x, weight, b, padding, atol=1e-10)


@pytest.mark.reference("scipy.linalg.toeplitz", of="dlcore.nn.conv_matrix")
def test_on_one_axis_it_is_scipys_toeplitz_matrix(generator):
    kernel = draw(generator, 3)
    first_row = torch.cat([kernel, torch.zeros(4)]).numpy()
    first_column = torch.cat([kernel[:1], torch.zeros(4)]).numpy()
    assert_close(nn.conv_matrix(kernel, 7), scipy.linalg.toeplitz(first_column, first_row))


@pytest.mark.parametrize(
    ("stride", "padding", "dilation"), [(1, 0, 1), (2, 1, 1), ((1, 2), (0, 2), (2, 1))]
)
def test_a_product_with_it_is_the_convolution_its_transpose_the_gradient(
    stride, padding, dilation, generator
):
    kernel, x = draw(generator, 3, 2), draw(generator, 1, 1, 6, 7)
    T = nn.conv_matrix(kernel, (6, 7), stride, padding, dilation)
    z = x.clone().requires_grad_()
    S = F.conv2d(z, kernel[None, None], None, stride, padding, dilation)
    assert_close(T @ x.flatten(), S.flatten())
    G = draw(generator, *S.shape)
    assert_close(T.T @ G.flatten(), torch.autograd.grad(S, z, G)[0].flatten())


def test_its_blocks_are_toeplitz_matrices(generator):
    kernel = draw(generator, 3, 2)
    blocks = nn.conv_matrix(kernel, (5, 6)).reshape(3, 5, 5, 6)
    for i, j in itertools.product(range(3), range(5)):
        row = kernel[j - i] if 0 <= j - i < 3 else torch.zeros(2, dtype=torch.float64)
        assert_close(blocks[i, :, j], nn.conv_matrix(row, 6))


def test_gradient_in_the_kernel_and_three_axes(generator):
    kernel = draw(generator, 2, 2, 2).requires_grad_()
    x = draw(generator, 3, 4, 3)
    expected = F.conv3d(x[None], kernel[None, None]).flatten()
    assert_close(nn.conv_matrix(kernel, x.shape) @ x.flatten(), expected)
    assert torch.autograd.gradcheck(lambda k: nn.conv_matrix(k, (3, 3, 3)), kernel)


@pytest.mark.reference("scipy.signal.fftconvolve", of="dlcore.nn.fft_convolve2d")
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("size", "kernel"), [((7, 9), (3, 5)), ((5, 6), (2, 3)), ((6, 6), (6, 1))])
def test_fft_of_arrays_as_in_scipy(size, kernel, mode, generator):
    x, k = draw(generator, *size), draw(generator, *kernel)
    expected = scipy.signal.fftconvolve(x.numpy(), k.numpy(), mode)
    assert_close(nn.fft_convolve2d(x, k, mode), expected, atol=1e-10)


def test_without_zeros_the_ends_would_meet(generator):
    x, k = draw(generator, 6, 7), draw(generator, 3, 3)
    wrapped = torch.fft.irfft2(torch.fft.rfft2(x) * torch.fft.rfft2(k, s=(6, 7)), s=(6, 7))
    full = nn.fft_convolve2d(x, k)
    assert_close(wrapped[2:, 2:], full[2:6, 2:7], atol=1e-10)
    assert_close(wrapped[0, 2:], full[0, 2:7] + full[6, 2:7], atol=1e-10)


@pytest.mark.bad_input
def test_bad_input():
    x, weight = torch.ones(2, 4, 7, 9), torch.ones(6, 4, 3, 3)
    with pytest.raises(ValueError, match=r"3 x 3 kernels, got .* and \(6, 4, 2, 3\)"):
        nn.conv2d_winograd(x, weight[..., :2, :])
    with pytest.raises(ValueError, match="does not fit"):
        nn.conv2d_winograd(x[..., :2], weight)
    with pytest.raises(ValueError, match="need 4 input channels"):
        nn.conv2d_fft(x[:, :3], weight)
    with pytest.raises(ValueError, match="need 4 input channels"):
        nn.conv2d_naive(x[:, :3], weight)
    with pytest.raises(ValueError, match="mode must be one of"):
        nn.fft_convolve2d(x[0, 0], weight[0, 0], "circular")
    with pytest.raises(ValueError, match="does not fit into"):
        nn.fft_convolve2d(weight[0, 0], x[0, 0], "valid")
    with pytest.raises(ValueError, match="a kernel with axes and values"):
        nn.conv_matrix(torch.tensor(1.0), 5)
    with pytest.raises(ValueError, match="input_size needs one number or 2"):
        nn.conv_matrix(torch.ones(2, 2), (5, 5, 5))
