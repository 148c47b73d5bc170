"""Layers of pooling, without parameters."""

from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn.adaptive_pooling import OutputSize, adaptive_avg_pool2d, adaptive_max_pool2d
from dlcore.nn.padding import Sizes
from dlcore.nn.pooling import avg_pool2d, lp_pool2d, max_pool2d


class MaxPool2d(nn.Module):
    """The layer of `max_pool2d`: the largest value in each window.

    Args:
        kernel_size: (kh, kw) of the window, or one number for both; so are the next three.
        stride: the step between two windows; None for the window's size.
        padding: the border on each side, which never wins.
        dilation: the step between two pixels of a window.
        return_indices: also return where the largest values stand.
        ceil_mode: whether a last window may reach over the border.

    Raises:
        ValueError: when called, with numbers out of range or with no images.

    Equation: :eq:`eq-max-pooling`.
    Section: :ref:`sec-max-pooling`.

    Source: Riesenhuber, Poggio (1999), Hierarchical models of object recognition in cortex,
    doi:10.1038/14819.

    Example:
        >>> import torch
        >>> MaxPool2d(3, stride=2)(torch.zeros(1, 96, 55, 55)).shape
        torch.Size([1, 96, 27, 27])

    In production: torch.nn.MaxPool2d.
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(
        self, x: Float[Tensor, "*n c h w"]
    ) -> Float[Tensor, "*n c out_h out_w"] | tuple[Tensor, Tensor]:
        """The largest values, and if asked for their places."""
        options = (self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)
        return max_pool2d(x, *options, self.return_indices)

    def extra_repr(self) -> str:
        """The options, as printing the layer shows them."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class AvgPool2d(nn.Module):
    """The layer of `avg_pool2d`: the mean of each window.

    Args:
        kernel_size: (kh, kw) of the window, or one number for both; so are the next two.
        stride: the step between two windows; None for the window's size.
        padding: the border of zeros on each side.
        ceil_mode: whether a last window may reach over the border.
        count_include_pad: whether zeros of the border count as pixels.
        divisor_override: what to divide by in place of the number of pixels.

    Raises:
        ValueError: when called, with numbers out of range or with no images.

    Equation: :eq:`eq-average-pooling`.
    Section: :ref:`sec-average-pooling`.

    Source: LeCun et al. (1989), Backpropagation applied to handwritten zip code recognition,
    doi:10.1162/neco.1989.1.4.541.

    Example:
        >>> import torch
        >>> AvgPool2d(2)(torch.zeros(1, 6, 28, 28)).shape
        torch.Size([1, 6, 14, 14])

    In production: torch.nn.AvgPool2d.
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode = padding, ceil_mode
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override

    def forward(self, x: Float[Tensor, "*n c h w"]) -> Float[Tensor, "*n c out_h out_w"]:
        """The means."""
        options = (self.kernel_size, self.stride, self.padding, self.ceil_mode)
        return avg_pool2d(x, *options, self.count_include_pad, self.divisor_override)

    def extra_repr(self) -> str:
        """The options, as printing the layer shows them."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class LPPool2d(nn.Module):
    """The layer of `lp_pool2d`: the p-norm of each window.

    Args:
        norm_type: p, positive, infinity allowed.
        kernel_size: (kh, kw) of the window, or one number for both.
        stride: the step between two windows; None for the window's size.
        ceil_mode: whether a last window may reach over the border.

    Raises:
        ValueError: when called, with numbers out of range or with no images.

    Equation: :eq:`eq-lp-pooling`.
    Section: :ref:`sec-pooling`.

    Source: Sermanet, Chintala, LeCun (2012), Convolutional neural networks applied to house numbers
    digit classification, arXiv:1204.3968.

    Example:
        >>> import torch
        >>> LPPool2d(2.0, kernel_size=(1, 2))(torch.tensor([[[3.0, -4.0]]]))
        tensor([[[5.]]])

    In production: torch.nn.LPPool2d.
    """

    def __init__(
        self,
        norm_type: float,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type, self.kernel_size = norm_type, kernel_size
        self.stride, self.ceil_mode = stride, ceil_mode

    def forward(self, x: Float[Tensor, "*n c h w"]) -> Float[Tensor, "*n c out_h out_w"]:
        """The norms."""
        return lp_pool2d(x, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        """The options, as printing the layer shows them."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class AdaptiveAvgPool2d(nn.Module):
    """The layer of `adaptive_avg_pool2d`; with size 1 it is global average pooling.

    Args:
        output_size: (h', w'), or one number for both; None keeps the size.

    Raises:
        ValueError: when called, with a size below 1 or with no images.

    Equation: :eq:`eq-average-pooling`.
    Section: :ref:`sec-global-pooling`.

    Source: Lin, Chen, Yan (2013), Network in network, arXiv:1312.4400.

    Example:
        >>> import torch
        >>> AdaptiveAvgPool2d(1)(torch.zeros(2, 512, 7, 7)).shape
        torch.Size([2, 512, 1, 1])

    In production: torch.nn.AdaptiveAvgPool2d.
    """

    def __init__(self, output_size: OutputSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, x: Float[Tensor, "*n c h w"]) -> Float[Tensor, "*n c out_h out_w"]:
        """The means of windows that cover the image."""
        return adaptive_avg_pool2d(x, self.output_size)

    def extra_repr(self) -> str:
        """The size, as printing the layer shows it."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool2d(nn.Module):
    """The layer of `adaptive_max_pool2d`; with size 1 it is global max pooling.

    Args:
        output_size: (h', w'), or one number for both; None keeps the size.
        return_indices: also return where the largest values stand.

    Raises:
        ValueError: when called, with a size below 1 or with no images.

    Equation: :eq:`eq-max-pooling`.
    Section: :ref:`sec-global-pooling`.

    Source: He, Zhang, Ren, Sun (2014), Spatial pyramid pooling in deep convolutional networks for
    visual recognition, arXiv:1406.4729.

    Example:
        >>> import torch
        >>> AdaptiveMaxPool2d((3, None))(torch.zeros(2, 5, 7, 11)).shape
        torch.Size([2, 5, 3, 11])

    In production: torch.nn.AdaptiveMaxPool2d.
    """

    def __init__(self, output_size: OutputSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(
        self, x: Float[Tensor, "*n c h w"]
    ) -> Float[Tensor, "*n c out_h out_w"] | tuple[Tensor, Tensor]:
        """The largest values of windows that cover the image, and if asked for their places."""
        return adaptive_max_pool2d(x, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        """The size, as printing the layer shows it."""
        return f"output_size={self.output_size}"
