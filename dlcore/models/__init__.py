"""Named networks, of torch.nn's layers, and what vision puts on top of them."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
