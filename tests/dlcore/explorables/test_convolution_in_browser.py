"""The explorables of chapter 9 in Chromium: keyboard, pointer, dark, narrow."""

import pytest

from dlcore.explorables import kernel_over_image, receptive_field_growth
from tests.dlcore.explorables.pages import page_of, status, violations


@pytest.fixture(scope="module")
def html():
    return page_of([kernel_over_image(), receptive_field_growth()])


def test_the_kernel_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=kernel_over_image]")
    assert status(page, 0).startswith("Output at row 20, column 20: 0.57 × −1 + 0.51 × 1 + ")
    assert status(page, 0).endswith("40 × 40 pixels become 38 × 38; the weights add up to 0.")
    figure.get_by_role("radio", name="One white pixel").check(force=True)
    figure.get_by_role("radio", name="identity").check(force=True)
    weight = figure.get_by_role("spinbutton", name="Weight in row 2, column 2")
    assert weight.input_value() == "1"
    weight.press("ArrowDown")
    left = figure.get_by_role("spinbutton", name="Weight in row 2, column 1")
    left.fill("1")
    assert figure.locator("input[name=Kernel]:checked").count() == 0
    assert "Output at row 5, column 5: 0 × 1 = 0." in status(page, 0)
    figure.get_by_role("slider", name="Column").press("ArrowRight")
    assert "Output at row 5, column 6: 1 × 1 = 1." in status(page, 0)
    figure.get_by_role("button", name="Next place").press("Enter")
    assert "Output at row 5, column 7: 0 × 1 = 0." in status(page, 0)
    figure.locator("input[name=Padding][value='1']").check(force=True)
    figure.locator("input[name=Stride][value='2']").check(force=True)
    assert "11 × 11 pixels become 6 × 6" in status(page, 0)
    figure.get_by_role("slider", name="Row").press("End")
    image = figure.locator(".dlx-live svg").first
    box = image.bounding_box()
    image.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert "Output at row 4, column 3: 0 × 1 = 0." in status(page, 0)
    left.fill("")
    assert "no weight = 0." in status(page, 0)


def test_a_stack_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=receptive_field_growth]")
    assert status(page, 1).startswith("The field is 13 pixels wide and 7 of them are used;")
    figure.get_by_role("radio", name="stride 2 first").check(force=True)
    assert "After each layer: field 3, 7, 11; jump 2, 2, 2." in status(page, 1)
    figure.get_by_role("slider", name="Layers").press("ArrowRight")
    assert "field 3, 7, 11, 15; jump 2, 2, 2, 2." in status(page, 1)
    assert figure.locator("input[name=Stack]:checked").count() == 0
    labels = figure.locator(".dlx-live svg [data-part^=row]").all_text_contents()
    assert sorted(filter(None, labels)) == ["input", *(f"layer {n}" for n in range(1, 5))]
    dilation = figure.get_by_role("spinbutton", name="Layer 4, dilation")
    dilation.press("ArrowUp")
    assert "field 3, 7, 11, 19; jump 2, 2, 2, 2." in status(page, 1)
    kernel = figure.get_by_role("spinbutton", name="Layer 1, kernel")
    kernel.fill("40")
    kernel.press("Tab")
    assert kernel.input_value() == "7"
    assert "field 7, 11, 15, 23;" in status(page, 1)
    bars = figure.locator(".dlx-live [data-part=bars]")
    before = bars.get_attribute("d")
    figure.get_by_role("slider", name="Unit").press("ArrowLeft")
    assert bars.get_attribute("d") != before
    figure.get_by_role("slider", name="Layers").press("Home")
    assert figure.get_by_role("spinbutton", name="Layer 2, kernel").count() == 0
    assert "The field is 7 pixels wide and 7 of them are used;" in status(page, 1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
