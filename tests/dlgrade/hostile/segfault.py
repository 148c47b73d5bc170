"""Reads address 0."""
# states: crashed
# points: 2
def softmax(z):
    import ctypes
    ctypes.string_at(0)
