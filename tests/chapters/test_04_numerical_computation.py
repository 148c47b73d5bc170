"""What the prose of chapter 4 says in numbers, from the notebook's own cells."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch

import dlcore
from dlcore import numerics
from tests.chapters.pages import Page

CHAPTERS = Path(__file__).parents[2] / "chapters"
NOTEBOOK = CHAPTERS / "04_numerical_computation.ipynb"
CELLS = {cell["id"]: cell for cell in nbformat.read(NOTEBOOK, 4).cells}
PROSE = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "markdown")
ALL_PROSE = "\n".join(
    cell.source
    for path in sorted(CHAPTERS.glob("*.ipynb"))
    for cell in nbformat.read(path, 4).cells
    if cell.cell_type == "markdown"
)
LIBRARY = Path(dlcore.__file__).parent
CITED = "\n".join(
    path.read_text("utf-8")
    for folder in ("numerics", "regularization")
    for path in sorted((LIBRARY / folder).glob("*.py"))
) + (LIBRARY / "evaluation" / "fairness.py").read_text("utf-8")


@pytest.fixture(scope="module")
def page() -> dict:
    """What the cells computed, and in `glued` what they handed over to the prose."""
    page = Page("04_numerical_computation").computed()
    return {**page.names, "glued": page.glued}


@pytest.fixture
def glued(page: dict) -> Callable[[str], float]:
    """A number that the prose shows."""

    def number(name: str) -> float:
        value = page["glued"][name]
        if isinstance(value, str):
            mantissa, _, power = value.partition(" × 10")
            digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            return float(mantissa) * 10.0 ** int(digits or 0)
        return float(value)

    return number


@pytest.mark.parametrize("label", sorted(set(re.findall(r":eq:`([\w-]+)`", CITED))))
def test_equation_of_the_library_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\$\$ \({label}\)$", ALL_PROSE, re.M)) == 1


@pytest.mark.parametrize("label", sorted(set(re.findall(r":ref:`([\w-]+)`", CITED))))
def test_section_of_the_library_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\({label}\)=$", ALL_PROSE, re.M)) == 1


def test_every_number_of_the_prose_is_handed_over() -> None:
    shown = set(re.findall(r"\{glue:text\}`(\w+)", PROSE))
    code = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "code")
    assert shown - set(re.findall(r"(\w+)=", code)) == set()


def test_every_question_has_its_solution() -> None:
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PROSE)
    assert len(questions) >= 5
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PROSE)


def test_counting_stops() -> None:
    for dtype, last in ((torch.bfloat16, 256), (torch.float16, 2048)):
        total = torch.tensor(float(last), dtype=dtype)
        assert total + 1 == total
        assert (total - 1) + 1 == total
    assert sum([0.1, 0.2]) > 0.3
    assert np.float32(0.1) + np.float32(0.2) == np.float32(0.3)
    assert torch.tensor(1.0, dtype=torch.float16) + 1e-4 == 1
    assert torch.tensor(3.1e-8).half() > 0
    assert torch.tensor(2.9e-8).half() == 0
    assert 1 + np.nextafter(2.0**-53, 1) > 1
    assert (1 + 2.0**-53) - 1 == 0


def test_random_matrices_are_rarely_positive_definite(glued: Callable[[str], float]) -> None:
    exact = (1 / 2, (2 - math.sqrt(2)) / 4)
    for n, share in enumerate(exact, 1):
        assert glued(f"bowls_{n}") == pytest.approx(share, abs=0.015)
    assert glued("bowls_3") == pytest.approx(0.025, abs=0.005)
    assert 0.001 < glued("bowls_4") < 0.005


def test_rates_of_descent(glued: Callable[[str], float]) -> None:
    def valley(p):
        return p[0] ** 2 + 100 * p[1] ** 2

    ones = torch.ones(2, dtype=torch.float64)
    flat, steep = 2 * 0.9802**947, 200 * 0.98**947
    assert math.hypot(flat, steep) == pytest.approx(1e-6, rel=0.05)
    assert glued("steps_best") == pytest.approx(947, abs=3)
    assert glued("steps_half") == pytest.approx(math.log(1e-6 / 2) / math.log(0.9901), abs=3)
    unsettled = numerics.gradient_descent(valley, ones, 0.01, max_steps=2000, tol=0)
    assert abs(unsettled.x[1].item()) == pytest.approx(1)


def test_newton_against_descent(glued: Callable[[str], float]) -> None:
    assert 15 <= glued("newton_steps") <= 25
    assert glued("newton_value") < 1e-15
    assert glued("descent_value") > 1e-5


def test_multiplier_of_the_ball_is_the_coefficient(page: dict) -> None:
    assert page["ball"].mu.item() == pytest.approx(10, rel=1e-5)


def test_penalties(page: dict) -> None:
    rho = 10.0 ** np.arange(9)
    assert page["penalized"].violations == pytest.approx(1 / (1 + rho), rel=1e-3)
    augmented = page["augmented"].violations
    assert augmented == pytest.approx((1 / 11.0) ** np.arange(1, 10), rel=1e-3)
    assert set(page["augmented"].weights) == {10.0}


def test_attack(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("clean") > 0.92
    assert glued("attacked_10") < 0.75
    assert glued("shaken_10") > 0.9
    assert page["attacked"][-1] < 0.3
    assert glued("entry_growth") > 1e12


def test_conditioning(page: dict, glued: Callable[[str], float]) -> None:
    assert page["worst"].item() == pytest.approx(199)
    assert all(f <= k for f, k in zip(page["factors"], page["kappas"], strict=True))
    vandermonde = np.vander(np.linspace(0, 1, 11), 8, increasing=True)
    assert glued("vandermonde") == pytest.approx(np.linalg.cond(vandermonde), rel=0.05)
    assert glued("gram") == pytest.approx(np.linalg.cond(vandermonde) ** 2, rel=0.05)
    assert glued("error_qr") < 1e-9
    assert glued("error_inverse") > 100 * glued("error_qr")
    assert glued("kappa_raw") > 1e6
    assert glued("kappa_standard") < 1000


def test_best_steps_of_differences(page: dict) -> None:
    steps = page["steps"].tolist()
    best = {name: steps[int(np.argmin(e))] for name, e in page["errors"].items()}
    assert 1e-10 < best["forward"] < 1e-6
    assert 1e-7 < best["central"] < 1e-3
    assert max(page["errors"]["complex step"][:20]) < 1e-15
    assert 1e-6 < np.partition(page["single"], 2)[2] < 1e-4


def test_wrong_gradients_are_found(page: dict) -> None:
    f, p = page["product"], torch.tensor([0.7, -1.3, 2.0], dtype=torch.float64)
    exact = torch.func.grad(f)(p)
    signs = torch.tensor([1.0, -1.0, 1.0])
    checks = [numerics.gradient_check(f, p, g) for g in (exact, exact * signs, exact / 2)]
    assert [bool(check) for check in checks] == [True, False, False]
    assert [check.worst for check in checks[1:]] == [(1,), (2,)]


def test_loss_scaling(glued: Callable[[str], float]) -> None:
    assert glued("lost_0") == pytest.approx(0.373, abs=0.005)
    assert glued("lost_10") == pytest.approx(0.122, abs=0.005)
    assert glued("lost_16") == 0
    assert glued("burst_20") == pytest.approx(0.1, abs=0.005)


def test_mixed_precision(glued: Callable[[str], float]) -> None:
    assert glued("final_fp16") > 2
    for name in ("final_scaled", "final_bf16"):
        assert glued(name) == pytest.approx(glued("final_fp32"), abs=0.05)
    assert glued("final_short") > glued("final_fp32") + 0.2
    assert glued("skipped") >= 1


def test_quantized_classifier(glued: Callable[[str], float]) -> None:
    assert abs(glued("kept_8") - glued("clean")) < 0.01
    assert abs(glued("kept_4") - glued("clean")) < 0.03


def test_equal_rates_and_their_price(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("gap_free") == pytest.approx(0.1655, abs=1e-3)
    assert glued("gap_fair") < 0.03
    assert glued("worst_residual") < 1e-5
    middle = (np.array(page["prices"][1:]) + page["prices"][:-1]) / 2
    assert page["slope"].numpy() == pytest.approx(middle, rel=0.05)
    assert glued("n_test") == 177
    assert 0 < glued("gap_free_test") < glued("spread") < glued("gap_fair_test")
    assert glued("base_young") == pytest.approx(0.425, abs=1e-3)
    assert glued("base_old") == pytest.approx(0.545, abs=1e-3)


def test_numbers_in_the_solutions() -> None:
    assert np.linalg.cond([[1, 0.5], [0.5, 1]]) == pytest.approx(3)
    assert np.linalg.cond([[1, 1], [0, 1]]) == pytest.approx(2.618, abs=5e-4)
    nearly = np.array([[1, 1], [1, 1.0001]])
    assert np.linalg.cond(nearly) == pytest.approx(40_002, abs=0.5)
    assert np.linalg.solve(nearly, [2, 2.0002]) == pytest.approx([0, 2], abs=1e-9)
    amplification = 1 / (1e-4 / np.linalg.norm([2, 2.0001]))
    assert amplification == pytest.approx(28_285, abs=1)
    assert np.linalg.eigvalsh([[3, 1], [1, 3]]) == pytest.approx([2, 4])
    assert np.linalg.eigvalsh([[2, 3], [3, 2]]) == pytest.approx([-1, 5])
    assert pytest.approx(3.01) == (1.331 - 0.729) / 0.2
    four_bits = numerics.FloatFormat(exponent_bits=2, mantissa_bits=1)
    assert numerics.float_info(four_bits).max == 3
    assert numerics.float_info(four_bits).smallest_subnormal == 0.5
    box = numerics.projected_gradient_descent(
        lambda p: p[0] ** 2 + 100 * p[1] ** 2,
        torch.tensor([0.5, 0.5], dtype=torch.float64),
        lambda p: numerics.project_box(p, -1.0, 1.0),
        0.02,
        max_steps=1,
        tol=0,
    )
    assert box.values.tolist() == pytest.approx([25.25, 100.2304])
