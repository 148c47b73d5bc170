"""Explorable: the sparse code of a patch, whose atoms join and leave as the penalty moves."""

import base64
import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor
from torch.nn.functional import interpolate

from dlcore.classical import proximal_gradient
from dlcore.data import load_photograph
from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within

SCRIPTS = ("sparse_codes",)
SIDE, FREQUENCIES, PHOTOGRAPH = 8, 11, 144
CORNERS = (26, 70), (38, 50), (88, 80), (104, 92)
LARGEST, MOST_ATOMS, MOST_PATCHES, MOST_VALUE = 12, 144, 8, 3.0
NOTCHES, DECADES, FIRST, STEP = 20, 2.5, 8, 1e-4
TILE, GAP, HEIGHT, ENLARGED = 24, 4, 330, 10
PREDICTION = "Yes: the atoms most like the patch, as many as the price allows."

Rows = Float64[Tensor, "n d"]
Dictionary = Float64[Tensor, "d k"]
Codes = Float64[Tensor, "l k"]


def cosines() -> Dictionary:
    """121 atoms of 8 by 8 pixels: products of 11 cosines in each direction, of length 1."""
    places = torch.arange(SIDE, dtype=torch.float64) + 0.5
    waves = (math.pi / FREQUENCIES * torch.outer(places, torch.arange(FREQUENCIES))).cos()
    waves[:, 1:] -= waves[:, 1:].mean(0)
    waves = waves / waves.norm(dim=0)
    return torch.kron(waves, waves)


def details() -> Float64[Tensor, "n h w"]:
    """The patches shown by default: four details of a photograph, each without its mean."""
    pixels = load_photograph("camera").pixels[None].double()
    image = interpolate(pixels, size=(PHOTOGRAPH, PHOTOGRAPH), mode="area")[0, 0]
    cut = torch.stack([image[r : r + SIDE, c : c + SIDE] for r, c in CORNERS])
    return cut - cut.mean((1, 2), keepdim=True)


def likeness(x: Float64[Tensor, " d"], D: Dictionary) -> Float64[Tensor, " k"]:
    """How much each atom resembles the patch: its inner product with it, without sign."""
    return (x @ D).abs()


def penalties(X: Rows, D: Dictionary) -> list[float]:
    """Rising values of lambda, 20 a decade; at the largest one every code is zero."""
    top = math.ceil(NOTCHES * math.log10(2 * (X @ D).abs().max().item()))
    count = round(NOTCHES * DECADES)
    return [float(f"{10 ** ((top - k) / NOTCHES):.3g}") for k in range(count, -1, -1)]


def codes_along(x: Float64[Tensor, " d"], D: Dictionary, lams: Sequence[float]) -> Codes:
    """The code for each lambda, as a row."""
    L = 2 * torch.linalg.matrix_norm(D, 2).square().item()
    threshold = x.new_tensor(lams)[:, None] / L
    codes, _ = proximal_gradient(
        lambda Z: 2 * (Z @ D.T - x) @ D,
        lambda V: V - V.clamp(-threshold, threshold),
        x.new_zeros(len(lams), D.shape[1]),
        1 / L,
        accelerate=True,
        tol=1e-9,
        max_iter=20_000,
    )
    return codes


def most_alike(x: Float64[Tensor, " d"], D: Dictionary, m: int) -> list[int]:
    """The numbers of the m atoms most like the patch."""
    return likeness(x, D).argsort(descending=True)[:m].tolist()


def left_out(x: Float64[Tensor, " d"], D: Dictionary, codes: Codes) -> list[float]:
    """The share of the patch's sum of squares that each code leaves out."""
    return ((x - codes @ D.T).square().sum(1) / x.square().sum()).tolist()


def _contrast(values: Float64[Tensor, "h w"], most: Tensor) -> np.ndarray:
    return (0.5 + values / (2 * most)).clamp(0, 1).numpy()


def _pictures(x: Float64[Tensor, "h w"], rebuilt: Float64[Tensor, "h w"]) -> Panel:
    panel = Panel("The patch and its code", (0, 3), (0, 1), frame=False)
    gap, most = np.full((len(x), 1), 0.5), x.abs().max()
    tiles = [_contrast(each, most) for each in (x, rebuilt, x - rebuilt)]
    row = np.hstack([tiles[0], gap, tiles[1], gap, tiles[2]])
    panel.image("image", row.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1))
    for k, name in enumerate(("patch", "rebuilt", "left out")):
        panel.label(f"name{k}", k + 0.5, 0.15, name, "black")
    return panel


def mosaic(D: Dictionary, h: int, w: int) -> Float64[Tensor, "height width"]:
    """All atoms side by side, each with its full contrast, as many in a row as in a column."""
    times, columns = max(1, TILE // max(h, w)), math.ceil(math.sqrt(D.shape[1]))
    rows = math.ceil(D.shape[1] / columns)
    high, wide = h * times + GAP, w * times + GAP
    canvas = torch.full((rows * high, columns * wide), 0.5, dtype=torch.float64)
    for j, atom in enumerate(D.T):
        tile = torch.from_numpy(_contrast(atom.reshape(h, w), atom.abs().max()))
        top, left = j // columns * high + GAP // 2, j % columns * wide + GAP // 2
        grown = tile.repeat_interleave(times, 0).repeat_interleave(times, 1)
        canvas[top : top + h * times, left : left + w * times] = grown
    return canvas


def _atoms(D: Dictionary, h: int, w: int, z: Float64[Tensor, " k"], alike: list[int]) -> Panel:
    panel = Panel("The atoms", (0, 1), (0, 1), height=HEIGHT, frame=False).legend(
        blue=("▭", "added"), red=("- -", "subtracted"), gold=("●", "most alike")
    )
    picture = mosaic(D, h, w)
    high, wide = picture.shape
    columns = math.ceil(math.sqrt(D.shape[1]))
    rows = math.ceil(D.shape[1] / columns)
    scale = min((panel.X(1) - panel.X(0)) / wide, (panel.Y(0) - panel.Y(1)) / high)
    x0 = (panel.X(0) + panel.X(1) - wide * scale) / 2
    y0 = (panel.Y(0) + panel.Y(1) - high * scale) / 2
    across, down = wide * scale / columns, high * scale / rows

    def corner(j: int) -> str:
        return f"M{x0 + j % columns * across + 1:.1f},{y0 + j // columns * down + 1:.1f}"

    def frames(which: Sequence[int]) -> str:
        return "".join(
            f"{corner(j)}h{across - 2:.1f}v{down - 2:.1f}h{2 - across:.1f}z" for j in which
        )

    panel.image("image", picture.numpy())
    panel.path("added", frames((z > 0).nonzero()[:, 0].tolist()), "blue", width=2.5)
    panel.path("subtracted", frames((z < 0).nonzero()[:, 0].tolist()), "red", width=2.5, dash="4 3")
    return panel.path("alike", "".join(f"{corner(j)}m2,2h0" for j in alike), "gold", width=7)


def _ticks(lams: Sequence[float]) -> dict[float, str]:
    marks = [m * 10.0**e for e in range(-6, 6) for m in (1, 2, 5)]
    return {math.log10(v): f"{v:g}" for v in marks if lams[0] <= v <= lams[-1]}


def _charts(
    lams: Sequence[float], at: int, codes: Codes, errors: Sequence[float], pixels: int
) -> list[Panel]:
    logs = [math.log10(lam) for lam in lams]
    reach, top = (logs[0], logs[-1]), max(100.0, float(pixels))
    counts = (codes != 0).sum(1).tolist()
    trade = Panel(
        "Atoms used and squares left out", reach, (0, top), xticks=_ticks(lams),
        yticks={float(v): str(v) for v in range(0, int(top) + 1, 50)}, xlabel="λ",
    ).legend(blue=("—", "atoms"), red=("- -", "left out, %"))  # fmt: skip
    trade.line("now", [logs[at]] * 2, [0, top], "gray", width=1)
    trade.line("counts", logs, counts, "blue")
    trade.line("errors", logs, [100 * v for v in errors], "red", dash="6 4")
    trade.dot("count", logs[at], counts[at], "blue", width=9)
    trade.dot("error", logs[at], 100 * errors[at], "red", width=9)
    paths = Panel(
        "All coefficients, the largest being 1", reach, (-1, 1), xticks=_ticks(lams),
        yticks={-1.0: "−1", 0.0: "0", 1.0: "1"}, xlabel="λ", height=HEIGHT,
    )  # fmt: skip
    scaled = codes / (codes.abs().max().item() or 1.0)
    ends = [max((n for n, v in enumerate(z) if v), default=-2) + 2 for z in scaled.T.tolist()]
    lines = (
        "L".join(paths.points(logs[:end], z[:end]))
        for z, end in zip(scaled.T.tolist(), ends, strict=True)
        if end
    )
    paths.line("now", [logs[at]] * 2, [-1, 1], "gray", width=1)
    return [trade, paths.path("paths", "".join("M" + each for each in lines), "teal", width=1.3)]


def _checked(patches: object, dictionary: object) -> tuple[Float64[Tensor, "n h w"], Dictionary]:
    try:
        X, D = (torch.as_tensor(v).detach().double().cpu() for v in (patches, dictionary))
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError("give patches and dictionary together, as numbers") from error
    if X.ndim != 3 or D.ndim != 2 or len(D) != X.shape[1] * X.shape[2]:
        raise ValueError(
            "patches must be (n, h, w) and the dictionary (h * w, k), got "
            f"{tuple(X.shape)} and {tuple(D.shape)}"
        )
    if not (
        1 <= len(X) <= MOST_PATCHES
        and max(X.shape[1:]) <= LARGEST
        and 1 <= D.shape[1] <= MOST_ATOMS
    ):
        raise ValueError(
            f"there may be {MOST_PATCHES} patches of up to {LARGEST} by {LARGEST} pixels and "
            f"{MOST_ATOMS} atoms, got {len(X)} of {tuple(X.shape[1:])} and {D.shape[1]}"
        )
    if not (X.abs() <= MOST_VALUE).all():
        raise ValueError(f"values of patches must lie between {-MOST_VALUE:g} and {MOST_VALUE:g}")
    lengths = D.norm(dim=0)
    if not ((lengths > 0.01) & (lengths <= 1 + 1e-6)).all():
        raise ValueError("atoms must be of length at most 1, and not zero")
    X, D = ((v / STEP).round() * STEP for v in (X, D))
    if not (X.flatten(1) @ D).abs().amax(1).gt(1e-3).all():
        raise ValueError("no atom resembles one of the patches")
    return X, D


def _words(
    x: Float64[Tensor, " d"], D: Dictionary, lams: Sequence[float], at: int, codes: Codes
) -> tuple[str, str]:
    """Question and finding."""
    d, k = D.shape
    on = codes != 0
    used = on[at].nonzero()[:, 0].tolist()
    m, lam, error = len(used), lams[at], left_out(x, D, codes)[at]
    shared = len(set(used) & set(most_alike(x, D, m)))
    lengths = D.norm(dim=0)
    cosine = ((D.T @ D) / torch.outer(lengths, lengths)).abs().fill_diagonal_(0).max().item()
    joining, sizes = int((on[1:] & ~on[:-1]).sum()), codes.abs().sum(1)
    joined = (
        f"It also happens that an atom joins while λ rises, {joining} times for this patch: it "
        "takes over what others, grown too dear, leave to it. "
    )
    return (
        f"{k} atoms are there to build a patch of {d} pixels. At λ = {lam:g} its sparse code uses "
        f"{m} of them. Are these the ones that resemble the patch most?",
        f"{'All are' if shared == m else f'{shared} of the {m} are'}. Atoms resemble each other, "
        f"up to a cosine of {cosine:.2f}, and of those alike one is often enough: what counts is "
        "not the patch but what the other atoms leave of it. The code leaves out "
        f"{100 * error:.1f} % of the patch's sum of squares. At λ = {lams[0]:g} it uses "
        f"{int(on[0].sum())} atoms, and never are more needed than there are pixels. A larger λ "
        "does not only throw atoms out, it makes coefficients smaller: without signs they add up "
        f"to {sizes[0]:.2f} there and to {sizes[at]:.2f} here. {joined if joining else ''}From "
        f"λ = {2 * likeness(x, D).max().item():.2f} on, twice the largest inner product of an atom "
        "with the patch, nothing is used.",
    )


def sparse_codes(
    patches: object = None,
    dictionary: object = None,
    lam: float | None = None,
    *,
    question: str = "",
    prediction: str = PREDICTION,
    finding: str = "",
) -> Explorable:
    r"""A patch as a sum of few atoms of a dictionary, which join and leave as $\lambda$ moves.

    The page minimizes $\|x - Dz\|^2 + \lambda\|z\|_1$ by coordinate descent and shows what the code
    makes of the patch, the atoms used, their number, the error, and all coefficients over
    $\lambda$. By default 121 products of cosines and four patches of a photograph are used.

    Args:
        patches: to be coded, shape (n, h, w), up to 8 of up to 12 by 12 pixels, values from -3 to
            3; the first one is shown first.
        dictionary: atoms as columns, shape (h * w, k), up to 144 of them, of length at most 1. Both
            are used to four decimals.
        lam: $\lambda$ shown first, to the nearest of 20 steps a decade; by default an eighth of
            what makes the first code zero.
        question: what the reader can find out; by default for the first patch.
        prediction: what most expect.
        finding: what comes out, to unfold; by default computed for the first patch.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: patches and a dictionary that do not fit, or a number out of range.
        ImportError: no patches are given and scikit-image is not installed.

    Equation: :eq:`eq-sparse-coding`
    Section: :ref:`sec-sparse-coding`

    Source: Olshausen, Field (1996), Emergence of simple-cell receptive field properties by learning
    a sparse code for natural images, doi:10.1038/381607a0; for the cosines, Elad, Aharon (2006),
    Image denoising via sparse and redundant representations, doi:10.1109/TIP.2006.881969.

    Example:
        >>> sparse_codes(torch.ones(1, 2, 2), torch.eye(4), lam=0.5).state["atoms"]
        4

    In production: dlcore.factor.sparse_encode, sklearn.decomposition.sparse_encode.
    """
    given = (
        (details(), cosines()) if patches is None and dictionary is None else (patches, dictionary)
    )
    X, D = _checked(*given)
    n, h, w = X.shape
    rows = X.flatten(1)
    lams, x = penalties(rows, D), rows[0]
    wanted = 2 * likeness(x, D).max().item() / FIRST if lam is None else lam
    require_within(lams[0], lams[-1], lam=wanted)
    at = min(range(len(lams)), key=lambda k: abs(math.log(lams[k] / wanted)))
    codes = codes_along(x, D, lams)
    errors, z = left_out(x, D, codes), codes[at]
    used = int((z != 0).sum())
    asked, found = _words(x, D, lams, at, codes)
    trade, paths = _charts(lams, at, codes, errors, len(D))
    numbers = torch.cat([rows, D.T]) / STEP
    return Explorable(
        SCRIPTS,
        question or asked,
        prediction,
        finding or found,
        f"First, a patch of {h} by {w} pixels, what its code makes of it, and the rest. Next, over "
        f"λ from {lams[0]:g} to {lams[-1]:g}, the number of atoms used falls and the error rises. "
        f"Below, all {D.shape[1]} atoms, of which the {used} used at λ = {lams[at]:g} are framed "
        f"and leave out {100 * errors[at]:.1f} % of the sum of squares; and all coefficients, "
        "which reach zero one after the other.",
        [
            _pictures(x.reshape(h, w), (D @ z).reshape(h, w)),
            trade,
            _atoms(D, h, w, z, most_alike(x, D, used)),
            paths,
        ],
        {
            "height": h,
            "width": w,
            "patches": n,
            "atoms": D.shape[1],
            "step": STEP,
            "lams": lams,
            "at": at,
            "packed": base64.b64encode(
                numbers.round().numpy().astype(np.dtype("<i2")).tobytes()
            ).decode("ascii"),
        },
    )
