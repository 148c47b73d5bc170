"""Requests that come one by one, answered in small batches."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple

import torch
from torch import Tensor

Predict = Callable[[Tensor], Tensor]


class QueueFullError(RuntimeError):
    """More requests wait than may; ask again later.

    Section: :ref:`sec-serving`
    Source: Python's documentation of `queue.Full`.

    Example: see `MicroBatcher`.
    """


class _Request(NamedTuple):
    inputs: Tensor
    answer: "Future[Tensor]"
    arrived: float


class MicroBatcher:
    """Collects requests for a moment and answers them together, in a thread of its own.

    A context manager: at its end what still waits is answered, then the thread ends.

    Args:
        predict: maps a batch of inputs to a batch of outputs.
        max_batch: the most rows computed at once.
        max_wait: seconds that a request may wait for others.
        max_queue: the most requests that wait.

    Attributes:
        batch_sizes: rows of each batch so far.

    Raises:
        ValueError: a limit below 1, or a negative wait.

    Section: :ref:`sec-serving`
    Source: Crankshaw, Wang, Zhou, Franklin, Gonzalez, Stoica (2017), Clipper: a low-latency online
        prediction serving system, arXiv:1612.03079, section 4.3.

    Example:
        >>> with MicroBatcher(lambda X: X.sum(1), max_wait=0.05) as batcher:
        ...     answers = [batcher.submit(torch.full((1, 3), float(i))) for i in range(3)]
        ...     [answer.result().item() for answer in answers], batcher.batch_sizes
        ([0.0, 3.0, 6.0], [3])

    In production: NVIDIA Triton's dynamic batcher.
    """

    def __init__(
        self,
        predict: Predict,
        *,
        max_batch: int = 32,
        max_wait: float = 0.002,
        max_queue: int = 1024,
    ) -> None:
        if max_batch < 1 or max_queue < 1 or not max_wait >= 0:
            raise ValueError(
                "max_batch and max_queue must be at least 1, max_wait 0, got "
                f"{max_batch}, {max_queue} and {max_wait}"
            )
        self.predict, self.max_batch, self.max_wait = predict, max_batch, max_wait
        self.batch_sizes: list[int] = []
        self._waiting: queue.Queue[_Request | None] = queue.Queue(max_queue)
        self._closed, self._lock = False, threading.Lock()
        self._thread = threading.Thread(target=self._work, args=(torch.get_num_threads(),))
        self._thread.start()

    def submit(self, inputs: Tensor) -> "Future[Tensor]":
        """Ask for the outputs of a few rows; the answer is a future.

        Raises:
            QueueFullError: too many wait, or the batcher was closed.
            ValueError: no rows, or more than `max_batch`.
        """
        if not 1 <= len(inputs) <= self.max_batch:
            raise ValueError(f"a request has 1 to {self.max_batch} rows, got {len(inputs)}")
        request = _Request(inputs, Future(), time.monotonic())
        with self._lock:
            if self._closed:
                raise QueueFullError("no more requests are taken")
            try:
                self._waiting.put_nowait(request)
            except queue.Full:
                raise QueueFullError(f"{self._waiting.maxsize} requests wait already") from None
        return request.answer

    def close(self) -> None:
        """Answer what waits, and end."""
        with self._lock:
            closed, self._closed = self._closed, True
        if not closed:
            self._waiting.put(None)
        self._thread.join()

    def __enter__(self) -> "MicroBatcher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _work(self, threads: int) -> None:
        torch.set_num_threads(threads)
        request = self._waiting.get()
        while request is not None:
            batch, following = self._collect(request)
            self._answer(batch)
            request = following[0] if following else self._waiting.get()

    def _collect(self, first: _Request) -> tuple[list[_Request], list[_Request | None]]:
        """The requests of a batch, and what was taken from the queue but is not of it."""
        batch, rows = [first], len(first.inputs)
        while rows < self.max_batch:
            left = first.arrived + self.max_wait - time.monotonic()
            try:
                request = self._waiting.get(block=left > 0, timeout=max(left, 0))
            except queue.Empty:
                break
            if request is None or rows + len(request.inputs) > self.max_batch:
                return batch, [request]
            batch.append(request)
            rows += len(request.inputs)
        return batch, []

    def _answer(self, batch: list[_Request]) -> None:
        sizes = [len(request.inputs) for request in batch]
        self.batch_sizes.append(sum(sizes))
        try:
            outputs = self.predict(torch.cat([request.inputs for request in batch])).detach()
            parts = outputs.split(sizes)
        except Exception as error:
            for request in batch:
                request.answer.set_exception(error)
            return
        for request, part in zip(batch, parts, strict=True):
            request.answer.set_result(part)
