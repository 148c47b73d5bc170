"""A student's process: runs the notebook's cells, then answers calls with plain values.

It is thin on purpose: `dlgrade.boundary` does here what it does in a student's own notebook. What
student's code changes in this process changes only what its own answers look like.
"""

import builtins
import importlib
import os
import random
import socket
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from dlgrade.boundary import Handle, Observation, Student
from dlgrade.check import outcomes
from dlgrade.errors import StudentError, UnansweredError
from dlgrade.inspection import violations_in
from dlgrade.notebook import Cell, run
from dlgrade.sandbox.wire import BrokenError, Decoder, Encoder, receive, send

SIGNALLED = 128


class Server:
    """Answers one request at a time; during a callback it may be asked more."""

    def __init__(self, channel: socket.socket, limit: int) -> None:
        self.channel, self.limit = channel, limit
        self.things: list[tuple[Any, str]] = []
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.given: dict[str, Any] = {}
        self.failed: dict[str, str] = {}
        self.student = Student(self.namespace, self.failed)
        self.forking = False
        os.register_at_fork(after_in_child=self._let_go)

    def _let_go(self) -> None:
        """A copy that student's code made of this process does not answer beside it."""
        if not self.forking:
            self.channel.close()

    def until(self, final: str) -> Any:
        """Answer requests until a message of this kind comes."""
        while True:
            message, blobs = receive(self.channel, self.limit, None)
            if final in message:
                return message, blobs
            self._answer(message, blobs)

    def _answer(self, message: dict, blobs: memoryview) -> None:
        encode = Encoder(self._hand_out)
        try:
            decode = Decoder(blobs, self._take, share=True)
            value = getattr(self, f"_{message['do']}")(message, decode)
            reply = {"ok": encode(value)}
            send(self.channel, reply, encode.blobs, self.limit)
        except BrokenError as error:
            send(
                self.channel, {"error": ["failed", f"your answer is too large: {error}"]}, [], 9999
            )
        except BaseException as error:
            send(self.channel, {"error": describe(error)}, [], self.limit)

    def _hand_out(self, value: Any) -> dict | None:
        if not isinstance(value, Handle):
            return None
        self.things.append((value._object, value._what))
        return {"handle": [len(self.things) - 1, value._what[:200], value._kind()]}

    def _take(self, tag: str, content: Any) -> Any:
        match tag:
            case "handle":
                return Handle(*self.things[content])
            case "given":
                return self.given[content]
            case "shared":
                return getattr(importlib.import_module(content[0]), content[1])
            case "callback":
                return self._callback(content)
        raise BrokenError(tag)

    def _callback(self, number: int) -> Callable:
        def callback(*args: Any, **kwargs: Any) -> Any:
            encode = Encoder(self._hand_out)
            message = {"callback": number, "args": encode(args), "kwargs": encode(kwargs)}
            send(self.channel, message, encode.blobs, self.limit)
            reply, blobs = self.until("returned")
            if reply["returned"] == "raised":
                kind, text = reply["error"]
                error = getattr(builtins, kind, RuntimeError)
                raise error(text)
            return Decoder(blobs, self._take, share=True)(reply["value"])

        return callback

    def _cells(self, message: dict, decode: Decoder) -> dict[str, str]:
        """Run the given cells, then the student's; a name that came too late is tried again.

        The grader is told of each of the student's before it runs, to know which one never ends.
        """
        given = [Cell(i, "code", s, {}) for i, s in message["given"]]
        self._run(given)
        self.given = {k: v for k, v in self.namespace.items() if callable(v)}
        cells = {i: Cell(i, "code", s, {}) for i, s in message["cells"]}
        errors = self._run(cells.values(), self._tell)
        late = [c for c in cells.values() if "NameError" in errors.get(c.name, "")]
        again = self._run(late, self._tell)
        _seed(message["seed"])
        return {**{k: v for k, v in errors.items() if k not in {c.name for c in late}}, **again}

    def _tell(self, cell: Cell) -> None:
        send(self.channel, {"at": cell.index}, [], self.limit)

    def _run(
        self, cells: Iterable[Cell], begin: Callable[[Cell], None] = lambda cell: None
    ) -> dict[str, str]:
        done = run(cells, self.namespace, begin=begin, failed=self.failed)
        self.namespace.update(done.namespace)
        return done.errors

    def _fork(self, message: dict, decode: Decoder) -> None:
        """Let a copy answer in our place until it is told to end; then answer again."""
        self.forking = True
        pid = os.fork()
        self.forking = False
        if pid == 0:
            return _seed(message["seed"])
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code:
            os._exit(code if code > 0 else SIGNALLED - code)
        return None

    def _seed(self, message: dict, decode: Decoder) -> None:
        _seed(message["seed"])

    def _name(self, message: dict, decode: Decoder) -> Any:
        return getattr(self.student, message["name"])

    def _use(self, message: dict, decode: Decoder) -> Any:
        """A method of a handle: a call, an attribute, an operator, the kit's own."""
        args, kwargs = decode(message["args"]), decode(message["kwargs"])
        value = getattr(Handle, message["method"])(
            Handle(*self.things[message["on"]]), *args, **kwargs
        )
        if isinstance(value, Observation):
            return {**vars(value), "operations": dict(value.operations)}
        return value

    def _iterate(self, message: dict, decode: Decoder) -> int:
        self.things.append((Handle.__iter__(Handle(*self.things[message["on"]])), ""))
        return len(self.things) - 1

    def _next(self, message: dict, decode: Decoder) -> Any:
        for item in self.things[message["on"]][0]:
            return [item]
        return []

    def _check(self, message: dict, decode: Decoder) -> dict[str, Any]:
        """A whole notebook with its own tests, for somebody who wants to look at it safely."""
        cells = [Cell(*c) for c in message["notebook"]]
        return outcomes(cells, dict(message["left_out"]), self._tell)

    def _inspect(self, message: dict, decode: Decoder) -> list[str]:
        """What a text uses, found without running it: asked only of a copy that runs no student."""
        if not self.given:
            self._run([Cell(i, "code", s, {}) for i, s in message["given"]])
            self.given = dict(self.namespace)
        return violations_in(message["cells"], message["names"], self.namespace, message["forbid"])


def _seed(seed: int) -> None:
    """Whatever a student draws from without saying from what."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 (what a student calls may draw from the global one)
    torch.default_generator.manual_seed(seed)


def describe(error: BaseException) -> list:
    """An exception as the grader raises it again."""
    match error:
        case UnansweredError():
            return ["unanswered", str(error)[:2000]]
        case StudentError():
            return ["student", [str(n)[:100] for n in error.names[:50]], str(error)[:2000]]
        case AssertionError():
            return ["failed", str(error)[:2000]]
        case AttributeError():
            return ["attribute", str(error)[:2000]]
    error = StudentError(error)
    return ["student", [str(n)[:100] for n in error.names[:50]], str(error)[:2000]]


def serve(channel: socket.socket, limit: int) -> None:
    """Answer until the grader lets go."""
    try:
        Server(channel, limit).until("end")
    except EOFError:
        return
