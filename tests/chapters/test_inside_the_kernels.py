"""What the appendix on kernels says in numbers, computed again without `dlcore.kernels`."""

import itertools
import math
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F

import dlcore
from book.questions import parsed
from tests.chapters.pages import Page

PAGE = Page("A_inside_the_kernels")
LIBRARY = Path(dlcore.__file__).parent / "kernels"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Triton is published for Linux")


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """What the page hands to its prose."""
    return PAGE.computed().glued


@pytest.fixture(scope="module")
def names(page) -> Mapping[str, Any]:
    """What names of the page stand for."""
    return PAGE.names


@pytest.fixture(scope="module")
def glued(page) -> Callable[[str], float]:
    """A number that the prose shows."""

    def number(name: str) -> float:
        value = page[name]
        if isinstance(value, str):
            mantissa, _, power = value.replace("\N{NO-BREAK SPACE}", "").partition("×10")
            digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            return float(mantissa.replace(",", "")) * 10.0 ** int(digits or 0)
        return float(value)

    return number


def test_labels_that_docstrings_cite_are_defined_once():
    sources = "\n".join(path.read_text("utf-8") for path in LIBRARY.glob("*.py"))
    cited = set(re.findall(r":(?:eq|ref):`([\w-]+)`", sources))
    labels = PAGE.labels()
    assert cited
    assert cited - set(labels) == set()
    assert len(labels) == len(set(labels))


def test_every_number_of_the_prose_is_handed_over_and_shown(page):
    assert PAGE.shown() - set(page) == set()
    assert len(PAGE.shown()) >= 30


def test_every_exercise_has_its_solution():
    asked = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PAGE.prose)
    assert asked == re.findall(r"\{solution\} ([\w-]+)", PAGE.prose)
    assert len(asked) >= 4


def online(m: float, s: float, block: list[float]) -> float:
    """The denominator after a block, from its definition."""
    return s * math.exp(m - max(m, *block)) + sum(math.exp(x - max(m, *block)) for x in block)


@pytest.mark.parametrize(
    ("label", "right"),
    [
        ("chk-kernel-online", online(2, 5, [3, 1])),
        ("chk-kernel-tile", 2 * 128 * 256 / (2 * (128 + 256))),
        ("chk-kernel-intensity", 2 / 12),
    ],
)
def test_the_right_number_is_right(label, right):
    opening = rf"```\{{number-question\}} {label}\n(?::.*\n)*\n"
    source = re.split(opening, PAGE.prose)[1].partition("```")[0]
    told = next(answer for answer in parsed(source, "number").answers if answer.right)
    assert told.covers(right)


def test_published_figures_and_what_follows(glued):
    assert glued("balance_tensor") == pytest.approx(989 / 4.8)
    assert glued("balance_plain") == pytest.approx(67 / 4.8)
    gigabyte = 8192 * 32768 * 2 / 1e9
    assert glued("softmax_moving") == pytest.approx(2 * gigabyte / 4800 * 1e3)
    assert glued("softmax_eager") == pytest.approx(4 * glued("softmax_moving"))
    assert glued("softmax_computing") == pytest.approx(2.5 * gigabyte / 67e3 * 1e3)
    assert glued("softmax_ratio") > 10
    assert glued("softmax_exponentials") == pytest.approx(0.0688, abs=1e-4)
    assert glued("softmax_exponentials") < glued("softmax_moving") / 3
    assert glued("softmax_exponentials") + glued("softmax_computing") < glued("softmax_moving") / 2
    assert glued("exponentials_fetched") == pytest.approx(2.4)
    computed = glued("entry_product") + glued("entry_exponential")
    assert computed == pytest.approx(256 / 989 + 1 / 3.9)
    assert computed < glued("entry_moved") == pytest.approx(4 / 4.8)
    assert glued("tile_needed") == 413  # sides at which b/2 exceeds the balance
    assert pytest.approx(170_000, rel=0.01) == glued("tile_needed") ** 2


def test_intensities(names, glued):
    n, d = 8192, 4096
    assert names["intensity"]["softmax"] == 5 / 4
    assert names["intensity"]["attention"] == pytest.approx(16384 / 2)
    product = 2 * n * d * d / (2 * (n * d + d * d + n * d))
    assert glued("intensity_matmul") == pytest.approx(product)
    below = [I for I in names["intensity"].values() if I < 67 / 4.8]
    assert glued("kernels_bound") == len(below)
    assert glued("kernels_all") - len(below) == 3


def test_bytes_of_bias_and_gelu(glued):
    assert glued("gelu_read") == 8
    assert glued("gelu_written") == 4
    assert glued("gelu_programs") == -(-37 * 53 // 512)
    assert glued("gelu_error") < 1e-6


def test_softmax_moves_less_from_step_to_step(names):
    moved = names["softmax_traffic"]
    row_numbers = 1 / 1000  # one number a row, in units of the matrix
    assert moved["four kernels"] == pytest.approx((4 + 2 * row_numbers, 2 + 2 * row_numbers))
    assert moved["three passes"] == (3, 1)
    assert moved["online, two passes"] == (2, 1)
    assert moved["whole row"] == moved["dlcore"] == (1, 1)
    assert max(names["softmax_error"].values()) < 1e-7


def test_error_model_sees_what_the_interpreter_does_to_bfloat16(page, names):
    ours, theirs = names["errors"][torch.float16]
    assert ours <= 2 * theirs
    ours, theirs = names["errors"][torch.bfloat16]
    assert ours > 2 * theirs
    assert page["is_cut"] == "True"


def test_walk_ends_at_logsumexp(names, glued):
    row, history = names["row"], names["history"]
    m, s, _ = history[-1]
    assert m == row.max().item()
    assert m + math.log(s) == pytest.approx(row.double().logsumexp(0).item(), abs=1e-6)
    blocks = row.view(8, 3).amax(-1)
    rises = sum(bool(blocks[i] > blocks[:i].max()) for i in range(1, 8))
    assert glued("walk_corrections") == rises
    assert glued("walk_after") < glued("walk_before") / 2


def test_first_block_of_minus_infinity(page, glued):
    assert page["trap_naive"] == "nan"
    assert glued("trap_guarded") == pytest.approx(1 + math.exp(-1))
    assert page["without_shift"] == "nan"


def test_normalization(glued):
    assert glued("norm_error") < 3e-6
    assert 2 < glued("padding_error") < 4  # mean 2: four times 212 places of 300
    assert glued("backward_error") < 1e-13
    assert glued("library_error") < 5e-6


def test_short_variance_loses_its_digits(names, glued):
    short, centred = names["variance_error"].values()
    assert all(late > early for early, late in itertools.pairwise(short))
    assert glued("variance_one") > 1e-2
    assert glued("variance_two") < 1e-6
    assert 0 < glued("variance_negative") < 64
    assert max(centred) < 1e-4
    assert glued("short_error") > 1e4 * glued("merge_error")


def test_sums_in_low_precision(names, glued):
    assert glued("stops_at") == 256
    assert glued("half_stops") == 2048
    total = names["terms"].double().sum(-1)
    low = names["running"][torch.bfloat16][:, -1]
    assert glued("error_bfloat16_sum") == pytest.approx((1 - low / total).median().item())
    assert glued("error_pairwise") < glued("error_sequential") / 5


def test_cross_entropy(glued):
    assert glued("logits_gib") == 8192 * 131072 * 2 / 2**30
    assert glued("kept_fused") == 8192 * 4 / 1024
    assert 1 < glued("entropy_read") < 1.01
    assert glued("entropy_error") < 1e-6
    assert glued("fused_error") < 1e-13
    rows = glued("rows_even")
    assert rows * 131072 * 2 * 2 == 8192 * 4096 * 2
    assert glued("saved_times") * rows == 8192


def test_tiles_halve_the_traffic(names, glued):
    for tile, read in names["tile_traffic"].items():
        assert read == 4 * 2 * 64**3 / tile
    assert glued("traffic_16") == 4 * glued("traffic_64")
    assert glued("product_error") < 1e-5


def tile_order(rows: int, columns: int, group: int) -> list[tuple[int, int]]:
    """Tiles down the columns of one group of rows after the other, written as loops."""
    return [
        (i, j)
        for first in range(0, rows, group)
        for j in range(columns)
        for i in range(first, min(first + group, rows))
    ]


def misses(group: int, side: int, depth: int, together: int, room: int) -> int:
    """Pieces fetched, with a cache that is a list ordered by last use."""
    rows, cache, count = side // 128, [], 0
    order = tile_order(rows, rows, group)
    for first in range(0, len(order), together):
        wave = order[first : first + together]
        for step in range(side // depth):
            pieces = [("A", i, step) for i in sorted({i for i, _ in wave})]
            pieces += [("B", j, step) for j in sorted({j for _, j in wave})]
            for piece in pieces:
                count += piece not in cache
                cache = [p for p in cache if p != piece] + [piece]
                cache = cache[-room:]
    return count


def test_order_of_tiles(names):
    tiles = [names["tile_of"](program, 5, 3, 2) for program in range(15)]
    assert tiles == tile_order(5, 3, 2)


@pytest.mark.parametrize("group", [1, 2, 3])
def test_simulated_cache(names, group, monkeypatch):
    through_l2, piece, room = names["through_l2"], 2 * 128 * 128, 6
    monkeypatch.setitem(through_l2.__globals__, "L2", room * piece)
    moved = through_l2(group, side=512, depth=128, together=5)
    assert moved == misses(group, 512, 128, 5, room) * piece


def test_traffic_through_l2(names, glued):
    large = names["l2_bytes"]
    assert glued("l2_best") == min(large.values()) / 1e9
    assert glued("l2_row_major") > 2 * glued("l2_best")
    assert glued("l2_asked") == pytest.approx(64 * 64 * 128 * 2 * (2 * 128 * 64) / 1e9)
    assert glued("l2_best") > 2 * 2 * 8192**2 / 1e9  # both matrices once
    assert glued("l2_intensity_best") == pytest.approx(2 * 8192**3 / min(large.values()))


def test_convolution_and_neighbours(glued):
    assert glued("convolution_error") < 1e-12
    assert glued("windows_times") == 9
    assert glued("nearest_centred") == 200
    assert glued("nearest_plain") < 190
    assert glued("nearest_error") > 1
    assert glued("nearest_centred_error") < 1e-4


def test_attention(glued):
    assert glued("flash_error") < 1e-6
    assert glued("flash_counted") == glued("flash_formula") == 4 * (100 * 16 + 4 * 2 * 100 * 16)
    T, d = 16384, 128
    assert glued("stored_mb") == pytest.approx((8 * T * d + 8 * T * T) / 1e6)
    assert glued("flash_mb") == pytest.approx(2 * (2 * T * d + T / 128 * 2 * T * d) / 1e6)
    assert glued("flash_mb") / glued("stored_mb") == pytest.approx(0.5, abs=0.01)
    assert glued("keys_mb") < 50 < glued("matrix_mb")
    assert glued("attention_backward_error") < 1e-13


def test_packed_sequences(names, glued):
    lengths = names["lengths_packed"].tolist()
    needed = sum(t * t for t in lengths)
    assert glued("padded_share") == pytest.approx(1 - needed / (len(lengths) * max(lengths) ** 2))
    assert glued("packed_share") == pytest.approx(needed / sum(lengths) ** 2)
    assert glued("packed_error") < 1e-12


def test_sums_depend_on_their_order(page, names, glued):
    assert glued("different") == len(set(names["totals"].tolist())) > 50
    one = torch.tensor(0.0)
    for at in names["orders"][7]:
        one = one + names["values"][at]
    assert one == names["totals"][7]
    assert page["same_bits"] == "True"


def test_philox_gives_the_words_of_its_authors(page, glued):
    # kat_vectors of Random123, philox4x32 10, counter and key zero
    assert page["first_words"] == "6627e8d5 e169c58d bc57ac4c 9b00dbd8"
    assert page["philox_agrees"] == page["masks_same"] == "True"
    assert glued("settled") == 5
    assert glued("dropped") == pytest.approx(0.25, abs=0.03)
    assert glued("mask_gib") == 32 * 8192 * 4096 / 2**30


def test_scan(names, glued):
    state, states = 0.0, []
    for a, b in zip(names["a"].tolist(), names["b"].tolist(), strict=True):
        state = a * state + b
        states.append(state)
    torch.testing.assert_close(names["h"].double(), torch.tensor(states).double())
    assert glued("scan_error") < 1e-6
    assert glued("doubling_error") < 1e-13
    assert 2 ** glued("scan_rounds") == 64
    assert glued("scan_long") == 16


def test_launches_of_an_optimizer(names, glued):
    assert set(names["step_calls"]["fused"]) == {"_fused_adamw_", "add_"}  # steps are counted
    assert glued("calls_fused") == 1
    assert glued("calls_apart") == 40 * glued("calls_each")
    assert glued("calls_each") == 9


def test_gradient_of_a_row_is_orthogonal_to_shift_and_stretch():
    """Equation eq-kernel-layer-norm-backward in words."""
    x = torch.randn(3, 11, dtype=torch.float64, requires_grad=True)
    (F.layer_norm(x, [11], eps=0.0) * torch.randn(3, 11).double()).sum().backward()
    assert x.grad is not None
    assert x.grad.sum(-1).abs().max() < 1e-12
    centred = x - x.mean(-1, keepdim=True)
    assert (x.grad * centred).sum(-1).abs().max() < 1e-12
