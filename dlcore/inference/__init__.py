"""Approximate inference: the posterior by optimization, by messages, by an encoder."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
