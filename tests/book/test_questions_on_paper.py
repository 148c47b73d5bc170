"""Questions where nothing can be pressed: in the PDF and the EPUB."""

from book.volume import leaf

FORM = """<article class="bd-article"><section><form class="dl-question" id="chk-angle">
<p class="dl-question-head">Check yourself</p><fieldset><div><p>Which angle?</p></div>
<p class="dl-entry"><label>Your answer: <input type="text"></label>{unit} <button>Check</button></p>
</fieldset><div class="dl-verdict"></div>
<details class="dl-hint"><summary>Hint</summary><p>Dot product first.</p></details>
<details class="dl-answers"><summary>Answer</summary><ul><li>62.2</li></ul></details>
</form><p>Get <a href="x.ipynb"><code class="download">the notebook</code></a>.</p>
</section></article>"""


def bound(tmp_path, unit: str):
    """The article as it is bound."""
    (tmp_path / "a.html").write_text(FORM.format(unit=unit), "utf-8")
    return leaf(tmp_path, "a", "").article


def test_a_number_is_asked_for_with_its_unit(tmp_path):
    entry = bound(tmp_path, " degrees").select_one(".dl-question .dl-entry")
    assert entry.get_text() == "Answer in degrees."
    assert not bound(tmp_path, "").select(".dl-entry")


def test_a_hint_stands_there_unfolded(tmp_path):
    hint = bound(tmp_path, "").select_one(".dl-hint")
    assert (hint.name, hint.strong.get_text(), hint.p.get_text()) == (
        "div",
        "Hint",
        "Dot product first.",
    )


def test_a_download_is_no_code(tmp_path):
    assert not bound(tmp_path, "").select("code")
