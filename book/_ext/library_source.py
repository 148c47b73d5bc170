"""Directive ``{source} dlcore.nn.softmax``: the library's own code on the page."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from dlcore._notebook import source_of


def find_object(name: str) -> object:
    """The object with this dotted name; ImportError or AttributeError if there is none."""
    module, *attributes = name.split(".")
    found = importlib.import_module(module)
    for attribute in attributes:
        try:
            found = getattr(found, attribute)
        except AttributeError:
            if not inspect.ismodule(found):
                raise
            found = importlib.import_module(f"{found.__name__}.{attribute}")
    return found


COLUMNS = 76  # what the column of a page holds, as in chapters/ruff.toml


def fitted(code: str) -> str:
    """The same code in lines that need no scrolling."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--quiet"]
    command += ["--line-length", str(COLUMNS), "-"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
    return done.stdout.strip("\n")


def documented(name: str) -> str:
    """The name under which the API describes an object."""
    owner = name.partition("._")[0]
    holder = owner.rpartition(".")[0]
    if owner != name and inspect.ismodule(find_object(owner)):
        return holder
    if inspect.ismodule(module := find_object(holder)) and not hasattr(module, "__path__"):
        return holder.rpartition(".")[0]
    return owner


class LibrarySource(SphinxDirective):
    """Shows the source of one or more library objects, each with a link to its API entry.

    What is private or not exported has none: a method's name leads to its class, a function's to
    its package.
    """

    required_arguments = 1
    optional_arguments = 99

    def run(self) -> list[nodes.Node]:
        """One listing a name."""
        return [self.listing(name) for name in self.arguments]

    def listing(self, name: str) -> nodes.Node:
        """A linked name over the object's code."""
        try:
            found = find_object(name)
            code = fitted(source_of(found))
            self.env.note_dependency(str(Path(inspect.getsourcefile(found)).resolve()))
        except (
            ImportError,
            AttributeError,
            TypeError,
            OSError,
            subprocess.SubprocessError,
        ) as error:
            raise self.error(f"source: cannot show {name!r}: {error}") from error
        link = pending_xref(
            "",
            nodes.literal("", name, classes=["xref", "py", "py-obj"]),
            refdomain="py",
            reftype="obj",
            reftarget=documented(name),
            refdoc=self.env.docname,
            refwarn=True,
        )
        self.set_source_info(link)
        block = nodes.literal_block(code, code, language="python", classes=["dl-code"])
        self.set_source_info(block)
        title = nodes.paragraph("", "", link, classes=["dl-source-title"])
        return nodes.container("", title, block, classes=["dl-source"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("source", LibrarySource)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
