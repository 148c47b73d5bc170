"""Queries in the order of the keys: a copy."""
# fails: reversed_exactly


def reverse(X, beta):
    P = positions(*X.shape).to(X.dtype)
    return torch.softmax(beta * (P @ P.T), dim=1) @ X
