"""The grader's side: processes in the sandbox, asked for values, and handles of what is in them."""

import json
import select
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

import torch
from torch import Tensor

from dlgrade.boundary import SHARED, Handle, Observation
from dlgrade.errors import StoppedError, StudentError, UnansweredError
from dlgrade.sandbox.bubblewrap import Launched, Limits, SandboxError, launch
from dlgrade.sandbox.wire import BrokenError, Decoder, Encoder, LateError, receive, send

START = 120.0
ANSWER = 5.0
WAITS = 16  # one that used less than this part of the time waits for something else


class Nursery:
    """The warm process in the sandbox, and copies of it on demand."""

    def __init__(self, limits: Limits | None = None, launched: Launched | None = None) -> None:
        self.limits, self.launched, self.ready = limits or Limits(), launched, False

    def start(self) -> None:
        """Start it, unless it runs.

        Raises:
            SandboxError: it does not come up; the message says what bubblewrap said.
        """
        if self.launched and self.ready and self.launched.process.poll() is None:
            return
        if self.ready:
            self.close()
        here = self.launched = self.launched or launch(self.limits)
        here.channel.settimeout(START)
        with suppress(OSError):
            if here.channel.recv(16) == b"ready":
                self.ready = True
                return
        here.process.kill()
        said = here.process.stderr.read().decode(errors="replace") if here.process.stderr else ""
        self.close()
        raise SandboxError(f"the sandbox does not start: {said.strip()[-800:]}")

    def copy(self, seconds: float | None = None) -> "Process":
        """A fresh process."""
        seconds = self.limits.seconds if seconds is None else seconds
        for attempt in range(2):
            self.start()
            talk, theirs = socket.socketpair()
            watch, its = socket.socketpair()
            try:
                assert self.launched is not None
                request = json.dumps(asdict(self.limits)).encode()
                socket.send_fds(self.launched.channel, [request], [theirs.fileno(), its.fileno()])
                return Process(talk, watch, self.limits, seconds)
            except OSError:
                self.close()
                if attempt:
                    raise SandboxError("the sandbox's process ends again and again") from None
            finally:
                theirs.close()
                its.close()
        raise AssertionError("not reached")

    def close(self) -> None:
        """End it and every copy."""
        if self.launched:
            self.launched.end()
        self.launched, self.ready = None, False

    def __enter__(self) -> "Nursery":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Clock:
    """The time that a process may use: the processor's, so that a busy machine costs nobody points.

    It is asked for what the process has used only when as much has passed by the clock on the wall.
    What sleeps, or waits for something, has the wall's. It stands still while the grader computes.

    Args:
        used: the processor's seconds until now.
    """

    def __init__(self, used: Callable[[], float]) -> None:
        self.used = used
        self.allow(0.0)

    def allow(self, seconds: float, before: float = 0.0) -> None:
        """So much from now on, beyond what it has used before."""
        self.seconds, self.last, self.begun = seconds, before, time.monotonic()
        self.most, self.asked, self.end = before + seconds, self.begun, self.begun + seconds
        self.stood = self.begun

    @contextmanager
    def running(self) -> Iterator[None]:
        """The process works, and the grader waits for it."""
        passed = time.monotonic() - self.stood
        self.asked, self.end = self.asked + passed, self.end + passed
        try:
            yield
        finally:
            self.stood = time.monotonic()

    def left(self) -> float:
        """The seconds to wait before asking again.

        Raises:
            LateError: there are none left.
            EOFError: the process has ended.
        """
        if (now := time.monotonic()) >= self.end:
            used = self.used()
            if used >= self.most or (used - self.last) * WAITS < now - self.asked:
                raise LateError
            self.last, self.asked, self.end = used, now, now + max(self.most - used, 1.0)
        return self.end - now


class Process:
    """One copy: requests within its time; once it has stopped, every request says why.

    Attributes:
        clock: its time; `seconds` for one test.
        at: the number of the student's cell that runs, or ran last.
        fault: "lost" when the sandbox ended under it, "killed" when somebody ended it: the memory's
            limit, or the machine, for nothing that the student did.
    """

    def __init__(
        self, talk: socket.socket, watch: socket.socket, limits: Limits, seconds: float
    ) -> None:
        self.talk, self.watch, self.limits, self.seconds = talk, watch, limits, seconds
        self.clock, self.said, self.at = Clock(self._used), b"", -1
        self.clock.allow(seconds)
        self.stopped: StoppedError | None = None
        self.fault = ""
        self.given: dict[str, Any] = {}

    def ask(self, message: dict, args: tuple = (), kwargs: dict | None = None) -> Any:
        """Send a request and give the value that comes back."""
        if self.stopped:
            raise self.stopped
        callbacks: list[Callable] = []
        failures: list[AssertionError] = []
        encode = Encoder(lambda value: self._special(value, callbacks), share=True)
        message = {**message, "args": encode(tuple(args)), "kwargs": encode(kwargs or {})}
        try:
            with self.clock.running():
                self._send(message, encode.blobs)
            while True:
                with self.clock.running():
                    reply, blobs = receive(self.talk, self.limits.message, self.clock.left)
                decode = Decoder(blobs, self._handle)
                if type(reply) is dict and type(reply.get("at")) is int:
                    self.at = reply["at"]
                    continue
                if type(reply) is dict and "callback" in reply:
                    self._call_back(reply, decode, callbacks, failures)
                    continue
                break
            value = decode(reply["ok"]) if "ok" in reply else None
            error = reply.get("error")
        except LateError:
            raise self._stop("timed out", f"did not finish in {self.clock.seconds:g} s") from None
        except EOFError:
            raise self._ended() from None
        except (StoppedError, StudentError, AssertionError):
            raise
        except (BrokenError, TypeError, ValueError, KeyError, IndexError, AttributeError,
                OverflowError, RuntimeError, MemoryError) as broken:  # fmt: skip
            if isinstance(broken, TypeError) and "can not cross" in str(broken):
                raise
            raise self._stop("crashed", f"your code broke the connection: {broken}") from None
        if failures:
            raise failures[0]
        if error is not None:
            raise self._error(error)
        return value

    def _send(self, message: dict, blobs: list[bytes]) -> None:
        try:
            send(self.talk, message, blobs, self.limits.message, self.clock.left)
        except OSError:
            raise EOFError from None

    def allow(self, seconds: float) -> None:
        """Let it go on for so many seconds from now."""
        with suppress(EOFError, LateError):  # the next request says it
            self.clock.allow(seconds, self._used())

    def _used(self) -> float:
        """The processor's seconds that it has used, and all that it started."""
        self.watch.settimeout(ANSWER)
        try:
            self.watch.send(b"?")
            while not self.said.endswith(b"\n"):
                if not (part := self.watch.recv(1024)):
                    raise EOFError
                self.said += part
        except TimeoutError:
            raise LateError from None
        except OSError:
            raise EOFError from None
        said, self.said = self.said, b""
        return float(said.split()[1])

    def _call_back(
        self, reply: dict, decode: Decoder, callbacks: list[Callable], failures: list
    ) -> None:
        answer: dict = {}
        encode = Encoder(lambda value: self._special(value, []), share=True)
        function = callbacks[reply["callback"]]
        args, kwargs = decode(reply["args"]), decode(reply["kwargs"])
        try:
            answer = {"returned": "value", "value": encode(function(*args, **kwargs))}
        except StoppedError:
            raise
        except Exception as error:
            if isinstance(error, AssertionError):
                failures.append(error)
            answer = {"returned": "raised", "error": [type(error).__name__, str(error)[:500]]}
        with self.clock.running():
            self._send(answer, encode.blobs if answer["returned"] == "value" else [])

    def _special(self, value: Any, callbacks: list[Callable]) -> dict | None:
        if isinstance(value, RemoteHandle):
            if value._object[0] is not self:
                raise TypeError("a handle of another test can not cross")
            return {"handle": value._object[1]}
        if callable(value) and not isinstance(value, torch.nn.Module | Tensor | torch.dtype):
            name = getattr(value, "__name__", "")
            if self.given.get(name) is value:
                return {"given": name}
            import builtins

            for module in (*SHARED, builtins):
                if getattr(module, name, None) is value:
                    return {"shared": [module.__name__, name]}
            callbacks.append(value)
            return {"callback": len(callbacks) - 1}
        return None

    def _handle(self, tag: str, content: Any) -> Any:
        if tag != "handle":
            raise BrokenError(f"a value {str(tag)[:40]!r}")
        number, what, kind = content
        if type(number) is not int or type(what) is not str or type(kind) is not str:
            raise BrokenError("a handle of no known form")
        return RemoteHandle((self, number, kind[:100]), what[:200])

    def _error(self, error: Any) -> BaseException:
        kind, *rest = error
        text = str(rest[-1])
        if kind == "unanswered":
            return UnansweredError(text)
        if kind == "failed":
            return AssertionError(text)
        if kind == "attribute":
            return AttributeError(text)
        names = [str(n) for n in rest[0]]
        if "MemoryError" in names or "allocate memory" in text:
            return StoppedError("out of memory", "your code needs more memory than a test may use")
        return StudentError.known(names, text)

    def _ended(self) -> StoppedError:
        said = self._last_words()
        before, ended, code = said.rpartition("ended ")
        if before.startswith("broken") or not ended:
            self.fault = "lost"
            return self._stop("crashed", f"its process could not be made, or was lost: {said}")
        code = {"137": "-9", "152": "-24"}.get(code, code)  # of a copy's copy
        if code == "-9":
            self.fault = "killed"
        signals = {
            "-24": ("timed out", "used up its processor time"),
            "-9": ("out of memory", "was ended by the system, as when memory runs out"),
        }
        return self._stop(*signals.get(code, ("crashed", "your code ended the Python process")))

    def _last_words(self) -> str:
        self.watch.settimeout(2.0)
        with suppress(OSError):
            while part := self.watch.recv(1024):
                self.said += part
        return self.said.decode(errors="replace")

    def _stop(self, status: str, text: str) -> StoppedError:
        self.stopped = StoppedError(status, text)
        self.close()
        return self.stopped

    def close(self) -> None:
        """End it; when this returns nothing of it runs any more."""
        if self.talk.fileno() < 0:
            return
        self.talk.close()
        with suppress(OSError):
            self.watch.shutdown(socket.SHUT_WR)
            select.select([self.watch], [], [], 5.0)
            self._last_words()
        self.watch.close()


class RemoteHandle(Handle):
    """A thing in a student's process: `_object` is the process, its number there, its kind."""

    def _kind(self) -> str:
        return self._object[2]

    def _use(self, method: str, *args: Any, **kwargs: Any) -> Any:
        process, number, _ = self._object
        return process.ask({"do": "use", "on": number, "method": method}, args, kwargs)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it where it lives, with copies of the arguments."""
        return self._use("__call__", *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._use("__getattr__", name)

    def __iter__(self) -> Iterator:
        process, number, _ = self._object
        iterator = process.ask({"do": "iterate", "on": number})
        while item := process.ask({"do": "next", "on": iterator}):
            yield item[0]

    def __len__(self) -> int:
        return self._use("__len__")

    def _observe(self, args: Sequence, kwargs: dict) -> Observation:
        seen = self._use("_observe", tuple(args), kwargs)
        seen["operations"] = Counter({str(k): int(v) for k, v in seen["operations"].items()})
        return Observation(**seen)

    def _gradient(
        self, args: Sequence, kwargs: dict, wrt: Sequence[int] | str | None, weights: Tensor | None
    ) -> Any:
        wrt = wrt if wrt is None or isinstance(wrt, str) else [int(i) for i in wrt]
        return self._use("_gradient", tuple(args), kwargs, wrt, weights)

    def _state(self) -> dict[str, Any]:
        return self._use("_state")

    def _source(self) -> str:
        return self._use("_source")


def _remote(name: str) -> Callable:
    def method(self: RemoteHandle, *args: Any) -> Any:
        return self._use(name, *args)

    return method


BINARY = ("add", "sub", "mul", "truediv", "pow", "matmul")
for _name in (*BINARY, *(f"r{n}" for n in BINARY), "neg", "abs", "getitem"):
    setattr(RemoteHandle, f"__{_name}__", _remote(f"__{_name}__"))
