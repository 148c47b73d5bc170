"""Inside the sandbox: a warm process with torch loaded, copied once for every test.

It runs no student's code. Each copy gets a warden, which holds the copy in its own process, user,
file and message namespaces and ends it, with all it started, when the grader lets go.
"""

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys

CLONE = 0x10000000 | 0x20000000 | 0x00020000 | 0x08000000  # user, process, mount, IPC namespaces
LIBC = ctypes.CDLL(None, use_errno=True)
CAPSET = {"x86_64": 126, "aarch64": 91}
NO_NEW_PRIVILEGES, DROP_CAPABILITY, DUMPABLE = 38, 24, 4
NOBODY = 65534
PRELOAD = (
    "torch",
    "torch._dynamo",
    "torch.fx.experimental.symbolic_shapes",
    "torch.utils._python_dispatch",
    "dlgrade.kit",
    "dlgrade.sandbox.child",
)


def main(channel: int) -> None:
    """Make a copy for every pair of sockets that comes."""
    _be_nobody()
    for module in PRELOAD:
        importlib.import_module(module)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    asked = socket.socket(fileno=channel)
    gc.collect()
    gc.freeze()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    asked.send(b"ready")
    while True:
        request, passed, _, _ = socket.recv_fds(asked, 4096, 2)
        if not request:
            return
        limits, (talk, watch) = json.loads(request), passed
        if os.fork() == 0:
            asked.close()
            _warden(limits, talk, watch)
        os.close(talk)
        os.close(watch)


def _be_nobody() -> None:
    """Started by root, become an account without rights; there is no way back."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        LIBC.prctl(DUMPABLE, 1, 0, 0, 0)


def _warden(limits: dict, talk: int, watch: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    status = 255
    try:
        uid, gid = os.getuid(), os.getgid()
        _check(LIBC.unshare(CLONE), "unshare")
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {uid} 1"),
            ("gid_map", f"{gid} {gid} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
                file.write(text)
        pid = os.fork()
        if pid == 0:
            os.close(watch)
            _student(limits, talk)
        os.close(talk)
        status = _watch(pid, watch)
    except BaseException as error:
        os.write(watch, f"broken {type(error).__name__}: {error}".encode()[:500])
    os.write(watch, f"ended {status}".encode())
    os._exit(0)


def _watch(pid: int, watch: int) -> int:
    """Wait until the student's process ends, or end it when the grader lets go."""
    child = os.pidfd_open(pid)
    ready, _, _ = select.select([child, watch], [], [])
    if child not in ready:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _student(limits: dict, talk: int) -> None:
    """The process that a student's cells run in."""
    from dlgrade.sandbox import child

    try:
        _close_in(limits)
        child.serve(socket.socket(fileno=talk), limits["message"])
    except BaseException:
        os._exit(1)
    os._exit(0)


def _close_in(limits: dict) -> None:
    with open("/proc/self/statm") as file:  # noqa: PTH123
        used = int(file.read().split()[0]) * resource.getpagesize()
    options = f"size={limits['disk']},nr_inodes=4096".encode()
    for place in (b"/tmp", b"/dev/shm"):
        _check(LIBC.mount(b"tmpfs", place, b"tmpfs", 6, options), "mount")
    _check(LIBC.mount(b"tmpfs", b"/proc", b"tmpfs", 7, b"size=4k"), "mount")
    os.chdir("/tmp")
    for what, most in (
        (resource.RLIMIT_AS, used + limits["memory"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CPU, int(limits["start"] + 2 * limits["seconds"]) + 2),
    ):
        resource.setrlimit(what, (most, most))
    for capability in range(41):
        LIBC.prctl(DROP_CAPABILITY, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _check(LIBC.syscall(CAPSET[os.uname().machine], header, (ctypes.c_uint32 * 6)()), "capset")
    _check(LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")


def _check(result: int, what: str) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
