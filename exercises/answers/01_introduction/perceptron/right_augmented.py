"""The bias as the weight of a constant input."""


def perceptron(X, y, epochs):
    Z = torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1) * y[:, None]
    v, total = torch.zeros(Z.shape[1], dtype=X.dtype), 0
    for _ in range(epochs):
        clean = True
        for z in Z:
            if not torch.dot(v, z) > 0:
                v, total, clean = v + z, total + 1, False
        if clean:
            return v[:-1], v[-1], total, True
    return v[:-1], v[-1], total, False


def mistake_bound(X, y, u, c):
    Z = torch.cat([X, torch.ones(len(X), 1, dtype=X.dtype)], dim=1)
    v = torch.cat([u, torch.tensor([c], dtype=u.dtype)])
    gamma = (y * (Z @ v) / v.norm()).min().item()
    if not gamma > 0:
        raise ValueError("not separated")
    return (Z.norm(dim=1).max().item() / gamma) ** 2
