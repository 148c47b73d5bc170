"""Latent variables behind data, mixed linearly: PCA, factor analysis, ICA, sparse codes."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
