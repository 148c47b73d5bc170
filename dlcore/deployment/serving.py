"""A model behind HTTP, on this machine's loopback interface."""

import json
import math
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import TimeoutError as NotInTimeError
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import torch
from torch import Tensor

from dlcore.deployment.batching import MicroBatcher, Predict, QueueFullError

LOOPBACK = "127.0.0.1"
LONGEST_BODY = 16 * 2**20
"""Bytes of a request, above which it is refused."""
LINGER = 5
"""Seconds that a refused client may take to go on sending or to close."""


class ServingError(RuntimeError):
    """A request was refused, or failed.

    Attributes:
        status: the HTTP status: 4xx if the request was wrong, 5xx if the server could not.

    Section: :ref:`sec-serving`
    Source: Fielding, Nottingham, Reschke (2022), HTTP semantics, RFC 9110.

    Example: see `serve`.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class ModelServer(ThreadingHTTPServer):
    """The server that `serve` starts.

    Attributes:
        url: where it listens.
        shape: of one row of inputs.
        batcher: what answers; `batcher.batch_sizes` are the rows it computed at once.

    Section: :ref:`sec-serving`
    Source: Fielding, Nottingham, Reschke (2022), HTTP semantics, RFC 9110.

    Example: see `serve`.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(
        self, batcher: MicroBatcher, shape: Sequence[int], dtype: torch.dtype, timeout: float
    ) -> None:
        self.batcher, self.shape, self.dtype = batcher, tuple(shape), dtype
        self.answer_timeout = timeout
        self._connections: set[Any] = set()
        super().__init__((LOOPBACK, 0), _Handler)
        self.url = f"http://{LOOPBACK}:{self.server_port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer on a thread of its own."""
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """The connection has ended."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Take no more requests, let those begun be answered, and end all threads."""
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        super().server_close()

    def rows(self, content: Any) -> Tensor:
        """The inputs of a request, checked."""
        if not isinstance(content, dict) or "inputs" not in content:
            raise ServingError(400, 'the body must be an object {"inputs": [...]}')
        wanted = f"inputs must be a list of 1 to {self.batcher.max_batch} rows of shape "
        wanted += f"{self.shape}"
        try:
            x = torch.tensor(content["inputs"], dtype=self.dtype if self._real else None)
        except (ValueError, TypeError, RuntimeError, OverflowError) as error:
            raise ServingError(400, f"{wanted}: {error}") from error
        if x.shape[1:] != self.shape or not 1 <= len(x) <= self.batcher.max_batch:
            raise ServingError(400, f"{wanted}, got shape {tuple(x.shape)}")
        if x.dtype == torch.bool or (x.is_floating_point() and not self._real):
            raise ServingError(400, f"{wanted}, of whole numbers, got {x.dtype}")
        if not x.isfinite().all():
            raise ServingError(400, "inputs must be finite numbers")
        return x.to(self.dtype)

    @property
    def _real(self) -> bool:
        return self.dtype.is_floating_point

    def outputs(self, x: Tensor) -> list:
        """The model's outputs for these rows."""
        try:
            outputs = self.batcher.submit(x).result(self.answer_timeout)
        except QueueFullError as error:
            raise ServingError(503, str(error)) from error
        except NotInTimeError as error:
            raise ServingError(504, f"no answer within {self.answer_timeout} s") from error
        except Exception as error:
            raise ServingError(500, f"the model failed: {error}") from error
        if not outputs.isfinite().all():
            raise ServingError(500, "the model's outputs are not finite")
        return outputs.tolist()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    error_content_type = "application/json"
    error_message_format = '{"error": "%(message)s"}'
    server: ModelServer

    def do_GET(self) -> None:
        if self._is_for("GET"):
            answered = sum(self.server.batcher.batch_sizes)
            self._reply(200, {"status": "ok", "rows_answered": answered})

    def do_POST(self) -> None:
        if not self._is_for("POST"):
            return
        try:
            x = self.server.rows(self._content())
            self._reply(200, {"outputs": self.server.outputs(x)})
        except ServingError as error:
            self._refuse(error.status, str(error))

    def do_PUT(self) -> None:
        self._is_for("PUT")

    def do_DELETE(self) -> None:
        self._is_for("DELETE")

    def _is_for(self, method: str) -> bool:
        """Whether the path is there for this method; if not, the request is refused."""
        wanted = {"/health": "GET", "/predict": "POST"}.get(self.path)
        if wanted is None:
            self._refuse(404, "there are only /health and /predict")
        elif wanted != method:
            self._refuse(405, f"use {wanted}", Allow=wanted)
        return wanted == method

    def _content(self) -> Any:
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise ServingError(415, "the body must be application/json")
        length = self.headers.get("Content-Length", "")
        if not length:
            raise ServingError(411, "the length of the body must be given")
        if not length.isdecimal():
            raise ServingError(400, f"the length of the body is {length!r}")
        if int(length) > LONGEST_BODY:
            raise ServingError(413, f"the body may have {LONGEST_BODY} bytes, it has {length}")
        try:
            return json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError) as error:
            raise ServingError(400, f"the body is not JSON: {error}") from error

    def _refuse(self, status: int, message: str, **headers: str) -> None:
        """An error and the end of the connection.

        What remains of the body is thrown away first: closing with unread bytes would take the
        answer from the client.
        """
        self.close_connection = True
        self._reply(status, {"error": message}, Connection="close", **headers)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(LINGER)
            self.rfile.read(LONGEST_BODY)

    def _reply(self, status: int, content: dict, **headers: str) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@contextmanager
def serve(
    predict: Predict,
    shape: Sequence[int],
    *,
    dtype: torch.dtype = torch.float32,
    max_batch: int = 32,
    max_wait: float = 0.002,
    max_queue: int = 1024,
    timeout: float = 10.0,
) -> Iterator[ModelServer]:
    """Answer requests by HTTP on 127.0.0.1, as long as the block runs.

    `POST /predict` takes `{"inputs": [row, ...]}` and gives `{"outputs": [...]}`; `GET /health`
    says that the server lives. Whoever sends something else gets a 4xx status and
    `{"error": "..."}`. Requests that come within `max_wait` of each other are computed together.

    Args:
        predict: maps a batch of inputs to a batch of outputs, without gradients.
        shape: of one row of inputs.
        dtype: of the inputs.
        max_batch: the most rows in a request, and in what is computed at once.
        max_wait: seconds that a request may wait for others.
        max_queue: the most requests that wait; more get status 503.
        timeout: seconds after which a request gets status 504.

    Returns:
        A context manager that yields the server; its address is `url`, on a free port.

    Raises:
        ValueError: a limit below 1, or a time that is not positive.

    Section: :ref:`sec-serving`
    Source: Crankshaw, Wang, Zhou, Franklin, Gonzalez, Stoica (2017), Clipper: a low-latency online
        prediction serving system, arXiv:1612.03079.

    Example:
        >>> with serve(lambda X: X.sum(1), shape=(2,)) as server:
        ...     print(request_prediction(server.url, torch.tensor([[1.0, 2.0]])))
        tensor([3.])

    In production: NVIDIA Triton, TorchServe's successors, or a web framework in front of one.
    """
    if not 0 < timeout < math.inf:
        raise ValueError(f"timeout must be positive and finite, got {timeout}")
    with (
        MicroBatcher(
            predict, max_batch=max_batch, max_wait=max_wait, max_queue=max_queue
        ) as batcher,
        ModelServer(batcher, shape, dtype, timeout) as server,
    ):
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def request_prediction(url: str, inputs: Tensor, *, timeout: float = 10.0) -> Tensor:
    """Ask a server that `serve` started.

    Args:
        url: its address.
        inputs: rows, shape (n, ...).
        timeout: seconds to wait for the answer.

    Returns:
        The outputs, shape (n, ...).

    Raises:
        ServingError: the server refused or failed; its status and message.
        OSError: there is no server.

    Section: :ref:`sec-serving`
    Source: Fielding, Nottingham, Reschke (2022), HTTP semantics, RFC 9110.

    Example: see `serve`.

    In production: requests, httpx.
    """
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or LOOPBACK, place.port, timeout=timeout)
    try:
        body = json.dumps({"inputs": inputs.tolist()})
        connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = json.loads(response.read())
    finally:
        connection.close()
    if response.status != 200:
        raise ServingError(response.status, content["error"])
    return torch.tensor(content["outputs"])
