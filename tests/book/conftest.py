"""A book of a few lines, built with the real configuration and extensions, and a web server."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock

from book import browser
from tests.book import miniature

ROOT = Path(__file__).parents[2]


def pytest_configure() -> None:
    """A run in the background starts with Ctrl-C ignored, and its children inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass
class Built:
    """A finished build: exit status, what was printed, where the pages are."""

    status: int
    log: str
    html: Path

    def page(self, name: str) -> str:
        """The HTML of a page."""
        return (self.html / f"{name}.html").read_text("utf8")


def build(folder: Path) -> Built:
    """Build the staged book in a folder, strictly, in a process of its own."""
    shutil.copy(ROOT / "_config.yml", folder)
    for part in ("_static", "_templates", "scripts", "vendor", "logo.svg", "favicon.svg"):
        source = ROOT / "book" / part
        copy = shutil.copytree if source.is_dir() else shutil.copy
        (folder / "book").mkdir(exist_ok=True)
        copy(source, folder / "book" / part)
    return build_again(folder)


def build_again(folder: Path) -> Built:
    """Build what is staged, in a folder that may have pages already."""
    program = Path(sys.executable).with_name("jupyter-book")
    run = subprocess.run(
        [program, "build", folder, "--path-output", folder, "-W", "-n", "--keep-going"],
        env=os.environ | {"PYTHONPATH": f"{folder / 'library'}{os.pathsep}{ROOT}", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Built(run.returncode, run.stdout + run.stderr, folder / "_build" / "html")


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Makes a thing in a folder, once for all processes of the run: others wait for the first."""
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    shared = tmp_path_factory.getbasetemp().parent if parallel else tmp_path_factory.getbasetemp()

    def once(name: str, make: Callable[[Path], object]) -> object:
        folder, result = shared / name, shared / f"{name}.json"
        with FileLock(shared / f"{name}.lock"):
            if not result.exists():
                folder.mkdir()
                result.write_text(json.dumps(make(folder)))
        return json.loads(result.read_text())

    return once


def built(folder: Path, *write: Callable[[Path], None]) -> list:
    """Write a book and build it."""
    for part in write:
        part(folder)
    made = build(folder)
    return [made.status, made.log, str(made.html)]


@pytest.fixture(scope="session")
def book(once) -> Built:
    """The miniature book, where all is right."""
    status, log, html = once("book", lambda folder: built(folder, miniature.write))
    return Built(status, log, Path(html))


@pytest.fixture(scope="session")
def faulty_book(once) -> Built:
    """The same with a fault of each kind."""
    parts = (miniature.write, miniature.add_faults)
    status, log, html = once("faulty", lambda folder: built(folder, *parts))
    return Built(status, log, Path(html))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a log."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def serve():
    """Start a web server for a folder on loopback; returns its address."""
    servers = {}

    def start(folder: Path) -> str:
        if folder not in servers:
            server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers[folder] = server
        return f"http://127.0.0.1:{servers[folder].server_port}"

    yield start
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def chromium():
    """Chromium that reaches nothing but this machine; CI has it, and takes a skip for a failure."""
    if browser.program() is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with browser.chromium() as chromium:
        yield chromium
