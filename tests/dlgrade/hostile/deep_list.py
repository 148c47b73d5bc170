"""Returns a list that contains itself."""
# states: failed,error
# points: 2
def softmax(z):
    x = []
    x.append(x)
    return x
