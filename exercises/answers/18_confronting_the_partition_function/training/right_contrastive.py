"""CD-1 with uniform numbers and momentum, no hidden biases at first; the machine's likelihood by a product over pixels."""

def average_log_likelihood(v, W, b, c):
    h = torch.tensor([[(n >> j) & 1 for j in range(len(c))] for n in range(2 ** len(c))], dtype=W.dtype)
    log_joint = v @ b[:, None] + (v @ W + c) @ h.T
    log_Z = torch.logsumexp(h @ c - torch.nn.functional.logsigmoid(-(h @ W.T + b)).sum(dim=1), dim=0)
    return float(torch.logsumexp(log_joint, dim=1).mean() - log_Z)


def pixel_baseline(train, test):
    p = (1 + train.sum(dim=0)) / (2 + len(train))
    return float((test @ p.log() + (1 - test) @ (1 - p).log()).mean())


def train_rbm(v, hidden, generator):
    uniform_ = lambda like: torch.rand(like.shape, generator=generator, dtype=torch.float64)
    drawn = lambda p: (uniform_(p) < p).double()
    W = 0.1 * torch.randn(v.shape[1], hidden, generator=generator, dtype=torch.float64)
    b, c = torch.logit(v.mean(dim=0).clamp(0.02, 0.98)), torch.zeros(hidden, dtype=torch.float64)
    speed = [torch.zeros_like(t) for t in (W, b, c)]
    for epoch in range(50):
        for rows in torch.randperm(len(v), generator=generator).split(25):
            x = v[rows]
            on = torch.sigmoid(x @ W + c)
            y = drawn(torch.sigmoid(drawn(on) @ W.T + b))
            off = torch.sigmoid(y @ W + c)
            slopes = ((x.T @ on - y.T @ off) / len(x), (x - y).mean(dim=0), (on - off).mean(dim=0))
            speed = [0.5 * s + 0.1 * g for s, g in zip(speed, slopes)]
            W, b, c = (t + s for t, s in zip((W, b, c), speed))
    return W, b, c
