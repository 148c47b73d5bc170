"""A step of the No-U-Turn sampler as a program that is compiled ahead of time."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

Parts = list[Tensor]
Step = Callable[[Parts, Parts], tuple[Parts, Tensor]]
"""From the parts of a state and further inputs to the next state, and what to record."""
Run = Callable[[Parts], Parts]


def compiled(graph: GraphModule, parts: Parts) -> Run:
    """The graph as machine code that keeps small intermediate results on the stack."""
    exported = torch.export.export(graph, tuple(parts))
    options = {"aot_inductor.allow_stack_allocation": True}
    package = torch._inductor.aoti_compile_and_package(exported, inductor_configs=options)
    return torch._inductor.aoti_load_package(package).loader.run


class Program:
    """A step that overwrites the state, traced and compiled when it is first called.

    All parts are contiguous; what the step has captured is part of the program from then on.
    """

    def __init__(self, step: Step) -> None:
        self.step = step
        self.run: Run | None = None

    def __call__(self, state: Parts, inputs: Parts) -> tuple[Parts, Tensor]:
        """Move the state in place, and return it."""
        parts = [*state, *inputs]
        if self.run is None:
            copies = [part.clone() for part in parts]
            self.run = compiled(make_fx(self._in_place(len(state)))(*copies), parts)
        (record,) = self.run(parts)
        return state, record.clone()  # the next call will write to the same memory

    def _in_place(self, size: int) -> Callable[..., tuple[Tensor]]:
        def step(*parts: Tensor) -> tuple[Tensor]:
            new, record = self.step(list(parts[:size]), list(parts[size:]))
            for old, value in zip(parts[:size], new, strict=True):
                old.copy_(value)
            return (record,)

        return step
