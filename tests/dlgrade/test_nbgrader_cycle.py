"""The whole nbgrader course by its own commands: a right, a partly right and a wrong student.

Every command is the one that an instructor or a student types. The students differ in their
account's name and home only, since one person runs this test.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlgrade.course import Course
from dlgrade.release import release

ROOT = Path(__file__).parents[2]
NAME = "01_sample"
NBGRADER = str(Path(sys.executable).with_name("nbgrader"))

ACCOUNT = """
import os, pwd
if "STUDENT" in os.environ:
    real = pwd.getpwuid
    def getpwuid(uid):
        return pwd.struct_passwd((os.environ["STUDENT"], *real(uid)[1:]))
    pwd.getpwuid = getpwuid
"""
SETTINGS = """
c.pop("Autograde")  # nbgrader's own way of grading: the test cells give the same points there
c.Exchange.root = {exchange!r}
c.ExchangeCollect.check_owner = False
"""
RIGHT = {
    "softmax": """
import sys, warnings
from numpy import float64
def softmax(z):
    warnings.warn("a right answer may warn")
    print("and complain", file=sys.stderr)
    return (z - z.logsumexp(-1, keepdim=True)).exp()
""",
    "parameters": "parameters = 703",
}
# NaN in `stable`, a write into z; NumPy's warning must not cost the tests that pass
PARTLY = {
    "softmax": """
import numpy as np
def softmax(z):
    z += 0.0 * torch.tensor(np.exp(np.array([1e4]))).nan_to_num(0.0, 0.0) + 1e-3
    e = z.exp()
    return e / e.sum(-1, keepdim=True)
""",
    "parameters": "import numpy as np\nparameters = np.int64(703)",
}
# a call of the library, an object that equals everything
WRONG = {
    "softmax": "def softmax(z): return torch.softmax(z, dim=-1)",
    "parameters": """
class Any:
    def __eq__(self, other): return True
    def __float__(self): return 703.0
parameters = Any()
""",
}
STUDENTS = {"ada": RIGHT, "ben": PARTLY, "cleo": WRONG}
SCORES = {"ada": 7.0, "ben": 4.0, "cleo": 0.0}


@pytest.fixture(scope="module")
def cycle(tmp_path_factory):
    """The course after release, fetch, submit, collect, autograde, feedback and export."""
    return Cycle(tmp_path_factory.mktemp("cycle")).run()


class Cycle:
    """An instructor's folder, an exchange, and a folder for each student."""

    def __init__(self, root: Path):
        self.root, self.instructor = root, root / "course"
        shutil.copytree(Path(__file__).parent / "course", self.instructor)
        settings = (ROOT / "exercises" / "nbgrader_config.py").read_text()
        settings += SETTINGS.format(exchange=str(root / "exchange"))
        (self.instructor / "nbgrader_config.py").write_text(settings)
        self.course = Course(self.instructor)
        for folder in ("exchange", "site", *STUDENTS):
            (root / folder).mkdir()
        for student in STUDENTS:
            (root / student / "nbgrader_config.py").write_text(settings)
        (root / "exchange").chmod(0o777)
        (root / "site" / "sitecustomize.py").write_text(ACCOUNT)

    def nbgrader(self, *command: str, student: str = "") -> None:
        """One nbgrader command, in the instructor's or in a student's folder."""
        folder = self.root / (student or "course")
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("JUPYTER")},
            **({"STUDENT": student} if student else {}),
            "PYTHONPATH": f"{self.root / 'site'}{os.pathsep}{ROOT}",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder / "home"),
            "IPYTHONDIR": str(folder / "home"),
            "OMP_NUM_THREADS": "1",
        }
        done = subprocess.run(
            [NBGRADER, *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def answer(self, student: str) -> None:
        """The student writes into the answer cells of the notebook that ada fetched."""
        fetched = self.root / "ada" / NAME / f"{NAME}.ipynb"
        path = self.root / student / NAME / fetched.name
        path.parent.mkdir(exist_ok=True)
        notebook = json.loads(fetched.read_text())
        for cell in notebook["cells"]:
            if answer := STUDENTS[student].get(cell["id"]):
                cell["source"] = answer
            if cell["id"] == "essay-stability":
                cell["source"] = f"{student} thinks so."
        path.write_text(json.dumps(notebook))

    def run(self) -> "Cycle":
        """All commands in their order."""
        release(self.course, [NAME])
        self.nbgrader("release_assignment", NAME)
        self.nbgrader("fetch_assignment", NAME, student="ada")
        for student in reversed(STUDENTS):
            self.answer(student)
            self.nbgrader("submit", NAME, student=student)
        self.nbgrader("collect", NAME)
        self.nbgrader("autograde", NAME)
        self.nbgrader("generate_feedback", NAME)
        self.nbgrader("release_feedback", NAME)
        self.nbgrader("fetch_feedback", NAME, student="ben")
        self.nbgrader("export", "--to", "grades.csv")
        return self

    def grades(self, student: str) -> dict[str, float | None]:
        """Automatic scores by cell, from the gradebook."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.instructor / 'gradebook.db'}") as gradebook:
            notebook = gradebook.find_submission_notebook(NAME, NAME, student)
            return {g.name: g.auto_score for g in notebook.grades}

    def bens_feedback(self) -> str:
        """The page that the partly right student fetched."""
        (page,) = (self.root / "ben" / NAME / "feedback").glob(f"*/{NAME}.html")
        return page.read_text()


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_gradebook_has_the_kits_points(cycle):
    essay = {"essay-stability": None}
    assert {s: cycle.grades(s) for s in STUDENTS} == {
        "ada": {"softmax-visible": 1, "softmax-hidden": 4, "parameters-hidden": 2, **essay},
        "ben": {"softmax-visible": 1, "softmax-hidden": 1, "parameters-hidden": 2, **essay},
        "cleo": {"softmax-visible": 0, "softmax-hidden": 0, "parameters-hidden": 0, **essay},
    }


def test_the_export_has_every_students_score(cycle):
    with (cycle.instructor / "grades.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {r["student_id"]: float(r["score"]) for r in rows} == SCORES
    assert {float(r["max_score"]) for r in rows} == {10.0}


def test_feedback_names_hidden_tests_and_hides_their_source(cycle):
    page = cycle.bens_feedback()
    assert "subtract the largest entry of each row first" in page
    assert "input_unchanged" in page
    assert "1000" not in page.split("</style>")[-1]
    assert "BEGIN HIDDEN TESTS" not in page
    assert "torch.softmax(z, dim" not in page


def test_a_students_notebook_never_had_the_hidden_tests(cycle):
    text = (cycle.root / "ada" / NAME / f"{NAME}.ipynb").read_text()
    assert "stable" not in text
    assert "BEGIN" not in text
