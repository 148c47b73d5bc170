"""Sleeps for an hour."""
# states: timed out
# points: 2
def softmax(z):
    import time
    time.sleep(3600)
