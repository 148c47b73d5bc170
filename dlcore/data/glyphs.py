"""Synthetic characters: 62 classes, drawn with the fonts that come with matplotlib, then bent."""

import math
from pathlib import Path

import matplotlib
import numpy as np
import torch
from jaxtyping import Float
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor, nn

from dlcore.data.splits import Examples, Provenance, Splits

CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SIDE = 28

FACES = {
    "train": (
        *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSansMono", "DejaVuSansMono-Bold"),
        *("DejaVuSansMono-Oblique", "DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-BoldItalic"),
        *("STIXGeneral", "STIXGeneralBol", "cmb10", "cmr10", "cmss10"),
    ),
    "validation": (
        *("DejaVuSans-BoldOblique", "DejaVuSansMono-BoldOblique", "STIXGeneralBolIta", "cmti10"),
    ),
    "test": ("DejaVuSans-Oblique", "DejaVuSerif-Italic", "STIXGeneralItalic", "cmtt10"),
}

GLYPHS = Provenance(
    name="Characters of 21 typefaces (synthetic)",
    source="drawn with the DejaVu, STIX and Computer Modern (BaKoMa) fonts that matplotlib packs",
    licence="the fonts' own: Bitstream Vera, SIL Open Font License, BaKoMa; all free to use",
    citation="Hunter (2007), Matplotlib: a 2D graphics environment, doi:10.1109/MCSE.2007.55",
    size="28 x 28 pixels, up to 62 classes",
)


def _drawn(face: str, character: str) -> Float[Tensor, "28 28"]:
    """The character in the middle of the image, white on black, about 20 pixels high."""
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{face}.ttf")
    font = ImageFont.truetype(str(path), 20)
    image = Image.new("L", (SIDE, SIDE))
    left, top, right, bottom = font.getbbox(character)
    corner = ((SIDE - right - left) / 2, (SIDE - bottom - top) / 2)
    ImageDraw.Draw(image).text(corner, character, fill=255, font=font)
    return torch.from_numpy(np.array(image)).float() / 255


def _bent(images: Float[Tensor, "n 1 28 28"], generator: torch.Generator) -> Tensor:
    """Each image turned by up to 12 degrees, scaled, sheared and shifted by up to 2 pixels."""
    n = len(images)

    def uniform(width: float) -> Tensor:
        return width * (2 * torch.rand(n, generator=generator) - 1)

    angle, shear, scale = uniform(math.radians(12)), uniform(0.15), torch.exp(uniform(0.15))
    cos, sin = angle.cos() / scale, angle.sin() / scale
    shift_x, shift_y = uniform(2 * 2 / SIDE), uniform(2 * 2 / SIDE)
    rows = [cos, shear - sin, shift_x, sin, cos, shift_y]
    theta = torch.stack(rows, dim=1).reshape(n, 2, 3)
    grid = nn.functional.affine_grid(theta, list(images.shape), align_corners=False)
    return nn.functional.grid_sample(images, grid, align_corners=False)


def _colored(images: Float[Tensor, "n 1 28 28"], generator: torch.Generator) -> Tensor:
    """Ink of one random colour on paper of another that differs in brightness, with noise."""
    n = len(images)
    paper, ink = (torch.rand(2, n, 3, generator=generator)).unbind()
    dark = paper.mean(dim=1, keepdim=True) < 0.5
    ink = torch.where(dark, 0.5 + ink / 2, ink / 2)
    paper = torch.where(dark, paper / 2, 0.5 + paper / 2)
    paper, ink = paper[:, :, None, None], ink[:, :, None, None]
    mixed = paper + images * (ink - paper)
    return (mixed + 0.05 * torch.randn(mixed.shape, generator=generator)).clamp(0, 1)


def load_glyphs(
    characters: str = CHARACTERS,
    *,
    per_face: int = 1,
    color: bool = False,
    generator: torch.Generator | None = None,
) -> Splits:
    """Synthetic images of characters, in typefaces that differ between the splits.

    Every character is drawn in 21 faces of the fonts packaged with matplotlib, and turned, scaled,
    sheared and shifted a little at random. A face belongs to one split only: 13 to train with, 4
    to validate, 4 to test on; the faces of a family (upright, bold) may lie in different splits.

    Args:
        characters: the classes, digits and letters without accents; by default all 62.
        per_face: images of each character in each face.
        color: coloured ink on coloured paper with noise, 3 channels, instead of white on black.
        generator: source of everything random, on the CPU; by default seeded with 0, so that every
            call gives the same images.

    Returns:
        Splits, in the order of faces, then characters: X of shape (n, 784) in float32 in [0, 1],
        image_shape (28, 28); or (n, 2352) and (3, 28, 28) in colour; y in 0..k-1.

    Raises:
        ValueError: a character twice, none, or one outside the 62; fewer than one image a face.

    Source: de Campos, Babu, Varma (2009), Character recognition in natural images, VISAPP: the same
    62 classes, there too drawn with computer fonts.

    Example:
        >>> glyphs = load_glyphs("AB", per_face=2)
        >>> glyphs.train.X.shape, glyphs.test.y.bincount().tolist(), glyphs.classes
        (torch.Size([52, 784]), [8, 8], ('A', 'B'))

    In production: torchvision.datasets.EMNIST, handwritten characters of the same 62 classes.
    """
    if not characters or len(set(characters)) < len(characters) or per_face < 1:
        raise ValueError(
            f"characters must differ and per_face be at least 1, got {characters!r} and {per_face}"
        )
    if set(characters) - set(CHARACTERS):
        raise ValueError(f"characters must be among {CHARACTERS}, got {characters!r}")
    generator = generator or torch.Generator().manual_seed(0)

    def examples(faces: tuple[str, ...]) -> Examples:
        drawn = torch.stack([_drawn(face, c) for face in faces for c in characters])
        images = _bent(drawn.repeat_interleave(per_face, dim=0)[:, None], generator)
        images = _colored(images, generator) if color else images
        y = torch.arange(len(characters)).repeat(len(faces)).repeat_interleave(per_face)
        return Examples(images.flatten(1), y)

    train, validation, test = (examples(faces) for faces in FACES.values())
    shape = (3, SIDE, SIDE) if color else (SIDE, SIDE)
    return Splits(train, validation, test, tuple(characters), shape, GLYPHS)
