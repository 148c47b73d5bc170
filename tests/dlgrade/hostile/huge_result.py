"""Returns 400 MB."""
# states: failed,timed out,out of memory
# points: 2
def softmax(z):
    return torch.zeros(100 << 20)
