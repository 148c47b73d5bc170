"""What answers the reader, in Chromium on the miniature book."""

import json
import re

import pytest
from playwright.sync_api import expect

CHAPTER = "chapters/06_small_networks.html"
expect.set_options(timeout=30_000)


@pytest.fixture
def reader(chromium, book, serve):
    """Opens pages of the book in a fresh browser; its troubles fail the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 700})
    page = context.new_page()
    trouble = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.root = serve(book.html)
    page.open = lambda name: page.goto(f"{page.root}/{name}")
    page.open(CHAPTER)
    yield page
    context.close()
    assert trouble == []


def verdict(page, label: str) -> str:
    """What the page says of an answer."""
    page.wait_for_selector(f"#{label} .dl-verdict:not(:empty)")
    return page.locator(f"#{label} .dl-verdict").inner_text()


def state(page) -> dict:
    """What the browser keeps."""
    return json.loads(page.evaluate("localStorage.getItem('deep-learning-101')"))


# Laying out what comes into view moves the page: done when nothing has moved for ten frames.
AT_REST = """async element => {
  const place = () => {
    const {x, y} = element.getBoundingClientRect();
    return [x, y, document.documentElement.scrollHeight].join();
  };
  for (let before = "", still = 0; still < 10; before = place()) {
    element.scrollIntoView({block: "center", behavior: "instant"});
    await new Promise(requestAnimationFrame);
    still = place() === before ? still + 1 : 0;
  }
}"""


def point_at(target) -> None:
    """Move the mouse onto something that no longer moves."""
    target.evaluate(AT_REST)
    target.hover()


def results(page, typed: str):
    """What the search shows for all that was typed, not for the beginning of it."""
    answer = page.locator(f'.dl-results[data-query="{typed}"]')
    answer.wait_for(state="attached")
    return answer.locator("li")


def test_a_click_on_a_choice_answers_with_its_reason(reader):
    reader.locator("#chk-slope label").nth(0).click()
    assert verdict(reader, "chk-slope").startswith("Not quite.")
    assert "left" in verdict(reader, "chk-slope")
    reader.locator("#chk-slope label").nth(1).click()
    reader.wait_for_selector("#chk-slope .is-right")
    assert verdict(reader, "chk-slope").startswith("Right.")
    assert state(reader)["solved"] == {"chk-slope": "chapters/06_small_networks"}


def test_a_keyboard_chooses_first_and_asks_with_enter(reader):
    reader.locator("#chk-slope input").nth(0).focus()
    reader.keyboard.press("ArrowDown")
    assert reader.locator("#chk-slope .dl-verdict").inner_text() == ""
    reader.keyboard.press("Enter")
    assert verdict(reader, "chk-slope").startswith("Right.")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0.6931", "Right. The entropy of a fair coin."),
        ("0,693", "Right."),
        ("6931/10000", "Right."),
        ("6.93e-1", "Right."),
        (".301", "Not quite. That is the logarithm to base 10."),
        ("0.5", "Not that number."),
        ("ln 2", "Write a number, such as"),
        ("", "Write a number"),
        ("1/0", "Write a number"),
    ],
)
def test_a_number_is_judged(reader, typed, said):
    reader.locator("#chk-sum input").fill(typed)
    reader.keyboard.press("Enter")
    assert " ".join(verdict(reader, "chk-sum").split()).startswith(said)


def test_progress_and_the_last_place_show_on_the_first_page(reader):
    reader.locator("#chk-slope label").nth(1).click()
    reader.locator("#second-section h2").evaluate(AT_REST)
    reader.wait_for_function(
        "'second-section' in JSON.parse(localStorage.getItem('deep-learning-101'))"
        f".pages['{CHAPTER.removesuffix('.html')}'].seen"
    )
    reader.mouse.wheel(0, 3000)
    reader.wait_for_function(
        "JSON.parse(localStorage.getItem('deep-learning-101')).last?.id == 'second-section'"
    )
    reader.open("chapters/index.html")
    resume = reader.locator(".dl-resume a")
    assert resume.inner_text() == "6.2 Second section"
    for place in (".dl-card-title", "nav.bd-links"):
        mark = reader.locator(f"{place} .dl-progress").first
        assert re.fullmatch(
            r"[23] of 3 sections read, 1 of 2 .* solved", mark.get_attribute("title")
        )
    resume.click()
    reader.wait_for_url(f"{reader.root}/{CHAPTER}#second-section")


def test_progress_is_exported_deleted_and_imported(reader, tmp_path):
    reader.locator("#chk-slope label").nth(1).click()
    reader.wait_for_selector("#chk-slope.is-solved")
    reader.keyboard.press("?")
    with reader.expect_download() as download:
        reader.get_by_role("button", name="Export").click()
    download.value.save_as(tmp_path / "progress.json")
    reader.on("dialog", lambda dialog: dialog.accept())
    reader.get_by_role("button", name="Delete").click()
    reader.get_by_text("Deleted.").wait_for()
    assert state(reader)["solved"] == {}
    files = reader.locator("#dl-help input[type=file]")
    (tmp_path / "other.json").write_text('{"version": 1, "solved": []}')
    files.set_input_files(tmp_path / "other.json")
    reader.get_by_text("is no progress that this book has exported; nothing was changed").wait_for()
    assert state(reader)["solved"] == {}
    files.set_input_files(tmp_path / "progress.json")
    reader.get_by_text("Added to what was kept here.").wait_for()
    assert list(state(reader)["solved"]) == ["chk-slope"]
    assert reader.locator("#chk-slope.is-solved").count() == 1


def test_spoilt_state_does_not_break_the_page(reader):
    reader.evaluate("localStorage.setItem('deep-learning-101', '{\"version\": 1, \"pages\": 3}')")
    reader.open(CHAPTER)
    reader.locator("#chk-slope label").nth(1).click()
    assert verdict(reader, "chk-slope").startswith("Right.")


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("#equation-eq-small", "and it goes on"),
        ("#fig-small", "Figure 6.1 A line of (6.1)."),
        ("#alg-small", "do nothing"),
        ("glossary.html#term-unit", "Part of a layer."),
        ("bibliography.html#", "On small things"),
        ("dlcore.nn.html#dlcore.nn.soft", "Softness of"),
    ],
)
@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_a_card_shows_what_a_link_leads_to(reader, link, words, how):
    target = reader.locator(f".bd-article a.internal[href*='{link}']").first
    if how == "mouse":
        point_at(target)
    else:
        reader.keyboard.press("Tab")  # from here on focus is shown
        target.focus()
    card = reader.locator("[role=tooltip]")
    expect(card).to_contain_text(words)
    expect(target).to_have_attribute("aria-describedby", card.get_attribute("id"))
    reader.keyboard.press("Escape")
    expect(card).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "first", "marked"),
    [
        ("actvation", "6.2 Second section", ["activation"]),
        ("entries", "6.1 First section", ["entries"]),
        ("unit", "unit", []),
    ],
)
def test_search_forgives_typos_and_marks_what_it_found(reader, typed, first, marked):
    reader.keyboard.press("/")
    reader.keyboard.type(typed)
    result = results(reader, typed).first
    assert result.locator("a").inner_text() == first
    expect(result.locator("p")).not_to_be_empty()
    assert result.locator("mark").all_inner_texts() == marked
    assert "$" not in result.inner_text()


def test_search_ranks_chapters_over_the_api_over_source(reader):
    reader.open("search.html?q=soft activation")
    results(reader, "soft activation")
    kinds = [text.split(" · ")[0] for text in reader.locator(".dl-where").all_inner_texts()]
    order = ["Chapter", "API", "Source"]
    assert set(order) <= set(kinds)
    ranked = [kind for kind in kinds if kind in order]
    assert ranked == sorted(ranked, key=order.index)


def test_search_for_a_name_of_the_library_ranks_the_api_first(reader):
    reader.open("search.html?q=dlcore.nn.soft")
    first = results(reader, "dlcore.nn.soft").first
    assert first.locator("a").inner_text() == "dlcore.nn.soft"
    assert first.locator(".dl-where").inner_text().startswith("API")


def test_search_says_when_it_finds_nothing(reader):
    reader.open("search.html?q=zzzzqqqq")
    reader.get_by_text("Nothing found for “zzzzqqqq”.").wait_for()


def test_the_search_page_loads_its_index_at_the_first_letter(reader):
    asked = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.open("search.html")
    reader.wait_for_load_state("networkidle")
    assert not any("search-index" in address for address in asked)
    reader.keyboard.type("unit")
    results(reader, "unit").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_are_right_from_the_first_paint(reader, scheme):
    reader.evaluate("localStorage.clear()")
    reader.emulate_media(color_scheme=scheme)
    reader.add_init_script("""window.themes = new Set();
      new MutationObserver(() => themes.add(document.documentElement.dataset.theme))
        .observe(document, {subtree: true, attributeFilter: ["data-theme"]});""")
    reader.open(CHAPTER)
    assert reader.evaluate("[...themes]") == [scheme]


def test_keys_lead_on_and_back_and_can_be_switched_off(reader):
    reader.keyboard.press("n")
    reader.wait_for_url("**/api/dlcore.nn.html")
    reader.keyboard.press("p")
    reader.wait_for_url(f"**/{CHAPTER}")
    reader.keyboard.press("?")
    reader.get_by_label("Use these keys").uncheck()
    reader.get_by_role("button", name="Close").click()
    reader.keyboard.press("n")
    reader.keyboard.press("?")
    assert reader.locator("dialog[open]").count() == 0
    assert reader.url.endswith(CHAPTER)


def test_keys_typed_into_a_field_stay_there(reader):
    reader.locator("#chk-sum input").focus()
    reader.keyboard.type("n?/")
    assert reader.locator("#chk-sum input").input_value() == "n?/"
    assert reader.url.endswith(CHAPTER)


def test_an_explorable_wakes_when_it_comes_near(reader):
    figure = reader.locator(".dlx")
    figure.evaluate(AT_REST)
    figure.get_by_role("button", name="Next").press("Enter")
    expect(figure.get_by_role("status")).to_have_text("x is 1")


def test_a_formula_is_copied_as_tex(reader):
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    formula = reader.locator("#equation-eq-small")
    point_at(formula)
    formula.get_by_role("button", name="Copy this formula as TeX").click()
    formula.get_by_text("Copied").wait_for()
    copied = reader.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(r"\operatorname{softmax}(\mathbf z)_k = \frac{e^{z_k}}")


def test_the_bibliography_says_where_a_work_is_cited(reader):
    reader.open("chapters/bibliography.html")
    line = reader.locator("div.citation .dl-cited")
    assert line.inner_text() == "Cited in 6.1"
    line.locator("a").click()
    reader.wait_for_url(f"{reader.root}/{CHAPTER}#first-section")


def test_the_way_back_within_a_page_ends_where_the_link_stood(reader):
    link = reader.locator(".bd-article section a[href^='#equation-']:not(.headerlink)").first
    link.evaluate(AT_REST)
    stood = link.bounding_box()["y"]
    link.evaluate("link => link.click()")
    reader.wait_for_url("**#equation-*")
    reader.evaluate("document.querySelector('.bd-article h1').style.paddingTop = '3000px'")
    reader.go_back()
    reader.wait_for_function(
        "([link, y]) => Math.abs(link.getBoundingClientRect().top - y) < 2",
        arg=[link.element_handle(), stood],
    )


def test_the_way_back_from_another_page_ends_where_the_link_stood(reader):
    link = reader.locator(".bd-article section a[href*='glossary']").first
    link.evaluate(AT_REST)
    link.evaluate("link => scrollBy({top: link.getBoundingClientRect().top - 99})")
    stood = link.bounding_box()["y"]
    link.evaluate("link => link.click()")
    reader.wait_for_url("**/glossary.html#*")
    lower = "html{overflow-anchor:none} h1{padding-top:3000px}"
    reader.add_init_script(f"""addEventListener("load", () => {{
      document.head.insertAdjacentHTML("beforeend", "<style>{lower}</style>");
    }})""")
    reader.go_back()
    reader.wait_for_function(
        "y => Math.abs(document.querySelector(`.bd-article section a[href*='glossary']`)"
        ".getBoundingClientRect().top - y) < 2",
        arg=stood,
    )


def test_search_and_cards_work_from_a_disk(chromium, book):
    page = chromium.new_page()
    page.goto(f"{book.html.as_uri()}/{CHAPTER}")
    point_at(page.locator(".bd-article a[href*='#term-unit']"))
    page.locator("[role=tooltip]").get_by_text("Part of a layer.").wait_for()
    page.goto(f"{book.html.as_uri()}/search.html?q=actvation")
    page.locator(".dl-results a").get_by_text("6.2 Second section").wait_for()
    page.close()


def test_without_script_the_answers_unfold(chromium, book):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{book.html.as_uri()}/{CHAPTER}")
    assert not page.locator("#chk-slope button").is_visible()
    reason = page.locator("#chk-slope .dl-answers").get_by_text("It is the identity there")
    assert not reason.is_visible()
    page.locator("#chk-slope .dl-answers summary").click()
    assert reason.is_visible()
    context.close()
