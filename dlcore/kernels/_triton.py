"""Triton where it can run: without it the kernels stay plain functions that nobody calls."""

import importlib
import inspect
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import torch

from dlcore.kernels.choice import available, interpreted

RESERVED = {"num_warps", "num_stages"}  # what is not an argument of a kernel

triton: Any = importlib.import_module("triton") if available else None
tl: Any = (
    importlib.import_module("triton.language") if available else SimpleNamespace(constexpr=object)
)


def jit(function: Callable[..., Any]) -> Any:
    """`triton.jit` of the function as written: Triton reads its source, not a checker's wrapper."""
    return triton.jit(inspect.unwrap(function)) if available else function


def wide_type(x: torch.Tensor) -> Any:
    """The type that sums are kept in: float64 for float64, float32 for all others."""
    return tl.float64 if x.dtype == torch.float64 else tl.float32


def tuned(
    key: Sequence[str],
    choices: Sequence[dict[str, int]],
    fits: Callable[[dict[str, Any], dict[str, Any]], bool],
) -> Callable[[Any], Any]:
    """Decorate a kernel: on a GPU the fastest of these block sizes is used, tried once for a key.

    A choice names constants of the kernel, num_warps and num_stages; fits(choice, arguments) says
    whether it is worth a try. In the interpreter whoever launches names the constants.
    """
    if not available or interpreted:
        return lambda kernel: kernel
    configurations = [
        triton.Config(
            {name: choice[name] for name in choice.keys() - RESERVED},
            **{name: choice[name] for name in choice.keys() & RESERVED},
        )
        for choice in choices
    ]

    def few(configurations: list[Any], arguments: dict[str, Any], **_: Any) -> list[Any]:
        return [c for c in configurations if fits(c.all_kwargs(), arguments)]

    return triton.autotune(configurations, list(key), prune_configs_by={"early_config_prune": few})
