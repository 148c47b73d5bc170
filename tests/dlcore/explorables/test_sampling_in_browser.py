"""The explorables of chapter 17 in Chromium: keyboard, dark, narrow."""

import pytest

from dlcore.explorables import importance_weights, metropolis_and_hmc
from tests.dlcore.explorables.pages import page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([metropolis_and_hmc(), importance_weights()])


def test_chains_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=metropolis_and_hmc]")
    assert status(page, 0).startswith(
        "After 600 evaluations each:\nrandom walk with step 0.68: 600"
    )
    assert "HMC with 15 leaps of 0.15: 40 draws, " in status(page, 0)
    path = figure.locator(".dlx-live [data-part=walk]")
    before = path.get_attribute("d")
    figure.get_by_role("slider", name="Step of the walk").press("Home")
    assert "random walk with step 0.032: 600 draws, 9" in status(page, 0)
    assert path.get_attribute("d") != before
    figure.get_by_role("slider", name="Leap of HMC").press("End")
    assert "leaps of 10: 40 draws, 0 % accepted, worth 0 independent draws." in status(page, 0)
    figure.get_by_role("slider", name="Evaluations").press("Home")
    assert "After 0 evaluations each:\nrandom walk with step 0.032: no draw yet." in status(page, 0)
    levels = figure.locator(".dlx-live [data-part=levels]")
    before = levels.get_attribute("d")
    figure.get_by_role("radio", name="Correlated normal").focus()
    page.keyboard.press("ArrowRight")
    assert levels.get_attribute("d") != before
    figure.get_by_role("button", name="Play").press("Enter")
    figure.get_by_role("button", name="Pause").press("Enter")
    figure.get_by_role("button", name="Other draws").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


def test_weights_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=importance_weights]")
    assert status(page, 1).startswith("By the weights seen, 1000 draws are worth ")
    assert status(page, 1).endswith("\nIn the end 36.8 % count.")
    figure.get_by_role("slider", name="Width").press("Home")
    assert "\nWarning: a proposal this narrow gives weights of infinite variance." in status(
        page, 1
    )
    figure.get_by_role("slider", name="Width").press("End")
    figure.get_by_role("slider", name="Dimensions").press("End")
    assert "\nIn the end less than 0.1 % count." in status(page, 1)
    words = status(page, 1)
    figure.get_by_role("button", name="Other draws").press("Enter")
    assert status(page, 1) != words
    figure.get_by_role("slider", name="Mean").press("Home")
    assert figure.get_by_role("slider", name="Mean").get_attribute("aria-valuetext") == "0.0"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_narrow_page_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
