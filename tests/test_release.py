"""What a release needs: one version, a citation, and surroundings that name what exists."""

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import dlcore

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
COMES_WITH_JUPYTER = {"IPython"}
IMPORTED_AS = {"scikit-learn": "sklearn", "scikit-image": "skimage", "pillow": "PIL"}


def read(name):
    """A YAML file of the repository."""
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def lowest(requirements, name):
    """The oldest version that a requirement permits."""
    [found] = [r for r in map(Requirement, requirements) if r.name == name]
    [bound] = [s.version for s in found.specifier if s.operator == ">="]
    return bound


def test_the_version_stands_in_one_place():
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert newest is not None
    assert newest[1] == dlcore.__version__
    assert "version" in PROJECT["dynamic"]
    assert "version" not in read("CITATION.cff")


def test_the_citation_has_what_its_format_asks_for():
    citation = read("CITATION.cff")
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["license"][0] == PROJECT["license"]
    for work in (citation, *citation["references"]):
        assert work["title"]
        assert all(a.get("name") or a.get("family-names") for a in work["authors"])
    assert citation["message"]


def test_every_week_the_oldest_and_the_newest_are_tried():
    matrix = read(".github/workflows/newest.yml")["jobs"]["test"]["strategy"]["matrix"]
    oldest = SpecifierSet(PROJECT["requires-python"])
    assert min(matrix["python"], key=Version) == str(next(iter(oldest)).version)
    torch = lowest(PROJECT["dependencies"], "torch")
    triton = lowest(PROJECT["optional-dependencies"]["kernels"], "triton")
    assert {(row["torch"], row["triton"]) for row in matrix["include"]} == {
        (f"{torch}.*", f"{triton}.*")
    }


def test_what_the_wheel_brings_is_enough_for_every_notebook():
    extras = PROJECT["optional-dependencies"]
    [whole] = map(Requirement, extras["notebooks"])
    brought = PROJECT["dependencies"] + [r for extra in whole.extras for r in extras[extra]]
    names = {Requirement(r).name for r in brought}
    known = {IMPORTED_AS.get(name, name) for name in names} | {"dlcore"} | COMES_WITH_JUPYTER
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        asked = set()
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "code":
                asked |= imported(cell.source)
        assert asked <= known | set(sys.stdlib_module_names), path.name


def imported(source):
    """The packages that code imports."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
    return {name.split(".")[0] for name in found}


def test_the_container_is_the_development_container_too():
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    build = container["build"]
    dockerfile = (ROOT / ".devcontainer" / build["dockerfile"]).resolve()
    lines = dockerfile.read_text("utf-8").splitlines()
    assert any(re.fullmatch(rf"FROM \S+ AS {build['target']}", line) for line in lines)
    assert f"USER {container['remoteUser']}" in lines
    assert container["postCreateCommand"] in dockerfile.read_text("utf-8")


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda p: p.name
)
def test_a_workflow_calls_targets_that_exist(path):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.M))
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"]
    runs = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    called = [re.findall(r"^make ([\w -]+)$", run, re.M) for run in runs]
    assert {target for found in called for line in found for target in line.split()} <= targets
