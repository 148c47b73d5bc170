"""Keeping what an answer prints out of the cell that scores it.

nbgrader gives 0 for a test cell with anything on stderr, so a warning, a log record or a progress
bar of a right answer would cost all its points.
"""

import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any

import torch


@contextmanager
def _without_descriptor(descriptor: int) -> Iterator[None]:
    """What compiled code writes to this descriptor goes nowhere."""
    saved, nowhere = os.dup(descriptor), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, descriptor)
        yield
    finally:
        os.dup2(saved, descriptor)
        os.close(saved)
        os.close(nowhere)


@contextmanager
def _without_writes(stream: Any) -> Iterator[None]:
    """A stream that a log handler or a `from sys import stderr` holds on to writes nothing."""
    try:
        stream.write = lambda text: len(text)
    except AttributeError:
        yield
        return
    try:
        yield
    finally:
        with suppress(AttributeError):
            del stream.write


@contextmanager
def quiet() -> Iterator[io.StringIO]:
    """Run the block with prints caught, warnings and stderr dropped, torch's defaults restored."""
    printed, default = io.StringIO(), torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        with (
            _without_descriptor(2),
            _without_writes(sys.stderr),
            redirect_stderr(io.StringIO()),
            redirect_stdout(printed),
            warnings.catch_warnings(),
            torch.random.fork_rng(devices=[]),
            torch.enable_grad(),
        ):
            warnings.simplefilter("ignore")
            yield printed
    finally:
        torch.set_default_dtype(default)
