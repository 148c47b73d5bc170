"""The logarithm of 0."""
# fails: pure_and_uniform_nodes


def entropy(y):
    p = y.bincount().double() / len(y)
    return -(p * p.log2()).sum().item()
