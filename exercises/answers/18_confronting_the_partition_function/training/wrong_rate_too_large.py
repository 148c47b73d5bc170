"""A rate of 30."""
# fails: digits_never_seen

def train_rbm(v, hidden, generator):
    W = torch.randn(v.shape[1], hidden, generator=generator, dtype=torch.float64) / 100
    b, c = torch.logit((v.sum(dim=0) + 1) / (len(v) + 2)), torch.zeros(hidden, dtype=torch.float64)
    for epoch in range(2):
        for rows in torch.randperm(len(v), generator=generator).split(20):
            x = v[rows]
            on = torch.sigmoid(x @ W + c)
            y = torch.bernoulli(torch.sigmoid(torch.bernoulli(on, generator=generator) @ W.T + b), generator=generator)
            off = torch.sigmoid(y @ W + c)
            W = W + 30 * (x.T @ on - y.T @ off) / len(x)
            b, c = b + 30 * (x - y).mean(dim=0), c + 30 * (on - off).mean(dim=0)
    return W, b, c
