"""Starting several workers on this machine."""

import os
import subprocess
import sys

LOOPBACK = "lo0" if sys.platform == "darwin" else "lo"


class WorkersFailedError(RuntimeError):
    """The workers did not finish: one failed more often than it may, or time was up.

    Source: Python's documentation of `subprocess`.

    Example: see `torchrun`.
    """


def torchrun(
    program: str,
    *arguments: str,
    workers: int = 2,
    max_restarts: int = 0,
    timeout: float = 300.0,
) -> str:
    """Run a program as several workers on this machine, which talk over its loopback interface.

    If a worker dies, all are ended and started again, up to `max_restarts` times: the program must
    go on from its checkpoint. Each computes with one thread.

    Args:
        program: a module's name, or the path of a file that ends in `.py`.
        arguments: for the program.
        workers: how many processes.
        max_restarts: how often they may be started again.
        timeout: seconds after which all are ended.

    Returns:
        What they printed.

    Raises:
        ValueError: no workers, or a negative number of restarts.
        WorkersFailedError: a worker failed once more than `max_restarts`, or time was up.

    Section: :ref:`sec-elastic-resume`
    Source: the documentation of torchrun, https://docs.pytorch.org/docs/stable/elastic/run.html.

    Example:
        >>> torchrun("this", workers=0)
        Traceback (most recent call last):
            ...
        ValueError: at least 1 worker and 0 restarts are needed, got 0 and 0

    In production: the same command, torchrun, on each machine.
    """
    if workers < 1 or max_restarts < 0:
        raise ValueError(
            f"at least 1 worker and 0 restarts are needed, got {workers} and {max_restarts}"
        )
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(workers)]
    command += ["--max-restarts", str(max_restarts), "--monitor-interval", "0.05"]
    command += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0"]
    command += ["--local-addr", "127.0.0.1"]
    command += [program] if program.endswith(".py") else ["-m", program]
    environment = {
        "GLOO_SOCKET_IFNAME": LOOPBACK,
        # or else workers started again look for the addresses of the dead
        "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1",
        "OMP_NUM_THREADS": "1",
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    with subprocess.Popen(
        [*command, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as started:
        try:
            printed, _ = started.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as error:
            raise WorkersFailedError(
                f"{program} did not finish within {timeout} s\n{_ended(started)}"
            ) from error
        finally:
            _ended(started)
    if started.returncode:
        raise WorkersFailedError(f"{program} failed\n{printed}")
    return printed


def _ended(started: subprocess.Popen) -> str:
    """End torchrun, which ends its workers; what they printed."""
    started.terminate()
    try:
        return started.communicate(timeout=40)[0]
    except subprocess.TimeoutExpired:
        started.kill()
        return started.communicate()[0]
