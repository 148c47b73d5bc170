"""Convolutional players: images grown by transposed convolutions, judged by strided ones."""

from jaxtyping import Float
from torch import Tensor, nn


def _halvings(name: str, size: int, *counts: int) -> int:
    halvings = size.bit_length() - 3
    if size < 8 or size & (size - 1) or min(counts) < 1:
        raise ValueError(
            f"{name} needs a size that is a power of 2 from 8 on and counts >= 1, got {size}, "
            f"{counts}"
        )
    return halvings


def _initialize(module: nn.Module) -> None:
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, 0.0, 0.02)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, 0.02)


class DCGANGenerator(nn.Sequential):
    """Codes to images: 1 by 1 grows to 4 by 4, then doubles, with ever fewer channels.

    Batch normalization and ReLU after each layer but the last, which ends in tanh: images lie in
    [-1, 1]. No pooling, no dense layer.

    Args:
        latent_dim: k.
        channels: of the images.
        width: channels before the last layer.
        size: height and width of the images, a power of 2 from 8 on.

    Raises:
        ValueError: another size, or counts below 1.

    Equation: :eq:`eq-gan-value`
    Section: :ref:`sec-dcgan`
    Source: Radford, Metz, Chintala (2016), Unsupervised representation learning with deep
        convolutional generative adversarial networks, arXiv:1511.06434.

    Example:
        >>> import torch
        >>> DCGANGenerator(10, width=8, size=16)(torch.zeros(2, 10)).shape
        torch.Size([2, 1, 16, 16])

    In production: torch's DCGAN tutorial; today StyleGAN.
    """

    def __init__(self, latent_dim: int, channels: int = 1, width: int = 64, size: int = 32) -> None:
        halvings = _halvings("DCGANGenerator", size, latent_dim, channels, width)
        wide = width * 2 ** (halvings - 1)
        layers: list[nn.Module] = [
            nn.Unflatten(1, (latent_dim, 1, 1)),
            nn.ConvTranspose2d(latent_dim, wide, 4, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
        ]
        for _ in range(halvings - 1):
            layers += [
                nn.ConvTranspose2d(wide, wide // 2, 4, stride=2, padding=1, bias=False),
                nn.BatchNorm2d(wide // 2),
                nn.ReLU(),
            ]
            wide //= 2
        layers += [nn.ConvTranspose2d(wide, channels, 4, stride=2, padding=1), nn.Tanh()]
        super().__init__(*layers)
        _initialize(self)


class DCGANDiscriminator(nn.Sequential):
    """Images to logits: strided convolutions halve the image down to 4 by 4, the last sees it all.

    LeakyReLU with slope 0.2, batch normalization between, but not at the input. The gradient
    penalty and spectral normalization want it without batch normalization.

    Args:
        channels: of the images.
        width: channels after the first layer.
        size: height and width of the images, a power of 2 from 8 on.
        batch_norm: whether layers but the first and last normalize.

    Raises:
        ValueError: another size, or counts below 1.

    Equation: :eq:`eq-gan-value`
    Section: :ref:`sec-dcgan`
    Source: Radford, Metz, Chintala (2016), Unsupervised representation learning with deep
        convolutional generative adversarial networks, arXiv:1511.06434.

    Example:
        >>> import torch
        >>> DCGANDiscriminator(width=8, size=16)(torch.zeros(2, 1, 16, 16)).shape
        torch.Size([2, 1])

    In production: torch's DCGAN tutorial; today StyleGAN.
    """

    def __init__(
        self, channels: int = 1, width: int = 64, size: int = 32, batch_norm: bool = True
    ) -> None:
        halvings = _halvings("DCGANDiscriminator", size, channels, width)
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
        ]
        for _ in range(halvings - 1):
            layers.append(nn.Conv2d(width, 2 * width, 4, stride=2, padding=1, bias=not batch_norm))
            layers += [nn.BatchNorm2d(2 * width)] if batch_norm else []
            layers.append(nn.LeakyReLU(0.2))
            width *= 2
        layers += [nn.Conv2d(width, 1, 4), nn.Flatten()]
        super().__init__(*layers)
        _initialize(self)

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n 1"]:
        """The logit of "real" of each image."""
        if x.ndim != 4:
            raise ValueError(f"DCGANDiscriminator needs images (n, c, h, w), got {tuple(x.shape)}")
        out: Tensor = super().forward(x)
        return out
