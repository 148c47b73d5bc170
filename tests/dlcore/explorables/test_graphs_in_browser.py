"""The explorables of chapter 16 in Chromium: keyboard, pointer, dark, narrow."""

import pytest

from dlcore.explorables import d_separation, tree_messages
from tests.dlcore.explorables.pages import TREE, asia_explored, page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([tree_messages(*TREE), d_separation(**asia_explored())])


def test_messages_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=tree_messages]")
    assert status(page, 0).endswith("\nAll are exact.")
    sent = figure.get_by_role("slider", name="Messages sent")
    sent.press("Home")
    assert status(page, 0).startswith("No message has been sent: every belief is 0.50.")
    assert figure.locator(".dlx-live [data-part=now]").get_attribute("d") == ""
    figure.get_by_role("button", name="Next").press("Enter")
    figure.get_by_role("button", name="Next").press("Enter")
    assert status(page, 0).startswith("Message 2, from ")
    assert sent.get_attribute("aria-valuetext") == "2 of 20"
    sent.press("End")
    exact = figure.locator(".dlx-live [data-part=exact]")
    before = exact.get_attribute("d")
    figure.get_by_role("slider", name="Evidence at a").press("Home")
    figure.get_by_role("slider", name="Agreement").press("ArrowRight")
    assert exact.get_attribute("d") != before
    figure.get_by_role("checkbox", name="Echo what the neighbour has said").press(" ")
    assert " others are off by up to 0." in status(page, 0)
    figure.get_by_role("button", name="Play").press("Enter")
    assert sent.get_attribute("aria-valuetext") == "0 of 20"
    figure.get_by_role("button", name="Pause").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


def test_paths_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=d_separation]")
    assert status(page, 1).startswith("tub and lung, seen: xray: not separated, 2 paths.\n")
    way = figure.locator(".dlx-live [data-part=way]")
    crosses = figure.locator(".dlx-live [data-part=crosses]")
    assert way.get_attribute("d") != ""
    xray = figure.get_by_role("checkbox", name="xray seen")
    assert xray.get_attribute("aria-checked") == "true"
    xray.press(" ")
    assert xray.get_attribute("aria-checked") == "false"
    assert status(page, 1).startswith("tub and lung, nothing seen: separated, 2 paths.\n")
    assert way.get_attribute("d") == ""
    assert crosses.get_attribute("d").count("M") == 2
    figure.get_by_role("checkbox", name="dysp seen").click()
    assert "seen: dysp: not separated" in status(page, 1)
    tub = figure.get_by_role("checkbox", name="tub seen, asked about")
    assert tub.get_attribute("aria-disabled") == "true"
    tub.press("Enter")
    assert tub.get_attribute("aria-checked") == "false"
    first = figure.get_by_role("group", name="News of")
    first.get_by_role("radio", name="tub").press("ArrowRight")
    assert status(page, 1).startswith("lung and tub, seen: dysp: ")
    figure.get_by_role("button", name="See nothing").press("Enter")
    assert status(page, 1).startswith("lung and tub, nothing seen: separated")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_narrow_page_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
