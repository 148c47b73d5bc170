"""Synthetic faces: drawn from a few numbers, so that it is known who is who."""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from dlcore.data.splits import Examples

Vary = Callable[..., Tensor]

# What makes a person: least and largest value, in units of half the image's side
_SHAPE = {
    "face width": (0.46, 0.66),
    "face height": (0.62, 0.84),
    "hair volume": (0.04, 0.18),
    "hairline": (-0.62, -0.34),
    "eye distance": (0.17, 0.31),
    "eye height": (-0.20, -0.02),
    "eye size": (0.06, 0.11),
    "brow height": (0.11, 0.20),
    "brow tilt": (-0.25, 0.25),
    "brow thickness": (0.020, 0.045),
    "nose length": (0.14, 0.32),
    "nose width": (0.05, 0.12),
    "mouth height": (0.36, 0.50),
    "mouth width": (0.14, 0.30),
    "lips": (0.03, 0.07),
}
_SKIN = torch.tensor([[0.36, 0.22, 0.15], [0.98, 0.84, 0.72]])
_HAIR = torch.tensor([[0.08, 0.06, 0.05], [0.45, 0.24, 0.10], [0.90, 0.75, 0.45], [0.6, 0.6, 0.6]])
_IRIS = torch.tensor([[0.25, 0.14, 0.06], [0.20, 0.40, 0.65], [0.25, 0.45, 0.25]])


def synthetic_faces(
    identities: int,
    per_identity: int,
    *,
    size: int = 32,
    variation: float = 1.0,
    noise: float = 0.03,
    generator: torch.Generator | None = None,
) -> Examples:
    """Draw synthetic faces of made-up persons, each several times.

    A person is a set of numbers: proportions of face, eyes, brows, nose and mouth, and the colours
    of skin, hair and eyes. Position, size, tilt, light, expression and background change from
    image to image. They are drawings of nobody, and say nothing about recognising real faces.

    Args:
        identities: how many persons.
        per_identity: images of each.
        size: side of an image in pixels.
        variation: how much changes between images of a person; 0 only the noise.
        noise: standard deviation of the Gaussian added to each value before it is cut to [0, 1].
        generator: source of everything random, on the CPU; by default seeded with 0.

    Returns:
        Images of shape (n, 3, size, size) in [0, 1] and the persons' numbers, person after person.

    Raises:
        ValueError: numbers below 1, images below 16 pixels, negative variation or noise.

    Section: :ref:`sec-face-recognition`.

    Source: no publication; drawn by this function.

    Example:
        >>> X, y = synthetic_faces(3, 2)
        >>> X.shape, y.tolist()
        (torch.Size([6, 3, 32, 32]), [0, 0, 1, 1, 2, 2])

    In production: photographs of people who agreed to it.
    """
    if identities < 1 or per_identity < 1 or size < 16:
        raise ValueError(
            f"identities and per_identity must be at least 1 and size 16, got {identities}, "
            f"{per_identity}, {size}"
        )
    if not (0 <= variation < math.inf and 0 <= noise < math.inf):
        raise ValueError(f"variation and noise must not be negative, got {variation}, {noise}")
    generator = generator or torch.Generator().manual_seed(0)
    n = identities * per_identity

    def vary(low: float, high: float, *shape: int) -> Tensor:
        spread = low + (high - low) * torch.rand((n, *shape, 1, 1), generator=generator)
        return variation * spread

    person = {
        name: (low + (high - low) * torch.rand(identities, generator=generator))
        .repeat_interleave(per_identity)
        .reshape(n, 1, 1)
        for name, (low, high) in _SHAPE.items()
    }
    colors = {
        part: _between(tones, identities, generator)
        .repeat_interleave(per_identity, dim=0)
        .reshape(n, 3, 1, 1)
        for part, tones in (("skin", _SKIN), ("hair", _HAIR), ("iris", _IRIS))
    }
    x, y = _moved_grid(size, vary)
    backdrop = (0.6 + vary(-0.35, 0.35, 3)).expand(n, 3, size, size)
    images = _draw(backdrop, x, y, person, colors, vary, size)
    light = 1 + vary(-0.3, 0.3) * x + vary(-0.15, 0.15)
    images = images * light[:, None] + noise * torch.randn(images.shape, generator=generator)
    return Examples(images.clamp(0, 1), torch.arange(identities).repeat_interleave(per_identity))


def _between(tones: Tensor, n: int, generator: torch.Generator) -> Float[Tensor, "n 3"]:
    """Random mixtures of two neighbouring tones."""
    place = torch.rand(n, generator=generator) * (len(tones) - 1)
    first = place.long().clamp(max=len(tones) - 2)
    share = (place - first)[:, None]
    return tones[first] * (1 - share) + tones[first + 1] * share


def _moved_grid(size: int, vary: Vary) -> tuple[Float[Tensor, "n h w"], Float[Tensor, "n h w"]]:
    """Where each pixel lies in the face's own coordinates, -1 to 1 for the unmoved image."""
    axis = (torch.arange(size) + 0.5) / size * 2 - 1
    v, u = torch.meshgrid(axis, axis, indexing="ij")
    angle, scale = vary(-0.2, 0.2), 1 + vary(-0.1, 0.1)
    u, v = u - vary(-0.1, 0.1), v - vary(-0.1, 0.1)
    x = (angle.cos() * u + angle.sin() * v) / scale
    y = (angle.cos() * v - angle.sin() * u) / scale
    return x, y


def _draw(
    image: Tensor,
    x: Tensor,
    y: Tensor,
    person: dict[str, Tensor],
    colors: dict[str, Tensor],
    vary: Vary,
    size: int,
) -> Float[Tensor, "n 3 h w"]:
    """Hair, face, eyes, brows, nose and mouth, painted one over the other."""
    p = person

    def over(color: Tensor | float, inside: Tensor) -> None:
        nonlocal image
        image = image + inside[:, None] * (torch.as_tensor(color) - image)

    def edge(distance: Tensor) -> Tensor:
        """1 inside, 0 outside, blurred over a pixel."""
        return torch.sigmoid(distance * size)

    def ellipse(cx: Tensor, cy: Tensor, rx: Tensor, ry: Tensor) -> Tensor:
        radius = (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2).clamp(min=1e-12).sqrt()
        return edge((1 - radius) * torch.minimum(*torch.broadcast_tensors(rx, ry)))

    zero = torch.zeros(1, 1, 1)
    width, height = p["face width"], p["face height"]
    hair = ellipse(zero, -p["hair volume"], width + p["hair volume"], height)
    over(colors["hair"], hair * edge(0.25 - y))
    face = ellipse(zero, zero, width, height)
    over(colors["skin"], face)
    over(colors["hair"], face * edge(p["hairline"] + 0.5 * x**2 - y))
    open_eyes = 1 + vary(-0.3, 0.1)
    smile = vary(-0.8, 1.2)
    for side in (-1, 1):
        cx, cy, r = side * p["eye distance"], p["eye height"], p["eye size"]
        over(0.95, ellipse(cx, cy, 1.5 * r, open_eyes * r))
        over(colors["iris"], ellipse(cx, cy, 0.7 * r, 0.7 * open_eyes * r))
        slope = p["brow tilt"] * side * (x - cx)
        brow = edge(p["brow thickness"] - (y - cy + p["brow height"] - slope).abs())
        over(0.7 * colors["hair"], brow * edge(1.6 * r - (x - cx).abs()))
    nose = p["eye height"] + p["nose length"]
    over(0.75 * colors["skin"], ellipse(zero, nose, p["nose width"], 0.5 * p["nose width"]))
    lips = y - p["mouth height"] + smile * (x**2 - p["mouth width"] ** 2 / 2)
    mouth = edge(p["lips"] - lips.abs()) * edge(p["mouth width"] - x.abs())
    over(0.6 * colors["skin"] + torch.tensor([0.3, 0.0, 0.05])[:, None, None], mouth)
    return image
