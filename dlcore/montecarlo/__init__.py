"""Expectations by random numbers: estimators with error bars, importance weights, chains."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
