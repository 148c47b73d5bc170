"""os._exit in the answer."""
# states: crashed
# points: 2
def softmax(z):
    import os
    os._exit(0)
