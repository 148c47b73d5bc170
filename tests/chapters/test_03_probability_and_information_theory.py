"""What the prose of chapter 3 says in numbers, from the notebook's own cells."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
import scipy.stats
import torch

import dlcore
from tests.chapters.pages import Page

NOTEBOOK = Path(__file__).parents[2] / "chapters" / "03_probability_and_information_theory.ipynb"
CELLS = {cell["id"]: cell for cell in nbformat.read(NOTEBOOK, 4).cells}
PROSE = "\n".join(cell.source for cell in CELLS.values() if cell.cell_type == "markdown")

LIBRARY = Path(dlcore.__file__).parent / "probability"
CITED = "\n".join(path.read_text("utf-8") for path in sorted(LIBRARY.glob("*.py")))
LATER = Page("05_classical_machine_learning").labels()


def cited(role: str) -> list[str]:
    """The labels that the library's docstrings name, but those of other chapters."""
    return sorted(set(re.findall(rf":{role}:`([\w-]+)`", CITED)) - set(LATER))


@pytest.fixture(scope="module")
def page() -> dict:
    """What the cells computed, and in `glued` what they handed over to the prose."""
    page = Page("03_probability_and_information_theory").computed()
    return {**page.names, "glued": page.glued}


@pytest.fixture
def glued(page: dict) -> Callable[[str], float]:
    """A number that the prose shows."""

    def number(name: str) -> float:
        value = page["glued"][name]
        if isinstance(value, str):
            value = value.replace(",", "").replace("\N{MINUS SIGN}", "-")
        return float(value)

    return number


@pytest.mark.parametrize("label", cited("eq"))
def test_equation_of_the_library_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\$\$ \({label}\)$", PROSE, re.M)) == 1


@pytest.mark.parametrize("label", cited("ref"))
def test_section_of_the_library_is_labelled_once(label: str) -> None:
    assert len(re.findall(rf"^\({label}\)=$", PROSE, re.M)) == 1


def test_every_number_of_the_prose_is_handed_over(page: dict) -> None:
    shown = set(re.findall(r"\{glue:text\}`(\w+)", PROSE))
    assert shown - set(page["glued"]) == set()


def test_every_question_has_its_solution() -> None:
    questions = re.findall(r"\{exercise\} .*\n:label: ([\w-]+)", PROSE)
    assert len(questions) >= 13
    assert questions == re.findall(r"\{solution\} ([\w-]+)", PROSE)


def test_thousand_visitors(page: dict, glued: Callable[[str], float]) -> None:
    assert sum(page["groups"].values()) == 1000
    assert glued("n_rash") == 135
    assert glued("p_ill_rash") == pytest.approx(8 / 27)


def test_change_of_variables(page: dict) -> None:
    assert page["with_factor"](torch.tensor(2.0)) == pytest.approx(scipy.stats.lognorm(1).pdf(2))
    mode = math.exp(-1)
    around = torch.tensor([mode - 0.01, mode, mode + 0.01])
    assert page["with_factor"](around).argmax() == 1
    assert mode == pytest.approx(0.37, abs=5e-3)


def test_irises_turn_the_sign_of_the_correlation(glued: Callable[[str], float]) -> None:
    assert glued("iris_pooled") == -0.12
    assert glued("iris_least") == pytest.approx(0.457, abs=1e-3)
    assert glued("iris_most") == pytest.approx(0.743, abs=1e-3)


def test_tails_of_laplace_and_gauss(glued: Callable[[str], float]) -> None:
    gauss = 2 * scipy.stats.norm.sf(4)
    laplace = 2 * scipy.stats.laplace(scale=math.sqrt(0.5)).sf(4)
    assert glued("tail_gaussian") == pytest.approx(gauss, rel=0.01)
    assert glued("tail_laplace") == pytest.approx(laplace, rel=0.01)
    assert glued("tail_ratio") == pytest.approx(laplace / gauss)


def test_share_of_a_gaussian_within_ellipses() -> None:
    shares = scipy.stats.chi2(2).cdf([1, 4, 9])
    assert [round(100 * share) for share in shares] == [39, 86, 99]


def test_likelihood_rises_in_every_round(page: dict) -> None:
    assert np.diff(page["likelihoods"]).min() > -1e-12
    assert len(page["likelihoods"]) == 30


def test_variance_of_five_is_four_fifths(page: dict) -> None:
    assert page["estimates"].mean() == pytest.approx(0.8, abs=0.01)


def test_truth_leaves_the_band_at_the_far_left_only(page: dict) -> None:
    grid = torch.linspace(-1.3, 1.3, 200, dtype=torch.float64)
    predicted = page["model"].predict(page["cubic"](grid))
    outside = (torch.sin(3 * grid) - predicted.mean).abs() > 2 * predicted.stddev
    assert outside.any()
    assert grid[outside].max() < -1


def test_diagnosis(glued: Callable[[str], float]) -> None:
    assert glued("n_tumours") == 114
    assert glued("naive_right") == pytest.approx(0.965, abs=0.01)
    assert glued("naive_surest") > 0.99
    assert glued("naive_sure") > glued("naive_right")
    assert glued("full_right") <= glued("naive_right") + 0.01
    assert glued("full_loss") > 2 * glued("naive_loss")
    assert glued("correlated_pairs") == 21
    assert glued("all_pairs") == math.comb(30, 2)


def test_means_of_exponential_and_of_cauchy_numbers(page: dict) -> None:
    distances = [scipy.stats.kstest(page["skewed"][n], "norm").statistic for n in page["sizes"]]
    assert (np.diff(distances) < 0).all()
    assert distances[-1] < 0.03
    for n in page["sizes"]:
        assert scipy.stats.kstest(page["wild"][n], "cauchy").pvalue > 1e-4


def test_bounds_hold(page: dict, glued: Callable[[str], float]) -> None:
    chebyshev, hoeffding, exact = (values.numpy() for values in page["bounds"].values())
    assert (exact <= hoeffding + 1e-12).all()
    assert (exact <= chebyshev + 1e-12).all()
    assert glued("hoeffding_n") == 4612
    assert glued("normal_n") == 2401
    assert glued("pac") == pytest.approx(0.07792, abs=5e-6)


def test_bias_of_estimated_information(page: dict) -> None:
    truth, ns = math.log(50), np.array(page["ns"])
    plain = truth - np.array(page["entropies"]["none"])
    corrected = truth - np.array(page["entropies"]["miller-madow"])
    assert (plain > 2 * abs(corrected)).all()
    expected = 81 / (2 * ns)
    assert page["shared_by_chance"][-3:] == pytest.approx(expected[-3:], rel=0.1)


def test_code_lengths_are_entropies(glued: Callable[[str], float]) -> None:
    assert glued("text_cross") - glued("text_entropy") == pytest.approx(glued("text_kl"), abs=1e-9)
    assert 0 < glued("text_kl") < 0.05
    assert glued("text_arithmetic") == pytest.approx(glued("text_cross"), abs=1e-3)
    assert glued("text_entropy") < glued("text_arithmetic") < glued("text_huffman")
    assert glued("text_huffman") < glued("text_cross") + 0.1
    saved = glued("text_arithmetic") - glued("text_context")
    assert saved == pytest.approx(glued("text_shared"), abs=0.05)
    assert glued("text_zlib") < glued("text_context")


def test_criteria_disagree(page: dict) -> None:
    aic = [a for a, _ in page["criteria"]]
    bic = [b for _, b in page["criteria"]]
    assert np.argmin(bic) == 1
    assert np.argmin(aic) == 4


def test_bottleneck_finds_the_vowels(page: dict, glued: Callable[[str], float]) -> None:
    sides = {page["alphabet"][i]: int(page["group"][i]) for i in range(27)}
    assert len({sides[letter] for letter in " aeiou"}) == 1
    assert len({sides[letter] for letter in "bcdfgjklmqrstvwz"}) == 1
    assert sides["a"] != sides["b"]
    assert 0.1 < glued("kept") < 0.4


def test_numbers_in_the_solutions() -> None:
    def entropy(*p: float) -> float:
        return scipy.stats.entropy(p, base=2)

    mixed, mean = entropy(0.55, 0.45), (entropy(0.9, 0.1) + entropy(0.2, 0.8)) / 2
    assert (mixed, mean, mixed - mean) == pytest.approx((0.9928, 0.5955, 0.3973), abs=6e-5)
    assert scipy.stats.entropy([0.3, 0.7], [0.7, 0.3]) == pytest.approx(0.339, abs=5e-4)
    assert scipy.stats.entropy([0.7, 0.3], [0.3, 0.7]) == pytest.approx(0.339, abs=5e-4)
    assert -math.log(1e-10) == pytest.approx(23, abs=0.05)
    assert -math.log(1e-15) == pytest.approx(34.5, abs=0.05)
    beta = scipy.stats.beta(9, 5)
    assert (beta.mean(), *beta.interval(0.95)) == pytest.approx((0.643, 0.386, 0.861), abs=5e-4)
    assert scipy.stats.beta(9, 12).mean() == pytest.approx(0.429, abs=5e-4)
    assert math.exp(-2) == pytest.approx(0.135, abs=5e-4)
    log_term = math.log(2 * math.sqrt(1000) / 0.05)
    assert math.sqrt((5 + log_term) / 2000) == pytest.approx(0.0779, abs=5e-5)
    weights = np.exp(0.371 * np.arange(1, 7))
    p = weights / weights.sum()
    assert p @ np.arange(1, 7) == pytest.approx(4.5, abs=1e-3)
    assert (p[0], p[-1]) == pytest.approx((0.054, 0.348), abs=1e-3)
    assert scipy.stats.entropy(p) == pytest.approx(1.614, abs=1e-3)


def test_divergence_of_two_gaussians() -> None:
    p, q = torch.distributions.Normal(0.0, 1.0), torch.distributions.Normal(1.0, 2.0)
    there, back = (torch.distributions.kl_divergence(*pair) for pair in ((p, q), (q, p)))
    assert (there.item(), back.item()) == pytest.approx((0.443, 1.307), abs=5e-4)


def test_numbers_in_the_questions() -> None:
    coin = scipy.stats.entropy([0.9, 0.1])
    assert (coin / math.log(2), coin) == pytest.approx((0.469, 0.325), abs=5e-4)
    assert scipy.stats.binom(10, 0.5).pmf(7) == pytest.approx(0.1172, abs=5e-4)
    assert scipy.stats.binom(10, 0.5).sf(6) == pytest.approx(0.1719, abs=5e-4)
    normal = scipy.stats.norm(50, 5)
    assert normal.cdf(55) - normal.cdf(45) == pytest.approx(0.6827, abs=1e-4)
    wide = scipy.stats.norm(50, 25)
    assert wide.cdf(55) - wide.cdf(45) == pytest.approx(0.1585, abs=1e-4)
    joint = np.array([[0.48, 0.12], [0.12, 0.28]])
    product = np.outer(joint.sum(1), joint.sum(0))
    nats = scipy.stats.entropy(joint.ravel(), product.ravel())
    assert nats == pytest.approx(0.1284, abs=5e-5)
    assert nats / math.log(2) == pytest.approx(0.1853, abs=5e-5)
    even = (scipy.stats.entropy([0.8, 0.2], base=2) + scipy.stats.entropy([0.3, 0.7], base=2)) / 2
    assert scipy.stats.entropy([0.6, 0.4], base=2) - even == pytest.approx(0.1693, abs=6e-5)
