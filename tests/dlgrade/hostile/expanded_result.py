"""Returns a tensor of 10^15 entries over one number."""
# states: out of memory,error
# points: 2
def softmax(z):
    return torch.zeros(1).expand(10**15)
