"""The nbgrader course; run nbgrader's own commands in this directory."""

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, GetGrades

c = get_config()  # noqa: F821  # traitlets defines it

c.CourseDirectory.course_id = "deep_learning_101"
c.Exchange.timezone = "UTC"

# What a release puts in the place of a solution; `dlgrade verify` expects 0 points for it.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError()"}

# Seconds a cell; every named test is far below one.
c.Execute.timeout = 120

# A test cell that a student deleted comes back and gives 0, instead of waiting for ever to be
# graded by hand.
c.OverwriteCells.add_missing_cells = True

# The source of hidden tests stays out of the students' feedback: their name, points and hint
# are in the output.
c.GenerateFeedback.preprocessors = [GetGrades, ClearHiddenTests, CSSHTMLHeaderPreprocessor]
