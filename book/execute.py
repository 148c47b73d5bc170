"""Run the notebooks, several at a time, each in a fresh kernel; run again only what changed.

`python -m book.execute --jobs 2 [NOTEBOOK ...]` runs the notebooks of `_toc.yml`, or those named,
and writes each with its outputs to `_build/executed/`, with what the run depended on.
"""

import argparse
import asyncio
import datetime
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from book import contents, freshness
from book.kernel import NotebookError, fresh_kernel, run_cells


@dataclass
class Run:
    """What became of one notebook."""

    notebook: str
    status: str
    why: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: int = 0
    report: str = ""


class Shelf:
    """The notebooks with their stored results, as the sources stood when the command began."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = freshness.sources(root)
        self.around = freshness.surroundings(root)
        self.results: dict[Path, NotebookNode | None] = {}

    def place(self, path: Path) -> Path:
        """Where the result of a notebook lies."""
        return self.root / "_build" / "executed" / path.relative_to(self.root)

    def names(self, path: Path) -> Path:
        """The pickle of what the names of a notebook stand for after its run."""
        return self.place(path).with_suffix(".names.pickle")

    def stored(self, path: Path) -> NotebookNode | None:
        """The stored result of a notebook, None where there is none that can be read."""
        if path not in self.results:
            self.results[path] = freshness.stored(self.place(path))
        return self.results[path]

    def why(self, path: Path) -> str:
        """Why a notebook has to run; empty if its stored result holds."""
        result = self.stored(path)
        if result is None or not self.names(path).is_file():
            return "not run yet"
        return freshness.stale(nbformat.read(path, 4), result, self.files, self.around)

    def seconds(self, path: Path) -> float:
        """How long the last run took: the longest is started first, the unknown before it."""
        result = self.stored(path)
        known = result.metadata.get("dlcore", {}) if result is not None else {}
        return known.get("execution", {}).get("seconds", float("inf"))

    def keep(self, path: Path, notebook: NotebookNode, seconds: float, known: dict) -> None:
        """Store a result with its circumstances."""
        modules = [Path(module) for module in known["modules"]]
        inside = [
            m.relative_to(self.root).as_posix() for m in modules if m.is_relative_to(self.root)
        ]
        notebook.metadata.setdefault("language_info", {"name": "python"})
        notebook.metadata["dlcore"] = {
            "execution": {
                "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
                "seconds": round(seconds, 1),
                "cpu_seconds": known["cpu_seconds"],
                "peak_mb": known["peak_mb"],
                "versions": known["versions"],
                "hardware": known["hardware"],
                "device": self.around["the device"],
                "full": self.around["DLCORE_FULL"] == "1",
            },
            "key": {
                "code": freshness.code(notebook),
                "around": self.around,
                "sources": freshness.related(self.files, inside, notebook),
            },
        }
        contents.write_atomically(self.place(path), nbformat.writes(notebook).encode())
        self.results[path] = notebook

    async def run(self, path: Path, why: str, timeout: float) -> Run:
        """Run one notebook and store its result."""
        name = path.relative_to(self.root).as_posix()
        notebook = nbformat.read(path, 4)
        began = time.monotonic()
        try:
            async with fresh_kernel(notebook, path, self.root, timeout) as client:
                known = await run_cells(client, name, timeout, self.names(path))
        except NotebookError as failure:
            return Run(name, "failed", why, time.monotonic() - began, report=str(failure))
        seconds = time.monotonic() - began
        self.keep(path, notebook, seconds, known)
        return Run(name, "executed", why, seconds, known["cpu_seconds"], known["peak_mb"])


async def run_all(paths: list[Path], root: Path, jobs: int, timeout: float) -> list[Run]:
    """Run what is stale, `jobs` at a time; a failure does not stop the others."""
    with stopped_by_sigterm():
        shelf, turn = Shelf(root), asyncio.Semaphore(jobs)

        async def one(path: Path, why: str) -> Run:
            async with turn:
                run = await shelf.run(path, why, timeout)
                print(f"{run.status} {run.notebook} ({why}): {run.seconds:.1f} s", flush=True)
                return run

        reasons = {path: shelf.why(path) for path in paths}
        todo = sorted((p for p in paths if reasons[p]), key=shelf.seconds, reverse=True)
        async with asyncio.TaskGroup() as group:
            tasks = {path: group.create_task(one(path, reasons[path])) for path in todo}
        return [tasks[p].result() if p in tasks else unchanged(shelf, p) for p in paths]


def unchanged(shelf: Shelf, path: Path) -> Run:
    """What the stored result says about its run."""
    result = shelf.stored(path)
    assert result is not None
    run = result.metadata.dlcore.execution
    name = path.relative_to(shelf.root).as_posix()
    return Run(name, "unchanged", "", run.seconds, run.get("cpu_seconds", 0.0), run.peak_mb)


@contextmanager
def stopped_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the kernels first, as asyncio already does for SIGINT."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGTERM)


def table(runs: list[Run]) -> str:
    """Time and memory of each notebook."""
    width = max([len(run.notebook) for run in runs], default=0)
    rows = [f"{'notebook':<{width}}  {'status':<9}  {'time':>8}  {'CPU':>8}  {'memory':>8}  why"]
    for run in runs:
        memory = f"{run.peak_mb:>5} MB" if run.peak_mb else f"{'?':>8}"
        cpu = f"{run.cpu_seconds:>6.1f} s" if run.cpu_seconds else f"{'?':>8}"
        told = f"{run.status:<9}  {run.seconds:>6.1f} s  {cpu}  {memory}  {run.why}"
        rows.append(f"{run.notebook:<{width}}  {told}")
    return "\n".join(row.rstrip() for row in rows)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m book.execute", description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: those of _toc.yml")
    parser.add_argument("--jobs", type=int, default=2, help="how many run at a time")
    default = 86400.0 if os.environ.get("DLCORE_FULL") == "1" else 900.0
    parser.add_argument("--timeout", type=float, default=default, help="seconds per notebook")
    options = parser.parse_args()
    root = Path.cwd()
    paths = [path.absolute() for path in options.notebooks] or contents.notebooks(root)
    for path in paths:
        if not (path.is_file() and path.suffix == ".ipynb" and path.is_relative_to(root)):
            parser.error(f"{path} is not a notebook below {root}")
    try:
        runs = asyncio.run(run_all(paths, root, max(1, options.jobs), options.timeout))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("interrupted; what had finished is kept: run it again to go on", file=sys.stderr)
        return 130
    if not options.notebooks:
        skipped = contents.skipped(root).items()
        runs += [Run(f"{name}.ipynb", "skipped", why) for name, why in skipped]
    print(table(runs))
    failures = [run.report for run in runs if run.status == "failed"]
    print(*(f"\nFAILED {report}" for report in failures), sep="\n", end="", file=sys.stderr)
    if failures:
        print(f"\n{len(failures)} of {len(runs)} notebooks failed", file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
