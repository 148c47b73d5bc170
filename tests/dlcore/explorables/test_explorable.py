import gzip
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from IPython.core.formatters import DisplayFormatter
from matplotlib.transforms import Bbox, BboxTransform

import dlcore.explorables as room
from dlcore.explorables import (
    Explorable,
    Panel,
    Picture,
    activation_stack,
    annealed_weights,
    attention_heads,
    bayes_icons,
    beam_search_steps,
    boundary_training,
    box_suppression,
    calibration_temperature,
    chains_in_landscape,
    classify_points,
    contrastive_temperature,
    d_separation,
    denoising_field,
    diffusion_steps,
    edge_of_stability,
    float_line,
    flow_grid,
    gan_training,
    importance_weights,
    kernel_over_image,
    kl_fit,
    l1_l2_paths,
    latent_plane,
    linear_map,
    loopy_beliefs,
    lstm_gates,
    mean_field_posterior,
    metropolis_and_hmc,
    nearest_neighbours,
    optimizer_paths,
    pca_ica_axes,
    perceptron_rule,
    polynomial_fit,
    q_values_spread,
    quadratic_descent,
    receptive_field_growth,
    sparse_codes,
    step_through,
    svd_image,
    svm_margin,
    threshold_curves,
    tree_forest,
    tree_messages,
    tsne_perplexity,
    unit_balls,
    weight_decay_dropout_fit,
)
from dlcore.explorables.explorable import source
from dlcore.explorables.panel import BOTTOM, LEFT, RIGHT, TOP
from dlcore.plot import COLORS
from tests.dlcore.explorables.pages import (
    TREE,
    asia_explored,
    made_up_codes,
    made_up_diffusion,
    made_up_flow,
    made_up_game,
    made_up_landscapes,
    made_up_maps,
    made_up_views,
    made_up_weights,
)

SCRIPTS = sorted(file.stem for file in Path(room.__file__).parent.glob("*.js"))
VIEWS = made_up_views()
FIGURES = {
    "activation_stack": cache(activation_stack),
    "annealed_weights": cache(lambda: annealed_weights(*made_up_weights())),
    "attention_heads": cache(attention_heads),
    "bayes_icons": cache(bayes_icons),
    "beam_search_steps": cache(beam_search_steps),
    "boundary_training": cache(boundary_training),
    "box_suppression": cache(box_suppression),
    "calibration_temperature": cache(calibration_temperature),
    "chains_in_landscape": cache(lambda: chains_in_landscape(*made_up_landscapes())),
    "classify_points": cache(classify_points),
    "contrastive_temperature": cache(lambda: contrastive_temperature(*VIEWS[0], VIEWS[1])),
    "d_separation": cache(lambda: d_separation(**asia_explored())),
    "denoising_field": cache(denoising_field),
    "diffusion_steps": cache(lambda: diffusion_steps(*made_up_diffusion())),
    "edge_of_stability": cache(edge_of_stability),
    "float_line": cache(float_line),
    "flow_grid": cache(lambda: flow_grid(*made_up_flow())),
    "gan_training": cache(lambda: gan_training(*made_up_game())),
    "importance_weights": cache(importance_weights),
    "kernel_over_image": cache(kernel_over_image),
    "kl_fit": cache(kl_fit),
    "l1_l2_paths": cache(l1_l2_paths),
    "latent_plane": cache(lambda: latent_plane(*made_up_codes())),
    "linear_map": cache(linear_map),
    "loopy_beliefs": cache(loopy_beliefs),
    "lstm_gates": cache(lstm_gates),
    "mean_field_posterior": cache(mean_field_posterior),
    "metropolis_and_hmc": cache(metropolis_and_hmc),
    "nearest_neighbours": cache(nearest_neighbours),
    "optimizer_paths": cache(optimizer_paths),
    "pca_ica_axes": cache(pca_ica_axes),
    "perceptron_rule": cache(perceptron_rule),
    "polynomial_fit": cache(polynomial_fit),
    "q_values_spread": cache(q_values_spread),
    "quadratic_descent": cache(quadratic_descent),
    "receptive_field_growth": cache(receptive_field_growth),
    "sparse_codes": cache(sparse_codes),
    "svd_image": cache(svd_image),
    "svm_margin": cache(svm_margin),
    "threshold_curves": cache(threshold_curves),
    "tree_forest": cache(tree_forest),
    "tree_messages": cache(lambda: tree_messages(*TREE)),
    "tsne_perplexity": cache(lambda: tsne_perplexity(*made_up_maps())),
    "unit_balls": cache(unit_balls),
    "weight_decay_dropout_fit": cache(weight_decay_dropout_fit),
}
WORDS = {"question": "Why 'so'?", "prediction": "a < b", "finding": "b & a", "alt": 'A "line"'}


def line(title="A line"):
    return Panel(title, (0.0, 1.0), (0.0, 1.0)).line("line", [0.0, 1.0], [0.0, 1.0], "blue")


def explorable(**words):
    return Explorable(("step_through",), **{**WORDS, **words}, panels=[line()], state={"a": "'<&"})


@pytest.mark.reference(
    "IPython.core.formatters.DisplayFormatter", of="dlcore.explorables.Explorable"
)
@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_a_notebook_gets_html_a_picture_and_words(make):
    data, _ = DisplayFormatter().format(make())
    assert set(data) == {"text/html", "image/svg+xml", "text/plain"}
    root = ElementTree.fromstring(data["image/svg+xml"])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("aria-label") in data["text/plain"]


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_nothing_is_loaded_and_nothing_can_clash(make):
    html = make().html()
    tags = Tags(html).found
    addresses = [a[k] for _, a in tags for k in ("src", "href") if k in a]
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    assert not [a for _, a in tags if "id" in a]
    assert set(re.findall(r"https?://[^\"' )]+", html)) == {"http://www.w3.org/2000/svg"}
    assert re.search(r"<script>\(\(\) => \{.*\}\)\(\);</script>$", html, re.DOTALL)


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_small_and_always_the_same(make):
    html = make().html()
    assert html == make.__wrapped__().html()
    pictures = sum(map(len, re.findall(r"data:image/png;base64,[^\"']+|\"packed\":\"[^\"]+", html)))
    assert len(gzip.compress(html.encode())) <= 13 * 1024 + pictures
    assert pictures <= 80 * 1024


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_the_same_in_a_notebook_of_double_precision(make):
    single = make().html()
    torch.set_default_dtype(torch.float64)
    try:
        assert make.__wrapped__().html() == single
    finally:
        torch.set_default_dtype(torch.float32)


def test_words_and_state_survive_the_attributes():
    root = next(a for tag, a in Tags(explorable().html()).found if tag == "div")
    assert root["aria-label"] == WORDS["question"]
    assert root["data-state"] == '{"a":"\'<&"}'


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_the_page_gets_of_a_script_is_the_script(javascript, name):
    raw = (Path(room.__file__).parent / f"{name}.js").read_text(encoding="utf-8")
    lean = source(f"{name}.js")
    assert "//" not in lean.replace("://", "")
    assert 0.5 * len(raw) < len(lean) < len(raw)
    strings = re.compile(r'"[^"\n]*"|`[^`]*`')
    code = re.sub(r"^ *//.*$", "", raw, flags=re.MULTILINE)
    assert strings.findall(lean) == strings.findall(code)
    assert not re.search(r"`[^`]*\$\{[^}`]*`", raw), "a template within a template loses its space"


def test_every_script_runs_outside_of_a_page(javascript):
    for figure in FIGURES.values():
        assert javascript(figure().scripts, "typeof explorable") == "function"


def test_colors_in_the_page_are_those_of_the_figures():
    light = source("explorable.css").split("}")[0]
    shown = dict(re.findall(r"--dlx-(\w+):(#\w{6})", light))
    assert shown == {name: COLORS[name] for name in ("blue", "gold", "teal", "red", "gray")}


@pytest.mark.reference("matplotlib.transforms.BboxTransform", of="dlcore.explorables.Panel")
def test_a_panel_places_values_as_matplotlib_does():
    panel = Panel("Places", (-3.0, 11.0), (-17.0, 5.0))
    transform = BboxTransform(
        Bbox.from_extents(-3, -17, 11, 5), Bbox.from_extents(LEFT, BOTTOM, RIGHT, TOP)
    )
    values = np.random.default_rng(0).uniform(-20, 20, (7, 2))
    got = [(panel.X(x), panel.Y(y)) for x, y in values.tolist()]
    np.testing.assert_allclose(got, transform.transform(values), rtol=1e-12)


def test_a_panel_is_xml_and_says_what_it_shows():
    panel = Panel(
        "a < b", (0.0, 1.0), (0.0, 1.0), xticks={0.5: "½ &"}, yticks={1.0: "<1>"}, xlabel="x"
    ).legend(blue=("—", "f & g"))
    root = ElementTree.fromstring(panel.svg())
    assert root.get("aria-label") == "a < b"
    assert "".join(root.itertext()) == "½ &<1>a < bx— f & g"


@pytest.mark.reference("matplotlib.figure.Figure.savefig", of="dlcore.explorables.Picture")
def test_a_picture_is_the_figure_in_the_page_s_color():
    figure, axes = plt.subplots(figsize=(3.4, 2.6))
    axes.plot([0, 1, 0], color=COLORS["red"])
    picture = Picture("A <tent>", figure)
    plt.close(figure)
    root = ElementTree.fromstring(picture.svg())
    assert root.get("viewBox") == "0 0 244.8 187.2"  # 72 points an inch
    assert root.get("aria-label") == "A <tent>"
    assert COLORS["red"] in picture.svg()
    assert "#000000" not in picture.svg()
    assert "currentColor" in picture.svg()


@pytest.mark.parametrize("n", [2, 10, 11, 29])
@pytest.mark.reference("node:zlib.inflateSync", of="dlcore.explorables.step_through")
def test_few_states_are_inlined_and_many_unpacked_by_the_page(javascript, n):
    states = [[line(f"State {k}"), line("Beside")] for k in range(n)]
    figure = step_through(states, [f"step {k}" for k in range(n)], **WORDS, shown=1)
    inside = [[re.sub(r"^<svg[^>]*>|</svg>$", "", p.svg()) for p in panels] for panels in states]
    if n <= 10:
        assert figure.state["frames"] == inside
    else:
        packed = figure.state["packed"]
        inflate = "JSON.parse(require('zlib').inflateSync(Buffer.from(packed, 'base64')))"
        assert javascript(figure.scripts, inflate, packed=packed) == inside
        assert javascript(figure.scripts, "framesOf(packed)", packed=packed) == inside
    assert figure.panels == states[1]


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: explorable(question=""), "an explorable needs scripts, panels, and all four"),
        (lambda: Panel("Empty", (1, 1), (0, 1)), r"x must be a range \(low, high\), got \(1, 1\)"),
        (lambda: step_through([], [], **WORDS), "every state needs a label: got 0 states"),
        (lambda: step_through([[line()]], ["a", "b"], **WORDS), "got 1 states, 2 labels"),
        (
            lambda: step_through([[line()], [line(), line()]], ["a", "b"], **WORDS),
            r"the same number of panels, got \[1, 2\]",
        ),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
