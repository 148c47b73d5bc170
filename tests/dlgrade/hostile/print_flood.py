"""Prints without end."""
# states: timed out,out of memory
# points: 2
def softmax(z):
    while True: print("x" * 100000)
