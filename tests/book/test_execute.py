"""Notebooks run once, again only when what they depend on changed, and leave nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from book import execute, freshness

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path):
    """A miniature book: two notebooks and a library with two rooms, one of which has data."""
    rooms = tmp_path / "dlcore"
    for room in ("nn", "optim"):
        (rooms / room).mkdir(parents=True)
        (rooms / room / "__init__.py").write_text(f"name = {room!r}\n")
    (rooms / "__init__.py").write_text("__version__ = '7.1'\n")
    (rooms / "nn" / "weights.txt").write_text("3\n")
    (tmp_path / "torch.py").write_text(  # importing the real one is most of a subprocess's time
        "class cuda:\n    is_available = staticmethod(lambda: False)\n__version__ = '2'\n"
    )
    (tmp_path / "_toc.yml").write_text("root: chapters/a\nchapters:\n- file: chapters/b\n")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "benchmarks/results").mkdir(parents=True)
    read = "import dlcore.nn\nprint(dlcore.nn.name)\nspeeds = '../benchmarks/results/cpu.csv'"
    write(tmp_path / "chapters/a.ipynb", read, prose="# A")
    write(tmp_path / "chapters/b.ipynb", "import dlcore.optim")
    return tmp_path


def write(path, *sources, prose="# Title", tags=(), needs=()):
    """A notebook of one piece of prose and some code cells."""
    cells = [new_markdown_cell(prose), *(new_code_cell(source) for source in sources)]
    for cell in cells[1:]:
        cell.metadata["tags"] = list(tags)
    nbformat.write(new_notebook(cells=cells, metadata={"needs": list(needs)}), path)


def run(root, *names, jobs=2, timeout=240):
    """Run notebooks of the miniature book, all of them by default: name -> what became of it."""
    paths = [root / "chapters" / f"{name}.ipynb" for name in names or ("a", "b")]
    runs = asyncio.run(execute.run_all(paths, root, jobs, timeout))
    return {Path(run.notebook).stem: run for run in runs}


def command(root, *arguments):
    """`python -m book.execute` in the miniature book."""
    return subprocess.Popen(
        [sys.executable, "-m", "book.execute", *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{REPOSITORY}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(condition, seconds=240):
    """Poll until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def is_running(pid):
    """Whether a process lives (one that died but was not collected does not)."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_outputs_and_the_circumstances_of_the_run_are_stored(root):
    assert run(root, "a")["a"].status == "executed"
    result = nbformat.read(root / "_build/executed/chapters/a.ipynb", 4)
    assert result.cells[1].outputs[0].text == "nn\n"
    assert len(result.cells) == 2
    record = result.metadata.dlcore.execution
    assert record.seconds > 0
    assert record.cpu_seconds > 0
    assert record.peak_mb > 10
    assert record.versions.dlcore == "7.1"
    assert record.device in {"cpu", "cuda"}
    assert "1 thread" in record.hardware
    assert set(result.metadata.dlcore.key.sources) == {
        "dlcore/__init__.py",
        "dlcore/nn/__init__.py",
        "dlcore/nn/weights.txt",
    }


def test_what_nbval_has_run_to_its_end_does_not_run_again(root):
    shown = ("import dlcore.nn", "x = 1; x", "x;", "print(x)\nx + 1")
    write(root / "chapters/a.ipynb", *shown, prose="# A")
    write(root / "chapters/b.ipynb", "x = 1", "x / 0")
    write(root / "chapters/c.ipynb", "import absent", needs=["torch", "absent"])
    options = ["--rootdir", root, "-rs", "--nbval-lax", "--nbval-current-env", "chapters"]
    nbval = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "book.tested", "-p", "no:cacheprovider", *options],
        cwd=root,
        env=os.environ | {"PYTHONPATH": f"{root}{os.pathsep}{REPOSITORY}"},
        capture_output=True,
        text=True,
    )
    assert "1 failed, 5 passed, 1 skipped" in nbval.stdout
    assert "chapters/c.ipynb:0: it needs absent, which this machine has not" in nbval.stdout
    path = root / "_build/executed/chapters/a.ipynb"
    tested = nbformat.read(path, 4)
    runs = run(root)
    assert (runs["a"].status, runs["b"].status) == ("unchanged", "failed")
    path.unlink()
    assert run(root, "a")["a"].status == "executed"
    executed = nbformat.read(path, 4)
    for result in (tested, executed):
        nbformat.validate(result)
        assert result.metadata.dlcore.execution.cpu_seconds > 0
    assert [len(cell.outputs) for cell in tested.cells[1:]] == [0, 1, 0, 2]
    assert [c.get("outputs") for c in tested.cells] == [c.get("outputs") for c in executed.cells]
    assert tested.metadata.dlcore.key == executed.metadata.dlcore.key


def test_names_are_kept_for_the_tests_of_a_page(root):
    code = "import dlcore.nn as nn\nx = [1]\ny = [x, x]\nlive = (i for i in x)\ndef f(): return x"
    write(root / "chapters/b.ipynb", code)
    assert run(root, "b")["b"].status == "executed"
    script = (
        "import pickle; names = pickle.load(open('b.names.pickle', 'rb'))\n"
        "assert names['y'][0] is names['y'][1] is names['f']()\n"
        "assert names['nn'].name == 'nn' and 'live' not in names and 'In' not in names"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root / "_build/executed/chapters",
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    (root / "_build/executed/chapters/b.names.pickle").unlink()
    assert run(root, "b")["b"].why == "not run yet"


def test_only_what_depends_on_a_change_runs_again(root):
    run(root)
    assert {r.status for r in run(root).values()} == {"unchanged"}
    (root / "dlcore/nn/__init__.py").write_text("name = 'changed'\n")
    again = run(root)
    assert (again["a"].status, again["b"].status) == ("executed", "unchanged")
    assert again["a"].why == "dlcore/nn/__init__.py changed"
    result = nbformat.read(root / "_build/executed/chapters/a.ipynb", 4)
    assert result.cells[1].outputs[0].text == "changed\n"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("dlcore/nn/weights.txt", "dlcore/nn/weights.txt changed"),
        ("dlcore/nn/new.js", "dlcore/nn/new.js changed"),
        ("requirements.txt", "the pinned requirements changed"),
        ("dlcore/optim/__init__.py", ""),
        ("dlcore/nn/not_loaded.py", ""),
        ("dlcore/README", "dlcore/README changed"),
        ("benchmarks/results/cpu.csv", "benchmarks/results/cpu.csv changed"),
        ("benchmarks/results/gpu.csv", ""),
    ],
)
def test_what_a_result_depends_on(root, path, why):
    run(root, "a")
    (root / path).write_text("# other\n")
    assert execute.Shelf(root).why(root / "chapters/a.ipynb") == why


def test_switches_are_part_of_the_key(root, monkeypatch):
    run(root, "a")
    monkeypatch.setenv("DLCORE_FULL", "1")
    assert execute.Shelf(root).why(root / "chapters/a.ipynb") == "DLCORE_FULL changed"


def test_prose_and_captions_do_not_count_but_code_and_its_tags_do(root):
    run(root, "a")
    path = root / "chapters/a.ipynb"
    source = nbformat.read(path, 4)
    source.cells[0].source = "# Another title"
    source.cells[1].metadata["mystnb"] = {"figure": {"caption": "New"}}
    nbformat.write(source, path)
    assert execute.Shelf(root).why(path) == ""
    merged = freshness.with_outputs(source, freshness.stored(execute.Shelf(root).place(path)))
    assert merged.cells[0].source == "# Another title"
    assert merged.cells[1].outputs[0].text == "nn\n"
    source.cells[1].metadata["tags"] = ["raises-exception"]
    nbformat.write(source, path)
    assert execute.Shelf(root).why(path) == "its code changed"


def test_a_damaged_result_is_run_again(root):
    run(root, "a")
    (root / "_build/executed/chapters/a.ipynb").write_text('{"cells": [')
    assert run(root, "a")["a"].why == "not run yet"


def test_a_failing_cell_is_reported_and_the_others_finish(root):
    write(root / "chapters/a.ipynb", "x = 0", "y = 2\ny / x")
    process = command(root, "--jobs", "1")
    out, err = process.communicate(timeout=240)
    assert process.returncode == 1
    assert "FAILED chapters/a.ipynb, code cell 2 (cell 3 of the notebook)" in err
    assert "   2 y / x" in err
    assert "ZeroDivisionError: division by zero" in err
    assert "\x1b" not in err
    assert "1 of 2 notebooks failed" in err
    assert "executed chapters/b.ipynb" in out
    assert (root / "_build/executed/chapters/b.ipynb").exists()
    assert not (root / "_build/executed/chapters/a.ipynb").exists()


def test_an_expected_error_is_no_failure(root):
    write(root / "chapters/a.ipynb", "1 / 0", tags=["raises-exception"])
    assert run(root, "a")["a"].status == "executed"


def test_a_dying_kernel_is_a_failure(root):
    write(root / "chapters/a.ipynb", "import os\nos._exit(3)")
    assert "the kernel died" in run(root, "a")["a"].report


def test_timeout_of_a_notebook(root):
    write(root / "chapters/a.ipynb", "pass", "import time\ntime.sleep(60)")
    report = run(root, "a", timeout=2)["a"].report
    assert "chapters/a.ipynb, code cell 2" in report
    assert "still running after 2 s" in report


def test_each_notebook_has_its_own_kernel_in_its_own_directory_with_one_thread(root):
    source = "import os\nassert 'seen' not in dir()\nseen = 1\nprint(os.environ['OMP_NUM_THREADS'])"
    for name in ("a", "b"):
        write(root / f"chapters/{name}.ipynb", source, "print(os.path.basename(os.getcwd()))")
    assert {r.status for r in run(root, jobs=1).values()} == {"executed"}
    result = nbformat.read(root / "_build/executed/chapters/b.ipynb", 4)
    assert [cell.outputs[0].text for cell in result.cells[1:]] == ["1\n", "chapters\n"]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_and_started_again(root, how):
    slow = (
        "import os, pathlib, time\n"
        "pathlib.Path('pid').write_text(str(os.getpid()))\n"
        "time.sleep(0 if pathlib.Path('go').exists() else 60)"
    )
    write(root / "chapters/b.ipynb", slow)
    process = command(root, "--jobs", "1", "chapters/a.ipynb", "chapters/b.ipynb")
    pid = root / "chapters/pid"
    wait_for(lambda: pid.exists() and pid.read_text())
    process.send_signal(how)
    _, err = process.communicate(timeout=240)
    assert process.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 130)
    assert how == signal.SIGKILL or "interrupted; what had finished is kept" in err
    wait_for(lambda: not is_running(int(pid.read_text())))
    (root / "chapters/go").touch()
    again = run(root)
    assert (again["a"].status, again["b"].status) == ("unchanged", "executed")
    assert not list((root / "_build/executed").rglob(".*"))


def test_table_of_time_and_memory(root):
    text = execute.table(list(run(root).values()))
    assert text.splitlines()[0].split() == ["notebook", "status", "time", "CPU", "memory", "why"]
    assert "chapters/b.ipynb" in text
    assert " MB" in text


def test_a_notebook_that_cannot_run_here_is_skipped(root, monkeypatch, capsys):
    write(root / "chapters/c.ipynb", "import absent", needs=["absent"])
    (root / "chapters/text.md").touch()
    (root / "_toc.yml").write_text("root: chapters/text\nchapters:\n- file: chapters/c\n")
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["book.execute"])
    assert execute.main() == 0
    [row] = [line for line in capsys.readouterr().out.splitlines() if "c.ipynb" in line]
    assert row.split()[1] == "skipped"
    assert row.endswith("it needs absent, which this machine has not")


@pytest.mark.parametrize("name", ["chapters/missing.ipynb", "_toc.yml", "/etc/hostname"])
def test_what_is_not_a_notebook_of_this_book_is_refused(root, name, monkeypatch, capsys):
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["book.execute", name])
    with pytest.raises(SystemExit) as refused:
        execute.main()
    assert refused.value.code == 2
    assert "is not a notebook below" in capsys.readouterr().err


def test_a_page_that_does_not_exist_is_named(root, monkeypatch):
    (root / "_toc.yml").write_text("root: chapters/a\nchapters:\n- file: chapters/none\n")
    monkeypatch.chdir(root)
    monkeypatch.setattr(sys, "argv", ["book.execute"])
    with pytest.raises(SystemExit, match="lists 'chapters/none'"):
        execute.main()
