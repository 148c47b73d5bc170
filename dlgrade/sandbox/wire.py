"""The messages between the grader and a student's process: JSON and raw arrays, nothing else.

A message is one line of lengths, a JSON text, and the bytes of its arrays. What is read is rebuilt
from exact built-in types; a message that is too large, cut off or not of this form ends the
connection. Nothing is ever unpickled.
"""

import json
import math
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from types import EllipsisType
from typing import Any

import numpy as np
import torch
from torch import Tensor

HEAD = struct.Struct("<II")
DTYPES = {
    str(d).removeprefix("torch."): d
    for d in (
        torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex128,
        torch.complex64, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool,
    )
}  # fmt: skip
ARRAYS = "biufcSU"
Left = Callable[[], float]  # the seconds to wait before asking again; LateError: there are none
DEPTH = 80


class BrokenError(Exception):
    """What came is no message of ours, or too large a one."""


class LateError(Exception):
    """Nothing came in time."""


class Encoder:
    """Values to JSON and bytes; what it does not know goes to `special`."""

    def __init__(self, special: Callable[[Any], dict | None], share: bool = False) -> None:
        self.special, self.share = special, share
        self.blobs: list[bytes] = []
        self.seen: dict[int, int] = {}
        self.kept: list[Any] = []

    def __call__(self, value: Any) -> Any:
        """The value as JSON can hold it."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if self.share and id(value) in self.seen:
            return {"same": self.seen[id(value)]}
        done = self.special(value) or self._plain(value)
        self.seen[id(value)] = len(self.seen)
        self.kept.append(value)
        return done

    def _blob(self, data: bytes) -> int:
        self.blobs.append(data)
        return len(data)

    def _plain(self, value: Any) -> dict:
        match value:
            case Tensor():
                return self._tensor(value)
            case torch.Generator():
                return {"generator": self._blob(value.get_state().numpy().tobytes())}
            case np.ndarray():
                data = np.ascontiguousarray(value)
                return {"array": [data.dtype.str, list(value.shape), self._blob(data.tobytes())]}
            case dict():
                return {"dict": [[self(k), self(v)] for k, v in value.items()]}
            case tuple() | list() | set() | frozenset():
                return {type(value).__name__: [self(v) for v in value]}
            case slice():
                return {"slice": [self(v) for v in (value.start, value.stop, value.step)]}
            case range():
                return {"range": [value.start, value.stop, value.step]}
            case EllipsisType():
                return {"ellipsis": None}
            case bytes():
                return {"bytes": self._blob(value)}
            case complex():
                return {"complex": [value.real, value.imag]}
            case torch.dtype() | torch.device():
                return {type(value).__name__: str(value).removeprefix("torch.")}
        raise TypeError(f"a {type(value).__name__} can not cross to the student's process")

    def _tensor(self, value: Tensor) -> dict:
        name = str(value.dtype).removeprefix("torch.")
        if name not in DTYPES or value.layout != torch.strided:
            raise TypeError(f"a tensor of {value.dtype} and {value.layout} can not cross")
        plain = value.detach().cpu().resolve_conj().resolve_neg()
        data = plain.clone(memory_format=torch.contiguous_format)
        raw = data.reshape(-1).view(torch.uint8).numpy().tobytes() if data.numel() else b""
        return {"tensor": [name, list(value.shape), value.requires_grad, self._blob(raw)]}


class Decoder:
    """The other way, trusting nothing: every tag, number and length is checked."""

    def __init__(self, blobs: memoryview, special: Callable[[str, Any], Any], share: bool = False):
        self.blobs, self.special, self.share = blobs, special, share
        self.at = 0
        self.made: list[Any] = []

    def __call__(self, value: Any, depth: int = 0) -> Any:
        """The value that was sent."""
        if value is None or type(value) in (bool, int, float, str):
            return value
        if depth > DEPTH or type(value) is not dict or len(value) != 1:
            raise BrokenError("a value of no known form")
        [(tag, content)] = value.items()
        if tag == "same" and self.share:
            return self.made[content]
        done = self._plain(tag, content, depth + 1)
        self.made.append(done)
        return done

    def _blob(self, length: int) -> memoryview:
        if type(length) is not int or not 0 <= length <= len(self.blobs) - self.at:
            raise BrokenError("an array that is not there")
        self.at += length
        return self.blobs[self.at - length : self.at]

    def _plain(self, tag: str, content: Any, depth: int) -> Any:
        match tag:
            case "tensor":
                name, shape, grad, length = content
                return self._tensor(name, _shape(shape), grad, self._blob(length))
            case "array":
                kind, shape, length = content
                return self._array(kind, _shape(shape), self._blob(length))
            case "generator":
                state = torch.frombuffer(bytearray(self._blob(content)), dtype=torch.uint8)
                return torch.Generator().set_state(state)
            case "dict":
                return {self(k, depth): self(v, depth) for k, v in content}
            case "tuple" | "list" | "set" | "frozenset":
                kinds = {"tuple": tuple, "list": list, "set": set, "frozenset": frozenset}
                return kinds[tag]([self(v, depth) for v in content])
            case "slice":
                return slice(*[self(v, depth) for v in content])
            case "range":
                return range(*[int(v) for v in content])
            case "ellipsis":
                return ...
            case "bytes":
                return bytes(self._blob(content))
            case "complex":
                return complex(float(content[0]), float(content[1]))
            case "dtype" if str(content) in DTYPES:
                return DTYPES[content]
            case "device":
                return torch.device(str(content))
        return self.special(tag, content)

    def _tensor(self, name: str, shape: list[int], grad: bool, raw: memoryview) -> Tensor:
        dtype = DTYPES[name]
        if math.prod(shape) * dtype.itemsize != len(raw):
            raise BrokenError("a tensor of another size than it says")
        if not len(raw):
            return torch.empty(shape, dtype=dtype).requires_grad_(grad is True)
        flat = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
        if dtype == torch.bool:
            flat = flat.ne(0).view(torch.uint8)
        return flat.view(dtype).reshape(shape).requires_grad_(grad is True)

    def _array(self, kind: str, shape: list[int], raw: memoryview) -> np.ndarray:
        dtype = np.dtype(str(kind))
        if dtype.kind not in ARRAYS or dtype.itemsize * math.prod(shape) != len(raw):
            raise BrokenError("an array of another size than it says")
        if not len(raw):
            return np.empty(shape, dtype)
        return np.frombuffer(bytearray(raw), dtype).reshape(shape)


def _shape(shape: Any) -> list[int]:
    if type(shape) is not list or len(shape) > 32:
        raise BrokenError("a shape of no known form")
    if any(type(n) is not int or not 0 <= n < 1 << 40 for n in shape):
        raise BrokenError("a shape of no known form")
    return shape


def send(
    channel: socket.socket, value: Any, blobs: list[bytes], limit: int, left: Left | None = None
) -> None:
    """Send one message.

    Raises:
        BrokenError: it is larger than the limit.
        LateError: the time was over first.
        OSError: the other side is gone.
    """
    text = json.dumps(value).encode()
    size = sum(map(len, blobs))
    if len(text) + size > limit:
        raise BrokenError(f"more than {limit >> 20} MB were to be sent")
    rest = memoryview(HEAD.pack(len(text), size) + text + b"".join(blobs))
    while rest:
        if left is not None:
            channel.settimeout(left())
        with suppress(TimeoutError):
            rest = rest[channel.send(rest) :]


def receive(channel: socket.socket, limit: int, left: Left | None) -> tuple[Any, memoryview]:
    """One message, or our own exception: never more memory or time than allowed.

    Raises:
        BrokenError: what came is no message.
        LateError: the time was over first.
        EOFError: the other side is gone.
    """
    text, size = HEAD.unpack(_exactly(channel, HEAD.size, left))
    if text + size > limit:
        raise BrokenError(f"a message of {(text + size) >> 20} MB was sent")
    raw = _exactly(channel, text + size, left)
    try:
        return json.loads(bytes(raw[:text]).decode()), raw[text:]
    except (ValueError, RecursionError, MemoryError):
        raise BrokenError("a message that is no JSON") from None


def _exactly(channel: socket.socket, size: int, left: Left | None) -> memoryview:
    got = bytearray()
    while len(got) < size:
        if left is not None:
            channel.settimeout(left())
        try:
            part = channel.recv(min(size - len(got), 1 << 20))
        except TimeoutError:
            continue
        except OSError:
            raise EOFError from None
        if not part:
            raise EOFError
        got += part
    return memoryview(got)
