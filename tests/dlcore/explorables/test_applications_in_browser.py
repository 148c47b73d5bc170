"""The explorables of chapter 12 in Chromium: keyboard, dark, narrow."""

import pytest

from dlcore.explorables import box_suppression, q_values_spread
from tests.dlcore.explorables.pages import page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([q_values_spread(episode=0), box_suppression()])


def test_learning_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=q_values_spread]")
    assert status(page, 0).startswith("0 episodes are over; the next one takes 63 steps.")
    figure.get_by_role("button", name="Next step").press("Enter")
    assert status(page, 0).startswith("Episode 1, step 1 of 63: ")
    good = figure.locator(".dlx-live [data-part=good]")
    assert good.get_attribute("d") == ""
    figure.get_by_role("button", name="Next episode").press("Enter")
    assert "\n1 action values are not 0" in status(page, 0)
    assert good.get_attribute("d").count("z") == 1
    figure.get_by_role("slider", name="Episodes done").press("End")
    assert "from the start the best actions reach the goal in 7 steps." in status(page, 0)
    figure.get_by_role("slider", name="Discount").press("End")
    assert "reach the goal in 9 steps.\nThe start is worth 1.000 so far, 1.000" in status(page, 0)
    lengths = figure.locator(".dlx-live [data-part=lengths]")
    before = lengths.get_attribute("d")
    figure.get_by_role("button", name="Other chances").press("Enter")
    assert lengths.get_attribute("d") != before
    figure.get_by_role("button", name="Start over").press("Enter")
    assert status(page, 0).startswith("0 episodes are over")


def test_suppression_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=box_suppression]")
    assert status(page, 1).startswith("Score threshold 0.1, NMS at overlap 0.5: 8 of 19 boxes are")
    wrong = figure.locator(".dlx-live [data-part=wrong]")
    before = wrong.get_attribute("d")
    figure.get_by_role("slider", name="Overlap threshold").press("Home")
    assert "\n2 of 3 objects are found; " in status(page, 1)
    figure.get_by_role("radio", name="none").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "soft-NMS with σ = 0.5: " in status(page, 1)
    assert "\nAverage precision 0.92; " in status(page, 1)
    assert wrong.get_attribute("d") != before
    figure.get_by_role("slider", name="Score threshold").press("End")
    assert "\n0 of 3 objects are found; 0 boxes are wrong" in status(page, 1)
    assert figure.locator(".dlx-live [data-part=below]").get_attribute("d").count("z") == 19


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
