"""Data sets as tensors: real ones with splits and provenance, synthetic ones, a downloader."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
