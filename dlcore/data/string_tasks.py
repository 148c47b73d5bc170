"""Made-up pairs of strings: dates to be rewritten, sentences with the kinds of their words."""

import datetime
from collections.abc import Sequence
from typing import Any

import torch

_FORMATS = (
    "{day} {month} {year}",
    "{month} {day}, {year}",
    "{short} {day}, {year}",
    "{day}.{number}.{year}",
    "{number}/{day}/{year}",
    "{weekday}, {day} {month} {year}",
)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_WORDS = {
    "DET": ("the", "a", "every"),
    "ADJ": ("old", "quick", "green", "light"),
    "NOUN": ("duck", "light", "watch", "play", "dog"),
    "VERB": ("duck", "light", "watch", "play", "sees"),
    "ADV": ("often", "quietly"),
}
_SENTENCES = (
    ("DET", "NOUN", "VERB", "DET", "NOUN"),
    ("DET", "ADJ", "NOUN", "VERB", "ADV"),
    ("ADV", "DET", "NOUN", "VERB", "DET", "ADJ", "NOUN"),
    ("VERB", "DET", "NOUN"),
    ("DET", "NOUN", "ADV", "VERB", "DET", "ADJ", "NOUN"),
)


def _below(limit: int, generator: torch.Generator | None) -> int:
    device = generator.device if generator else None
    return int(torch.randint(limit, (), generator=generator, device=device))


def _one_of(choices: Sequence[Any], generator: torch.Generator | None) -> Any:
    return choices[_below(len(choices), generator)]


def make_dates(
    n: int,
    *,
    years: tuple[int, int] = (1950, 2049),
    generator: torch.Generator | None = None,
) -> list[tuple[str, str]]:
    """Dates as people write them, and as ISO 8601 does.

    Args:
        n: how many.
        years: first and last year; all days between are equally likely.
        generator: source of the draws; by default torch's global one.

    Returns:
        Pairs such as ("March 3, 2021", "2021-03-03"), in six ways of writing.

    Raises:
        ValueError: n below 1, or years out of order or outside 1 to 9999.

    Section: :ref:`sec-sequence-types`.

    Source: ISO 8601-1:2019, Date and time: representations for information interchange.

    Example:
        >>> g = torch.Generator().manual_seed(0)
        >>> all(len(iso) == 10 for _, iso in make_dates(5, generator=g))
        True

    In production: dateutil.parser.parse.
    """
    if n < 1 or not 1 <= years[0] <= years[1] <= 9999:
        raise ValueError(f"expected n >= 1 and 1 <= first year <= last <= 9999: {n}, {years}")
    first = datetime.date(years[0], 1, 1).toordinal()
    days = datetime.date(years[1], 12, 31).toordinal() - first + 1
    pairs = []
    for _ in range(n):
        date = datetime.date.fromordinal(first + _below(days, generator))
        month = _MONTHS[date.month - 1]
        written = _one_of(_FORMATS, generator).format(
            day=date.day,
            month=month,
            short=month[:3],
            number=date.month,
            year=date.year,
            weekday=_WEEKDAYS[date.weekday()],
        )
        pairs.append((written, date.isoformat()))
    return pairs


def make_tagged_sentences(
    n: int, *, generator: torch.Generator | None = None
) -> list[tuple[list[str], list[str]]]:
    """Sentences of a tiny language with the kind of each word; some words are of several kinds.

    "duck", "watch" and "play" are nouns or verbs, "light" is an adjective as well: only what
    stands around them tells.

    Args:
        n: how many sentences.
        generator: source of the draws; by default torch's global one.

    Returns:
        Pairs (words, tags) of equal length; tags are DET, ADJ, NOUN, VERB, ADV.

    Raises:
        ValueError: n is below 1.

    Section: :ref:`sec-sequence-types`.

    Source: Petrov, Das, McDonald (2012), A universal part-of-speech tagset, arXiv:1104.2086.

    Example:
        >>> words, tags = make_tagged_sentences(1)[0]
        >>> len(words) == len(tags)
        True

    In production: the Universal Dependencies treebanks.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    sentences = []
    for _ in range(n):
        tags = list(_one_of(_SENTENCES, generator))
        sentences.append(([_one_of(_WORDS[tag], generator) for tag in tags], tags))
    return sentences
