"""Batch normalization: forward, backward, and as layers."""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore import kernels
from dlcore.kernels.choice import runs_kernel
from dlcore.nn.normalization import (
    AffineLayer,
    mean_and_variance,
    over_channels,
    require_eps,
    scale_and_shift_channels,
    wide,
)


def _statistics_axes(x: Tensor) -> tuple[int, ...]:
    """All axes but that of the channels."""
    if x.ndim < 2:
        raise ValueError(f"expected inputs of shape (n, c, ...), got {tuple(x.shape)}")
    return (0, *range(2, x.ndim))


def _values_per_channel(x: Tensor) -> int:
    """How many numbers a statistic is made of; with a single one nothing is left of the input."""
    count = x.numel() // x.shape[1] if x.shape[1] else 0
    if count == 1:
        raise ValueError(
            f"one value per channel cannot be normalized in training, got {tuple(x.shape)}"
        )
    return count


def batch_statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance of each channel, shape (1, c, 1, ...)."""
    axes = _statistics_axes(x)
    _values_per_channel(x)
    return mean_and_variance(wide(x), axes)


@torch.no_grad()
def update_running_statistics(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    momentum: float | Tensor,
) -> None:
    """Move the running statistics, in place, towards those of the batch.

    The variance that is kept is the unbiased one. An empty batch moves nothing.
    """
    count = _values_per_channel(x)
    if count == 0:
        return
    unbiased = variance * (count / (count - 1))
    for running, new in ((running_mean, mean), (running_var, unbiased)):
        if running is not None:
            running.copy_((1 - momentum) * running + momentum * new.reshape(-1))


def batch_norm(
    x: Float[Tensor, "n c *positions"],
    running_mean: Float[Tensor, " c"] | None = None,
    running_var: Float[Tensor, " c"] | None = None,
    weight: Float[Tensor, " c"] | None = None,
    bias: Float[Tensor, " c"] | None = None,
    training: bool = False,
    momentum: float | Float[Tensor, ""] = 0.1,
    eps: float = 1e-5,
) -> Float[Tensor, "n c *positions"]:
    """Normalize each channel over the batch and all positions, then scale and shift it.

    Args:
        x: activations, shape (n, c) or (n, c, ...).
        running_mean: moved in place in training, used in its stead in evaluation; shape (c,).
        running_var: likewise, made of unbiased variances; the normalization uses biased ones.
        weight: gamma, shape (c,), or None for 1.
        bias: beta, shape (c,), or None for 0.
        training: statistics of this batch rather than the running ones.
        momentum: the weight of the new batch in the running statistics.
        eps: what is added to the variance.

    Returns:
        The same shape and type; half precision is computed in float32.

    Raises:
        ValueError: one value per channel in training, no running statistics in evaluation, other
            than c of them, a negative eps, or an input of fewer than 2 dimensions.

    Equation: :eq:`eq-batch-norm`.
    Section: :ref:`sec-batch-normalization`.

    Source: Ioffe, Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, arXiv:1502.03167.

    Example:
        >>> x = torch.tensor([[1.0], [3.0]])
        >>> mean, var = torch.zeros(1), torch.ones(1)
        >>> batch_norm(x, mean, var, training=True)
        tensor([[-1.0000],
                [ 1.0000]])
        >>> mean, var
        (tensor([0.2000]), tensor([1.1000]))

    In production: torch.nn.functional.batch_norm.
    """
    require_eps(eps)
    _statistics_axes(x)
    for values in (running_mean, running_var, weight, bias):
        if values is not None and values.shape != x.shape[1:2]:
            raise ValueError(f"{x.shape[1]} channels need as many, got {tuple(values.shape)}")
    if training:
        mean, variance = batch_statistics(x)
        update_running_statistics(x, mean, variance, running_mean, running_var, momentum)
    elif running_mean is None or running_var is None:
        raise ValueError("in evaluation running_mean and running_var are needed")
    else:
        mean = over_channels(wide(running_mean), x)
        variance = over_channels(wide(running_var), x)
    normalized = (wide(x) - mean) / (variance + eps).sqrt()
    return scale_and_shift_channels(normalized, weight, bias).to(x.dtype)


def batch_norm_backward(
    grad: Float[Tensor, "n c *positions"],
    x: Float[Tensor, "n c *positions"],
    weight: Float[Tensor, " c"] | None = None,
    eps: float = 1e-5,
) -> tuple[Float[Tensor, "n c *positions"], Float[Tensor, " c"], Float[Tensor, " c"]]:
    """The gradients of batch normalization in training, in closed form.

    What the batch's mean and variance owe to x takes two parts out of the gradient: its mean, and
    its part along the normalized input.

    Args:
        grad: the gradient of the loss in the outputs, of the shape of x.
        x: the inputs of the forward pass, shape (n, c) or (n, c, ...).
        weight: gamma, shape (c,), or None for 1.
        eps: what the forward pass added to the variance.

    Returns:
        The gradients in x, in weight and in bias, the last two of shape (c,).

    Raises:
        ValueError: shapes that do not fit, one value per channel, or a negative eps.

    Equation: :eq:`eq-batch-norm-backward`.
    Section: :ref:`sec-batch-normalization`.

    Source: Ioffe, Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, arXiv:1502.03167.

    Example:
        >>> x, grad = torch.tensor([[1.0], [3.0], [5.0]]), torch.tensor([[1.0], [0.0], [0.0]])
        >>> _, grad_weight, grad_bias = batch_norm_backward(grad, x)
        >>> grad_weight, grad_bias
        (tensor([-1.2247]), tensor([1.]))

    In production: autograd through torch.nn.functional.batch_norm.
    """
    require_eps(eps)
    if grad.shape != x.shape:
        raise ValueError(
            f"gradient and input differ in shape: {tuple(grad.shape)} and {tuple(x.shape)}"
        )
    mean, variance = batch_statistics(x)
    axes, g = _statistics_axes(x), wide(grad)
    deviation = (variance + eps).sqrt()
    normalized = (wide(x) - mean) / deviation
    d_normalized = scale_and_shift_channels(g, weight, None)
    along = normalized * (d_normalized * normalized).mean(axes, keepdim=True)
    d_x = (d_normalized - d_normalized.mean(axes, keepdim=True) - along) / deviation
    d_weight, d_bias = (g * normalized).sum(axes), g.sum(axes)
    return d_x.to(x.dtype), d_weight.to(x.dtype), d_bias.to(x.dtype)


class BatchNormLayer(AffineLayer):
    """What all batch normalizations share: running statistics and their state."""

    ndims: tuple[int, ...]
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if num_features < 1:
            raise ValueError(f"num_features must be at least 1, got {num_features}")
        if momentum is not None and not 0 <= momentum <= 1:
            raise ValueError(f"momentum must lie between 0 and 1, got {momentum}")
        require_eps(eps)
        super().__init__((num_features,), affine, affine, device, dtype)
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        empty = torch.empty(num_features, device=device, dtype=dtype)
        count = torch.tensor(0, device=device)
        self.register_buffer("running_mean", empty if track_running_stats else None)
        self.register_buffer("running_var", empty.clone() if track_running_stats else None)
        self.register_buffer("num_batches_tracked", count if track_running_stats else None)
        self.reset_running_stats()

    def reset_running_stats(self) -> None:
        """Forget all batches: mean 0, variance 1."""
        if self.running_mean is None or self.running_var is None:
            return
        self.running_mean.zero_()
        self.running_var.fill_(1)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.zero_()

    def check_input(self, x: Tensor) -> None:
        """Raise ValueError unless x has c channels and as many dimensions as the layer takes."""
        if x.ndim not in self.ndims or x.shape[1] != self.num_features:
            dimensions = " or ".join(map(str, self.ndims))
            raise ValueError(
                f"expected {dimensions} dimensions (n, {self.num_features}, ...), "
                f"got {tuple(x.shape)}"
            )

    def count_batch(self) -> float | Tensor:
        """One more batch seen; the weight it gets, which without momentum makes a plain average."""
        if self.num_batches_tracked is None or self.running_mean is None:
            return 0.0
        self.num_batches_tracked += 1
        if self.momentum is None:
            return 1 / self.num_batches_tracked.to(self.running_mean)
        return self.momentum

    def forward(self, x: Float[Tensor, "n c *positions"]) -> Float[Tensor, "n c *positions"]:
        """The activations, normalized by the batch in training, by running statistics otherwise."""
        self.check_input(x)
        by_batch = self.training or self.running_mean is None
        momentum = self.count_batch() if self.training else 0.0
        tensors = (x, self.running_mean, self.running_var, self.weight, self.bias)
        if by_batch and x.numel() > self.num_features and runs_kernel(*tensors):
            return kernels.batch_norm(*tensors, by_batch, momentum, self.eps)
        return batch_norm(*tensors, by_batch, momentum, self.eps)

    def extra_repr(self) -> str:
        """Sizes and options, as printing the layer shows them."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, track_running_stats={self.track_running_stats}"
        )


class BatchNorm1d(BatchNormLayer):
    """The layer of `batch_norm` for vectors, (n, c), or sequences, (n, c, length).

    Args:
        num_features: number of features or channels, c.
        eps: what is added to the variance.
        momentum: the weight of a new batch in the running statistics, or None for the plain
            average of all batches.
        affine: whether weight and bias are there.
        track_running_stats: whether running statistics are kept; without them every batch is
            normalized by its own, in evaluation too.
        device: where parameters and statistics live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: gamma, shape (c,), started at 1, or None.
        bias: beta, shape (c,), started at 0, or None.
        running_mean: shape (c,), started at 0, or None.
        running_var: shape (c,), started at 1, or None.
        num_batches_tracked: how many batches training has seen, or None.

    Raises:
        ValueError: an option out of range, an input of other shape, or one value per channel in
            training.

    Equation: :eq:`eq-batch-norm`.
    Section: :ref:`sec-batch-normalization`.

    Source: Ioffe, Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, arXiv:1502.03167.

    Example:
        >>> layer = BatchNorm1d(1)
        >>> layer(torch.tensor([[1.0], [3.0]])).detach()
        tensor([[-1.0000],
                [ 1.0000]])
        >>> layer.running_mean, layer.running_var
        (tensor([0.2000]), tensor([1.1000]))

    In production: torch.nn.BatchNorm1d.
    """

    ndims = (2, 3)


class BatchNorm2d(BatchNormLayer):
    """The layer of `batch_norm` for images, (n, c, height, width).

    A channel has one mean and one variance, taken over the batch and all pixels together.

    Args:
        num_features: number of channels, c.
        eps: what is added to the variance.
        momentum: the weight of a new batch in the running statistics, or None for the plain
            average of all batches.
        affine: whether weight and bias are there.
        track_running_stats: whether running statistics are kept; without them every batch is
            normalized by its own, in evaluation too.
        device: where parameters and statistics live.
        dtype: their type; by default torch's default.

    Attributes:
        weight: gamma, shape (c,), started at 1, or None.
        bias: beta, shape (c,), started at 0, or None.
        running_mean: shape (c,), started at 0, or None.
        running_var: shape (c,), started at 1, or None.
        num_batches_tracked: how many batches training has seen, or None.

    Raises:
        ValueError: an option out of range, an input of other shape, or one value per channel in
            training.

    Equation: :eq:`eq-batch-norm`.
    Section: :ref:`sec-batch-normalization`.

    Source: Ioffe, Szegedy (2015), Batch normalization: accelerating deep network training by
    reducing internal covariate shift, arXiv:1502.03167.

    Example:
        >>> BatchNorm2d(3)(torch.zeros(2, 3, 5, 7)).shape
        torch.Size([2, 3, 5, 7])

    In production: torch.nn.BatchNorm2d.
    """

    ndims = (4,)
