"""The explorables of chapter 20 in Chromium: keyboard, pointer, dark, narrow."""

import pytest

from dlcore.explorables import diffusion_steps, flow_grid, gan_training
from tests.dlcore.explorables.pages import (
    made_up_diffusion,
    made_up_flow,
    made_up_game,
    page_of,
    status,
    violations,
)


@pytest.fixture(scope="module")
def html():
    return page_of(
        [
            gan_training(*made_up_game()),
            flow_grid(*made_up_flow()),
            diffusion_steps(*made_up_diffusion()),
        ]
    )


def changes(page, part, what):
    """Whether the part is drawn otherwise in the end; unpacking takes a moment."""
    before = part.get_attribute("d")
    what()
    page.wait_for_function(
        "([node, before]) => node.getAttribute('d') !== before", arg=[part.element_handle(), before]
    )


def test_a_game_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=gan_training]")
    assert status(page, 0).startswith("even, step 50; ")
    points = figure.locator(".dlx-live [data-part=points]")
    step = figure.get_by_role("slider", name="Step")
    changes(page, points, lambda: step.press("Home"))
    assert status(page, 0).startswith("even, step 0; ")
    slopes = figure.locator(".dlx-live [data-part=slopes]")
    changes(
        page, slopes, lambda: figure.get_by_role("radio", name="even").first.press("ArrowRight")
    )
    assert status(page, 0).startswith("uneven, step 0; ")
    figure.get_by_role("button", name="Next").press("Enter")
    assert step.get_attribute("aria-valuetext") == "50"
    painted = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, 33, 29).data"
        ".filter((v, k) => k % 4 == 3 && v > 0).length"
    )
    assert figure.locator("canvas").evaluate(painted) == 33 * 29
    figure.get_by_role("button", name="Play").press("Enter")
    figure.get_by_role("button", name="Pause").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


def test_a_flow_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=flow_grid]")
    page.wait_for_function(
        "() => document.querySelectorAll('.dlx-readout')[1].textContent.startsWith('Code')"
    )
    assert status(page, 1).startswith("Code 0.90, 0.60: log density −2.42 in the base.\nAfter 3 of")
    grid = figure.locator(".dlx-live [data-part=grid]").nth(1)
    layers = figure.get_by_role("slider", name="Layers")
    changes(page, grid, lambda: layers.press("Home"))
    assert "add up to 0.00, areas there are 1.0 times as large.\n" in status(page, 1)
    assert status(page, 1).endswith("Log density −2.42 − (0.00) = −2.42.")
    knob = figure.get_by_role("slider", name="The code")
    knob.press("ArrowRight")
    assert status(page, 1).startswith("Code 1.05, 0.60: ")
    knob.press("Shift+ArrowDown")
    assert status(page, 1).startswith("Code 1.05, −0.15: ")
    image = figure.locator(".dlx-live svg[role]").nth(1)
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    middle = box["x"] + box["width"] * 184 / 340, box["y"] + box["height"] * 166.5 / 330
    page.mouse.click(*middle)
    assert status(page, 1).startswith("Code 0.00, 0.00: log density −1.84 in the base.")
    figure.get_by_role("button", name="Play").press("Enter")
    figure.get_by_role("button", name="Pause").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


def test_diffusion_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=diffusion_steps]")
    assert status(page, 2).startswith("Forward, t = 10 of 30: ᾱ = ")
    step = figure.get_by_role("slider", name="Step")
    arrows = figure.locator(".dlx-live [data-part=arrows]")
    changes(page, arrows, lambda: step.press("End"))
    assert step.get_attribute("aria-valuetext") == "t = 30"
    points = figure.locator(".dlx-live [data-part=points]")
    forward = figure.get_by_role("radio", name="Forward")
    changes(page, points, lambda: forward.press("ArrowRight"))
    assert status(page, 2).startswith("DDPM, t = 30 of 30: ")
    network = figure.get_by_role("checkbox", name="Arrows of the network")
    changes(page, arrows, lambda: network.press(" "))
    assert "\nWeighted by density, the network's arrows are " in status(page, 2)
    step.press("Home")
    assert "data are shrunk to 1.00, noise has deviation 0.00." in status(page, 2)
    knob = figure.get_by_role("slider", name="The place asked about")
    knob.press("ArrowUp")
    assert "the mean of the clean data is 0.60, −0.30." in status(page, 2)
    figure.get_by_role("button", name="Play").press("Enter")
    figure.get_by_role("button", name="Pause").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_narrow_page_needs_no_sideways_scrolling(open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
