"""U-Net: down to the context, up to the pixel, with bridges in between."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dlcore.models.images import (
    kaiming_convolutions_,
    require_choice,
    require_images,
    require_positive,
)


def _double_convolution(
    in_channels: int, out_channels: int, padding: int, batch_norm: bool
) -> nn.Sequential:
    layers: list[nn.Module] = []
    for channels in (in_channels, out_channels):
        layers.append(nn.Conv2d(channels, out_channels, 3, padding=padding, bias=not batch_norm))
        layers.extend([nn.BatchNorm2d(out_channels)] * batch_norm)
        layers.append(nn.ReLU())
    return nn.Sequential(*layers)


def _crop(x: Tensor, like: Tensor) -> Tensor:
    """The middle of x, of the height and width of the other."""
    top, left = (x.shape[2] - like.shape[2]) // 2, (x.shape[3] - like.shape[3]) // 2
    return x[:, :, top : top + like.shape[2], left : left + like.shape[3]]


class UNet(nn.Module):
    """A label for every pixel: an encoder, a decoder, and the encoder's maps handed across.

    Each level has two 3 x 3 convolutions; going down, pooling halves the sides and the channels
    double; going up, a transposed convolution doubles the sides, and the maps of the same level
    are concatenated. The defaults are the paper's network. Built of torch.nn's layers.

    Args:
        in_channels: channels of the images.
        num_classes: logits per pixel.
        width: channels of the first level.
        depth: the number of poolings.
        padding: "valid" as in the paper, where the output is smaller than the input (572 gives
            388), or "same".
        batch_norm: normalize before each ReLU, which the paper did not.

    Raises:
        ValueError: sizes that are not positive, or an unknown padding; in `forward`, images with
            other channels, or with sides that come out odd before a pooling, or too small.

    Section: :ref:`sec-semantic-segmentation`.

    Source: Ronneberger, Fischer, Brox (2015), U-Net: convolutional networks for biomedical image
    segmentation, arXiv:1505.04597, figure 1.

    Example:
        >>> UNet(3, 4, width=8, depth=2, padding="same")(torch.zeros(1, 3, 32, 48)).shape
        torch.Size([1, 4, 32, 48])

    In production: monai.networks.nets.UNet, segmentation_models_pytorch.Unet.
    """

    def __init__(
        self,
        in_channels: int = 1,
        num_classes: int = 2,
        *,
        width: int = 64,
        depth: int = 4,
        padding: str = "valid",
        batch_norm: bool = False,
    ) -> None:
        super().__init__()
        require_choice("padding", padding, ("valid", "same"))
        require_positive(in_channels=in_channels, num_classes=num_classes, width=width, depth=depth)
        self.in_channels, self.valid = in_channels, padding == "valid"
        pad = 0 if self.valid else 1
        channels = [width * 2**i for i in range(depth + 1)]
        self.down = nn.ModuleList(
            _double_convolution(c_in, c_out, pad, batch_norm)
            for c_in, c_out in zip([in_channels, *channels], channels, strict=False)
        )
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * c, c, 2, 2) for c in reversed(channels[:-1]))
        self.merge = nn.ModuleList(
            _double_convolution(2 * c, c, pad, batch_norm) for c in reversed(channels[:-1])
        )
        self.out = nn.Conv2d(width, num_classes, 1)
        kaiming_convolutions_(self, mode="fan_in")

    def output_size(self, size: int) -> int:
        """The side of the output for a side of the input.

        Args:
            size: pixels of one side.

        Returns:
            Pixels of this side of the output.

        Raises:
            ValueError: a side that comes out odd before a pooling, or too small.
        """
        lost = 4 if self.valid else 0
        at = size
        for level in range(len(self.up)):
            at -= lost
            if at % 2 or at < 2:
                raise ValueError(
                    f"a side of {size} pixels is {at} before pooling {level + 1}: it must be even "
                    "and positive there"
                )
            at //= 2
        at -= lost
        for _ in self.up:
            at = 2 * at - lost
        if at < 1:
            raise ValueError(f"a side of {size} pixels leaves no output")
        return at

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k i j"]:
        """The logits of the classes at every pixel."""
        require_images(x, self.in_channels)
        for side in x.shape[2:]:
            self.output_size(side)
        bridges = []
        for i, convolve in enumerate(self.down):
            x = convolve(nn.functional.max_pool2d(x, 2) if i else x)
            bridges.append(x)
        bridges.pop()
        for up, merge in zip(self.up, self.merge, strict=True):
            x = up(x)
            x = merge(torch.cat([_crop(bridges.pop(), x), x], dim=1))
        return self.out(x)
