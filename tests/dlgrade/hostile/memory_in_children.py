"""Takes memory in many processes."""
# states: timed out,error,crashed,out of memory
# points: 2
def softmax(z):
    import os
    for _ in range(3):
        if os.fork() == 0:
            bytearray(256 << 20)
            while True: pass
    while True: pass
