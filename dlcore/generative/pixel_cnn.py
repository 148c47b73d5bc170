"""Images written pixel by pixel: each sees those above it and those to its left."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class MaskedConv2d(nn.Conv2d):
    """A convolution whose kernel stops at the pixel itself, in the order of reading.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: the side, odd.
        mask_type: "A" leaves out the pixel itself, for the first layer; "B" lets it in.

    Raises:
        ValueError: an even side, or another type.

    Equation: :eq:`eq-pixel-chain`.
    Section: :ref:`sec-autoregressive-generators`.

    Source: van den Oord, Kalchbrenner, Kavukcuoglu (2016), Pixel recurrent neural networks,
        arXiv:1601.06759.

    Example:
        >>> MaskedConv2d(1, 1, 3, mask_type="A").mask[0, 0]
        tensor([[1., 1., 1.],
                [1., 0., 0.],
                [0., 0., 0.]])

    In production: the same few lines.
    """

    mask: Tensor

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, *, mask_type: str = "B"
    ) -> None:
        if kernel_size < 1 or kernel_size % 2 == 0 or mask_type not in ("A", "B"):
            raise ValueError(
                f"expected an odd kernel_size and mask_type A or B, got {kernel_size}, "
                f"{mask_type!r}"
            )
        super().__init__(in_channels, out_channels, kernel_size, padding=kernel_size // 2)
        order = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size)
        seen = order < kernel_size**2 // 2 + (mask_type == "B")
        self.register_buffer("mask", seen.to(self.weight.dtype).expand_as(self.weight).clone())

    def forward(self, x: Float[Tensor, "b c h w"]) -> Float[Tensor, "b k h w"]:
        """The maps, of the same height and width."""
        return nn.functional.conv2d(x, self.weight * self.mask, self.bias, padding=self.padding)


class _MaskedResidual(nn.Module):
    def __init__(self, width: int, kernel_size: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.ReLU(), MaskedConv2d(width, width, kernel_size), nn.ReLU(),
            MaskedConv2d(width, width, 1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.layers(x)
        return out


class PixelCNN(nn.Module):
    r"""Grey images of a few levels with an exact likelihood, $\prod_i p(x_i \mid x_{<i})$.

    All factors of a given image are computed at once; a sample takes one evaluation a pixel.
    Stacked kernels of this kind never see some pixels above and to the right (a blind spot).

    Args:
        levels: grey values, at least 2.
        width: channels of the hidden layers.
        depth: residual blocks.
        kernel_size: of the blocks; the first layer's is 7.

    Raises:
        ValueError: sizes out of range; in the methods, images that are not whole numbers below
            levels.

    Equation: :eq:`eq-pixel-chain`.
    Section: :ref:`sec-autoregressive-generators`.

    Source: van den Oord, Kalchbrenner, Kavukcuoglu (2016), arXiv:1601.06759; van den Oord,
        Kalchbrenner, Vinyals, Espeholt, Graves, Kavukcuoglu (2016), Conditional image generation
        with PixelCNN decoders, arXiv:1606.05328, which removes the blind spot.

    Example:
        >>> model = PixelCNN(levels=2, width=8, depth=1)
        >>> x = model.sample(3, 4, 4)
        >>> x.shape, model.log_prob(x).shape
        (torch.Size([3, 4, 4]), torch.Size([3]))

    In production: the same, gated; Transformers on image tokens.
    """

    def __init__(
        self, levels: int = 2, width: int = 32, depth: int = 3, *, kernel_size: int = 3
    ) -> None:
        super().__init__()
        if levels < 2 or min(width, depth) < 1:
            raise ValueError(
                f"expected levels >= 2 and sizes of at least 1, got {levels}, {width}, {depth}"
            )
        self.levels = levels
        self.network = nn.Sequential(
            MaskedConv2d(1, width, 7, mask_type="A"),
            *(_MaskedResidual(width, kernel_size) for _ in range(depth)),
            nn.ReLU(),
            MaskedConv2d(width, levels, 1),
        )

    def forward(self, x: Int[Tensor, "b h w"]) -> Float[Tensor, "b k h w"]:
        """The logits of each pixel's value, given the pixels before it."""
        if x.ndim != 3 or x.is_floating_point() or not bool(((x >= 0) & (x < self.levels)).all()):
            raise ValueError(
                f"expected whole numbers from 0 to {self.levels - 1}, (b, h, w), got {x.dtype} "
                f"{tuple(x.shape)}"
            )
        weight = next(self.parameters())
        scaled = 2 * x[:, None].to(weight.dtype) / (self.levels - 1) - 1
        logits: Tensor = self.network(scaled)
        return logits

    def log_prob(self, x: Int[Tensor, "b h w"]) -> Float[Tensor, " b"]:
        """The exact log-probability of each image in nats; minus its mean is the loss."""
        cross = nn.functional.cross_entropy(self(x), x.long(), reduction="none")
        return -cross.sum((1, 2))

    @torch.no_grad()
    def sample(
        self,
        n: int,
        height: int,
        width: int,
        *,
        known: Int[Tensor, "n rows w"] | None = None,
        generator: torch.Generator | None = None,
    ) -> Int[Tensor, "n h w"]:
        """New images, one pixel after the other.

        Args:
            n: how many.
            height: rows of pixels.
            width: columns of pixels.
            known: the first rows, if they shall be completed, shape (n, rows, width).
            generator: the source of the draws; default torch's global one.

        Returns:
            Whole numbers, shape (n, height, width).

        Raises:
            ValueError: known rows that do not fit.
        """
        device = next(self.parameters()).device
        x = torch.zeros(n, height, width, dtype=torch.long, device=device)
        rows = 0
        if known is not None:
            rows = known.shape[1] if known.ndim == 3 else -1
            if known.shape != (n, rows, width) or rows > height:
                raise ValueError(
                    f"known rows {tuple(known.shape)} do not fit ({n}, {height}, {width})"
                )
            x[:, :rows] = known
        for i in range(rows, height):
            for j in range(width):
                probs = self(x[:, : i + 1])[:, :, i, j].softmax(1)
                where = generator.device if generator else device
                draw = torch.multinomial(probs.to(where), 1, generator=generator)
                x[:, i, j] = draw[:, 0].to(device)
        return x
