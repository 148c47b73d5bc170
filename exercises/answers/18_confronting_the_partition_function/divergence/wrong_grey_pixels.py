"""The chain ends in probabilities instead of drawn pixels."""
# fails: direction_after_one_step, direction_after_three_steps

def contrastive_divergence(v, W, b, c, k, generator):
    x = v
    for _ in range(k):
        h = torch.bernoulli(torch.sigmoid(x @ W + c), generator=generator)
        x = torch.sigmoid(h @ W.T + b)
    on, off = torch.sigmoid(v @ W + c), torch.sigmoid(x @ W + c)
    return v.T @ on / len(v) - x.T @ off / len(v), (v - x).mean(dim=0), (on - off).mean(dim=0)
