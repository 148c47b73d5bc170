"""Linear algebra: products, factorizations, solvers, eigenvalues, low rank, sparse, graphs.

The factorizations are computed here, step by step, from products and sums. What is merely built on
a singular value decomposition (rank, pseudo-inverse, low-rank approximation, PCA) calls torch's,
which is fast and differentiable; `svd` shows how one is computed.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
