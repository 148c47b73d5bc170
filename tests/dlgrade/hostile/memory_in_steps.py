"""Takes memory piece by piece."""
# states: out of memory,timed out
# points: 2
def softmax(z):
    held = []
    while True:
        held.append(bytearray(64 << 20))
