"""Figures to play with: they run in the page, without a server, and are a picture elsewhere."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
