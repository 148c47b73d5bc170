"""Abbreviations: ``book/abbreviations.txt`` says what each stands for, the chapters who uses it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

WORD = re.compile(r"[\w-]+")
INTRODUCED = re.compile(r"\(([A-Z]{2,6})s?\)")
FORMULA = re.compile(r"\$[^$]*\$|```\{math\}.*?```|`{1,2}[^`\n]*`{1,2}", re.S)


class HasProse(Protocol):
    """A chapter, as far as it is looked at here."""

    prose: str


def read(file: Path) -> dict[str, str]:
    """Abbreviation and what it stands for, a pair each line."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return {short: words for short, _, words in (line.partition(" ") for line in lines if line)}


def words_of(chapter: HasProse) -> set[str]:
    """The words of a text without code and formulas; of one GAN and of many GANs the same."""
    found = WORD.findall(bare(chapter.prose))
    return {*found, *(word[:-1] for word in found if word.endswith("s"))}


def users(file: Path, chapters: Mapping[str, HasProse]) -> dict[str, list[str]]:
    """Abbreviation -> the numbers of the chapters whose text uses it."""
    words = {number: words_of(chapter) for number, chapter in chapters.items()}
    return {short: [n for n, found in words.items() if short in found] for short in read(file)}


def bare(prose: str) -> str:
    """A text without code and formulas."""
    return FORMULA.sub(" ", prose)


def listed(file: Path, chapters: Mapping[str, HasProse]) -> str:
    """The list in Markdown, of abbreviations that a chapter uses."""
    meaning, lines = read(file), []
    for short, numbers in sorted(users(file, chapters).items(), key=lambda pair: pair[0].lower()):
        where = ", ".join(f"{{chapter}}`{number}`" for number in numbers)
        if where:
            lines.append(f"{short}\n: {meaning[short]} ({where})\n")
    return "\n".join(lines) or "*No chapter uses one yet.*\n"


def findings(file: Path, chapters: Mapping[str, HasProse]) -> Iterator[str]:
    """Abbreviations that no chapter uses, and those that one introduces and the list has not."""
    known = users(file, chapters)
    for short, numbers in known.items():
        if not numbers:
            yield f"{file.name}: no chapter uses {short}"
    for number, chapter in chapters.items():
        for short in dict.fromkeys(INTRODUCED.findall(bare(chapter.prose))):
            if short not in known:
                yield f"chapter {number} introduces {short}: say in {file.name} what it stands for"
