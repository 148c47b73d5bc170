"""The same tests on three backends: twins, kernels in Triton's interpreter, kernels on a GPU.

In a plain run the twins are tested; with TRITON_INTERPRET=1, which must be set before Triton is
imported and so for the whole process, the kernels; with `-m gpu` the kernels on a GPU.
"""

import os
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from dlcore.kernels import last_backend

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS repeats itself only then


@pytest.fixture(scope="session", autouse=True)
def bfloat16():
    """The interpreter cuts float32 off where a GPU rounds, and multiplies matrices of the bits."""
    if not INTERPRETED:
        yield
        return
    import triton.language as tl
    from triton.runtime import interpreter

    as_it_is, product = interpreter._convert_float, interpreter.InterpreterBuilder.create_dot

    def rounded(numbers, source, target, mode):
        if (source, target) != (tl.float32, tl.bfloat16):
            return as_it_is(numbers, source, target, mode)
        nearest = torch.tensor(numbers, dtype=torch.float32).bfloat16()
        return nearest.view(torch.int16).numpy().view(np.uint16)

    def widened(factor):
        if factor.dtype.scalar != tl.bfloat16:
            return factor
        numbers = (factor.data.astype(np.uint32) << 16).view(np.float32)
        return interpreter.TensorHandle(numbers, tl.float32)

    def product_of_numbers(self, a, b, *rest):
        return product(self, widened(a), widened(b), *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(interpreter, "_convert_float", rounded)
        patch.setattr(interpreter.InterpreterBuilder, "create_dot", product_of_numbers)
        yield


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request):
    """Where the tensors of a test are."""
    return request.param


@pytest.fixture(autouse=True)
def poison(monkeypatch):
    """Every new tensor is filled with NaN, so that what a kernel leaves unwritten is seen."""
    monkeypatch.setenv("DLCORE_KERNELS", "triton" if INTERPRETED else "auto")
    torch.use_deterministic_algorithms(True)
    with np.errstate(all="ignore"):  # the interpreter counts in NumPy, where inf - inf is a warning
        yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture
def backend(device):
    """What must have computed, to be compared with `last_backend`."""
    return "triton" if INTERPRETED or device == "cuda" else "torch"


@pytest.fixture
def assert_ran(backend):
    """Call it with operators' names: the latest call of each ran on the right backend."""

    def check(*names):
        assert {name: last_backend(name) for name in names} == dict.fromkeys(names, backend)

    return check


FAR = 2**31  # more than 32 bits can count


def mostly_untouched(numbers, device):
    """Room for so many numbers in bfloat16; what is never touched is never taken."""
    storage = torch.UntypedStorage(2 * numbers, device=device)
    return torch.empty(0, dtype=torch.bfloat16, device=device).set_(storage, 0, (numbers,), (1,))


@pytest.fixture
def nothing_is_copied(monkeypatch):
    """The interpreter would copy all memory of its arguments onto itself after the launch."""
    if INTERPRETED:
        from triton.runtime import interpreter

        monkeypatch.setattr(interpreter.GridExecutor, "_restore_args_dev", lambda *_: None)


@pytest.fixture
def far_rows(nothing_is_copied):
    """Make two rows so far apart that 32 bits cannot count the numbers between them."""

    def make(d, device, generator):
        stride = FAR + 8
        x = mostly_untouched(2 * (stride + d), device).as_strided((2, d), (stride, 1))
        return x.copy_(torch.randn(2, d, generator=generator))

    return make


@pytest.fixture
def far_end(nothing_is_copied):
    """Make vectors of 2**31 unknown numbers and then those given; launch a kernel on their ends.

    On a GPU the programs before run too; the interpreter, in which each takes a millisecond, is
    told that its only one is the last.
    """

    def make(values, device):
        x = mostly_untouched(FAR + len(values), device)
        x[FAR:] = values
        return x

    def launch(kernel, block, *arguments):
        programs = FAR // block + 1
        if not INTERPRETED:
            kernel[(programs,)](*arguments, block)
            return
        from triton.runtime.interpreter import InterpreterBuilder, TensorHandle, tl

        last = TensorHandle(np.array([programs - 1], dtype=np.int32), tl.int32)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(InterpreterBuilder, "create_get_program_id", lambda self, axis: last)
            kernel[(1,)](*arguments, block)

    return SimpleNamespace(make=make, launch=launch)
