"""Calls torch's own."""
# fails: all
def softmax(z):
    return z.softmax(-1)
