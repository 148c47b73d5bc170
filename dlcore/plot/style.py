"""One style for every figure: colours that all can tell apart, on white and on dark."""

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap

COLORS = {
    "blue": "#3838a4",
    "gold": "#b08c26",
    "teal": "#3d9f95",
    "red": "#811f2e",
    "violet": "#7963d4",
    "brown": "#8d5903",
    "gray": "#767676",
    "black": "#1a1a1a",
}
DATA_COLORS = ("blue", "gold", "teal", "red", "violet", "brown")
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*", "<", ">")
WIDTH, HEIGHT = 5.4, 3.3

SEQUENTIAL = LinearSegmentedColormap.from_list("dlcore-sequential", ["#ffffff", COLORS["blue"]])
DIVERGING = LinearSegmentedColormap.from_list(
    "dlcore-diverging", [COLORS["blue"], "#ffffff", COLORS["brown"]]
)


def color_cycle(n: int) -> list[str]:
    """The first n colours for data, beginning again after six.

    Args:
        n: how many.

    Returns:
        Colours as hexadecimal codes.

    Source: Petroff (2021), Accessible color sequences for data visualization, arXiv:2107.02270.

    Example:
        >>> color_cycle(1) == [COLORS["blue"]]
        True

    In production: matplotlib.rcParams["axes.prop_cycle"].
    """
    return [COLORS[DATA_COLORS[k % len(DATA_COLORS)]] for k in range(n)]


def use_style() -> None:
    """Draw every following figure in the book's style; call it once at the top of a notebook.

    Figures are transparent, so that they lie on a white or a dark page, with letters that can be
    read on a phone. In a notebook they are SVG without a date and with fixed identifiers: the same
    figure is the same bytes. Colours and line styles go through the cycle together, so that a
    black-and-white print can be read too.

    Source: Petroff (2021), Accessible color sequences for data visualization, arXiv:2107.02270.

    Example:
        >>> use_style()
        >>> mpl.rcParams["svg.hashsalt"]
        'dlcore'

    In production: matplotlib.style.use.
    """
    colors = color_cycle(len(DATA_COLORS))
    mpl.rcParams.update(
        {
            "figure.figsize": (WIDTH, HEIGHT),
            "figure.facecolor": "none",
            "axes.facecolor": "none",
            "savefig.facecolor": "none",
            "savefig.dpi": 200,
            "figure.constrained_layout.use": True,
            "svg.hashsalt": "dlcore",
            "font.family": "DejaVu Sans",
            "font.size": 11,
            "axes.titlesize": 11,
            "axes.labelsize": 11,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "legend.fontsize": 10,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "lines.markersize": 5,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "text.color": COLORS["black"],
            "axes.labelcolor": COLORS["black"],
            "axes.edgecolor": COLORS["gray"],
            "xtick.color": COLORS["black"],
            "ytick.color": COLORS["black"],
            "grid.color": "#c8c8c8",
            "grid.linewidth": 0.6,
            "image.cmap": SEQUENTIAL.name,
            "image.interpolation": "nearest",
            "axes.prop_cycle": cycler(color=colors, linestyle=LINE_STYLES),
        }
    )
    if "inline" in mpl.get_backend():
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})


for _map in (SEQUENTIAL, DIVERGING):
    if _map.name not in mpl.colormaps:
        mpl.colormaps.register(_map)
