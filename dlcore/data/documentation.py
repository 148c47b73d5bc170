"""Real short texts with real topics: what SciPy's functions say they do."""

import importlib
import inspect
import re
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from dlcore.data.splits import Provenance

TOPICS = (
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "sparse",
    "special",
    "stats",
)


@dataclass(frozen=True)
class LabelledTexts:
    """Texts of several kinds.

    Attributes:
        texts: one string each.
        labels: the number of each text's kind.
        classes: the kinds' names.
        provenance: where the texts come from.

    Example:
        >>> corpus = load_docstrings()
        >>> len(corpus.texts) == len(corpus.labels), corpus.classes[0]
        (True, 'interpolate')

    In production: a Dataset of the datasets package.
    """

    texts: tuple[str, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]
    provenance: Provenance


def _paragraphs(docstring: str) -> tuple[str, ...]:
    """The first two paragraphs of prose before the first heading, each in one line."""
    prose = re.split(r"\n[^\n]+\n-{3,}", f"\n{docstring}", maxsplit=1)[0]
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n|\n\s*\.\. ", prose)]
    kept = (p for p in paragraphs if p[:1].isupper() and not re.match(r"\w+\(.*\)$", p))
    return tuple(kept)[:2]


def _described(name: str) -> set[tuple[str, ...]]:
    """What the functions and classes of a module say they do, each once."""
    module = importlib.import_module(name)
    members = (getattr(module, member) for member in module.__all__)
    own = (m for m in members if inspect.isroutine(m) or isinstance(m, np.ufunc | type))
    return {_paragraphs(inspect.getdoc(m) or "") for m in own}


def load_docstrings() -> LabelledTexts:
    """Summaries of SciPy's functions, and the subpackage in which each stands.

    Real English of many authors, about 900 texts of a sentence or a few. Paragraphs that occur
    twice are left out. The texts differ a little between versions of SciPy.

    Returns:
        The texts, topic after topic.

    Section: :ref:`sec-text-classification`.

    Source: Virtanen et al. (2020), SciPy 1.0, doi:10.1038/s41592-019-0686-2.

    Example:
        >>> corpus = load_docstrings()
        >>> [corpus.labels.count(k) > 20 for k in range(len(corpus.classes))].count(True)
        8

    In production: a labelled corpus of your own.
    """
    described = [sorted(_described(f"scipy.{name}")) for name in TOPICS]
    uses = Counter(p for topic in described for paragraphs in topic for p in set(paragraphs))
    pairs = []
    for k, topic in enumerate(described):
        texts = (" ".join(p for p in paragraphs if uses[p] == 1) for paragraphs in topic)
        pairs += [(text, k) for text in texts if text.isascii() and len(text) >= 30]
    provenance = Provenance(
        name="Documentation of SciPy, its summaries",
        source=f"docstrings of SciPy {version('scipy')}, as installed",
        licence="BSD 3-Clause",
        citation="Virtanen et al. (2020), SciPy 1.0, doi:10.1038/s41592-019-0686-2",
        size=f"{len(pairs)} texts in {len(TOPICS)} topics",
    )
    return LabelledTexts(
        tuple(text for text, _ in pairs), tuple(k for _, k in pairs), TOPICS, provenance
    )
