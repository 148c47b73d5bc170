"""The explorables of chapter 11 in Chromium: keyboard, pointer, dark, narrow."""

import pytest

from dlcore.explorables import calibration_temperature, threshold_curves
from tests.dlcore.explorables.pages import drag, page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([threshold_curves(), calibration_temperature()])


def test_threshold_and_prevalence_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=threshold_curves]")
    assert status(page, 0).startswith("Threshold 1, 50 % positive: recall 84.1 %, ")
    curves = [figure.locator(".dlx-live [data-part=curve]").nth(k) for k in (0, 1)]
    roc, pr = [curve.get_attribute("d") for curve in curves]
    for _ in range(6):
        figure.get_by_role("slider", name="Prevalence").press("ArrowLeft")
    assert "1 % positive: recall 84.1 %, false-positive rate 15.9 %, precision 5.08 %" in status(
        page, 0
    )
    assert "Of 10,000 examples 84 are found, 16 missed, 1,571 false alarms." in status(page, 0)
    assert curves[0].get_attribute("d") == roc
    assert curves[1].get_attribute("d") != pr
    assert figure.locator(".dlx-live [data-part=count01]").text_content() == "1,571"
    figure.get_by_role("slider", name="Threshold").press("ArrowRight")
    assert status(page, 0).startswith("Threshold 1.05, 1 % positive: recall 82.9 %")
    figure.get_by_role("slider", name="Separation").press("Home")
    assert "Area under ROC 0.500; average precision 0.010, by chance 0.01." in status(page, 0)
    drag(page, figure.locator(".dlx-live svg").first, 40, 0)
    assert not status(page, 0).startswith("Threshold 1.05")


def test_temperature_and_bins_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=calibration_temperature]")
    assert status(page, 1).startswith("Temperature 1: 82.8 % sure on average, right in 63.5 %.")
    bars = figure.locator(".dlx-live [data-part=bars]").first
    before = bars.get_attribute("d")
    figure.get_by_role("button", name="Lowest loss").press("Enter")
    assert status(page, 1).startswith("Temperature 2.4: 64.0 % sure")
    assert "right in 63.5 %." in status(page, 1)
    assert bars.get_attribute("d") != before
    figure.get_by_role("slider", name="Bins").press("End")
    assert "Calibration error 0.064 with 50 bins" in status(page, 1)
    figure.get_by_role("slider", name="Temperature").press("Home")
    assert status(page, 1).startswith("Temperature 0.158: 9")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
