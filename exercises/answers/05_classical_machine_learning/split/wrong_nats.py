"""Natural logarithms."""
# fails: six_and_four, pure_and_uniform_nodes


def entropy(y):
    p = y.bincount().double() / len(y)
    return -torch.special.xlogy(p, p).sum().item()
