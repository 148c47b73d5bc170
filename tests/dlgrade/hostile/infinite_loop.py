"""Never returns."""
# states: timed out
# points: 2
def softmax(z):
    while True: pass
