"""GPU kernels behind plain functions; the PyTorch twin of each is the definition of right."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
