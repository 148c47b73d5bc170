"""The explorables of chapter 15 in Chromium: keyboard, pointer, dark, narrow."""

import pytest

from dlcore.explorables import contrastive_temperature, tsne_perplexity
from tests.dlcore.explorables.pages import (
    made_up_maps,
    made_up_views,
    page_of,
    status,
    violations,
)


@pytest.fixture(scope="module")
def html():
    (z1, z2), labels = made_up_views()
    return page_of([contrastive_temperature(z1, z2, labels), tsne_perplexity(*made_up_maps())])


def test_the_temperature_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=contrastive_temperature]")
    assert status(page, 0).startswith("τ = 0.2, all anchors: the nearest tenth of 78 negatives")
    same = figure.locator(".dlx-live [data-part=same]")
    own = figure.locator(".dlx-live [data-part=own]")
    before, curve = same.get_attribute("d"), own.get_attribute("d")
    figure.get_by_role("slider", name="Temperature τ").press("Home")
    assert status(page, 0).startswith("τ = 0.02, all anchors: ")
    assert same.get_attribute("d") != before
    assert own.get_attribute("d") == curve
    figure.get_by_role("slider", name="Anchor").press("ArrowRight")
    assert status(page, 0).startswith("τ = 0.02, anchor 1, a 0: ")
    assert own.get_attribute("d") != curve


def test_the_map_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=tsne_perplexity]")
    assert status(page, 1).startswith("Perplexity 10: of the 10 nearest of each point")
    star = figure.locator(".dlx-live [data-part=star]")
    assert star.get_attribute("d").count("L") == 10
    figure.get_by_role("slider", name="Perplexity").press("End")
    assert status(page, 1).startswith("Perplexity 20: ")
    assert star.get_attribute("d").count("L") == 20
    assert figure.get_by_role("img", name="The map at perplexity 20").count() == 1
    point = figure.get_by_role("slider", name="Chosen point")
    point.press("ArrowRight")
    assert "\nPoint 2, of class 1: " in status(page, 1)
    near = figure.locator(".dlx-live [data-part=near]")
    before = near.get_attribute("d")
    box = figure.locator(".dlx-live svg").first.bounding_box()
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.3 * box["height"])
    assert "\nPoint 2, " not in status(page, 1)
    assert near.get_attribute("d") != before
    assert f"\nPoint {int(point.input_value()) + 1}, of class " in status(page, 1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_narrow_page_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
