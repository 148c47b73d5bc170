"""English prose that comes with Python and with installed packages; nothing is downloaded."""

import codecs
import contextlib
import importlib
import io
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version

from dlcore.data.splits import Provenance


@dataclass(frozen=True)
class Text:
    """A text to read or to learn from.

    Attributes:
        text: paragraphs, one a line, in printable ASCII.
        provenance: where it comes from.
    """

    text: str
    provenance: Provenance


def _prose(text: str) -> str:
    """The flush paragraphs of at least 60 characters that read like sentences, one a line."""
    paragraphs = (" ".join(p.split()) for p in re.split(r"\n\s*\n", text) if p[:1].strip())
    kept = (p for p in paragraphs if p.isascii() and len(p) >= 60 and p[0].isupper())
    return "\n".join(p for p in kept if sum(c.isalpha() or c == " " for c in p) > 0.9 * len(p))


def _python_reference() -> str:
    topics = importlib.import_module("pydoc_data.topics").topics
    paragraphs = "\n".join(_prose(topics[name]) for name in sorted(topics)).split("\n")
    return "\n".join(dict.fromkeys(p for p in paragraphs if p))


def _zen() -> str:
    with contextlib.redirect_stdout(io.StringIO()):
        poem = importlib.import_module("this")
    return "\n".join(line for line in codecs.decode(poem.s, "rot13").split("\n") if line)


def _data_descriptions() -> str:
    folder = resources.files("sklearn.datasets.descr")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".rst")), key=lambda f: f.name)
    return "\n".join(filter(None, (_prose(file.read_text("utf8")) for file in files)))


_TEXTS: dict[str, tuple[Callable[[], str], str, str, str, str]] = {
    "python-reference": (
        _python_reference,
        "The Python language reference, its prose",
        "help topics of Python",
        "PSF License Version 2",
        "van Rossum and the Python development team, The Python Language Reference",
    ),
    "zen": (
        _zen,
        "The Zen of Python",
        "the module `this` of Python",
        "public domain",
        "Peters (2004), PEP 20: The Zen of Python",
    ),
    "data-descriptions": (
        _data_descriptions,
        "Descriptions of scikit-learn's data sets, their prose",
        "scikit-learn",
        "BSD 3-Clause",
        "Pedregosa et al. (2011), Scikit-learn: machine learning in Python, JMLR 12",
    ),
}


def text_names() -> tuple[str, ...]:
    """The names that `load_text` knows.

    Source: van Rossum and the Python development team, The Python Language Reference.

    Example:
        >>> text_names()
        ('python-reference', 'zen', 'data-descriptions')

    In production: torchtext or the datasets package download larger texts.
    """
    return tuple(_TEXTS)


def load_text(name: str = "python-reference") -> Text:
    """Load one of the texts that ship with Python or with scikit-learn.

    The reference is about 90,000 characters; it changes a little from one Python to the next.

    Args:
        name: one of `text_names()`.

    Returns:
        The text, one paragraph a line, with its provenance.

    Raises:
        ValueError: there is no text of this name.

    Source: van Rossum and the Python development team, The Python Language Reference.

    Example:
        >>> load_text("zen").text.splitlines()[1]
        'Beautiful is better than ugly.'

    In production: torchtext or the datasets package download larger texts.
    """
    if name not in _TEXTS:
        raise ValueError(f"there is no text {name!r}; there are {', '.join(_TEXTS)}")
    read, title, source, licence, citation = _TEXTS[name]
    text = read()
    found = version("scikit-learn") if name == "data-descriptions" else platform.python_version()
    provenance = Provenance(
        name=title,
        source=f"{source} {found}",
        licence=licence,
        citation=citation,
        size=f"{len(text):,} characters, {len(text.split()):,} words",
    )
    return Text(text, provenance)
