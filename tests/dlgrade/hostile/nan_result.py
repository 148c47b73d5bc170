"""Returns NaN everywhere."""
# states: failed,passed
def softmax(z):
    return z * float("nan")
