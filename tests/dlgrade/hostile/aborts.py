"""Calls abort."""
# states: crashed
# points: 2
def softmax(z):
    import os
    os.abort()
