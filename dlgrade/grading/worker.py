"""Processes that grade one submission after another, each with a sandbox of its own."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Protocol, TypeVar

from dlgrade.grading.results import Record
from dlgrade.sandbox.bubblewrap import PACKAGE, Launched, Limits, SandboxError, launch

TRIES = 2
SECONDS = 3600.0
DIE_WITH_PARENT = 1
Tag = TypeVar("Tag")


@dataclass(frozen=True)
class Job:
    """What a result depends on."""

    data: bytes
    exercise: Path
    seed: int

    def message(self) -> bytes:
        """As it goes to a worker: a line of JSON, then the notebook."""
        head = [str(self.exercise.resolve()), self.seed]
        return json.dumps(head).encode() + b"\n" + self.data


class Message(Protocol):
    """Something for a worker to do: a `Job`, or a `dlgrade.grading.trial.Attempt`."""

    def message(self) -> bytes:
        """As it goes to a worker."""
        ...


class Worker:
    """The grader's end of a worker; a new process takes the place of a dead one."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits, self.deadline = limits or Limits(), 0.0
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join([str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")])
        own = [str(theirs.fileno()), json.dumps(asdict(self.limits)), str(os.getpid())]
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "dlgrade.grading.worker", *own],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        )
        theirs.close()
        self.pipe = Connection(ours.detach())

    def begin(self, job: Message, seconds: float) -> None:
        """Give it something to do."""
        self.deadline = time.monotonic() + seconds
        try:
            self.pipe.send_bytes(job.message())
        except OSError:
            self._restart()
            self.pipe.send_bytes(job.message())

    def late(self) -> bool:
        """Has it had its time?"""
        return time.monotonic() > self.deadline

    def result(self) -> Record | str:
        """What it found, or why nothing; it is ready for another submission afterwards."""
        why = "the grader's process took too long"
        with suppress(ValueError, OSError):
            if self.pipe.poll():
                try:
                    found = json.loads(self.pipe.recv_bytes())
                    return found.get("failed", found)
                except EOFError:
                    why = "the grader's process ended"
        self._restart()
        return why

    def _restart(self) -> None:
        self.end()
        self._start()

    def end(self) -> None:
        """End the process, and with it its sandbox."""
        self.process.kill()
        self.process.wait()
        self.pipe.close()


class Crew:
    """Several workers, kept warm from one `share` to the next."""

    def __init__(self, workers: int, limits: Limits | None = None) -> None:
        self.workers, self.limits, self.idle = workers, limits, list[Worker]()

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.idle:
            worker.end()

    def share(
        self, jobs: Iterable[tuple[Tag, Message]], seconds: float = SECONDS
    ) -> Iterator[tuple[Tag, Record | str]]:
        """Do jobs in several processes.

        Args:
            jobs: taken one by one, as a worker is free.
            seconds: after which a job is given up; it is tried twice.

        Yields:
            Each job's tag with its result, or with the reason why it has none, as they are
            finished.
        """
        todo, again = iter(jobs), deque[tuple[Tag, Message, int]]()
        busy: dict[Worker, tuple[Tag, Message, int]] = {}

        def next_job() -> tuple[Tag, Message, int] | None:
            if again:
                return again.popleft()
            return next(((tag, job, 1) for tag, job in todo), None)

        try:
            while True:
                while len(busy) < self.workers and (job := next_job()):
                    worker = self.idle.pop() if self.idle else Worker(self.limits)
                    busy[worker] = job
                    worker.begin(job[1], seconds)
                if not busy:
                    return
                ready = wait([w.pipe for w in busy], timeout=1.0)
                for worker in [w for w in busy if w.pipe in ready or w.late()]:
                    tag, doing, tries = busy.pop(worker)
                    result = worker.result()
                    self.idle.append(worker)
                    if isinstance(result, str) and tries < TRIES:
                        again.append((tag, doing, tries + 1))
                    else:
                        yield tag, result
        finally:
            for worker in busy:
                worker.end()


def main(number: int, limits: Limits, grader: int) -> None:
    """Grade what comes, until the grader is gone; the sandbox starts while torch is loaded."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != grader:
        return
    launched: Launched | None = None
    with suppress(SandboxError):
        launched = launch(limits)
    import torch

    from dlgrade.grading.grade import grade
    from dlgrade.grading.trial import Attempt, attempt
    from dlgrade.sandbox.remote import Nursery

    torch.set_num_threads(1)
    pipe, nursery = Connection(number), Nursery(limits, launched)
    try:
        while True:
            head, _, data = pipe.recv_bytes().partition(b"\n")
            what = json.loads(head)
            try:
                if isinstance(what, dict):
                    found = attempt(Attempt(**what), nursery)
                else:
                    exercise, seed = what
                    found = grade(data, Path(exercise), nursery, seed)
            except Exception as error:
                found = {"failed": f"{type(error).__name__}: {error}"}
            pipe.send_bytes(json.dumps(found).encode())
    except (EOFError, OSError):
        nursery.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), Limits(**json.loads(sys.argv[2])), int(sys.argv[3]))
