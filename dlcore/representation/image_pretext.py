"""Questions about images whose answers the images hold themselves."""

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcore.autoencoder import block_mask
from dlcore.models import patchify, unpatchify
from dlcore.regularization import adjust_saturation
from dlcore.regularization.draws import integers_below
from dlcore.regularization.image_geometry import require_images


def rotation_task(
    images: Float[Tensor, "n c s s"],
) -> tuple[Float[Tensor, "m c s s"], Int[Tensor, " m"]]:
    """By how many quarter turns was the image turned? Each image in all four positions.

    Args:
        images: shape (n, c, s, s).

    Returns:
        All images as they are, then all after one, two and three quarter turns to the left, shape
        (4n, c, s, s); and the number of turns, shape (4n,).

    Raises:
        ValueError: images that are not square, or no images.
        TypeError: images of integers.

    Section: :ref:`sec-pretext-tasks`.

    Source: Gidaris, Singh, Komodakis (2018), Unsupervised representation learning by predicting
        image rotations, arXiv:1803.07728.

    Example:
        >>> turned, turns = rotation_task(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
        >>> turned[1, 0], turns
        (tensor([[2., 4.],
                [1., 3.]]), tensor([0, 1, 2, 3]))

    In production: torch.rot90.
    """
    require_images("rotation_task", images)
    if images.shape[2] != images.shape[3]:
        raise ValueError(f"rotation_task needs square images, got {tuple(images.shape)}")
    turned = torch.cat([torch.rot90(images, k, dims=(2, 3)) for k in range(4)])
    return turned, torch.arange(4, device=images.device).repeat_interleave(len(images))


def jigsaw_permutations(
    n: int, tiles: int, *, generator: torch.Generator | None = None
) -> Int[Tensor, "n tiles"]:
    """Orders of tiles that differ in many places; the first one changes nothing.

    Each next one is, of 1000 random orders, one whose nearest earlier order is farthest by the
    number of differing places.

    Args:
        n: how many orders, at most tiles!.
        tiles: the number of tiles.
        generator: source of the draws; by default torch's global one.

    Returns:
        Shape (n, tiles), rows all different.

    Raises:
        ValueError: numbers below 1, or more orders than there are.

    Section: :ref:`sec-pretext-tasks`.

    Source: Noroozi, Favaro (2016), Unsupervised learning of visual representations by solving
        jigsaw puzzles, arXiv:1603.09246, algorithm 1.

    Example:
        >>> jigsaw_permutations(3, 4)[0]
        tensor([0, 1, 2, 3])

    In production: itertools.permutations for few tiles.
    """
    if not (n >= 1 and tiles >= 1 and n <= math.factorial(min(tiles, 20))):
        raise ValueError(f"there are no {n} different orders of {tiles} tiles")
    where = generator.device if generator else torch.device("cpu")
    orders = torch.arange(tiles, device=where)[None]
    while len(orders) < n:
        drawn = torch.rand(1000, tiles, generator=generator, device=where).argsort(dim=1)
        distance = (drawn[:, None] != orders).sum(dim=2).amin(dim=1)
        if distance.max() > 0:
            orders = torch.cat([orders, drawn[distance.argmax()][None]])
    return orders


def jigsaw_task(
    images: Float[Tensor, "n c h w"],
    permutations: Int[Tensor, "p tiles"],
    *,
    generator: torch.Generator | None = None,
) -> tuple[Float[Tensor, "n c h w"], Int[Tensor, " n"]]:
    """In which of the known orders do the tiles of the image lie?

    Args:
        images: square, with sides that the grid divides, shape (n, c, h, w).
        permutations: known orders of the g x g tiles, shape (p, g^2).
        generator: source of the draws; by default torch's global one.

    Returns:
        Images whose tile j, counted row by row, is the tile `permutations[label, j]` of the
        original; and the labels, shape (n,).

    Raises:
        ValueError: images or orders that do not fit.
        TypeError: images of integers.

    Section: :ref:`sec-pretext-tasks`.

    Source: Noroozi, Favaro (2016), arXiv:1603.09246; without its gaps between tiles, so that the
        edges of tiles give a hint.

    Example:
        >>> image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
        >>> jigsaw_task(image, torch.tensor([[3, 2, 1, 0]]))[0]
        tensor([[[[4., 3.],
                  [2., 1.]]]])

    In production: torch.nn.functional.unfold, indexing, and fold.
    """
    require_images("jigsaw_task", images)
    grid = math.isqrt(permutations.shape[-1])
    h, w = images.shape[2:]
    if permutations.ndim != 2 or grid**2 != permutations.shape[1] or h != w or h % max(grid, 1):
        raise ValueError(
            f"expected square images that a grid divides, and orders (p, g^2), got "
            f"{tuple(images.shape)} and {tuple(permutations.shape)}"
        )
    all_tiles = torch.arange(grid**2, dtype=permutations.dtype, device=permutations.device)
    if not (permutations.sort(dim=1).values == all_tiles).all():
        raise ValueError(f"each row must hold 0..{grid**2 - 1} once")
    limits = torch.full((len(images),), len(permutations), device=images.device)
    labels = integers_below(limits, generator)
    order = permutations.to(images.device)[labels]
    tiles = patchify(images, h // grid)
    tiles = tiles.gather(1, order[..., None].expand(-1, -1, tiles.shape[2]))
    return unpatchify(tiles, h // grid, (h, w)), labels


def colorization_task(
    images: Float[Tensor, "n 3 h w"],
) -> tuple[Float[Tensor, "n 1 h w"], Float[Tensor, "n 3 h w"]]:
    """Which colours does the grey image have?

    Args:
        images: red, green, blue in [0, 1], shape (n, 3, h, w).

    Returns:
        Their brightness, shape (n, 1, h, w), and the images.

    Raises:
        ValueError: another number of channels.
        TypeError: images of integers.

    Section: :ref:`sec-pretext-tasks`.

    Source: Zhang, Isola, Efros (2016), Colorful image colorization, arXiv:1603.08511, which
        predicts a distribution over colours.

    Example:
        >>> grey, _ = colorization_task(torch.tensor([1.0, 0.0, 0.0]).reshape(1, 3, 1, 1))
        >>> round(grey.item(), 3)
        0.299

    In production: torchvision.transforms.v2.functional.rgb_to_grayscale.
    """
    require_images("colorization_task", images)
    if images.shape[1] != 3:
        raise ValueError(f"colorization_task needs 3 channels, got {images.shape[1]}")
    return adjust_saturation(images, 0.0)[:, :1], images


def inpainting_task(
    images: Float[Tensor, "n c h w"], size: int, *, generator: torch.Generator | None = None
) -> tuple[Float[Tensor, "n c h w"], Bool[Tensor, "n 1 h w"]]:
    """What stood in the hole?

    Args:
        images: shape (n, c, h, w).
        size: side of the square hole in pixels.
        generator: source of the draws; by default torch's global one.

    Returns:
        Images with a hole of zeros, and where it is, shape (n, 1, h, w).

    Raises:
        ValueError: a hole larger than the image, or below 1.
        TypeError: images of integers.

    Section: :ref:`sec-pretext-tasks`.

    Source: Pathak, Krähenbühl, Donahue, Darrell, Efros (2016), Context encoders, arXiv:1604.07379.

    Example:
        >>> holed, hole = inpainting_task(torch.ones(2, 3, 8, 8), 4)
        >>> holed.sum().item(), hole.sum().item()
        (288.0, 32)

    In production: `dlcore.models.MaskedAutoencoder`, or transformers.ViTMAEForPreTraining.
    """
    hole = block_mask(images, size, generator=generator)
    return images.masked_fill(hole, 0), hole
