"""Convolution and cross-correlation of plain arrays, one kernel, no channels."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.im2col import geometry, windows
from dlcore.nn.padding import pad_last_axes

MODES = ("full", "same", "valid")


def check_arrays(name: str, x: Tensor, k: Tensor, mode: str, axes: int | None = None) -> None:
    """Raise ValueError unless two arrays and a mode make a convolution."""
    if mode not in MODES:
        raise ValueError(f"{name}: mode must be one of {', '.join(MODES)}; got {mode!r}")
    wanted = x.ndim if axes is None else axes
    if x.ndim != wanted or k.ndim != wanted or wanted < 1:
        raise ValueError(
            f"{name} needs two arrays with {wanted or 1} axes, "
            f"got shapes {tuple(x.shape)} and {tuple(k.shape)}"
        )
    if not x.numel() or not k.numel():
        raise ValueError(f"{name} needs values, got {tuple(x.shape)} and {tuple(k.shape)}")


def _correlate(x: Tensor, k: Tensor, mode: str, flipped: bool) -> Tensor:
    axes = k.ndim
    if mode == "valid" and any(m > n for m, n in zip(k.shape, x.shape, strict=True)):
        raise ValueError(f"valid: a kernel {tuple(k.shape)} does not fit into {tuple(x.shape)}")
    if mode == "full":
        borders = [(m - 1, m - 1) for m in k.shape]
    elif mode == "same":
        halves = [(m - 1) // 2 if flipped else m // 2 for m in k.shape]
        borders = [(m - 1 - half, half) for m, half in zip(k.shape, halves, strict=True)]
    else:
        borders = [(0, 0)] * axes
    view = windows(pad_last_axes(x, borders), geometry(axes, tuple(k.shape)))
    return (view * k).sum(dim=tuple(range(-axes, 0)))


def cross_correlate(
    x: Float[Tensor, "*size"], k: Float[Tensor, "*kernel"], mode: str = "full"
) -> Float[Tensor, "*outputs"]:
    """Slide an array over another, in any number of dimensions: S_i = sum_m x_(i+m) k_m.

    Args:
        x: the signal, image or volume, without channels.
        k: the kernel, with as many axes.
        mode: "full" keeps every place where they overlap, n + m - 1 on an axis; "same" the middle n
            of them (an even kernel lies as in `same_padding`); "valid" only those where the kernel
            lies inside, n - m + 1.

    Returns:
        The sums at all places; what lies outside x counts as 0.

    Raises:
        ValueError: another mode, other numbers of axes, no values, or for "valid" a kernel larger
            than x.

    Equation: :eq:`eq-cross-correlation`.
    Section: :ref:`sec-convolution-definition`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> row = torch.tensor([0.0, 0, 0, 1, 1, 1, 1, 0, 0, 0])
        >>> cross_correlate(row, torch.tensor([-1.0, 0.0, 1.0]), mode="valid")
        tensor([ 0.,  1.,  1.,  0.,  0., -1., -1.,  0.])

    In production: scipy.signal.correlate.
    """
    check_arrays("cross_correlate", x, k, mode)
    return _correlate(x, k, mode, flipped=False)


def convolve(
    x: Float[Tensor, "*size"], k: Float[Tensor, "*kernel"], mode: str = "full"
) -> Float[Tensor, "*outputs"]:
    """Slide a flipped array over another, in any number of dimensions: S_i = sum_m x_(i-m) k_m.

    Args:
        x: the signal, image or volume, without channels.
        k: the kernel, with as many axes; flipped along each.
        mode: "full" keeps every place where they overlap, n + m - 1 on an axis; "same" the middle n
            of them; "valid" only those where the kernel lies inside, n - m + 1.

    Returns:
        The sums at all places; what lies outside x counts as 0. In mode "full" x and k may be
        exchanged.

    Raises:
        ValueError: another mode, other numbers of axes, no values, or for "valid" a kernel larger
            than x.

    Equation: :eq:`eq-convolution`.
    Section: :ref:`sec-convolution-definition`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> convolve(torch.tensor([1.0, 1.0]), torch.tensor([1.0, 2.0, 1.0]))
        tensor([1., 3., 3., 1.])

    In production: scipy.signal.convolve.
    """
    check_arrays("convolve", x, k, mode)
    return _correlate(x, torch.flip(k, tuple(range(k.ndim))), mode, flipped=True)


def cross_correlate2d(
    x: Float[Tensor, "h w"], k: Float[Tensor, "kh kw"], mode: str = "full"
) -> Float[Tensor, "out_h out_w"]:
    """Slide a kernel over an image: S(i, j) = sum over m, n of x(i + m, j + n) k(m, n).

    Args:
        x: image without channels, shape (h, w).
        k: kernel, shape (kh, kw).
        mode: "full" keeps every place where they overlap, "same" the middle h x w of them, "valid"
            only those where the kernel lies inside.

    Returns:
        The sums at all places; what lies outside x counts as 0.

    Raises:
        ValueError: another mode, no matrices, no values, or for "valid" a kernel larger than x.

    Equation: :eq:`eq-cross-correlation`.
    Section: :ref:`sec-convolution-definition`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> I = torch.arange(1.0, 10).reshape(3, 3)
        >>> cross_correlate2d(I, torch.tensor([[1.0, 2.0], [3.0, 4.0]]), mode="valid")
        tensor([[37., 47.],
                [67., 77.]])

    In production: scipy.signal.correlate2d.
    """
    check_arrays("cross_correlate2d", x, k, mode, axes=2)
    return _correlate(x, k, mode, flipped=False)


def convolve2d(
    x: Float[Tensor, "h w"], k: Float[Tensor, "kh kw"], mode: str = "full"
) -> Float[Tensor, "out_h out_w"]:
    """Slide a kernel turned by 180 degrees: S(i, j) = sum over m, n of x(i - m, j - n) k(m, n).

    Args:
        x: image without channels, shape (h, w).
        k: kernel, shape (kh, kw), turned before it slides.
        mode: "full" keeps every place where they overlap, "same" the middle h x w of them, "valid"
            only those where the kernel lies inside.

    Returns:
        The sums at all places; what lies outside x counts as 0.

    Raises:
        ValueError: another mode, no matrices, no values, or for "valid" a kernel larger than x.

    Equation: :eq:`eq-convolution`.
    Section: :ref:`sec-convolution-definition`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> I = torch.arange(1.0, 10).reshape(3, 3)
        >>> convolve2d(I, torch.tensor([[1.0, 2.0], [3.0, 4.0]]), mode="valid")
        tensor([[23., 33.],
                [53., 63.]])

    In production: scipy.signal.convolve2d.
    """
    check_arrays("convolve2d", x, k, mode, axes=2)
    return _correlate(x, torch.flip(k, (0, 1)), mode, flipped=True)
