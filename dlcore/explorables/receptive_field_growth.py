"""Explorable: which pixels a unit sees through a stack of layers, and along how many paths."""

from collections import Counter
from collections.abc import Sequence

from dlcore.explorables.explorable import Explorable
from dlcore.explorables.panel import Panel
from dlcore.explorables.ranges import require_within
from dlcore.nn import receptive_fields

SCRIPTS = ("receptive_field_growth",)
KERNELS, STRIDES, DILATIONS, MOST_LAYERS, NEIGHBOURS = (1, 7), (1, 3), (1, 8), 5, 2
SMALLEST_REACH, LABELS, HEIGHT = 8, -1.25, 330
PLAIN, STRIDED, DILATED, GRIDDED = (3, 1, 1), (3, 2, 1), (3, 1, 4), (3, 1, 2)
PRESETS = {
    "three plain": [PLAIN] * 3,
    "stride 2 first": [STRIDED, PLAIN, PLAIN],
    "stride 2 last": [PLAIN, PLAIN, STRIDED],
    "dilations 1, 2, 4": [PLAIN, GRIDDED, DILATED],
    "dilations 2, 2, 2": [GRIDDED] * 3,
}
QUESTION = (
    "Three layers with kernels of 3 see 7 pixels. What makes the field grow: a stride of 2 in the "
    "first layer or in the last, or dilation? And does a unit use every pixel of its field?"
)
PREDICTION = (
    "A stride of 2 helps as much in the last layer as in the first, and a unit that sees 13 pixels "
    "uses 13 pixels."
)
FINDING = (
    "A stride in the last layer adds nothing to its units' own fields: still 7. In the first one "
    "it makes them 11 wide, for a layer's stride lengthens the steps of all layers after it. "
    "Dilations 1, 2, 4 reach 15 pixels and use all of them. Dilations 2, 2, 2 span 13 and use 7: "
    "all steps are even, so that every second pixel is never looked at; that is gridding. And no "
    "stack looks evenly: of the 27 paths through three plain layers 7 lead to the pixel in the "
    "middle and one to each at the rim."
)

Layers = Sequence[tuple[int, int, int]]


def paths(layers: Layers, unit: int = 0) -> list[Counter[int]]:
    """From the input up: for each row the places that the unit depends on, with numbers of paths.

    Places are those of units, counted from 0 in the middle; every layer is padded so that a unit
    stands over the middle of what it sees.
    """
    rows = [Counter({unit: 1})]
    for k, s, d in reversed(layers):
        below: Counter[int] = Counter()
        for place, count in rows[0].items():
            for m in range(-(k // 2), k // 2 + 1):
                below[place * s + d * m] += count
        rows.insert(0, below)
    return rows


def growth(layers: Layers) -> tuple[list[int], list[int]]:
    """Size of the field and jump, from the input up."""
    fields = receptive_fields([(k, s, d * (k - 1) // 2, d) for k, s, d in layers])
    return [1, *(f.size for f in fields)], [1, *(f.jump for f in fields)]


def _tree(layers: Layers, rows: list[Counter[int]], reach: int) -> Panel:
    sizes, jumps = growth(layers)
    top = len(layers)
    panel = Panel(
        "What the unit at the top depends on", (-1.45, 1.05), (-0.6, top + 0.3), height=HEIGHT,
        frame=False,
    ).legend(blue=("—", "its field"), gray=("—", "its neighbour's"))  # fmt: skip
    edges, units, used = [], [], []
    for level, row in enumerate(rows):
        jump = jumps[level]
        some = range(-(reach // jump), reach // jump + 1)
        units += panel.points([m * jump / reach for m in some], [level] * len(some))
        used += panel.points([m * jump / reach for m in row], [level] * len(row))
        if level:
            k, s, d = layers[level - 1]
            for m in row:
                for n in range(-(k // 2), k // 2 + 1):
                    ends = [m * jump / reach, (m * s + d * n) * jumps[level - 1] / reach]
                    edges.append("M" + "L".join(panel.points(ends, [level, level - 1])))
        panel.label(f"row{level}", LABELS, level, f"layer {level}" if level else "input", "black")
    width = max(1.5, min(8.0, 0.7 * (panel.X(1) - panel.X(0)) / reach))
    panel.path("edges", "".join(edges), "blue", width=0.6)
    panel.path("units", "".join(f"M{at}h0" for at in units), "gray", width=width / 2)
    panel.path("used", "".join(f"M{at}h0" for at in used), "blue", width=width)
    for part, shift, y, color in (
        ("field", 0, -0.27, "blue"),
        ("neighbour", jumps[-1], -0.45, "gray"),
    ):
        middle, half = next(iter(rows[-1])) * jumps[-1] + shift, sizes[-1] / 2
        panel.line(part, [(middle - half) / reach, (middle + half) / reach], [y, y], color)
    return panel


def _shares(row: Counter[int], reach: int) -> Panel:
    panel = Panel(
        "Paths that lead to each pixel, in %", (-1.45, 1.05), (0, 1), height=HEIGHT, frame=False
    )
    most = max(row.values())
    bars = (
        "M" + "L".join(panel.points([x / reach] * 2, [0, 0.92 * n / most])) for x, n in row.items()
    )
    width = max(1.0, min(8.0, 0.7 * (panel.X(1) - panel.X(0)) / reach))
    panel.path("bars", "".join(bars), "blue", width=width)
    panel.line("floor", [-1, 1], [0, 0], "gray", width=1)
    percent = f"{100 * most / row.total():.3g}"
    return panel.label("most", LABELS, 0.92, percent, "black").label(
        "zero", LABELS, 0.03, "0", "black"
    )


def receptive_field_growth(
    layers: Layers | None = None,
    *,
    question: str = QUESTION,
    prediction: str = PREDICTION,
    finding: str = FINDING,
) -> Explorable:
    """A stack of layers whose kernel sizes, strides and dilations the reader chooses, in a row.

    The page draws all units that one unit depends on, the field of its neighbour, and how many
    paths lead to each pixel: its share of the influence if all weights are equal.

    Args:
        layers: shown first, 1 to 5 of them: (kernel, stride, dilation), kernel 1, 3, 5 or 7,
            stride 1 to 3, dilation 1 to 8; by default three of (3, 1, 2), which leave gaps.
        question: what the reader can find out.
        prediction: what most expect.
        finding: what comes out, to unfold.

    Returns:
        The explorable; a notebook shows it when it is a cell's value.

    Raises:
        ValueError: no layers or too many, or numbers out of range.

    Equation: :eq:`eq-receptive-field`
    Section: :ref:`sec-receptive-field`

    Source: Araujo, Norris, Sim (2019), Computing receptive fields of convolutional neural networks,
    doi:10.23915/distill.00021; gridding: Wang et al. (2018), Understanding convolution for semantic
    segmentation, arXiv:1702.08502.

    Example:
        >>> receptive_field_growth([(3, 2, 1), (3, 1, 1)]).alt.split(". ")[1]
        'After each layer: field 3, 7; jump 2, 2'

    In production: dlcore.nn.receptive_field.
    """
    given = [tuple(layer) for layer in (PRESETS["dilations 2, 2, 2"] if layers is None else layers)]
    if not 1 <= len(given) <= MOST_LAYERS or any(len(layer) != 3 for layer in given):
        raise ValueError(f"give 1 to {MOST_LAYERS} layers (kernel, stride, dilation), got {given}")
    chosen = [(k, s, d) for k, s, d in given]
    for k, s, d in chosen:
        require_within(*KERNELS, kernel=k)
        require_within(*STRIDES, stride=s)
        require_within(*DILATIONS, dilation=d)
        if k % 2 == 0:
            raise ValueError(f"kernel must be odd, so that it has a middle; got {k}")
    rows = paths(chosen)
    sizes, jumps = growth(chosen)
    reach = max(SMALLEST_REACH, NEIGHBOURS * jumps[-1] + sizes[-1] // 2 + 1)
    grown, jumped = (", ".join(map(str, v[1:])) for v in (sizes, jumps))
    return Explorable(
        SCRIPTS,
        question,
        prediction,
        finding,
        f"Rows of units with lines from one unit in layer {len(chosen)} down to {len(rows[0])} "
        f"pixels in a field {sizes[-1]} wide. After each layer: field {grown}; jump {jumped}. "
        "Beside it, how many paths lead to each pixel.",
        [_tree(chosen, rows, reach), _shares(rows[0], reach)],
        {
            "layers": chosen,
            "presets": PRESETS,
            "ranges": [KERNELS, STRIDES, DILATIONS],
            "most": MOST_LAYERS,
            "neighbours": NEIGHBOURS,
            "smallest": SMALLEST_REACH,
        },
    )
