"""The library's softmax."""
# fails: all


def online_softmax(x, block):
    return torch.softmax(x, dim=1)


def merge(m1, s1, m2, s2):
    m = torch.maximum(m1, m2)
    return m, s1 * torch.exp(m1 - m) + s2 * torch.exp(m2 - m)
