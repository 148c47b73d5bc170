"""What happens to notebooks on their way: each accident is repaired, reported, or refused."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from dlgrade.course import Course
from dlgrade.grading.batch import Entry, find
from dlgrade.grading.submission import LARGEST, UnreadableError, parse, repair
from dlgrade.grading.submissions import present
from dlgrade.notebook import read, stub
from dlgrade.release import release

SAMPLE = Path(__file__).parent / "course" / "source" / "01_sample" / "01_sample.ipynb"
CELLS = read(SAMPLE)


@pytest.fixture
def notebook() -> dict:
    return json.loads(SAMPLE.read_text())


def cell(notebook: dict, name: str) -> dict:
    return next(
        c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )


def repaired(notebook: dict):
    return repair(json.dumps(notebook).encode(), CELLS)


def run(submission) -> dict:
    namespace: dict = {}
    for _, source in (*submission.program.given, *submission.program.cells):
        exec(source, namespace)
    return namespace


def test_an_untouched_notebook_needs_no_repair(notebook):
    submission = repaired(notebook)
    assert submission.notes == []
    assert submission.missing == []
    assert [s for _, s in submission.program.given] == [CELLS[1].source]
    assert set(submission.answers) == {"softmax", "parameters"}
    assert submission.essays == {"essay-stability": CELLS[-1].source}


def test_a_released_notebook_needs_no_repair(tmp_path):
    course = Course(tmp_path)
    shutil.copytree(SAMPLE.parents[2], tmp_path, dirs_exist_ok=True)
    release(course, ["01_sample"])
    assert repair(course.release("01_sample").read_bytes(), CELLS).notes == []


def test_of_copied_answer_cells_the_last_counts(notebook):
    copy = json.loads(json.dumps(cell(notebook, "parameters")))
    copy["source"] = "parameters = 1"
    notebook["cells"].append(copy)
    submission = repaired(notebook)
    assert run(submission)["parameters"] == 1
    assert submission.notes == ["parameters: 2 answer cells, run in order: the last one counts"]


def test_a_copied_stub_does_not_undo_the_answer(notebook):
    copy = json.loads(json.dumps(cell(notebook, "parameters")))
    copy["source"] = stub("".join(copy["source"]))
    notebook["cells"].append(copy)
    assert run(repaired(notebook))["parameters"] == 703


def test_both_halves_of_a_split_cell_count(notebook):
    first, second = cell(notebook, "parameters"), dict(cell(notebook, "parameters"))
    first["source"], second["source"] = "half = 700", "parameters = half + 3"
    notebook["cells"].append(second)
    assert run(repaired(notebook))["parameters"] == 703


def test_stripped_metadata_is_no_loss(notebook):
    for c in notebook["cells"]:
        c["metadata"] = {}
    submission = repaired(notebook)
    assert run(submission)["parameters"] == 703
    assert submission.missing == ["softmax", "parameters"]
    assert all("score(" not in s for _, s in submission.program.cells)


def test_a_cell_turned_into_text_is_read_as_code(notebook):
    cell(notebook, "parameters")["cell_type"] = "markdown"
    submission = repaired(notebook)
    assert run(submission)["parameters"] == 703
    assert any("was no code cell any more" in n for n in submission.notes)


def test_reordered_cells_all_run(notebook):
    notebook["cells"].reverse()
    assert run(repaired(notebook))["parameters"] == 703


def test_a_deleted_answer_is_missing(notebook):
    notebook["cells"].remove(cell(notebook, "parameters"))
    assert repaired(notebook).missing == ["parameters"]


def test_a_changed_given_or_test_cell_is_reported_and_not_used(notebook):
    cell(notebook, "setup")["source"] = "import torch\ndouble = None"
    cell(notebook, "softmax-visible")["source"] = "100.0"
    submission = repaired(notebook)
    assert run(submission)["double"](2) == 4
    assert sum("the original is used" in n for n in submission.notes) == 2


@pytest.mark.bad_input
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no readable"),
        (b"\x00\xff\xfe garbage", "no readable"),
        (b'{"cells": [', "no readable"),
        (b'{"cells": 3}', "no readable"),
        (b'{"cells": [1, 2]}', "no readable"),
        (b"[" * 100_000, "no readable"),
        (b'{"cells": []}', "not the notebook of this exercise"),
        (b" " * (LARGEST + 1), "MB, at most"),
        (
            json.dumps({"cells": [{"cell_type": "code", "source": ""}] * 3000}).encode(),
            "3000 cells",
        ),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_reason(data, why):
    with pytest.raises(UnreadableError, match=why):
        repair(data, CELLS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(encoding):
    text = '{"cells": [{"cell_type": "code", "source": "x = \\"é\\""}]}'.replace('\\\\"', '\\"')
    assert parse(text.encode(encoding))[0]["source"] == 'x = "é"'


def test_the_old_format_is_read():
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["a = 1\n", "b = 2"]}]}]}
    assert parse(json.dumps(old).encode())[0]["source"] == "a = 1\nb = 2"


def test_a_zip_is_read_without_unpacking_so_paths_lead_nowhere(tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../evil_01_sample.ipynb", "{}")
        file.writestr("ann_01_sample.ipynb", SAMPLE.read_bytes())
    entries = find(archive, "01_sample")
    assert sorted(e.student for e in entries) == ["ann", "evil"]
    assert next(e for e in entries if e.student == "ann").data() == SAMPLE.read_bytes()
    assert list(tmp_path.iterdir()) == [archive]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("01_sample.ipynb", "01_sample"),
        ("ann_01_sample.ipynb", "ann"),
        ("ann_lee_01_sample.ipynb", "ann"),
        ("01_sample-ann.ipynb", "ann"),
    ],
)
def test_a_notebook_belongs_to_whom_its_name_says_else_to_itself(tmp_path, name, student):
    (tmp_path / name).write_bytes(SAMPLE.read_bytes())
    [entry] = find(tmp_path / name, "01_sample")
    assert entry.student == student


def test_in_nbgraders_tree_no_submission_is_passed_over_in_silence(tmp_path):
    files = {
        "ann": ["01_sample.ipynb", "draft.ipynb"], "bob": ["mine (1).ipynb", ".hidden.ipynb"],
        "cyd": ["a.ipynb", "b.ipynb"], "dan": [],
    }  # fmt: skip
    for student, names in files.items():
        folder = tmp_path / student / "01_sample"
        folder.mkdir(parents=True)
        for name in names:
            (folder / name).write_bytes(SAMPLE.read_bytes())
    ann, bob, cyd, dan = find(tmp_path, "01_sample")
    assert [e.student for e in (ann, bob, cyd, dan)] == [*files]
    assert (ann.path.name, ann.note, ann.problem) == ("01_sample.ipynb", "", "")
    assert bob.data() == SAMPLE.read_bytes()
    assert (bob.note, bob.problem) == (
        "'mine (1).ipynb' was graded: there is no 01_sample.ipynb", "",
    )  # fmt: skip
    assert cyd.problem == "2 notebooks ('a.ipynb', 'b.ipynb'), and none is called 01_sample.ipynb"
    assert (cyd.whose, cyd.data()) == (True, b"")
    assert dan.problem == "there is no notebook"
    shutil.rmtree(tmp_path / "ann")
    assert present(tmp_path, ["00_other", "01_sample"]) == ["01_sample"]


def test_a_link_to_the_solution_is_not_followed(tmp_path):
    place = tmp_path / "submitted" / "ann" / "01_sample"
    place.mkdir(parents=True)
    (place / "01_sample.ipynb").symlink_to(SAMPLE)
    [entry] = find(tmp_path / "submitted", "01_sample")
    assert entry.data() == b""
    (tmp_path / "submitted" / "bob").symlink_to(SAMPLE.parents[1])
    assert [e.student for e in find(tmp_path / "submitted", "01_sample")] == ["ann"]


@pytest.mark.bad_input
def test_an_empty_place_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no submission of 01_sample"):
        find(tmp_path, "01_sample")
    (tmp_path / "a.zip").write_text("no zip")
    with pytest.raises(ValueError, match="no readable zip"):
        find(tmp_path / "a.zip", "01_sample")
    assert Entry("x", tmp_path / "gone.ipynb").data() == b""
