"""Classical machine learning: linear models, support vectors, naive Bayes, trees, neighbours.

The estimators have scikit-learn's interface: `fit`, `predict`, `transform`, `score`. They answer
arrays with arrays, and tensors with tensors on their device and in their precision.
"""

import lazy_loader as lazy

__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)
