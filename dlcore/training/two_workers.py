"""One training as a program: alone, or as the workers that torchrun starts.

`python -m dlcore.training.two_workers FOLDER` trains in one process,
`torchrun --nproc-per-node 2 -m dlcore.training.two_workers FOLDER` in two: with the whole model in
each, and with a share of it in each. It leaves checkpoints and `report.json` in the folder.
"""

import argparse
import json
import os
import signal
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook
from torch.nn.parallel import DistributedDataParallel

from dlcore.data import spirals, split_examples
from dlcore.training.distributed import Workers, distribute_model, process_group
from dlcore.training.loop import fit
from dlcore.training.ring import ring_all_reduce

SPLIT = (2 / 3, 1 / 6, 1 / 6)
LENGTHS = (2**10, 2**14, 2**18, 2**20)
"""Of the tensors that are summed over the workers, to time it."""


def train(
    folder: Path,
    strategy: Literal["ddp", "fsdp"] = "ddp",
    *,
    hidden: int = 64,
    epochs: int = 6,
    batch_size: int = 128,
    kill_at_step: int | None = None,
) -> dict[str, Any]:
    """Train a small network on three spirals; the same lines alone and with others.

    Args:
        folder: for the checkpoint, `<strategy>.pt`.
        strategy: how the workers share the model, as in `distribute_model`.
        hidden: width of the two hidden layers.
        epochs: passes over the 1,000 training examples.
        batch_size: examples in a minibatch, over all workers.
        kill_at_step: the step at which worker 1 kills itself, unless it was started again.

    Returns:
        The losses of each epoch, the bytes of gradients that were added up in each step, how many
        numbers this worker holds as parameters, and the seconds that the training took.

    Section: :ref:`sec-data-parallel`
    Source: Goodfellow, Bengio, Courville (2016), Deep Learning, section 12.1.3.

    Example:
        >>> import tempfile
        >>> report = train(Path(tempfile.mkdtemp()), epochs=1)
        >>> len(report["loss"]), report["gradient_bytes"], report["parameters_held"]
        (1, [], 4547)
    """
    generator = torch.Generator().manual_seed(0)
    training, validation, _ = split_examples(*spirals(1500, generator=generator), SPLIT)
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 3)
    )
    model = distribute_model(net, strategy)
    gradient_bytes = count_gradient_bytes(model)
    begin = time.perf_counter()
    history = fit(
        model,
        *training,
        loss=partial(loss_until, kill_at_step, []),
        optimizer=torch.optim.Adam(model.parameters(), lr=0.01),
        epochs=epochs,
        batch_size=batch_size,
        validation=validation,
        checkpoint=Path(folder) / f"{strategy}.pt",
        generator=generator,
        progress=False,
    )
    return {
        **history.as_dict(),
        "gradient_bytes": gradient_bytes,
        "parameters_held": sum(held(p).numel() for p in model.parameters()),
        "seconds": time.perf_counter() - begin,
    }


def loss_until(kill_at_step: int | None, steps: list, outputs: Tensor, y: Tensor) -> Tensor:
    """Cross-entropy; at the given training step worker 1 dies, the first time it is started."""
    steps += [None] * outputs.requires_grad
    first = os.environ.get("TORCHELASTIC_RESTART_COUNT") == "0"
    if first and len(steps) == kill_at_step and dist.get_rank() == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return nn.functional.cross_entropy(outputs, y)


def count_gradient_bytes(model: nn.Module) -> list[int]:
    """A list that will hold the bytes of each tensor of gradients that the workers add up."""
    seen: list[int] = []

    def note_and_reduce(group: Any, bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:
        seen.append(bucket.buffer().nbytes)
        return allreduce_hook(group, bucket)

    if isinstance(model, DistributedDataParallel):
        model.register_comm_hook(None, note_and_reduce)
    return seen


def held(parameter: Tensor) -> Tensor:
    """The part of a parameter that this worker holds."""
    return parameter.to_local() if hasattr(parameter, "to_local") else parameter


def time_sums(repeats: int = 9) -> list[dict[str, float]]:
    """Bytes, and median seconds, of sums over all workers: by our ring and by torch's own."""
    sums = []
    for n in LENGTHS:
        x = torch.ones(n)
        record: dict[str, float] = {"bytes": x.nbytes, "sent": ring_all_reduce(x)}
        for name, add in (("ring", ring_all_reduce), ("torch", dist.all_reduce)):
            times = []
            for _ in range(repeats):
                dist.barrier()
                begin = time.perf_counter()
                add(x)
                times.append(time.perf_counter() - begin)
            record[f"{name}_seconds"] = median(times)
        sums.append(record)
    return sums


def report(folder: Path, workers: Workers, kill_at_step: int | None = None) -> dict[str, Any]:
    """What comes out of both ways to share the model, and of sums over the workers."""
    return {
        "workers": workers.size,
        "restarts": int(os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")),
        "ddp": train(folder, "ddp", kill_at_step=kill_at_step),
        "fsdp": train(folder, "fsdp"),
        "sums": time_sums() if workers.size > 1 else [],
    }


def main() -> None:
    """Train as one of the workers; worker 0 writes the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kill-at-step", type=int, default=None)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    with process_group() as workers:
        found = report(asked.folder, workers, asked.kill_at_step)
        if workers.rank == 0:
            (asked.folder / "report.json").write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
