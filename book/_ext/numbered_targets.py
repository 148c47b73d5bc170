"""What a numbered reference leads to is looked up once for each page, not once for each reference.

Sphinx reads the whole target page from its store for every numbered reference. With thousands of
them that is most of a build, and all that is asked is the kind of the target and its own id.
"""

from functools import cache
from types import SimpleNamespace
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain


def outline(node: nodes.Element) -> nodes.Element:
    """A node with its attributes and its children, but not theirs."""
    copy = node.copy()
    copy += [child.copy() for child in node.children if isinstance(child, nodes.Element)]
    return copy


class Outlines:
    """Sphinx's environment, except that a page is remembered by what can be referred to on it."""

    def __init__(self, env: Any) -> None:
        self._env = env
        self.get_doctree = cache(self._outlined)

    def _outlined(self, page: str) -> SimpleNamespace:
        ids = self._env.get_doctree(page).ids
        return SimpleNamespace(ids={name: outline(node) for name, node in ids.items()})

    def __getattr__(self, name: str) -> Any:
        """All the rest is the environment's own."""
        return getattr(self._env, name)


class NumberedTargets(StandardDomain):
    """The standard domain, which asks for outlines where it resolves numbered references."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        self._outlines = Outlines(env)

    def _resolve_numref_xref(self, env: Any, *arguments: Any) -> nodes.Element | None:
        return super()._resolve_numref_xref(self._outlines, *arguments)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register."""
    app.add_domain(NumberedTargets, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
