"""Inside the sandbox: a warm process with torch loaded, copied once for every test.

It runs no student's code. Each copy has process, user, file and message namespaces of its own, and
is ended, with all it started, when the grader lets go.
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
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

NEW_USER, NEW_PROCESS, NEW_MOUNT, NEW_IPC = 0x10000000, 0x20000000, 0x00020000, 0x08000000
LIBC = ctypes.CDLL(None, use_errno=True)
CAPSET = {"x86_64": 126, "aarch64": 91}
NO_NEW_PRIVILEGES, DROP_CAPABILITY, DUMPABLE = 38, 24, 4
COLLAPSE, HUGE = 25, 2 << 20
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
    _enter()
    for module in PRELOAD:
        importlib.import_module(module)
    _know_the_processor()
    gc.collect()
    gc.freeze()
    _collapse()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    asked = socket.socket(fileno=channel)
    asked.send(b"ready")
    _serve(asked)


def _know_the_processor() -> None:
    """Torch reads /proc/cpuinfo at its first conversion from float16; copies have no /proc."""
    import torch

    torch.zeros(1, dtype=torch.float16).float()


def _be_nobody() -> None:
    """Started by root, become an account without rights; there is no way back."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        LIBC.prctl(DUMPABLE, 1, 0, 0, 0)


def _enter() -> None:
    """Go on as the first process of a namespace of our own, which may make further ones."""
    _new_user(NEW_PROCESS)
    pid = os.fork()
    if pid:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)


def _new_user(more: int) -> None:
    """Namespaces in which this account, and no other, is known."""
    uid, gid = os.getuid(), os.getgid()
    _check(LIBC.unshare(NEW_USER | more), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _collapse() -> None:
    """Put our memory on huge pages, so that a copy of the process copies 200 entries, not 60,000.

    A kernel that can not do it says so, and copies are slower.
    """
    for line in Path("/proc/self/maps").read_text().splitlines():
        span, rights, *_ = line.split()
        start, end = (int(n, 16) for n in span.split("-"))
        if rights == "rw-p":
            for place in range(-(-start // HUGE) * HUGE, end - HUGE + 1, HUGE):
                LIBC.madvise(ctypes.c_void_p(place), ctypes.c_size_t(HUGE), COLLAPSE)


def _serve(asked: socket.socket) -> None:
    """Make copies, say how each ended, and end those that the grader lets go of."""
    home = os.open("/proc/self/ns/pid", os.O_RDONLY)
    poll = select.poll()
    poll.register(asked, select.POLLIN)
    children: dict[int, tuple[int, int]] = {}
    watched: dict[int, int] = {}
    while True:
        for ready, _ in poll.poll():
            if ready == asked.fileno():
                request, passed, _, _ = socket.recv_fds(asked, 4096, 2)
                if not request:
                    return
                talk, watch = passed
                pid = _copy(json.loads(request), talk, watch, home)
                os.close(talk)
                child = os.pidfd_open(pid)
                children[child], watched[watch] = (pid, watch), child
                poll.register(child, select.POLLIN)
                poll.register(watch, select.POLLIN)
            elif ready in children:
                pid, watch = children.pop(ready)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                for done in (ready, watch):
                    with suppress(KeyError):
                        poll.unregister(done)
                with suppress(OSError):
                    os.write(watch, f"ended {status}".encode())
                del watched[watch]
                os.close(ready)
                os.close(watch)
            elif ready in watched and os.read(ready, 16):
                with suppress(OSError):
                    os.write(ready, f"used {_used(watched[ready])}\n".encode())
            elif ready in watched:
                signal.pidfd_send_signal(watched[ready], signal.SIGKILL)
                poll.unregister(ready)


def _used(child: int) -> float:
    """The processor's seconds that a process and all that it started have used.

    /proc has other numbers of processes than we do, those of the namespace around ours.
    """
    about = Path(f"/proc/self/fdinfo/{child}").read_text()
    root = next(line.split()[1] for line in about.splitlines() if line.startswith("Pid:"))
    ticks, started = {}, defaultdict(list)
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = place.read_text().rpartition(")")[2].split()
            ticks[place.parent.name] = sum(map(int, fields[11:15]))
            started[fields[1]].append(place.parent.name)
    found = [root]
    for pid in found:
        found += started[pid]
    return sum(ticks.get(pid, 0) for pid in found) / os.sysconf("SC_CLK_TCK")


def _copy(limits: dict, talk: int, watch: int, home: int) -> int:
    """A copy of this process, the first of a process namespace: when it ends, all in it do."""
    _check(LIBC.unshare(NEW_PROCESS), "unshare")
    pid = os.fork()
    if pid == 0:
        _student(limits, talk, watch)
    _check(LIBC.setns(home, NEW_PROCESS), "setns")
    return pid


def _student(limits: dict, talk: int, watch: int) -> None:
    """The process that a student's cells run in."""
    from dlgrade.sandbox import child

    try:
        _close_in(limits)
    except BaseException as error:
        os.write(watch, f"broken {type(error).__name__}: {error} ".encode()[:500])
        os._exit(1)
    try:
        channel = socket.socket(fileno=os.dup2(talk, 3, inheritable=False))
        os.closerange(4, 256)
        child.serve(channel, limits["message"])
    except BaseException:
        os._exit(1)
    os._exit(0)


def _close_in(limits: dict) -> None:
    _new_user(NEW_MOUNT | NEW_IPC)
    Path("/proc/self/oom_score_adj").write_text("1000")
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
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
