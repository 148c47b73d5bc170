"""A student that lives in the sandbox: one fresh process for each test."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dlgrade.errors import StoppedError, UnansweredError
from dlgrade.notebook import alarm, defined
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
        errors: what the student's cells did instead of coming to their end.
        left_out: the numbers of the cells that stopped the process, and how: the others run alone.
        faults: what went wrong without the student, as far as we know.
        wasted: seconds of the tests and cells that stopped their process.
        now: the process of the test that runs.
        reader: the process that reads the answers without running them.
        hopeless: why no test can run.
    """

    touched: set[str] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)
    left_out: dict[int, StoppedError] = field(default_factory=dict)
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
        """The process of one test."""
        state, limits = self._state, self._nursery.limits
        with alarm(limits.start + 2 * limits.seconds, processor=True):
            state.now = process = self._begin(seed)
            process.allow(process.seconds)
            try:
                yield
            finally:
                self._end(process)

    def _begin(self, seed: int, seconds: float | None = None) -> Process:
        """A process that has run the cells: without those that never end, or end the process."""
        state, program = self._state, self._program
        while True:
            self._go_on()
            process = self._copy(seconds)
            process.given = self._given
            process.clock.allow(self._nursery.limits.start)
            cells = [c for c in program.cells if c[0] not in state.left_out]
            try:
                message = {"do": "cells", "seed": seed, "given": program.given, "cells": cells}
                state.errors.update(process.ask(message))
                return process
            except StoppedError as stopped:
                self._end(process)
                if process.stopped is None or process.at not in dict(cells):
                    state.hopeless = stopped
                    raise
                state.left_out[process.at] = stopped
                state.errors[f"cell {process.at + 1}"] = f"was left out: {stopped}"
            except BaseException:
                self._end(process)
                raise

    def _end(self, process: Process) -> None:
        """End a process, and keep what is to be known of it."""
        state, state.now = self._state, None
        if process.stopped:
            late = process.stopped.status == "timed out"
            passed = time.monotonic() - process.clock.begun
            state.wasted += process.clock.seconds if late else passed
        state.faults |= {process.fault} - {""}
        process.close()

    def _go_on(self) -> None:
        """Stop where no test can run, or too many have not come to an end."""
        state = self._state
        if state.hopeless:
            raise state.hopeless
        if state.wasted >= self._nursery.limits.wasted:
            raise StoppedError(
                "timed out", f"not tried: the tests before took {state.wasted:.0f} s without an end"
            )

    def _copy(self, seconds: float | None = None) -> Process:
        try:
            return self._nursery.copy(seconds)
        except SandboxError:
            self._state.faults.add("lost")
            raise

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or self._state.now is None:
            raise AttributeError(name)
        self._touched.add(name)
        try:
            return self._state.now.ask({"do": "name", "name": name})
        except UnansweredError:
            for number, source in self._program.cells:
                if number in self._state.left_out and name in defined(source):
                    stopped = self._state.left_out[number]
                    text = f"`{name}` is not defined: cell {number + 1} was left out: {stopped}"
                    raise StoppedError(stopped.status, text) from None
            raise

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a test reads what the student wrote, it does not change it")

    def _violations(self, forbid: Sequence[str]) -> list[str]:
        """The forbidden names that the touched answers use, read by a copy that runs none of it."""
        reader = self._state.reader = self._state.reader or self._copy()
        request = {"do": "inspect", "given": self._program.given, "forbid": list(forbid)}
        names, cells = sorted(self._touched), [s for _, s in self._program.cells]
        reader.allow(reader.seconds)
        try:
            return [str(n) for n in reader.ask({**request, "names": names, "cells": cells})]
        except StoppedError:
            self._state.faults |= {reader.fault} - {""}
            return ["code that can not be read"]

    def _close(self) -> None:
        """End the process that read the answers."""
        if self._state.reader is not None:
            self._state.reader.close()


class KeptStudent(RemoteStudent):
    """An answer of our own: its cells run once, and every test gets a copy of that process.

    Cheaper than a fresh sandbox for every test, and not for a student's code: what a test starts
    in the background, or leaves in the temporary folder, is there for the next one. A test that
    runs again with another seed goes on in its copy.

    Args:
        nursery: where processes come from.
        program: the cells.
        given: the grader's own values of the names that the given cells define.
        seconds: for one test; the sandbox's own limit by default.
    """

    def __init__(
        self, nursery: Nursery, program: Program, given: dict[str, Any], seconds: float | None
    ) -> None:
        super().__init__(nursery, program, given)
        object.__setattr__(self, "_seconds", seconds)
        object.__setattr__(self, "_kept", Kept())

    def _choose(self, test: tuple[str, str]) -> None:
        """Say which test runs next."""
        kept = self._kept
        if kept.test != test:
            if kept.process and kept.copied:
                try:
                    self._ask(kept.process, {"end": True})
                except StoppedError:
                    kept.process = None
            kept.test, kept.copied = test, False

    @contextmanager
    def _process(self, seed: int) -> Iterator[None]:
        state, kept, limits = self._state, self._kept, self._nursery.limits
        self._go_on()
        kept.process = process = kept.process or self._begin(0, self._seconds)
        whole = False
        try:
            with alarm(limits.start + 2 * process.seconds, processor=True):
                self._ask(process, {"do": "seed" if kept.copied else "fork", "seed": seed})
                kept.copied = True
                state.now = process
                process.allow(process.seconds)
                try:
                    yield
                    whole = True
                except Exception:
                    whole = True
                    raise
        finally:
            state.now = None
            if process.stopped or not whole:
                self._end(process)
                kept.process, kept.copied = None, False

    def _ask(self, process: Process, message: dict) -> Any:
        process.allow(self._nursery.limits.start)
        return process.ask(message)

    def _close(self) -> None:
        super()._close()
        if self._kept.process is not None:
            self._kept.process.close()


@dataclass
class Kept:
    """The process that has run the cells; whether a copy answers for it, and to which test."""

    process: Process | None = None
    copied: bool = False
    test: tuple[str, str] = ("", "")
