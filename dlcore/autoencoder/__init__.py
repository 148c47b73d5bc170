"""Networks that reconstruct their input, from the bottleneck to the variational autoencoder."""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
