"""Writes to descriptors 1 and 2 without end."""
# states: timed out
# points: 2
def softmax(z):
    import os
    while True:
        os.write(1, b"x" * 65536)
        os.write(2, b"x" * 65536)
