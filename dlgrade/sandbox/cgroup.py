"""Control groups, version 2: limits on all processes of a sandbox together.

Only where the machine lets us: in a group that systemd has delegated (`systemd-run --user --scope
-p Delegate=yes …`), in a container with its own writable groups, or as root of a machine without
systemd. Elsewhere every process has its own limits, and nothing holds them together.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

ROOT, OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
LEAF, NAME = "dlgrade-grader", "dlgrade-sandbox-"


def delegated(root: Path = ROOT, own: Path = OWN) -> Path | None:
    """The group in which others can be made; we ourselves move to a leaf of it if we must."""
    try:
        lines = own.read_text().splitlines()
        path = next(line[3:] for line in lines if line.startswith("0::"))
        here = root / path.strip("/")
        base = here.parent if here.name == LEAF else here
        if not {"memory", "pids"} <= set((base / "cgroup.controllers").read_text().split()):
            return None
        if base == here:
            _make_room(base, path)
        (base / "cgroup.subtree_control").write_text("+memory +pids")
        return base
    except (OSError, StopIteration):
        return None


def _make_room(base: Path, path: str) -> None:
    """Leave a group that is to have others in it: only the machine's root may do both."""
    if not (base / "cgroup.type").exists():
        return
    if path != "/" and os.getxattr(base, "user.delegate") != b"1":
        raise PermissionError("this group belongs to somebody else")
    (base / LEAF).mkdir(exist_ok=True)
    for process in (base / "cgroup.procs").read_text().split():
        with suppress(ProcessLookupError):
            (base / LEAF / "cgroup.procs").write_text(process)


def make(base: Path, memory: int, processes: int) -> Path:
    """A group with limits; those that a grader which was killed has left behind are removed."""
    for old in base.glob(f"{NAME}*"):
        if not Path(f"/proc/{old.name.split('-')[-2]}").exists():
            remove(old)
    group = base / f"{NAME}{os.getpid()}-{time.monotonic_ns()}"
    group.mkdir()
    (group / "memory.max").write_text(str(memory))
    (group / "pids.max").write_text(str(processes))
    with suppress(OSError):
        (group / "memory.swap.max").write_text("0")
    return group


def remove(group: Path) -> None:
    """Remove a group, if nothing runs in it."""
    with suppress(OSError):
        group.rmdir()
