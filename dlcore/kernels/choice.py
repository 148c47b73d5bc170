"""The choice at each call: a kernel where its tensors are on a GPU, plain PyTorch elsewhere."""

import os
from collections.abc import Sequence
from importlib.util import find_spec

import torch
from torch import Tensor

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
LARGEST_HEAD = 256  # features of a head that attention has a kernel for
MOST_NEIGHBORS = 256  # that are searched for a query
CHOICES = ("auto", "torch", "triton")

# Triton itself reads this variable when a kernel is decorated, so it is a property of the process.
interpreted = os.environ.get("TRITON_INTERPRET") == "1"
_has_gpu_build = torch.version.cuda is not None or torch.version.hip is not None
available = (interpreted or _has_gpu_build) and find_spec("triton") is not None


def chosen(tensors: Sequence[Tensor]) -> str:
    """The backend for these inputs, by their device and the variable DLCORE_KERNELS."""
    wish = os.environ.get("DLCORE_KERNELS", "auto")
    if wish not in CHOICES:
        raise ValueError(f"DLCORE_KERNELS is {wish!r}, expected one of {', '.join(CHOICES)}")
    on_gpu = all(x.is_cuda for x in tensors)
    if wish == "triton" and not (available and (on_gpu or interpreted)):
        devices = sorted({x.device.type for x in tensors})
        raise RuntimeError(
            f"DLCORE_KERNELS=triton, but the tensors are on {', '.join(devices)} and Triton "
            f"is {'installed' if available else 'not available'}: it needs a GPU, or "
            "TRITON_INTERPRET=1 from the start of the process"
        )
    is_float = all(x.dtype in FLOATS for x in tensors if x.is_floating_point())
    if wish == "auto":
        wish = "triton" if on_gpu and is_float and available else "torch"
    return wish


def runs_kernel(*tensors: Tensor | None) -> bool:
    """Whether a layer hands these to its kernel instead of computing by its own definition.

    Without a GPU (or the interpreter) the question costs next to nothing. An exported program is to
    run where this library is not: it keeps to torch's operations.
    """
    if not available or torch.compiler.is_exporting():
        return False
    given = [x for x in tensors if x is not None]
    return (interpreted or all(x.is_cuda for x in given)) and chosen(given) == "triton"
