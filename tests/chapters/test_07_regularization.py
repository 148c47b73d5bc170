"""What the prose of chapter 7 says in numbers, from the notebook's own cells."""

import hashlib
import math
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
import torch

import dlcore
from dlcore.data import image_archives
from tests.chapters.pages import CHAPTERS, Page
from tests.dlcore.data.test_image_archives import idx, mnist_files
from tests.loopback import serve

PAGE = Page("07_regularization")
ALL_LABELS = [label for path in CHAPTERS.glob("[0-9]*.ipynb") for label in Page(path.stem).labels()]
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
def page() -> Page:
    return PAGE.computed()


def half_width(text: str) -> float:
    return float(text.split("±")[1])


@pytest.mark.parametrize("label", sorted(set(re.findall(r":(?:eq|ref):`([\w-]+)`", CITED))))
def test_label_of_the_library_stands_on_a_page_once(label: str) -> None:
    assert ALL_LABELS.count(label) == 1


def test_every_number_of_the_prose_is_handed_over(page: Page) -> None:
    assert page.shown() - set(page.glued) == set()


def test_every_question_has_its_solution() -> None:
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 8
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_any_labels_can_be_learned(page: Page) -> None:
    assert page.number("parameters") == 64 * 64 + 64 + 64 * 64 + 64 + 64 * 10 + 10
    assert page.number("dice_train") > 0.99
    assert page.number("dice_missed") == pytest.approx(0.9, abs=0.04)
    assert page.number("base_missed") < 0.12
    assert 0.2 < page.number("wrong_missed") < 0.32
    assert page.number("wrong_train") < 0.04


def test_error_peaks_where_features_equal_images(page: Page) -> None:
    errors = page.names["curves"]["no penalty"]
    assert page.names["sizes"][int(np.argmax(errors))] in (180, 200, 220)
    assert page.number("peak") > 2 * page.number("last")
    assert page.number("last_penalty") < min(errors)


def test_intervals_are_students(page: Page) -> None:
    assert pytest.approx(scipy.stats.t.ppf(0.975, 7), abs=5e-4) == page.names["STUDENT"]
    values = torch.tensor([[1.0, 2.0, 4.0, 3.0, 5.0, 1.0, 2.0, 6.0]])
    mean, half = page.names["interval"](values)
    low, high = scipy.stats.t.interval(0.95, 7, values.mean(), scipy.stats.sem(values[0]))
    assert mean.item() == pytest.approx((low + high) / 2)
    assert half.item() == pytest.approx((high - low) / 2, rel=1e-3)


def test_penalties(page: Page) -> None:
    assert page.number("l2_strong_wrong") < -4
    assert page.number("l2_strong_train") == pytest.approx(0.2, abs=0.05)
    assert page.number("refused_wrong") > 0.75 > 0.1 > page.number("refused_true")
    assert page.number("net_wrong") < -4
    assert page.number("l1_zeros") > 0.7
    assert page.number("l1_strong_wrong") < -1
    assert 0.4 < page.number("zeros_net") < page.number("zeros_l1") < 1


def test_augmentation(page: Page) -> None:
    assert page.number("mirror_true") > 0.5
    assert page.number("shifts_wrong") < -4
    assert page.number("noise_wrong") < -3
    assert page.number("plain_shifted") > 2 * page.number("taught_shifted")
    assert page.number("share_nine") > 0.8
    assert page.number("share_six") < 0.05
    assert page.number("faces_gain") > -0.5
    assert abs(page.number("shifts_true")) < half_width(page.glued["shifts_true"])


def test_words_that_tell_the_module(page: Page) -> None:
    assert page.number("text_count") > 300
    assert page.number("matrix_share") > 0.7
    assert page.number("array_share") < 0.2
    assert page.number("text_synonyms") > 5
    assert abs(page.number("text_deletion")) < 4
    assert page.number("text_fewer") < page.number("text_synonyms") / 2


def test_sound(page: Page) -> None:
    assert page.number("sound_gain") < -15
    assert page.number("sound_price") > 5
    assert page.number("sound_pitch") < 0
    assert abs(page.number("sound_spec")) < 3
    assert page.number("spec_price") > 0
    assert page.number("sound_plain") > 0.65


def test_early_stopping(page: Page) -> None:
    assert 20 < page.number("moon_best_step") < 60
    assert page.number("moon_stop") == page.number("moon_best_step") + 50
    assert page.number("moon_best") < 0.4
    assert page.number("moon_last") > 3 * page.number("moon_best")
    assert page.number("moon_train") < 0.05
    rise = page.number("moon_last_error") / page.number("moon_best_error")
    assert 1 < rise < page.number("moon_last") / page.number("moon_best")
    assert page.number("stop_wrong") < -3
    assert abs(page.number("stop_true")) < 1
    assert page.number("stop_step_wrong") < page.number("stop_step_true")


def test_dropout(page: Page) -> None:
    assert page.number("geometric") == pytest.approx(page.number("weight_scaled"), abs=1e-6)
    assert abs(page.number("arithmetic") - page.number("geometric")) > 1e-3
    outputs = page.names["ensemble"].outputs[:, 1]
    assert len(outputs) == 1024
    assert outputs.max() - outputs.min() > 0.3
    assert page.number("drop4_wrong") < -4
    assert page.number("broken_drop") < page.number("broken_plain") / 1.5
    assert page.number("once_true") < page.number("many_true")
    assert page.number("once_wrong") < page.number("many_wrong")
    assert page.number("spread_right") < page.number("spread_wrong")


def test_normalization(page: Page) -> None:
    assert page.number("rates_batch") >= page.number("rates_plain") + 2
    assert page.number("rates_plain") < page.number("rates_layer") < page.number("rates_batch")
    assert 0 < page.number("best_plain") < 8
    assert page.number("sure_batch") >= 3
    assert page.number("faint_after") < page.number("faint_plain") < page.number("faint_before")
    assert abs(page.number("batch_wrong")) < 4
    assert abs(page.number("layer_wrong")) < 4


def test_smaller_guards(page: Page) -> None:
    assert page.number("ece_smooth_true") > page.number("ece_plain_true") + 0.05
    assert page.number("ece_smooth_wrong") < page.number("ece_plain_wrong")
    assert page.number("ece_smooth3_wrong") > page.number("ece_plain_wrong")
    assert abs(page.number("clip_true")) < 1
    assert abs(page.number("clip_wrong")) < 3
    assert page.number("finite_clipped") == 8 > page.number("finite_plain")
    assert page.number("rates_clipped") > page.number("rates_plain")
    assert page.number("cutmix_wrong") < page.number("mixup_wrong") < 0
    assert page.number("adv_true") < 0
    assert page.number("adv_wrong") < -6
    assert (
        page.number("attacked_adv") < page.number("attacked_noise") < page.number("attacked_plain")
    )
    assert page.number("three_true") < 0.5


def test_ablation(page: Page) -> None:
    assert page.number("methods") == 20 == len(page.names["rows"])
    assert page.glued["best_true"] == "adversarial"
    assert page.glued["best_wrong"] == "together"
    assert page.number("better_true") <= 4 < 9 <= page.number("better_wrong")
    assert page.number("worse_wrong") == 0
    assert page.number("mirror_test") > 1.5
    assert page.number("best_wrong_effect") < page.number("best_single_effect") < -7
    assert page.number("moved_plain") > 2 * page.number("moved_shifts")
    assert page.number("hit_adversarial") < page.number("hit_plain") - 0.15
    assert page.number("more_gain") < -2
    assert page.number("more_gain") < page.number("more_test") < 0
    assert page.number("either_way") > 10
    left = [abs(100 * page.names["effects"][name, 0][0]) for name in page.names["rows"]]
    assert sum(change < abs(page.number("more_test")) for change in left) > 10
    assert page.names["effects"]["adversarial", 0][2] < 0
    for mean, low, high in page.names["effects"].values():
        assert low <= mean <= high


def test_bootstrap_of_seeds_and_images(page: Page) -> None:
    n = page.names["n_test"]
    D = torch.randn(8, n, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    D = D + torch.randn(8, 1, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    mean, low, high = page.names["both_ways"](D)
    seeds = D.mean(1).var(unbiased=False).item() / 8
    images = D.mean(0).var(unbiased=False).item() / n
    assert mean == pytest.approx(D.mean().item())
    assert (high - low) / 3.92 == pytest.approx(math.sqrt(seeds + images), rel=0.1)


def test_clinic(page: Page) -> None:
    assert page.number("clinic_error") < 0.07
    assert page.number("clinic_smooth_ece") > 0.5
    assert page.number("clinic_l2_ece") < 0
    assert page.number("clinic_there") > 2 * page.number("clinic_error")
    assert page.number("clinic_scaled_there") < -4
    assert page.number("clinic_scaled") < 4


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
    page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = {name: idx(array) for name, array in mnist_files().items()}
    sums = {n.removesuffix(".gz"): hashlib.sha256(b).hexdigest() for n, b in bodies.items()}
    monkeypatch.setenv("DLCORE_FULL", "1")
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    with serve(bodies) as site:
        monkeypatch.setattr(image_archives, "MNIST_URL", site.url)
        monkeypatch.setattr(image_archives, "MNIST_FILES", sums)
        exec(compile(PAGE.cells["mnist"].source, "mnist", "exec"), page.names)
        assert len(site.requests) == 4
    line = r"^MNIST, dropout (0\.\d): [\d.]+% ± [\d.]+% wrong$"
    assert re.findall(line, capsys.readouterr().out, re.M) == ["0.0", "0.5"]
