"""Row by row, other thresholds, and exclusive or by a matrix of weights."""


def neuron(X, w, b, f):
    return torch.stack([f(torch.dot(x, w) + b) for x in X])


def fires(X, w, theta):
    return torch.where(torch.mv(X, w) < theta, torch.zeros(len(X), dtype=X.dtype), torch.ones(len(X), dtype=X.dtype))


gates = {"nand": ([-2, -3], -4.5), "or": ([5, 5], 0.1), "and": ([0.6, 0.6], 1)}


def exclusive_or(X):
    hidden = torch.relu(X @ like(X, [[1.0, 1.0], [1.0, 1.0]]) + like(X, [0.0, -1.0]))
    return hidden @ like(X, [1.0, -2.0])
