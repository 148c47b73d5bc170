"""The explorables of chapter 13 in Chromium: keyboard, pointer, dark, narrow."""

import pytest

from dlcore.explorables import pca_ica_axes, sparse_codes
from tests.dlcore.explorables.pages import drag, page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([pca_ica_axes(), sparse_codes()])


def test_axes_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=pca_ica_axes]")
    assert status(page, 0).startswith("u at 46°: variance 2.46 of 2.66, excess kurtosis −0.62; ")
    figure.get_by_role("slider", name="The direction u").press("Shift+ArrowUp")
    assert status(page, 0).startswith("u at 51°: ")
    slider = figure.get_by_role("slider", name="Direction u", exact=True)
    slider.press("Home")
    assert figure.get_by_role("slider", name="The direction u").get_attribute("aria-valuetext") == (
        "0 degrees"
    )
    figure.get_by_role("button", name="Whiten").press("Enter")
    assert "\nThe variance is the same in all directions: PCA has no" in status(page, 0)
    first = figure.locator(".dlx-live [data-part=first]")
    assert first.get_attribute("d") == ""
    figure.get_by_role("button", name="Mix as at first").press("Enter")
    assert "\nPrincipal axes at 46° and 136°.\nICA projects on 154° and 122°" in status(page, 0)
    figure.get_by_role("radio", name="uniform").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    words = status(page, 0)
    figure.get_by_role("button", name="Other draws").press("Enter")
    assert status(page, 0).splitlines()[2] != words.splitlines()[2]
    column = figure.get_by_role("slider", name="Column 2 of A")
    for _ in range(4):
        column.press("ArrowDown")
    for _ in range(5):
        column.press("ArrowRight")
    assert status(page, 0).endswith("one mixture is heard twice, and nothing can be separated.")
    before = first.get_attribute("d")
    drag(page, column.locator("circle"), -60, -40)
    assert first.get_attribute("d") != before
    assert "\nICA projects on " in status(page, 0)


def test_codes_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=sparse_codes]")
    assert status(page, 1).startswith("λ = 0.562: 7 of 121 atoms are used and leave out 10.2 % of")
    added = figure.locator(".dlx-live [data-part=added]")
    subtracted = figure.locator(".dlx-live [data-part=subtracted]")
    assert (added.get_attribute("d") + subtracted.get_attribute("d")).count("z") == 7
    assert figure.locator(".dlx-live [data-part=alike]").get_attribute("d").count("h0") == 7
    slider = figure.get_by_role("slider", name="Penalty λ")
    slider.press("ArrowLeft")
    assert status(page, 1).startswith("λ = 0.501: 8 of 121 atoms are used")
    slider.press("End")
    assert "λ = 4.47: 0 of 121 atoms are used and leave out 100 %" in status(page, 1)
    assert "\nNothing is used from λ = 4.33 on, " in status(page, 1)
    slider.press("Home")
    assert status(page, 1).startswith("λ = 0.0141: 60 of 121 atoms are used")
    paths = figure.locator(".dlx-live [data-part=paths]")
    picture = figure.locator(".dlx-live [data-part=image]").first
    before = paths.get_attribute("d"), picture.get_attribute("href")
    figure.get_by_role("radio", name="1").focus()
    page.keyboard.press("ArrowRight")
    assert status(page, 1).startswith("λ = 0.0141: 56 of 121 atoms are used")
    assert paths.get_attribute("d") != before[0]
    assert picture.get_attribute("href") != before[1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_narrow_page_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
