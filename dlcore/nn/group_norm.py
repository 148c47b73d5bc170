"""Normalization of each example by itself, in groups of channels."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.normalization import (
    AffineLayer,
    normalize_over,
    require_eps,
    scale_and_shift_channels,
    wide,
)


def group_norm(
    x: Float[Tensor, "n c *positions"],
    num_groups: int,
    weight: Float[Tensor, " c"] | None = None,
    bias: Float[Tensor, " c"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "n c *positions"]:
    """Normalize groups of channels of each example, then scale and shift every channel.

    One group is layer normalization over (c, ...), c groups are instance normalization.

    Args:
        x: activations, shape (n, c, ...).
        num_groups: number of groups of c / num_groups neighbouring channels.
        weight: gamma, shape (c,), or None for 1.
        bias: beta, shape (c,), or None for 0.
        eps: what is added to the variance.

    Returns:
        The same shape.

    Raises:
        ValueError: the groups do not divide the channels, or eps is negative.

    Equation: :eq:`eq-group-norm`.
    Section: :ref:`sec-normalization-variants`.

    Source: Wu, He (2018), Group normalization, arXiv:1803.08494.

    Example:
        >>> group_norm(torch.tensor([[1.0, 3.0, 5.0, 9.0]]), num_groups=2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])

    In production: torch.nn.functional.group_norm.
    """
    if x.ndim < 2:
        raise ValueError(f"expected inputs of shape (n, c, ...), got {tuple(x.shape)}")
    channels = x.shape[1]
    _require_groups(num_groups, channels)
    groups = wide(x).unflatten(1, (num_groups, channels // num_groups))
    normalized = normalize_over(groups, tuple(range(2, groups.ndim)), eps).flatten(1, 2)
    return scale_and_shift_channels(normalized, weight, bias).to(x.dtype)


def _require_groups(num_groups: int, channels: int) -> None:
    if num_groups < 1 or channels < 1 or channels % num_groups:
        raise ValueError(f"{channels} channels cannot be divided into {num_groups} groups")


class GroupNorm(AffineLayer):
    """The layer of `group_norm`, the same in training and in evaluation.

    Args:
        num_groups: number of groups of neighbouring channels.
        num_channels: c, a multiple of it.
        eps: what is added to the variance.
        affine: whether weight and bias are there.
        device: where the parameters live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: gamma, shape (c,), started at 1, or None.
        bias: beta, shape (c,), started at 0, or None.

    Raises:
        ValueError: the groups do not divide the channels, a negative eps, or an input without c
            channels.

    Equation: :eq:`eq-group-norm`.
    Section: :ref:`sec-normalization-variants`.

    Source: Wu, He (2018), Group normalization, arXiv:1803.08494.

    Example:
        >>> GroupNorm(2, 4)(torch.tensor([[1.0, 3.0, 5.0, 9.0]])).detach()
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])

    In production: torch.nn.GroupNorm.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        _require_groups(num_groups, num_channels)
        require_eps(eps)
        super().__init__((num_channels,), affine, affine, device, dtype)
        self.num_groups, self.num_channels = num_groups, num_channels
        self.eps, self.affine = eps, affine

    def forward(self, x: Float[Tensor, "n c *positions"]) -> Float[Tensor, "n c *positions"]:
        """The activations, shape (n, c, ...), normalized group by group."""
        if x.ndim < 2 or x.shape[1] != self.num_channels:
            raise ValueError(
                f"expected inputs of shape (n, {self.num_channels}, ...), got {tuple(x.shape)}"
            )
        return group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Sizes and options, as printing the layer shows them."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"
