"""Is the sandbox really one on this machine? Hostile code is run in it, and must get nowhere."""

from collections.abc import Iterator
from pathlib import Path

from dlgrade.errors import StoppedError, StudentError
from dlgrade.sandbox.bubblewrap import Limits, SandboxError
from dlgrade.sandbox.remote import Nursery
from dlgrade.sandbox.student import Program, RemoteStudent

CELLS = """
import os, socket, ctypes
def user():
    return [os.getuid(), os.geteuid()]
def files(path):
    return os.path.exists(path)
def write(path):
    with open(path, "w") as f: f.write("x")
    return True
def network():
    socket.create_connection(("127.0.0.1", 9), 1)
def interfaces():
    return [name for _, name in socket.if_nameindex()]
def processes():
    return [p for p in os.listdir("/proc") if p.isdigit()]
def signal_others():
    os.kill(2, 0)
def mount():
    return ctypes.CDLL(None).mount(b"tmpfs", b"/usr", b"tmpfs", 0, None)
def uncover():
    return ctypes.CDLL(None).umount2(b"/proc", 2)
def uncover_from_within():
    ctypes.CDLL(None).unshare(0x10020000)
    return ctypes.CDLL(None).umount2(b"/proc", 2)
def memory():
    return len(bytearray(6 << 30))
def fork_many():
    made = 0
    while made < 500:
        if os.fork() == 0:
            import time; time.sleep(60)
        made += 1
    return made
def disk():
    for i in range(100):
        with open(f"/tmp/{i}", "wb") as f: f.write(bytes(30 << 20))
def leave():
    os._exit(0)
def spin():
    while True:
        try:
            while True: pass
        except BaseException: pass
"""


def checks(nursery: Nursery, secret: Path) -> Iterator[tuple[str, bool]]:
    """What is tried, and whether the sandbox holds."""
    student = RemoteStudent(nursery, Program((), ((0, CELLS),)), {})

    def ask(name: str, *args: object) -> object:
        try:
            with student._process(0):
                return getattr(student, name)(*args)
        except StudentError as error:
            return error.names[0]
        except StoppedError as stopped:
            return stopped.status

    yield "runs as an account without rights", ask("user") == [65534, 65534]
    yield "does not see the grader's files", ask("files", str(secret)) is False
    yield (
        "does not see home directories",
        ask("files", "/root") is False and not ask("files", "/home"),
    )
    yield "can not write outside its temporary files", ask("write", "/usr/x") == "OSError"
    yield "can write temporary files", ask("write", "/tmp/x") is True
    yield "finds none of another test's files", ask("files", "/tmp/x") is False
    yield "has no network", ask("network") in ("OSError", "ConnectionRefusedError")
    yield "has no interface but its own loopback", ask("interfaces") == ["lo"]
    yield "sees no process", ask("processes") == []
    yield "can not reach another process", ask("signal_others") == "ProcessLookupError"
    yield "can not mount", ask("mount") == -1
    yield "can not uncover what is hidden", ask("uncover") == -1
    yield "not from namespaces of its own either", ask("uncover_from_within") == -1
    yield "is held to its memory", ask("memory") == "out of memory"
    yield "is held to its processes", ask("fork_many") == "BlockingIOError"
    yield "is held to its disk", ask("disk") in ("OSError", "out of memory")
    yield "is seen to end", ask("leave") == "crashed"
    yield "is stopped in time", ask("spin") == "timed out"


def selftest() -> list[tuple[str, bool]]:
    """Try to break out; what a busy machine did not finish in time is tried again with more.

    Returns:
        Each promise and whether it holds; one false line when there is no sandbox at all.
    """
    found: list[tuple[str, bool]] = []
    for seconds in (3.0, 20.0):
        try:
            with Nursery(Limits(seconds=seconds)) as nursery:
                found = list(checks(nursery, Path(__file__)))
        except SandboxError as error:
            return [(f"starts: {error}", False)]
        if all(holds for _, holds in found):
            break
    return found
