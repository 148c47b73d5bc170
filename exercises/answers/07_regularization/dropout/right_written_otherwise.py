"""Bernoulli masks, multiplication, loops over binary numbers, the ridge by stacking rows."""


def keep(shape, p, generator, dtype):
    return torch.full(shape, 1 - p, dtype=torch.float64).bernoulli(generator=generator).to(dtype)


def inverted_dropout(h, p, training, generator):
    if training and p > 0:
        scale = 0.0 if p == 1 else 1 / (1 - p)
        return h * keep(h.shape, p, generator, h.dtype) * scale
    return h.clone()


def standard_dropout(h, p, training, generator):
    return h * keep(h.shape, p, generator, h.dtype) if training else (1 - p) * h


def spatial_dropout(x, p, training, generator):
    n, c = x.shape[:2]
    factors = inverted_dropout(torch.ones((n, c), dtype=x.dtype), p, training, generator)
    return torch.einsum("nc,nchw->nchw", factors, x)


def ensemble_mean(f, h, p):
    n, parts = len(h), []
    for code in range(2**n):
        mask = torch.tensor([(code >> i) & 1 for i in range(n)])
        chance = torch.where(mask == 1, 1 - p, p).to(h.dtype).prod()
        parts.append(chance * f(h * mask / (1 - p)))
    return torch.stack(parts).sum(dim=0)


def dropout_ridge(X, y, p):
    q = 1 - p
    A = torch.cat([q * X, torch.diag((q * p * X.square().sum(dim=0)).sqrt())])
    b = torch.cat([y, torch.zeros(X.shape[1], dtype=y.dtype)])
    return torch.linalg.pinv(A) @ b
