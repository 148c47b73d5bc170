"""The positive phase only."""
# fails: digits_never_seen

def train_rbm(v, hidden, generator):
    W = torch.randn(v.shape[1], hidden, generator=generator, dtype=torch.float64) / 100
    b, c = torch.logit((v.sum(dim=0) + 1) / (len(v) + 2)), torch.zeros(hidden, dtype=torch.float64)
    for rows in torch.randperm(len(v), generator=generator).split(20):
        on = torch.sigmoid(v[rows] @ W + c)
        W, b, c = W + 0.1 * v[rows].T @ on / len(on), b + 0.1 * v[rows].mean(dim=0), c + 0.1 * on.mean(dim=0)
    return W, b, c
