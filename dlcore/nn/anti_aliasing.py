"""Taking every second pixel without aliases: blur first."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.convolution import conv2d
from dlcore.nn.padding import pad_last_axes, per_axis


def binomial_kernel(n: int) -> Float[Tensor, " n"]:
    """A row of Pascal's triangle, divided by its sum: the simplest low-pass filter.

    Args:
        n: its length.

    Returns:
        Shape (n,); for n = 3 it is (1, 2, 1) / 4. From n = 2 on, an alternating signal becomes 0.

    Raises:
        ValueError: a length below 1.

    Section: :ref:`sec-strided-convolution`.

    Source: Zhang (2019), Making convolutional networks shift-invariant again, arXiv:1904.11486.

    Example:
        >>> binomial_kernel(3)
        tensor([0.2500, 0.5000, 0.2500])

    In production: scipy.signal.windows has smoother ones.
    """
    per_axis("n", n, 1)
    return torch.tensor([math.comb(n - 1, i) / 2 ** (n - 1) for i in range(n)])


def blur_pool2d(
    x: Float[Tensor, "*n c h w"],
    kernel_size: int = 3,
    stride: int = 2,
    padding_mode: str = "reflect",
) -> Float[Tensor, "*n c out_h out_w"]:
    """Blur each channel with a binomial kernel, then keep every stride-th pixel.

    Args:
        x: images, shape (n, c, h, w) or (c, h, w).
        kernel_size: k, the length of the kernel along both axes.
        stride: how many pixels become one along both axes.
        padding_mode: what the border holds, "reflect", "zeros", "replicate" or "circular".

    Returns:
        Shape (n, c, ceil(h / stride), ceil(w / stride)).

    Raises:
        ValueError: a number below 1, no images, or images smaller than the border.

    Section: :ref:`sec-strided-convolution`.

    Source: Zhang (2019), Making convolutional networks shift-invariant again, arXiv:1904.11486.

    Example:
        >>> alternating = torch.tensor([1.0, -1, 1, -1]).expand(1, 4, 4)
        >>> blur_pool2d(alternating)
        tensor([[[0., 0.],
                 [0., 0.]]])

    In production: kornia.filters.blur_pool2d.
    """
    if x.ndim not in (3, 4):
        raise ValueError(f"expected images of shape (n, c, h, w), got {tuple(x.shape)}")
    row = binomial_kernel(kernel_size).to(x)
    kernel = torch.outer(row, row)[None, None]
    border = [((kernel_size - 1) // 2, kernel_size // 2)] * 2
    mode = "constant" if padding_mode == "zeros" else padding_mode
    padded = pad_last_axes(x, border, mode)
    one_channel = padded.reshape(x.shape[:-2].numel(), 1, *padded.shape[-2:])
    blurred = conv2d(one_channel, kernel, stride=stride)
    return blurred.reshape(*x.shape[:-2], *blurred.shape[-2:])


class BlurPool2d(nn.Module):
    """The layer of `blur_pool2d`: downsampling that small shifts change little.

    Args:
        kernel_size: k, the length of the binomial kernel along both axes.
        stride: how many pixels become one along both axes.
        padding_mode: what the border holds, "reflect", "zeros", "replicate" or "circular".

    Raises:
        ValueError: when called, with numbers out of range or with no images.

    Section: :ref:`sec-strided-convolution`.

    Source: Zhang (2019), Making convolutional networks shift-invariant again, arXiv:1904.11486.

    Example:
        >>> BlurPool2d()(torch.zeros(2, 5, 7, 8)).shape
        torch.Size([2, 5, 4, 4])

    In production: kornia.filters.BlurPool2D.
    """

    def __init__(
        self, kernel_size: int = 3, stride: int = 2, padding_mode: str = "reflect"
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding_mode = kernel_size, stride, padding_mode

    def forward(self, x: Float[Tensor, "*n c h w"]) -> Float[Tensor, "*n c out_h out_w"]:
        """The blurred and thinned images."""
        return blur_pool2d(x, self.kernel_size, self.stride, self.padding_mode)

    def extra_repr(self) -> str:
        """The options, as printing the layer shows them."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, "
            f"padding_mode={self.padding_mode}"
        )
