"""What a commit may hold of a notebook's outputs."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from book import strip

TAGS = ["nbval-check-output", "keep_output"]


def text(content="7\n"):
    """An output in words."""
    return new_output("stream", name="stdout", text=content)


def picture(mime="image/png", content="iVBORw0KGgo="):
    """An output that is a picture."""
    return new_output("display_data", data={mime: content, "text/plain": "<Figure>"})


def cell(*outputs, tags=(), **metadata):
    """A cell that has been run."""
    metadata["tags"] = list(tags)
    return new_code_cell("f()", outputs=list(outputs), execution_count=5, metadata=metadata)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """An empty repository: puts a notebook of the given cells into a folder."""
    monkeypatch.chdir(tmp_path)

    def put(*cells, folder="chapters"):
        path = tmp_path / folder / "06_x.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=list(cells)), path)
        return path

    return put


def test_outputs_go_but_those_to_compare_stay_with_their_count():
    notebook = new_notebook(cells=[cell(text()), cell(text("True\n"), tags=TAGS)])
    before = copy.deepcopy(notebook)
    clean = strip.stripped(notebook)
    assert (clean.cells[0].outputs, clean.cells[0].execution_count) == ([], None)
    assert clean.cells[1] == before.cells[1]
    assert [c.id for c in clean.cells] == [c.id for c in before.cells]
    assert notebook == before


@pytest.mark.parametrize(
    "output",
    [
        picture(),
        picture("image/svg+xml", "<svg/>"),
        picture("text/html", "<img src='data:image/png;base64,'>"),
    ],
)
def test_pictures_are_never_kept(output):
    clean = strip.stripped(new_notebook(cells=[cell(text(), output, tags=TAGS)]))
    assert clean.cells[0].outputs == [text()]


def test_traces_of_editors_and_runs_go():
    notebook = new_notebook(cells=[cell(execution={"started": "now"}, mystnb={"figure": {}})])
    notebook.metadata.update(dlcore={"key": {}}, widgets={}, kernelspec={"name": "python3"})
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.9"}
    clean = strip.stripped(notebook)
    assert clean.metadata == {
        "kernelspec": {"name": "python3"},
        "language_info": {"name": "python"},
    }
    assert clean.cells[0].metadata == {"tags": [], "mystnb": {"figure": {}}}


def test_command_strips_chapters_and_exercises_and_check_only_reports(tree, capsys):
    paths = [tree(cell(text()), folder=folder) for folder in ("chapters", "exercises/source/06_x")]
    before = [path.read_bytes() for path in paths]
    assert strip.main(["--check"]) == 1
    assert capsys.readouterr().err.count("run python -m book.strip") == 2
    assert [path.read_bytes() for path in paths] == before
    assert strip.main([]) == 0
    assert nbformat.read(paths[0], 4).cells[0].outputs == []
    assert strip.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (cell(tags=TAGS), "cell 2 is tagged nbval-check-output but has no stored output"),
        (cell(picture(), tags=TAGS), "has no stored output"),
        (cell(text(), tags=TAGS[:1]), "cell 2 has one of the tags"),
        (cell(text(), tags=TAGS[1:]), "cell 2 has one of the tags"),
    ],
)
@pytest.mark.parametrize("arguments", [(), ("--check",)])
def test_a_comparison_that_cannot_take_place_fails(tree, capsys, bad, message, arguments):
    tree(new_code_cell("1"), bad)
    assert strip.main(list(arguments)) == 1
    assert message in capsys.readouterr().err


def test_a_clean_notebook_is_not_written_again(tree):
    path = tree(cell(text(), tags=TAGS))
    path.write_text(path.read_text().replace(" ", "  "))
    before = path.read_bytes()
    assert strip.main([]) == 0
    assert path.read_bytes() == before
