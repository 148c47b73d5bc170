"""Masked autoencoder: most of an image is hidden, and filled in from the rest."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from dlcore.models.images import require_images, require_positive
from dlcore.nn import TransformerEncoder, TransformerEncoderLayer


def patchify(images: Float[Tensor, "b c h w"], patch_size: int) -> Float[Tensor, "b n d"]:
    """Cut images into square patches, row by row.

    Args:
        images: shape (b, c, h, w).
        patch_size: p, which divides both sides.

    Returns:
        Shape (b, h w / p^2, c p^2).

    Raises:
        ValueError: another number of axes, or sides that p does not divide.

    Section: :ref:`sec-inpainting`.

    Source: Dosovitskiy et al. (2021), An image is worth 16x16 words, arXiv:2010.11929.

    Example:
        >>> patchify(torch.zeros(2, 3, 8, 12), 4).shape
        torch.Size([2, 6, 48])

    In production: torch.nn.functional.unfold.
    """
    p = patch_size
    if images.ndim != 4 or p < 1 or images.shape[2] % p or images.shape[3] % p:
        raise ValueError(
            f"expected images (b, c, h, w) with sides that {p} divides, got {tuple(images.shape)}"
        )
    b, c, h, w = images.shape
    blocks = images.reshape(b, c, h // p, p, w // p, p)
    return blocks.permute(0, 2, 4, 1, 3, 5).reshape(b, (h // p) * (w // p), c * p * p)


def unpatchify(
    patches: Float[Tensor, "b n d"], patch_size: int, size: tuple[int, int]
) -> Float[Tensor, "b c h w"]:
    """Put patches together again: the inverse of `patchify`.

    Args:
        patches: shape (b, n, c p^2).
        patch_size: p.
        size: height and width of the images.

    Returns:
        Shape (b, c, h, w).

    Raises:
        ValueError: another number of patches, or of values in each.

    Section: :ref:`sec-inpainting`.

    Source: Dosovitskiy et al. (2021), An image is worth 16x16 words, arXiv:2010.11929.

    Example:
        >>> x = torch.rand(2, 3, 8, 12)
        >>> torch.equal(unpatchify(patchify(x, 4), 4, (8, 12)), x)
        True

    In production: torch.nn.functional.fold.
    """
    p, (h, w) = patch_size, size
    if patches.ndim != 3 or patches.shape[1] * p * p != h * w or patches.shape[2] % (p * p):
        raise ValueError(
            f"{h} x {w} pixels do not come out of patches {tuple(patches.shape)} of side {p}"
        )
    b, _, d = patches.shape
    blocks = patches.reshape(b, h // p, w // p, d // p**2, p, p)
    return blocks.permute(0, 3, 1, 4, 2, 5).reshape(b, d // p**2, h, w)


class Reconstruction(NamedTuple):
    """What a masked autoencoder makes of images.

    Attributes:
        images: the hidden patches as predicted, the others as given, shape (b, c, h, w).
        hidden: which patches were hidden, shape (b, n).
        loss: the mean squared error over the hidden patches.

    Section: :ref:`sec-inpainting`.

    Example:
        >>> Reconstruction(torch.zeros(1, 1, 2, 2), torch.ones(1, 1) > 0, torch.zeros(())).loss
        tensor(0.)

    In production: transformers' ViTMAEForPreTrainingOutput.
    """

    images: Float[Tensor, "b c h w"]
    hidden: Bool[Tensor, "b n"]
    loss: Float[Tensor, ""]


class MaskedAutoencoder(nn.Module):
    """Attention over the patches that are seen; a small decoder guesses all others.

    Args:
        image_size: side of the images in pixels.
        patch_size: side of a patch; it divides the image's.
        in_channels: channels of the images.
        d_model: number of features.
        nhead: number of heads, which share them.
        encoder_layers: layers that see only the visible patches.
        decoder_layers: layers that see vectors of these, and one learned vector for the hidden.
        mask_ratio: the share of patches to hide.

    Raises:
        ValueError: sizes that do not fit, a ratio at which no patch is seen or hidden; in
            `forward`, images of another shape or masks that hide unequal numbers of patches.

    Equation: :eq:`eq-masked-autoencoder`.
    Section: :ref:`sec-inpainting`.

    Source: He, Chen, Xie, Li, Dollár, Girshick (2022), Masked autoencoders are scalable vision
        learners, arXiv:2111.06377.

    Example:
        >>> model = MaskedAutoencoder(16, 4, d_model=16, nhead=2)
        >>> filled, hidden, loss = model(torch.zeros(2, 1, 16, 16))
        >>> filled.shape, hidden.sum(1).tolist()
        (torch.Size([2, 1, 16, 16]), [12, 12])

    In production: transformers.ViTMAEForPreTraining.
    """

    def __init__(
        self,
        image_size: int,
        patch_size: int,
        in_channels: int = 1,
        *,
        d_model: int = 64,
        nhead: int = 4,
        encoder_layers: int = 2,
        decoder_layers: int = 1,
        mask_ratio: float = 0.75,
    ) -> None:
        super().__init__()
        require_positive(image_size=image_size, patch_size=patch_size, in_channels=in_channels)
        if image_size % patch_size:
            raise ValueError(f"patches of {patch_size} do not fill a side of {image_size}")
        self.image_size, self.patch_size, self.in_channels = image_size, patch_size, in_channels
        n, d = (image_size // patch_size) ** 2, in_channels * patch_size**2
        self.seen = round(n * (1 - mask_ratio))
        if not 1 <= self.seen < n:
            raise ValueError(f"of {n} patches mask_ratio = {mask_ratio} leaves {self.seen}")
        self.embed = nn.Linear(d, d_model)
        self.positions = nn.Parameter(0.02 * torch.randn(n, d_model))
        self.decoder_positions = nn.Parameter(0.02 * torch.randn(n, d_model))
        self.mask_token = nn.Parameter(0.02 * torch.randn(d_model))
        layer = TransformerEncoderLayer(d_model, nhead, 2 * d_model, 0.0, "gelu", norm_first=True)
        self.encoder = TransformerEncoder(layer, encoder_layers, nn.LayerNorm(d_model))
        self.decoder = TransformerEncoder(layer, decoder_layers, nn.LayerNorm(d_model))
        self.output = nn.Linear(d_model, d)

    def draw_mask(self, n: int, generator: torch.Generator | None = None) -> Bool[Tensor, "b n"]:
        """Which patches of n images to hide, at random; equally many of each."""
        where = generator.device if generator else self.positions.device
        order = torch.rand(n, len(self.positions), generator=generator, device=where).argsort(1)
        return (order >= self.seen).to(self.positions.device)

    def encode(
        self, images: Float[Tensor, "b c h w"], hidden: Bool[Tensor, "b n"] | None = None
    ) -> Float[Tensor, "b m d"]:
        """Vectors of the visible patches, by default of all, in their order."""
        require_images(images, self.in_channels)
        if images.shape[2:] != (self.image_size, self.image_size):
            raise ValueError(
                f"expected images of side {self.image_size}, got {tuple(images.shape)}"
            )
        x = self.embed(patchify(images, self.patch_size)) + self.positions
        if hidden is not None:
            if hidden.shape != x.shape[:2] or len(set(hidden.sum(dim=1).tolist())) > 1:
                raise ValueError(
                    f"expected a mask {tuple(x.shape[:2])} that hides equally many patches of each "
                    f"image, got {tuple(hidden.shape)}"
                )
            x = x[~hidden].reshape(len(x), -1, x.shape[2])
        return self.encoder(x)

    def forward(
        self,
        images: Float[Tensor, "b c h w"],
        hidden: Bool[Tensor, "b n"] | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> Reconstruction:
        """Fill in the hidden patches.

        Args:
            images: shape (b, c, h, w).
            hidden: which patches are hidden, True, shape (b, n); by default drawn at random.
            generator: source of that draw.

        Returns:
            The images as filled in, what was hidden, and the loss.
        """
        if hidden is None:
            hidden = self.draw_mask(len(images), generator)
        seen = self.encode(images, hidden)
        x = self.mask_token.expand(*hidden.shape, -1).clone()
        x[~hidden] = seen.flatten(0, 1)
        predicted = self.output(self.decoder(x + self.decoder_positions))
        patches = patchify(images, self.patch_size)
        error = (predicted - patches)[hidden].square().mean()
        filled = torch.where(hidden[..., None], predicted, patches)
        return Reconstruction(
            unpatchify(filled, self.patch_size, (self.image_size,) * 2), hidden, error
        )
