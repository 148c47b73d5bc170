"""Returns a numpy array of objects."""
# states: failed,passed
# points: 3
def softmax(z):
    import numpy as np
    return np.array([object()], dtype=object)
