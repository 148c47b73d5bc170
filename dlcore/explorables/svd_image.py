"""Explorable: an image put together from as many singular triples as the reader likes."""

import math

import numpy as np
import torch
from jaxtyping import Float, Float64
from torch import Tensor
from torch.nn.functional import interpolate

from dlcore.data import load_photograph
from dlcore.explorables.explorable import Explorable
from dlcore.explorables.packing import pack
from dlcore.explorables.panel import Panel, png

SCRIPTS = ("unpack", "svd_image")
SIDE, LARGEST, STEP, HEIGHT, FLOOR = 160, 256, 0.005, 330, 1e-3


def camera() -> Float64[Tensor, "h w"]:
    """The photograph shown by default, averaged down to 160 by 160 pixels."""
    pixels = load_photograph("camera").pixels[None].double()
    return interpolate(pixels, size=(SIDE, SIDE), mode="area")[0, 0]


def most_layers(h: int, w: int) -> int:
    """The largest rank that needs no more numbers than the image has pixels."""
    return min(h, w, h * w // (h + w + 1))


def layers(A: Float64[Tensor, "h w"]) -> Float64[Tensor, "k n"]:
    """A row for each triple, the largest first: left vector, then right one, times root sigma."""
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return (torch.cat([U, Vh.T]) * S.sqrt())[:, : most_layers(*A.shape)].T


def errors(A: Float64[Tensor, "h w"]) -> list[float]:
    """The relative Frobenius error of every rank from 0 on: what the values left out amount to."""
    squares = torch.linalg.svdvals(A).square()
    left = squares.flip(0).cumsum(0).flip(0) / squares.sum()
    return [*left.sqrt().tolist(), 0.0][: most_layers(*A.shape) + 1]


def _log(v: float) -> float:
    return math.log10(max(v, FLOOR / 10))


def _chart(A: Float64[Tensor, "h w"], k: int) -> Panel:
    shown = most_layers(*A.shape)
    panel = Panel(
        "Singular values and error",
        (0, shown),
        (math.log10(FLOOR), 0.15),
        xticks={v: str(v) for v in range(0, shown + 1, max(1, round(shown / 4 / 5)) * 5)},
        yticks={-3: "0.001", -2: "0.01", -1: "0.1", 0: "1"},
        xlabel="rank k",
        height=HEIGHT,
    ).legend(blue=("—", "σₖ / σ₁"), red=("- -", "relative error"))
    S = torch.linalg.svdvals(A)
    ratios = (S / S[0]).tolist()[:shown]
    relative = errors(A)
    panel.line("now", [k, k], list(panel.y), "gray", width=1)
    panel.line("values", range(1, shown + 1), [_log(v) for v in ratios], "blue")
    panel.line("errors", range(shown + 1), [_log(v) for v in relative], "red", dash="6 4")
    return panel.dot("dot", k, _log(relative[k]), "red", width=9)


def svd_image(
    image: Float[Tensor, "h w"] | None = None,
    k: int = 10,
    *,
    question: str = "",
    prediction: str = "",
    finding: str = "",
) -> Explorable:
    """An image as a sum of rank-one layers, of which the reader keeps the first k.

    The decomposition is computed in Python. The page gets the triples in whole multiples of 0.005,
    up to the rank at which they need as many numbers as the image has pixels, unpacks them when
    they are first shown, and adds them up.

    Args:
        image: grey, values in [0, 1], 8 to 256 pixels a side; by default a photograph of 160 by
            160 pixels.
        k: the rank shown first.
        question: what the reader can find out; by default about storage.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: no such image, or a rank for which nothing is saved.
        ImportError: no image is given and scikit-image is not installed.

    Equation: :eq:`eq-eckart-young`
    Section: :ref:`sec-low-rank`

    Source: Andrews, Patterson (1976), Singular value decompositions and digital image processing,
    doi:10.1109/TASSP.1976.1162766.

    Example:
        >>> svd_image(torch.eye(16), k=3).state["k"]
        3

    In production: dlcore.linalg.truncated_svd; for storing images, a cosine transform (JPEG).
    """
    A = camera() if image is None else torch.as_tensor(image).detach().double().cpu()
    if A.ndim != 2 or not all(8 <= side <= LARGEST for side in A.shape):
        raise ValueError(f"image must be 8 to {LARGEST} pixels a side, got shape {tuple(A.shape)}")
    if not (A.min() >= 0 and A.max() <= 1 and A.max() > 0):
        raise ValueError("an image has values between 0 and 1 that are not all 0")
    h, w = A.shape
    shown, relative = most_layers(h, w), errors(A)
    if not 1 <= k <= shown:
        raise ValueError(f"k must be from 1 to {shown}, beyond which nothing is saved; got {k}")
    rows = layers(A)
    approximation = rows[:k, :h].T @ rows[:k, h:]
    numbers, half = k * (h + w + 1), min(h, w) // 2
    return Explorable(
        SCRIPTS,
        question
        or f"This image of {h} by {w} pixels has {min(h, w)} singular values. "
        "How many must stay until you recognize it, and what is saved if half of them stay?",
        prediction or "Most must stay, and with half of them half of the storage is saved.",
        finding
        or f"Few must stay: with {k} of them the error is {relative[k]:.1%}, at "
        f"{numbers / (h * w):.1%} of the storage. With half of them nothing is saved, for each "
        f"triple needs a column, a row and its value: {half} times {h + w + 1} are "
        f"{half * (h + w + 1):,} numbers, and the image has {h * w:,}. The singular values fall "
        "fast at first and slowly then, so the first layers bring the shapes and the many last "
        "ones the grain. Look at single layers: they are stripes and tiles, which is why edges "
        "along rows and columns come early and slanted ones late.",
        f"Left, the image of {h} by {w} pixels at rank {k}: relative error {relative[k]:.1%} with "
        f"{numbers / (h * w):.0%} of the storage. Right, its singular values and the relative "
        f"error for ranks up to {shown} on a logarithmic axis.",
        [
            Panel(f"Rank {k}", (0, 1), (0, 1), height=HEIGHT, frame=False).image(
                "image", approximation.numpy()
            ),
            _chart(A, k),
        ],
        {
            "height": h,
            "width": w,
            "step": STEP,
            "k": k,
            "errors": [float(f"{v:.4g}") for v in relative],
            "original": png(A.numpy()),
            "packed": pack((rows / STEP).round().numpy().astype(np.dtype("<i2")).tobytes()),
        },
    )
