"""Running each job in a process of its own, so that no answer can harm the next one or us."""

import importlib
import json
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

Job = TypeVar("Job")


@dataclass(frozen=True)
class Lost:
    """A job without a result."""

    reason: str


def cores() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _child(function: Callable[[Any], Any], job: Any, answer: Connection) -> None:
    import torch

    torch.set_num_threads(1)
    try:
        with redirect_stdout(StringIO()):
            result = {"result": function(job)}
    except BaseException as error:
        result = {"lost": f"ended with {type(error).__name__}: {error}"}
    answer.send_bytes(json.dumps(result).encode())
    answer.close()


def run_each(
    function: Callable[[Job], Any],
    jobs: Iterable[Job],
    *,
    workers: int,
    seconds: float,
    preload: Iterable[str] = ("dlgrade.kit",),
) -> Iterator[tuple[Job, Any]]:
    """Run the function on each job in a fresh process and give its JSON result as it comes.

    Args:
        function: a module's function; returns what JSON can hold.
        jobs: one argument each.
        workers: how many processes run at the same time.
        seconds: after which a job is ended.
        preload: modules that are loaded once and inherited by every process that is forked.

    Yields:
        The job with its result, or with `Lost` and the reason.
    """
    for module in preload:
        importlib.import_module(module)
    kind = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context: Any = multiprocessing.get_context(kind)  # each kind has a Process of its own type
    waiting = deque(jobs)
    running: dict[Connection, tuple[Job, Any, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                job = waiting.popleft()
                here, there = context.Pipe(duplex=False)
                process = context.Process(target=_child, args=(function, job, there))
                process.start()
                there.close()
                running[here] = (job, process, time.monotonic() + seconds)
            deadline = min(end for _, _, end in running.values())
            ready = wait(running, timeout=max(0.0, deadline - time.monotonic()))
            late = [c for c, (_, _, end) in running.items() if time.monotonic() > end]
            for connection in [c for c in running if c in ready or c in late]:
                job, process, _ = running.pop(connection)
                yield job, _receive(connection, process, seconds)
    finally:
        for _, process, _ in running.values():
            process.kill()


def _receive(connection: Connection, process: BaseProcess, seconds: float) -> Any:
    """The result that a process sent, or why there is none; the process is gone afterwards."""
    result: Any = Lost(f"did not finish in {seconds:g} s")
    with suppress(OSError, ValueError):
        if connection.poll():
            try:
                sent = json.loads(connection.recv_bytes())
                result = sent["result"] if "result" in sent else Lost(sent["lost"])
            except EOFError:
                process.join(1)
                result = Lost(f"ended the Python process (exit code {process.exitcode})")
    process.kill()
    process.join()
    connection.close()
    return result
