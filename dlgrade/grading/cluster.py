"""The same work on many machines, by Dask: SSH, Slurm, Kubernetes, or processes of this one.

A Dask worker that takes a submission starts a process of our own and keeps it warm; what comes back
is text. The result files are written here, as in a run on one machine.
"""

import ipaddress
import json
import tempfile
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from dlgrade.grading.identity import grader_version
from dlgrade.grading.results import Record
from dlgrade.grading.worker import SECONDS, TRIES, Job, Worker

Tag = TypeVar("Tag")
HERE = threading.local()


def share(
    jobs: Iterable[tuple[Tag, Job]],
    *,
    scheduler: str,
    seconds: float = SECONDS,
    unsafe: bool = False,
) -> Iterator[tuple[Tag, Record | str]]:
    """Do jobs on the workers of a Dask cluster, each of which has this version of dlgrade.

    Args:
        jobs: taken as workers are free.
        scheduler: its address, as in "tcp://127.0.0.1:8786" or "tls://grader:8786".
        seconds: after which a job is given up; it is tried twice.
        unsafe: accept a scheduler that anybody in the network may command.

    Yields:
        Each job's tag with its result, or with the reason why it has none, as they are finished.

    Raises:
        ValueError: Dask is not installed, nobody is there, or the address is not protected.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise ValueError('Dask is missing: pip install "dlcore[cluster]"') from None
    if not (unsafe or _protected(scheduler)):
        raise ValueError(
            f"{scheduler} is neither tls:// nor on this machine: whoever reaches a scheduler may "
            "run anything on its workers"
        )
    try:
        client = Client(scheduler, timeout="30s")
    except (OSError, TypeError, ValueError) as error:
        raise ValueError(f"no Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        threads = sum(
            w["nthreads"] for w in client.scheduler_info(n_workers=-1)["workers"].values()
        )
        todo, waiting = iter(jobs), {}

        def submit(most: int) -> list:
            new = []
            for tag, job in islice(todo, most):
                text = job.exercise.read_bytes()
                future = client.submit(
                    grade_here, job.data, job.exercise.stem, text, job.seed, seconds, pure=False
                )
                waiting[future.key] = tag
                new.append(future)
            return new

        running = as_completed(submit(2 * max(threads, 1)))
        for future in running:
            tag = waiting.pop(future.key)
            yield tag, _result(future)
            for more in submit(1):
                running.add(more)


def _protected(address: str) -> bool:
    """Is the connection encrypted, or does it stay on this machine?"""
    if address.startswith(("tls://", "wss://", "inproc://")):
        return True
    host = urlsplit(address if "//" in address else f"tcp://{address}").hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _result(future: Any) -> Record | str:
    """A job that ended several workers, one after the other, has a reason instead of a result."""
    if future.status != "finished":
        return f"the cluster says {type(future.exception()).__name__}"
    version, result = json.loads(future.result())
    if version != grader_version():
        return f"the cluster's worker has another version of the grader ({version})"
    return result


def grade_here(data: bytes, assignment: str, exercise: bytes, seed: int, seconds: float) -> str:
    """What a Dask worker does; every thread of it has one process that grades."""
    worker = HERE.worker = getattr(HERE, "worker", None) or Worker()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{assignment}.ipynb"
        path.write_bytes(exercise)
        result: Record | str = "it was not tried"
        for _ in range(TRIES):
            worker.begin(Job(data, path, seed), seconds)
            worker.pipe.poll(seconds)
            result = worker.result()
            if not isinstance(result, str):
                break
    return json.dumps([grader_version(), result])
