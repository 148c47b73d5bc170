"""What the prose of chapter 6 says in numbers, from the notebook's own cells."""

import hashlib
import itertools
import math
import re
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
import torch

import dlcore
from book.questions import parsed
from dlcore import nn
from dlcore.data import image_archives
from tests.chapters.pages import Page
from tests.dlcore.data.test_image_archives import idx, mnist_files
from tests.loopback import serve

NOTEBOOK = Path(__file__).parents[2] / "chapters" / "06_deep_feedforward_networks.ipynb"
CELLS = {cell["id"]: cell for cell in nbformat.read(NOTEBOOK, 4).cells}
PROSE = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "markdown")

EQUATIONS = """layer pre-activation sigmoid tanh relu leaky-relu prelu elu swish gelu maxout
    softplus selu mse bce bce-logits softmax log-softmax logsumexp cross-entropy multiclass-hinge
    delta-output delta-hidden weight-gradient bias-gradient xavier-uniform xavier-normal he-normal
    he-uniform parameter-count residual interpolant tent-map central-difference relative-error
    jvp vjp cross-entropy-divergence"""
SECTIONS = """architecture forward-propagation universal-approximation activations sigmoid tanh
    relu leaky-relu swish-gelu output-units regression-output binary-output softmax-output hinge
    chain-rule backward-pass computational-graph depth-width initialization mini-batches
    training-loop dead-units"""


def run() -> dict:
    """The names that the cells define, and in `glued` what they hand over to the prose."""
    glued: dict[str, object] = {}
    names: dict = {"glued": glued}
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context({"backend": "agg"}):
        mpl.use("agg")
        patch.setattr(dlcore, "glue", glued.update)
        for name, cell in CELLS.items():
            if cell.cell_type == "code":
                exec(compile(cell.source, name, "exec"), names)
                mpl.pyplot.close("all")
    return names


@pytest.fixture(scope="module")
def page() -> dict:
    """What the cells computed, and in `glued` what they handed over to the prose."""
    page = Page("06_deep_feedforward_networks").computed()
    return {**page.names, "glued": page.glued}


@pytest.fixture
def glued(page: dict) -> Callable[[str], float]:
    """A number that the prose shows."""

    def number(name: str) -> float:
        value = page["glued"][name]
        if isinstance(value, str):
            plain = value.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
            mantissa, _, power = plain.partition(" × 10")
            digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            return float(mantissa) * 10.0 ** int(digits or 0)
        return float(value)

    return number


@pytest.mark.parametrize("label", [f"eq-{name}" for name in EQUATIONS.split()])
def test_equation_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\$\$ \({label}\)$", PROSE, re.M)) == 1


@pytest.mark.parametrize("label", [f"sec-{name}" for name in SECTIONS.split()])
def test_section_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\({label}\)=$", PROSE, re.M)) == 1


def test_every_number_of_the_prose_is_handed_over(page: dict) -> None:
    shown = set(re.findall(r"\{glue:text\}`(\w+)", PROSE))
    code = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "code")
    given = set(re.findall(r"(\w+)=", code)) | set(page["glued"])
    by_loop = {name for name in shown if name.startswith("final_")}
    assert shown - given - by_loop == set()


def test_every_question_has_its_solution() -> None:
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PROSE)
    assert len(questions) + len(re.findall(r"-question\} chk-", PROSE)) >= 13
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PROSE)


def parameters(*sizes: int) -> int:
    """Of a network of these sizes, as torch counts them."""
    layers = [torch.nn.Linear(n, m) for n, m in itertools.pairwise(sizes)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


def widest(layers: int) -> int:
    """Hidden units a layer within 10,000 parameters."""
    return max(m for m in range(1, 200) if parameters(64, *[m] * layers, 10) <= 10_000)


@pytest.mark.parametrize(
    ("label", "right"),
    [
        ("chk-count-parameters", parameters(10, 20, 20, 3)),
        ("chk-he-spread", math.sqrt(2 / 784)),
        ("chk-width-one-layer", widest(1)),
        ("chk-width-four-layers", widest(4)),
    ],
)
def test_the_right_number_is_right(label: str, right: float) -> None:
    opening = rf"```\{{number-question\}} {label}\n(?::.*\n)*\n"
    source = re.split(opening, PROSE)[1].partition("```")[0]
    told = next(answer for answer in parsed(source, "number").answers if answer.right)
    assert told.covers(right)


def test_exclusive_or_by_two_hidden_units(page: dict) -> None:
    assert (page["H_xor"] @ page["w2"]).tolist() == [0, 1, 1, 0]


def test_small_network(glued: Callable[[str], float]) -> None:
    assert glued("parameters_37") == 73
    assert glued("accuracy_37") > 0.9
    assert glued("bar_seven") > glued("bar_three") + 0.4
    assert glued("bow_three") > glued("bow_seven") + 0.4


def test_example_by_hand(glued: Callable[[str], float]) -> None:
    assert glued("example_y_hat") == pytest.approx(0.522485, abs=1e-6)
    assert glued("example_bce") == pytest.approx(0.649159, abs=1e-6)
    assert glued("example_delta") == pytest.approx(0.522485 - 1, abs=1e-6)


def test_interpolation_error(page: dict, glued: Callable[[str], float]) -> None:
    table = (0.2105, 0.0704, 0.0188, 0.00479, 0.00120)
    assert page["worst"] == pytest.approx(table, rel=5e-3)
    for m, error in zip((4, 8, 16, 32, 64), page["worst"], strict=True):
        assert error <= (2 * math.pi / m) ** 2 / 8 * (1 + 1e-4)
    assert glued("interpolant_64") == pytest.approx(0.0012, rel=5e-3)


def test_slopes_and_minima(glued: Callable[[str], float]) -> None:
    assert glued("sigmoid_slope_10") == pytest.approx(4.54e-5, rel=0.02)
    assert glued("tanh_slope_5") == pytest.approx(1.82e-4, rel=0.02)
    assert glued("swish_minimum") == pytest.approx(-0.278465, abs=1e-4)
    assert glued("swish_argmin") == pytest.approx(-1.278465, abs=1e-4)
    assert glued("gelu_minimum") == pytest.approx(-0.169971, abs=1e-4)
    assert glued("gelu_argmin") == pytest.approx(-0.751792, abs=1e-4)
    assert glued("gelu_tanh_error") == pytest.approx(4.73e-4, rel=0.02)


def test_gradients_agree(page: dict) -> None:
    errors = {
        name: page["relative_error"](page["ours"], gradient)
        for name, gradient in page["rivals"].items()
    }
    assert errors["dlcore.autograd.Value"] < 1e-14
    assert errors["torch.autograd"] < 1e-14
    assert 1e-14 < errors["central differences"] < 1e-8


def test_blame_of_a_value_used_twice(page: dict) -> None:
    u = 2 * -3 + 10
    by_hand = math.tanh(u) + 2 * -3 * (1 - math.tanh(u) ** 2)
    assert float(page["a"].grad) == pytest.approx(by_hand)
    assert f"{by_hand:.4f}" == "0.9913"


def test_finite_differences_have_a_best_step(page: dict) -> None:
    steps, central = page["steps"], page["errors"]["central"]
    best = steps[central.index(min(central))]
    assert 1e-6 < best < 1e-4
    assert min(central) < 1e-9 < min(page["errors"]["forward"])


def test_shortened_rule_is_wrong_for_a_sigmoid_output(page: dict) -> None:
    assert page["output"] == "sigmoid"
    assert page["error"] > 0.3


def test_vanishing(glued: Callable[[str], float], page: dict) -> None:
    assert glued("vanishing_sigmoid") < 1e-11
    others = [norms for name, norms in page["by_depth"].items() if "sigmoid" not in name]
    assert len(others) == 3
    for norms in others:
        assert 0.3 < norms.min() <= norms.max() < 4


@pytest.mark.parametrize("gain", [0.5, 1, 3])
def test_weight_gradients_of_homogeneous_layers_balance(page: dict, gain: float) -> None:
    torch.manual_seed(0)
    network = nn.initialize_(nn.MLP([64] * 6 + [10], "relu"), "kaiming_normal").double()
    weights = [layer.weight for layer in network.linear_layers]
    for W in weights:
        W.data *= gain
    X, y = page["digits"].train.to("cpu")
    gradients = torch.autograd.grad(nn.cross_entropy(network(X.double()), y), weights)
    products = [(W * g).sum().item() for W, g in zip(weights, gradients, strict=True)]
    assert products == pytest.approx(products[:1] * 6, rel=1e-9)


def test_signal_through_thirty_layers(glued: Callable[[str], float]) -> None:
    assert 0.5 < glued("he_relu_30") < 2
    assert 0.3 < glued("xavier_relu_30") / 2**-30 < 3
    assert glued("tanh_1_30") == pytest.approx(0.964, abs=0.01)
    assert 0.3 < glued("he_blame") < 3
    assert 0.1 < glued("xavier_relu_blame") / 2**-15 < 10
    assert glued("xavier_forward") == pytest.approx(1.774, abs=1e-3)
    assert glued("xavier_backward") == pytest.approx(0.226, abs=1e-3)


def test_large_tanh_weights_saturate_and_explode(glued: Callable[[str], float]) -> None:
    """sech^4 of a Gaussian of variance 512 E[h^2] gives the factor per layer."""
    z = torch.linspace(-30, 30, 60_001, dtype=torch.float64)
    variance = 512 * glued("tanh_1_30")
    density = (-(z**2) / (2 * variance)).exp() / math.sqrt(2 * math.pi * variance)
    squared_slope = torch.trapezoid(density / z.cosh() ** 4, z).item()
    assert glued("tanh_1_factor") == pytest.approx(math.sqrt(512 * squared_slope), rel=0.05)
    saturated = 2 * torch.distributions.Normal(0, math.sqrt(variance)).cdf(torch.tensor(-2.993))
    assert glued("tanh_1_saturated") == pytest.approx(saturated.item(), abs=0.01)
    assert glued("tanh_1_blame") > 1e13


def test_training_by_hand(glued: Callable[[str], float]) -> None:
    assert glued("by_hand_accuracy") > 0.94


def test_outliers_bend_the_squared_error(page: dict) -> None:
    assert page["off"]["squared"] > 3 * page["off"]["absolute"]


def test_half_normal_variance() -> None:
    z = math.sqrt(2) * torch.randn(1_000_000, generator=torch.Generator().manual_seed(0))
    h = nn.relu(z)
    assert h.square().mean().item() == pytest.approx(1, abs=0.01)
    assert h.var().item() == pytest.approx(1 - 1 / math.pi, abs=0.01)


def test_batch_noise_falls_like_one_over_root(page: dict) -> None:
    for B, noise in zip(page["batch_sizes"], page["noise"], strict=True):
        assert noise * math.sqrt(B) == pytest.approx(page["noise"][0], rel=0.15)


def test_digits(glued: Callable[[str], float]) -> None:
    assert glued("initial_loss") == pytest.approx(math.log(10), abs=0.4)
    assert glued("by_heart_loss") < 1e-3
    assert glued("test_accuracy") >= 0.97
    assert glued("n_wrong") == round((1 - glued("test_accuracy")) * glued("n_test"))
    assert glued("digits_parameters") == 64 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10


def test_eight_sigmoid_layers(page: dict) -> None:
    assert f"{(math.sqrt(2) / 4) ** 8:.0e}" == "2e-04"
    network = page["he_network"]([64, *[64] * 8, 10], "sigmoid")
    norms = nn.delta_norms_by_layer(network, *page["training"], nn.cross_entropy)
    first, *_, last = norms.values()
    assert first / last == pytest.approx((math.sqrt(2) / 4) ** 8, rel=0.8)


def test_shock_kills_units(glued: Callable[[str], float]) -> None:
    assert glued("dead_1") > 0.5
    assert glued("dead_2") > 0.3


def test_tumours_do_not_separate_the_models(glued: Callable[[str], float]) -> None:
    assert glued("n_patients") == 114
    assert glued("n_malignant") == 42
    assert glued("missed_difference") <= 3
    assert glued("alarms_difference") <= 4


def test_numbers_in_the_solutions() -> None:
    assert nn.count_parameters([10, 20, 20, 3]) == 703
    assert nn.count_parameters([784, 128, 10]) == 101_770
    assert nn.count_parameters([10, 20, 20, 20, 3]) == 1123
    assert nn.count_parameters([10, 30, 30, 3]) == 1353
    assert nn.count_parameters([64, 133, 10]) == 9985
    assert nn.count_parameters([64, 46, 46, 46, 46, 10]) == 9946
    assert nn.count_parameters([64, 47, 47, 47, 47, 10]) == 10_303
    stated = (math.sqrt(6 / 1040), math.sqrt(2 / 1040), math.sqrt(6 / 784), math.sqrt(2 / 784))
    assert stated == pytest.approx((0.0760, 0.0439, 0.0875, 0.0505), abs=5e-5)


@pytest.mark.full
def test_the_larger_run_to_its_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = {name: idx(array) for name, array in mnist_files().items()}
    sums = {n.removesuffix(".gz"): hashlib.sha256(b).hexdigest() for n, b in bodies.items()}
    monkeypatch.setenv("DLCORE_FULL", "1")
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    with serve(bodies) as site:
        monkeypatch.setattr(image_archives, "MNIST_URL", site.url)
        monkeypatch.setattr(image_archives, "MNIST_FILES", sums)
        names = run()
        assert len(site.requests) == 4
    assert re.search(r"^MNIST: [\d.]+% of 11 test images right$", capsys.readouterr().out, re.M)
    assert names["reader"][0].weight.shape == (256, 35)
    assert names["glued"]["missed_network"] >= 0
