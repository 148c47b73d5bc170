"""Copies are found through renaming and layout; what everybody has, or was given, is not told."""

import ast
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlgrade.classroom.similarity import RUN, WINDOW, fingerprints, tokens

COPIED = """
def softmax(z):
    largest = z.max(dim=-1, keepdim=True).values
    shifted = z - largest
    powers = shifted.exp()
    total = powers.cumsum(dim=-1)[..., -1:]
    result = torch.empty_like(powers)
    for index in range(powers.shape[-1]):
        result[..., index] = powers[..., index] / total[..., 0]
    return result.clone()
"""
RENAMED = '''
def softmax(scores: torch.Tensor) -> torch.Tensor:
    """Mine, all mine."""
    m = scores.max(dim=-1, keepdim=True).values   # the maximum
    d = (scores
         - m)
    p = d.exp()
    s = p.cumsum(dim=-1)[..., -1:]
    out = torch.empty_like(p)
    for i in range(p.shape[-1]):
        out[..., i] = p[..., i] / s[..., 0]
    return out.clone()
'''
OTHER = """
def softmax(z):
    if z.dim() > 1:
        return torch.stack([softmax(row) for row in z])
    e = [math.exp(float(v) - float(z.max())) for v in z]
    return torch.tensor([v / sum(e) for v in e], dtype=z.dtype)
"""


def test_a_renamed_copy_is_found_and_an_answer_of_ones_own_is_not(submit, dlgrade):
    for student, answer in (("ada", COPIED), ("ben", OTHER), ("cleo", RENAMED)):
        submit(student, softmax=answer, parameters="parameters = 703")
    submit("dan", softmax="def softmax(z: this is no Python", parameters="")
    said = dlgrade("similarity")
    assert "ada  cleo  in softmax" in said
    assert "100%" in said
    assert "1 pairs" in said
    assert "no code to compare: dan" in said
    assert "so short" not in said
    assert "can not show: that anybody copied" in said


def test_what_was_given_and_what_many_have_is_not_told(submit, dlgrade):
    stub = "def softmax(z):\n    raise NotImplementedError()"
    for i in range(4):
        submit(f"copy{i}", softmax=COPIED)
        submit(f"stub{i}", softmax=stub)
    reference = "def softmax(x):\n    y = torch.exp(x - x.amax(-1, keepdim=True))\n    "
    for student in ("eve", "fay"):
        submit(student, softmax=reference + "return y / y.sum(-1, keepdim=True)")
    said = dlgrade("similarity")
    assert "6 pairs" in said
    pairs, _, short = said.partition("could not be compared")
    assert "stub" not in pairs
    assert "eve  fay" not in said
    assert "mean nothing: eve, fay, stub0, stub1, stub2, stub3" in short
    assert "no code" not in said
    assert "0 pairs" in dlgrade("similarity", "--common", "3")


@given(st.integers(0, 10**6))
@settings(max_examples=50)
def test_a_common_run_that_is_long_enough_always_gives_a_common_fingerprint(seed):
    """The guarantee of winnowing, section 3 of the paper."""
    chance = random.Random(seed)
    draw = lambda n, letters: [chance.choice(letters) for _ in range(n)]  # noqa: E731
    common = draw(RUN + WINDOW - 1, "abcdef")
    one = draw(chance.randrange(30), "ghi") + common + draw(chance.randrange(30), "ghi")
    two = draw(chance.randrange(30), "xyz") + common + draw(chance.randrange(30), "xyz")
    assert fingerprints(one) & fingerprints(two)
    assert not fingerprints(draw(60, "ghi")) & fingerprints(draw(60, "xyz"))


@pytest.mark.parametrize(
    "source", ["def f(:", "x = " + "(" * 5000, "\0", "x = " + "-" * 20000 + "1"]
)
def test_what_is_no_python_has_no_tokens(source):
    assert tokens(source) == []


def test_names_comments_layout_annotations_and_docstrings_do_not_count():
    assert tokens(COPIED) == tokens(RENAMED)
    assert tokens(COPIED) != tokens(OTHER)
    assert len(tokens(COPIED)) > 70
    assert tokens(ast.unparse(ast.parse(RENAMED))) == tokens(RENAMED)
