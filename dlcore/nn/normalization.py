"""Normalization of each example by itself, over its features: layer and root mean square."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.nn.linear import are_sizes


def wide(x: Tensor) -> Tensor:
    """Half precision in float32, which statistics need; other types as they are."""
    return x.float() if x.itemsize < 4 else x


def require_eps(eps: float) -> None:
    """Raise ValueError if eps is negative."""
    if not eps >= 0:
        raise ValueError(f"eps must be at least 0, got {eps}")


def mean_and_variance(x: Tensor, dim: int | tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Mean and mean squared deviation over some axes, which stay with size 1."""
    mean = x.mean(dim, keepdim=True)
    return mean, (x - mean).square().mean(dim, keepdim=True)


def scale_and_shift(x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """The map weight x + bias, without what is None."""
    x = x if weight is None else x * weight
    return x if bias is None else x + bias


def over_channels(values: Tensor, x: Tensor) -> Tensor:
    """One number a channel, shape (c,), made to fit x of shape (n, c, ...)."""
    return values.reshape(-1, *[1] * (x.ndim - 2))


def scale_and_shift_channels(x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """The map weight x + bias with one number a channel, without what is None."""
    x = x if weight is None else x * over_channels(weight, x)
    return x if bias is None else x + over_channels(bias, x)


def normalize_over(
    x: Float[Tensor, "*shape"], dim: int | tuple[int, ...], eps: float = 1e-5
) -> Float[Tensor, "*shape"]:
    """Subtract the mean over some axes and divide by the root of the variance plus eps.

    The axes are all that the layers differ in, for images (n, c, height, width): (0, 2, 3) is
    batch normalization, (1, 2, 3) layer normalization, (2, 3) instance normalization.

    Args:
        x: activations, any shape.
        dim: the axis or axes to take statistics over.
        eps: what keeps a variance of 0 from dividing.

    Returns:
        The same shape; over these axes its mean is 0, its variance just below 1.

    Raises:
        ValueError: eps is negative.

    Equation: :eq:`eq-batch-norm-normalize`.
    Section: :ref:`sec-normalization-variants`.

    Source: Ioffe, Szegedy (2015), Batch normalization, arXiv:1502.03167.

    Example:
        >>> normalize_over(torch.tensor([[1.0, 3.0], [5.0, 9.0]]), dim=1)
        tensor([[-1.0000,  1.0000],
                [-1.0000,  1.0000]])

    In production: torch.nn.functional.batch_norm, layer_norm, group_norm, instance_norm.
    """
    require_eps(eps)
    mean, variance = mean_and_variance(wide(x), dim)
    return ((wide(x) - mean) / (variance + eps).sqrt()).to(x.dtype)


def _last_axes(x: Tensor, normalized_shape: tuple[int, ...]) -> tuple[int, ...]:
    k = len(normalized_shape)
    if k == 0 or tuple(x.shape[-k:]) != tuple(normalized_shape):
        shape = ", ".join(map(str, normalized_shape))
        raise ValueError(f"expected inputs of shape (..., {shape}), got {tuple(x.shape)}")
    return tuple(range(-k, 0))


def layer_norm(
    x: Float[Tensor, "*shape"],
    normalized_shape: tuple[int, ...] | list[int],
    weight: Float[Tensor, "*features"] | None = None,
    bias: Float[Tensor, "*features"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "*shape"]:
    """Normalize each example over its features, then scale and shift every feature.

    Args:
        x: activations, shape (..., *normalized_shape).
        normalized_shape: the sizes of the last axes, over which the statistics go.
        weight: gamma, of that shape, or None for 1.
        bias: beta, of that shape, or None for 0.
        eps: what is added to the variance.

    Returns:
        The same shape. Other examples of the batch have no say, so a batch of one will do.

    Raises:
        ValueError: the last axes have other sizes, or eps is negative.

    Equation: :eq:`eq-layer-norm`.
    Section: :ref:`sec-normalization-variants`.

    Source: Ba, Kiros, Hinton (2016), Layer normalization, arXiv:1607.06450.

    Example:
        >>> layer_norm(torch.tensor([[1.0, 3.0], [5.0, 9.0]]), (2,))
        tensor([[-1.0000,  1.0000],
                [-1.0000,  1.0000]])

    In production: torch.nn.functional.layer_norm.
    """
    normalized = normalize_over(wide(x), _last_axes(x, tuple(normalized_shape)), eps)
    return scale_and_shift(normalized, weight, bias).to(x.dtype)


def rms_norm(
    x: Float[Tensor, "*shape"],
    normalized_shape: tuple[int, ...] | list[int],
    weight: Float[Tensor, "*features"] | None = None,
    eps: float | None = None,
) -> Float[Tensor, "*shape"]:
    """Divide each example by the root mean square of its features; no mean is subtracted.

    Args:
        x: activations, shape (..., *normalized_shape).
        normalized_shape: the sizes of the last axes, over which the mean goes.
        weight: a factor for each feature, of that shape, or None for 1.
        eps: what is added to the mean square, by default the machine epsilon.

    Returns:
        The same shape.

    Raises:
        ValueError: the last axes have other sizes, or eps is negative.

    Section: :ref:`sec-normalization-variants`.

    Source: Zhang, Sennrich (2019), Root mean square layer normalization, arXiv:1910.07467.

    Example:
        >>> rms_norm(torch.tensor([[3.0, 3.0, 3.0, -3.0]]), (4,))
        tensor([[ 1.,  1.,  1., -1.]])

    In production: torch.nn.functional.rms_norm.
    """
    z, dim = wide(x), _last_axes(x, tuple(normalized_shape))
    eps = torch.finfo(z.dtype).eps if eps is None else eps
    require_eps(eps)
    mean_square = z.square().mean(dim, keepdim=True)
    return scale_and_shift(z / (mean_square + eps).sqrt(), weight, None).to(x.dtype)


class AffineLayer(nn.Module):
    """A layer that ends in weight x + bias; what is not wanted is None."""

    weight: nn.Parameter | None
    bias: nn.Parameter | None

    def __init__(
        self,
        shape: tuple[int, ...],
        weight: bool,
        bias: bool,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
    ) -> None:
        super().__init__()
        for name, wanted in (("weight", weight), ("bias", bias)):
            values = torch.empty(shape, device=device, dtype=dtype)
            self.register_parameter(name, nn.Parameter(values) if wanted else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Start again from weight 1 and bias 0."""
        if self.weight is not None:
            nn.init.ones_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)


def _as_shape(normalized_shape: int | tuple[int, ...] | list[int]) -> tuple[int, ...]:
    if isinstance(normalized_shape, tuple | list):
        shape = tuple(normalized_shape)
    else:
        shape = (normalized_shape,)
    if not shape or not are_sizes(*shape):
        raise ValueError(f"sizes must be whole numbers of at least 1, got {normalized_shape!r}")
    return shape


class LayerNorm(AffineLayer):
    """The layer of `layer_norm`, the same in training and in evaluation.

    Args:
        normalized_shape: the sizes of the last axes, or the size of the last.
        eps: what is added to the variance.
        elementwise_affine: whether weight and bias are there.
        bias: whether the bias is.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: gamma, of the normalized shape, started at 1, or None.
        bias: beta, of that shape, started at 0, or None.

    Raises:
        ValueError: a size below 1, a negative eps, or an input of other sizes.

    Equation: :eq:`eq-layer-norm`.
    Section: :ref:`sec-normalization-variants`.

    Source: Ba, Kiros, Hinton (2016), Layer normalization, arXiv:1607.06450.

    Example:
        >>> LayerNorm(2)(torch.tensor([[1.0, 3.0]])).detach()
        tensor([[-1.0000,  1.0000]])

    In production: torch.nn.LayerNorm.
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...] | list[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        require_eps(eps)
        shape, affine = _as_shape(normalized_shape), elementwise_affine
        super().__init__(shape, affine, affine and bias, device, dtype)
        self.normalized_shape, self.eps, self.elementwise_affine = shape, eps, affine

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The activations, normalized over the last axes."""
        if runs_kernel(x, self.weight, self.bias):
            with torch.autocast(x.device.type, enabled=False):
                return kernels.layer_norm(
                    x, self.normalized_shape, self.weight, self.bias, self.eps
                )
        return layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Shape and options, as printing the layer shows them."""
        affine, bias = self.elementwise_affine, self.bias is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}, bias={bias}"


class RMSNorm(AffineLayer):
    """The layer of `rms_norm`, the same in training and in evaluation.

    Args:
        normalized_shape: the sizes of the last axes, or the size of the last.
        eps: what is added to the mean square, by default the machine epsilon.
        elementwise_affine: whether the weight is there.
        device: where the parameter lives.
        dtype: its type; by default torch's default.

    Attributes:
        weight: factors of the normalized shape, started at 1, or None.

    Raises:
        ValueError: a size below 1, a negative eps, or an input of other sizes.

    Section: :ref:`sec-normalization-variants`.

    Source: Zhang, Sennrich (2019), Root mean square layer normalization, arXiv:1910.07467.

    Example:
        >>> RMSNorm(4)(torch.tensor([[3.0, 3.0, 3.0, -3.0]])).detach()
        tensor([[ 1.,  1.,  1., -1.]])

    In production: torch.nn.RMSNorm.
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...] | list[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        require_eps(eps or 0.0)
        shape, affine = _as_shape(normalized_shape), elementwise_affine
        super().__init__(shape, affine, False, device, dtype)
        self.normalized_shape, self.eps, self.elementwise_affine = shape, eps, affine

    def forward(self, x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """The activations, divided by their root mean square over the last axes."""
        if runs_kernel(x, self.weight):
            with torch.autocast(x.device.type, enabled=False):
                return kernels.rms_norm(x, self.normalized_shape, self.weight, self.eps)
        return rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Shape and options, as printing the layer shows them."""
        affine = self.elementwise_affine
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={affine}"
