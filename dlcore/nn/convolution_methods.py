"""Other ways to the same convolution: loops, one matrix, Fourier transforms, fewer products."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.convolution import borders, check_shapes
from dlcore.nn.im2col import geometry, windows
from dlcore.nn.padding import Sizes, pad_last_axes, per_axis
from dlcore.nn.signals import check_arrays


def conv2d_naive(
    x: Float[Tensor, "n c_in h w"],
    weight: Float[Tensor, "c_out c_group kh kw"],
    bias: Float[Tensor, " c_out"] | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Float[Tensor, "n c_out out_h out_w"]:
    """A convolution as it is defined, one output after the other: the yardstick of faster ways.

    Args:
        x: images, shape (n, c_in, h, w).
        weight: kernels, shape (c_out, c_in / groups, kh, kw).
        bias: added to each output channel, shape (c_out,), or None.
        stride: s, the step between two places; one number here, like the next two.
        padding: p, the border of zeros on each side.
        dilation: d, the step between two pixels under the kernel.
        groups: parts of the channels that do not mix.

    Returns:
        Shape (n, c_out, h', w').

    Raises:
        ValueError: shapes that do not fit, a kernel larger than the image, or a number out of
            range.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.5.

    Example:
        >>> x = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
        >>> conv2d_naive(x, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
        tensor([[[[37., 47.],
                  [67., 77.]]]])

    In production: torch.nn.functional.conv2d.
    """
    check_shapes(x, weight, bias, groups, axes=2)
    s, d = stride, dilation
    c_out, c_group, kh, kw = weight.shape
    moves = geometry(2, (kh, kw), stride, dilation)
    I = pad_last_axes(x, borders(padding, moves))
    height, width = moves.output_size(I.shape[2:])
    S = x.new_zeros(len(x), c_out, height, width)
    for o in range(c_out):
        first = o // (c_out // groups) * c_group
        for i in range(height):
            for j in range(width):
                for m in range(kh):
                    for n in range(kw):
                        pixel = I[:, first : first + c_group, i * s + m * d, j * s + n * d]
                        S[:, o, i, j] += pixel @ weight[o, :, m, n]
        if bias is not None:
            S[:, o] += bias[o]
    return S


def conv_matrix(
    kernel: Float[Tensor, "*kernel"],
    input_size: Sizes,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
) -> Float[Tensor, "outputs inputs"]:
    """The matrix T of a convolution without channels: vec(S) = T vec(I).

    A row holds the kernel, spread over the places that one output sees. With stride 1 T is a
    Toeplitz matrix on one axis, a Toeplitz matrix of Toeplitz blocks on two. Its transpose is the
    transposed convolution.

    Args:
        kernel: shape (k,), (kh, kw) or with more axes.
        input_size: the size of I, one number or one for each axis; so are the others.
        stride: the step between two places.
        padding: the border of zeros on each side.
        dilation: the step between two values under the kernel.

    Returns:
        Shape (product of the output sizes, product of the input sizes); images are read row by row.

    Raises:
        ValueError: the kernel does not fit, or a number out of range.

    Equation: :eq:`eq-conv-matrix`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> conv_matrix(torch.tensor([-1.0, 0.0, 1.0]), 5)
        tensor([[-1.,  0.,  1.,  0.,  0.],
                [ 0., -1.,  0.,  1.,  0.],
                [ 0.,  0., -1.,  0.,  1.]])

    In production: scipy.linalg.toeplitz for one axis; convolutions are never stored like this.
    """
    if not kernel.ndim or not kernel.numel():
        raise ValueError(f"expected a kernel with axes and values, got {tuple(kernel.shape)}")
    size = per_axis("input_size", input_size, kernel.ndim)
    moves = geometry(kernel.ndim, tuple(kernel.shape), stride, dilation)
    inputs = math.prod(size)
    places = torch.arange(inputs, device=kernel.device).reshape(size)
    seen = windows(pad_last_axes(places, borders(padding, moves), value=inputs), moves)
    seen = seen.reshape(-1, kernel.numel())
    T = kernel.new_zeros(len(seen), inputs + 1)
    return T.scatter_add(1, seen, kernel.reshape(1, -1).expand(len(seen), -1))[:, :inputs]


def fft_convolve2d(
    x: Float[Tensor, "h w"], k: Float[Tensor, "kh kw"], mode: str = "full"
) -> Float[Tensor, "out_h out_w"]:
    """A true convolution by Fourier transforms: multiply the spectra, transform back.

    The transform takes signals as periodic; zeros up to the size of the full result keep one end
    from reaching into the other.

    Args:
        x: image without channels, shape (h, w).
        k: kernel, shape (kh, kw).
        mode: "full", "same" or "valid", as in `convolve2d`.

    Returns:
        What `convolve2d` returns, up to rounding. The cost hardly depends on the kernel's size.

    Raises:
        ValueError: another mode, no matrices, no values, or for "valid" a kernel larger than x.

    Equation: :eq:`eq-fft-convolution`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Cooley, Tukey (1965), An algorithm for the machine calculation of complex Fourier
    series, doi:10.1090/S0025-5718-1965-0178586-1.

    Example:
        >>> I = torch.arange(1.0, 10).reshape(3, 3)
        >>> fft_convolve2d(I, torch.tensor([[1.0, 2.0], [3.0, 4.0]]), "valid").round(decimals=3)
        tensor([[23., 33.],
                [53., 63.]])

    In production: scipy.signal.fftconvolve.
    """
    check_arrays("fft_convolve2d", x, k, mode, axes=2)
    (h, w), (kh, kw) = x.shape, k.shape
    if mode == "valid" and (kh > h or kw > w):
        raise ValueError(f"valid: a kernel {tuple(k.shape)} does not fit into {tuple(x.shape)}")
    size = (h + kh - 1, w + kw - 1)
    full = torch.fft.irfft2(torch.fft.rfft2(x, s=size) * torch.fft.rfft2(k, s=size), s=size)
    if mode == "full":
        return full
    if mode == "valid":
        return full[kh - 1 : h, kw - 1 : w]
    top, left = (kh - 1) // 2, (kw - 1) // 2
    return full[top : top + h, left : left + w]


def conv2d_fft(
    x: Float[Tensor, "*n c_in h w"],
    weight: Float[Tensor, "c_out c_group kh kw"],
    bias: Float[Tensor, " c_out"] | None = None,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Float[Tensor, "*n c_out out_h out_w"]:
    """`conv2d` by Fourier transforms: one product of spectra for each pair of channels.

    Conjugating the kernel's spectrum makes a cross-correlation of the convolution. Stride saves
    nothing here: all places are computed, some are kept.

    Args:
        x: images, shape (n, c_in, h, w) or (c_in, h, w).
        weight: kernels, shape (c_out, c_in / groups, kh, kw).
        bias: added to each output channel, shape (c_out,), or None.
        stride: the step between two places, one number or (down, right); so are the next.
        padding: the border of zeros on each side, "same" or "valid".
        dilation: the step between two pixels under the kernel.
        groups: parts of the channels that do not mix.

    Returns:
        What `conv2d` returns, up to rounding.

    Raises:
        ValueError: shapes that do not fit, a kernel larger than the image, or a number out of
            range.

    Equation: :eq:`eq-fft-convolution`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Mathieu, Henaff, LeCun (2013), Fast training of convolutional networks through FFTs,
    arXiv:1312.5851.

    Example:
        >>> x = torch.arange(1.0, 10).reshape(1, 3, 3)
        >>> conv2d_fft(x, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])).round(decimals=3)
        tensor([[[37., 47.],
                 [67., 77.]]])

    In production: torch.nn.functional.conv2d; on GPUs cuDNN chooses among such methods itself.
    """
    check_shapes(x, weight, bias, groups, axes=2)
    moves = geometry(2, tuple(weight.shape[2:]), stride, dilation)
    padded = pad_last_axes(x, borders(padding, moves))
    size = tuple(padded.shape[-2:])
    reach = [d * (k - 1) + 1 for k, d in zip(moves.kernel, moves.dilation, strict=True)]
    outputs = moves.output_size(size)
    spread = weight.new_zeros(*weight.shape[:2], *reach)
    spread[..., :: moves.dilation[0], :: moves.dilation[1]] = weight
    X = torch.fft.rfft2(padded).unflatten(-3, (groups, -1))
    K = torch.fft.rfft2(spread, s=size).unflatten(0, (groups, -1)).conj()
    S = torch.fft.irfft2(torch.einsum("...gchw,gochw->...gohw", X, K).flatten(-4, -3), s=size)
    (s, t), (m, n) = moves.stride, outputs
    S = S[..., : s * (m - 1) + 1 : s, : t * (n - 1) + 1 : t]
    return S if bias is None else S + bias.reshape(-1, 1, 1)


# The transforms of Lavin and Gray for 2 outputs of a kernel of 3: 4 products in place of 6.
_OUTPUTS = ((1.0, 1, 1, 0), (0, 1, -1, -1))
_KERNEL = ((1.0, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, 1))
_INPUTS = ((1.0, 0, -1, 0), (0, 1, 1, 0), (0, -1, 1, 0), (0, 1, 0, -1))


def _both_sides(matrix: Sequence[Sequence[float]], tiles: Tensor) -> Tensor:
    M = tiles.new_tensor(matrix)
    return M @ tiles @ M.T


def conv2d_winograd(
    x: Float[Tensor, "n c_in h w"],
    weight: Float[Tensor, "c_out c_in 3 3"],
    bias: Float[Tensor, " c_out"] | None = None,
    padding: Sizes | str = 0,
) -> Float[Tensor, "n c_out out_h out_w"]:
    r"""`conv2d` with 3 x 3 kernels by Winograd's $F(2 \times 2, 3 \times 3)$.

    Tiles of 4 x 4 pixels give 2 x 2 outputs each. After a transform of tiles and kernels, which
    only adds and halves, 16 products for each pair of channels take the place of 36.

    Args:
        x: images, shape (n, c_in, h, w).
        weight: kernels, shape (c_out, c_in, 3, 3).
        bias: added to each output channel, shape (c_out,), or None.
        padding: the border of zeros on each side, one number or (down, right), "same" or "valid".

    Returns:
        What `conv2d` returns with stride 1, up to rounding.

    Raises:
        ValueError: kernels of other size, shapes that do not fit, or a number out of range.

    Equation: :eq:`eq-winograd`.
    Section: :ref:`sec-convolution-algorithms`.

    Source: Lavin, Gray (2016), Fast algorithms for convolutional neural networks, arXiv:1509.09308.

    Example:
        >>> x = torch.arange(1.0, 10).reshape(1, 1, 3, 3)
        >>> conv2d_winograd(x, torch.ones(1, 1, 3, 3))
        tensor([[[[45.]]]])

    In production: torch.nn.functional.conv2d, whose backends use it where it pays.
    """
    if weight.ndim != 4 or tuple(weight.shape[2:]) != (3, 3) or x.ndim != 4:
        raise ValueError(
            "expected images (n, c_in, h, w) and 3 x 3 kernels, "
            f"got {tuple(x.shape)} and {tuple(weight.shape)}"
        )
    check_shapes(x, weight, bias, 1, axes=2)
    moves = geometry(2, 3)
    padded = pad_last_axes(x, borders(padding, moves))
    h, w = moves.output_size(padded.shape[2:])
    even = pad_last_axes(padded, [(0, h % 2), (0, w % 2)])
    V = _both_sides(_INPUTS, windows(even, geometry(2, 4, stride=2)))
    U = _both_sides(_KERNEL, weight)
    M = torch.einsum("ocab,nctuab->notuab", U, V)
    Y = _both_sides(_OUTPUTS, M).transpose(-3, -2)
    S = Y.flatten(-2).flatten(-3, -2)[..., :h, :w]
    return S if bias is None else S + bias.reshape(-1, 1, 1)
