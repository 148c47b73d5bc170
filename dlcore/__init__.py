"""Every algorithm of *Deep Learning 101, executable*, on PyTorch tensors."""

from dlcore._device import device
from dlcore._notebook import glue, show_source

__version__ = "0.1.0"
__all__ = ["device", "glue", "show_source"]
