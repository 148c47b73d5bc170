"""The library's softmax."""
# fails: all


def class_probabilities(X, W, b):
    return torch.softmax(X @ W + b, dim=1)
