"""Softplus; logarithms of torch; the inverse and the product of singular values."""


def bernoulli_nll(logits, X):
    plus = torch.nn.functional.softplus
    return (X * plus(-logits) + (1 - X) * plus(logits)).sum(1)


def gaussian_nll(mean, X, sigma):
    d = X.shape[1]
    return d / 2 * math.log(2 * math.pi * sigma**2) + (X - mean).square().sum(1) / (2 * sigma**2)


def best_sigma(mean, X):
    return torch.linalg.vector_norm(X - mean).item() / math.sqrt(X.numel())


def flow_log_likelihood(X, A, b):
    Z = (X - b) @ torch.linalg.inv(A).T
    volume = torch.linalg.svdvals(A).log().sum()
    return -(Z * Z).sum(1) / 2 - X.shape[1] / 2 * math.log(2 * math.pi) - volume
