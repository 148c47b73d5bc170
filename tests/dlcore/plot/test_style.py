"""The palette can be told apart by everyone, on white and on the dark page; figures are stable."""

from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from nbclient import NotebookClient

from dlcore.plot import COLORS, DIVERGING, SEQUENTIAL, color_cycle, use_style
from dlcore.plot.style import DATA_COLORS

DARK_PAGE = np.array([0x14, 0x18, 0x1E]) / 255

# Machado, Oliveira, Fernandes (2009), doi:10.1109/TVCG.2009.113: complete deficiencies, linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context():
        use_style()
        yield
    plt.close("all")


def linear(c):
    c = np.asarray(c, dtype=float)
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def encoded(c):
    c = np.clip(c, 0, 1)
    return np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)


def contrast(a, b):
    """WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) of the relative luminances."""
    low, high = sorted(linear(c) @ [0.2126, 0.7152, 0.0722] for c in (a, b))
    return (high + 0.05) / (low + 0.05)


def on_dark(c):
    """What the page's CSS filter makes of a colour: invert(.9) hue-rotate(180deg)."""
    inverted = 0.9 - 0.8 * np.asarray(c)
    gray = np.array([0.213, 0.715, 0.072])
    return np.clip(2 * (inverted @ gray) - inverted, 0, 1)


def oklab(c):
    """Ottosson (2020), A perceptual color space for image processing."""
    to_lms = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_lms) @ linear(c))


def seen(c, deficiency):
    return encoded(np.array(DEFICIENCIES[deficiency]) @ linear(c))


@pytest.mark.parametrize("name", COLORS)
def test_every_colour_stands_out_from_white_and_from_the_dark_page(name):
    color = np.array(to_rgb(COLORS[name]))
    assert contrast(color, np.ones(3)) >= 3
    assert contrast(on_dark(color), DARK_PAGE) >= 3


def test_text_is_legible_by_the_stricter_rule():
    for name in ("black", "gray"):
        color = np.array(to_rgb(COLORS[name]))
        assert contrast(color, np.ones(3)) >= 4.5
        assert contrast(on_dark(color), DARK_PAGE) >= 4.5


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("page", [lambda c: c, on_dark], ids=["light", "dark"])
def test_data_colours_differ_for_every_eye_on_both_pages(deficiency, page):
    """0.02 is about a just noticeable difference in Oklab; the palette keeps five of them."""
    colors = [oklab(seen(page(np.array(to_rgb(COLORS[n]))), deficiency)) for n in DATA_COLORS]
    assert min(np.linalg.norm(a - b) for a, b in combinations(colors, 2)) > 0.1


def test_the_dark_page_keeps_the_hue():
    """Blue stays blue: what a text calls a colour holds on both pages (to 40 degrees)."""
    for name in DATA_COLORS:
        light, dark = (oklab(f(np.array(to_rgb(COLORS[name])))) for f in (np.array, on_dark))
        cosine = light[1:] @ dark[1:] / np.linalg.norm(light[1:]) / np.linalg.norm(dark[1:])
        assert cosine > np.cos(np.deg2rad(40))


@pytest.mark.parametrize("colormap", [SEQUENTIAL, DIVERGING], ids=lambda m: m.name)
def test_lightness_of_the_colour_maps_is_monotonic(colormap):
    lightness = np.array([oklab(c[:3])[0] for c in colormap(np.linspace(0, 1, 65))])
    falling = lightness if colormap is SEQUENTIAL else lightness[32:]
    assert (np.diff(falling) < 0).all()
    if colormap is DIVERGING:
        assert (np.diff(lightness[:33]) > 0).all()
    assert mpl.colormaps[colormap.name] == colormap


@pytest.mark.reference("itertools.cycle", of="dlcore.plot.color_cycle")
def test_the_cycle_begins_again():
    assert color_cycle(8) == [COLORS[n] for n in DATA_COLORS] + [COLORS["blue"], COLORS["gold"]]


def draw(path):
    figure, ax = plt.subplots()
    ax.plot([0, 1], [1, 0], label="a")
    ax.scatter([0, 1], [0, 1], clip_path=None)
    ax.legend()
    figure.savefig(path, format="svg", metadata={"Date": None})
    return path.read_bytes()


@pytest.mark.reference("matplotlib.rcParams", of="dlcore.plot.use_style")
def test_figures_are_transparent_and_the_same_bytes_each_time(tmp_path):
    first, again = draw(tmp_path / "a.svg"), draw(tmp_path / "b.svg")
    assert first == again
    assert b"<dc:date>" not in first
    assert mpl.rcParams["savefig.facecolor"] == "none"


def test_lines_differ_without_their_colours():
    styles = mpl.rcParams["axes.prop_cycle"].by_key()["linestyle"]
    assert len(set(map(str, styles))) == len(DATA_COLORS)


def test_a_notebook_shows_svg_and_the_same_bytes_each_time():
    notebook = nbformat.v4.new_notebook()
    draw = "plt.plot([0, 1], label='a'); plt.legend(); plt.show()"
    code = [
        "from dlcore.plot import use_style; import matplotlib.pyplot as plt; use_style()",
        draw,
        draw,
    ]
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in code]
    NotebookClient(notebook, kernel_name="python3", timeout=100).execute()
    first, again = (cell.outputs[0].data for cell in notebook.cells[1:])
    assert "image/png" not in first
    assert "dc:date" not in first["image/svg+xml"]
    assert first["image/svg+xml"] == again["image/svg+xml"]
