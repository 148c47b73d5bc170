"""Takes 20 GB."""
# states: out of memory
# points: 2
def softmax(z):
    return torch.zeros(20 << 30, dtype=torch.uint8)
