"""Formulas are set aside while a page is parsed, and come back as they were written."""

import pytest

from book._ext.written_pages import put_back, set_aside

SQUARE = (
    '<span class="katex"><span class="katex-mathml"><math><mi>x</mi><mn>2</mn></math></span>'
    '<span aria-hidden="true"><span class="mord">x</span><span>2</span></span></span>'
)
SUM = '<span class="katex"><span>a &lt; b</span></span>'
PAGE = f'<p>The square <span class="math">{SQUARE}</span> and {SUM}, <span>no formula</span>.</p>'


def test_a_formula_is_replaced_by_its_words():
    text, formulas = set_aside(PAGE)
    assert formulas == [SQUARE, SUM]
    assert text == (
        '<p>The square <span class="math"><span data-formula="0">x2</span></span> and '
        '<span data-formula="1">a &lt; b</span>, <span>no formula</span>.</p>'
    )


def test_each_comes_back_in_any_piece_of_the_page():
    text, formulas = set_aside(PAGE)
    assert put_back(text, formulas) == PAGE
    assert put_back('<b><span data-formula="1">words</span></b>', formulas) == f"<b>{SUM}</b>"


def test_a_formula_without_an_end_is_an_error():
    with pytest.raises(ValueError, match="a formula has no end: <span class"):
        set_aside(PAGE.partition("</math></span>")[0])
