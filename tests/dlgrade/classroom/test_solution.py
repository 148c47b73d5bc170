"""The book's answer, for those who ask for it and confirm."""

import shutil

import pytest

from tests.dlgrade.classroom.conftest import NAME


def test_the_reference_is_printed_without_its_markers(dlgrade):
    said = dlgrade("solution", "softmax", "--yes")
    namespace = {"torch": pytest.importorskip("torch")}
    exec(said, namespace)
    z = namespace["torch"].tensor([[0.0, 1000.0], [1.0, 1.0]])
    assert namespace["softmax"](z).tolist() == [[0, 1], [0.5, 0.5]]
    assert "SOLUTION" not in said


def test_it_asks_first(dlgrade):
    assert "703" not in dlgrade("solution", "parameters", stdin="n\n", code=1)
    assert "parameters = 703" in dlgrade("solution", "parameters", stdin="y\n")


def test_an_essay_has_one_too(dlgrade):
    assert "overflows" in dlgrade("solution", f"{NAME}/essay-stability", "--yes")


def test_unknown_and_ambiguous_tasks_are_said(course, dlgrade):
    assert "do you mean softmax?" in dlgrade("solution", "softmx", "--yes", code=2)
    assert "there are: softmax, parameters" in dlgrade("solution", "zzz", "--yes", code=2)
    twin = course.source("02_twin")
    twin.parent.mkdir()
    shutil.copy(course.source(NAME), twin)
    said = dlgrade("solution", "softmax", "--yes", code=2)
    assert "say 01_sample/softmax or 02_twin/softmax" in said
    assert "def softmax" in dlgrade("solution", "02_twin/softmax", "--yes")
