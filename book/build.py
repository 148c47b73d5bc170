"""Build the pages from the executed notebooks, strictly, and check what came out.

`python -m book.build` writes `_build/html`. Any warning, and anything that book/check.py finds, is
an error. After a failed or interrupted build, or a change of what every page depends on, the next
build starts from nothing, since Sphinx would not repeat the warnings of pages it has read.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from book import check, contents, freshness, lint, runner
from book.stage import stage

CPU_BUILDS = "--extra-index-url https://download.pytorch.org/whl/cpu"  # of torch
FORMULAS = "katex"  # the cache of set formulas, each named by its content
FOR_EVERY_PAGE = ("_ext", "_static", "_templates", "scripts", "vendor")


def fingerprint(staged: Path, root: Path) -> str:
    """Of what every page depends on."""
    files = [staged / "_config.yml", staged / "_toc.yml", *(root / pin for pin in freshness.PINS)]
    for folder in FOR_EVERY_PAGE:
        files += sorted((staged / "book" / folder).rglob("*"))
    known = [path for path in files if path.is_file()]
    return freshness.digest(b"".join(bytes(path) + path.read_bytes() for path in known))


def start_anew(build: Path) -> None:
    """Forget pages and what Sphinx remembers of them."""
    for folder in ("html", "jupyter_execute"):
        shutil.rmtree(build / folder, ignore_errors=True)
    for path in (build / ".doctrees").glob("*"):
        if path.is_dir() and path.name != FORMULAS:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()


def jupyter_book(staged: Path, root: Path) -> int:
    """Run Jupyter Book over the staged copy; its exit status."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [str(program), "build", str(staged), "--path-output", str(root)]
    command += ["-W", "-n", "--keep-going", "-q"]
    where = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    return subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": where}).returncode


def for_binder(wheel: str, root: Path, folder: Path) -> None:
    """What Binder installs, in a folder beside the published pages: the versions of the book."""
    lines = (CPU_BUILDS, "--constraint constraints.txt", f"./downloads/{wheel}[notebooks]", "")
    contents.write_atomically(folder / "requirements.txt", "\n".join(lines).encode())
    pins = [line for pin in freshness.PINS for line in (root / pin).read_text("utf-8").splitlines()]
    pinned = sorted({line for line in pins if "==" in line})
    contents.write_atomically(folder / "constraints.txt", "\n".join([*pinned, ""]).encode())
    contents.write_atomically(folder / "runtime.txt", b"python-3.11\n")


def build(root: Path) -> Path:
    """Stage, build, write the runner's copies, check; the first page."""
    staged, results = stage(root), root / "_build"
    if forgotten := lint.findings(root):
        raise SystemExit("\n".join([*forgotten, "\nthe book was not built: write these first"]))
    done, mark = results / ".built", fingerprint(staged, root)
    if not done.exists() or done.read_text("utf-8") != mark:
        start_anew(results)
    done.unlink(missing_ok=True)
    if jupyter_book(staged, root):
        raise SystemExit("the book was not built: see the warnings above, each is an error")
    contents.write_atomically(done, mark.encode())
    runner.write_copies(root)
    hidden = shutil.ignore_patterns(".*")
    downloads = results / "html" / "downloads"
    shutil.copytree(results / "notebooks", downloads, dirs_exist_ok=True, ignore=hidden)
    for wheel in (results / "notebooks").glob("*.whl"):
        for_binder(wheel.name, root, results / "html" / "binder")
    if check.report(root):
        raise SystemExit("the pages are built, but not right: see the findings above")
    return results / "html" / "index.html"


def main() -> int:
    """The command line."""
    argparse.ArgumentParser(prog="python -m book.build", description=__doc__).parse_args()
    try:
        page = build(Path.cwd())
    except KeyboardInterrupt:
        print("interrupted: run it again, it starts anew", file=sys.stderr)
        return 130
    print(f"\nThe book is in {page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
