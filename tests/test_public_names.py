"""Every public name of the library has a test against a reference that is not ourselves.

All of them stand in `public_api.txt` with their arguments, so that a change of what others may rely
on is seen. After a wanted change: `python -m tests.test_public_names`.
"""

import ast
import difflib
import importlib
import inspect
import pkgutil
from pathlib import Path

import dlcore

TESTS = Path(__file__).parent
SNAPSHOT = TESTS / "public_api.txt"
PLAIN = (bool, int, float, str)
STARS = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}


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


def snapshot() -> str:
    """A line for each public name, with its arguments."""
    lines = []
    for full in sorted(public_names()):
        room, _, name = full.rpartition(".")
        found = getattr(importlib.import_module(room), name)
        lines.append(f"{full}{arguments(found) if callable(found) else ''}\n")
    return "".join(lines)


def arguments(found: object) -> str:
    """The names of the arguments, with defaults that are numbers, words or nothing."""
    if inspect.isclass(found) and issubclass(found, BaseException):
        return ""
    parts, by_keyword = [], False
    for parameter in inspect.signature(found).parameters.values():
        starts = parameter.kind is inspect.Parameter.KEYWORD_ONLY and not by_keyword
        by_keyword |= starts or parameter.kind is inspect.Parameter.VAR_POSITIONAL
        parts += ["*"] * starts + [f"{STARS.get(parameter.kind, '')}{parameter.name}"]
        if parameter.default is not inspect.Parameter.empty:
            plain = parameter.default is None or isinstance(parameter.default, PLAIN)
            parts[-1] += f"={parameter.default!r}" if plain else "=..."
    return f"({', '.join(parts)})"


def test_every_change_of_the_public_api_is_seen():
    known, now = SNAPSHOT.read_text("utf-8").splitlines(), snapshot().splitlines()
    changes = list(difflib.unified_diff(known, now, "known", "now", n=0, lineterm=""))
    assert not changes, "\n".join([*changes, "wanted? python -m tests.test_public_names"])


def test_every_public_name_is_tested_against_a_reference():
    assert public_names() - set(references()) == set()


def test_no_reference_to_a_name_that_does_not_exist():
    assert set(references()) - public_names() == set()


def test_the_reference_is_never_ourselves():
    assert {of for of, name in references().items() if name.startswith("dlcore")} == set()


if __name__ == "__main__":
    SNAPSHOT.write_text(snapshot(), "utf-8")
