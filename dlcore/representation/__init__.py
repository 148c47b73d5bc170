"""Representations that are learned without labels, or carried from one task to another."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
