"""A class from release to export: exchange, sandbox, formgrader in a real browser, feedback.

Students answer rightly, partly, wrongly, and with hostile code. What each must get is known from
the bank of answers and the hostile suite, not from the grader. Only the names of the students'
accounts are given to nbgrader as options, since one person runs all of them.
"""

import csv
import datetime
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from dlgrade.course import Course
from dlgrade.release import settings
from dlgrade.sandbox.bubblewrap import SandboxError
from dlgrade.sandbox.remote import Nursery
from tests.dlgrade.classroom.conftest import NAME, TESTS

ROOT = TESTS.parents[1]
BIN = Path(sys.executable).parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
SOFTMAX = {"two_classes": 1, "stable": 2, "rows": 1, "input_unchanged": 1}
QUICK = ("always_equal", "ends_the_process", "imports_answer", "patch_assertions", "segfault")
ATTACK = '<img src="x" onerror="document.title = \'taken over\'"><script>alert(1)</script>'
COMMENT = "Which entry overflows first?"


@dataclass(frozen=True)
class Student:
    """Who answers what, and the points that are due; a range for a hostile answer."""

    name: str
    softmax: str
    least: float
    most: float
    essay: str = "When an entry is large."


def bank() -> Iterator[tuple[str, str, float, float]]:
    """Name, answer and points of each answer to softmax; the two for `parameters` come on top."""
    yield "reference", "def softmax(z):\n    return (z - z.logsumexp(-1, keepdim=True)).exp()", 5, 5
    for answer in Course(TESTS / "course").bank(NAME):
        if answer.task == "softmax":
            fails = SOFTMAX if answer.fails == ("all",) else answer.fails
            due = 5 - sum(SOFTMAX[test] for test in fails)
            yield answer.name, answer.source, due, due


def hostile(names: tuple[str, ...] = ()) -> Iterator[tuple[str, str, float, float]]:
    """The hostile suite: nothing is earned but what a right value gives."""
    for path in sorted((TESTS / "hostile").glob("*.py")):
        if not names or path.stem in names:
            text = path.read_text()
            right = "# states: passed\n" in text
            yield f"evil-{path.stem.replace('_', '-')}", text, 5 if right else 0, 5 if right else 4


def make_class(size: int, evil: tuple[str, ...]) -> list[Student]:
    """That many students: every hostile answer once, the bank in turn."""
    students = [Student(n, *rest) for n, *rest in hostile(evil)]
    answers = list(bank())
    for i in range(size - len(students)):
        name, *rest = answers[i % len(answers)]
        students.append(Student(f"s{i:03d}-{name.replace('_', '-')}", *rest))
    students[-1] = Student("mallory", *answers[0][1:], essay=ATTACK)
    return students[:size]


class School:
    """A course, an exchange and the students' folders."""

    def __init__(self, root: Path, students: list[Student]):
        self.root, self.students = root, students
        self.course = Course(root / "course")
        shutil.copytree(TESTS / "course", self.course.root)
        config = (ROOT / "exercises" / "nbgrader_config.py").read_text()
        config += f"\nc.Exchange.root = {str(root / 'exchange')!r}\n"
        config += "c.ExchangeCollect.check_owner = False\n"
        config += "c.LatePolicy.grace_minutes = 0\nc.LatePolicy.percent_per_day = 10\n"
        (self.course.root / "nbgrader_config.py").write_text(config)
        (root / "exchange").mkdir()
        (root / "exchange").chmod(0o777)
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")},
            "PYTHONPATH": str(ROOT),
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(root),
            "OMP_NUM_THREADS": "1",
        }

    def call(self, *command: str) -> str:
        """What an instructor types in the course directory; give what was said."""
        done = subprocess.run(
            command, cwd=self.course.root, env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def dlgrade(self, *command: str) -> str:
        return self.call(sys.executable, "-m", "dlgrade", *command, "--course", ".")

    def exchange(self, kind: type, student: str) -> None:
        """nbgrader's fetch, submit or fetch_feedback, as the student's command runs it."""
        from nbgrader.auth import Authenticator
        from nbgrader.coursedir import CourseDirectory

        config = settings(self.course)
        config.CourseDirectory.root = str(self.root / "homes" / student)
        config.CourseDirectory.student_id = student
        config.CourseDirectory.assignment_id = NAME
        config.Exchange.assignment_dir = str(self.root / "homes" / student)
        config.Exchange.cache = str(self.root / "homes" / student / "cache")
        directory = CourseDirectory(config=config)
        kind(coursedir=directory, authenticator=Authenticator(config=config), config=config).start()

    def hand_in(self, student: Student) -> None:
        """Fetch, answer, submit."""
        from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeSubmit

        (self.root / "homes" / student.name).mkdir(parents=True)
        self.exchange(ExchangeFetchAssignment, student.name)
        path = self.root / "homes" / student.name / NAME / f"{NAME}.ipynb"
        notebook = json.loads(path.read_text())
        answers = {
            "softmax": student.softmax,
            "parameters": "parameters = 703",
            "essay-stability": student.essay,
        }
        for cell in notebook["cells"]:
            cell["source"] = answers.get(cell["id"], cell["source"])
        path.chmod(0o644)
        path.write_text(json.dumps(notebook))
        self.exchange(ExchangeSubmit, student.name)

    @contextmanager
    def formgrader(self) -> Iterator[str]:
        """A Jupyter server with formgrader on loopback, ended by its process id."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        options = {
            "port": port, "port_retries": 0, "open_browser": False, "root_dir": str(self.root),
            "allow_root": True, "ip": "127.0.0.1",
        }  # fmt: skip
        with (self.root / "server.log").open("w") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "jupyter", "server", "--IdentityProvider.token=",
                 *(f"--ServerApp.{k}={v}" for k, v in options.items())],
                cwd=self.course.root, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}/formgrader"
            for _ in range(1800):
                try:
                    urllib.request.urlopen(address, timeout=5).close()
                    break
                except OSError:
                    assert server.poll() is None, (self.root / "server.log").read_text()
                    time.sleep(0.1)
            yield address
        finally:
            server.terminate()
            server.wait(120)

    def scores(self) -> dict[str, float]:
        with Gradebook(self.course.gradebook) as book:
            return {s.student.id: s.score for s in book.assignment_submissions(NAME)}


def grade_by_hand(school: School, pictures: Path) -> None:
    """Open formgrader in Chromium, look at the class, grade mallory's essay and comment on it."""
    from playwright.sync_api import sync_playwright

    with Gradebook(school.course.gradebook) as book:
        mallory = book.find_submission_notebook(NAME, NAME, "mallory").id
    with school.formgrader() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.set_default_timeout(180_000)
        alerts: list[str] = []
        page.on("dialog", lambda dialog: alerts.append(dialog.message))
        page.goto(f"{address}/gradebook/{NAME}/{NAME}")
        page.wait_for_selector("tbody tr td a")
        assert page.locator("tbody tr").count() == len(school.students)
        page.screenshot(path=pictures / "gradebook.png")
        page.goto(f"{address}/submissions/{mallory}/")
        score = page.locator("input.score#essay-stability")
        score.wait_for()
        page.wait_for_function(
            "() => document.querySelector('input.score#softmax-hidden').placeholder === '4'"
        )
        page.screenshot(path=pictures / "submission.png", full_page=True)
        assert page.title() != "taken over"
        with page.expect_response(lambda r: "/api/grade/" in r.url and r.request.method == "PUT"):
            score.fill("2.5")
            score.press("Tab")
        comment = page.locator("#essay-stability-comment")
        with page.expect_response(lambda r: "/api/comment/" in r.url and r.request.method == "PUT"):
            comment.fill(COMMENT)
            comment.blur()
        page.goto(f"{address}/manage_submissions/{NAME}")
        row = page.locator("tr", has_text=school.students[-2].name)
        row.locator(".autograde a").click()
        page.locator(".modal-body", has_text="Successfully autograded").wait_for(timeout=300_000)
        browser.close()
    assert alerts == []


def go_through(school: School, pictures: Path, *, workers: int) -> None:
    """Release, exchange, grading, formgrader, feedback, export; and what each must have left."""
    from nbgrader.exchange.default import ExchangeFetchFeedback

    school.dlgrade("release")
    school.call("nbgrader", "release_assignment", NAME)
    half = len(school.students) // 2
    for student in school.students[:half]:
        school.hand_in(student)
    with Gradebook(school.course.gradebook) as book:
        book.update_or_create_assignment(NAME, duedate=datetime.datetime.now(datetime.UTC))
    for student in school.students[half:]:
        school.hand_in(student)
    school.call("nbgrader", "collect", NAME)
    said = school.dlgrade("grade", "submitted", "--workers", str(workers))
    assert len(said.splitlines()) >= len(school.students)

    scores = school.scores()
    assert scores.keys() == {s.name for s in school.students}
    for student in school.students:
        assert student.least <= scores[student.name] <= student.most + 2, student.name
        if student.least == student.most:
            assert scores[student.name] == student.most + 2, student.name

    grade_by_hand(school, pictures)
    assert school.scores() == {**scores, "mallory": scores["mallory"] + 2.5}
    with Gradebook(school.course.gradebook) as book:
        late = [s for s in book.assignment_submissions(NAME) if s.total_seconds_late]
        assert {s.student.id for s in late} == {s.name for s in school.students[half:]}

    school.call("nbgrader", "generate_feedback", NAME, "--force")
    school.call("nbgrader", "release_feedback", NAME)
    overflow = next(s.name for s in school.students if "wrong-overflow" in s.name)
    for name in ("mallory", overflow):
        school.exchange(ExchangeFetchFeedback, name)
    page = feedback(school, "mallory")
    assert COMMENT in page
    assert "Late submission penalty (Score: -0.95)" in page
    page = feedback(school, overflow)
    assert "softmax / stable: failed, 0 of 2" in page
    assert "hint: subtract the largest entry of each row first" in page
    results = json.loads((school.course.root / "results" / f"{NAME}.json").read_text())
    [failed] = [t for t in results[overflow]["tests"] if t["test"] == "stable"]
    assert failed["message"]
    assert failed["message"].splitlines()[0] not in page
    assert "randn" not in page

    school.dlgrade("export", "--format", "canvas", "--to", "canvas.csv")
    with (school.course.root / "canvas.csv").open() as file:
        rows = {r["SIS Login ID"]: float(r[NAME]) for r in list(csv.DictReader(file))[1:]}
    part = dict.fromkeys((s.name for s in school.students[half:]), 0.9)
    due = {name: round(points * part.get(name, 1), 4) for name, points in school.scores().items()}
    assert rows == pytest.approx(due)


def feedback(school: School, student: str) -> str:
    """The page that the student fetched."""
    [page] = (school.root / "homes" / student / NAME / "feedback").glob(f"*/{NAME}.html")
    return page.read_text()


def open_school(root: Path, size: int, evil: tuple[str, ...]) -> School:
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    pytest.importorskip("playwright")
    try:
        with Nursery():
            pass
    except SandboxError as error:
        pytest.skip(str(error))
    return School(root, make_class(size, evil))


@pytest.mark.alone
def test_a_small_class(tmp_path):
    go_through(open_school(tmp_path, 14, QUICK), tmp_path, workers=2)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_class_of_200(tmp_path):
    go_through(open_school(tmp_path, 200, ()), tmp_path, workers=2)
