"""A fresh kernel for a notebook, and what it says when a cell fails."""

import asyncio
import inspect
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NotebookError(Exception):
    """A notebook did not reach its end; the message says where and why."""


def probe(kept: str) -> str:
    """What only the kernel knows at the end of a run; this source is sent to it.

    What the names of the notebook stand for is pickled for the page's tests, all that can be.
    """
    import copyreg
    import importlib
    import json
    import platform
    import re
    import resource
    import sys
    import time
    from pathlib import Path

    import cloudpickle
    from IPython import get_ipython

    def read(path: str) -> str:
        return Path(path).read_text() if Path(path).exists() else ""

    here = {name: module for name, module in sys.modules.items() if module is not None}
    ours = [m for name, m in here.items() if name.split(".")[0] in ("dlcore", "dlgrade")]
    peak = re.search(r"VmHWM:\s+(\d+)", read("/proc/self/status"))
    model = re.search(r"model name\s*:\s*(.+)", read("/proc/cpuinfo"))
    hardware = (model[1] if model else platform.machine()) + ", 1 thread"
    torch = here.get("torch")
    if torch is not None and torch.cuda.is_available():
        hardware += f" + {torch.cuda.get_device_name(0)}"
    versions = {
        name: here[name].__version__.split("+")[0]
        for name in ("torch", "numpy", "matplotlib", "dlcore")
        if hasattr(here.get(name), "__version__")
    }
    known = {
        "modules": [m.__file__ for m in ours if getattr(m, "__file__", None)],
        "cpu_seconds": round(time.process_time(), 1),
        "peak_mb": int(peak[1] if peak else resource.getrusage(0).ru_maxrss) // 1024,
        "versions": {"python": platform.python_version(), **versions},
        "hardware": hardware,
    }
    for kind in {type(module) for module in here.values()}:  # lazy ones cannot be pickled
        copyreg.pickle(kind, lambda module: (importlib.import_module, (module.__name__,)))
    names = {}
    for name, value in get_ipython().user_ns.items():
        if not name.startswith("_") and name not in get_ipython().user_ns_hidden:
            try:
                cloudpickle.dumps(value)
            except Exception:  # pickling runs code of any library, which may raise anything
                continue
            names[name] = value
    Path(kept).parent.mkdir(parents=True, exist_ok=True)
    Path(kept).write_bytes(cloudpickle.dumps(names))
    return json.dumps(known)


def last_question(kept: Path) -> str:
    """What a kernel is asked at the end of a run, as code; the names go to the given file."""
    return f"{inspect.getsource(probe)}\nprint(probe({str(kept)!r}))"


def environment(root: Path, scratch: Path) -> dict[str, str]:
    """What a kernel is started with: one thread, our packages, none of the user's own settings."""
    where = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    own = {"PYTHONPATH": where, "IPYTHONDIR": str(scratch)}
    return {"TQDM_DISABLE": "1", **os.environ, **ONE_THREAD, **own}


class ThisPython(KernelSpecManager):
    """The kernel of the running interpreter, whatever kernels the user has installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The same for every name."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3 (ipykernel)", language="python")


@asynccontextmanager
async def fresh_kernel(
    notebook: NotebookNode, path: Path, root: Path, timeout: float
) -> AsyncIterator[NotebookClient]:
    """A client of a new kernel that has nothing of the user's own settings; gone afterwards."""
    deadline = time.monotonic() + timeout
    manager = AsyncKernelManager(
        kernel_name="python3", kernel_spec_manager=ThisPython(), transport="ipc"
    )
    client = NotebookClient(
        notebook,
        km=manager,
        startup_timeout=120,
        timeout_func=lambda cell: max(1, round(deadline - time.monotonic())),
        record_timing=False,
    )
    with tempfile.TemporaryDirectory(prefix="kernel-") as scratch:
        manager.connection_file = str(Path(scratch, "connection.json"))
        manager.ip = str(Path(scratch, "socket"))
        own = environment(root, Path(scratch))
        try:
            client.reset_execution_trackers()
            await client.async_start_new_kernel(cwd=str(path.parent), env=own)
            await client.async_start_new_kernel_client()
            yield client
        finally:
            if client.kc is not None:
                client.kc.stop_channels()
            if manager.has_kernel:
                await manager.shutdown_kernel(now=True)


async def run_cells(client: NotebookClient, name: str, timeout: float, kept: Path) -> dict:
    """Run cell by cell, keep the names; return what the kernel says about the run."""
    last = nbformat.v4.new_code_cell(last_question(kept))
    client.nb.cells.append(last)
    count = 0
    for index, cell in enumerate(client.nb.cells):
        count += cell.cell_type == "code"
        place = f"{name}, code cell {count} (cell {index + 1} of the notebook)"
        try:
            await client.async_execute_cell(cell, index, client.code_cells_executed + 1)
        except CellTimeoutError:
            raise NotebookError(
                f"{place}: still running after {timeout:g} s\n\n{numbered(cell.source)}"
            ) from None
        except (CellExecutionError, DeadKernelError):
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # nbclient takes our cancelling for a death
                raise asyncio.CancelledError from None
            raise NotebookError(f"{place}:\n\n{numbered(cell.source)}\n\n{trace(cell)}") from None
    client.nb.cells.pop()
    return json.loads("".join(out.text for out in last.outputs if out.get("name") == "stdout"))


def numbered(source: str) -> str:
    """Source lines with their numbers, as a traceback names them."""
    return "\n".join(f"{i:>4} {line}" for i, line in enumerate(source.splitlines(), 1))


def trace(cell: NotebookNode) -> str:
    """The traceback among a cell's outputs, without colours."""
    lines = [line for out in cell.outputs for line in out.get("traceback", [])]
    return COLOURS.sub("", "\n".join(lines)) or "the kernel died (out of memory?)"
