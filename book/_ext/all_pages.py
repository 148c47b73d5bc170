"""What is made of all pages is made again only by a build that reads or writes one of them."""

from collections.abc import Callable

from sphinx.application import Sphinx


def are_read(app: Sphinx) -> bool:
    """Whether the build has read a page, or found that one is gone."""
    return getattr(app, "pages_read", False)


def when_written(app: Sphinx, make: Callable[[Sphinx], None], priority: int = 500) -> None:
    """Call what makes something once all HTML pages stand, if any was written."""

    def finished(app: Sphinx, error: Exception | None) -> None:
        if error is None and app.builder.name == "html" and getattr(app, "pages_written", False):
            make(app)

    app.connect("build-finished", finished, priority=priority)


def note_read(app: Sphinx, *_: object) -> None:
    """A page is to be read, or forgotten."""
    app.pages_read = True


def note_written(app: Sphinx, *_: object) -> None:
    """Pages are going to be written."""
    app.pages_written = True


def setup(app: Sphinx) -> dict[str, bool]:
    """Listen to both."""
    app.connect("env-purge-doc", note_read)
    app.connect("write-started", note_written)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
