"""What goes wrong around the grading: nothing is lost, nobody pays for it, and it is said."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from dlgrade.grading.batch import find, grade_all
from dlgrade.grading.course import grade_course
from dlgrade.grading.grade import grade
from dlgrade.sandbox import cgroup
from dlgrade.sandbox.bubblewrap import bwrap
from dlgrade.sandbox.remote import Nursery
from tests.dlgrade import soak

pytestmark = pytest.mark.alone
NAME = "01_sample"
ROOT = Path(__file__).parents[2]
SLOW = "import time\ndef softmax(z):\n    time.sleep(0.3)\n    return torch.softmax(z, -1)"


@pytest.fixture
def submitted(course, monkeypatch):
    """The submissions of three students, of which bob's is wrong; the sandbox counts as tested."""
    monkeypatch.setattr("dlgrade.sandbox.selftest.selftest", lambda: [("holds", True)])
    for student in ("ann", "bob", "cyd"):
        place = course.root / "submitted" / student / NAME
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_bytes(notebook(course, f"# {student}\nparameters = 703"))
    answer = notebook(course, "parameters = 660")
    (course.root / "submitted" / "bob" / NAME / f"{NAME}.ipynb").write_bytes(answer)
    grade_course(course, NAME, course.root / "submitted", gradebook=False, say=lambda _: None)
    shutil.rmtree(course.root / "results" / NAME)
    return course.root / "submitted"


def notebook(course, parameters: str, softmax: str = "") -> bytes:
    found = json.loads(course.source(NAME).read_text())
    for cell in found["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "parameters":
            cell["source"] = parameters
        elif name == "softmax" and softmax:
            cell["source"] = softmax
    return json.dumps(found).encode()


def dlgrade(course, *wrapper: str) -> subprocess.CompletedProcess[str]:
    """`dlgrade grade` as a user starts it, within the walls of `wrapper`."""
    command = [sys.executable, "-m", "dlgrade", "grade", str(course.root / "submitted")]
    return subprocess.run(
        [*wrapper, *command, "--course", str(course.root)],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def points(course) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(course.gradebook) as book:
        return {s.student.id: s.score for s in book.assignment_submissions(NAME)}


def test_two_graders_of_one_course_and_a_gradebook_that_can_not_be_written(course, submitted):
    command = [sys.executable, "-m", "dlgrade", "grade", str(submitted), "--course", course.root]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE) for _ in "ab"]
    said = [run.communicate()[1].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert points(course) == {"ann": 7, "bob": 5, "cyd": 7}
    answer = notebook(course, "# again\nparameters = 703")
    (submitted / "bob" / NAME / f"{NAME}.ipynb").write_bytes(answer)
    book = str(course.root / "gradebook.db")
    here = [str(bwrap()), "--dev-bind", "/", "/", "--ro-bind", book, book, "--"]
    refused = dlgrade(course, *here)
    assert refused.returncode == 2
    assert "the gradebook can not be written" in refused.stderr
    assert "results are kept" in refused.stderr
    assert points(course)["bob"] == 5
    assert dlgrade(course).returncode == 0
    assert points(course)["bob"] == 7


def test_a_full_disk_is_said_and_loses_nothing(course, submitted):
    results = course.root / "results"
    stamp = (results / ".selftest.json").read_text()
    full = [str(bwrap()), "--dev-bind", "/", "/", "--size", "8192", "--tmpfs", str(results)]
    write = ["sh", "-c", f"printf '%s' '{stamp}' > {results}/.selftest.json && exec \"$@\"", "sh"]
    refused = dlgrade(course, *full, "--", *write)
    assert refused.returncode == 2, refused.stderr
    assert "No space left on device" in refused.stderr
    assert "what was graded is kept: run it again" in refused.stderr
    assert dlgrade(course).returncode == 0
    assert points(course) == {"ann": 7, "bob": 5, "cyd": 7}


def test_a_submission_that_ends_its_worker_again_and_again_is_recorded(course, submitted, tmp_path):
    """The exercise itself ends the trusted process, which no student can."""
    path = course.source(NAME)
    deadly = "equal(student.parameters, 703)"
    assert deadly in path.read_text()
    ends = "__import__('os')._exit(3) if student.parameters == 660 else None"
    path.write_text(path.read_text().replace(deadly, ends))
    entries = find(submitted, NAME)
    rows = {e.student: r for e, r in grade_all(entries, path, tmp_path, workers=2)}
    assert {s: r["state"] for s, r in rows.items()} == {
        "ann": "graded", "bob": "could not be graded", "cyd": "graded",
    }  # fmt: skip
    assert rows["bob"]["notes"] == [
        "could not be graded, in 2 tries: the grader's process ended",
    ]
    assert sum(rows["bob"]["scores"].values()) == 0
    assert len(list(tmp_path.glob("*.json"))) == 3


@pytest.mark.parametrize("victim", ["sandbox", "student"])
def test_who_is_killed_by_somebody_else_is_tried_again(course, victim):
    """A sandbox or a process that vanishes is not the student's fault."""
    with Nursery() as nursery:
        first = nursery.launched.process
        killed, idle, graded = [], youngest(first.pid), threading.Event()

        def kill() -> None:
            while not killed and not graded.is_set():
                if (student := youngest(first.pid)) != idle:
                    with suppress(ProcessLookupError):
                        os.kill(first.pid if victim == "sandbox" else student, 9)
                        killed.append(student)
                time.sleep(0.05)

        killer = threading.Thread(target=kill)
        killer.start()
        result = grade(notebook(course, "parameters = 703", SLOW), course.source(NAME), nursery)
        graded.set()
        killer.join()
        assert killed
        assert (nursery.launched.process is first) == (victim == "student")
    states = {t["test"]: t["status"] for t in result["tests"] if t["task"] == "parameters"}
    assert (result["state"], states) == ("graded", {"counted": "passed"})
    assert {t["status"] for t in result["tests"] if t["task"] == "softmax"} == {"forbidden"}


def youngest(root: int) -> int:
    """The last process that was started below this one."""
    below = root
    with suppress(FileNotFoundError, ProcessLookupError):
        while children := Path(f"/proc/{below}/task/{below}/children").read_text().split():
            below = int(children[-1])
    return below


def test_files_that_give_one_student_are_told_apart_and_not_recorded(course, submitted, tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("ann_1_01_sample.ipynb", notebook(course, "parameters = 703"))
        file.writestr("ann_2_01_sample.ipynb", notebook(course, "parameters = 660"))
        file.writestr("Dan Dee_77_assign/01_sample.ipynb", notebook(course, "parameters = 660"))
        file.writestr("__MACOSX/._ann_01_sample.ipynb", b"\0")
    said: list[str] = []
    rows = dict(grade_course(course, NAME, archive, say=said.append))
    assert {s: r["state"] for s, r in rows.items()} == {
        "Dan-Dee": "graded", "ann-1-of-2": "whose is it?", "ann-2-of-2": "whose is it?",
    }  # fmt: skip
    unclear, feedback = said
    assert "ann_1_01_sample.ipynb, ann_2_01_sample.ipynb" in unclear
    assert feedback.endswith("feedback/STUDENT/01_sample/01_sample.html")
    assert points(course) == {"Dan-Dee": 5}
    assert not (course.root / "feedback" / "ann-1-of-2").exists()


@pytest.mark.timeout(1800)
def test_a_class_is_graded_to_the_end_though_everything_is_killed_now_and_then(tmp_path):
    due = soak.make_class(tmp_path / "class", 100)
    done = soak.harass(tmp_path / "class", 2, 10, random.Random(0))
    assert sum(done.values()) == 10
    soak.check(tmp_path / "class", due)


def test_a_dask_cluster_of_several_processes_grades_as_one_machine_does(course, submitted):
    distributed = pytest.importorskip("distributed")
    rows = []
    for directory in ("x", "y"):
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None,
            local_directory=str(course.root / directory),
        ) as cluster:  # fmt: skip
            if directory == "y":
                shutil.rmtree(course.root / "results" / NAME)
                doomed = next(iter(cluster.workers.values())).pid
                threading.Timer(1.0, os.kill, (doomed, 9)).start()
            rows.append(dict(
                grade_course(
                    course, NAME, submitted, scheduler=cluster.scheduler_address,
                    gradebook=False, say=lambda _: None,
                )
            ))  # fmt: skip
    for found in rows:
        assert {s: sum(r["scores"].values()) for s, r in found.items()} == {
            "ann": 7, "bob": 5, "cyd": 7,
        }  # fmt: skip


def test_a_scheduler_that_anybody_reaches_is_refused(course, submitted):
    with pytest.raises(ValueError, match="neither tls:// nor on this machine"):
        grade_course(course, NAME, submitted, scheduler="tcp://10.0.0.7:8786", say=lambda _: None)
    with pytest.raises(ValueError, match="no Dask scheduler answers"):
        grade_course(course, NAME, submitted, scheduler="tcp://127.0.0.1:9", say=lambda _: None)


@pytest.fixture
def groups(tmp_path) -> Path:
    """Files as systemd lays them out for a unit with Delegate=yes."""
    unit = tmp_path / "user.slice" / "grading.scope"
    unit.mkdir(parents=True)
    (unit / "cgroup.controllers").write_text("cpu memory pids")
    (unit / "cgroup.type").write_text("domain")
    (unit / "cgroup.procs").write_text("41\n42\n")
    (unit / "cgroup.subtree_control").write_text("")
    (tmp_path / "own").write_text("0::/user.slice/grading.scope\n")
    return tmp_path


def test_control_groups_are_used_where_they_were_given_to_us(groups, monkeypatch):
    unit = groups / "user.slice" / "grading.scope"
    assert cgroup.delegated(groups, groups / "own") is None
    monkeypatch.setattr(os, "getxattr", lambda *_: b"1")
    assert cgroup.delegated(groups, groups / "own") == unit
    assert (unit / cgroup.LEAF / "cgroup.procs").read_text() == "42"
    assert (unit / "cgroup.subtree_control").read_text() == "+memory +pids"
    group = cgroup.make(unit, 1 << 30, 100)
    assert (group / "memory.max").read_text() == str(1 << 30)
    assert (group / "pids.max").read_text() == "100"
    (groups / "own").write_text("4:memory:/old\n")
    assert cgroup.delegated(groups, groups / "own") is None


def test_a_sandbox_lives_in_a_control_group_exactly_where_the_machine_gives_us_one():
    base = cgroup.delegated()
    with Nursery() as nursery:
        assert (nursery.launched.group is None) == (base is None)
        if base:
            inside = (nursery.launched.group / "cgroup.procs").read_text().split()
            assert str(nursery.launched.process.pid) in inside
