"""The sandbox and the hostile suite once more, as an account without rights."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = "65534"


def python_for(path: str) -> str:
    """A Python of our version that an ordinary user may start."""
    for program in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        as_user = ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"]
        check = [*as_user, program, "-c", "import torch, pytest"]
        env = {"PYTHONPATH": path, "HOME": "/tmp"}
        with_it = Path(program).exists() and subprocess.run(
            check, env=env, capture_output=True, check=False, cwd="/"
        )
        if with_it and with_it.returncode == 0:
            return program
    pytest.fail(f"no Python 3.{sys.version_info.minor} that an ordinary user may start")


# An ordinary user's own run of the suite is what this test starts.
if os.geteuid() == 0:

    @pytest.mark.alone
    def test_the_hostile_suite_holds_as_an_ordinary_user_too():
        packages = str(Path(pytest.__file__).parents[1])
        path = os.pathsep.join([str(ROOT), packages])
        place = Path("/tmp/dlgrade-ordinary-user")
        shutil.rmtree(place, ignore_errors=True)
        done = subprocess.run(
            ["setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", python_for(path),
             "-m", "pytest", "-q", "-m", "alone", "-p", "no:cacheprovider", f"--basetemp={place}",
             "tests/dlgrade/test_sandbox.py", "tests/dlgrade/test_hostile.py"],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={"PYTHONPATH": path, "HOME": "/tmp", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
        assert " passed" in done.stdout
