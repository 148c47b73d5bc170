"""An exception with a message of 100 MB."""
# states: error
# points: 2
def softmax(z):
    raise ValueError("x" * (100 << 20))
