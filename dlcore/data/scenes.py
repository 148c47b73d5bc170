"""Synthetic scenes: coloured shapes on a background, with boxes and a label for every pixel."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

Points = Float[Tensor, "h w"]


def _circle(x: Points, y: Points) -> Bool[Tensor, "h w"]:
    return x**2 + y**2 <= 1


def _square(x: Points, y: Points) -> Bool[Tensor, "h w"]:
    return (x.abs() <= 1) & (y.abs() <= 1)


def _triangle(x: Points, y: Points) -> Bool[Tensor, "h w"]:
    return (y <= 1) & (2 * x.abs() <= y + 1)


def _cross(x: Points, y: Points) -> Bool[Tensor, "h w"]:
    return _square(x, y) & ((x.abs() <= 1 / 3) | (y.abs() <= 1 / 3))


SHAPES: dict[str, Callable[[Points, Points], Bool[Tensor, "h w"]]] = {
    "circle": _circle,
    "square": _square,
    "triangle": _triangle,
    "cross": _cross,
}


@dataclass(frozen=True)
class Scenes:
    """Images of several objects, and where each one is.

    Attributes:
        images: in [0, 1], shape (n, 3, s, s).
        boxes: for each image the corners (x1, y1, x2, y2) of its objects in pixels, shape (m, 4).
        labels: for each image the classes of its objects, shape (m,).
        masks: the label of each pixel, 0 for background, else 1 + class; shape (n, s, s).
        classes: the classes' names.

    Example:
        >>> scenes = shape_scenes(4, generator=torch.Generator().manual_seed(0))
        >>> scenes.images.shape, len(scenes.boxes), scenes.classes
        (torch.Size([4, 3, 48, 48]), 4, ('circle', 'square', 'triangle'))
    """

    images: Float[Tensor, "n 3 s s"]
    boxes: list[Float[Tensor, "_ 4"]]
    labels: list[Int[Tensor, " _"]]
    masks: Int[Tensor, "n s s"]
    classes: tuple[str, ...]


def _uniform(low: float, high: float, generator: torch.Generator, n: int = 1) -> Tensor:
    return low + (high - low) * torch.rand(n, generator=generator)


def _overlaps(box: tuple[int, int, int, int], others: list[tuple[int, int, int, int]]) -> bool:
    """Whether the box meets one of the others, or leaves less than a pixel between."""
    x1, y1, x2, y2 = box
    return any(x1 <= u2 and u1 <= x2 and y1 <= v2 and v1 <= y2 for u1, v1, u2, v2 in others)


def _place(size: int, count: int, generator: torch.Generator) -> list[tuple[int, int, int, int]]:
    """Up to so many square boxes that do not meet; none is tried more than 20 times."""
    boxes: list[tuple[int, int, int, int]] = []
    for _ in range(20 * count):
        if len(boxes) == count:
            break
        side = int(_uniform(size / 5, size / 2.5, generator))
        x, y = (int(_uniform(0, size - side + 1, generator)) for _ in range(2))
        box = (x, y, x + side, y + side)
        if not _overlaps(box, boxes):
            boxes.append(box)
    return boxes


def _backdrop(size: int, background: Tensor | None, generator: torch.Generator) -> Tensor:
    """One colour, or a part of the photograph, shape (3, size, size)."""
    if background is None:
        return _uniform(0.2, 0.8, generator, 3)[:, None, None].expand(3, size, size).clone()
    h, w = background.shape[1:]
    top, left = (int(torch.randint(side - size + 1, (), generator=generator)) for side in (h, w))
    return background[:, top : top + size, left : left + size].clone()


def _color_unlike(color: Tensor, generator: torch.Generator) -> Tensor:
    """A colour at a distance of at least 0.4 from another one."""
    while True:
        drawn = _uniform(0, 1, generator, 3)
        if float((drawn - color).norm()) >= 0.4:
            return drawn


def _paint(image: Tensor, mask: Tensor, box: tuple, label: int, shape: str, color: Tensor) -> None:
    """Draw one object into its box, without antialiasing."""
    x1, y1, x2, y2 = box
    centers = (torch.arange(x2 - x1) + 0.5) / (x2 - x1) * 2 - 1
    y, x = torch.meshgrid(centers, centers, indexing="ij")
    inside = SHAPES[shape](x, y)
    image[:, y1:y2, x1:x2][:, inside] = color[:, None]
    mask[y1:y2, x1:x2][inside] = 1 + label


def shape_scenes(
    n: int,
    *,
    size: int = 48,
    shapes: tuple[str, ...] = ("circle", "square", "triangle"),
    most: int = 3,
    noise: float = 0.05,
    background: Float[Tensor, "3 h w"] | None = None,
    generator: torch.Generator | None = None,
) -> Scenes:
    """Draw synthetic scenes of 1 to `most` coloured shapes that do not overlap.

    Sides of the shapes are a fifth to two fifths of the image's; colours differ from the
    background's mean.

    Args:
        n: number of images.
        size: side of an image in pixels.
        shapes: the classes: "circle", "square", "triangle", "cross".
        most: the largest number of objects.
        noise: standard deviation of the Gaussian added to each value before it is cut to [0, 1].
        background: a photograph in [0, 1] of which a random part lies behind each scene; by
            default a random colour.
        generator: source of everything random, on the CPU; by default seeded with 0, so that every
            call gives the same scenes.

    Returns:
        Images, boxes, labels and masks.

    Raises:
        ValueError: numbers that are not positive, images below 16 pixels, an unknown shape, a
            negative noise, or a photograph smaller than the image.

    Source: no publication; shapes on a background are the usual first test of a detector.

    Example:
        >>> scenes = shape_scenes(2, shapes=("square",), most=1, noise=0.0)
        >>> x1, y1, x2, y2 = scenes.boxes[0][0].int().tolist()
        >>> bool((scenes.masks[0, y1:y2, x1:x2] == 1).all())
        True

    In production: real annotated images, such as COCO.
    """
    _check(n, size, shapes, most, noise, background)
    generator = generator or torch.Generator().manual_seed(0)
    images, masks = torch.empty(n, 3, size, size), torch.zeros(n, size, size, dtype=torch.long)
    boxes, labels = [], []
    for i in range(n):
        images[i] = _backdrop(size, background, generator)
        color = images[i].mean(dim=(1, 2))
        count = int(torch.randint(1, most + 1, (), generator=generator))
        placed = _place(size, count, generator)
        kinds = torch.randint(len(shapes), (len(placed),), generator=generator)
        for box, kind in zip(placed, kinds.tolist(), strict=True):
            ink = _color_unlike(color, generator)
            _paint(images[i], masks[i], box, kind, shapes[kind], ink)
        boxes.append(torch.tensor(placed).float())
        labels.append(kinds)
    images += noise * torch.randn(images.shape, generator=generator)
    return Scenes(images.clamp(0, 1), boxes, labels, masks, tuple(shapes))


def _check(
    n: int, size: int, shapes: tuple[str, ...], most: int, noise: float, background: Tensor | None
) -> None:
    if n < 1 or most < 1 or size < 16:
        raise ValueError(
            f"n and most must be at least 1 and size 16, got n={n}, most={most}, size={size}"
        )
    if not shapes or set(shapes) - set(SHAPES):
        raise ValueError(f"shapes must be some of {', '.join(SHAPES)}, got {shapes}")
    if not (math.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise must be a standard deviation of at least 0, got {noise}")
    if background is not None and (
        background.ndim != 3 or len(background) != 3 or min(background.shape[1:]) < size
    ):
        raise ValueError(
            f"the background must be a photograph (3, h, w) of at least {size} pixels a side, got "
            f"{tuple(background.shape)}"
        )
