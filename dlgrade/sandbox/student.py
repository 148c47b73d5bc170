"""A student that lives in the sandbox: one fresh process for each test."""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dlgrade.errors import StoppedError
from dlgrade.sandbox.bubblewrap import SandboxError
from dlgrade.sandbox.remote import Nursery, Process


@dataclass(frozen=True)
class Program:
    """What runs on the student's side: the exercise's own cells, then the student's."""

    given: tuple[tuple[int, str], ...]
    cells: tuple[tuple[int, str], ...]


@dataclass
class State:
    """How far the tests of a submission are.

    Attributes:
        touched: the names that the tests of one cell asked for.
        errors: what the student's cells raised.
        faults: what went wrong without the student, as far as we know.
        wasted: seconds of tests that did not finish.
        now: the process of the test that runs.
        reader: the process that reads the answers without running them.
        hopeless: why no test can run.
    """

    touched: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)
    wasted: float = 0.0
    now: Process | None = None
    reader: Process | None = None
    hopeless: StoppedError | None = None


class RemoteStudent:
    """What tests see of a submission: every test gets a fresh process that ran its cells.

    Args:
        nursery: where processes come from.
        program: the cells.
        given: the grader's own values of the names that the given cells define.
    """

    def __init__(self, nursery: Nursery, program: Program, given: dict[str, Any]) -> None:
        object.__setattr__(self, "_nursery", nursery)
        object.__setattr__(self, "_program", program)
        object.__setattr__(self, "_given", given)
        object.__setattr__(self, "_state", State())

    @property
    def _touched(self) -> set[str]:
        return self._state.touched

    @contextmanager
    def _process(self, seed: int) -> Iterator[None]:
        """The process of one test; a notebook that can not be run is not tried for each test."""
        state, limits = self._state, self._nursery.limits
        if state.hopeless:
            raise state.hopeless
        if state.wasted >= limits.wasted:
            raise StoppedError(
                "timed out", f"not tried: the tests before took {state.wasted:.0f} s without an end"
            )
        process, begun = self._copy(), time.monotonic()
        process.given, state.now = self._given, process
        cells = {"do": "cells", "seed": seed, "given": self._program.given}
        try:
            with _alarm(limits.start + 2 * process.seconds):
                try:
                    process.deadline = begun + limits.start
                    state.errors.update(process.ask({**cells, "cells": self._program.cells}))
                except StoppedError as stopped:
                    state.hopeless = stopped
                    raise
                process.deadline = time.monotonic() + process.seconds
                yield
        except StoppedError as stopped:
            state.wasted += time.monotonic() - begun if stopped.status == "timed out" else 0
            raise
        finally:
            state.now = None
            state.faults |= {process.fault} - {""}
            process.close()

    def _copy(self) -> Process:
        try:
            return self._nursery.copy()
        except SandboxError:
            self._state.faults.add("lost")
            raise

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self._state.now is None:
            raise AttributeError(name)
        self._touched.add(name)
        return self._state.now.ask({"do": "name", "name": name})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a test reads what the student wrote, it does not change it")

    def _violations(self, forbid: Sequence[str]) -> list[str]:
        """The forbidden names that the touched answers use, read by a copy that runs none of it."""
        reader = self._state.reader = self._state.reader or self._copy()
        request = {"do": "inspect", "given": self._program.given, "forbid": list(forbid)}
        names, cells = sorted(self._touched), [s for _, s in self._program.cells]
        reader.deadline = time.monotonic() + reader.seconds
        try:
            return [str(n) for n in reader.ask({**request, "names": names, "cells": cells})]
        except StoppedError:
            self._state.faults |= {reader.fault} - {""}
            return ["code that can not be read"]

    def _close(self) -> None:
        """End the process that read the answers."""
        if self._state.reader is not None:
            self._state.reader.close()


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """A value that keeps the grader itself busy is stopped too."""

    def ring(*_: object) -> None:
        raise StoppedError("timed out", f"the test did not finish in {seconds:g} s")

    if threading.current_thread() is not threading.main_thread() or os.name != "posix":
        yield
        return
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
