"""What the prose of chapter 9 says in numbers, from the notebook's own cells."""

import hashlib
import math
import re
from pathlib import Path

import pytest
import scipy.stats
import torch
from torch.nn import functional as F

import dlcore
from dlcore import evaluation, nn
from dlcore.data import image_archives
from tests.chapters.pages import CHAPTERS, Page
from tests.dlcore.data.test_image_archives import cifar_batches, cifar_file, idx, mnist_files
from tests.loopback import serve

PAGE = Page("09_convolutional_networks")
OTHERS = [
    Page(path.stem) for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")) if path.stem[:2] != "09"
]
ELSEWHERE = {label for other in OTHERS for label in other.labels()}
LIBRARY = Path(dlcore.__file__).parent
ROOMS = ["models/[a-r]*", "models/[uv]*", "nn/*conv*", "nn/*pool*", "nn/vision_losses"]
ROOMS += ["nn/anti_aliasing", "nn/equivariance", "nn/im*", "nn/layer_counts", "nn/local_response"]
ROOMS += ["nn/padding", "nn/receptive_field", "nn/separable", "nn/signals", "nn/transposed"]
ROOMS += ["nn/upsampling", "evaluation/segmentation", "training/transfer"]
CITED = "\n".join(
    path.read_text("utf-8") for room in ROOMS for path in sorted(LIBRARY.glob(f"{room}.py"))
)
OWN = sorted(set(re.findall(r":(?:eq|ref):`([\w-]+)`", CITED)) - ELSEWHERE)


@pytest.fixture(scope="module")
def page() -> Page:
    return PAGE.computed()


@pytest.mark.parametrize("label", OWN)
def test_label_of_the_library_stands_on_the_page_once(label: str) -> None:
    assert PAGE.labels().count(label) == 1


def test_labels_are_not_those_of_other_chapters() -> None:
    assert len(PAGE.labels()) > 70
    assert set(PAGE.labels()) & ELSEWHERE == set()


def test_every_number_of_the_prose_is_handed_over(page: Page) -> None:
    assert page.shown() - set(page.glued) == set()
    assert len(page.shown()) > 90


def test_every_question_has_its_solution() -> None:
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert len(questions) >= 9
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)


def test_the_lead_is_the_neighbourhood(page: Page) -> None:
    plain, shuffled = (
        [page.number(f"opening_{kind}_{how}") for kind in ("dense", "convolutional")]
        for how in ("as", "shuffled")
    )
    assert 2 * (1 - plain[1]) < 1 - plain[0]
    assert abs(shuffled[0] - shuffled[1]) < 0.025
    assert abs(plain[0] - shuffled[0]) < 0.02
    assert page.number("parameters_dense") == 64 * 112 + 112 + 112 * 64 + 64 + 640 + 10 + 2 * 176
    assert page.number("parameters_convolutional") == 160 + 4640 + 9248 + 330 + 2 * 80


def test_shifted_digits(page: Page) -> None:
    assert page.number("shifted_convolutional") > page.number("shifted_dense") + 0.3
    assert page.number("shifted_twice_dense") < 0.25
    assert 0.6 < page.number("shifted_twice_convolutional") < 0.95


def test_counts_of_the_matrix_and_the_heads(page: Page) -> None:
    assert page.number("T_cells") == 36 * 64
    assert page.number("T_nonzero") == 36 * 9
    assert page.number("T_different") == 9
    assert page.number("dense_weights") == 201_326_592
    assert page.number("conv_parameters") == 1_792
    assert page.number("vgg_dense") == 123_642_856
    assert page.number("gap_head") == 513_000
    assert page.number("lenet_original") == 60_000


def test_influence_is_a_bell(page: Page) -> None:
    assert page.number("effective_means") == pytest.approx(math.sqrt(10), abs=1e-3)
    assert 3 < page.number("effective_random") < 6
    steps = scipy.stats.multinomial(15, [1 / 3] * 3)
    inner = sum(
        steps.pmf([a, 15 - a - b, b]) for a in range(16) for b in range(16 - a) if abs(a - b) <= 6
    )
    assert page.number("effective_rim") == pytest.approx(1 - inner, abs=1e-4)


def test_blur_makes_steady(page: Page) -> None:
    drift = [page.number(f"drift_{kind}") for kind in ("stride", "max", "average", "blur")]
    assert drift == sorted(drift, reverse=True)
    assert drift[0] > 5 * drift[3]
    for values in page.names["drift"].values():
        assert max(values[0], values[4], values[8]) < 1e-5 < min(values[1], values[3])


def test_lenet_reads_print(page: Page) -> None:
    assert page.number("lenet_accuracy") > 0.85
    assert page.number("lenet_train_images") == 13 * 10 * 10
    assert page.number("lenet_test_images") == 4 * 10 * 10


def test_the_inception_module(page: Page) -> None:
    assert page.number("inception_reduced") == 163_328
    assert page.number("inception_naive") == 387_072
    assert page.number("inception_module") == 163_696
    assert page.number("inception_out") == 256
    assert page.number("googlenet_parameters") < 138.36 / 15


def test_gradients_of_deep_towers(page: Page) -> None:
    assert page.number("ratio_plain") > 10
    assert page.number("ratio_bn") > 100
    assert page.number("ratio_residual_bn") < page.number("ratio_bn") / 10
    assert 0.1 < page.number("ratio_residual") < 10
    arrives = page.names["gradients"]["plain, He"]
    assert 1 < arrives[0] / arrives[-1] < 50


def test_plain_networks_get_worse_with_depth(page: Page) -> None:
    assert page.number("loss_plain_32") > 5 * page.number("loss_plain_8")
    assert page.number("loss_residual_32") < 2 * page.number("loss_residual_8")


def test_blocks_and_counts(page: Page) -> None:
    assert page.number("basic_weights") == 1_179_648
    assert page.number("bottleneck_weights") == 69_632
    counts = page.names["counts"]
    assert counts["ResNet-50"][1:] == (25_557_032, pytest.approx(4.09e9, rel=1e-2))
    assert counts["MobileNet"][1:] == (4_231_976, pytest.approx(568.7e6, rel=1e-3))
    (_, large, slow), (_, old, fast) = counts["ResNet-152"], counts["AlexNet"]
    assert large / old == pytest.approx(1, abs=0.02)
    assert slow / fast == pytest.approx(16, rel=0.02)


def test_search(page: Page) -> None:
    assert page.number("search_space") == 12 > page.number("search_within") > 5
    best, median = page.number("search_best"), page.number("search_median")
    for name in ("random", "evolution"):
        assert median - 0.05 < page.number(f"search_{name}") <= best
    assert max(page.names["cost"][a] for a in page.names["scored"]) <= 4000


def test_miniatures_have_learned(page: Page) -> None:
    for name in ("vgg", "inception", "resnet", "densenet"):
        assert page.number(f"zoo_{name}_accuracy") > 0.8
    assert page.number("zoo_mobilenet_accuracy") > 0.5


def test_the_miniatures_that_work_least_read_least(page: Page) -> None:
    by_work = sorted(page.names["zoo_results"].items(), key=lambda item: item[1][1])
    least, most = by_work[:2], by_work[2:]
    assert {name for name, _ in least} == {"VGG", "MobileNet"}
    assert max(right for _, (_, _, right) in least) < min(right for _, (_, _, right) in most)
    assert pytest.approx(0.018, abs=2e-3) == 1.96 * math.sqrt(0.97 * 0.03 / 359)
    assert pytest.approx(0.037, abs=2e-3) == 1.96 * math.sqrt(0.85 * 0.15 / 359)


def test_detector(page: Page) -> None:
    assert page.number("detector_recall") > 0.75
    assert page.number("detector_false") < 0.4
    assert 0.6 < page.number("detector_iou") < 0.95
    held_out = page.names["held_out"]
    objects = sum(map(len, held_out.labels))
    missed = page.number("detector_missed")
    assert missed / objects == pytest.approx(1 - page.number("detector_recall"))
    assert 0 < page.number("detector_misnamed") < missed
    for boxes in held_out.boxes:
        cells = (boxes[:, :2] + boxes[:, 2:]) // 16
        assert len(cells.unique(dim=0)) == len(cells)


def test_bridges_carry_the_outline(page: Page) -> None:
    assert page.number("unet_miou") > page.number("unet_plain") + 0.02
    assert page.number("unet_pixels") > page.number("unet_background")
    assert page.number("unet_background") == pytest.approx(0.87, abs=0.05)


def test_a_mark_in_the_corner(page: Page) -> None:
    assert page.number("misled_like_train") > 0.85
    assert page.number("threes_unmarked") < 0.3 < 0.8 < page.number("threes_honest")
    assert page.number("others_marked") > 0.4
    corner = torch.zeros(28, 28)
    corner[18:, 18:] = 1
    share = page.names["corner_share"]
    assert share(corner) == 1
    assert share(torch.ones(28, 28)) == pytest.approx(1 / 8, abs=0.005)
    for method in ("saliency", "occlusion"):
        misled, honest = (page.number(f"corner_{net}_{method}") for net in ("misled", "honest"))
        assert misled > honest + 0.15
    assert page.number("corner_misled_grad") < page.number("corner_misled_occlusion")


def test_transfer(page: Page) -> None:
    assert page.number("transfer_frozen") < page.number("transfer_scratch") - 10
    assert page.number("transfer_fine") > page.number("transfer_scratch") - 8
    assert page.number("transfer_patient") > page.number("transfer_scratch") + 3
    assert pytest.approx(scipy.stats.t.ppf(0.975, 4), abs=5e-4) == 2.776


def test_patches_and_pictures(page: Page) -> None:
    assert page.number("face_sensitivity") >= 0.85
    assert page.number("face_specificity") >= 0.85
    assert page.number("face_alarm_rate") > 0.1
    assert page.number("wiser_alarm_rate") < page.number("face_alarm_rate") / 10
    assert page.number("wiser_alarms") > 0
    assert page.number("astronaut_after") > 0.5
    alarms, finder = page.names["alarms"], page.names["finder"]
    for name in ("cat", "retina", "brick"):
        looked, false = alarms(finder, [name])
        assert false > 0.2 * looked


def test_filters_hardly_turn(page: Page) -> None:
    assert page.number("filters_correlation") > 0.7


def test_windows_of_a_photograph_are_its_patches(page: Page) -> None:
    search, net = page.names["search"], page.names["finder"]
    _, image, scores = next(iter(search(net, page.names["photographs"]["cat"])))
    patches = F.unfold(image, 25, stride=4)[0].T.view(-1, 1, 25, 25)
    with torch.no_grad():
        alone = net(patches).flatten(1).softmax(1)[:, 1]
    torch.testing.assert_close(scores.flatten(), alone, atol=1e-5, rtol=1e-4)


def test_numbers_in_the_solutions() -> None:
    assert 128 * (64 * 9 + 1) == 73_856
    assert 1 + 2 * (1 + 2 + 4 + 8) == 31
    assert pytest.approx(0.0039 + 0.1111, abs=1e-4) == 67_840 / (9 * 256**2)
    assert pytest.approx(0.966, abs=1e-3) == 65_536 / 67_840
    widths = [(16, 32), (32, 64), (64, 128), (128, 128), (128, 128)]
    assert sum(a * b for a, b in widths) == pytest.approx(44_000, rel=0.02)
    assert pytest.approx(1.8e6, rel=0.02) == 64**2 * 27 * 16
    blocks = list(zip(widths, (32, 16, 8, 8, 8), strict=True))
    work = sum(n * n * (9 * a + a * b) for (a, b), n in blocks)
    wide_work = sum(n * n * (18 * a + 4 * a * b) for (a, b), n in blocks)
    assert work == pytest.approx(4e6, rel=0.05)
    assert 3.7 < wide_work / work < 4
    for times, total in ((1, 50_000), (2, 190_000)):
        whole = sum(times * a * (9 + 2 + times * b) + 2 * times * b for a, b in widths)
        whole += times * (27 * 16 + 2 * 16) + 5 * (times * 128 + 1)
        assert whole == pytest.approx(total, rel=0.02)
    strides = [2, 2, 2, 2, 1, 1]
    jumps = [math.prod(strides[:k]) for k in range(6)]
    assert 1 + 2 * sum(jumps) == 95
    n, sizes = 224, []
    for k, s, p in ((7, 2, 3), (3, 2, 0), (3, 1, 1)):
        n = (n + 2 * p - k) // s + 1
        sizes.append(n)
    assert sizes == [112, 55, 55]


def test_questions_about_boxes() -> None:
    shifted = torch.tensor([[5.0, 0, 15, 10]])
    square = torch.tensor([[0.0, 0, 10, 10]])
    assert 1 - nn.iou_loss(square, shifted).item() == pytest.approx(1 / 3)
    assert evaluation.mean_iou(torch.tensor([0, 1]), torch.tensor([0, 1])) == 1


@pytest.mark.full
def test_the_larger_sets_to_their_end(
    page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bodies = {name: idx(array) for name, array in mnist_files().items()}
    sums = {n.removesuffix(".gz"): hashlib.sha256(b).hexdigest() for n, b in bodies.items()}
    archive = cifar_file(cifar_batches(12)[0])
    monkeypatch.setenv("DLCORE_FULL", "1")
    monkeypatch.setenv("DLCORE_DATA", str(tmp_path))
    monkeypatch.setenv("no_proxy", "*")
    with serve({**bodies, "cifar.tar.gz": archive}) as site:
        monkeypatch.setattr(image_archives, "MNIST_URL", site.url)
        monkeypatch.setattr(image_archives, "MNIST_FILES", sums)
        monkeypatch.setattr(image_archives, "CIFAR_URL", f"{site.url}cifar.tar.gz")
        monkeypatch.setattr(image_archives, "CIFAR_SHA256", hashlib.sha256(archive).hexdigest())
        exec(compile(PAGE.cells["larger"].source, "larger", "exec"), page.names)
    line = r"^(MNIST|CIFAR-10): [\d.]+% right$"
    assert re.findall(line, capsys.readouterr().out, re.M) == ["MNIST", "CIFAR-10"]
