"""The chains move in the tensor of the data."""
# fails: direction_after_one_step


def contrastive_divergence(v, W, b, c, k, generator):
    on = torch.sigmoid(v @ W + c)
    by_W, by_b, by_c = v.T @ on / len(v), v.mean(dim=0), on.mean(dim=0)
    for _ in range(k):
        v.copy_(gibbs(v, W, b, c, generator))
    off = torch.sigmoid(v @ W + c)
    return by_W - v.T @ off / len(v), by_b - v.mean(dim=0), by_c - off.mean(dim=0)
