"""Which packages and files have a page in the API, and what search engines are told."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
import yaml

from book._ext import robots
from book._ext.api_pages import with_pages
from book._ext.generated_pages import write_api_pages
from book._ext.taught_in import CHAPTERS, name_of_a_later_chapter

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("is_listed", [False, True])
def test_a_package_waits_for_the_chapter_that_defines_its_labels(tmp_path, is_listed):
    chapters = ["chapters/06_networks"] + ["chapters/02_linear_algebra"] * is_listed
    (tmp_path / "_toc.yml").write_text("".join(f"- file: {name}\n" for name in chapters))
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "dlcore.linalg.md").write_text("an earlier build's")
    write_api_pages(tmp_path)
    assert (tmp_path / "api" / "dlcore.linalg.md").exists() == is_listed
    assert ("dlcore.linalg" in (tmp_path / "book" / "api.inc.md").read_text()) == is_listed
    assert (tmp_path / "api" / "dlcore.nn.md").exists()


@pytest.mark.parametrize("is_listed", [False, True])
def test_a_module_of_a_shared_package_waits_for_its_chapter(tmp_path, is_listed):
    chapters = ["chapters/06_networks"] + ["chapters/07_regularization"] * is_listed
    (tmp_path / "_toc.yml").write_text("".join(f"- file: {name}\n" for name in chapters))
    write_api_pages(tmp_path)
    page, files = tmp_path / "api" / "dlcore.nn.md", tmp_path / "api" / "dlcore.nn"
    assert ".. autofunction:: dlcore.nn.relu\n" in (files / "activations.md").read_text()
    assert (files / "dropout.md").exists() == is_listed
    assert ("(dlcore.nn/dropout.md)" in page.read_text()) == is_listed


def test_every_name_is_described_once(tmp_path):
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    write_api_pages(tmp_path)
    text = "\n".join(page.read_text() for page in (tmp_path / "api").rglob("*.md"))
    described = re.findall(r"^\.\. auto(?:function|class|exception):: (\S+)$", text, re.M)
    assert len(described) == len(set(described)) > 1700
    for name in ("dlcore.nn.Dropout", "dlcore.device", "dlgrade.kit.close"):
        assert name in described


def test_pages_of_files_are_read_in_their_place_and_go_with_their_file(tmp_path):
    toc = {"parts": [{"chapters": [{"file": "a"}, {"glob": "api/*"}, {"glob": "genindex"}]}]}
    items = [{"file": "api/x", "sections": [{"glob": "api/x/*"}]}]
    listed = with_pages(toc, items)["parts"][0]["chapters"]
    assert listed == [{"file": "a"}, *items, {"glob": "genindex"}]
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump(toc))
    (tmp_path / "api" / "dlcore.nn").mkdir(parents=True)
    (tmp_path / "api" / "dlcore.nn" / "gone.md").write_text("an earlier build's")
    write_api_pages(tmp_path)
    assert not (tmp_path / "api" / "dlcore.nn" / "gone.md").exists()
    known = yaml.safe_load((tmp_path / "_toc.yml").read_text())["parts"][0]["chapters"]
    assert {"file": "api/dlcore.nn", "sections": [{"glob": "api/dlcore.nn/*"}]} in known
    assert {"file": "api/dlcore"} in known


@pytest.mark.parametrize(
    ("target", "is_resolved"),
    [("dlcore.linalg.lu", True), ("dlcore.nn.typo", False), ("dlcore.classical.SVR", False)],
)
def test_a_name_of_a_later_chapter_needs_no_link(tmp_path, target, is_resolved):
    (tmp_path / "_toc.yml").write_text("- file: chapters/05_classical_machine_learning\n")
    app = SimpleNamespace(srcdir=tmp_path)
    node = {"refdomain": "py", "reftarget": target}
    assert name_of_a_later_chapter(app, None, node, "words") == ("words" if is_resolved else None)


def test_every_chapter_waited_for_is_one_of_the_book():
    numbers = [chapter for chapter in CHAPTERS.values() if isinstance(chapter, int)]
    assert all(1 <= number <= 20 for number in numbers)


@pytest.mark.parametrize("is_listed", [False, True])
def test_a_package_waits_for_its_appendix(tmp_path, is_listed):
    pages = ["chapters/06_networks"] + ["chapters/A_inside_the_kernels"] * is_listed
    (tmp_path / "_toc.yml").write_text("".join(f"- file: {name}\n" for name in pages))
    write_api_pages(tmp_path)
    assert (tmp_path / "api" / "dlcore.kernels.md").exists() == is_listed
    assert ("dlcore.kernels" in (tmp_path / "book" / "api.inc.md").read_text()) == is_listed


@pytest.mark.parametrize("base", ["", "https://b.org/x", "https://b.org/x/"])
def test_search_engines_may_read_all_and_get_a_map_of_a_published_book(tmp_path, base):
    app = SimpleNamespace(
        builder=SimpleNamespace(name="html"),
        config=SimpleNamespace(html_baseurl=base),
        env=SimpleNamespace(found_docs={"chapters/06_a", "api/dlcore.nn", "genindex"}),
        outdir=tmp_path,
    )
    robots.write(app)
    rules = RobotFileParser()
    rules.parse((tmp_path / "robots.txt").read_text().splitlines())
    assert rules.can_fetch("*", "https://b.org/x/chapters/06_a.html")
    assert rules.site_maps() == (["https://b.org/x/sitemap.xml"] if base else None)
    assert (tmp_path / "sitemap.xml").exists() == bool(base)
    if base:
        places = ElementTree.parse(tmp_path / "sitemap.xml").findall(".//{*}loc")
        assert [place.text for place in places] == [
            "https://b.org/x/api/dlcore.nn.html",
            "https://b.org/x/chapters/06_a.html",
        ]
