"""The explorables of chapter 7 in Chromium: keyboard, pointer, touch, dark, narrow."""

import pytest

from dlcore.explorables import l1_l2_paths, weight_decay_dropout_fit
from tests.dlcore.explorables.pages import drag, page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([weight_decay_dropout_fit(), l1_l2_paths()])


def test_decay_and_dropout_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=weight_decay_dropout_fit]")
    decay, dropout = (
        figure.get_by_role("slider", name=name) for name in ("Weight decay λ", "Dropout p")
    )
    assert status(page, 0).startswith(
        "λ = 1.0\u00a0×\u00a010⁻⁶, p = 0.20: error 0.44 on the points, 0.55 on new ones; noise"
    )
    curve = figure.locator(".dlx-live [data-part=fit]")
    before = curve.get_attribute("d")
    figure.get_by_role("radio", name="Left half ten times larger").check(force=True)
    assert curve.get_attribute("d") == before
    assert "its curve differs by up to 0.40." in status(page, 0)
    figure.get_by_role("radio", name="Alike").check(force=True)
    dropout.press("Home")
    assert dropout.get_attribute("aria-valuetext") == "0.00"
    assert "0.77 on new ones" in status(page, 0)
    assert "without dropout 0.55 at λ = 0.32." in status(page, 0)
    decay.press("End")
    assert decay.get_attribute("aria-valuetext") == "100"
    assert "0.82 on new ones" in status(page, 0)
    thin = figure.locator(".dlx-live [data-part=masks]")
    assert thin.get_attribute("d").count("M") == 8
    figure.get_by_role("checkbox", name="Show eight masks").press("Space")
    assert thin.get_attribute("d") == ""
    points = figure.locator(".dlx-live [data-part=points]")
    before = points.get_attribute("d")
    figure.get_by_role("button", name="Other noise").press("Enter")
    assert points.get_attribute("d") != before


def test_the_minimum_and_the_penalty_by_keyboard_and_pointer(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    figure = page.locator("[data-explorable=l1_l2_paths]")
    lam = figure.get_by_role("slider", name="Penalty λ")
    for _ in range(4):
        lam.press("ArrowRight")
    assert status(page, 1) == (
        "Minimum of the loss: (1.00, 2.00). With λ = 0.50:\n"
        "L1: (0.50, 0.00); exactly 0: w₁ from λ = 1.00 on, w₂ from λ = 0.50 on.\n"
        "L2: (0.67, 0.67)."
    )
    minimum = figure.get_by_role("slider", name="The minimum of the loss")
    drag(page, minimum, 0.5 * 50, 2.6 * 50)  # 50 units are 1
    assert minimum.get_attribute("aria-valuetext") == "1.5, -0.6"
    minimum.press("Shift+ArrowRight")
    minimum.press("Shift+ArrowLeft")
    figure.get_by_role("slider", name="Curvature of w₂").press("End")
    for _ in range(8):
        figure.get_by_role("slider", name="Correlation").press("ArrowRight")
    said = status(page, 1)
    assert "exactly 0: w₁ from λ = 1.02 on, w₂ from λ = 0.1" in said
    assert said.endswith("L2: (0.65, 0.05).")
    ball = figure.locator(".dlx-live [data-part=ball]")
    assert ball.get_attribute("d").count("L") == 4
    figure.get_by_role("radio", name="L2 norm").check(force=True)
    assert ball.get_attribute("d").count("L") == 72


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
