"""The explorables of chapter 10 in Chromium: keyboard, dark, narrow."""

import pytest

from dlcore.explorables import attention_heads, lstm_gates
from tests.dlcore.explorables.pages import page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([lstm_gates(), attention_heads()])


def test_the_gates_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=lstm_gates]")
    assert status(page, 0).startswith("Letter 7, blank, cell ")
    figure.get_by_role("button", name="Next", exact=True).press("Enter")
    assert status(page, 0).startswith("Letter 8, l, cell ")
    figure.get_by_role("button", name="Next blank").press("Enter")
    assert status(page, 0).startswith("Letter 12, blank, ")
    line = figure.locator(".dlx-live [data-part=forget]")
    before = line.get_attribute("d")
    figure.get_by_role("slider", name="Cell").press("End")
    assert status(page, 0).startswith("Letter 12, blank, cell 16: forget 0.")
    assert line.get_attribute("d") != before
    figure.get_by_role("slider", name="Letter").press("Home")
    assert "Its state goes from 0.00 to " in status(page, 0)


def test_heads_and_outputs_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=attention_heads]")
    assert status(page, 1).startswith("Head 1, output 6, “0”: “")
    squares = figure.locator(".dlx-live [data-part=squares]")
    before = squares.get_attribute("d")
    figure.get_by_role("radio", name="head 1").focus()
    page.keyboard.press("ArrowRight")
    assert status(page, 1).startswith("Head 2, output 6, ")
    assert squares.get_attribute("d") != before
    link = figure.locator(".dlx-live [data-part=link0]")
    before = link.get_attribute("d")
    figure.get_by_role("slider", name="Output").press("ArrowRight")
    assert status(page, 1).startswith("Head 2, output 7, “3”: ")
    assert link.get_attribute("d") != before
    figure.get_by_role("radio", name="mean").check(force=True)
    assert status(page, 1).startswith("All heads, mean, output 7, “3”: “March” ")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
