"""What the book's notebooks use: an object's source, and numbers handed over to the prose."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from types import ModuleType
from typing import Protocol, runtime_checkable

Showable = Callable[..., object] | type | ModuleType

GLUE = "application/papermill.record/"


def source_of(obj: Showable) -> str:
    """The source code of an object without its docstrings.

    Args:
        obj: A function, method, class or module written in Python.

    Returns:
        The code, not indented, without a newline at its end; comments and decorators stay.

    Raises:
        TypeError: If there is no Python source for it.

    Example:
        >>> from textwrap import dedent
        >>> print(source_of(dedent).splitlines()[0])
        def dedent(text):
    """
    try:
        code = obj if isinstance(obj, ModuleType) else inspect.unwrap(obj)
        source = textwrap.dedent(inspect.getsource(code))
    except (TypeError, OSError):
        raise TypeError(
            f"source_of needs a function, class or module written in Python, got {obj!r}"
        ) from None
    lines = source.splitlines()
    for first, last, replacement in reversed(_docstrings(ast.parse(source))):
        rest = lines[last:]
        while not replacement and rest and not rest[0].strip():
            rest.pop(0)
        lines[first - 1 :] = replacement + rest
    return "\n".join(lines).strip("\n")


def _docstrings(tree: ast.Module) -> list[tuple[int, int, list[str]]]:
    """First and last line of each docstring, and what replaces it, from top to bottom."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            if ast.get_docstring(node) is not None and body[0].lineno > getattr(node, "lineno", 0):
                alone = len(body) == 1 and not isinstance(node, ast.Module)
                replacement = [" " * body[0].col_offset + "..."] if alone else []
                found.append((body[0].lineno, body[0].end_lineno or body[0].lineno, replacement))
    return sorted(found)


def show_source(*objects: Showable) -> None:
    """Show the source code of objects without their docstrings, highlighted in a notebook.

    Args:
        objects: Functions, methods, classes or modules written in Python.

    Raises:
        TypeError: If there is no Python source for one of them.

    Example:
        >>> from textwrap import indent
        >>> show_source(indent)  # doctest: +ELLIPSIS
        def indent(text, prefix, predicate=None):
        ...
    """
    source = "\n\n\n".join(source_of(obj) for obj in objects)
    if not _in_notebook():
        print(source)
        return
    from IPython.display import Code, display

    display(Code(data=source, language="python"))


def glue(**values: object) -> None:
    """Hand results over to the prose, where ``{glue:text}`name:.3f``` shows them.

    The values are stored in the output of the notebook's cell, in the format of MyST-NB, which
    plain Jupyter does not display. Outside of a notebook nothing happens.

    Args:
        values: Numbers, strings, or tensors and arrays of one element, by name.

    Raises:
        TypeError: If a value is none of these.

    Example:
        >>> glue(test_accuracy=0.974, epochs=20)
    """
    plain = {name: _plain(name, value) for name, value in values.items()}
    if not _in_notebook():
        return
    from IPython.display import display

    for name, value in plain.items():
        display(
            {f"{GLUE}text/plain": repr(value)},
            raw=True,
            metadata={"scrapbook": {"name": name, "mime_prefix": GLUE}},
        )


def _plain(name: str, value: object) -> float | int | str:
    """The Python number or string in a value."""
    if isinstance(value, _Array):
        array = value
        try:
            value = array.item()
        except (RuntimeError, ValueError):
            shape = tuple(array.shape)
            raise TypeError(f"glue needs single values, got {name} of shape {shape}") from None
    if not isinstance(value, float | int | str):
        raise TypeError(f"glue needs numbers or strings, got {name} of {type(value).__name__}")
    return value


@runtime_checkable
class _Array(Protocol):
    """A tensor, an array or a numpy scalar."""

    shape: tuple[int, ...]

    def item(self) -> object: ...


def _in_notebook() -> bool:
    """Whether a kernel with a display runs this code; IPython is asked only if it is loaded."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")
