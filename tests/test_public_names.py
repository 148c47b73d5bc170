"""Every public name of the library has a test against a reference that is not ourselves."""

import ast
import importlib
import pkgutil
from pathlib import Path

import dlcore

TESTS = Path(__file__).parent


def references() -> dict[str, str]:
    """What `@pytest.mark.reference(name, of=public_name)` says, over all test files."""
    found = {}
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func) == "pytest.mark.reference"
            ):
                of = next(k.value.value for k in node.keywords if k.arg == "of")
                found[of] = node.args[0].value
    return found


def public_names() -> set[str]:
    """`dlcore.<room>.<name>` for every name that a room exports."""
    names = {f"dlcore.{name}" for name in dlcore.__all__}
    for room in pkgutil.iter_modules(dlcore.__path__, "dlcore."):
        if not room.name.rsplit(".", 1)[-1].startswith("_"):
            module = importlib.import_module(room.name)
            names |= {
                f"{room.name}.{name}"
                for name in module.__all__
                if getattr(getattr(module, name), "__module__", "").startswith(room.name)
            }
    return names


def test_every_public_name_is_tested_against_a_reference():
    assert public_names() - set(references()) == set()


def test_no_reference_to_a_name_that_does_not_exist():
    assert set(references()) - public_names() == set()


def test_the_reference_is_never_ourselves():
    assert {of for of, name in references().items() if name.startswith("dlcore")} == set()
