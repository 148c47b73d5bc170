"""Directive ``{source} dlcore.nn.softmax``: the library's own code on the page."""

import importlib
import inspect
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


class LibrarySource(SphinxDirective):
    """Shows the source of one or more library objects, each with a link to its API entry."""

    required_arguments = 1
    optional_arguments = 99

    def run(self) -> list[nodes.Node]:
        """One listing a name."""
        return [self.listing(name) for name in self.arguments]

    def listing(self, name: str) -> nodes.Node:
        """A linked name over the object's code."""
        try:
            found = find_object(name)
            code = source_of(found)
            self.env.note_dependency(str(Path(inspect.getsourcefile(found)).resolve()))
        except (ImportError, AttributeError, TypeError, OSError) as error:
            raise self.error(f"source: cannot show {name!r}: {error}") from error
        link = pending_xref(
            "",
            nodes.literal("", name, classes=["xref", "py", "py-obj"]),
            refdomain="py",
            reftype="obj",
            reftarget=name,
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
