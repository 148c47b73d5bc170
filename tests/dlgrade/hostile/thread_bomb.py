"""Threads without end."""
# states: error,timed out,crashed
# points: 2
def softmax(z):
    import threading, time
    while True:
        threading.Thread(target=time.sleep, args=(99,), daemon=True).start()
