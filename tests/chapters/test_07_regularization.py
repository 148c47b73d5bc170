"""What the prose of chapter 7 says in numbers, from the notebook's own cells."""

import hashlib
import math
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
import scipy.stats
import torch

import dlcore
from dlcore.data import image_archives
from tests.dlcore.data.test_image_archives import idx, mnist_files
from tests.loopback import serve

CHAPTERS = Path(__file__).parents[2] / "chapters"
NOTEBOOK = CHAPTERS / "07_regularization.ipynb"
CELLS = {cell["id"]: cell for cell in nbformat.read(NOTEBOOK, 4).cells}
PROSE = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "markdown")
ALL_PROSE = "\n".join(
    cell.source
    for path in sorted(CHAPTERS.glob("*.ipynb"))
    for cell in nbformat.read(path, 4).cells
    if cell.cell_type == "markdown"
)
PICTURES = {name for name, cell in CELLS.items() if name.endswith("figure")}
NEEDED = {"by-heart-figure", "ablation-figure", "sound-figure", "mixup-figure"}
LIBRARY = Path(dlcore.__file__).parent
LAYERS = [
    "batch_norm*",
    "clipping",
    "dropout*",
    "label_smoothing",
    "normalization",
    "stochastic_depth",
]
CITED = "\n".join(
    path.read_text("utf-8")
    for pattern in ("regularization/*", *(f"nn/{name}" for name in LAYERS))
    for path in sorted(LIBRARY.glob(f"{pattern}.py"))
)


@pytest.fixture(scope="module")
def page() -> dict:
    """The names that the cells define, and in `glued` what they hand over to the prose."""
    glued: dict[str, object] = {}
    names: dict = {"glued": glued}
    state = torch.random.get_rng_state()
    with (
        pytest.MonkeyPatch.context() as patch,
        mpl.rc_context({"backend": "agg"}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        mpl.use("agg")
        patch.setattr(dlcore, "glue", glued.update)
        try:
            for name, cell in CELLS.items():
                skipped = name in PICTURES - NEEDED or "explorable" in name
                if cell.cell_type == "code" and not skipped:
                    exec(compile(cell.source, name, "exec"), names)
        finally:
            torch.random.set_rng_state(state)
            mpl.pyplot.close("all")
    return names


@pytest.fixture
def glued(page: dict) -> Callable[[str], float]:
    """A number that the prose shows; of a difference in points its mean."""

    def number(name: str) -> float:
        value = page["glued"][name]
        if isinstance(value, str):
            return float(value.split()[0].replace("\N{MINUS SIGN}", "-"))
        return float(value)

    return number


def half_width(text: str) -> float:
    return float(text.split("±")[1])


@pytest.mark.parametrize("label", sorted(set(re.findall(r":eq:`([\w-]+)`", CITED))))
def test_equation_of_the_library_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\$\$ \({label}\)$", ALL_PROSE, re.M)) == 1


@pytest.mark.parametrize("label", sorted(set(re.findall(r":ref:`([\w-]+)`", CITED))))
def test_section_of_the_library_is_labelled_once(label: str) -> None:
    anchors = re.findall(rf"^\({label}\)=$", ALL_PROSE, re.M)
    algorithms = re.findall(rf"^:label: {label}$", ALL_PROSE, re.M)
    assert len(anchors) + len(algorithms) == 1


def test_every_number_of_the_prose_is_handed_over() -> None:
    shown = set(re.findall(r"\{glue:text\}`(\w+)", PROSE))
    code = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "code")
    assert shown - set(re.findall(r"(\w+)=", code)) == set()


def test_every_question_has_its_solution() -> None:
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PROSE)
    assert len(questions) >= 8
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PROSE)


def test_any_labels_can_be_learned(glued: Callable[[str], float]) -> None:
    assert glued("parameters") == 64 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10
    assert glued("dice_train") > 0.99
    assert glued("dice_missed") == pytest.approx(0.9, abs=0.04)
    assert glued("base_missed") < 0.12
    assert 0.2 < glued("wrong_missed") < 0.32
    assert glued("wrong_train") < 0.04


def test_error_peaks_where_features_equal_images(page: dict, glued: Callable[[str], float]) -> None:
    errors = page["curves"]["no penalty"]
    assert page["sizes"][int(np.argmax(errors))] in (180, 200, 220)
    assert glued("peak") > 2 * glued("last")
    assert glued("last_penalty") < glued("before_peak")


def test_intervals_are_students(page: dict) -> None:
    assert pytest.approx(scipy.stats.t.ppf(0.975, 7), abs=5e-4) == page["STUDENT"]
    values = torch.tensor([[1.0, 2.0, 4.0, 3.0, 5.0, 1.0, 2.0, 6.0]])
    mean, half = page["interval"](values)
    low, high = scipy.stats.t.interval(0.95, 7, values.mean(), scipy.stats.sem(values[0]))
    assert mean.item() == pytest.approx((low + high) / 2)
    assert half.item() == pytest.approx((high - low) / 2, rel=1e-3)


def test_penalties(glued: Callable[[str], float]) -> None:
    assert glued("l2_strong_wrong") < -4
    assert glued("l2_strong_train") == pytest.approx(0.2, abs=0.05)
    assert glued("l1_zeros") > 0.7
    assert glued("l1_strong_wrong") < -1
    assert 0.4 < glued("zeros_net") < glued("zeros_l1") < 1


def test_augmentation(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("mirror_true") > 0.5
    assert glued("shifts_wrong") < -4
    assert glued("noise_wrong") < -3
    assert glued("plain_shifted") > 2 * glued("taught_shifted")
    assert glued("share_nine") > 0.8
    assert glued("share_six") < 0.05
    assert glued("faces_gain") > -0.5
    assert abs(glued("shifts_true")) < half_width(page["glued"]["shifts_true"])


def test_words_that_tell_the_module(glued: Callable[[str], float]) -> None:
    assert glued("text_count") > 300
    assert glued("matrix_share") > 0.7
    assert glued("array_share") < 0.2
    assert glued("text_synonyms") > 5
    assert abs(glued("text_deletion")) < 4


def test_sound(glued: Callable[[str], float]) -> None:
    assert glued("sound_gain") < -15
    assert glued("sound_price") > 5
    assert glued("sound_pitch") < 0
    assert abs(glued("sound_spec")) < 3


def test_early_stopping(glued: Callable[[str], float]) -> None:
    assert 20 < glued("moon_best_step") < 60
    assert glued("moon_stop") == glued("moon_best_step") + 50
    assert glued("moon_best") < 0.4
    assert glued("moon_last") > 3 * glued("moon_best")
    assert glued("moon_train") < 0.05
    assert glued("stop_wrong") < -3
    assert abs(glued("stop_true")) < 1
    assert glued("stop_step_wrong") < glued("stop_step_true")


def test_dropout(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("geometric") == pytest.approx(glued("weight_scaled"), abs=1e-6)
    assert abs(glued("arithmetic") - glued("geometric")) > 1e-3
    outputs = page["ensemble"].outputs[:, 1]
    assert len(outputs) == 1024
    assert outputs.max() - outputs.min() > 0.3
    assert glued("drop4_wrong") < -4
    assert glued("broken_drop") < glued("broken_plain") / 1.5
    assert glued("once_true") < glued("many_true")
    assert glued("once_wrong") < glued("many_wrong")
    assert glued("spread_right") < glued("spread_wrong")


def test_normalization(glued: Callable[[str], float]) -> None:
    assert glued("rates_batch") >= glued("rates_plain") + 2
    assert glued("rates_layer") <= glued("rates_plain")
    assert glued("faint_after") < glued("faint_plain") < glued("faint_before")
    assert abs(glued("batch_wrong")) < 4
    assert abs(glued("layer_wrong")) < 4


def test_smaller_guards(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("ece_smooth_true") > glued("ece_plain_true") + 0.05
    assert glued("ece_smooth_wrong") < glued("ece_plain_wrong")
    assert abs(glued("clip_true")) < 1
    assert abs(glued("clip_wrong")) < 3
    assert glued("finite_clipped") == 8 > glued("finite_plain")
    assert glued("rates_clipped") >= glued("rates_plain")
    assert glued("cutmix_wrong") < glued("mixup_wrong") < 0
    assert glued("adv_true") < 0
    assert glued("adv_wrong") < -6
    assert glued("attacked_adv") < glued("attacked_noise") < glued("attacked_plain")
    assert glued("three_true") < 0.5


def test_ablation(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("methods") == 20 == len(page["rows"])
    assert page["glued"]["best_true"] == "adversarial"
    assert page["glued"]["best_wrong"] == "together"
    assert glued("better_true") <= 4 < 9 <= glued("better_wrong")
    assert glued("worse_wrong") == 0
    assert glued("mirror_test") > 1.5
    assert glued("together_wrong") < -8
    assert glued("moved_plain") > 2 * glued("moved_shifts")
    assert glued("hit_adversarial") < glued("hit_plain") - 0.15
    assert glued("more_gain") < -2
    assert page["effects"]["adversarial", 0][2] < 0
    for mean, low, high in page["effects"].values():
        assert low <= mean <= high


def test_bootstrap_of_seeds_and_images(page: dict) -> None:
    n = page["n_test"]
    D = torch.randn(8, n, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    D = D + torch.randn(8, 1, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    mean, low, high = page["both_ways"](D)
    seeds = D.mean(1).var(unbiased=False).item() / 8
    images = D.mean(0).var(unbiased=False).item() / n
    assert mean == pytest.approx(D.mean().item())
    assert (high - low) / 3.92 == pytest.approx(math.sqrt(seeds + images), rel=0.1)


def test_clinic(glued: Callable[[str], float]) -> None:
    assert glued("clinic_error") < 0.07
    assert glued("clinic_smooth_ece") > 0.5
    assert glued("clinic_l2_ece") < 0
    assert glued("clinic_there") > 2 * glued("clinic_error")


def test_numbers_in_the_solutions() -> None:
    assert pytest.approx(0.368, abs=5e-4) == 0.998**500
    assert pytest.approx(2.4) == 3 * 2 / 2.5
    smooth = 0.9 + 0.1 / 1000
    assert smooth == pytest.approx(0.9001)
    assert math.log(smooth / 0.0001) == pytest.approx(9.105, abs=5e-4)
    entropy = -smooth * math.log(smooth) - 999 * 1e-4 * math.log(1e-4)
    assert entropy == pytest.approx(1.0148, abs=5e-4)
    for last, blocks in ((0.8, 48.5), (0.5, 40.25)):
        survival = 1 - np.arange(1, 55) / 54 * (1 - last)
        assert survival.sum() == pytest.approx(blocks)
    beta = scipy.stats.beta(0.4, 0.4)
    assert beta.cdf(0.1) + beta.sf(0.9) == pytest.approx(0.48, abs=0.005)
    assert pytest.approx(2.2) == 0.5 * 4 + 0.5 / 10 * 4
    assert math.degrees(math.atan2(1, 1) - math.atan2(1, 100)) == pytest.approx(44, abs=0.5)
    targets = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    mixed, p = 0.3 * targets[0] + 0.7 * targets[1], np.array([0.6, 0.4])
    apart = [np.sum((p - t) ** 2) for t in (mixed, *targets)]
    gap = 0.3 * apart[1] + 0.7 * apart[2] - apart[0]
    assert gap == pytest.approx(0.3 * 0.7 * np.sum((targets[0] - targets[1]) ** 2))


@pytest.mark.full
def test_the_larger_run_to_its_end(
    page: dict, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = {name: idx(array) for name, array in mnist_files().items()}
    sums = {n.removesuffix(".gz"): hashlib.sha256(b).hexdigest() for n, b in bodies.items()}
    monkeypatch.setenv("DLCORE_FULL", "1")
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    with serve(bodies) as site:
        monkeypatch.setattr(image_archives, "MNIST_URL", site.url)
        monkeypatch.setattr(image_archives, "MNIST_FILES", sums)
        exec(compile(CELLS["mnist"].source, "mnist", "exec"), page)
        assert len(site.requests) == 4
    line = r"^MNIST, dropout (0\.\d): [\d.]+% ± [\d.]+% wrong$"
    assert re.findall(line, capsys.readouterr().out, re.M) == ["0.0", "0.5"]
