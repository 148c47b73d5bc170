"""Relatives of batch normalization: renormalized, on ghost batches, of single examples."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.nn.batch_norm import (
    BatchNormLayer,
    batch_statistics,
    update_running_statistics,
)
from dlcore.nn.group_norm import group_norm
from dlcore.nn.normalization import over_channels, scale_and_shift_channels, wide


class BatchRenorm1d(BatchNormLayer):
    """Batch normalization that in training already answers nearly as it will in evaluation.

    The input normalized by the batch is multiplied by r and shifted by d, which would turn it into
    the input normalized by the running statistics, were r and d not cut off; gradients take them
    for constants. Begin with r_max = 1 and d_max = 0, which is batch normalization, and raise both.

    Args:
        num_features: number of features or channels, c.
        eps: what is added to the variances.
        momentum: the weight of a new batch in the running statistics, or None for the average.
        affine: whether weight and bias are there.
        r_max: r is kept between 1 / r_max and r_max; an attribute that may be changed.
        d_max: d is kept between -d_max and d_max; likewise.
        device: where parameters and statistics live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: gamma, shape (c,), started at 1, or None.
        bias: beta, shape (c,), started at 0, or None.
        running_mean: shape (c,), started at 0.
        running_var: shape (c,), started at 1.
        num_batches_tracked: how many batches training has seen.

    Raises:
        ValueError: an option out of range, an input other than (n, c) or (n, c, length), or one
            value per channel in training.

    Section: :ref:`sec-normalization-variants`.

    Source: Ioffe (2017), Batch renormalization: towards reducing minibatch dependence in
    batch-normalized models, arXiv:1702.03275.

    Example:
        >>> layer = BatchRenorm1d(1, r_max=1.0, d_max=0.0)
        >>> layer(torch.tensor([[1.0], [3.0]])).detach()
        tensor([[-1.0000],
                [ 1.0000]])

    In production: keras.layers.BatchNormalization of Keras 2 with renorm=True.
    """

    ndims = (2, 3)
    running_mean: Tensor
    running_var: Tensor

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.01,
        affine: bool = True,
        r_max: float = 3.0,
        d_max: float = 5.0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if not r_max >= 1 or not d_max >= 0:
            raise ValueError(f"r_max must be at least 1 and d_max 0, got {r_max} and {d_max}")
        super().__init__(num_features, eps, momentum, affine, True, device, dtype)
        self.r_max, self.d_max = r_max, d_max

    def forward(self, x: Float[Tensor, "n c *positions"]) -> Float[Tensor, "n c *positions"]:
        """The activations, normalized by the batch and corrected towards running statistics."""
        self.check_input(x)
        if not self.training:
            return super().forward(x)
        mean, variance = batch_statistics(x)
        deviation = (variance + self.eps).sqrt()
        with torch.no_grad():
            running_mean = over_channels(wide(self.running_mean), x)
            running_deviation = (over_channels(wide(self.running_var), x) + self.eps).sqrt()
            r = (deviation / running_deviation).clamp(1 / self.r_max, self.r_max)
            d = ((mean - running_mean) / running_deviation).clamp(-self.d_max, self.d_max)
        normalized = (wide(x) - mean) / deviation * r + d
        update_running_statistics(
            x, mean, variance, self.running_mean, self.running_var, self.count_batch()
        )
        return scale_and_shift_channels(normalized, self.weight, self.bias).to(x.dtype)

    def extra_repr(self) -> str:
        """Sizes and options, as printing the layer shows them."""
        return f"{super().extra_repr()}, r_max={self.r_max}, d_max={self.d_max}"


class GhostBatchNorm(BatchNormLayer):
    """Batch normalization of a large batch in small parts, which keeps the noise of small batches.

    The parts are as equal as can be; the running statistics take in one after the other.

    Args:
        num_features: number of features or channels, c.
        ghost_size: the largest number of examples in a part.
        eps: what is added to the variance.
        momentum: the weight of a new part in the running statistics, or None for the plain average.
        affine: whether weight and bias are there.
        device: where parameters and statistics live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: gamma, shape (c,), started at 1, or None.
        bias: beta, shape (c,), started at 0, or None.
        running_mean: shape (c,), started at 0.
        running_var: shape (c,), started at 1.
        num_batches_tracked: how many parts training has seen.

    Raises:
        ValueError: an option out of range, an input other than (n, c), (n, c, length) or
            (n, c, height, width), or one value per channel of a part in training.

    Section: :ref:`sec-normalization-variants`.

    Source: Hoffer, Hubara, Soudry (2017), Train longer, generalize better, arXiv:1705.08741.

    Example:
        >>> layer = GhostBatchNorm(1, ghost_size=2)
        >>> layer(torch.tensor([[1.0], [3.0], [10.0], [30.0]])).detach().flatten()
        tensor([-1.0000,  1.0000, -1.0000,  1.0000])

    In production: torch.nn.BatchNorm1d on each part.
    """

    ndims = (2, 3, 4)

    def __init__(
        self,
        num_features: int,
        ghost_size: int = 32,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if ghost_size < 1:
            raise ValueError(f"ghost_size must be at least 1, got {ghost_size}")
        super().__init__(num_features, eps, momentum, affine, True, device, dtype)
        self.ghost_size = ghost_size

    def forward(self, x: Float[Tensor, "n c *positions"]) -> Float[Tensor, "n c *positions"]:
        """The activations, in training normalized part by part."""
        self.check_input(x)
        if not self.training:
            return super().forward(x)
        parts = x.tensor_split(max(1, -(-len(x) // self.ghost_size)))
        return torch.cat([super(GhostBatchNorm, self).forward(part) for part in parts])

    def extra_repr(self) -> str:
        """Sizes and options, as printing the layer shows them."""
        return f"{super().extra_repr()}, ghost_size={self.ghost_size}"


class InstanceNorm2d(BatchNormLayer):
    """Normalize each channel of each image over its pixels, (n, c, height, width).

    Args:
        num_features: number of channels, c.
        eps: what is added to the variance.
        momentum: the weight of a new batch in the running statistics.
        affine: whether weight and bias are there.
        track_running_stats: whether running statistics, averages over images, are kept and used in
            evaluation.
        device: where parameters and statistics live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: gamma, shape (c,), started at 1, or None.
        bias: beta, shape (c,), started at 0, or None.
        running_mean: shape (c,), started at 0, or None.
        running_var: shape (c,), started at 1, or None.
        num_batches_tracked: stays 0, as in torch, or None.

    Raises:
        ValueError: an option out of range, an input of other shape, or a single pixel where
            statistics are taken.

    Equation: :eq:`eq-group-norm`.
    Section: :ref:`sec-normalization-variants`.

    Source: Ulyanov, Vedaldi, Lempitsky (2016), Instance normalization: the missing ingredient for
    fast stylization, arXiv:1607.08022.

    Example:
        >>> InstanceNorm2d(1)(torch.tensor([1.0, 3.0]).reshape(1, 1, 1, 2)).flatten()
        tensor([-1.0000,  1.0000])

    In production: torch.nn.InstanceNorm2d.
    """

    ndims = (4,)

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """The images, each channel normalized by itself."""
        self.check_input(x)
        if not self.training and self.running_mean is not None:
            return super().forward(x)
        if x.shape[2] * x.shape[3] == 1:
            raise ValueError(f"one pixel per image cannot be normalized, got {tuple(x.shape)}")
        if self.running_mean is not None and self.running_var is not None and len(x):
            with torch.no_grad():
                variance, mean = torch.var_mean(wide(x), dim=(2, 3))
                for running, new in ((self.running_mean, mean), (self.running_var, variance)):
                    running.lerp_(new.mean(dim=0).to(running), self.momentum or 0.0)
        return group_norm(x, self.num_features, self.weight, self.bias, self.eps)
