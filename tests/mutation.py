"""Small faults put into `dlcore`, one at a time: do the tests of its package notice?

python -m tests.mutation [PACKAGE ...] [--most N] [--seed S] [--jobs J] [--least RATE]

A fault is tried in a copy of the library, first with the test file named like its module, then with
the others of the package that can reach the module. Exit code 1 means that the tests of a package
notice less than they should; what they missed is listed, to be tested or seen to change nothing.
"""

import argparse
import ast
import multiprocessing
import os
import random
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice, zip_longest
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

import pytest

from dlgrade.mutants import mutants
from dlgrade.notebook import BEGIN_SOLUTION, END_SOLUTION

ROOT = Path(__file__).parents[1]
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["torch", "scipy.stats", "sklearn", "pytest"])  # most of a run's time
OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout"]
OPTIONS += ["-m", "not gpu and not slow and not alone"]
LEAST = "rate to reach; tests that notice 85 %% of all faults get below 0.6 once in 750 draws of 20"
PASSED = (0, 5)  # exit codes of pytest: all passed, none chosen


@dataclass(frozen=True)
class Fault:
    """A module with one statement changed; before and after are a line of it as `ast` writes it."""

    module: Path
    line: int
    before: str
    after: str
    source: str


def draw(root: Path, package: str, most: int, seed: int) -> list[Fault]:
    """Faults at random from the modules of a package in turn, at most one a statement."""
    rng = random.Random(f"{package} {seed}")
    modules = sorted(p.relative_to(root) for p in (root / "dlcore" / package).rglob("*.py"))
    rng.shuffle(modules)
    turns = zip_longest(*(_faults(root, module, rng) for module in modules))
    return list(islice((fault for turn in turns for fault in turn if fault), most))


def _faults(root: Path, module: Path, rng: random.Random) -> Iterator[Fault]:
    source = (root / module).read_text("utf-8")
    original = _plain(source).splitlines()
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)]
    inside = {s.lineno: s for f in functions for s in ast.walk(f) if isinstance(s, ast.stmt)}
    for statement in rng.sample(list(inside.values()), len(inside)):
        if made := mutants(module.stem, _marked(source, statement)):
            changed = rng.choice(made).source
            lines = zip(original, changed.splitlines(), strict=True)
            before, after = next((a.strip(), b.strip()) for a, b in lines if a != b)
            yield Fault(module, statement.lineno, before, after, changed)


def _plain(source: str) -> str:
    return ast.unparse(ast.parse(source))


def _marked(source: str, statement: ast.stmt) -> str:
    """A module in which a simple statement, or the head of a compound one, may be changed."""
    lines, first, body = source.splitlines(), statement.lineno - 1, getattr(statement, "body", None)
    end = max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno
    lines[first:end] = [BEGIN_SOLUTION, *lines[first:end], END_SOLUTION]
    return "\n".join(lines)


def tests_of(root: Path, module: Path) -> tuple[list[Path], list[Path]]:
    """The test file named like a module, and the other ones of its package that can reach it."""
    uses, reached = _uses(root, module.parents[-3]), {_dotted(module)}
    while more := {_dotted(file) for file, used in uses.items() if used & reached} - reached:
        reached |= more
    own = [file for file in uses if file.name == f"test_{module.stem}.py"]
    tests = (file for file in sorted(uses) if file.name.startswith("test_") and file not in own)
    return own, [file for file in tests if _dotted(file) in reached]


@cache
def _uses(root: Path, package: Path) -> dict[Path, set[str]]:
    """The modules that the files of a package and of its tests name, or name an export of."""
    files = [*(root / package).rglob("*.py"), *(root / "tests" / package).rglob("*.py")]
    modules = {file.stem: _dotted(file.relative_to(root)) for file in files}
    for node in ast.parse((root / package / "__init__.pyi").read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            modules |= {name.name: f"{_dotted(package)}.{node.module}" for name in node.names}
    found = {}
    for file in files:
        nodes = ast.walk(ast.parse(file.read_text("utf-8")))
        words = {word for node in nodes for word in vars(node).values() if isinstance(word, str)}
        found[file.relative_to(root)] = {modules.get(w, w) for w in (*words, "conftest")}
    return found


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


class Copy:
    """The library and its tests in a folder of their own, to be broken and mended."""

    def __init__(self, root: Path, folder: Path, faults: list[Fault]) -> None:
        self.root, self.log = folder, folder / "pytest.log"
        self.seconds: dict[tuple[Path, ...], float] = {}
        for name in ("dlcore", "tests"):
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("*cache__"))
        shutil.copy(root / "pyproject.toml", folder)
        for module in {fault.module for fault in faults}:
            self._write(module, _plain((root / module).read_text("utf-8")))

    def notices(self, fault: Fault) -> bool:
        """Does a test fail with a fault, or not end?"""
        whole = (self.root / fault.module).read_text("utf-8")
        for tests in map(tuple, filter(None, tests_of(self.root, fault.module))):
            if tests not in self.seconds:
                begin = time.monotonic()
                if self.run(tests) not in PASSED:
                    raise RuntimeError(f"no fault, but {self.log.read_text()[-3000:]}")
                self.seconds[tests] = time.monotonic() - begin
            self._write(fault.module, fault.source)
            code = self.run(tests, 3 * self.seconds[tests] + 10)
            self._write(fault.module, whole)
            if code not in PASSED:
                return True
        return False

    def _write(self, module: Path, source: str) -> None:
        (self.root / module).write_text(source, "utf-8")
        for stale in (self.root / module).parent.glob(f"__pycache__/{module.stem}.*"):
            stale.unlink()  # Python tells whether it is by size and whole seconds

    def run(self, tests: tuple[Path, ...], limit: float | None = None) -> int | None:
        """The exit code of pytest; none when it had to be stopped."""
        process = SERVER.Process(target=_pytest, args=(self.root, tests, self.log))
        process.start()
        process.join(limit)
        code = process.exitcode
        process.kill()
        return code


def _pytest(root: Path, tests: tuple[Path, ...], log: Path) -> None:
    """What a process of its own does."""
    with log.open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.chdir(root)
    sys.path.insert(0, str(root))
    os.environ |= {"PYTHONPATH": str(root), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    os.environ["TRITON_INTERPRET"] = str(int(tests[0].parent.name == "kernels"))
    sys.exit(pytest.main([*OPTIONS, *map(str, tests)]))


def survivors(root: Path, faults: list[Fault], jobs: int) -> list[Fault]:
    """The faults that no test notices."""
    copies: SimpleQueue[Copy] = SimpleQueue()

    def noticed(fault: Fault) -> bool:
        copy = copies.get()
        try:
            return copy.notices(fault)
        finally:
            copies.put(copy)

    with TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        for job in range(jobs):
            copies.put(Copy(root, Path(folder, str(job)), faults))
        found = list(pool.map(noticed, faults))
    return [fault for fault, was_noticed in zip(faults, found, strict=True) if not was_noticed]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Print a line for each package, and its survivors; the exit code."""
    packages = sorted(stub.parent.name for stub in (root / "dlcore").glob("*/__init__.pyi"))
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="of dlcore, by default all")
    parser.add_argument("--most", type=int, default=20, help="faults in a package")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--jobs", type=int, default=2, help="faults tried at a time")
    parser.add_argument("--least", type=float, default=0.6, help=LEAST)
    options = parser.parse_args(arguments)
    if unknown := sorted({*options.packages} - {*packages}):
        parser.error(f"no packages: {', '.join(unknown)}; there are {', '.join(packages)}")
    enough = True
    print(f"{'package':<15} mutants killed  rate")
    for package in options.packages or packages:
        faults = draw(root, package, options.most, options.seed)
        missed = survivors(root, faults, options.jobs)
        rate = 1 - len(missed) / max(len(faults), 1)
        enough &= rate >= options.least
        print(f"{package:<15} {len(faults):7} {len(faults) - len(missed):6} {rate:5.2f}")
        for fault in missed:
            print(f"  {fault.module}:{fault.line}\n    - {fault.before}\n    + {fault.after}")
        sys.stdout.flush()
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
