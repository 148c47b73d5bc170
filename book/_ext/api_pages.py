"""The pages of the API, in MyST.

``api/<package>.md`` says what a package is and lists its names file by file;
``api/<package>/<file>.md`` describes those of one file in full. What a package defines outside its
public files, or offers from another package, is described on its own page.
"""

import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import yaml
from sphinx.pycode import ModuleAnalyzer

from book._ext.api_entries import arguments_of, plain
from book._ext.taught_in import is_taught

ALL = {"glob": "api/*"}  # how the contents name these pages
WIDTH = 72  # characters of a line of code on a page


def written(toc: str) -> dict[str, str]:
    """The texts of all pages and lists of the API, and the contents with these pages in them."""
    offered = [name for name in documented_modules() if is_taught(name, toc) and is_offered(name)]
    files: dict[str, str] = {}
    for name in offered:
        files |= pages(importlib.import_module(name), toc)
    lines = [f"- [`{name}`](../api/{name}.md): {first_sentence(name)}\n" for name in offered]
    files["book/api.inc.md"] = "".join(lines)
    files["book/names.inc.md"] = "\n".join(one_line_each(name, toc) for name in offered)
    items = [item for name in offered for item in listed(name, files)]
    files["_toc.yml"] = yaml.safe_dump(with_pages(yaml.safe_load(toc), items), sort_keys=False)
    return files


def listed(name: str, files: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A package in the contents, the pages of its files under it."""
    has_files = any(file.startswith(f"api/{name}/") for file in files)
    yield {"file": f"api/{name}"} | ({"sections": [{"glob": f"api/{name}/*"}]} if has_files else {})


def with_pages(contents: Any, items: list[dict]) -> Any:
    """The contents with these items where all pages of the API stood."""
    if isinstance(contents, dict):
        return {key: with_pages(value, items) for key, value in contents.items()}
    if isinstance(contents, list):
        parts = [items if part == ALL else [with_pages(part, items)] for part in contents]
        return [item for part in parts for item in part]
    return contents


def documented_modules() -> list[str]:
    """The packages of the library that exist, and the exercise kit."""
    rooms = [
        f"dlcore.{found.name}"
        for found in pkgutil.iter_modules(importlib.import_module("dlcore").__path__)
        if found.ispkg and not found.name.startswith("_")
    ]
    return ["dlcore", *sorted(rooms), "dlgrade.kit"]


def public_names(module: ModuleType) -> list[str]:
    """What the module offers, without its packages and version."""
    names = getattr(module, "__all__", [])
    offered = (name for name in names if not name.startswith("_"))
    return sorted(n for n in offered if not inspect.ismodule(getattr(module, n)))


def home(found: object, name: str, module: str) -> str:
    """The public name under which an object that this module re-exports is described in full."""
    defined_in = getattr(found, "__module__", None) or module
    room = ".".join(defined_in.split(".")[:2])
    if module.startswith(room) or not room.startswith("dlcore."):
        return f"{module}.{name}"
    described = name in getattr(importlib.import_module(room), "__all__", [])
    return f"{room}.{name}" if described else f"{module}.{name}"


def entry(module: ModuleType, name: str) -> str:
    """The reST that documents one name."""
    found = getattr(module, name)
    full = f"{module.__name__}.{name}"
    elsewhere, here = home(found, name, module.__name__), f"   :module: {module.__name__}\n"
    if elsewhere != full:
        kind = "class" if inspect.isclass(found) else "function"
        text = f"The same as :py:obj:`{elsewhere}`.\n"
        return f".. py:{kind}:: {name}{arguments_of(found)}\n{here}\n{indented(text)}"
    if inspect.isclass(found):
        kind = "exception" if issubclass(found, BaseException) else "class"
        options = "   :members:\n" + "   :show-inheritance:\n" * has_foreign_base(found)
        return f".. auto{kind}:: {full}\n{options}"
    if callable(found):
        return f".. autofunction:: {full}\n"
    return f".. py:data:: {name}\n{here}\n{indented(constant(module.__name__, name, found))}\n"


def indented(text: str) -> str:
    """Text as the content of a directive."""
    return textwrap.indent(text, "   ")


def constant(room: str, name: str, found: object) -> str:
    """What is said beside a constant's assignment, and the keys of a dictionary."""
    module = defining_module(room, name, found)
    said = ModuleAnalyzer.for_module(module).find_attr_docs().get(("", name), [])
    kind = f"A ``{type(found).__name__}``"
    if isinstance(found, dict):
        kind += " with the keys " + ", ".join(f"``{key}``" for key in found)
    return "\n".join([*said, "", f"{kind}."])


def has_foreign_base(found: type) -> bool:
    """Whether a base class of another library is worth a line."""
    return any(b is not object and not b.__module__.startswith("dlcore") for b in found.__bases__)


def defining_module(room: str, name: str, found: object) -> str:
    """The module an object is defined in; constants do not know theirs."""
    if known := getattr(found, "__module__", None):
        return known
    holders = [m for m in sys.modules if m.startswith(f"{room}.") and name in vars(sys.modules[m])]
    return next(iter(sorted(holders)), room)


def pages(package: ModuleType, toc: str) -> dict[str, str]:
    """The page of a package and those of its files."""
    room, own, others, files = package.__name__, [], {}, {}
    for name in taught_names(package, toc):
        found = getattr(package, name)
        elsewhere = home(found, name, room)
        module = defining_module(room, name, found)
        if elsewhere != f"{room}.{name}":
            others.setdefault(elsewhere.rpartition(".")[0], []).append(name)
        elif module.startswith(f"{room}.") and not module.removeprefix(f"{room}.").startswith("_"):
            files.setdefault(module, []).append(name)
        else:
            own.append(name)
    parts = [f"# `{room}`", rst(f".. automodule:: {room}\n   :no-members:\n")]
    if own:
        parts.append(described(package, own))
    written = {}
    for module, names in sorted(files.items()):
        file = module.removeprefix(f"{room}.")
        title = f"## [`{file}`]({room}/{file}.md)"
        parts += [title, rst(f"{plain(first_sentence(module))}\n\n{summary(package, names)}")]
        written[f"api/{room}/{file}.md"] = file_page(package, module, names)
    for other, names in sorted(others.items()):
        parts += [f"## From `{other}`", described(package, names)]
    return written | {f"api/{room}.md": "\n\n".join(parts) + "\n"}


def file_page(package: ModuleType, module: str, names: list[str]) -> str:
    """The page of a file: what it is, how to import what it offers, and that in full."""
    room = package.__name__
    line = f"from {room} import {', '.join(names)}"
    if len(line) > WIDTH:
        line = f"from {room} import (\n" + "".join(f"    {name},\n" for name in names) + ")"
    parts = [
        f"# `{module}`",
        f"A part of [`{room}`](../{room}.md).",
        rst(f".. automodule:: {module}\n   :no-members:\n   :no-index:\n"),
        f"```python\n{line}\n```",
        rst(f".. currentmodule:: {room}\n"),
        described(package, names),
    ]
    return "\n\n".join(parts) + "\n"


def described(package: ModuleType, names: list[str]) -> str:
    """Names at a glance and in full."""
    full = "\n".join(entry(package, name) for name in names)
    return rst(f"{summary(package, names)}\n{full}" if len(names) > 1 else full)


def summary(package: ModuleType, names: list[str]) -> str:
    """A table of functions and classes with a line each, and the names of constants, in reST."""
    room = package.__name__
    lines = [f"   {name}\n" for name in names if callable(getattr(package, name))]
    constants = [f":py:obj:`~{room}.{n}`" for n in names if not callable(getattr(package, n))]
    table = f".. autosummary::\n\n{''.join(lines)}\n" if lines else ""
    return table + (f"Constants: {', '.join(constants)}.\n" if constants else "")


def taught_names(module: ModuleType, toc: str) -> list[str]:
    """What a package offers of the chapters in the contents."""
    room = module.__name__
    return [
        name
        for name in public_names(module)
        if is_taught(defining_module(room, name, getattr(module, name)), toc)
    ]


def one_line_each(name: str, toc: str) -> str:
    """The names of a package, but not those of others, each with its first sentence."""
    module, lines = importlib.import_module(name), []
    for each in taught_names(module, toc):
        found = getattr(module, each)
        if home(found, each, name) == f"{name}.{each}":
            said = inspect.getdoc(found) if callable(found) else constant(name, each, found)
            sentence = " ".join((said or "").strip().split("\n\n")[0].split())
            lines.append(f"- :py:obj:`~{name}.{each}`: {plain(sentence)}\n")
    return f"## `{name}`\n\n{rst(''.join(lines))}\n" if lines else ""


def rst(text: str) -> str:
    """Text in reST within a page in MyST."""
    return f"````{{eval-rst}}\n{text}````"


def first_sentence(name: str) -> str:
    """What a package says it is."""
    return (inspect.getdoc(importlib.import_module(name)) or "").split("\n\n")[0].replace("\n", " ")


def is_offered(name: str) -> bool:
    """Whether the module exists and offers anything."""
    try:
        return bool(public_names(importlib.import_module(name)))
    except ModuleNotFoundError as error:
        if name.startswith(error.name or "?"):
            return False
        raise
