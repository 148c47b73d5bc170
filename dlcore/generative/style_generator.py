"""What steers a style-based generator: a mapped code, set into every layer's statistics."""

from itertools import chain, pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.nn import Linear


class MappingNetwork(nn.Sequential):
    """Codes z to styles w: z scaled to unit mean square, then dense layers with LeakyReLU(0.2).

    z must fill a ball as the prior says; w may take the shape of the data's factors.

    Args:
        latent_dim: of z.
        style_dim: of w and of the layers between; default that of z.
        layers: number of dense layers.

    Raises:
        ValueError: counts below 1.

    Equation: :eq:`eq-adain`
    Section: :ref:`sec-style-gan`
    Source: Karras, Laine, Aila (2019), A style-based generator architecture for generative
        adversarial networks, arXiv:1812.04948.

    Example:
        >>> MappingNetwork(4, style_dim=6, layers=2)(torch.ones(3, 4)).shape
        torch.Size([3, 6])

    In production: StyleGAN's code.
    """

    def __init__(self, latent_dim: int, style_dim: int | None = None, layers: int = 8) -> None:
        width = latent_dim if style_dim is None else style_dim
        if min(latent_dim, width, layers) < 1:
            raise ValueError(f"counts must be at least 1, got {latent_dim}, {width}, {layers}")
        sizes = [latent_dim] + [width] * layers
        pairs = ((Linear(a, b), nn.LeakyReLU(0.2)) for a, b in pairwise(sizes))
        super().__init__(*chain.from_iterable(pairs))

    def forward(self, z: Float[Tensor, "n k"]) -> Float[Tensor, "n s"]:
        """The style of each code; the length of a code makes no difference."""
        w: Tensor = super().forward(z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt())
        return w


class AdaIN(nn.Module):
    r"""Adaptive instance normalization: $y_s\odot(x - \mu)/\sigma + y_b$, both y linear in w.

    Mean and deviation over the pixels of each channel of each image are replaced by those that
    the style asks for. At first $y_s$ is near 1.

    Args:
        channels: of the images.
        style_dim: of w.
        eps: added to the variance.

    Raises:
        ValueError: counts below 1, or shapes that do not fit.

    Equation: :eq:`eq-adain`
    Section: :ref:`sec-style-gan`
    Source: Huang, Belongie (2017), Arbitrary style transfer in real-time with adaptive instance
        normalization, arXiv:1703.06868; Karras, Laine, Aila (2019), arXiv:1812.04948.

    Example:
        >>> AdaIN(3, style_dim=5)(torch.randn(2, 3, 4, 4), torch.zeros(2, 5)).shape
        torch.Size([2, 3, 4, 4])

    In production: weight demodulation, which took its place in StyleGAN2.
    """

    def __init__(self, channels: int, style_dim: int, eps: float = 1e-5) -> None:
        super().__init__()
        if min(channels, style_dim) < 1:
            raise ValueError(f"counts must be at least 1, got {channels}, {style_dim}")
        self.style = Linear(style_dim, 2 * channels)
        self.channels, self.eps = channels, eps

    def forward(
        self, x: Float[Tensor, "n c h w"], w: Float[Tensor, "n s"]
    ) -> Float[Tensor, "n c h w"]:
        """The images with the statistics of their styles."""
        if x.ndim != 4 or x.shape[1] != self.channels or len(w) != len(x):
            raise ValueError(
                f"AdaIN needs images (n, {self.channels}, h, w) and a style each, got "
                f"{tuple(x.shape)} and {tuple(w.shape)}"
            )
        scale, shift = self.style(w)[:, :, None, None].chunk(2, dim=1)
        centred = x - x.mean((2, 3), keepdim=True)
        deviation = (centred.square().mean((2, 3), keepdim=True) + self.eps).sqrt()
        return (1 + scale) * centred / deviation + shift


class NoiseInjection(nn.Module):
    """Noise of its own for every pixel, weighted by channel: detail that no style decides.

    Args:
        channels: of the images.

    Attributes:
        weight: shape (channels,), started at 0.

    Raises:
        ValueError: channels below 1, or shapes that do not fit.

    Equation: :eq:`eq-adain`
    Section: :ref:`sec-style-gan`
    Source: Karras, Laine, Aila (2019), A style-based generator architecture for generative
        adversarial networks, arXiv:1812.04948, section 2.

    Example:
        >>> x = torch.zeros(1, 2, 3, 3)
        >>> torch.equal(NoiseInjection(2)(x), x)
        True

    In production: StyleGAN's code.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        if channels < 1:
            raise ValueError(f"channels must be at least 1, got {channels}")
        self.weight = nn.Parameter(torch.zeros(channels))

    def forward(
        self, x: Float[Tensor, "n c h w"], noise: Float[Tensor, "n 1 h w"] | None = None
    ) -> Float[Tensor, "n c h w"]:
        """The images with noise, given or fresh from torch's global generator."""
        if x.ndim != 4 or x.shape[1] != len(self.weight):
            raise ValueError(f"expected images (n, {len(self.weight)}, h, w), got {tuple(x.shape)}")
        if noise is None:
            noise = torch.randn_like(x[:, :1])
        return x + self.weight[:, None, None] * noise
