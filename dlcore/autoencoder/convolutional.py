"""An autoencoder for images: strided convolutions down, transposed ones up."""

from collections.abc import Sequence
from itertools import pairwise

from torch import nn

from dlcore.autoencoder.undercomplete import EncoderDecoder


class ConvAutoencoder(EncoderDecoder):
    """Each stage halves the image's side and the decoder doubles it again.

    Args:
        in_channels: channels of the images.
        image_size: side of the images, which 2 to the number of stages divides.
        code: dimensions k of the code.
        channels: of the feature maps after each stage.
        kind: of `reconstruction_loss`; with "bernoulli" the decoder returns logits.

    Attributes:
        encoder: images (b, c, h, w) to codes (b, k).
        decoder: codes to images.

    Raises:
        ValueError: a size below 1, a side that cannot be halved so often, or an unknown kind.

    Equation: :eq:`eq-autoencoder`.
    Section: :ref:`sec-undercomplete-autoencoders`.

    Source: Masci, Meier, Cireşan, Schmidhuber (2011), Stacked convolutional auto-encoders for
        hierarchical feature extraction, doi:10.1007/978-3-642-21735-7_7.

    Example:
        >>> import torch
        >>> model = ConvAutoencoder(1, 8, 10)
        >>> images = torch.zeros(5, 1, 8, 8)
        >>> model.encode(images).shape, model(images).shape
        (torch.Size([5, 10]), torch.Size([5, 1, 8, 8]))

    In production: diffusers.AutoencoderKL for large images.
    """

    def __init__(
        self,
        in_channels: int,
        image_size: int,
        code: int,
        *,
        channels: Sequence[int] = (16, 32),
        kind: str = "squared",
    ) -> None:
        side, rest = divmod(image_size, 2 ** len(channels))
        if min(in_channels, code, *channels, side) < 1 or rest:
            raise ValueError(
                f"expected positive sizes and a side that {2 ** len(channels)} divides, got "
                f"{in_channels} and {list(channels)} channels, code {code}, side {image_size}"
            )
        down: list[nn.Module] = []
        up: list[nn.Module] = []
        for outer, inner in pairwise([in_channels, *channels]):
            down += [nn.Conv2d(outer, inner, 3, stride=2, padding=1), nn.ReLU()]
            up = [nn.ReLU(), nn.ConvTranspose2d(inner, outer, 4, stride=2, padding=1), *up]
        deepest = (channels[-1], side, side)
        units = channels[-1] * side**2
        super().__init__(
            nn.Sequential(*down, nn.Flatten(), nn.Linear(units, code)),
            nn.Sequential(nn.Linear(code, units), nn.Unflatten(1, deepest), *up),
            kind,
        )
