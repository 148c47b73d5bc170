"""SystemExit in the answer."""
# states: error
# points: 2
def softmax(z):
    raise SystemExit(0)
