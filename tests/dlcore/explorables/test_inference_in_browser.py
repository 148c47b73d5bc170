"""The explorables of chapter 19 in Chromium: keyboard, dark, narrow."""

import pytest

from dlcore.explorables import loopy_beliefs, mean_field_posterior
from tests.dlcore.explorables.pages import page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([mean_field_posterior(), loopy_beliefs()])


def test_mean_field_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=mean_field_posterior]")
    assert status(page, 0).startswith("After 40 updates the means are 0.04 and 0.04, the variances")
    figure.get_by_role("slider", name="Updates").press("Home")
    assert status(page, 0).startswith("After 0 updates the means are −2.00 and 2.40, ")
    knob = figure.get_by_role("slider", name="Where the means begin")
    knob.press("ArrowRight")
    knob.press("Shift+ArrowDown")
    assert status(page, 0).startswith("After 0 updates the means are −1.90 and 1.90, ")
    figure.get_by_role("slider", name="Updates").press("End")
    figure.get_by_role("slider", name="Correlation").press("Home")
    assert "Divergence 0.000 nats" in status(page, 0)
    levels = figure.locator(".dlx-live [data-part=levels]")
    before = levels.get_attribute("d")
    figure.get_by_role("radio", name="Correlated").press("ArrowRight")
    assert levels.get_attribute("d") != before
    assert "is at the left mode: mean −2.98, deviation 1.02.\nDivergence 0.689" in status(page, 0)
    figure.get_by_role("radio", name="Reverse").press("ArrowRight")
    assert "mean 0.00, deviation 3.16. At 0 it has density 0.126" in status(page, 0)
    assert not knob.is_visible()
    figure.get_by_role("slider", name="Modes at").press("Home")
    assert "mean 0.00, deviation 1.00." in status(page, 0)
    figure.get_by_role("button", name="Play").press("Enter")
    figure.get_by_role("button", name="Pause").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


def test_loopy_beliefs_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=loopy_beliefs]")
    assert status(page, 1).startswith("Settled after 37 sweeps: ")
    assert "After 150 node 0 believes 0.809, exact is 0.646.\n" in status(page, 1)
    figure.get_by_role("button", name="From the start").press("Enter")
    assert "\nAfter 0 node 0 believes 0.500" in status(page, 1)
    figure.get_by_role("button", name="One sweep").press("Enter")
    assert "\nAfter 1 node 0 believes 0.646" in status(page, 1)
    figure.get_by_role("radio", name="Triangle").press("ArrowLeft")
    figure.get_by_role("slider", name="Sweeps").press("End")
    assert "\nAll beliefs are exact.\n" in status(page, 1)
    for _ in range(3):
        page.locator("[data-explorable=loopy_beliefs] [name=Graph]:checked").press("ArrowRight")
    figure.get_by_role("slider", name="Coupling J").press("Home")
    assert status(page, 1).startswith("Does not settle in 150 sweeps: messages still change by ")
    damping = figure.get_by_role("slider", name="Damping")
    damping.press("End")
    assert damping.get_attribute("aria-valuetext") == "0.90"
    names = figure.locator(".dlx-live [data-part=name4]")
    assert names.nth(0).text_content() == ""
    figure.get_by_role("radio", name="grid").press(" ")
    assert names.nth(0).text_content() == "4"
    figure.get_by_role("button", name="Play").press("Enter")
    figure.get_by_role("button", name="Pause").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_narrow_page_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
