"""The explorables in Chromium: keyboard, touch, dark, print, no scripts, no network."""

import numpy as np
import pytest

from dlcore.explorables import (
    Panel,
    activation_stack,
    beam_search_steps,
    boundary_training,
    classify_points,
    edge_of_stability,
    linear_map,
    optimizer_paths,
    step_through,
    svd_image,
    unit_balls,
)
from dlcore.explorables.svd_image import camera
from tests.dlcore.explorables.pages import drag, page_of, status, violations


def steps(n):
    states = [
        [Panel(f"x is {k}", (0.0, 20.0), (0.0, 1.0)).line("x", [0.0, 1.0 * k], [0.0, 1.0], "red")]
        for k in range(n)
    ]
    words = {"question": "Where?", "prediction": "Here.", "finding": "There.", "alt": "A line."}
    return step_through(states, [f"x is {k}" for k in range(n)], **words, shown=0)


@pytest.fixture(scope="module")
def html():
    figures = [
        activation_stack(),
        boundary_training(),
        steps(3),
        steps(13),
        linear_map(),
        unit_balls(),
        svd_image(),
        optimizer_paths(),
        classify_points(),
        beam_search_steps(),
        edge_of_stability(),
    ]
    return page_of(figures)


def test_the_stack_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=activation_stack]")
    first = page.locator("[role=status]").nth(0).text_content()
    assert first.startswith("Sigmoid, 20 layers, weight scale 1.0")
    figure.get_by_role("radio", name="Sigmoid").focus()
    page.keyboard.press("ArrowRight")
    assert status(page, 0).startswith("tanh, 20 layers")
    depth = figure.get_by_role("slider", name="Depth")
    depth.focus()
    page.keyboard.press("End")
    assert depth.get_attribute("aria-valuetext") == "30 layers"
    line = figure.locator('.dlx-live [data-part="gradient"]')
    assert line.get_attribute("d").count("L") == 29
    figure.get_by_role("slider", name="Weight scale").focus()
    page.keyboard.press("ArrowRight")
    assert status(page, 0).startswith("tanh, 30 layers, weight scale 1.1")
    assert figure.get_by_role("radio", name="Xavier").is_checked() is False
    point = figure.get_by_role("slider", name="Pre-activation z")
    point.focus()
    page.keyboard.press("Home")
    assert point.get_attribute("aria-valuetext") == "-5.0: value -1.000, slope 0.000"


def test_the_point_on_the_curve_follows_the_pointer(open_page):
    page = open_page()
    svg = page.locator("[data-explorable=activation_stack] .dlx-live svg").first
    box = svg.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 184 / 340, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 240 / 340, box["y"] + box["height"] / 2)
    page.mouse.up()
    shown = page.get_by_role("slider", name="Pre-activation z").get_attribute("aria-valuetext")
    assert shown.startswith("2.0: value 0.881")


def test_training_by_keyboard_is_the_same_each_time(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=boundary_training]")
    button = figure.get_by_role("button", name="One step")
    button.focus()
    seen = []
    for _ in range(2):
        for _ in range(3):
            page.keyboard.press("Enter")
        seen.append(status(page, 1))
        figure.get_by_role("button", name="Reset").press("Enter")
        button.focus()
    assert seen[0] == seen[1]
    assert seen[0].startswith("Step 3: loss 0.6")
    figure.get_by_role("button", name="Train").press("Space")
    page.wait_for_function(
        """() => /Step [1-9]\\d\\d/.test(
          document.querySelector("[data-explorable=boundary_training] .dlx-readout").textContent)"""
    )
    figure.get_by_role("button", name="Pause").press("Space")
    assert "60 of 60 points on the right side. All were right first at step 86" in status(page, 1)


def test_points_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=boundary_training]")
    plane = figure.get_by_role("application")
    plane.focus()
    page.keyboard.press("PageDown")
    before = status(page, 1)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    after = status(page, 1)
    assert before.startswith("Point 1 of 60, disc, at ")
    assert after.startswith("Point 1 of 60, triangle, at ")
    x = [float(text.split(" at ")[1].split(",")[0]) for text in (before, after)]
    assert x[0] - x[1] == pytest.approx(0.05)
    page.keyboard.press("Enter")
    assert status(page, 1).startswith("Point 61 of 61, disc")
    page.keyboard.press("Delete")
    assert status(page, 1) == "Removed; 60 points are left."


def test_points_by_mouse_and_touch(open_page):
    page = open_page(has_touch=True, viewport={"width": 390, "height": 844})
    plane = page.locator("[data-explorable=boundary_training]").get_by_role("application")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    place = (box["x"] + box["width"] * 184 / 340, box["y"] + box["height"] * 131 / 260)
    page.touchscreen.tap(*place)  # the first tap only wakes the figure, so that a page scrolls
    assert "of 60" in page.locator("[role=status]").nth(1).text_content()
    page.touchscreen.tap(*place)
    assert status(page, 1).startswith("Point 61 of 61, disc, at ")
    page.mouse.move(*place)
    page.mouse.down()
    page.mouse.move(place[0] + box["width"] * 70 / 340, place[1])
    page.mouse.up()
    x = float(status(page, 1).split(" at ")[1].split(",")[0])
    assert x == pytest.approx(1.0, abs=0.03)


def test_divergence_is_said(open_page):
    page = open_page(reduced_motion="reduce")
    figure = page.locator("[data-explorable=boundary_training]")
    figure.get_by_role("radio", name="none").check(force=True)
    figure.get_by_role("slider", name="Learning rate").press("End")
    for _ in range(4):
        figure.get_by_role("button", name="Train").click()
    assert status(page, 1).startswith("The loss is no longer a number after step")
    figure.get_by_role("button", name="Reset").click()
    assert status(page, 1).startswith("Step 0: loss 0.")


@pytest.mark.parametrize("number", [2, 3])
def test_states_are_stepped_through(open_page, number):
    page = open_page()
    figure = page.locator("[data-explorable=step_through]").nth(number - 2)
    last = "x is 2" if number == 2 else "x is 12"
    figure.get_by_role("button", name="Next").press("Enter")
    assert status(page, number) == "x is 1"
    figure.get_by_role("slider", name="Step").press("End")
    assert status(page, number) == last
    drawn = figure.locator(".dlx-live [data-part=title]").text_content()
    assert drawn == last


def test_reduced_motion_trains_a_hundred_steps_at_once(open_page):
    page = open_page(reduced_motion="reduce")
    figure = page.locator("[data-explorable=boundary_training]")
    figure.get_by_role("button", name="Train").click()
    assert status(page, 1).startswith("Step 100:")
    assert page.get_by_role("button", name="Play").count() == 0


def test_the_columns_of_a_matrix_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=linear_map]")
    second = figure.get_by_role("slider", name="Image of the basis vector e2")
    second.focus()
    for key in ("ArrowLeft", "ArrowLeft", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert second.get_attribute("aria-valuetext") == "0.8, 0.5"
    assert status(page, 4).startswith("Determinant 0.50: areas × 0.50, orientation kept")
    assert figure.get_by_role("radio", checked=True).count() == 0
    first = figure.get_by_role("slider", name="Image of the basis vector e1")
    drag(page, first, -100, 0)  # 50 units are 1
    assert first.get_attribute("aria-valuetext") == "-1.0, 0.0"
    assert "orientation reversed" in status(page, 4)
    x = figure.get_by_role("slider", name="The vector x")
    drag(page, x, -200, 0)
    assert x.get_attribute("aria-valuetext").endswith(" degrees")
    degrees = int(x.get_attribute("aria-valuetext").split()[0])
    assert 150 < degrees < 180
    x.press("ArrowUp")
    assert int(x.get_attribute("aria-valuetext").split()[0]) == degrees + 3


def test_a_chosen_matrix_is_reached_at_once_without_motion(open_page):
    page = open_page(reduced_motion="reduce")
    figure = page.locator("[data-explorable=linear_map]")
    figure.get_by_role("radio", name="Rotation").check(force=True)
    assert "Eigenvalues 0.60 ± 0.80 i" in figure.locator(".dlx-readout").text_content()
    assert figure.locator(".dlx-live [data-part=eigen]").first.get_attribute("d") == ""


def test_the_line_and_the_power_by_keyboard_and_pointer(open_page):
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    figure = page.locator("[data-explorable=unit_balls]")
    grip = figure.get_by_role("slider", name="The right grip of the line")
    for _ in range(4):
        grip.press("Shift+ArrowUp")
    assert grip.get_attribute("aria-valuetext") == "1.6, 2.2"
    power = figure.get_by_role("slider", name="Power p")
    power.press("End")
    assert power.get_attribute("aria-valuetext") == "p = ∞"
    assert "Lp with p = ∞: (−1.44, 1.44), norm 1.44" in status(page, 5)
    drag(page, grip, 0, 2 * 245 / 4.9)
    assert grip.get_attribute("aria-valuetext") == "1.6, 0.2"
    for _ in range(9):  # the other grip is not passed
        grip.press("Shift+ArrowLeft")
        grip.press("Shift+ArrowUp")
    x, y = map(float, grip.get_attribute("aria-valuetext").split(", "))
    assert (x + 0.8) ** 2 + (y - 1.6) ** 2 >= 0.45**2


PIXELS = """async (image) => {
  const picture = new Image();
  picture.src = image.getAttribute("href");
  await picture.decode();
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  return [...context.getImageData(0, 0, picture.width, picture.height).data];
}"""


def test_an_image_by_its_rank(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=svd_image]")
    figure.get_by_role("slider", name="Rank k").press("ArrowRight")
    assert status(page, 6).startswith("Rank 11 of 160: relative error 9.9 %")
    seen = np.array(figure.locator(".dlx-live image").evaluate(PIXELS)).reshape(160, 160, 4)
    U, S, Vh = np.linalg.svd(camera().numpy())
    expected = np.clip(255 * (U[:, :11] * S[:11]) @ Vh[:11], 0, 255)
    assert np.abs(seen[..., 0] - expected).max() < 4
    assert np.abs(seen[..., 0] - expected).mean() < 0.6
    figure.get_by_role("radio", name="Original").check(force=True)
    seen = np.array(figure.locator(".dlx-live image").evaluate(PIXELS)).reshape(160, 160, 4)
    assert np.abs(seen[..., 0] - 255 * camera().numpy()).max() <= 0.5
    assert figure.locator(".dlx-live [data-part=title]").first.text_content() == "The original"


def test_four_optimizers_by_keyboard_and_pointer(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=optimizer_paths]")
    start = figure.get_by_role("slider", name="The start")
    drag(page, start, 50, 25)
    assert start.get_attribute("aria-valuetext") == "-1.4, 0.3"
    start.press("ArrowRight")
    assert start.get_attribute("aria-valuetext") == "-1.3, 0.3"
    figure.get_by_role("radio", name="Ravine, turned").check(force=True)
    assert start.get_attribute("aria-valuetext") == "-2.3, -1.1"
    figure.get_by_role("slider", name="Step size").press("End")
    assert "Gradient descent: diverges, Momentum: diverges, RMSProp: 6.2, Adam" in status(page, 7)
    figure.get_by_role("slider", name="Momentum").press("Home")
    said = status(page, 7)
    assert said.count("diverges") == 2
    figure.get_by_role("slider", name="Step size").press("Home")
    paths = [
        figure.locator(f".dlx-live [data-part={name}]").get_attribute("d")
        for name in ("sgd", "momentum")
    ]
    assert paths[0] == paths[1]
    figure.get_by_role("checkbox", name="Adam").press("Space")
    assert figure.locator(".dlx-live [data-part=adam]").get_attribute("d") == ""
    figure.get_by_role("slider", name="Steps").press("Home")
    figure.get_by_role("button", name="Play").press("Enter")
    steps = figure.get_by_role("slider", name="Steps").element_handle()
    page.wait_for_function("steps => steps.value > 3", arg=steps)
    figure.get_by_role("button", name="Pause").press("Enter")


def test_the_limit_of_the_learning_rate_by_keyboard(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=edge_of_stability]")
    rate, moment = (
        figure.get_by_role("slider", name=name) for name in ("Learning rate", "Step of training")
    )
    moment.press("Home")
    assert status(page, 10) == (
        "Step 0: λ = 8.73, limit 10, that is 2/η with η = 0.2.\n"
        "A quadratic that sharp: −0.75 times the distance a step, it converges.\n"
        "The network: loss 0.459, 0.459 at the start."
    )
    rate.press("ArrowRight")
    assert rate.get_attribute("aria-valuetext") == "0.3"
    assert "limit 6.67, that is 2/η with η = 0.3.\n" in status(page, 10)
    assert "−1.62 times the distance a step, it diverges." in status(page, 10)
    rate.press("End")
    moment.press("End")
    assert status(page, 10).endswith("at the start; it is lost before step 60.")
    figure.get_by_role("radio", name="0.9").check(force=True)
    rate.press("Home")
    assert "limit 76, that is 3.8/η with η = 0.05.\n" in status(page, 10)
    own = figure.locator(".dlx-live [data-part=own]").first
    assert own.get_attribute("d").count("L") == 50


def test_both_classifiers_follow_a_point(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=classify_points]")
    borders = figure.locator(".dlx-live [data-part=boundary]")
    plane = figure.get_by_role("application")
    plane.focus()
    before = [border.get_attribute("d") for border in borders.all()]
    page.keyboard.press("PageUp")  # the last point, the stray
    page.keyboard.press("ArrowRight")
    assert status(page, 8) == "Point 29 of 29, triangle, at -1.05, -0.15."
    after = [border.get_attribute("d") for border in borders.all()]
    assert all(a != b for a, b in zip(after, before, strict=True))
    figure.get_by_role("slider", name="Neighbours k").press("ArrowRight")
    assert status(page, 8).startswith("Right on 29 points: logistic regression 28, 3 nearest")
    assert figure.get_by_text("Nearest neighbours, k = 3").is_visible()
    plane.focus()
    page.keyboard.press("Delete")
    figure.get_by_role("button", name="Points as before").press("Enter")
    assert status(page, 8).startswith("Right on 29 points")


def test_beam_search_begins_at_the_beginning(open_page):
    page = open_page()
    figure = page.locator("[data-explorable=step_through]").nth(2)
    words = figure.locator(".dlx-live svg").nth(1).locator("text[data-part^=word]")
    words.filter(has_text="start").wait_for()
    assert words.all_text_contents() == ["start"]
    for _ in range(2):
        figure.get_by_role("button", name="Next").press("Enter")
    assert status(page, 9) == "Choose word 1."
    assert words.all_text_contents() == ["start", "the .60", "a .40"]
    figure.get_by_role("slider", name="Step").press("End")
    assert status(page, 9).endswith("the likeliest is a bird sings (0.32).")
    assert figure.locator(".dlx-still").get_by_text("sings .32").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(open_page, theme):
    assert violations(open_page(viewport={"width": 390, "height": 844}), theme) == []


def test_a_notebook_or_book_does_not_take_the_keys(open_page):
    page = open_page()
    page.evaluate(
        """document.addEventListener("keydown", (event) => {
          if (event.key.startsWith("Arrow")) event.preventDefault();
          window.heard = event.key;
        })"""
    )
    rank = page.locator("[data-explorable=svd_image]").get_by_role("slider", name="Rank k")
    rank.press("ArrowRight")
    assert rank.input_value() == "11"
    rank.press("Control+k")
    assert page.evaluate("window.heard") == "k"


def visible(page, selector):
    return {node.is_visible() for node in page.locator(selector).all()}


def test_without_scripts_and_on_paper_the_picture_stays(open_page):
    page = open_page(java_script_enabled=False)
    assert visible(page, ".dlx-still") == {True}
    page = open_page()
    assert visible(page, ".dlx-still") == {False}
    assert visible(page, ".dlx-live") == {True}
    page.emulate_media(media="print")
    assert visible(page, ".dlx-still") == {True}
    assert visible(page, ".dlx-live") == {False}


def test_dark_mode_changes_the_colors(open_page):
    page = open_page()
    color = """() => getComputedStyle(document.querySelector(".dlx-live .dlx-blue")).color"""
    light = page.evaluate(color)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert (light, page.evaluate(color)) == ("rgb(56, 56, 164)", "rgb(163, 163, 242)")


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_page(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
