"""Networks that see noisy data and the step, and say what the noise is."""

import math

import torch
from jaxtyping import Float, Int, Real
from torch import Tensor, nn

from dlcore.nn import MLP


def timestep_embedding(
    t: Real[Tensor, " b"], dim: int, max_period: float = 10_000.0
) -> Float[Tensor, "b dim"]:
    r"""Steps as sines and cosines of $d/2$ frequencies, from 1 down to about 1/max_period.

    Args:
        t: steps, or times, shape (b,).
        dim: d, even.
        max_period: the longest wavelength over $2\pi$.

    Returns:
        The sines, then the cosines, shape (b, d).

    Raises:
        ValueError: an odd d or one below 2, or t of another shape.

    Equation: :eq:`eq-timestep-embedding`.
    Section: :ref:`sec-diffusion-training`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, after Vaswani et al. (2017).

    Example:
        >>> timestep_embedding(torch.tensor([0, 1]), 4)
        tensor([[0.0000, 0.0000, 1.0000, 1.0000],
                [0.8415, 0.0100, 0.5403, 0.9999]])

    In production: diffusers.models.embeddings.get_timestep_embedding.
    """
    if dim < 2 or dim % 2 or t.ndim != 1:
        raise ValueError(f"expected an even dim >= 2 and t (b,), got {dim}, {tuple(t.shape)}")
    half = dim // 2
    frequencies = (-math.log(max_period) * torch.arange(half, device=t.device) / half).exp()
    angles = t[:, None].to(frequencies.dtype) * frequencies
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class _StepAndLabel(nn.Module):
    """One vector for the step, with the label's added."""

    def __init__(self, features: int, num_classes: int | None) -> None:
        super().__init__()
        self.features = features
        self.time = MLP([features, 2 * features, features], "silu")
        self.label = None if num_classes is None else nn.Embedding(num_classes + 1, features)

    def forward(self, x: Tensor, t: Tensor, labels: Tensor | None) -> Tensor:
        if t.shape != x.shape[:1]:
            raise ValueError(f"expected a step for each of {len(x)}, got t {tuple(t.shape)}")
        out: Tensor = self.time(timestep_embedding(t, self.features).to(x.dtype))
        if self.label is None:
            if labels is not None:
                raise ValueError("labels need a network with num_classes")
            return out
        if labels is None:
            labels = t.new_full(t.shape, -1, dtype=torch.long)
        known = self.label.num_embeddings - 1
        if labels.shape != t.shape or not bool(((labels >= -1) & (labels < known)).all()):
            raise ValueError(
                f"expected {len(t)} labels from -1 to {known} exclusive, got {tuple(labels.shape)}"
            )
        return out + self.label(labels + 1)


class DenoisingMLP(nn.Module):
    """Noise of points: dense layers that see the point and, before each, the step and the label.

    Args:
        dim: d, the dimension of the data.
        width: hidden units of each layer, even.
        depth: hidden layers.
        num_classes: K, if labels may be given; default none.

    Raises:
        ValueError: sizes below 1 or an odd width; in `forward`, data, steps or labels that do not
            fit.

    Section: :ref:`sec-diffusion-training`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, whose network sees the step in each layer.

    Example:
        >>> model = DenoisingMLP(2, width=16, num_classes=3)
        >>> x, t = torch.zeros(5, 2), torch.ones(5, dtype=torch.long)
        >>> model(x, t).shape, model(x, t, torch.tensor([0, 1, 2, -1, -1])).shape
        (torch.Size([5, 2]), torch.Size([5, 2]))

    In production: the same few lines.
    """

    def __init__(
        self, dim: int, width: int = 128, depth: int = 3, *, num_classes: int | None = None
    ) -> None:
        super().__init__()
        if min(dim, width, depth) < 1 or width % 2 or (num_classes is not None and num_classes < 1):
            raise ValueError(
                f"expected sizes of at least 1 and an even width, got {dim}, {width}, {depth}, "
                f"{num_classes}"
            )
        self.dim = dim
        self.condition = _StepAndLabel(width, num_classes)
        self.first = nn.Linear(dim, width)
        self.layers = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.last = nn.Linear(width, dim)

    def forward(
        self,
        x: Float[Tensor, "b d"],
        t: Real[Tensor, " b"],
        labels: Int[Tensor, " b"] | None = None,
    ) -> Float[Tensor, "b d"]:
        """The predicted noise; a label of -1 stands for none."""
        if x.ndim != 2 or x.shape[1] != self.dim:
            raise ValueError(f"expected data (b, {self.dim}), got {tuple(x.shape)}")
        condition = self.condition(x, t, labels)
        h = self.first(x)
        for layer in self.layers:
            h = h + layer(nn.functional.silu(h + condition))
        return self.last(nn.functional.silu(h))


def _norm(channels: int) -> nn.GroupNorm:
    return nn.GroupNorm(math.gcd(8, channels), channels)


class _Residual(nn.Module):
    """Two convolutions around a shortcut; step and label are added between them."""

    def __init__(self, c_in: int, c_out: int, features: int) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = _norm(c_in), _norm(c_out)
        self.conv_1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.conv_2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.condition = nn.Linear(features, c_out)
        self.shortcut = nn.Identity() if c_in == c_out else nn.Conv2d(c_in, c_out, 1)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        h = self.conv_1(nn.functional.silu(self.norm_1(x)))
        h = h + self.condition(nn.functional.silu(condition))[..., None, None]
        out: Tensor = self.shortcut(x) + self.conv_2(nn.functional.silu(self.norm_2(h)))
        return out


class TinyUNet(nn.Module):
    """Noise of images: a small U-Net of residual blocks, each of which sees the step.

    Each level halves the sides and doubles the channels. Its last layer begins at 0, and so does
    the predicted noise.

    Args:
        in_channels: channels of the images.
        width: channels of the first level.
        depth: how often the sides are halved.
        num_classes: K, if labels may be given; default none.

    Raises:
        ValueError: sizes below 1; in `forward`, images whose sides cannot be halved so often, or
            steps or labels that do not fit.

    Section: :ref:`sec-diffusion-training`.

    Source: Ho, Jain, Abbeel (2020), arXiv:2006.11239, appendix B, without attention.

    Example:
        >>> model = TinyUNet(1, width=8, num_classes=10)
        >>> x, t = torch.zeros(3, 1, 8, 8), torch.ones(3, dtype=torch.long)
        >>> model(x, t, torch.tensor([0, 9, -1])).shape
        torch.Size([3, 1, 8, 8])

    In production: diffusers.UNet2DModel.
    """

    def __init__(
        self,
        in_channels: int = 1,
        width: int = 32,
        depth: int = 2,
        *,
        num_classes: int | None = None,
    ) -> None:
        super().__init__()
        if min(in_channels, width, depth, 1 if num_classes is None else num_classes) < 1:
            raise ValueError(
                f"sizes must be at least 1, got {in_channels}, {width}, {depth}, {num_classes}"
            )
        self.in_channels, self.depth = in_channels, depth
        self.condition = _StepAndLabel(2 * width, num_classes)
        c = [width * 2**i for i in range(depth + 1)]
        self.first = nn.Conv2d(in_channels, width, 3, padding=1)
        self.down = nn.ModuleList(_Residual(a, a, 2 * width) for a in c[:-1])
        self.shrink = nn.ModuleList(
            nn.Conv2d(c[i], c[i + 1], 3, stride=2, padding=1) for i in range(depth)
        )
        self.middle = _Residual(c[-1], c[-1], 2 * width)
        self.grow = nn.ModuleList(
            nn.ConvTranspose2d(c[i + 1], c[i], 2, 2) for i in reversed(range(depth))
        )
        self.up = nn.ModuleList(_Residual(2 * a, a, 2 * width) for a in reversed(c[:-1]))
        self.norm, self.last = _norm(width), nn.Conv2d(width, in_channels, 3, padding=1)
        for parameter in self.last.parameters():
            nn.init.zeros_(parameter)

    def forward(
        self,
        x: Float[Tensor, "b c h w"],
        t: Real[Tensor, " b"],
        labels: Int[Tensor, " b"] | None = None,
    ) -> Float[Tensor, "b c h w"]:
        """The predicted noise; a label of -1 stands for none."""
        part = 2**self.depth
        if x.ndim != 4 or x.shape[1] != self.in_channels or x.shape[2] % part or x.shape[3] % part:
            raise ValueError(
                f"expected images (b, {self.in_channels}, h, w) with sides that {part} divides, "
                f"got {tuple(x.shape)}"
            )
        condition = self.condition(x, t, labels)
        h, bridges = self.first(x), []
        for block, shrink in zip(self.down, self.shrink, strict=True):
            h = block(h, condition)
            bridges.append(h)
            h = shrink(h)
        h = self.middle(h, condition)
        for grow, block in zip(self.grow, self.up, strict=True):
            h = block(torch.cat([bridges.pop(), grow(h)], dim=1), condition)
        return self.last(nn.functional.silu(self.norm(h)))
