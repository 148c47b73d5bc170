"""A loop that swallows every exception, and signals."""
# states: timed out
# points: 2
def softmax(z):
    import signal
    for s in range(1, 32):
        try: signal.signal(s, signal.SIG_IGN)
        except Exception: pass
    while True:
        try:
            while True: pass
        except BaseException: pass
