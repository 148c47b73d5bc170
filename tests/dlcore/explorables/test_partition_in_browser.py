"""The explorables of chapter 18 in Chromium: keyboard, dark, narrow."""

import pytest

from dlcore.explorables import annealed_weights, chains_in_landscape
from tests.dlcore.explorables.pages import (
    made_up_landscapes,
    made_up_weights,
    page_of,
    status,
    violations,
)


@pytest.fixture(scope="module")
def html():
    return page_of(
        [chains_in_landscape(*made_up_landscapes()), annealed_weights(*made_up_weights())]
    )


def test_steps_by_keyboard(open_page):
    page = open_page()
    chains, weights = page.locator("[data-explorable=step_through]").all()
    assert status(page, 0).startswith("Step 0. CD-1: ")
    chains.get_by_role("slider", name="Recorded step").press("End")
    assert status(page, 0).startswith("Step 30. CD-1: ")
    assert status(page, 1).startswith("2 temperatures: ")
    weights.get_by_role("button", name="Next").press("Enter")
    assert status(page, 1).startswith("10 temperatures: ")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_narrow_page_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
