"""Other draws: uniform numbers for units, last unit first; drawn hidden units in the positive phase, which is unbiased as well."""

def gibbs(v, W, b, c, generator):
    u = torch.rand(len(v), len(b), generator=generator, dtype=W.dtype)
    h = (torch.rand(len(v), len(c), generator=generator, dtype=W.dtype) < torch.sigmoid(c + v @ W)).to(W.dtype)
    return (u < torch.sigmoid(b + h @ W.T)).to(W.dtype)


def contrastive_divergence(v, W, b, c, k, generator):
    h = torch.bernoulli(torch.sigmoid(v @ W + c), generator=generator)
    x = v
    for _ in range(k):
        x = gibbs(x, W, b, c, generator)
    on = torch.sigmoid(x @ W + c)
    by_W = torch.einsum("ni,nj->nij", v, h) - torch.einsum("ni,nj->nij", x, on)
    return by_W.mean(dim=0), (v - x).mean(dim=0), (h - on).mean(dim=0)
