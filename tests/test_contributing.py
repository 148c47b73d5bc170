"""What CONTRIBUTING.md says is there, is there."""

import importlib
import re
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def exists(name):
    """Whether a package or a name in it is there."""
    module, _, attribute = name.rpartition(".")
    return attribute in dir(importlib.import_module(module)) or find_spec(name) is not None


def test_the_names_of_the_library_exist():
    names = set(re.findall(r"`(dlcore(?:\.\w+)+)", TEXT))
    assert len(names) > 20
    assert [name for name in sorted(names) if not exists(name)] == []


def test_every_interactive_figure_is_listed():
    listed = re.search(r"What is already there:(.+?)step_through", TEXT, re.S)
    assert listed is not None
    folder = ROOT / "dlcore/explorables"
    exported = re.findall(r"(\w+) as \1", (folder / "__init__.pyi").read_text("utf-8"))
    figures = {name for name in exported if (folder / f"{name}.py").is_file()} - {"step_through"}
    assert set(re.findall(r"`(\w+)`", listed[1])) == figures
