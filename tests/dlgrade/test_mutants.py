"""Mutants are small, lie inside the solution, and are all there."""

import ast

import pytest

from dlgrade.mutants import equivalent, mutants

REFERENCE = """
def mean(values: list, start: float = 0.0) -> float:
    \"\"\"The mean, 1 + 1.\"\"\"
    n = 1 + 1
    ### BEGIN SOLUTION
    if not values:
        raise ValueError("at least " + "one")
    return start + sum(values) / len(values)
    ### END SOLUTION
"""


def changes(source: str) -> list[str]:
    return [m.change.split(" → ")[1] for m in mutants("t", source)]


def test_only_the_solution_is_changed():
    found = mutants("mean", REFERENCE)
    assert [m.change for m in found] == [
        "mean: if not values: → if values:",
        "mean: raise ValueError('at least ' + 'one') → (removed)",
        "mean: return start + sum(values) / len(values) → return",
        "mean: return start + sum(values) / len(values) → return start - sum(values) / len(values)",
        "mean: return start + sum(values) / len(values) → return start + sum(values) * len(values)",
    ]
    for mutant in found:
        assert "n = 1 + 1" in mutant.source
        assert ast.unparse(ast.parse(REFERENCE)) != mutant.source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a < b", ["(removed)", "x = a <= b", "x = a >= b"]),
        ("x = a @ b", ["(removed)", "x = b @ a"]),
        ("x = f(a, b, c)", ["(removed)", "x = f(b, a, c)"]),
        ("x = f(*a, b)", ["(removed)"]),
        ("x = -a", ["(removed)", "x = a"]),
        ("x = a and b", ["(removed)", "x = a or b"]),
        ("x = a if b else c", ["(removed)", "x = c if b else a"]),
        ("x += 1", ["(removed)", "x -= 1", "x += 2"]),
        ("x = 0.5", ["(removed)", "x = 1.0"]),
        ("x = True", ["(removed)", "x = False"]),
        ("x = 'text'", ["(removed)"]),
        ("for i in y:\n    break", ["(removed)"]),
        ("x: int = 3", ["x: int = 4"]),
    ],
)
def test_each_kind_of_fault(source, expected):
    assert sorted(changes(source)) == sorted(expected)


def test_a_statement_that_can_be_changed_twice_to_the_same_text_is_told_apart():
    names = [m.change for m in mutants("t", "x = 1\nx = 1")]
    assert len(names) == len(set(names)) == 4


@pytest.mark.bad_input
def test_reasons_are_texts(tmp_path):
    path = tmp_path / "equivalent.toml"
    assert equivalent(path) == {}
    for text in ("[a", 'a = "b"', "[a]\nb = 1"):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"equivalent\.toml"):
            equivalent(path)
