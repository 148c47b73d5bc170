"""An operator: a PyTorch twin, a Triton launch, and the choice between them at each call."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch._C import _functorch

from dlcore.kernels.choice import chosen

Function = TypeVar("Function", bound=Callable[..., Any])
_ran: dict[str, str] = {}


def last_backend(name: str) -> str | None:
    """What computed the latest call of an operator, "torch" or "triton".

    Args:
        name: the operator, such as "softmax" or "softmax_backward".

    Returns:
        "triton" for the kernel, "torch" for the twin, None before the first call.

    Section: :ref:`sec-kernel-twins`.

    Source: `torch.library`, https://docs.pytorch.org/docs/stable/library.html.

    Example:
        >>> from dlcore.kernels import softmax
        >>> y = softmax(torch.tensor([0.0, 1.0]))
        >>> last_backend("softmax")
        'torch'

    In production: a profiler's trace names each kernel that ran.
    """
    return _ran.get(name)


def wide(x: Tensor) -> Tensor:
    """Half precision as float32, in which every sum is kept; wider types as they are."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def tensors_in(arguments: Sequence[Any]) -> list[Tensor]:
    """All tensors among the arguments, those in lists included."""
    found: list[Tensor] = []
    for argument in arguments:
        if isinstance(argument, Tensor):
            found.append(argument)
        elif isinstance(argument, list | tuple):
            found += tensors_in(argument)
    return found


def transforms() -> set[str]:
    """The kinds of `torch.func`'s transforms that are under way; what is compiled is not told."""
    if not torch._C._are_functorch_transforms_active():
        return set()
    if torch.compiler.is_compiling():  # the compiler cannot look into the stack
        return {"unknown"}
    return {layer.key().name for layer in _functorch.get_interpreter_stack() or []}


class Operator:
    """A custom operator of torch; made from its twin by `operator`.

    The twin is called directly where only plain torch operations will do: when an operator without
    a derivative of its own (a backward pass) is itself differentiated, and within the transforms of
    `torch.func`, whose derivatives cannot reach those of `torch.library`.
    """

    def __init__(self, name: str, twin: Callable[..., Any], mutates: Sequence[str]) -> None:
        self.name = name
        self.twin = twin
        self.is_differentiable = False
        self._launch: Callable[..., Any] | None = None
        self._handled: set[str] = set()  # transforms that need no twin
        schema = torch.library.infer_schema(twin, mutates_args=tuple(mutates))
        self.op = torch.library.custom_op(
            f"dlcore::{name}", self._run, mutates_args=tuple(mutates), schema=schema
        )
        self.overload: Callable[..., Any] = getattr(torch.ops.dlcore, name).default
        self.op.register_vmap(self._one_by_one)

    def __call__(self, *arguments: Any) -> Any:
        """The operator's value, or the twin's where derivatives need it."""
        if transforms() - self._handled or self._is_differentiated(arguments):
            if not torch.compiler.is_compiling():
                _ran[self.name] = "torch"
            return self.twin(*arguments)
        return self.overload(*arguments)

    def triton(self, launch: Function) -> Function:
        """Decorate the function that allocates the outputs and launches the kernel."""
        self._launch = launch
        return launch

    def fake(self, shapes: Function) -> Function:
        """Decorate the function that returns empty outputs of the right shapes and types."""
        self.op.register_fake(shapes)
        return shapes

    def autograd(self, setup: Callable[..., Any], backward: Callable[..., Any]) -> None:
        """Register what is kept of a call and how gradients are computed from it."""
        self.is_differentiable = True
        self.op.register_autograd(backward, setup_context=setup)

    def autocast(self, dtype: torch.dtype) -> None:
        """Cast floating inputs to this type under `torch.autocast`."""
        for device in ("cuda", "cpu"):
            self.op.register_autocast(device, dtype)

    def vmap_over_rows(self, *rows: int) -> None:
        """Under vmap: one more dimension in front changes nothing for arguments at these positions.

        If any other argument has one, the examples are computed one by one. Without such a rule
        the twin is mapped.
        """
        self._handled = {"Vmap"}

        def rule(info: Any, in_dims: tuple[int | None, ...], *arguments: Any) -> Any:
            if any(d is not None and i not in rows for i, d in enumerate(in_dims)):
                return self._one_by_one(info, in_dims, *arguments)
            moved = list(arguments)
            for i in rows:
                moved[i] = in_front(arguments[i], in_dims[i], info.batch_size)
            out = self(*moved)
            return out, tuple(0 for _ in out) if isinstance(out, tuple) else 0

        self.op.register_vmap(rule)

    def _is_differentiated(self, arguments: Sequence[Any]) -> bool:
        return (
            not self.is_differentiable
            and torch.is_grad_enabled()
            and any(x.requires_grad for x in tensors_in(arguments))
        )

    def _run(self, *arguments: Any) -> Any:
        backend = chosen(tensors_in(arguments)) if self._launch else "torch"
        _ran[self.name] = backend
        if backend == "triton" and self._launch:
            return self._launch(*arguments)
        return self.twin(*arguments)

    def _one_by_one(self, info: Any, in_dims: tuple[int | None, ...], *arguments: Any) -> Any:
        """A call for each example, where another batch dimension will not do."""
        outs = [
            self(
                *(
                    a if d is None else a.select(d, i)
                    for a, d in zip(arguments, in_dims, strict=True)
                )
            )
            for i in range(info.batch_size)
        ]
        if isinstance(outs[0], tuple):
            return tuple(map(torch.stack, zip(*outs, strict=True))), tuple(0 for _ in outs[0])
        return torch.stack(outs), 0


def in_front(x: Tensor | None, dim: int | None, batch_size: int) -> Tensor | None:
    """The batch dimension first, made by repetition where there is none."""
    if x is None:
        return None
    return x.expand(batch_size, *x.shape) if dim is None else x.movedim(dim, 0)


def operator(name: str, mutates: Sequence[str] = ()) -> Callable[[Callable[..., Any]], Operator]:
    """Decorate a twin: a function of tensors and numbers with plain annotations (no jaxtyping).

    What a twin returns may not share memory with what it was given.
    """
    return lambda twin: Operator(name, twin, mutates)
