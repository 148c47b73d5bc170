"""Transposed convolution: the adjoint of a convolution, which makes small images large."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.convolution_layers import ConvolutionLayer
from dlcore.nn.im2col import crop, fold_columns, geometry
from dlcore.nn.padding import Sizes, per_axis


def conv_transpose_output_size(
    n: int,
    kernel_size: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    """The output size of a transposed convolution, on one axis.

    Args:
        n: size of the input.
        kernel_size: k.
        stride: s, how far apart the inputs are set.
        padding: p, how much is cut off on each side.
        output_padding: how much is put on at the end; it chooses among the s sizes that a
            convolution of stride s takes to n.
        dilation: d, the step between two values of the kernel.

    Returns:
        (n - 1) s - 2 p + d (k - 1) + 1 + output_padding.

    Raises:
        ValueError: a number out of range, or nothing is left.

    Equation: :eq:`eq-transposed-output-size`.
    Section: :ref:`sec-transposed-convolution`.

    Source: Dumoulin, Visin (2016), A guide to convolution arithmetic for deep learning,
    arXiv:1603.07285, chapter 4.

    Example:
        >>> conv_transpose_output_size(7, kernel_size=2, stride=2)
        14

    In production: the shape of a layer's output for a tensor on device "meta".
    """
    per_axis("n", n, 1)
    (k,), (s,), (d,) = geometry(1, kernel_size, stride, dilation)
    (p,) = per_axis("padding", padding, 1, least=0)
    (extra,) = per_axis("output_padding", output_padding, 1, least=0)
    if extra and extra >= max(s, d):
        raise ValueError(
            f"output_padding must be smaller than stride {s} or dilation {d}, got {extra}"
        )
    size = (n - 1) * s - 2 * p + d * (k - 1) + 1 + extra
    if size < 1:
        raise ValueError(f"padding {padding} leaves nothing of {size + 2 * p} values")
    return size


def conv_transpose2d(
    x: Float[Tensor, "*n c_in h w"],
    weight: Float[Tensor, "c_in c_group kh kw"],
    bias: Float[Tensor, " c_out"] | None = None,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    groups: int = 1,
    dilation: Sizes = 1,
) -> Float[Tensor, "*n c_out out_h out_w"]:
    """Lay down a kernel for each pixel, as strong as the pixel, and add where they overlap.

    It is the transpose of the linear map that `conv2d` with the same weights is, hence the gradient
    of a convolution in its input. It gives back the size, not the values: it is no inverse.

    Args:
        x: images, shape (n, c_in, h, w) or (c_in, h, w).
        weight: kernels, shape (c_in, c_out / groups, kh, kw).
        bias: added to each output channel, shape (c_out,), or None.
        stride: how far apart the kernels are laid, one number or (down, right); so are the next.
        padding: how much is cut off on each side.
        output_padding: how much is put on below and to the right.
        groups: parts of the channels that do not mix.
        dilation: the step between two values of a kernel.

    Returns:
        Shape (n, c_out, h', w') with sizes of `conv_transpose_output_size`.

    Raises:
        ValueError: shapes that do not fit, or a number out of range.

    Equation: :eq:`eq-conv-transpose`.
    Section: :ref:`sec-transposed-convolution`.

    Source: Dumoulin, Visin (2016), A guide to convolution arithmetic for deep learning,
    arXiv:1603.07285, chapter 4.

    Example:
        >>> conv_transpose2d(torch.tensor([[[1.0, 2.0]]]), torch.ones(1, 1, 1, 3), stride=(1, 2))
        tensor([[[1., 1., 3., 2., 2.]]])

    In production: torch.nn.functional.conv_transpose2d.
    """
    _check_shapes(x, weight, bias, groups)
    kernel = tuple(weight.shape[2:])
    moves = geometry(2, kernel, stride, dilation)
    p = per_axis("padding", padding, 2, least=0)
    extra = per_axis("output_padding", output_padding, 2, least=0)
    size = [
        conv_transpose_output_size(n, k, s, w, e, d)
        for n, k, s, w, e, d in zip(
            x.shape[-2:], kernel, moves.stride, p, extra, moves.dilation, strict=True
        )
    ]
    places = tuple(x.shape[-2:])
    n, c_in, c_out = x.shape[:-3].numel(), len(weight), weight.shape[1] * groups
    X = x.reshape(n, groups, c_in // groups, places[0] * places[1])
    W = weight.reshape(groups, c_in // groups, weight[0].numel())
    columns = torch.matmul(W.mT, X).reshape(n, c_out, *kernel, *places)
    full = [m + 2 * w for m, w in zip(size, p, strict=True)]
    S = crop(fold_columns(columns, full, moves), p).reshape(*x.shape[:-3], c_out, *size)
    return S if bias is None else S + bias.reshape(-1, 1, 1)


def _check_shapes(x: Tensor, weight: Tensor, bias: Tensor | None, groups: int) -> None:
    if weight.ndim != 4 or x.ndim not in (3, 4):
        raise ValueError(
            f"expected images (n, c_in, h, w) and weights (c_in, c_out / groups, kh, kw), "
            f"got {tuple(x.shape)} and {tuple(weight.shape)}"
        )
    if groups < 1 or len(weight) % groups or x.shape[-3] != len(weight):
        raise ValueError(
            f"weights {tuple(weight.shape)} in {groups} groups need {len(weight)} input channels "
            f"in equal groups; got input {tuple(x.shape)}"
        )
    if bias is not None and bias.shape != (weight.shape[1] * groups,):
        raise ValueError(
            f"{weight.shape[1] * groups} outputs need as many biases, got {tuple(bias.shape)}"
        )


class ConvTranspose2d(ConvolutionLayer):
    """The layer of `conv_transpose2d`, which learns how to enlarge images.

    Args:
        in_channels: number of channels of the input.
        out_channels: number of channels of the output.
        kernel_size: (kh, kw), or one number for both; so are the next three.
        stride: how far apart the kernels are laid, thus the factor of enlargement.
        padding: how much is cut off on each side.
        output_padding: how much is put on below and to the right.
        groups: parts of the channels that do not mix.
        bias: whether each output channel has a bias.
        dilation: the step between two values of a kernel.
        padding_mode: "zeros", the only one that makes sense here.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: shape (in_channels, out_channels / groups, kh, kw), started from U(-a, a) with
            1 / a^2 = out_channels / groups x kh x kw.
        bias: shape (out_channels,), started likewise, or None.

    Raises:
        ValueError: a number out of range, or an input of other shape.

    Equation: :eq:`eq-conv-transpose`.
    Section: :ref:`sec-transposed-convolution`.

    Source: Long, Shelhamer, Darrell (2015), Fully convolutional networks for semantic segmentation,
    arXiv:1411.4038.

    Example:
        >>> ConvTranspose2d(5, 3, kernel_size=2, stride=2)(torch.zeros(1, 5, 7, 9)).shape
        torch.Size([1, 3, 14, 18])

    In production: torch.nn.ConvTranspose2d.
    """

    axes = 2
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if padding_mode != "zeros" or isinstance(padding, str):
            raise ValueError(
                "a transposed convolution cuts off a number of pixels, with padding_mode 'zeros'; "
                f"got {padding!r} and {padding_mode!r}"
            )
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip
        self.cut = per_axis("padding", padding, self.axes, least=0)
        self.output_padding = per_axis("output_padding", output_padding, self.axes, least=0)

    def forward(
        self, x: Float[Tensor, "*n c_in h w"], output_size: Sequence[int] | None = None
    ) -> Float[Tensor, "*n c_out out_h out_w"]:
        """The enlarged images; a size (h', w') takes the place of output_padding."""
        self.check_input(x)
        options = (self.stride, self.cut, self.padding_for(x, output_size), self.groups)
        return conv_transpose2d(x, self.weight, self.bias, *options, self.dilation)

    def padding_for(self, x: Tensor, output_size: Sequence[int] | None) -> tuple[int, ...]:
        """The output padding that makes an output of this size."""
        if output_size is None:
            return self.output_padding
        wanted = per_axis("output_size", tuple(output_size)[-2:], 2)
        numbers = zip(
            x.shape[-2:], self.kernel_size, self.stride, self.cut, (0, 0), self.dilation,
            strict=True,
        )  # fmt: skip
        least = [conv_transpose_output_size(*each) for each in numbers]
        return per_axis(
            "output_size minus the least possible",
            tuple(m - n for m, n in zip(wanted, least, strict=True)),
            2,
            least=0,
        )

    def transposed_repr(self) -> list[str]:
        """The output padding, if there is one."""
        return [f"output_padding={self.output_padding}"] if any(self.output_padding) else []
