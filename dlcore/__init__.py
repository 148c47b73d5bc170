"""Every algorithm of *Deep Learning 101, executable*, on PyTorch tensors."""

import importlib
from types import ModuleType

from dlcore._device import device
from dlcore._notebook import glue, show_source

__version__ = "1.0.0"
__all__ = ["device", "glue", "show_source"]
_ROOMS = (
    "applications", "autoencoder", "autograd", "classical", "data", "deployment", "energy",
    "evaluation", "explorables", "factor", "generative", "graphical", "inference", "kernels",
    "linalg", "models", "montecarlo", "nn", "numerics", "optim", "plot", "probability",
    "regularization", "representation", "training",
)  # fmt: skip


def __getattr__(name: str) -> ModuleType:
    """Load a package at its first use: `dlcore.nn` needs no import of its own."""
    if name in _ROOMS:
        return importlib.import_module(f"dlcore.{name}")
    raise AttributeError(f"module 'dlcore' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS})
