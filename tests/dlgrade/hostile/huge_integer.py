"""Returns an integer of a million digits."""
# states: error,failed,crashed
# points: 2
def softmax(z):
    return 10 ** 1000000
