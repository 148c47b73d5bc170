"""Models that make new data: adversarial networks, flows, diffusion, and how to judge them."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
