"""What the prose of chapter 2 says in numbers, from the notebook's own cells."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from scipy.linalg import hilbert
from scipy.sparse import csr_array

from book.questions import Answer, parsed
from dlcore.linalg import IllConditionedWarning, solve
from tests.chapters.pages import Page, taught_by

NOTEBOOK = Path(__file__).parents[2] / "chapters" / "02_linear_algebra.ipynb"
CELLS = {cell["id"]: cell for cell in nbformat.read(NOTEBOOK, 4).cells}
PROSE = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "markdown")
EPS = torch.finfo(torch.float64).eps

CITED = taught_by(2, "linalg")


@pytest.fixture(scope="module")
def page() -> dict:
    """What the cells computed, and in `glued` what they handed over to the prose."""
    page = Page("02_linear_algebra").computed()
    return {**page.names, "glued": page.glued}


@pytest.fixture
def glued(page: dict) -> Callable[[str], float]:
    """A number that the prose shows."""

    def number(name: str) -> float:
        value = page["glued"][name]
        if isinstance(value, str):
            mantissa, _, power = value.replace(",", "").partition(" × 10")
            digits = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            return float(mantissa) * 10.0 ** int(digits or 0)
        return float(value)

    return number


@pytest.mark.parametrize("label", sorted(set(re.findall(r":eq:`([\w-]+)`", CITED))))
def test_equation_of_the_library_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\$\$ \({label}\)$", PROSE, re.M)) == 1


@pytest.mark.parametrize("label", sorted(set(re.findall(r":ref:`([\w-]+)`", CITED))))
def test_section_of_the_library_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\({label}\)=$", PROSE, re.M)) == 1


def test_every_number_of_the_prose_is_handed_over() -> None:
    shown = set(re.findall(r"\{glue:text\}`(\w+)", PROSE))
    code = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "code")
    assert shown - set(re.findall(r"(\w+)=", code)) == set()


def test_every_question_has_its_solution() -> None:
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PROSE)
    assert len(questions) + len(re.findall(r"-question\} chk-", PROSE)) >= 18
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PROSE)


def right_answer(kind: str, label: str) -> Answer:
    """The right one of a question of the page."""
    opening = rf"```\{{{kind}-question\}} {label}\n(?::.*\n)*\n"
    source = re.split(opening, PROSE)[1].partition("```")[0]
    return next(answer for answer in parsed(source, kind).answers if answer.right)


@pytest.mark.parametrize(
    ("label", "right"),
    [
        ("chk-norm-of-many", np.linalg.norm([3, -4, 0, *[0.1] * 100], 1)),
        ("chk-angle", math.degrees(math.acos(8 / math.sqrt(294)))),
        ("chk-rank", np.linalg.matrix_rank([[1, 2, 3], [2, 4, 6], [1, 1, 2]])),
        ("chk-determinant", np.linalg.det([[2, 1, 0], [1, 3, 2], [0, 1, 1]])),
        ("chk-solve-by-inverse", np.linalg.solve([[2, 1], [1, -3]], [5, -1])[0]),
        ("chk-condition-by-hand", np.linalg.cond([[1, 2], [0.5, -1]])),
        ("chk-rank-that-pays", max(k for k in range(257) if k * (784 + 256) < 784 * 256)),
        ("chk-steps-of-cg", math.ceil(math.log(2e6) / math.log(101 / 99))),
    ],
)
def test_the_right_number_is_right(label: str, right: float) -> None:
    told = right_answer("number", label)
    assert told.value == pytest.approx(right, abs=told.tolerance + 1e-9)


def matrix(rows: list[list[int]]) -> str:
    """A small matrix as the page writes it."""
    inside = r"\\".join("&".join(map(str, row)) for row in rows)
    return rf"$\begin{{bmatrix}}{inside}\end{{bmatrix}}$"


A, B = np.array([[2, 1], [0, 3]]), np.array([[1, 2], [3, 1]])
C, CSR = np.array([[1, 2], [3, 4]]), csr_array([[5, 0, 2], [0, 0, 0], [0, 3, 0]])


@pytest.mark.parametrize(
    ("label", "right"),
    [
        ("chk-matrix-product", matrix((A @ B).tolist())),
        ("chk-linear-combination", matrix((2 * C + 3 * A).tolist())),
        ("chk-cross-product", "$({},{},{})$".format(*np.cross([1, 0, 2], [3, 1, 1]))),
        ("chk-eigenvalues", "5 and 2"),
        ("chk-compressed-rows", ", ".join(map(str, CSR.indptr))),
    ],
)
def test_the_right_choice_is_right(label: str, right: str) -> None:
    assert right_answer("choice", label).text == right


def test_photograph(page: dict, glued: Callable[[str], float]) -> None:
    assert page["stored"] == [262_144, 5_125, 20_500, 51_250]
    assert glued("photo_share") == pytest.approx(0.1955, abs=1e-4)
    assert glued("photo_error") == pytest.approx(0.0636, abs=1e-3)
    predicted = np.sqrt((np.linalg.svd(page["photo"].numpy())[1][50:] ** 2).sum())
    assert glued("photo_error") == pytest.approx(predicted / page["photo"].norm().item())


def test_neighbours_by_cosine_are_fours(glued: Callable[[str], float]) -> None:
    assert glued("near_fours") == 7
    assert glued("n_digits") == 1078


def test_rank_of_the_digits(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("digit_rank") == np.linalg.matrix_rank(page["pixels"].numpy()) == 61
    assert glued("silent_pixels") == 3


def test_conditioning(page: dict, glued: Callable[[str], float]) -> None:
    reference = [np.linalg.cond(hilbert(n)) for n in range(2, 9)]
    assert_allclose(page["conditions"][:7], reference, rtol=1e-4)
    assert 1e16 < glued("hilbert_cond") < 1e19
    assert max(page["residual"]["solve"]) < 10 * EPS
    assert glued("inverse_residual") > 1e6 * glued("solve_residual")
    for n, kappa, *errors in zip(
        page["sizes"], page["conditions"], *page["solution_error"].values(), strict=True
    ):
        assert max(errors) < 100 * kappa * EPS, n
    assert min(errors) > 0.05
    with pytest.warns(IllConditionedWarning):
        solve(torch.from_numpy(hilbert(14)), torch.ones(14, dtype=torch.float64))


def test_loss_of_orthogonality(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("loss_classical") == pytest.approx(3.5, abs=0.6)
    assert 5e-5 < glued("loss_modified") < 5e-3
    assert max(page["loss"]["Householder"]) < 1e-14
    for lost, kappa in zip(page["loss"]["modified Gram–Schmidt"], page["conditions"], strict=True):
        assert lost < 20 * kappa * EPS


def test_normal_equations_lose_twice_the_digits(page: dict) -> None:
    qr, normal = page["coefficient_error"].values()
    assert qr[-1] < 1e-3
    assert min(normal[-3:]) > 0.1
    assert normal[7] > 100 * qr[7]


def test_lasso_sets_weights_to_zero(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("n_patients_d") == 265
    assert (page["ridge"] != 0).all()


def test_gradient_descent_goes_by_the_condition_number(page: dict) -> None:
    for kappa in (2, 10, 100):
        path = page["descents"][rf"$\kappa={kappa}$"]
        assert path[20] / path[10] == pytest.approx(((kappa - 1) / (kappa + 1)) ** 10)
    larger = page["descents"][r"$\kappa=10$, larger step"]
    assert larger[-1] > larger[0]


def test_transient_growth(page: dict, glued: Callable[[str], float]) -> None:
    assert glued("peak_at") == 9
    power = np.linalg.matrix_power(np.array([[0.9, 10.0], [0.0, 0.9]]), 9)
    assert glued("peak") == pytest.approx(np.linalg.norm(power, 2))
    assert glued("peak") == pytest.approx(38.7, abs=0.1)


def test_singular_values_through_the_gram_matrix(page: dict) -> None:
    true = 10.0 ** -np.arange(17)
    jacobi, gram = (values.numpy() for values in page["computed"].values())
    assert_allclose(jacobi[:14], true[:14], rtol=0.1)
    assert_allclose(gram[:7], true[:7], rtol=0.1)
    assert (abs(gram[10:] / true[10:] - 1) > 0.5).all()


def test_eckart_young(page: dict) -> None:
    S = np.linalg.svd(page["photo"].numpy(), compute_uv=False)
    left_out = [math.sqrt((S[k:] ** 2).sum()) for k in page["ks"]]
    assert_allclose(page["measured"], left_out, rtol=1e-9)


def test_neighbours_in_few_components(glued: Callable[[str], float]) -> None:
    assert glued("accuracy_2") == pytest.approx(0.627, abs=0.02)
    assert glued("accuracy_16") == pytest.approx(0.986, abs=0.01)
    assert glued("accuracy_64") == pytest.approx(0.989, abs=0.01)
    assert glued("n_test_digits") == 359


def test_iterative_solvers(page: dict, glued: Callable[[str], float]) -> None:
    steps = {name: found.iterations for name, found in page["solutions"].items()}
    assert steps["conjugate gradients"] < 40
    assert steps["Jacobi"] == pytest.approx(2 * steps["Gauss–Seidel"], rel=0.1)
    assert glued("plate_nonzeros") == np.count_nonzero(page["plate"]) == 672
    assert glued("plate_entries") == 144**2


def test_laplacian_separates_the_moons(page: dict, glued: Callable[[str], float]) -> None:
    assert page["frequencies"][1] > 1e-3
    assert glued("moons_right") == 1


def test_compressed_network(glued: Callable[[str], float]) -> None:
    assert glued("weights_whole") == 8192
    assert glued("weights_16") == 3072
    assert glued("whole") > 0.94
    assert abs(glued("whole") - glued("rank_16")) < 0.015
    assert glued("rank_4") < 0.8


def test_numbers_in_the_solutions() -> None:
    assert (B @ A).tolist() == [[2, 7], [6, 6]]
    assert 8 / math.sqrt(294) == pytest.approx(0.4666, abs=5e-5)
    assert math.acos(8 / math.sqrt(294)) == pytest.approx(1.0854, abs=5e-5)
    assert sorted(np.linalg.eigvals([[4, 2], [1, 3]])) == pytest.approx([2, 5])
    assert np.linalg.eigvalsh([[3, 1], [1, 3]]) == pytest.approx([2, 4])
    assert np.linalg.solve([[2, 1], [1, -3]], [5, -1]) == pytest.approx([2, 1])
    assert np.linalg.cond([[1, 2], [0.5, 1.01]]) == pytest.approx(627, abs=0.5)
    assert 784 * 256 == 200_704
    assert pytest.approx(192.98, abs=0.005) == 200_704 / (784 + 256)
    assert math.log(2e6) / math.log(101 / 99) == pytest.approx(725.4, abs=0.05)
    assert math.log(2e6) / math.log(10001 / 9999) == pytest.approx(72_543, abs=60)
