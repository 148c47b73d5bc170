"""The book is served to this machine only, and a port in use is said to be so."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from book import serve

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path):
    """A built book of one page."""
    html = tmp_path / "_build" / "html"
    html.mkdir(parents=True)
    (html / "index.html").write_text("first")
    return tmp_path


@pytest.fixture
def busy():
    """A port that someone listens on."""
    with socket.create_server((serve.HOST, 0)) as listener:
        yield listener.getsockname()[1]


def start(root, *arguments):
    """`python -m book.serve` in a directory."""
    return subprocess.Popen(
        [sys.executable, "-m", "book.serve", *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_pages_are_served_fresh_on_the_loopback_interface_until_interrupted(root):
    process = start(root, "--port", "0")
    address = re.match(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"first"
        assert answer.headers["Cache-Control"] == "no-cache"
    (root / "_build/html/index.html").write_text("second")
    with urllib.request.urlopen(f"{address}/index.html") as answer:
        assert answer.read() == b"second"
    with pytest.raises(urllib.error.HTTPError, match="404") as missing:
        urllib.request.urlopen(f"{address}/none.html")
    missing.value.close()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 0
    assert "Traceback" not in err


def test_a_port_in_use_and_the_next_free_one(root, busy):
    process = start(root, "--port", str(busy))
    _, err = process.communicate(timeout=240)
    assert process.returncode == 1
    suggested = re.fullmatch(rf"port {busy} is in use: try make serve PORT=(\d+)\n", err)
    assert serve.is_free(int(suggested[1]))


def test_the_suggestion_skips_ports_in_use(monkeypatch, root, busy):
    monkeypatch.setattr(serve, "is_free", lambda port: port > busy + 2)
    with pytest.raises(SystemExit, match=f"PORT={busy + 3}"):
        serve.server(root, busy)


@pytest.mark.parametrize("port", ["70000", "-1", "http"])
def test_not_a_port(root, port):
    process = start(root, "--port", port)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 2
    assert "--port" in err or "from 0 to 65535" in err


def test_nothing_built_yet(tmp_path):
    process = start(tmp_path)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 2
    assert "run make book first" in err
