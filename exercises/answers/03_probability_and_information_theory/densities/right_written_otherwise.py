"""Products of logarithms term by term, the categorical through the row's own differences."""


def normal_log_prob(x, mean, variance):
    if not variance > 0:
        raise ValueError("no variance")
    z = (x - mean) / variance**0.5
    return -z * z / 2 - 0.5 * math.log(2 * math.pi) - math.log(variance) / 2


def normal_interval(a, b, mean, variance):
    sigma = math.sqrt(variance)
    low, high = (a - mean) / sigma, (b - mean) / sigma

    def tail(z):
        return 0.5 * math.erfc(z / math.sqrt(2))

    return tail(low) - tail(high) if low > 0 else tail(-high) - tail(-low)


def binomial_log_prob(k, n, p):
    def one(i):
        if (p == 0 and i > 0) or (p == 1 and i < n):
            return -math.inf
        ways = sum(math.log((n - j) / (j + 1)) for j in range(i))
        return ways + (i * math.log(p) if i else 0.0) + ((n - i) * math.log1p(-p) if i < n else 0.0)

    return torch.tensor([one(i) for i in k.flatten().tolist()], dtype=torch.float64).reshape(k.shape)


def categorical_log_prob(logits, y):
    own = logits.gather(1, y[:, None])
    differences = logits - own
    top = differences.amax(dim=1, keepdim=True)
    return -(top + (differences - top).exp().sum(dim=1, keepdim=True).log())[:, 0]
