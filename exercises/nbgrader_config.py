"""The nbgrader course; run nbgrader's own commands in this directory."""

import sys
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import AssignLatePenalties, GetGrades

here = Path(__file__).resolve().parent
if (here.parent / "dlgrade").is_dir():
    sys.path.insert(0, str(here.parent))
from dlgrade.classroom.autograde import InSandbox  # noqa: E402
from dlgrade.classroom.collect import PlainCollect  # noqa: E402
from dlgrade.classroom.feedback import NamedTests, NoMarkup  # noqa: E402
from dlgrade.classroom.late import LatePolicy  # noqa: E402

c = get_config()  # noqa: F821  # traitlets defines it

c.CourseDirectory.course_id = "deep_learning_101"
c.CourseDirectory.root = str(here)
c.Exchange.timezone = "UTC"
c.ExchangeFactory.collect = PlainCollect  # follows no link that a student laid

# `--private` has laid exercises of your own over the book's.
if (here / "combined").is_dir():
    c.CourseDirectory.source_directory = "combined/source"

# What a release puts in the place of a solution; `dlgrade verify` expects 0 points for it.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}

# Being late: percent of the points earned, for each day begun after the due date.
c.AssignLatePenalties.plugin_class = LatePolicy
c.LatePolicy.grace_minutes = 15
c.LatePolicy.percent_per_day = 0
c.LatePolicy.most_percent = 100

# `nbgrader autograde` and formgrader's button grade in the sandbox too. Without these two lines
# they run students' code with your rights, and the two settings below them count.
c.Autograde.sanitize_preprocessors = []
c.Autograde.autograde_preprocessors = [InSandbox, AssignLatePenalties]
c.Execute.timeout = 120  # seconds a cell; every named test is far below one
c.OverwriteCells.add_missing_cells = True  # a deleted test cell comes back and gives 0

# Of hidden tests, students' feedback shows name, state, points and hint.
c.GenerateFeedback.preprocessors = [
    AssignLatePenalties,
    GetGrades,
    NamedTests,
    CSSHTMLHeaderPreprocessor,
]

# In formgrader no script of a submission runs.
c.HTMLExporter.preprocessors = [NoMarkup]
