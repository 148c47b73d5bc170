"""The matrix as a sum over outcomes, the system through eigenvectors, the coin through odds."""


def fisher_matrix(scores, probabilities):
    return sum(p * torch.outer(s, s) for s, p in zip(scores, probabilities))


def natural_step(theta, gradient, fisher, lr, damping=0.0):
    values, V = torch.linalg.eigh(fisher)
    return theta - lr * (V @ (V.T @ gradient / (values + damping)))


def coin_step(q, p, lr, by):
    if by == "logit":
        odds = p / (1 - p) * math.exp(lr * (q - p) / (p * (1 - p)))
        return odds / (1 + odds)
    slope = (1 - q) / (1 - p) - q / p
    return p - lr * p * (1 - p) * slope


def gaussian_step(x, mu, log_sigma, lr):
    z = (x.double() - mu) / math.exp(log_sigma)
    direction = z.mean().item() * math.exp(log_sigma), ((z * z).mean().item() - 1) / 2
    return mu + lr * direction[0], log_sigma + lr * direction[1]
