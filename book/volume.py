"""The built pages as one volume: what book/pdf.py and book/epub.py bind.

Pages come in the order of the contents, under the captions of its parts, each with its article
only: without scripts, buttons and folded listings, with solutions unfolded and links led to where
they lead within the volume. Numbers are those of the pages.
"""

import datetime
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import nbformat
import yaml
from bs4 import BeautifulSoup, Tag

import dlcore
from book import contents

LEFT_OUT = (
    "script, style, button, input, .headerlink, .viewcode-link, .viewcode-back, details.hide, "
    "[hidden], template, dialog, .dl-screen-only"
)
NOT_BOUND = re.compile(r"chapters/(?:index|api)$|api/|genindex$")  # of use on a screen
APPLY = "\u2061"  # KaTeX puts this sign beside an operator also where a script takes one element
SCRIPTED = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
FOR_SCREENS = ("loading", "decoding", "tabindex", "onclick", "data-toggle-hint")


@dataclass
class Leaf:
    """A page of the volume."""

    name: str  # such as chapters/preface
    part: str  # the caption under which it stands
    article: Tag
    folder: Path  # where its relative addresses begin

    @property
    def slug(self) -> str:
        """A name for its file or anchor."""
        return self.name.replace("/", "-").replace(".", "-")

    @property
    def title(self) -> str:
        """Its heading, with the number."""
        return heading(self.article.find("h1"))

    def sections(self) -> Iterator[tuple[str, str]]:
        """Anchor and heading of its sections of the second level."""
        for found in self.article.find_all("h2"):
            section = found.find_parent("section")
            if section is not None and section.get("id"):
                yield section["id"], heading(found)


@dataclass
class Volume:
    """Title, and the leaves in their order."""

    title: str
    author: str
    base: str  # where the pages are published, empty if nowhere
    leaves: list[Leaf]
    html: Path
    date: datetime.date  # of the youngest computation

    @property
    def edition(self) -> str:
        """Version and date."""
        date = self.date
        return f"Version {dlcore.__version__}, computed on {date.day} {date:%B %Y}"


def heading(tag: Tag | None) -> str:
    """The words of a heading; formulas by what is announced of them."""
    if tag is None:
        return ""
    copy = BeautifulSoup(str(tag), "html.parser")
    for formula in copy.select(".katex"):
        spoken = formula.select_one("annotation") or formula.select_one("math")
        formula.replace_with(spoken.get_text() if spoken else formula.get_text())
    return " ".join(copy.get_text().split())


def bind(root: Path) -> Volume:
    """The volume of the built pages."""
    html = root / "_build" / "html"
    if not (html / "index.html").is_file():
        raise SystemExit("there are no pages in _build/html: run make book first")
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    leaves = [leaf(html, name, part) for part, name in listed(root, html)]
    base = (config.get("html") or {}).get("baseurl", "").rstrip("/")
    for each in leaves:
        lead_links(each, leaves, html, base)
    return Volume(config["title"], config["author"], base, leaves, html, computed(root))


def computed(root: Path) -> datetime.date:
    """When the youngest of the notebooks was executed."""
    found = [
        nbformat.read(path, 4).metadata.get("dlcore", {}).get("execution", {}).get("date")
        for path in sorted((root / "_build" / "executed").rglob("*.ipynb"))
    ]
    return max(map(datetime.date.fromisoformat, filter(None, found)), default=datetime.date.today())


def listed(root: Path, html: Path) -> Iterator[tuple[str, str]]:
    """Caption and name of each page of the contents."""
    toc = contents.toc(root)
    parts = toc.get("parts") or [{"caption": "", "chapters": toc.get("chapters", [])}]
    for part in parts:
        for name in entries(part.get("chapters", []), html):
            if not NOT_BOUND.match(name):
                yield part.get("caption", ""), name


def entries(chapters: list[dict], html: Path) -> Iterator[str]:
    """The pages of a list of the contents, those under them too."""
    for chapter in chapters:
        if "file" in chapter:
            yield Path(chapter["file"]).with_suffix("").as_posix()
        else:
            found = sorted(html.glob(f"{chapter['glob']}.html"))
            yield from (path.relative_to(html).with_suffix("").as_posix() for path in found)
        yield from entries(chapter.get("sections", []), html)


def leaf(html: Path, name: str, part: str) -> Leaf:
    """A page without what only a screen can use."""
    path = html / f"{name}.html"
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        raise SystemExit(f"{path} has no article")
    for tag in article.select(LEFT_OUT):
        tag.decompose()
    questions_to_the_end(soup, article)
    for tag in article.select("noscript, a:not([href]), code.download"):
        tag.unwrap()
    for tag in article.select("details"):
        tag["open"] = ""
    for tag in article.select(".toggle"):
        tag["class"] = [name for name in tag["class"] if name not in ("toggle", "dropdown")]
    for sign in article.find_all("mo", string=APPLY):
        if sign.parent.name in SCRIPTED:
            sign.decompose()
    for text in article.select("mo > mtext"):
        text.unwrap()  # what KaTeX makes of text as punctuation
    seen: set[str] = set()
    for tag in article.find_all(True):
        if tag.get("id") in seen:
            del tag["id"]  # the first keeps it, as in a browser
        seen.add(tag.get("id"))
        for attribute in FOR_SCREENS:
            tag.attrs.pop(attribute, None)
        if "--tall" in tag.get("style", ""):
            del tag["style"]
    return Leaf(name, part, article, path.parent)


def questions_to_the_end(soup: BeautifulSoup, article: Tag) -> None:
    """Number the self-check questions; their answers go into a section at the end."""
    forms = article.select("form.dl-question")
    if not forms:
        return
    section = soup.new_tag("section", id="answers-to-the-questions")
    title = soup.new_tag("h2")
    title.string = "Answers to the questions"
    section.append(title)
    for number, form in enumerate(forms, 1):
        form.name, form.attrs = "div", {"id": form["id"], "class": "dl-question"}
        for entry in form.select(".dl-entry"):
            unit = "".join(entry.find_all(string=True, recursive=False)).strip()
            entry.string = f"Answer in {unit}." if unit else ""
        for tag in form.select("fieldset, label"):
            tag.unwrap()
        for tag in form.select(".dl-entry:empty, .dl-verdict"):
            tag.decompose()
        for hint in form.select("details.dl-hint"):
            hint.name, hint.summary.name = "div", "strong"
        head, answers = form.select_one(".dl-question-head"), form.select_one(".dl-answers")
        assert head is not None
        assert answers is not None
        head.string = f"Question {number}"
        again = soup.new_tag("p", attrs={"class": "dl-question-head"})
        again.string = head.string
        answers.summary.decompose()
        answers.name, answers.attrs = "div", {"class": "dl-answers"}
        section.extend([again, answers.extract()])
    (article.find("section") or article).append(section)


def lead_links(leaf: Leaf, leaves: list[Leaf], html: Path, base: str) -> None:
    """Lead each link to a page of the volume, else to the published page, else take it off."""
    pages = {(each.folder / Path(each.name).name).with_suffix(".html"): each for each in leaves}
    for link in leaf.article.find_all("a"):
        address = link["href"]
        if urlsplit(address).scheme:
            continue
        name, anchor = urldefrag(address)
        here = leaf.folder / f"{Path(leaf.name).name}.html"
        target = Path(os.path.normpath(leaf.folder / unquote(name))) if name else here
        if target in pages:
            link["data-page"], link["data-anchor"] = pages[target].slug, unquote(anchor)
        elif base:
            link["href"] = f"{base}/{target.relative_to(html).as_posix()}" + f"#{anchor}" * bool(
                anchor
            )
        else:
            link.unwrap()


def external(address: str) -> bool:
    """Whether an address leads out of the volume."""
    return bool(re.match(r"(?:https?|mailto):", address))
