"""Shifts z itself."""
# fails: input_unchanged
def softmax(z):
    z -= z.amax(-1, keepdim=True)
    return z.exp() / z.exp().sum(-1, keepdim=True)
