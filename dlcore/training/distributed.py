"""Training with several workers: each computes its share of every minibatch."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils._pytree import tree_map_only

T = TypeVar("T")


@dataclass(frozen=True)
class Workers:
    """The processes that train one model together; alone, there is one.

    All of them must call the methods that exchange something, in the same order.

    Attributes:
        rank: which of them this is, from 0.
        size: how many there are, P.

    Section: :ref:`sec-data-parallel`

    Source: Li, Zhao, Varma, Salpekar, Noordhuis, Li, Paszke, Smith, Vaughan, Damania, Chintala
        (2020), PyTorch distributed: experiences on accelerating data parallel training,
        arXiv:2006.15704.

    Example:
        >>> X, y = torch.zeros(5, 2), torch.arange(5)
        >>> Workers(rank=1, size=2).share(X, y)[1]
        tensor([1, 3])

    In production: torch.distributed.get_rank() and get_world_size().
    """

    rank: int = 0
    size: int = 1

    def collect(self, value: T) -> list[T]:
        """What each worker has, in the order of their ranks."""
        if self.size == 1:
            return [value]
        values: list[Any] = [None] * self.size
        dist.all_gather_object(values, value)
        return values

    def first(self, value: T) -> T:
        """What worker 0 has."""
        return self.collect(value)[0]

    def total(self, number: float) -> float:
        """The sum over all workers."""
        return sum(self.collect(number))

    def join(self, x: Tensor) -> Tensor:
        """The rows of all workers, one worker after the other."""
        return x if self.size == 1 else torch.cat(self.collect(x.cpu())).to(x.device)

    def require_same(self, settings: dict) -> None:
        """Every worker was started with the same settings.

        Raises:
            ValueError: two differ.
        """
        for rank, other in enumerate(self.collect(settings)):
            if other != settings:
                raise ValueError(
                    f"worker {rank} trains with {other}, worker {self.rank} with {settings}"
                )

    def shared_generator(self, generator: torch.Generator | None) -> torch.Generator:
        """A generator of the examples' order that gives all workers what it gives worker 0."""
        if self.size == 1:
            return generator or torch.default_generator
        state = self.first((generator or torch.default_generator).get_state())
        shared = generator or torch.Generator()
        shared.set_state(state)
        return shared

    def share(self, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor, int]:
        """This worker's rows of a minibatch, and how many they are.

        A worker for which none is left gets one row that counts as 0: it must still take part in
        the exchange of gradients.
        """
        if self.size == 1:
            return X, y, len(y)
        count = len(range(self.rank, len(y), self.size))
        rows = slice(self.rank, None, self.size) if count else slice(0, 1)
        return X[rows], y[rows], count

    def block(self, n: int) -> slice | Tensor:
        """This worker's block of n rows; the last row is repeated until all blocks are equal."""
        if self.size == 1:
            return slice(None)
        length = -(-n // self.size)
        return torch.arange(self.rank * length, (self.rank + 1) * length).clamp(max=n - 1)


def workers_of(model: nn.Module) -> Workers:
    """The workers that train this model: all if it is distributed, otherwise this one."""
    if not (dist.is_available() and dist.is_initialized()):
        return Workers()
    if isinstance(model, DistributedDataParallel) or _is_sharded(model):
        return Workers(dist.get_rank(), dist.get_world_size())
    return Workers()


def _is_sharded(model: nn.Module) -> bool:
    from torch.distributed.fsdp import FSDPModule

    return isinstance(model, FSDPModule)


@contextmanager
def process_group(backend: str | None = None) -> Iterator[Workers]:
    """Join the workers that torchrun started; in an ordinary program, be the only one.

    Args:
        backend: how they talk; by default NCCL between GPUs, otherwise Gloo.

    Returns:
        A context manager that yields the workers.

    Section: :ref:`sec-data-parallel`

    Source: Li, Zhao, Varma, Salpekar, Noordhuis, Li, Paszke, Smith, Vaughan, Damania, Chintala
        (2020), PyTorch distributed: experiences on accelerating data parallel training,
        arXiv:2006.15704.

    Example:
        >>> with process_group() as workers:
        ...     print(workers)
        Workers(rank=0, size=1)

    In production: torch.distributed.init_process_group.
    """
    if not dist.is_available() or not dist.is_torchelastic_launched():
        yield Workers()
        return
    gpus = torch.cuda.is_available()
    if gpus:
        torch.cuda.set_device(dist.get_node_local_rank())
    dist.init_process_group(backend or ("nccl" if gpus else "gloo"))
    try:
        yield Workers(dist.get_rank(), dist.get_world_size())
    finally:
        dist.destroy_process_group()


def distribute_model(model: nn.Module, strategy: Literal["ddp", "fsdp"] = "ddp") -> nn.Module:
    r"""Make all workers train one model, beginning with worker 0's parameters.

    Each worker computes the gradient on its share of the minibatch; the mean of all is what each of
    them steps with. With "ddp" every worker holds the whole model. With "fsdp" it holds 1/P of each
    parameter, of its gradient and of the optimizer's state, and fetches the rest of a child of the
    model just before that child computes.

    Batch normalization uses the statistics of the worker's own share. Random layers draw from the
    global generator of each worker: seed it differently on each, after the model is built.

    Args:
        model: the same network on every worker, on its device. "fsdp" changes it in place.
        strategy: "ddp" or "fsdp".

    Returns:
        The model to train, and to build the optimizer from; the model itself if there is only one
        worker.

    Raises:
        ValueError: an unknown strategy.

    Equation: :eq:`eq-data-parallel-gradient`
    Section: :ref:`sec-sharded-training`

    Source: Zhao, Gu, Varma, Luo, Huang, Xu, Wright, Shojanazeri, Ott, Shleifer, Desmaison,
        Balioglu, Damania, Nguyen, Chauhan, Hao, Mathews, Li (2023), PyTorch FSDP: experiences on
        scaling fully sharded data parallel, arXiv:2304.11277.

    Example:
        >>> distribute_model(nn.Linear(2, 1))
        Linear(in_features=2, out_features=1, bias=True)

    In production: DistributedDataParallel(model), or torch.distributed.fsdp.fully_shard(model).
    """
    if strategy not in ("ddp", "fsdp"):
        raise ValueError(f"strategy must be 'ddp' or 'fsdp', got {strategy!r}")
    if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1:
        return model
    if strategy == "ddp":
        return DistributedDataParallel(model)
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    for tensor in (*model.parameters(), *model.buffers()):
        dist.broadcast(tensor.detach(), 0)
    mesh = init_device_mesh(next(model.parameters()).device.type, (dist.get_world_size(),))
    for child in model.children():
        if any(True for _ in child.parameters()):
            fully_shard(child, mesh=mesh, reshard_after_forward=True)
    fully_shard(model, mesh=mesh, reshard_after_forward=True)
    return model


def bare(model: nn.Module) -> nn.Module:
    """The model without what was wrapped around it."""
    return model.module if isinstance(model, DistributedDataParallel) else model


def whole(state: T) -> T:
    """A state in which every sharded tensor is put together, on the CPU."""
    if not dist.is_available() or not dist.is_initialized():
        return state
    from torch.distributed.tensor import DTensor

    return tree_map_only(DTensor, lambda part: part.full_tensor().cpu(), state)


def whole_state(model: nn.Module) -> dict[str, Tensor]:
    """The state of a distributed model as one process would have it, on every worker.

    Args:
        model: any model; all workers must ask.

    Returns:
        Its parameters and buffers by the names of the model that was distributed.

    Section: :ref:`sec-sharded-training`

    Source: Zhao, Gu, Varma, Luo, Huang, Xu, Wright, Shojanazeri, Ott, Shleifer, Desmaison,
        Balioglu, Damania, Nguyen, Chauhan, Hao, Mathews, Li (2023), PyTorch FSDP: experiences on
        scaling fully sharded data parallel, arXiv:2304.11277.

    Example:
        >>> list(whole_state(nn.Linear(2, 1)))
        ['weight', 'bias']

    In production: torch.distributed.checkpoint.state_dict.get_model_state_dict.
    """
    return whole(bare(model).state_dict())


def share_of_parameters(
    state: dict[str, Tensor], parameters: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Of a whole state this worker's part, sharded as the parameters of the same names are."""
    return {name: _sharded_like(x, parameters.get(name)) for name, x in state.items()}


def share_of_optimizer(state: dict[str, Any], optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Of a whole optimizer state this worker's part, sharded as the parameters are."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    parts = {
        i: {name: _sharded_like(x, parameters[i]) for name, x in values.items()}
        for i, values in state["state"].items()
    }
    return {**state, "state": parts}


def _sharded_like(x: Any, parameter: Tensor | None) -> Any:
    """The part of a tensor for this worker, if the parameter is sharded and has its shape."""
    if not (dist.is_available() and dist.is_initialized()):
        return x
    from torch.distributed.tensor import DTensor, distribute_tensor

    if not isinstance(parameter, DTensor) or getattr(x, "shape", None) != parameter.shape:
        return x
    return distribute_tensor(x, parameter.device_mesh, parameter.placements, src_data_rank=None)
