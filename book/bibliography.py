"""Each work of the bibliography has a DOI, an arXiv number, an ISBN or an address, and one key."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from pybtex.database import Entry, parse_string

from book import contents

DOI = re.compile(r"10\.\d{4,9}/[^\s{}]*[^\s{}.,;]")
ARXIV = re.compile(
    r"(?:0[7-9]|1[0-4])\d\d\.\d{4}|(?:1[5-9]|[2-9]\d)\d\d\.\d{5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7}"
)
ADDRESS = re.compile(r"https?://[^\s{}/]+\.[^\s{}/]+(?:/[^\s{}]*)?")
IDENTIFIERS = ("doi", "eprint", "isbn", "url")
# Theses, and what was printed before or without such: for these no address is known that lasts.
ON_PAPER = {
    "bellman1957",
    "dechter1986",
    "gershman2014",
    "korpelevich1976",
    "lee2013",
    "lighthill1973",
    "linnainmaa1970",
    "lowerre1976",
    "miller1955",
    "novikoff1962",
    "smith1962",
    "werbos1974",
    "wilkinson1984",
}
Work = tuple[str, str, Entry]


def works(files: Iterable[Path]) -> list[Work]:
    """File, key and entry of each work."""
    return [
        (file.name, key, entry)
        for file in files
        for key, entry in parse_string(file.read_text("utf-8"), "bibtex").entries.items()
    ]


def is_isbn(text: str) -> bool:
    """Whether ten or thirteen digits have the right last one."""
    figures = re.sub(r"[^0-9xX]", "", text)
    digits = [10 if c in "xX" else int(c) for c in figures]
    if len(digits) == 13:
        return sum(d * (1, 3)[i % 2] for i, d in enumerate(digits)) % 10 == 0
    return len(digits) == 10 and sum(d * (10 - i) for i, d in enumerate(digits)) % 11 == 0


def malformed(entry: Entry) -> Iterator[str]:
    """What is wrong with the identifiers of a work."""
    fields = {name.lower(): value for name, value in entry.fields.items()}
    if "doi" in fields and not DOI.fullmatch(fields["doi"]):
        yield f"doi {fields['doi']!r}: write it as 10.1038/nature14539, without address"
    if "isbn" in fields and not is_isbn(fields["isbn"]):
        yield f"isbn {fields['isbn']!r}: its last digit does not fit the others"
    if "url" in fields and not ADDRESS.fullmatch(fields["url"]):
        yield f"url {fields['url']!r}: no address"
    eprint, archive = fields.get("eprint"), fields.get("archiveprefix")
    if eprint is not None and not (ARXIV.fullmatch(eprint) and archive == "arXiv"):
        yield f"eprint {eprint!r}: write 1706.03762, and archiveprefix = {{arXiv}}"


def findings(root: Path) -> Iterator[str]:
    """All that is wrong with the bibliography, by file and key."""
    known = works(contents.parts(root, "references"))
    alike: dict[tuple[str, str], list[Work]] = defaultdict(list)
    for file, key, entry in known:
        place = f"book/references/{file}: {key}"
        names = {name.lower() for name in entry.fields} & set(IDENTIFIERS)
        if bool(names) == (key in ON_PAPER):
            what = "has one of them" if names else "write one"
            yield f"{place}: doi, eprint, isbn or url: {what} (ON_PAPER in book/bibliography.py)"
        yield from (f"{place}: {text}" for text in malformed(entry))
        for name in names - {"url"}:
            alike[name, entry.fields[name].lower()].append((file, key, entry))
        title = re.sub(r"\W", "", entry.fields["title"]).lower()
        people = "".join(str(p.last_names) for p in entry.persons.get("author", []))
        alike["title", f"{title} {people}"].append((file, key, entry))
    for (what, value), same in alike.items():
        if len(same) > 1 and not (what == "isbn" and is_of_parts(same)):
            where = " and ".join(f"{key} ({file})" for file, key, _ in same)
            yield f"{where} have the same {what} {value!r}: one work, one key"


def is_of_parts(same: list[Work]) -> bool:
    """Whether works are parts of one book, which has the number."""
    return all(entry.type in ("incollection", "inbook") for *_, entry in same)
