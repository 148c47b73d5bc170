"""The explorables of chapter 14 in Chromium: keyboard, pointer, touch, dark, narrow."""

import pytest

from dlcore.explorables import denoising_field, latent_plane
from tests.dlcore.explorables.pages import drag, made_up_codes, page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([latent_plane(*made_up_codes()), denoising_field()])


def test_the_plane_by_keyboard_and_pointer(open_page):
    page = open_page(has_touch=True)
    figure = page.locator("[data-explorable=latent_plane]")
    first = status(page, 0)
    assert ", 50 % of the way: the 5 nearest codes are of class " in first
    picture = figure.locator(".dlx-live [data-part=picture]")
    half_way = picture.get_attribute("href")
    assert half_way.startswith("data:image/png")
    figure.get_by_role("slider", name="Along the way").press("Home")
    assert ", 0 % of the way" in status(page, 0)
    beginning = picture.get_attribute("href")
    assert beginning != half_way
    end = figure.get_by_role("slider", name="End of the way")
    before = end.get_attribute("aria-valuetext")
    end.press("ArrowUp")
    assert end.get_attribute("aria-valuetext") != before
    assert ", 100 % of the way" in status(page, 0)
    start = figure.get_by_role("slider", name="Start of the way")
    before = start.get_attribute("aria-valuetext")
    drag(page, start.locator("path"), 20, -30)
    assert start.get_attribute("aria-valuetext") != before
    assert ", 0 % of the way" in status(page, 0)
    assert picture.get_attribute("href") != beginning
    assert figure.locator(".dlx-live [data-part=start]").count() == 1


def test_the_field_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=denoising_field]")
    assert status(page, 1).startswith("σ = 0.90 at 1.60, 1.20: the denoiser answers 0.62, 0.46, ")
    assert "with the same σ it is 1.00 from the data, with falling σ 0.01." in status(page, 1)
    arrows = figure.locator(".dlx-live [data-part=arrows]")
    before = arrows.get_attribute("d")
    figure.get_by_role("slider", name="Noise σ").press("Home")
    assert status(page, 1).startswith("σ = 0.05 at 1.60, 1.20")
    assert arrows.get_attribute("d") != before
    figure.get_by_role("slider", name="The noisy point").press("Shift+ArrowLeft")
    assert " at 1.10, 1.20: " in status(page, 1)
    figure.get_by_role("radio", name="Ring").focus()
    page.keyboard.press("ArrowRight")
    assert figure.locator(".dlx-live [data-part=data]").get_attribute("d").count("M") == 90
    figure.get_by_role("slider", name="Times denoised").press("Home")
    assert "\nDenoised 0 times " in status(page, 1)
    figure.get_by_role("button", name="Play").press("Enter")
    figure.get_by_role("button", name="Pause").press("Enter")
    assert figure.get_by_role("button", name="Play").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
