"""Sources shown without docstrings; outside of a notebook nothing is handed over.

What happens in a kernel is tested in tests/book/test_handed_over.py.
"""

import ast
import inspect
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch

import dlcore
from dlcore._notebook import source_of


class Shape:
    """A class with a docstring."""

    sides: int = 3  # a comment stays

    def area(self):
        r"""One with \alpha in it."""
        return self.sides

    def empty(self):
        """Nothing but this."""

    def text(self):
        return """not a docstring"""


def one_line(): "sharing the line"; return 1  # fmt: skip  # noqa: E702


@pytest.mark.parametrize(
    "obj", [Shape, Shape.area, textwrap, textwrap.dedent, textwrap.TextWrapper]
)
def test_the_code_is_the_same_and_the_docstrings_are_gone(obj):
    tree = ast.parse(textwrap.dedent(inspect.getsource(obj)))
    shown = ast.parse(source_of(obj))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(
            node
        ):
            del node.body[0]
            if not node.body:
                node.body.append(ast.Expr(ast.Constant(...)))
    assert ast.dump(shown) == ast.dump(tree)


def test_source_as_a_reader_sees_it():
    expected = '''\
        class Shape:
            sides: int = 3  # a comment stays

            def area(self):
                return self.sides

            def empty(self):
                ...

            def text(self):
                return """not a docstring"""'''
    assert source_of(Shape) == textwrap.dedent(expected)


def test_a_docstring_that_shares_its_line_stays():
    assert "return 1" in source_of(one_line)


def test_the_shape_checker_of_the_tests_is_seen_through():
    assert source_of(dlcore.device).startswith("def device() -> torch.device:\n    return")


@pytest.mark.bad_input
@pytest.mark.parametrize("obj", [len, torch.add, 3])
def test_no_python_source(obj):
    with pytest.raises(TypeError, match="source_of needs a function, class or module"):
        source_of(obj)


@pytest.mark.reference("inspect.getsource", of="dlcore.show_source")
def test_show_source_prints_outside_of_a_notebook(capsys):
    dlcore.show_source(Shape.area, Shape.text)
    assert capsys.readouterr().out == f"{source_of(Shape.area)}\n\n\n{source_of(Shape.text)}\n"


def test_glue_is_silent_outside_of_a_notebook(capsys):
    dlcore.glue(accuracy=torch.tensor([0.5]), best=np.bool_(True))
    assert capsys.readouterr().out == ""


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.zeros(2, 3), r"got x of shape \(2, 3\)"),
        (np.zeros(5), r"got x of shape \(5,\)"),
        (None, "got x of NoneType"),
        ([1.0], "got x of list"),
    ],
)
def test_glue_refuses_what_is_not_a_single_value(value, message):
    with pytest.raises(TypeError, match=message):
        dlcore.glue(x=value)


def test_neither_needs_ipython():
    """IPython is not a dependency of the library: it is neither imported nor missed."""
    code = (
        "import sys; sys.modules['IPython'] = None; import dlcore, textwrap;"
        "dlcore.glue(a=1.0); dlcore.show_source(textwrap.indent)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("def indent(")
