"""Hostile submissions: each gets its verdict, harms nothing, leaves nothing behind."""

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from dlgrade.grading.grade import grade
from dlgrade.sandbox.bubblewrap import Limits
from dlgrade.sandbox.remote import Nursery

pytestmark = pytest.mark.alone
SAMPLE = Path(__file__).parent / "course" / "source" / "01_sample" / "01_sample.ipynb"
TESTS = """### BEGIN HIDDEN TESTS
from dlgrade.kit import close, observe, score, test

@test("softmax", points=2, hint="subtract the largest entry of each row first")
def stable(student, rng):
    z = 1000 * torch.randn(3, 5, generator=rng)
    close(student.softmax(z), torch.softmax(z, dim=-1))

@test("softmax", points=1, hint="do not write into z")
def input_unchanged(student, rng):
    z = torch.randn(3, 5, generator=rng)
    close(observe(student.softmax, z).arguments[0], z)

float(score("softmax", globals()))
### END HIDDEN TESTS
"""
HOSTILE = sorted((Path(__file__).parent / "hostile").glob("*.py"))


@pytest.fixture(scope="module")
def nursery(exercise):
    """One warm sandbox for all of them, so that one could harm the next.

    A test may take 1 s, and where this machine is slow or busy, many times what a right one takes.
    """
    with Nursery(Limits(memory=1 << 30)) as nursery:
        grade(exercise.read_bytes(), exercise, nursery)
        begun = time.monotonic()
        grade(exercise.read_bytes(), exercise, nursery)
        seconds = min(10.0, max(1.0, 4 * (time.monotonic() - begun)))
        nursery.limits = replace(nursery.limits, seconds=seconds, start=3 * seconds)
        yield nursery


@pytest.fixture(scope="module")
def exercise(tmp_path_factory) -> Path:
    """The sample exercise with two tests of its function: enough to be forged, quick to run."""
    notebook = json.loads(SAMPLE.read_text())
    names = {c["metadata"].get("nbgrader", {}).get("grade_id"): c for c in notebook["cells"]}
    names["softmax-hidden"]["source"] = TESTS
    names["softmax-hidden"]["metadata"]["nbgrader"]["points"] = 3
    notebook["cells"].remove(names["softmax-visible"])
    path = tmp_path_factory.mktemp("exercise") / "01_sample.ipynb"
    path.write_text(json.dumps(notebook))
    return path


def submission(answer: str) -> bytes:
    notebook = json.loads(SAMPLE.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "softmax":
            cell["source"] = answer
    return json.dumps(notebook).encode()


def descendants(root: int) -> int:
    """How many processes have this one among their ancestors."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    count = 0
    for start in parents:
        pid = start
        while pid in parents and pid != root:
            pid = parents[pid]
        count += pid == root and start != root
    return count


def settled(root: int, most: int) -> bool:
    end = time.monotonic() + 60
    while descendants(root) > most and time.monotonic() < end:
        time.sleep(0.02)
    return descendants(root) <= most


@pytest.mark.parametrize("path", HOSTILE, ids=lambda p: p.stem)
def test_a_hostile_answer_gets_its_verdict_and_leaves_nothing_behind(path, nursery, exercise):
    text = path.read_text()
    allowed = set(re.search(r"# states: (.*)", text)[1].split(","))
    points = re.search(r"# points: (.*)", text)
    nursery.start()
    zygote, quiet = nursery.launched.process, descendants(nursery.launched.process.pid)
    result = grade(submission(text), exercise, nursery, seed=1)
    states = {t["status"] for t in result["tests"] if t["task"] == "softmax"}
    messages = [f"{t['test']}: {t['status']}: {t['message']}" for t in result["tests"]]
    assert result["state"] == "graded", result["broken"]
    assert len(result["tests"]) == 3, messages
    assert states <= allowed, messages
    if points:
        assert sum(result["scores"].values()) == float(points[1]), str(messages)
    else:
        assert sum(result["scores"].values()) <= 3, messages
    assert nursery.launched.process is zygote
    assert zygote.poll() is None
    assert settled(zygote.pid, quiet)


def test_the_next_submission_is_unaffected(nursery, exercise):
    result = grade(exercise.read_bytes(), exercise, nursery)
    assert {t["status"] for t in result["tests"]} == {"passed"}
    assert sum(result["scores"].values()) == 5
    assert not Path("/tmp/pwned").exists()
