"""Photographs and other real images that come with scikit-image."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.data.splits import Provenance, Splits, as_splits

_TERMS = {
    "astronaut": ("NASA, Great Images, https://flic.kr/p/r9qvLn", "public domain"),
    "brick": ("CC0Textures, Bricks25", "CC0"),
    "camera": ("photograph by Lav Varshney", "CC0"),
    "cat": ("photograph of the cat Chelsea by Stefan van der Walt", "CC0"),
    "cell": ("Müller et al. (2018), doi:10.1364/OE.26.010729", "CC0"),
    "clock": ("photograph by Stefan van der Walt", "public domain"),
    "coffee": ("photograph by Rachel Michetti", "CC0"),
    "coins": (
        "Brooklyn Museum, https://www.brooklynmuseum.org/opencollection/archives/image/51611",
        "no known copyright restrictions",
    ),
    "grass": ("linolafett, DeviantArt, Grass 01", "CC0"),
    "gravel": ("CC0Textures, Gravel04", "CC0"),
    "horse": ("Andreas Preuss, https://openclipart.org/detail/158377/horse-by-marauder", "CC0"),
    "hubble_deep_field": ("NASA, ESA, Hubble eXtreme Deep Field (2012)", "public domain (NASA)"),
    "immunohistochemistry": (
        "Center for Microscopy and Molecular Imaging",
        "no known copyright restrictions",
    ),
    "microaneurysms": ("Budai et al. (2013), doi:10.1155/2013/154860", "CC0"),
    "retina": ("Häggström (2014), doi:10.15347/wjm/2014.008", "CC0"),
    "rocket": ("SpaceX, launch of DSCOVR on Falcon 9 (2015)", "public domain"),
}


@dataclass(frozen=True)
class Photograph:
    """An image and where it comes from.

    Attributes:
        pixels: channels first, in [0, 1]; one channel where it is grey, three (red, green, blue)
            where it is coloured.
        provenance: source, licence and size.
    """

    pixels: Float[Tensor, "c h w"]
    provenance: Provenance


def photograph_names() -> tuple[str, ...]:
    """The names that `load_photograph` knows.

    Source: van der Walt et al. (2014), scikit-image, PeerJ 2:e453, doi:10.7717/peerj.453.

    Example:
        >>> "astronaut" in photograph_names()
        True

    In production: dir(skimage.data).
    """
    return tuple(_TERMS)


def load_photograph(name: str) -> Photograph:
    """Load one of the real images that ship with scikit-image; nothing is downloaded.

    Args:
        name: one of `photograph_names()`.

    Returns:
        The image as float32 in [0, 1], shape (c, h, w), with its provenance.

    Raises:
        ValueError: there is no image of this name.
        ImportError: scikit-image is not installed.

    Source: van der Walt et al. (2014), scikit-image, PeerJ 2:e453, doi:10.7717/peerj.453.

    Example:
        >>> load_photograph("astronaut").pixels.shape
        torch.Size([3, 512, 512])

    In production: skimage.data.astronaut() and its like.
    """
    if name not in _TERMS:
        raise ValueError(f"there is no photograph {name!r}; there are {', '.join(_TERMS)}")
    array = getattr(_skimage_data(), name)()
    pixels = torch.from_numpy(array).float() / (255 if array.dtype == "uint8" else 1)
    pixels = pixels.permute(2, 0, 1).contiguous() if pixels.ndim == 3 else pixels[None]
    source, licence = _TERMS[name]
    provenance = Provenance(
        name=name.replace("_", " "),
        source=f"{source}, as bundled with scikit-image",
        licence=licence,
        citation="van der Walt et al. (2014), scikit-image, doi:10.7717/peerj.453",
        size=f"{pixels.shape[1]} x {pixels.shape[2]} pixels, {pixels.shape[0]} channels",
    )
    return Photograph(pixels, provenance)


FACES = Provenance(
    name="Faces and non-faces",
    source="Labeled Faces in the Wild, http://vis-www.cs.umass.edu/lfw, cropped by scikit-image",
    licence="none stated; photographs from news, distributed with scikit-image for research",
    citation="Huang, Mattar, Lee, Learned-Miller (2012), Learning to align from scratch, NeurIPS",
    size="200 grey images of 25 x 25 pixels, 100 faces and 100 patches of background",
)


def load_face_patches(*, generator: torch.Generator | None = None) -> Splits:
    """Small grey patches of photographs: is it a face or background?

    Args:
        generator: source of the split; by default the same split each time.

    Returns:
        Splits of 120, 40 and 40 patches, stratified: X of shape (n, 625) in float32 in [0, 1],
        y in int64 (0 background, 1 face), image_shape (25, 25).

    Raises:
        ImportError: scikit-image is not installed.

    Source: Huang, Mattar, Lee, Learned-Miller (2012), Learning to align from scratch, NeurIPS.

    Example:
        >>> load_face_patches().classes
        ('background', 'face')

    In production: skimage.data.lfw_subset.
    """
    X = torch.from_numpy(_skimage_data().lfw_subset()).float().reshape(200, 625)
    y = (torch.arange(200) < 100).long()
    classes, shape = ("background", "face"), (25, 25)
    return as_splits(X, y, FACES, classes=classes, image_shape=shape, generator=generator)


def _skimage_data():
    try:
        from skimage import data
    except ImportError as error:
        raise ImportError(
            "these images come with scikit-image: pip install 'dlcore[data]'"
        ) from error
    return data
