"""Leaves a process that lives on."""
# states: failed,passed
# points: 3
def softmax(z):
    import os, time
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
    return z * 0
