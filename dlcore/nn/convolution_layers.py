"""Layers of convolution: kernels as parameters, in one, two and three dimensions."""

import math
from collections.abc import Callable
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.nn.convolution import borders, conv1d, conv2d, conv3d
from dlcore.nn.im2col import geometry
from dlcore.nn.init import kaiming_uniform_
from dlcore.nn.linear import are_sizes
from dlcore.nn.padding import Sizes, pad_last_axes, per_axis

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class ConvolutionLayer(nn.Module):
    """What all convolutions share: their numbers, their parameters and how these start."""

    axes: ClassVar[int]
    transposed: ClassVar[bool] = False
    weight: nn.Parameter
    bias: nn.Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        if not are_sizes(in_channels, out_channels, groups):
            raise ValueError(
                "channels and groups must be whole numbers of at least 1, got "
                f"{in_channels!r}, {out_channels!r} and {groups!r}"
            )
        if in_channels % groups:
            raise ValueError(f"{in_channels} input channels do not form {groups} groups")
        if out_channels % groups:
            raise ValueError(f"{out_channels} output channels do not form {groups} groups")
        if padding_mode not in PADDING_MODES:
            modes = ", ".join(PADDING_MODES)
            raise ValueError(f"padding_mode must be one of {modes}; got {padding_mode!r}")
        moves = geometry(self.axes, kernel_size, stride, dilation)
        self.borders = borders(padding, moves)
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride, self.dilation = moves
        self.padding = (
            padding
            if isinstance(padding, str)
            else per_axis("padding", padding, self.axes, least=0)
        )
        self.padding_mode = padding_mode
        channels = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        shape = (channels[0], channels[1] // groups, *self.kernel_size)
        self.weight = nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
        self.register_parameter(
            "bias",
            nn.Parameter(torch.empty(out_channels, device=device, dtype=dtype)) if bias else None,
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weights and biases anew, with the distribution (and the numbers) of torch's."""
        kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            a = 1 / math.sqrt(self.weight[0].numel())
            nn.init.uniform_(self.bias, -a, a)

    def check_input(self, x: Tensor) -> None:
        """Raise ValueError unless x has the layer's channels."""
        if x.ndim not in (self.axes + 1, self.axes + 2) or (
            x.shape[-self.axes - 1] != self.in_channels
        ):
            raise ValueError(
                f"expected {self.axes + 1} or {self.axes + 2} dimensions with "
                f"{self.in_channels} channels, got {tuple(x.shape)}"
            )

    def extra_repr(self) -> str:
        """Sizes and options, as printing the layer shows them."""
        said = [
            f"{self.in_channels}, {self.out_channels}",
            f"kernel_size={self.kernel_size}, stride={self.stride}",
        ]
        if self.padding != (0,) * self.axes:
            said.append(f"padding={self.padding}")
        if self.dilation != (1,) * self.axes:
            said.append(f"dilation={self.dilation}")
        said += self.transposed_repr()
        if self.groups != 1:
            said.append(f"groups={self.groups}")
        if self.bias is None:
            said.append("bias=False")
        if self.padding_mode != "zeros":
            said.append(f"padding_mode={self.padding_mode}")
        return ", ".join(said)

    def transposed_repr(self) -> list[str]:
        """What only transposed convolutions say."""
        return []


class _Conv(ConvolutionLayer):
    function: ClassVar[Callable[..., Tensor]]

    def forward(self, x: Float[Tensor, "*n_c_in_size"]) -> Float[Tensor, "*n_c_out_size"]:
        """The outputs of all kernels at all places."""
        self.check_input(x)
        mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
        padded = pad_last_axes(x, self.borders, mode)
        return type(self).function(
            padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups
        )


class Conv1d(_Conv):
    """The layer of `conv1d`: kernels that slide over sequences.

    Args:
        in_channels: number of channels of the input.
        out_channels: number of kernels.
        kernel_size: length of a kernel.
        stride: the step between two places.
        padding: the border on each side; "same" keeps the length, "valid" is none.
        dilation: the step between two values under the kernel.
        groups: parts of the channels that do not mix.
        bias: whether each kernel has a bias.
        padding_mode: what the border holds: "zeros", "reflect", "replicate" or "circular".
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: shape (out_channels, in_channels / groups, kernel_size), started from U(-a, a) with
            1 / a^2 = the number of weights of one kernel.
        bias: shape (out_channels,), started likewise, or None.

    Raises:
        ValueError: a number out of range, or an input of other shape.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 9.1.

    Example:
        >>> Conv1d(2, 3, kernel_size=5, padding="same")(torch.zeros(7, 2, 11)).shape
        torch.Size([7, 3, 11])

    In production: torch.nn.Conv1d.
    """

    axes = 1
    function = conv1d


def _conv2d(x: Tensor, weight: Tensor, *rest: Any) -> Tensor:
    """What `conv2d` gives, on a GPU by the kernel, which lays no columns out."""
    return (kernels.conv2d if runs_kernel(x, weight) else conv2d)(x, weight, *rest)


class Conv2d(_Conv):
    """The layer of `conv2d`: kernels that slide over images.

    Args:
        in_channels: number of channels of the input.
        out_channels: number of kernels, each of which makes one feature map.
        kernel_size: (kh, kw), or one number for both; so are the next three.
        stride: the step between two places.
        padding: the border on each side; "same" keeps the size, "valid" is none.
        dilation: the step between two pixels under the kernel.
        groups: parts of the channels that do not mix.
        bias: whether each kernel has a bias.
        padding_mode: what the border holds: "zeros", "reflect", "replicate" or "circular".
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: shape (out_channels, in_channels / groups, kh, kw), started from U(-a, a) with
            1 / a^2 = the number of weights of one kernel.
        bias: shape (out_channels,), started likewise, or None.

    Raises:
        ValueError: a number out of range, or an input of other shape.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: LeCun, Bottou, Bengio, Haffner (1998), Gradient-based learning applied to document
    recognition, doi:10.1109/5.726791.

    Example:
        >>> Conv2d(3, 64, kernel_size=7, stride=2, padding=3)(torch.zeros(1, 3, 32, 32)).shape
        torch.Size([1, 64, 16, 16])

    In production: torch.nn.Conv2d.
    """

    axes = 2
    function = _conv2d


class Conv3d(_Conv):
    """The layer of `conv3d`: kernels that slide over volumes or films.

    Args:
        in_channels: number of channels of the input.
        out_channels: number of kernels.
        kernel_size: (kd, kh, kw), or one number for all; so are the next three.
        stride: the step between two places.
        padding: the border on each side; "same" keeps the size, "valid" is none.
        dilation: the step between two values under the kernel.
        groups: parts of the channels that do not mix.
        bias: whether each kernel has a bias.
        padding_mode: what the border holds: "zeros", "reflect", "replicate" or "circular".
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: shape (out_channels, in_channels / groups, kd, kh, kw), started from U(-a, a) with
            1 / a^2 = the number of weights of one kernel.
        bias: shape (out_channels,), started likewise, or None.

    Raises:
        ValueError: a number out of range, or an input of other shape.

    Equation: :eq:`eq-conv-layer`.
    Section: :ref:`sec-multi-channel-convolution`.

    Source: Ji, Xu, Yang, Yu (2013), 3D convolutional neural networks for human action recognition,
    doi:10.1109/TPAMI.2012.59.

    Example:
        >>> Conv3d(1, 2, kernel_size=3)(torch.zeros(1, 1, 5, 7, 11)).shape
        torch.Size([1, 2, 3, 5, 9])

    In production: torch.nn.Conv3d.
    """

    axes = 3
    function = conv3d
