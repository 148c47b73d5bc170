"""The explorables of chapters 1, 3, 4 and 5 in Chromium: keyboard, pointer, touch, dark, narrow."""

import pytest

from dlcore.explorables import (
    bayes_icons,
    float_line,
    kl_fit,
    nearest_neighbours,
    perceptron_rule,
    polynomial_fit,
    quadratic_descent,
    svm_margin,
    tree_forest,
)
from tests.dlcore.explorables.pages import drag, page_of, status, violations

FIGURES = [
    bayes_icons,
    kl_fit,
    float_line,
    quadratic_descent,
    svm_margin,
    nearest_neighbours,
    tree_forest,
    perceptron_rule,
    polynomial_fit,
]


@pytest.fixture(scope="module")
def html():
    return page_of(make() for make in FIGURES)


def figure_of(page, make):
    return page.locator(f"[data-explorable={make.__name__}]"), FIGURES.index(make)


def test_results_by_keyboard(open_page):
    page = open_page()
    figure, number = figure_of(page, bayes_icons)
    positive = figure.get_by_role("button", name="Positive")
    positive.press("Enter")
    positive.press("Space")
    assert status(page, number).startswith("Results so far: + +. Probability of being ill: 78.5 %.")
    figure.get_by_role("button", name="Negative").press("Enter")
    assert "Results so far: + + −. Probability of being ill: 16.1 %." in status(page, number)
    for _ in range(3):
        positive.press("Enter")
    assert positive.is_disabled()
    figure.get_by_role("button", name="Start over").press("Enter")
    figure.get_by_role("slider", name="Base rate").press("End")
    assert "After a positive result 95 %" in status(page, number)
    dots = figure.locator(".dlx-live [data-part=ill_positive]").get_attribute("d")
    assert dots.count("M") == 475


def test_the_start_of_a_search_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure, number = figure_of(page, kl_fit)
    assert "begun at 2.00: mean 4.00, deviation 1.00" in status(page, number)
    start = figure.get_by_role("slider", name="Where the reverse search begins")
    for _ in range(8):
        start.press("Shift+ArrowLeft")
    assert start.get_attribute("aria-valuetext") == "-2.0"
    assert "begun at −2.00: mean −4.00, deviation 1.00" in status(page, number)
    drag(page, start, 3 * 280 / 16, 0)
    assert start.get_attribute("aria-valuetext") == "1.0"
    figure.get_by_role("slider", name="Distance").press("Home")
    assert "mean 0.00, deviation 1.00, divergence 0.00 nats" in status(page, number)


def test_rounding_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure, number = figure_of(page, float_line)
    assert status(page, number).startswith("9 becomes 8, bits 0 110 00. It lies between 8 and 10.")
    x = figure.get_by_role("slider", name="The number x")
    for _ in range(4):
        x.press("ArrowRight")
    assert x.get_attribute("aria-valuetext") == "11"
    assert status(page, number).startswith("11 becomes 12")
    drag(page, x, 4 * 140 / 16, 0)
    assert status(page, number).startswith("15 is too large and becomes ∞.")
    for _ in range(7):
        x.press("Shift+ArrowLeft")
    assert x.get_attribute("aria-valuetext") == "−2.5"
    figure.get_by_role("button", name="Halfway to it").press("Enter")
    assert "−2.25 becomes −2, bits 1 100 00. It lies between −2 and −2.5." in status(page, number)
    figure.get_by_role("radio", name="FP4 E2M1").check(force=True)
    assert "15 numbers, 1 subnormal ones on each side; largest 6" in status(page, number)
    assert figure.get_by_role("radio", name="numbers").is_checked()
    figure.get_by_role("slider", name="Mantissa bits").press("ArrowRight")
    assert figure.get_by_role("radio", name="FP4 E2M1").is_checked() is False
    figure.get_by_role("slider", name="View").press("ArrowLeft")
    assert figure.locator(".dlx-live [data-part=right]").text_content() == "4"


def test_descent_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure, number = figure_of(page, quadratic_descent)
    assert "η = 0.076 = 1.9/L" in status(page, number)
    figure.get_by_role("button", name="η = 2/(L + μ)").press("Enter")
    assert "by 0.923, across it by −0.923;\na thousandth is left after 87" in status(page, number)
    rate = figure.get_by_role("slider", name="Learning rate")
    rate.press("End")
    assert "it diverges." in status(page, number)
    figure.get_by_role("slider", name="Condition").press("Home")
    figure.get_by_role("button", name="η = 1/L").press("Enter")
    assert "After 30 steps the distance is 0." in status(page, number)
    start = figure.get_by_role("slider", name="The start")
    drag(page, start, 50, 25)
    assert start.get_attribute("aria-valuetext") == "-1.4, 0.3"
    start.press("ArrowRight")
    assert start.get_attribute("aria-valuetext") == "-1.3, 0.3"


def test_only_support_vectors_move_the_margin(open_page):
    page = open_page()
    figure, number = figure_of(page, svm_margin)
    assert status(page, number).startswith("3 of 28 points are support vectors, 3 on the edge")
    border = figure.locator(".dlx-live [data-part=boundary]")
    rings = figure.locator(".dlx-live [data-part=support]")
    before, support = border.get_attribute("d"), rings.get_attribute("d")
    plane = figure.get_by_role("application")
    plane.press("PageDown")  # the first point, far from the boundary
    plane.press("ArrowRight")
    assert status(page, number).startswith("Point 1 of 28, disc")
    assert (border.get_attribute("d"), rings.get_attribute("d")) == (before, support)
    figure.get_by_role("slider", name="Price C").press("Home")
    assert status(page, number).startswith("28 of 28 points are support vectors")
    assert border.get_attribute("d") != before
    figure.get_by_role("radio", name="Gaussian").check(force=True)
    figure.get_by_role("slider", name="Price C").press("End")
    assert "0 on the wrong side." in status(page, number)


def test_a_query_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure, number = figure_of(page, nearest_neighbours)
    assert "0 are wrong with themselves among their neighbours, 10 when" in status(page, number)
    query = figure.get_by_role("slider", name="The query")
    query.press("Shift+ArrowRight")
    assert query.get_attribute("aria-valuetext") == "0.35, 0.10"
    drag(page, query, -70, 0)
    assert query.get_attribute("aria-valuetext") == "-0.65, 0.10"
    k = figure.get_by_role("slider", name="Neighbours k")
    k.press("End")
    assert "60 when left out" in status(page, number)
    links = figure.locator(".dlx-live [data-part=links]")
    assert links.get_attribute("d").count("M") == 59
    figure.get_by_role("radio", name="Manhattan").check(force=True)
    ball = figure.locator(".dlx-live [data-part=ball]")
    assert ball.get_attribute("d").count("L") == 3


def test_trees_by_keyboard(open_page):
    page = open_page()
    figure, number = figure_of(page, tree_forest)
    assert status(page, number).startswith("One tree of depth 8: wrong on 0 of the 100 points and")
    border = figure.locator(".dlx-live [data-part=boundary]")
    before = border.get_attribute("d")
    figure.get_by_role("slider", name="Trees").press("End")
    figure.get_by_role("slider", name="Depth").press("ArrowLeft")
    assert status(page, number).startswith("50 trees of depth 7: wrong on")
    assert border.get_attribute("d") != before
    plane = figure.get_by_role("application")
    plane.press("PageDown")
    plane.press("Delete")
    assert status(page, number) == "Removed; 99 points are left."
    figure.get_by_role("button", name="Points as before").press("Enter")
    assert "of the 100 points" in status(page, number)


def test_updates_by_keyboard(open_page):
    page = open_page()
    figure, number = figure_of(page, perceptron_rule)
    assert status(page, number).startswith("3 updates, the last by the ")
    figure.get_by_role("button", name="Next update").press("Enter")
    assert status(page, number).startswith("4 updates")
    figure.get_by_role("button", name="To the end").press("Enter")
    assert "0 of 28 points on the wrong side. The line comes to rest after 15." in status(
        page, number
    )
    figure.get_by_role("radio", name="XOR").check(force=True)
    update = figure.get_by_role("slider", name="Update")
    for _ in range(4):
        update.press("ArrowRight")
    assert "weights 0.00 and 0.00, bias 0.00.\n4 of 4 points on the wrong side. No rest" in status(
        page, number
    )
    plane = figure.get_by_role("application")
    plane.press("PageUp")  # without its last corner XOR is none
    plane.press("Delete")
    update.press("End")
    assert "0 of 3 points on the wrong side. The line comes to rest" in status(page, number)


def test_polynomials_by_keyboard(open_page):
    page = open_page()
    figure, number = figure_of(page, polynomial_fit)
    assert "Best on new ones is degree 5 with 0.36" in status(page, number)
    figure.get_by_role("slider", name="Degree").press("End")
    assert "Degree 11 on 12 points: error 0.00 on them, 2.77 on new ones." in status(page, number)
    for _ in range(4):
        figure.get_by_role("slider", name="Points").press("ArrowRight")
    assert "Degree 11 on 50 points: error 0.26 on them, 0.33 on new ones." in status(page, number)
    figure.get_by_role("button", name="Other noise").press("Enter")
    assert "error 0.26" not in status(page, number)
    figure.get_by_role("slider", name="Noise").press("Home")
    assert "error 0.00 on them, 0.00 on new ones" in status(page, number)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
