"""A plugin of pytest: a notebook that nbval has run need not run again for the pages.

`pytest -p book.tested --nbval-lax chapters` stores each result where `book/execute.py` would, with
what it depended on, and `make book` goes on from there.
"""

import json
import os
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from book import contents
from book.execute import Shelf
from book.kernel import environment, last_question

BEGAN = pytest.StashKey[float]()
PASSED = pytest.StashKey[list[IPyNbCell]]()
SHELF = pytest.StashKey[Shelf]()


def pytest_configure(config: pytest.Config) -> None:
    """Kernels inherit what a kernel of the book is started with."""
    scratch = tempfile.TemporaryDirectory(prefix="kernels-")
    config.add_cleanup(scratch.cleanup)
    os.environ |= environment(config.rootpath, Path(scratch.name))
    config.stash[SHELF] = Shelf(config.rootpath)


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> pytest.CollectReport | None:
    """A notebook that cannot run on this machine is skipped; `pytest -rs` says why."""
    why = contents.lacking(collector.path) if isinstance(collector, IPyNbFile) else ""
    if not why:
        return None
    place = (str(collector.path), 0, f"Skipped: {why}")
    return pytest.CollectReport(collector.nodeid, "skipped", place, [])


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A notebook's time starts with its first cell.

    Its kernel is told to keep a history, for IPython looks there whether a line ends with a
    semicolon, which keeps its value to itself.
    """
    if isinstance(item, IPyNbCell) and BEGAN not in item.parent.stash:
        item.parent.stash[BEGAN] = time.monotonic()
        client = item.parent.kernel.kc
        execute = client.execute
        client.execute = lambda code, **options: execute(code, **options | {"store_history": True})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> pytest.TestReport:
    """Once the last cell of a notebook has passed, and all before it, keep the result."""
    report = yield
    if isinstance(item, IPyNbCell) and report.when == "call" and report.passed:
        passed = item.parent.stash.setdefault(PASSED, [])
        passed.append(item)
        if len(passed) == sum(cell.cell_type == "code" for cell in item.parent.nb.cells):
            keep(item.parent, passed)
    return report


def keep(file: IPyNbFile, run: list[IPyNbCell]) -> None:
    """Store a notebook with the outputs of its run, while its kernel still lives."""
    shelf, told = file.config.stash[SHELF], list[str]()
    file.kernel.kc.execute_interactive(
        last_question(shelf.names(file.path)),
        output_hook=lambda message: told.append(message["content"].get("text", "")),
    )
    for count, item in enumerate(run, 1):
        item.cell.outputs = nbformat.from_dict(item.test_outputs)
        item.cell.execution_count = count
        for output in item.cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    seconds = time.monotonic() - file.stash[BEGAN]
    shelf.keep(file.path, file.nb, seconds, json.loads("".join(told)))
