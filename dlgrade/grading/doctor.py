"""What grading needs on a machine."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from dlgrade.sandbox import cgroup
from dlgrade.sandbox.bubblewrap import SandboxError, bwrap
from dlgrade.sandbox.remote import Nursery


def _together() -> str:
    """What holds a student's processes together."""
    if base := cgroup.delegated():
        return (
            f"control groups: limits on a sandbox's memory and processes together ({base}; tested "
            "against imitated files only, so look whether its memory.max is set while it grades)"
        )
    return (
        "no control group is ours: memory is limited for each process alone (for a limit on all "
        "together: systemd-run --user --scope -p Delegate=yes dlgrade grade …)"
    )


def examine() -> Iterator[tuple[str, bool, str]]:
    """What is looked at, whether it is fine, and what to do where it is not."""
    yield "Linux", sys.platform == "linux", "grade on Linux, or in WSL 2 on Windows"
    for module, package in (("torch", "torch"), ("nbgrader", "nbgrader"), ("typer", "typer")):
        there = importlib.util.find_spec(module) is not None
        yield package, there, f"pip install {package}"
    try:
        yield f"bubblewrap ({bwrap()})", True, ""
    except SandboxError as error:
        yield "bubblewrap", False, str(error)
        return
    spaces = Path("/proc/sys/user/max_user_namespaces")
    allowed = spaces.exists() and int(spaces.read_text()) > 0
    yield "user namespaces", allowed, "as root: sysctl user.max_user_namespaces=15000"
    try:
        with Nursery():
            yield "the sandbox starts", True, ""
    except SandboxError as error:
        advice = "on Ubuntu 24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0"
        yield "the sandbox starts", False, f"{error}; {advice}"
    yield _together(), True, ""
    free = shutil.disk_usage(".").free >> 20
    yield f"{free} MB of disk", free > 500, "make room"
